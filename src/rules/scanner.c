/*
 * Somebody tries accounts.
 *
 * Registrars on public addresses are searched for weak passwords day and
 * night. What such a source fails at is no fault of any phone, so its attempts
 * are kept out of the diagnosis of devices.
 */

#include "rules/rule.h"

static RuleVerdict check(const RegSite *site, Finding *finding)
{
    char addr[NET_ENDPOINT_TEXT];

    if (site->kind != REG_SITE_SOURCE || !site->source->scanner)
        return RULE_CLEAN;

    const RegSourceSite *source = site->source;

    net_addr_to_text(&source->addr, addr);
    finding_say(finding,
                "%s tried %s%" G_GUINT64_FORMAT " account%s (%s%s) with %" G_GUINT64_FORMAT
                " requests and registered none%s%s",
                addr, source->accounts >= 16 ? "at least " : "", source->accounts,
                source->accounts == 1 ? "" : "s", source->example_aors,
                source->accounts > 4 ? ", ..." : "", source->requests,
                source->tool ? "; it calls itself " : "", source->tool ? source->tool : "");
    finding_cite(finding, "first request", source->seen.first, source->seen.first_time,
                 str_of(source->user_agent ? source->user_agent : "no User-Agent"), NULL);
    finding_cite(finding, "last request", source->seen.last, source->seen.last_time, str_of(addr),
                 NULL);
    finding->from = source->seen.first_time;
    finding->until = source->seen.last_time;
    if (source->tool == NULL)
        finding_grade(finding, FINDING_STRONG,
                      "Whether this address is known: a gateway of yours with several lines looks "
                      "alike as long as none of them registers.");
    return RULE_FIRES;
}

const Rule rule_scanner = {
    .id = "scanner",
    .area = "chain",
    .title = "A scan, not a device",
    .severity = FINDING_NOTE,
    .vantage = REG_VANTAGE_ANY,
    .meaning = "One source tries several accounts at the registrar's bare address, one after the "
               "other from one port, and none is accepted; or it names a known scanning tool.",
    .advice =
        "Block the source (fail2ban, an ACL) and make sure that accounts have strong passwords.",
    .confusion = "An office behind one NAT has several accounts too, and some of them succeed.",
    .should = "Who registers knows the password of an account. A registrar on a public address "
              "has to expect others (RFC 3261 sections 26.1.1 and 26.3.2.1).",
    .seen = {
        .client = "Not to be seen here, unless somebody asks the phone itself.",
        .middle = "One source sends REGISTER for one account after the other, and gets refusals "
                  "or no answer.",
        .server = "The same. The log fills with failed attempts from that address.",
    },
    .fix = {
        .phone = "Long random passwords.",
        .router = "Let only known networks reach the SIP ports, where that is possible.",
        .asterisk = "fail2ban with its asterisk filter, permit/deny in pjsip.conf.",
        .kamailio = "pike_check_req() early in the script, and an htable of banned addresses.",
    },
    .reference = "RFC 3261 section 26.1.1",
    .check_site = check,
};
