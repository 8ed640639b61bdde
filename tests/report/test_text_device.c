/*
 * A device's part of the text report.
 */

#include "sample.h"

static void says_who_it_is_inside_and_outside(void **state)
{
    g_autoptr(Sample) s = sample_new();

    s->devices[1].transport = NET_TCP;

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ .verbose = true });

    assert_contains(text, "bob@example.com: registered\n"
                          "  192.168.1.12:5060 (outside 203.0.113.2:18680) to 198.51.100.10:5060 "
                          "over TCP, ExamplePhone 7.1\n"
                          "  2 attempts, 6 accepted\n"
                          "  Registered 100 % of 4 min 58 s\n");
}

static void frames_name_their_capture_when_there_are_several(void **state)
{
    g_autoptr(Sample) s = sample_new();

    g_ptr_array_add(s->infos, &s->info);

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "  12:00:02.000   lan.pcap:9  -> REGISTER, expires 3600\n"
                          "  12:00:02.020  lan.pcap:10  <- 401 Unauthorized\n"
                          "  12:00:02.020               ?? expected:");
    assert_contains(text, "- lan.pcap frame 10, 12:00:02.020, answer");
}

static void a_long_capture_name_does_not_push_the_text_away(void **state)
{
    g_autoptr(Sample) s = sample_new();

    g_ptr_array_add(s->infos, &s->info);
    s->info.name = "a-capture-with-a-name-that-is-much-too-long.pcap";

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "  12:00:02.000   a-capture-wit...:9  -> REGISTER, expires 3600\n");
}

static void without_a_verdict_there_is_only_what_happened(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *text = sample_write(s, "text", (ReportOptions){ .unjudged = true });

    assert_contains(text, "\nbob@example.com\n");
    assert_contains(text, "-> REGISTER, expires 3600\n");
    assert_contains(text, "<- 401 Unauthorized\n");
    assert_lacks(text, "??");
    assert_lacks(text, "FAILURE");
    assert_lacks(text, "refused");
    assert_lacks(text, "registered");
    assert_lacks(text, "Not judged");
}

static void the_date_stands_where_it_changes(void **state)
{
    g_autoptr(Sample) s = sample_new();

    s->steps[0][1].request_time = AT(86400);
    s->steps[0][1].answer_time = AT(86400.020);

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "  2026-01-31, times in UTC\n"
                          "  12:00:00.000      1  -> REGISTER, expires 3600\n"
                          "  12:00:00.020      2  <- 401 Unauthorized\n"
                          "  2026-02-01, times in UTC\n"
                          "  12:00:00.000      3  -> REGISTER");
}

static void the_middle_of_a_long_timeline_is_left_out(void **state)
{
    g_autoptr(Sample) s = sample_new();
    RegAttempt *many[100];

    for (size_t i = 0; i < G_N_ELEMENTS(many); i++)
        many[i] = &s->attempts[0];
    s->devices[0].attempts = many;
    s->devices[0].n_attempts_kept = G_N_ELEMENTS(many);

    g_autofree char *brief = sample_write(s, "text", (ReportOptions){ 0 });
    g_autofree char *full = sample_write(s, "text", (ReportOptions){ .verbose = true });

    assert_contains(brief, "  ... 360 more events ...\n");
    assert_lacks(full, "more events");
}

static void long_lines_hang_under_their_text(void **state)
{
    g_autoptr(Sample) s = sample_new();

    s->steps[0][1].reason = (char *)"Forbidden because of reasons that take more than one line";

    g_autofree char *text = sample_text(s, (ReportOptions){ .width = 60 });

    assert_contains(text, "  12:00:00.120      4  <- 403 Forbidden because of reasons\n"
                          "                          that take more than one line\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_who_it_is_inside_and_outside),
        cmocka_unit_test(frames_name_their_capture_when_there_are_several),
        cmocka_unit_test(a_long_capture_name_does_not_push_the_text_away),
        cmocka_unit_test(without_a_verdict_there_is_only_what_happened),
        cmocka_unit_test(the_date_stands_where_it_changes),
        cmocka_unit_test(the_middle_of_a_long_timeline_is_left_out),
        cmocka_unit_test(long_lines_hang_under_their_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
