/*
 * What differs between two places tells nobody's name.
 */

#include "difference.h"
#include "report/redact_copy.h"

static void values_are_tokens(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportRedactor) redactor = report_redactor_new();
    RedactCopier *copier = redact_copier_new(redactor, s->infos);
    g_autoptr(RegRewrites) rewrites = difference_new();
    g_autoptr(RegRewrites) copy = redact_rewrites(copier, rewrites);

    assert_string_equal(copy->changes[0].inside, "10.0.0.1:5060");
    assert_string_equal(copy->changes[0].outside, "192.0.2.1:5060");
    assert_string_equal(copy->changes[0].name, "Contact");
    assert_string_equal(copy->changes[1].inside, "10.0.0.1");
    assert_string_equal(copy->changes[2].inside, "call1");
    assert_string_equal(copy->changes[2].outside, "call2");
    assert_string_equal(rewrites->changes[0].inside, "192.168.1.10:5060");
    assert_int_equal(copy->pairs, 12);
    redact_copier_free(copier);
}

static void unknown_parameters_are_somebodys(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportRedactor) redactor = report_redactor_new();
    RedactCopier *copier = redact_copier_new(redactor, s->infos);
    g_autoptr(RegRewrites) rewrites = difference_new();

    difference_add(rewrites,
                   (RegRewrite){ .header = SIP_HEADER_CONTACT,
                                 .part = SIP_PART_PARAM,
                                 .param = (char *)"x-owner" },
                   "Contact", "Alice Example", "nobody");

    g_autoptr(RegRewrites) copy = redact_rewrites(copier, rewrites);

    assert_string_not_equal(copy->changes[3].inside, "Alice Example");
    assert_string_equal(copy->changes[3].param, "x-owner");
    redact_copier_free(copier);
}

static void no_report_has_them(void **state)
{
    static const char *const formats[] = { "text", "json", "jsonl" };
    g_autoptr(Sample) s = sample_new();

    difference_show(s);
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autoptr(ReportRedactor) redactor = report_redactor_new();
        g_autofree char *text =
            sample_write(s, formats[i], (ReportOptions){ .verbose = true, .redactor = redactor });

        assert_lacks(text, "203.0.113.");
        assert_lacks(text, "3848276298220188511");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_tokens),
        cmocka_unit_test(unknown_parameters_are_somebodys),
        cmocka_unit_test(no_report_has_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
