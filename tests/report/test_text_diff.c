/*
 * The same message on both sides, side by side.
 */

#include "difference.h"

static void changed_bytes_are_underlined(void **state)
{
    g_autoptr(Sample) s = sample_new();

    difference_show(s);

    g_autofree char *text = sample_text(s, (ReportOptions){ .width = 100 });

    assert_contains(
        text,
        "    -> REGISTER              inside                        outside\n"
        "      Contact                192.168.1.10:5060             203.0.113.2:5060              "
        "5 of 6\n"
        "                             ^^^^^^^^^^^^                  ^^^^^^^^^^^\n");
}

static void each_direction_and_kind_has_a_heading(void **state)
{
    g_autoptr(Sample) s = sample_new();

    difference_show(s);

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_contains(text, "    <- 401 to REGISTER       inside");
    assert_contains(text, "      Via received           192.168.1.10  ");
}

static void a_long_value_begins_shortly_before_the_change(void **state)
{
    g_autoptr(Sample) s = sample_new();
    Finding *finding = difference_show(s);
    RegRewrite *change = &finding->rewrites->changes[0];

    g_free(change->inside);
    g_free(change->outside);
    change->inside = g_strdup("0123456789012345678901234567890123456789:one:end");
    change->outside = g_strdup("0123456789012345678901234567890123456789:two:end");

    g_autofree char *text = sample_text(s, (ReportOptions){ .width = 100 });

    assert_contains(text, "...3456789:one:end            ...3456789:two:end");
    assert_contains(text, "                                        ^^^                           "
                          "^^^\n");
}

static void nothing_from_the_wire_reaches_the_terminal(void **state)
{
    g_autoptr(Sample) s = sample_new();
    Finding *finding = difference_show(s);
    RegRewrite *change = &finding->rewrites->changes[0];

    g_free(change->inside);
    change->inside = g_strdup("a\033[31mred\xc3\xa9\xff");

    g_autofree char *text = sample_write(s, "text", (ReportOptions){ 0 });

    assert_lacks(text, "\033[31m");
    assert_contains(text, "\\x1b[31mred\xc3\xa9\\xff");
}

static void many_changes_are_for_verbose(void **state)
{
    g_autoptr(Sample) s = sample_new();
    Finding *finding = difference_show(s);
    RegRewrites *rewrites = finding->rewrites;

    while (rewrites->n_changes < REG_REWRITES)
        difference_add(rewrites,
                       (RegRewrite){ .header = SIP_HEADER_EXPIRES, .part = SIP_PART_VALUE },
                       "Expires", "60", "30");

    g_autofree char *brief = sample_write(s, "text", (ReportOptions){ 0 });
    g_autofree char *whole = sample_write(s, "text", (ReportOptions){ .verbose = true });

    assert_contains(brief, "and more: see --verbose");
    assert_lacks(whole, "and more");
    assert_true(strlen(whole) > strlen(brief));
}

/* A terminal may show more than ASCII, and so an ellipsis. */
static void it_fits_a_narrow_page(void **state)
{
    g_autoptr(Sample) s = sample_new();

    difference_show(s);

    g_autofree char *text = sample_text(s, (ReportOptions){ .width = 60 });

    assert_contains(text, "    -> REGISTER              inside    outside\n"
                          "      Contact                192.168.\342\200\246 203.0.11\342\200\246 "
                          "5 of 6\n"
                          "                             ^^^^^^^^^ ^^^^^^^^^\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changed_bytes_are_underlined),
        cmocka_unit_test(each_direction_and_kind_has_a_heading),
        cmocka_unit_test(a_long_value_begins_shortly_before_the_change),
        cmocka_unit_test(nothing_from_the_wire_reaches_the_terminal),
        cmocka_unit_test(many_changes_are_for_verbose),
        cmocka_unit_test(it_fits_a_narrow_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
