/*
 * Only one direction is in the capture.
 *
 * A mirror port set to one direction, an asymmetric route or a filter with
 * "src" gives half a conversation. Requests without answers then mean nothing,
 * and every rule that rests on a missing answer keeps quiet.
 */

#include "rules/rule.h"

/* With fewer than that one lost packet or two look the same. */
#define ENOUGH_TRANSACTIONS 4

static RuleVerdict check(const RegSite *site, Finding *finding)
{
    char client[NET_ENDPOINT_TEXT], server[NET_ENDPOINT_TEXT];

    if (site->kind != REG_SITE_CAPTURE || site->capture->n_one_ways == 0)
        return RULE_CLEAN;
    if (site->capture->cut_messages.count > 0)
        return rule_abstain(finding, "messages were cut: the other half may be there unread");

    const RegOneWay *pair = &site->capture->one_ways[0];
    const RegFact *fact = pair->answers_missing ? &pair->witness : &pair->seen;

    net_addr_to_text(&pair->client, client);
    net_addr_to_text(&pair->server, server);
    finding_say(finding,
                "only the %s between %s and %s are in the capture (%" G_GUINT64_FORMAT
                " transactions)%s",
                pair->answers_missing ? "requests" : "answers", client, server, pair->transactions,
                site->capture->n_one_ways > 1 ? "; other pairs are alike" : "");
    finding_cite(
        finding, pair->answers_missing ? "request" : "answer", fact->first, fact->first_time,
        pair->answers_missing ? STR("a request that can only follow an answer which is not here")
                              : STR("an answer to a request which is not here"),
        "both directions");
    finding_cite(finding, "last of them", fact->last, fact->last_time, str_of(server), NULL);
    finding->from = pair->seen.first_time;
    finding->until = pair->seen.last_time;
    finding_grade(finding,
                  pair->transactions >= ENOUGH_TRANSACTIONS ? FINDING_STRONG : FINDING_WEAK,
                  "A capture of both directions, longer than this one.");
    return RULE_FIRES;
}

const Rule rule_capture_one_way = {
    .id = "capture_one_way",
    .area = "capture",
    .title = "Only one direction was captured",
    .severity = FINDING_WARNING,
    .vantage = REG_VANTAGE_ANY,
    .meaning =
        "The messages of one side show that the other side answered, and none of its packets "
        "is in the capture.",
    .advice = "Mirror both directions of the port, capture on 'any' or on a bond instead of one of "
              "its members, and take 'src' and 'dst' out of the capture filter.",
    .confusion = "A server that does not answer: then the phone repeats its request on schedule.",
    .should = "Both directions are captured: each REGISTER and its answer (RFC 3261 section 10.2).",
    .seen = {
        .client = "Only requests or only answers, and yet the phone goes on as if all had come.",
        .middle = "The same. Where both ways differ (two uplinks, a bond) half of it passes "
                  "elsewhere.",
        .server = "The same. With several interfaces the answers may leave through another one.",
    },
    .fix = {
        .phone = "Nothing.",
        .router = "Mirror both directions; capture where both ways meet.",
        .asterisk = "On the host: capture with '-i any'. 'pjsip set logger on' shows both "
                    "directions.",
        .kamailio = "On the host: capture with '-i any'.",
    },
    .reference = "RFC 3261 section 10.2",
    .check_site = check,
};
