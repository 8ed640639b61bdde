#pragma once

/*
 * What an ALG changed in the messages of the sample's first device, attached to its
 * finding.
 */

#include "sample.h"

static inline void difference_add(RegRewrites *rewrites, RegRewrite change, const char *name,
                                  const char *inside, const char *outside)
{
    change.name = g_strdup(name);
    change.param = g_strdup(change.param);
    change.inside = g_strdup(inside);
    change.outside = g_strdup(outside);
    change.where = SIP_WHERE_HEADER;
    change.first.inside = (CaptureRef){ .frame = 1 };
    change.first.outside = (CaptureRef){ .frame = 2 };
    change.first.inside_time = AT(1);
    change.first.outside_time = AT(1.001);
    change.first.method = SIP_METHOD_REGISTER;
    change.count = 5;
    rewrites->seen[change.outward][change.request][change.header] = 6;
    rewrites->changes[rewrites->n_changes++] = change;
}

static inline RegRewrites *difference_new(void)
{
    RegRewrites *rewrites = g_rc_box_new0(RegRewrites);

    rewrites->pairs = 12;
    difference_add(rewrites,
                   (RegRewrite){ .header = SIP_HEADER_CONTACT,
                                 .part = SIP_PART_ADDRESS,
                                 .outward = true,
                                 .request = true },
                   "Contact", "192.168.1.10:5060", "203.0.113.2:5060");
    difference_add(rewrites,
                   (RegRewrite){ .header = SIP_HEADER_VIA,
                                 .part = SIP_PART_PARAM,
                                 .param = (char *)"received",
                                 .first = { .status = 401 } },
                   "Via", "192.168.1.10", "203.0.113.2");
    difference_add(
        rewrites,
        (RegRewrite){
            .header = SIP_HEADER_CALL_ID, .part = SIP_PART_USER, .outward = true, .request = true },
        "Call-ID", "3848276298220188511", "another");
    return rewrites;
}

static inline Finding *difference_show(Sample *s)
{
    g_autoptr(RegRewrites) rewrites = difference_new();
    Finding *finding = g_ptr_array_index(s->findings, 0);

    finding_show(finding, rewrites);
    return finding;
}
