/*
 * The text report as a whole: what is in it, how long it gets, how wide.
 */

#include "base/escape.h"
#include "sample.h"

static const char whole_report[] =
    "lan.pcap: pcap, EN10MB, 1234 frames, 2026-01-31 12:00:00 to 12:05:00 UTC (5 min)\n"
    "  Taken on the phone's side: private source, TTL 64, public destination.\n"
    "  24 SIP messages, 18 REGISTER requests, 6 answers, 10 retransmissions.\n"
    "  12 duplicate packets.\n"
    "\n"
    "FAILURE: carol@example.com was asked for a password at 12:00:02 and sent nothing for 4 "
    "min 58 s\n"
    "\n"
    "Account            Address       State       Expires  REGISTER  User-Agent\n"
    "carol@example.com  192.168.1.13  unanswered        -  12:00:02  ExamplePhone 7.1\n"
    "alice@example.com  192.168.1.11  refused           -  12:00:00  ExamplePhone 7.1\n"
    "bob@example.com    203.0.113.2   registered     60 s  12:04:31  ExamplePhone 7.1\n"
    "\n"
    "carol@example.com: unanswered\n"
    "  192.168.1.13:5060 to 198.51.100.10:5060 over UDP, ExamplePhone 7.1\n"
    "  1 attempt; not registered at any time\n"
    "\n"
    "  2026-01-31, times in UTC\n"
    "  12:00:02.000      9  -> REGISTER, expires 3600\n"
    "  12:00:02.020     10  <- 401 Unauthorized\n"
    "  12:00:02.020         ?? expected: REGISTER with credentials - never sent\n"
    "\n"
    "  FAILURE: The phone never answered the challenge [challenge_unanswered, proven]\n"
    "    carol@example.com was asked for a password at 12:00:02 and sent nothing for 4 min 58 "
    "s\n"
    "    - frame 10, 12:00:02.020, answer: 401 Unauthorized\n"
    "    What to do: Enter the account's user name and password on the phone.\n"
    "    See RFC 3261 section 22.2\n"
    "\n"
    "alice@example.com: refused\n"
    "  192.168.1.11:5060 to 198.51.100.10:5060 over UDP, ExamplePhone 7.1\n"
    "  1 attempt, 1 refused; not registered at any time\n"
    "\n"
    "  2026-01-31, times in UTC\n"
    "  12:00:00.000      1  -> REGISTER, expires 3600\n"
    "  12:00:00.020      2  <- 401 Unauthorized\n"
    "  12:00:00.100      3  -> REGISTER with credentials of \"alice\", expires 3600\n"
    "  12:00:00.120      4  <- 403 Forbidden\n"
    "\n"
    "  FAILURE: The registrar refused the credentials [credentials_refused, strong]\n"
    "    The registrar answered credentials of alice@example.com with 403 Forbidden\n"
    "    - frame 4, 12:00:00.120, answer: 401 Unauthorized\n"
    "    Not refused_unchallenged: there was a challenge in frame 2\n"
    "    To settle it: the password of the account (--credentials)\n"
    "    What to do: Set the password of the account again, on the phone and on the "
    "registrar.\n"
    "    See RFC 3261 section 22.2\n"
    "\n"
    "Notes\n"
    "  - 12 packets are in the capture twice [capture_duplicated, frame 2]\n"
    "\n"
    "Not judged (in full with --verbose)\n"
    "  - needs a capture beside the server: credentials_refused\n"
    "Forgotten because a table was full: 7 of reg.chains. What rests on them is not in this "
    "report.\n";

static void reads_like_this(void **state)
{
    g_autoptr(Sample) s = sample_new();

    g_ptr_array_remove_index(s->device_list, 3); /* dave */

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_string_equal(text, whole_report);
}

static void a_healthy_capture_is_a_short_report(void **state)
{
    static const char expected[] =
        "lan.pcap: pcap, EN10MB, 1234 frames, 2026-01-31 12:00:00 to 12:05:00 UTC (5 min)\n"
        "  Taken on the phone's side: private source, TTL 64, public destination.\n"
        "  14 SIP messages.\n"
        "\n"
        "No fault found: 1 device registered.\n"
        "\n"
        "Account          Address      State       Expires  REGISTER  User-Agent\n"
        "bob@example.com  203.0.113.2  registered     60 s  12:04:31  ExamplePhone 7.1\n"
        "\n";
    g_autoptr(Sample) s = sample_new();

    sample_clear(s);
    s->result.counts.sip_messages = 14;
    g_ptr_array_add(s->device_list, &s->devices[1]);

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_string_equal(text, expected);
}

static void a_device_in_trouble_is_told_even_when_no_rule_explains_it(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "dave@example.com: unanswered\n");
    assert_contains(text, "expected: an answer - none came (sent 11 times in 31 s)");
}

static void quiet_leaves_the_headline_and_the_findings(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *text = sample_write(s, "text", (ReportOptions){ .quiet = true });

    assert_true(g_str_has_prefix(text, "FAILURE: carol@example.com"));
    assert_contains(text, "challenge_unanswered, proven");
    assert_lacks(text, "lan.pcap");
    assert_lacks(text, "User-Agent");
    assert_lacks(text, "->");
    assert_lacks(text, "Not judged");
}

static void verbose_tells_every_device(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *brief = sample_write(s, "text", (ReportOptions){ 0 });
    g_autofree char *full = sample_write(s, "text", (ReportOptions){ .verbose = true });

    assert_lacks(brief, "bob@example.com: registered");
    assert_contains(full, "bob@example.com: registered");
    assert_contains(full, "refreshed 5 times, every 54 s");
    assert_contains(full, "NOTE: Packets are in the capture more than once");
}

static void findings_about_no_device_have_their_own_part(void **state)
{
    static Rule lossy;
    g_autoptr(Sample) s = sample_new();

    lossy = sample_note;
    lossy.severity = FINDING_WARNING;
    ((Finding *)g_ptr_array_index(s->findings, 2))->rule = &lossy;

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "About the capture and its sources\n  WARNING: Packets");
    assert_lacks(text, "Notes\n");
}

static unsigned count_of(const char *text, const char *part)
{
    g_auto(GStrv) pieces = g_strsplit(text, part, -1);

    return g_strv_length(pieces) - 1;
}

/* 'n' devices like alice, each with a finding of its own. */
static RegDevice *crowd(Sample *s, unsigned n)
{
    RegDevice *devices = g_new0(RegDevice, n);

    sample_clear(s);
    for (unsigned i = 0; i < n; i++) {
        devices[i] = s->devices[0];
        devices[i].id = i + 1;
        g_ptr_array_add(s->device_list, &devices[i]);
        g_ptr_array_add(s->findings, sample_finding(&sample_refused, &devices[i], "No entry",
                                                    (CaptureRef){ .frame = 4 }, AT(0.120)));
    }
    return devices;
}

static void many_failures_do_not_make_a_long_report(void **state)
{
    g_autoptr(Sample) s = sample_new();
    RegDevice *devices = crowd(s, 500);
    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });
    g_autofree char *full = sample_write(s, "text", (ReportOptions){ .verbose = true });

    assert_contains(text, "... and 450 more devices\n");
    assert_contains(text, "... and 430 more devices in trouble");
    assert_int_equal(count_of(text, "alice@example.com: refused\n"), 20);
    assert_int_equal(count_of(text, "alice@example.com: credentials_refused\n"), 50);
    assert_true(count_of(text, "\n") < 600);
    assert_int_equal(count_of(full, "alice@example.com: refused\n"), 500);
    g_free(devices);
}

static void notes_of_one_kind_are_one_line(void **state)
{
    static const char *const names[] = { "a@example.com", "b@example.com", "c@example.com" };
    g_autoptr(Sample) s = sample_new();

    sample_clear(s);
    for (unsigned i = 0; i < 300; i++) {
        Finding *note =
            sample_finding(&sample_note, NULL, "Something odd", (CaptureRef){ .frame = 2 }, START);

        note->aor = g_strdup(names[i % 3]);
        g_ptr_array_add(s->findings, note);
    }

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_int_equal(count_of(text, "Something odd"), 0);
    assert_contains(text, "Notes\n  - Packets are in the capture more than once: 300 times, "
                          "a@example.com, b@example.com and 298 more\n"
                          "    [capture_duplicated, frame 2]\n\n");
}

static void two_notes_of_one_kind_are_told(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_clear(s);
    for (unsigned i = 0; i < 2; i++)
        g_ptr_array_add(s->findings, sample_finding(&sample_note, NULL, "Something odd",
                                                    (CaptureRef){ .frame = 2 }, START));

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_int_equal(count_of(text, "Something odd"), 2);
}

static void many_kinds_of_notes_do_not_make_a_long_report(void **state)
{
    g_autoptr(Sample) s = sample_new();
    Rule rules[30];

    sample_clear(s);
    for (unsigned i = 0; i < G_N_ELEMENTS(rules); i++) {
        rules[i] = sample_note;
        g_ptr_array_add(s->findings, sample_finding(&rules[i], NULL, "Something odd",
                                                    (CaptureRef){ .frame = 2 }, START));
    }

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_int_equal(count_of(text, "Something odd"), 20);
    assert_contains(text, "... and 10 more notes");
}

/* Somebody asked for it: a phone that nothing is wrong with as well. */
static void a_device_that_was_asked_for_is_told(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    ReportPart part = { .devices = names, .since = NSEC_NONE, .until = NSEC_MAX };

    g_ptr_array_add(names, (gpointer) "bob");
    s->result.part = &part;

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "bob@example.com: registered\n");
    s->result.part = NULL;

    g_autofree char *ladder = sample_write(s, "text", (ReportOptions){ .ladder = true });

    assert_contains(ladder, "bob@example.com: registered\n");
}

static void check_width(const char *text, unsigned width)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (unsigned i = 0; lines[i] != NULL; i++) {
        if (escape_columns(lines[i]) > width)
            fail_msg("wider than %u: %s", width, lines[i]);
    }
}

static void no_line_is_wider_than_the_terminal(void **state)
{
    static const unsigned widths[] = { 60, 80, 100, 140 };
    g_autoptr(Sample) s = sample_new();
    g_autofree char *word = g_strnfill(700, 'w');
    g_autofree char *wide = g_strdup_printf("%s \346\227\245\346\234\254 \033[2J %s", word, word);

    for (size_t i = 0; i < G_N_ELEMENTS(widths); i++) {
        g_autofree char *text =
            sample_text(s, (ReportOptions){ .width = widths[i], .verbose = true });

        check_width(text, widths[i]);
    }
    s->devices[0].aor = s->devices[0].user_agent = wide;
    s->steps[0][1].reason = wide;
    s->info.name = wide;
    g_ptr_array_add(s->infos, &s->info);
    for (size_t i = 0; i < G_N_ELEMENTS(widths); i++) {
        g_autofree char *text =
            sample_text(s, (ReportOptions){ .width = widths[i], .verbose = true });

        check_width(text, widths[i]);
        assert_null(strchr(text, '\033'));
    }
}

static void hostile_words_do_not_reach_the_terminal(void **state)
{
    static char evil[] = "\033[2J\r\n\302\233\342\200\256\377";
    g_autoptr(Sample) s = sample_new();
    Finding *finding = g_ptr_array_index(s->findings, 0);
    FindingFact *fact = &g_array_index(finding->facts, FindingFact, 0);

    s->devices[0].aor = s->devices[0].user_agent = evil;
    s->steps[0][1].reason = s->digest->username = evil;
    s->info.name = s->info.stopped_because = evil;
    s->site.vantage.because = evil;
    finding_say(finding, "%s", evil);
    finding_advise(finding, "%s", evil);
    g_free(fact->seen);
    fact->seen = g_strdup(evil);

    g_autofree char *text =
        sample_text(s, (ReportOptions){ .width = 80, .color = false, .verbose = true });

    assert_null(strchr(text, '\033'));
    assert_null(strchr(text, '\r'));
    assert_lacks(text, "\302\233");
    assert_lacks(text, "\342\200\256");
    assert_true(g_utf8_validate(text, -1, NULL));
}

static void colour_is_given_only_when_asked_for(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *plain = sample_text(s, (ReportOptions){ .width = 80 });
    g_autofree char *color = sample_text(s, (ReportOptions){ .width = 80, .color = true });

    assert_null(strchr(plain, '\033'));
    assert_contains(color, "\033[1mFAILURE: carol@example.com");
    assert_contains(color, "\033[31m");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_like_this),
        cmocka_unit_test(a_healthy_capture_is_a_short_report),
        cmocka_unit_test(a_device_in_trouble_is_told_even_when_no_rule_explains_it),
        cmocka_unit_test(quiet_leaves_the_headline_and_the_findings),
        cmocka_unit_test(verbose_tells_every_device),
        cmocka_unit_test(findings_about_no_device_have_their_own_part),
        cmocka_unit_test(many_failures_do_not_make_a_long_report),
        cmocka_unit_test(notes_of_one_kind_are_one_line),
        cmocka_unit_test(two_notes_of_one_kind_are_told),
        cmocka_unit_test(many_kinds_of_notes_do_not_make_a_long_report),
        cmocka_unit_test(a_device_that_was_asked_for_is_told),
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
        cmocka_unit_test(hostile_words_do_not_reach_the_terminal),
        cmocka_unit_test(colour_is_given_only_when_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
