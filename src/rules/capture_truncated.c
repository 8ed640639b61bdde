/*
 * The snapshot length cut messages.
 *
 * tcpdump -s 96 keeps the beginning of a packet. A SIP message without its
 * tail lacks the headers that matter most, and digests cannot be checked.
 */

#include "rules/rule.h"

static RuleVerdict check(const RegSite *site, Finding *finding)
{
    if (site->kind != REG_SITE_CAPTURE || site->capture->cut_messages.count == 0)
        return RULE_CLEAN;

    const RegFact *cut = &site->capture->cut_messages;

    finding_say(finding,
                "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                " SIP messages were cut by the capture",
                cut->count, site->capture->messages.count);
    finding_cite(finding, "first cut message", cut->first, cut->first_time,
                 STR("shorter in the capture than on the wire"), "the whole packet");
    finding_cite(finding, "last cut message", cut->last, cut->last_time,
                 STR("shorter in the capture than on the wire"), NULL);
    finding->from = cut->first_time;
    finding->until = cut->last_time;
    return RULE_FIRES;
}

const Rule rule_capture_truncated = {
    .id = "capture_truncated",
    .area = "capture",
    .title = "Messages were cut by the snapshot length",
    .severity = FINDING_WARNING,
    .vantage = REG_VANTAGE_ANY,
    .meaning =
        "The capture holds only the beginning of these packets. What stood behind is not known.",
    .advice = "Capture with 'tcpdump -s 0' (whole packets).",
    .confusion =
        "A message that its sender cut short: then the packet is whole and the message is not.",
    .should = "Each packet is written as long as it was on the wire (pcap-savefile(5)).",
    .seen = {
        .client = "Packets whose captured length is less than their own; messages that end in the "
                  "middle.",
        .middle = "The same.",
        .server = "The same.",
    },
    .fix = {
        .phone = "Nothing.",
        .router = "On its own capture page: packet size without a limit.",
        .asterisk = "On the host: 'tcpdump -s 0'.",
        .kamailio = "On the host: 'tcpdump -s 0'.",
    },
    .reference = "pcap-savefile(5)",
    .check_site = check,
};
