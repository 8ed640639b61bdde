/*
 * How a finding is told.
 */

#include "sample.h"

static void shows_what_was_expected_and_when_it_recurred(void **state)
{
    g_autoptr(Sample) s = sample_new();
    Finding *finding = g_ptr_array_index(s->findings, 0);

    finding->count = 3;
    finding->until = AT(200);
    finding_cite(finding, "silence", (CaptureRef){ .frame = 0 }, NSEC_NONE, STR("nothing"),
                 "a REGISTER with credentials");

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "    Seen 3 times, from 12:00:02.020 to 12:03:20.000.\n");
    assert_contains(text, "    - silence: nothing; expected: a REGISTER with credentials\n");
}

static void a_note_is_one_line_with_its_account_and_frame(void **state)
{
    g_autoptr(Sample) s = sample_new();
    Finding *note = g_ptr_array_index(s->findings, 2);

    note->device = 2;
    note->aor = g_strdup("bob@example.com");

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "  - bob@example.com: 12 packets are in the capture twice "
                          "[capture_duplicated, frame 2]\n");
}

static void a_note_of_a_device_in_trouble_stands_there_only(void **state)
{
    g_autoptr(Sample) s = sample_new();

    ((Finding *)g_ptr_array_index(s->findings, 2))->device = 1;

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "  NOTE: Packets are in the capture more than once");
    assert_lacks(text, "Notes\n");
}

static void parts_that_are_missing_are_left_out(void **state)
{
    g_autoptr(Sample) s = sample_new();
    static Rule bare = { .id = "bare", .title = "Bare", .severity = FINDING_FAILURE };

    ((Finding *)g_ptr_array_index(s->findings, 0))->rule = &bare;

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "  FAILURE: Bare [bare, proven]\n"
                          "    carol@example.com was asked for a password at 12:00:02 and sent "
                          "nothing for 4 min 58 s\n"
                          "    - frame 10, 12:00:02.020, answer: 401 Unauthorized\n"
                          "\n");
}

static void the_same_advice_is_given_once(void **state)
{
    g_autoptr(Sample) s = sample_new();

    for (unsigned i = 2; i < 4; i++) {
        Finding *other = sample_finding(&sample_unanswered_challenge, &s->devices[i], "nor did he",
                                        (CaptureRef){ .frame = 11 }, AT(3));

        finding_grade(other, i == 2 ? FINDING_PROVEN : FINDING_STRONG, i == 2 ? NULL : "his log");
        g_ptr_array_add(s->findings, other);
    }

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });
    g_autofree char *full = sample_write(s, "text", (ReportOptions){ .verbose = true });
    const char *first = strstr(text, "What to do: Enter the account's user name");
    const char *second = strstr(text, "    What to do: as for carol@example.com above.\n");
    const char *third = strstr(text, "    To settle it: his log\n    What to do: Enter");

    assert_non_null(first);
    assert_true(first < second && second < third); /* another doubt is told in full */
    assert_lacks(full, "above.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_what_was_expected_and_when_it_recurred),
        cmocka_unit_test(a_note_is_one_line_with_its_account_and_frame),
        cmocka_unit_test(a_note_of_a_device_in_trouble_stands_there_only),
        cmocka_unit_test(parts_that_are_missing_are_left_out),
        cmocka_unit_test(the_same_advice_is_given_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
