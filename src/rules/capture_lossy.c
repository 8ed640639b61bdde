/*
 * The capture lost packets.
 *
 * Either it says so itself (the kernel's drop counter), or a receiver
 * acknowledged bytes of a SIP connection that the capture does not hold.
 * Silence in such a capture proves nothing.
 */

#include "capture/filter.h"
#include "rules/rule.h"

static RuleVerdict check(const RegSite *site, Finding *finding)
{
    if (site->kind != REG_SITE_CAPTURE)
        return RULE_CLEAN;

    const CaptureInfo *info = site->capture->info;
    const RegFact *gaps = &site->capture->gaps_by_capture;
    uint64_t dropped = info->dropped_kernel + info->dropped_interface;

    if (dropped == 0 && gaps->count == 0)
        return RULE_CLEAN;
    if (dropped == 0 && info->cut_frames > 0)
        return rule_abstain(finding, "frames were cut: the holes may be what was cut off");

    g_autofree char *drops =
        dropped > 0 ? g_strdup_printf("the capture dropped %" G_GUINT64_FORMAT " packets", dropped)
                    : g_strdup("");
    g_autofree char *holes =
        gaps->count > 0 ? g_strdup_printf("%" G_GUINT64_FORMAT
                                          " hole%s in SIP connections that the receiver did get",
                                          gaps->count, gaps->count == 1 ? "" : "s")
                        : g_strdup("");

    finding_say(finding, "%s%s%s", drops, dropped > 0 && gaps->count > 0 ? "; " : "", holes);
    if (gaps->count > 0) {
        finding_cite(finding, "hole", gaps->first, gaps->first_time,
                     STR("acknowledged bytes that are not in the capture"), "the segment");
    } else {
        CaptureRef first = site->capture->messages.count > 0
                               ? site->capture->messages.first
                               : (CaptureRef){ .capture = site->capture->index, .frame = 1 };

        finding_cite(finding, "drop counter", first, info->first, str_of(drops), "no drops");
    }
    finding->from = gaps->count > 0 ? gaps->first_time : info->first;
    finding->until = gaps->count > 0 ? gaps->last_time : info->last;
    return RULE_FIRES;
}

const Rule rule_capture_lossy = {
    .id = "capture_lossy",
    .area = "capture",
    .title = "The capture lost packets",
    .severity = FINDING_WARNING,
    .vantage = REG_VANTAGE_ANY,
    .meaning = "Packets that were on the wire are not in the capture. What seems to be missing may "
               "have been there.",
    .advice = "Capture with a larger buffer and a narrower filter: 'tcpdump -B 65536 -w out.pcap "
              "\"" FILTER_WANTED "\"'.",
    .confusion = "Packets lost by the network: then the receiver does not acknowledge them.",
    .should = "Every packet on the wire is written, and the drop counters stay at zero "
              "(pcap_stats(3PCAP)).",
    .seen = {
        .client = "Drops at the end of tcpdump, or bytes that were acknowledged and are not there.",
        .middle = "The same. A mirror port with less bandwidth than what it mirrors drops before "
                  "tcpdump can count.",
        .server = "The same, mostly where calls with their audio are captured as well.",
    },
    .fix = {
        .phone = "Nothing.",
        .router = "On a switch: mirror fewer ports into one, or one that is faster.",
        .asterisk = "On the host: leave the RTP ports out, and give tcpdump a larger buffer (-B).",
        .kamailio = "On the host: leave the RTP ports out, and give tcpdump a larger buffer (-B).",
    },
    .reference = "pcap_stats(3PCAP)",
    .check_site = check,
};
