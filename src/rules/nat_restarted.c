/*
 * Several phones of one site lost their doors at the same moment.
 *
 * When a router restarts, loads new rules or gets another public address, every
 * mapping is gone at once, however much traffic there was. Each phone is
 * unreachable until it sends something itself, the last of them for as long as
 * its registration lasts.
 */

#include "rules/rule.h"

/* What is called the same moment. */
#define TOGETHER (60 * NSEC_SEC)

static void say(const RegNat *nat, bool readdressed, Finding *finding)
{
    const RegNatRestart *restart = nat->restart;
    char address[NET_ENDPOINT_TEXT], other[NET_ENDPOINT_TEXT], server[NET_ENDPOINT_TEXT];
    char from[NSEC_TEXT], until[NSEC_TEXT], last[NSEC_TEXT];

    net_addr_to_text(&nat->address, address);
    net_addr_to_text(&nat->server, server);
    net_addr_to_text(&restart->address, other);
    nsec_to_clock(restart->from, from);
    nsec_to_clock(restart->until, until);
    nsec_to_clock(restart->last_time, last);
    if (readdressed)
        finding_say(finding,
                    "%u devices behind %s lost their way to %s at one time between %s and %s, and "
                    "came back from %s, the last at %s: the site got another public address",
                    restart->devices, address, server, from, until, other, last);
    else
        finding_say(finding,
                    "%u devices behind %s lost their way to %s at one time between %s and %s, "
                    "although none had been silent for longer than that NAT bears: it was "
                    "restarted, or its table was cleared",
                    restart->devices, address, server, from, until);
}

static RuleVerdict check(const RegSite *site, Finding *finding)
{
    const RegNat *nat = site->kind == REG_SITE_NAT ? site->nat : NULL;
    const RegNatRestart *restart = nat != NULL ? nat->restart : NULL;
    bool readdressed;

    if (restart == NULL)
        return RULE_CLEAN;
    readdressed = !net_addr_equal(&restart->address, &nat->address);
    say(nat, readdressed, finding);
    finding_cite(finding, "first device back", restart->first, restart->first_time,
                 STR("a packet over a new mapping"), "the public port as before");
    finding_cite(finding, "last device back", restart->last, restart->last_time,
                 STR("a packet over a new mapping"), "the public port as before");
    finding_reject(finding, "nat_mapping_expired",
                   readdressed ? "a mapping that runs out comes back at the same address"
                               : "the devices had not been silent for long enough");
    finding_grade(finding,
                  restart->until - restart->from <= TOGETHER ? FINDING_STRONG : FINDING_WEAK,
                  "The router's log and uptime at that time, and that of its connection to the "
                  "Internet.");
    finding->from = restart->from;
    finding->until = restart->last_time;
    finding->count = restart->devices;
    return RULE_FIRES;
}

const Rule rule_nat_restarted = {
    .id = "nat_restarted",
    .area = "life",
    .title = "The NAT lost all its mappings at once",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .meaning = "Devices behind one public address came back over new mappings, and all of the old "
               "ones can have gone at the same moment, in spite of traffic. Each was unreachable "
               "until it sent something itself.",
    .advice = "Look at the router's log and uptime: a restart, a new public address (forced "
              "reconnect), a change of its rules. Shorter registrations or keep-alives that the "
              "phone checks (RFC 5626) bring the phones back sooner.",
    .confusion = "Mappings that ran out one by one, each after its own silence.",
    .should = "A NAT keeps its mappings, or the phones notice that their flow is gone (RFC 5626 "
              "section 4.4).",
    .seen = {
        .client = "All phones get another public port or address within a short time.",
        .middle = "The same.",
        .server = "Several devices of one public address unreachable at once, and back one by one.",
    },
    .fix = {
        .phone = "Keep-alives that are answered (RFC 5626), so that it notices; a shorter "
                 "interval.",
        .router = "Log and uptime: a restart, a forced reconnect, changed rules.",
        .asterisk = "aor: qualify_frequency shows who is gone.",
        .kamailio = "nathelper with sipping: keepalive_timeout in usrloc removes who does not "
                    "answer.",
    },
    .reference = "RFC 5626 section 4.4; RFC 6888 section 3",
    .check_site = check,
};
