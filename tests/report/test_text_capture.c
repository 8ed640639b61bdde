/*
 * How far the report can be trusted.
 */

#include "sample.h"

static void each_vantage_has_its_words(void **state)
{
    static const struct {
        RegVantage vantage;
        const char *words;
    } cases[] = {
        { REG_VANTAGE_CLIENT, "Taken on the phone's side: because.\n" },
        { REG_VANTAGE_MIDDLE, "Taken on the path between phone and registrar: because.\n" },
        { REG_VANTAGE_SERVER, "Taken on the registrar's side: because.\n" },
        { REG_VANTAGE_UNKNOWN, "It does not show where it was taken: because.\n" },
    };
    g_autoptr(Sample) s = sample_new();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        s->site.vantage = (RegVantageVerdict){ cases[i].vantage, "because" };

        g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

        assert_contains(text, cases[i].words);
    }
}

static void losses_are_named(void **state)
{
    g_autoptr(Sample) s = sample_new();

    s->info.complete = false;
    s->info.stopped_because = "cut in the middle of frame 1235";
    s->info.cut_frames = 1;
    s->info.drops_known = true;
    s->info.dropped_kernel = 1200;
    s->info.hidden.fragments = 7;
    s->result.counts.stream_gaps = 3;

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "  1200 packets dropped by the kernel, 1 frame cut by the snapshot "
                          "length.\n");
    assert_contains(text, "  The filter of this run hid 7 IP fragments.\n");
    assert_contains(text, "  Not read to its end: cut in the middle of frame 1235\n");
    assert_contains(text, "12 duplicate packets, 3 gaps in TCP streams.\n");
}

static void times_in_which_nothing_was_seen_are_named(void **state)
{
    static const CaptureGap some[] = {
        { AT(10), AT(70), "it was removed" },
        { AT(80), AT(80), "the clock was set ahead by 5 s" },
        { AT(90), NSEC_NONE, "it is down" },
    };
    g_autoptr(Sample) s = sample_new();
    g_autoptr(GArray) gaps = g_array_new(false, false, sizeof(CaptureGap));

    g_array_append_vals(gaps, some, G_N_ELEMENTS(some));
    s->info.gaps = gaps;
    s->info.gaps_forgotten = 2;

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });
    g_autofree char *json = sample_write(s, "json", (ReportOptions){ 0 });

    assert_contains(text, "  2 times before these nothing was seen.\n");
    assert_contains(text,
                    "  Blind from 2026-01-31T12:00:10Z to 2026-01-31T12:01:10Z: it was removed.\n");
    assert_contains(text, "  At 2026-01-31T12:01:20Z the clock was set ahead by 5 s.\n");
    assert_contains(text, "  Blind from 2026-01-31T12:01:30Z to now: it is down.\n");
    assert_contains(json, "\"gaps\"");
    assert_contains(json, "\"it was removed\"");
}

static void the_files_own_words_are_shown(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(GPtrArray) filters = g_ptr_array_new();

    g_ptr_array_add(filters, (char *)"udp port 5060");
    s->info.filters = filters;
    s->info.comments = filters;
    s->info.compression = "zstd";
    s->info.secrets_blocks = 1;

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "lan.pcap: pcap (zstd), EN10MB");
    assert_contains(text, "  Capture filter: udp port 5060\n");
    assert_contains(text, "  Comment: udp port 5060\n");
    assert_contains(text, "keys of TLS sessions");
}

static void a_capture_over_midnight_names_both_days(void **state)
{
    g_autoptr(Sample) s = sample_new();

    s->info.latest = AT(86400);

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "2026-01-31 12:00:00 to 2026-02-01 12:00:00 UTC (24 h)");
}

static void impossible_times_are_printed_all_the_same(void **state)
{
    g_autoptr(Sample) s = sample_new();

    s->info.first = NSEC_NONE + 1;
    s->info.latest = NSEC_MAX;

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "1677-09-21 00:12:43 to 2262-04-11 23:47:16 UTC");
}

/* The first capture is believed; what is said of the clock of the second one. */
static char *clock_told(const CaptureClock *clock)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(CaptureClock) own = capture_clock_own();
    CaptureInfo outer = s->info;
    RegCaptureSite site = s->site;

    s->info.clock = own;
    outer.name = "wan.pcap";
    outer.place = CAPTURE_PLACE_SERVER;
    outer.clock = clock;
    site.info = &outer;
    g_ptr_array_add(s->infos, &outer);
    g_ptr_array_add(s->sites, &site);
    return sample_write(s, "text", (ReportOptions){ 0 });
}

static void the_clocks_of_several_places_are_told(void **state)
{
    g_autoptr(CaptureClock) clock = capture_clock_own();
    CaptureClockPiece *piece = &g_array_index(clock->pieces, CaptureClockPiece, 0);

    clock->points = 12;
    piece->uncertainty = 20 * NSEC_MSEC;

    g_autofree char *same = clock_told(clock);

    clock->same = false;
    piece->offset = -90 * NSEC_SEC;
    piece->drift = 25e-6;

    g_autofree char *other = clock_told(clock);
    g_autofree char *unknown = clock_told(NULL);

    assert_contains(same,
                    "  Its clock agrees with that of lan.pcap (within 20 ms, by 12 messages)");
    assert_contains(other, "  Its clock is 90 s behind and gains 25.0 ppm (within 20 ms, by 12 "
                           "messages); all times are told");
    assert_contains(unknown, "  No REGISTER was seen both here and in lan.pcap: their clocks are "
                             "taken for equal.");
}

static void many_captures_do_not_make_a_long_report(void **state)
{
    g_autoptr(Sample) s = sample_new();
    CaptureInfo broken = s->info;
    RegCaptureSite site = s->site;

    broken.name = "broken.pcap";
    broken.stopped_because = "it is damaged";
    site.info = &broken;
    for (unsigned i = 0; i < 98; i++)
        g_ptr_array_add(s->sites, &s->site);
    g_ptr_array_add(s->sites, &site);

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "... and 89 more captures\n");
    assert_contains(text, "broken.pcap: pcap");
}

static void reasons_are_told_once_with_all_their_rules(void **state)
{
    g_autoptr(Sample) s = sample_new();
    RuleAbstention other = { &sample_note, "needs a capture beside the server", 1 };
    RuleAbstention silent = { &sample_note, NULL, 1 };

    g_array_append_val(s->abstentions, other);
    g_array_append_val(s->abstentions, silent);

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ .verbose = true });

    assert_contains(text, "Not judged\n"
                          "  - needs a capture beside the server: credentials_refused (4 times), "
                          "capture_duplicated\n"
                          "  - the capture does not show enough: capture_duplicated\n");
}

static void limits_are_short_without_verbose(void **state)
{
    static const char *const reasons[] = { "needs a capture beside the phone", "one", "two",
                                           "three", "four" };
    g_autoptr(Sample) s = sample_new();
    Rule rules[5];

    for (unsigned i = 0; i < G_N_ELEMENTS(rules); i++) {
        RuleAbstention one = { &rules[i], "one", 7 };

        rules[i] = sample_note;
        g_array_append_val(s->abstentions, one);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(reasons); i++) {
        RuleAbstention other = { &sample_note, reasons[i], 1 };

        g_array_append_val(s->abstentions, other);
    }

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "Not judged (in full with --verbose)\n"
                          "  - needs a capture from another place: credentials_refused, "
                          "capture_duplicated\n"
                          "  - one: capture_duplicated, capture_duplicated, capture_duplicated "
                          "and 3 more\n"
                          "  - two: capture_duplicated\n"
                          "  - three: capture_duplicated\n"
                          "  ... for 1 more reason\n");
}

static void nothing_is_said_about_limits_when_there_are_none(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_clear(s);

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_lacks(text, "Not judged");
    assert_lacks(text, "Forgotten");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_vantage_has_its_words),
        cmocka_unit_test(losses_are_named),
        cmocka_unit_test(times_in_which_nothing_was_seen_are_named),
        cmocka_unit_test(the_files_own_words_are_shown),
        cmocka_unit_test(a_capture_over_midnight_names_both_days),
        cmocka_unit_test(impossible_times_are_printed_all_the_same),
        cmocka_unit_test(the_clocks_of_several_places_are_told),
        cmocka_unit_test(many_captures_do_not_make_a_long_report),
        cmocka_unit_test(reasons_are_told_once_with_all_their_rules),
        cmocka_unit_test(limits_are_short_without_verbose),
        cmocka_unit_test(nothing_is_said_about_limits_when_there_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
