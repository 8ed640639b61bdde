/*
 * Every packet twice.
 *
 * A port mirrored in both directions, or "-i any" on a box with a bridge,
 * shows each packet more than once. They are counted once here; other tools
 * take them for retransmissions.
 */

#include "rules/rule.h"

/* Single copies happen; a setting makes many. */
static bool is_systematic(const RegCaptureSite *capture)
{
    return capture->duplicates.count >= 3
           && capture->duplicates.count * 4 >= capture->messages.count;
}

static RuleVerdict check(const RegSite *site, Finding *finding)
{
    if (site->kind != REG_SITE_CAPTURE || !is_systematic(site->capture))
        return RULE_CLEAN;

    const RegFact *copies = &site->capture->duplicates;

    finding_say(finding,
                "the capture holds %" G_GUINT64_FORMAT
                " packets once more: it was taken at several points of one path",
                copies->count);
    finding_cite(finding, "first copy", copies->first, copies->first_time,
                 STR("the same packet again (same bytes, same IP ID)"), NULL);
    finding->from = copies->first_time;
    finding->until = copies->last_time;
    return RULE_FIRES;
}

const Rule rule_capture_duplicated = {
    .id = "capture_duplicated",
    .area = "capture",
    .title = "Packets are in the capture more than once",
    .severity = FINDING_NOTE,
    .vantage = REG_VANTAGE_ANY,
    .meaning =
        "The same packets were captured at more than one point within microseconds. They are "
        "counted once.",
    .advice = "Mirror one direction of each port, or capture on one interface instead of 'any'.",
    .confusion = "Retransmissions: those are new packets, at least 100 ms later.",
    .should = "Each packet is captured once, at one point of its path.",
    .seen = {
        .client = "The same bytes and the same IP ID twice within microseconds, often on two "
                  "interfaces.",
        .middle = "The same. A port mirrored in both directions shows what comes in and what goes "
                  "out.",
        .server = "The same. With '-i any' a bridge, a VLAN or a container interface adds copies.",
    },
    .fix = {
        .phone = "Nothing.",
        .router = "On a switch: mirror one direction of each port, or one port only.",
        .asterisk = "On the host: 'tcpdump -i INTERFACE' instead of '-i any'.",
        .kamailio = "On the host: 'tcpdump -i INTERFACE' instead of '-i any'.",
    },
    .reference = "pcap(3PCAP)",
    .check_site = check,
};
