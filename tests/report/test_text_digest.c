/*
 * The table of a login in the text report.
 */

#include "sample.h"

static void stands_between_the_timeline_and_the_findings(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_detail(s);

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });
    const char *timeline = strstr(text, "403 Forbidden\n\n  The credentials of frame 3");

    assert_non_null(timeline);
    assert_non_null(strstr(timeline, "FAILURE: The registrar refused the credentials"));
}

static void names_the_challenge_and_the_cause(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_detail(s);

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "  The credentials of frame 3, answering the challenge before them: ");
    s->digest->other_server = true;

    g_autofree char *other = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(other, "answering the challenge of another server");
    s->digest->other_server = false;
    s->digest->use = REG_CHALLENGE_UNSEEN;

    g_autofree char *unseen = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(unseen, "whose challenge is not in the capture");
}

static void has_a_row_for_each_ingredient(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_detail(s);

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text,
                    "    Ingredient  In the challenge  In the answer  As we know it  Verdict\n");
    assert_contains(text,
                    "    realm       example.com       example.com    -              fits only "
                    "with \"asterisk\"\n");
}

static void nonce_and_response_are_shortened(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_detail(s);

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ .verbose = true });

    assert_lacks(text, SAMPLE_NONCE);
    assert_lacks(text, SAMPLE_RESPONSE);
    assert_contains(text, "    nonce       3f8a51...         3f8a51...      -              same\n");
    assert_contains(text,
                    "    response    -                 739598...      -              differs\n");
}

static void there_is_none_when_nothing_was_refused(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *text = sample_write(s, "text", (ReportOptions){ .verbose = true });

    assert_lacks(text, "The credentials of");
    sample_detail(s);

    g_autofree char *quiet = sample_write(s, "text", (ReportOptions){ .quiet = true });

    assert_lacks(quiet, "The credentials of");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stands_between_the_timeline_and_the_findings),
        cmocka_unit_test(names_the_challenge_and_the_cause),
        cmocka_unit_test(has_a_row_for_each_ingredient),
        cmocka_unit_test(nonce_and_response_are_shortened),
        cmocka_unit_test(there_is_none_when_nothing_was_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
