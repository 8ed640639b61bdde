/*
 * The capture filter hid what is needed.
 *
 * "udp port 5060" keeps the first fragment of a large REGISTER and loses the
 * others, which have no port numbers; with them go the Authorization header
 * and the diagnosis. ICMP errors, tagged frames and TCP are lost the same way.
 */

#include "capture/filter.h"
#include "rules/rule.h"

/* Fragments without any later fragment in the whole capture: a network may
 * lose some, a filter loses all. */
static bool lost_by_filter(const RegCaptureSite *capture)
{
    return capture->lone_fragments.count > 0 && capture->later_fragments == 0;
}

static RuleVerdict say_hidden(const RegCaptureSite *capture, Finding *finding)
{
    const CaptureHidden *hidden = &capture->info->hidden;
    CaptureRef ref = { .capture = capture->index, .frame = hidden->first_frame };

    finding_say(finding,
                "the filter of this run left out %" G_GUINT64_FORMAT
                " IP fragments, %" G_GUINT64_FORMAT " tagged frames and %" G_GUINT64_FORMAT
                " ICMP packets",
                hidden->fragments, hidden->tagged, hidden->icmp);
    finding_cite(finding, "hidden frame", ref, hidden->first_time, STR("refused by the filter"),
                 FILTER_WANTED);
    finding->from = finding->until = hidden->first_time;
    return RULE_FIRES;
}

static RuleVerdict say_fragments(const RegCaptureSite *capture, Finding *finding)
{
    const RegFact *lone = &capture->lone_fragments;

    finding_say(
        finding,
        "%" G_GUINT64_FORMAT
        " SIP message%s came in IP fragments of which the capture holds only the first: the "
        "capture filter dropped the others",
        lone->count, lone->count == 1 ? "" : "s");
    finding_cite(finding, "first fragment", lone->first, lone->first_time,
                 STR("more fragments follow, none is in the capture"), "the later fragments");
    finding->from = lone->first_time;
    finding->until = lone->last_time;
    finding_grade(finding, FINDING_STRONG,
                  "A capture with a filter that keeps later fragments; if they are still missing, "
                  "the network drops them.");
    return RULE_FIRES;
}

static RuleVerdict check(const RegSite *site, Finding *finding)
{
    if (site->kind != REG_SITE_CAPTURE)
        return RULE_CLEAN;

    const CaptureHidden *hidden = &site->capture->info->hidden;

    if (hidden->fragments > 0 || hidden->tagged > 0)
        return say_hidden(site->capture, finding);
    return lost_by_filter(site->capture) ? say_fragments(site->capture, finding) : RULE_CLEAN;
}

const Rule rule_capture_filtered = {
    .id = "capture_filtered",
    .area = "capture",
    .title = "The capture filter hid what is needed",
    .severity = FINDING_WARNING,
    .vantage = REG_VANTAGE_ANY,
    .meaning = "Packets that belong to registrations were left out by the capture filter.",
    .advice = "Use a filter that keeps fragments and ICMP, and tagged frames on a trunk port: "
              "\"" FILTER_WANTED "\".",
    .confusion = "Fragments that a firewall drops: then the phone repeats the large request.",
    .should = "The filter keeps all that belongs to a registration: later fragments, which have "
              "no port numbers, ICMP errors, tagged frames and TCP (pcap-filter(7)).",
    .seen = {
        .client = "Of a large REGISTER only the first fragment, without the later headers.",
        .middle = "The same. On a trunk port a filter without 'vlan' loses the tagged frames.",
        .server = "The same.",
    },
    .fix = {
        .phone = "Nothing.",
        .router = "On its own capture page: filter on the phone's address instead of a port.",
        .asterisk = "On the host: filter on addresses, or add fragments and ICMP to the ports.",
        .kamailio = "On the host: filter on addresses, or add fragments and ICMP to the ports.",
    },
    .reference = "pcap-filter(7)",
    .check_site = check,
};
