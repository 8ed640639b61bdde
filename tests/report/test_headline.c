/*
 * The one sentence.
 */

#include "report/headline.h"

#include "sample.h"

static void it_is_the_first_finding(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_auto(ReportHeadline) headline = report_headline_make(&s->result);

    assert_int_equal(headline.severity, FINDING_FAILURE);
    assert_string_equal(headline.text, "carol@example.com was asked for a password at 12:00:02 and "
                                       "sent nothing for 4 min 58 s");
}

static void it_names_the_account_when_the_finding_does_not(void **state)
{
    g_autoptr(Sample) s = sample_new();

    finding_say(g_ptr_array_index(s->findings, 0), "nothing was sent");

    g_auto(ReportHeadline) headline = report_headline_make(&s->result);

    assert_string_equal(headline.text, "carol@example.com: nothing was sent");
}

static void a_note_is_no_headline(void **state)
{
    g_autoptr(Sample) s = sample_new();

    g_ptr_array_remove_range(s->findings, 0, 2);

    g_auto(ReportHeadline) headline = report_headline_make(&s->result);

    assert_int_equal(headline.severity, FINDING_NOTE);
    assert_contains(headline.text, "Nothing was found that would explain it: 1 device registered");
}

static void without_devices_it_says_what_there_was(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_clear(s);
    s->net.frames = 10;

    g_auto(ReportHeadline) headline = report_headline_make(&s->result);

    assert_string_equal(headline.text, "No SIP registration in this capture, nor any other SIP.");
}

static void a_part_without_devices_is_no_capture_without_them(void **state)
{
    g_autoptr(Sample) s = sample_new();
    ReportPart part = { .since = NSEC_NONE, .until = NSEC_MAX };

    sample_clear(s);
    s->result.part = &part;

    g_auto(ReportHeadline) headline = report_headline_make(&s->result);

    assert_string_equal(headline.text, "No device fits what was asked for.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_first_finding),
        cmocka_unit_test(it_names_the_account_when_the_finding_does_not),
        cmocka_unit_test(a_note_is_no_headline),
        cmocka_unit_test(without_devices_it_says_what_there_was),
        cmocka_unit_test(a_part_without_devices_is_no_capture_without_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
