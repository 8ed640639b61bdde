/*
 * The JSON of what differs between two places.
 */

#include "shape.h"

static void shape_place(ReportShaper *shaper, const char *name, CaptureRef ref, Nsec time)
{
    report_shape_open(shaper, name);
    report_shape_ref(shaper, ref, time);
    report_shape_close(shaper);
}

static void shape_change(ReportShaper *shaper, const RegRewrites *rewrites,
                         const RegRewrite *change)
{
    g_autofree char *message = reg_pair_message(&change->first);

    report_shape_open(shaper, NULL);
    report_shape_text(shaper, "header", change->name);
    report_shape_text(shaper, "part", sip_part_name(change->part));
    report_shape_text(shaper, "param", change->param);
    report_shape_text(shaper, "direction", change->outward ? "out" : "in");
    report_shape_text(shaper, "message", message);
    report_shape_text(shaper, "inside", change->inside);
    report_shape_text(shaper, "outside", change->outside);
    report_shape_count(shaper, "count", change->count);
    report_shape_count(shaper, "of", reg_rewrite_chances(rewrites, change));
    shape_place(shaper, "inside_at", change->first.inside, change->first.inside_time);
    shape_place(shaper, "outside_at", change->first.outside, change->first.outside_time);
    report_shape_close(shaper);
}

void report_shape_diff(ReportShaper *shaper, const RegRewrites *rewrites)
{
    report_shape_count(shaper, "compared", rewrites->pairs);
    report_shape_open_list(shaper, "diff");
    for (unsigned i = 0; i < rewrites->n_changes; i++)
        shape_change(shaper, rewrites, &rewrites->changes[i]);
    report_shape_close_list(shaper);
}
