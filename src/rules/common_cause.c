/*
 * Ten phones failed, and it is one fault.
 *
 * When a registrar, its network or an office's own line is down, every phone
 * that wants to renew just then fails, and the report is full of phones. That
 * nobody at all succeeded until it was over, at that registrar or from that
 * address, is what they have in common.
 */

#include "rules/rule.h"

static const char *devices_text(const RegCrowd *crowd, char text[32])
{
    g_snprintf(text, 32, "%s%u devices", crowd->devices == REG_CROWD_DEVICES ? "at least " : "",
               crowd->devices);
    return text;
}

static void append_who(GString *line, const RegCrowd *crowd)
{
    char text[NET_ENDPOINT_TEXT];
    char n[32];

    g_string_append(line, devices_text(crowd, n));
    if (crowd->one_address)
        g_string_append_printf(line, " at %s", net_addr_to_text(&crowd->address, text));
    if (crowd->example_aors != NULL)
        g_string_append_printf(line, " (%s%s)", crowd->example_aors,
                               crowd->devices > 4 ? ", ..." : "");
}

static void append_what(GString *line, const RegCrowd *crowd)
{
    char text[NET_ENDPOINT_TEXT];

    if (crowd->outcome == REG_OUTCOME_UNANSWERED)
        g_string_append(line, " got no answer from ");
    else if (crowd->status != 0)
        g_string_append_printf(line, " were refused with %u by ", crowd->status);
    else
        g_string_append(line, " were refused with server errors by ");
    g_string_append(line, crowd->one_server ? net_endpoint_to_text(&crowd->server, text)
                                            : "several registrars");
}

static void append_when(GString *line, const RegCrowd *crowd)
{
    char span[NSEC_TEXT];
    Nsec from = crowd->failures.first_time;

    if (crowd->recovered != NSEC_NONE)
        g_string_append_printf(line, ", and nobody succeeded%s for %s",
                               crowd->one_server ? "" : " there",
                               nsec_to_span(crowd->recovered - from, span));
    else
        g_string_append_printf(line, " within %s, and nobody succeeded meanwhile",
                               nsec_to_span(crowd->failures.last_time - from, span));
    if (crowd->server_answers_others)
        g_string_append(line, crowd->one_server ? "; it answered others meanwhile"
                                                : "; they answered others meanwhile");
}

static void cite(Finding *finding, const RegCrowd *crowd)
{
    const RegFact *failures = &crowd->failures;
    char n[64];
    char text[NET_ENDPOINT_TEXT];

    g_snprintf(n, sizeof(n), "the first of %" G_GUINT64_FORMAT " attempts in vain",
               failures->count);
    finding_cite(finding, "first request", failures->first, failures->first_time, str_of(n),
                 "a 200 OK");
    finding_cite(finding, "last request", failures->last, failures->last_time,
                 STR("the last of them"), "a 200 OK");
    if (crowd->recovered != NSEC_NONE)
        finding_cite(finding, "next success", crowd->recovered_ref, crowd->recovered,
                     crowd->one_server ? str_of(net_endpoint_to_text(&crowd->server, text))
                                       : str_of(net_addr_to_text(&crowd->address, text)),
                     NULL);
}

/* What they share is where to look; another reason to share it than the
 * registrar itself is what has to be ruled out. */
static void advise(Finding *finding, const RegCrowd *crowd)
{
    char text[NET_ENDPOINT_TEXT];

    if (crowd->one_server && !crowd->one_address)
        finding_advise(finding,
                       "Look at the registrar %s and its line first: its process, its load and "
                       "database, its firewall, at that time. The phones are not to blame.",
                       net_endpoint_to_text(&crowd->server, text));
    else if (crowd->one_address && !crowd->one_server)
        finding_advise(finding,
                       "Look at the site behind %s first: its line, its router and firewall, its "
                       "name server, at that time. The registrars are not to blame.",
                       net_addr_to_text(&crowd->address, text));
    else if (crowd->user_agent != NULL)
        finding_advise(finding,
                       "Look at what they share first: the line and the router of the site, the "
                       "registrar, and the model %s with its firmware and provisioning.",
                       crowd->user_agent);
}

static void grade(Finding *finding, const RegCrowd *crowd)
{
    if (crowd->explained == crowd->failures.count)
        return;
    if (crowd->losses != 0)
        finding_grade(finding, FINDING_WEAK,
                      "A capture without lost packets: this one lost some meanwhile.");
    else if (crowd->outcome == REG_OUTCOME_UNANSWERED)
        finding_grade(finding, FINDING_STRONG,
                      "The registrar's log of that time, or a capture beside it: whether the "
                      "requests arrived.");
    else
        finding_grade(finding, FINDING_STRONG,
                      "The registrar's log of that time: why it refused these accounts, which it "
                      "had accepted before.");
}

static RuleVerdict check(const RegSite *site, Finding *finding)
{
    if (site->kind != REG_SITE_CROWD)
        return RULE_CLEAN;

    const RegCrowd *crowd = site->crowd;
    g_autoptr(GString) line = g_string_new(NULL);

    append_who(line, crowd);
    append_what(line, crowd);
    append_when(line, crowd);
    if (crowd->user_agent != NULL)
        g_string_append_printf(line, "; all are %s", crowd->user_agent);
    finding_say(finding, "%s", line->str);
    cite(finding, crowd);
    advise(finding, crowd);
    grade(finding, crowd);
    finding->from = crowd->failures.first_time;
    finding->until = crowd->recovered != NSEC_NONE ? crowd->recovered : crowd->until;
    return RULE_FIRES;
}

const Rule rule_common_cause = {
    .id = "common_cause",
    .area = "life",
    .title = "Many devices failed at once: one cause",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .absence = true,
    .meaning = "Several devices failed in the same way, one after the other, and at that registrar "
               "or from that address nobody succeeded in between. What they share is what failed.",
    .advice = "Look at what the devices share before you look at any of them: the registrar, its "
              "line, the site's router.",
    .confusion = "Devices that fail for reasons of their own while others succeed, and scanners, "
                 "which fail all the time.",
    .should = "The registrar answers whoever asks. Where one device fails, others succeed (RFC "
              "3261 section 10.3).",
    .seen = {
        .client = "Here only this phone's own failures show; the others are needed to see what "
                  "they share.",
        .middle = "All that pass here fail in the same way within a short time, and none succeeds "
                  "until it is over.",
        .server = "The same. Requests that do not arrive at all point to the line before the "
                  "server.",
    },
    .fix = {
        .phone = "Nothing; a retry interval that is not the same to the second for all of them.",
        .router = "Look at the line, at DNS and at the table of connections of that time.",
        .asterisk = "Look at its log, its load and its database at that time.",
        .kamailio = "Look at its log, its load and its database at that time.",
    },
    .reference = "RFC 3261 section 10.2.7",
    .check_site = check,
};
