/*
 * The table of status codes: complete, sorted, and whole sentences where the
 * report prints them as such.
 */

#include "rules/status.h"

#include <glib.h>
#include <limits.h>

#include "support/check.h"

static void knows_the_codes_that_registrars_send(void **state)
{
    static const unsigned codes[] = { 100, 200, 301, 302, 305, 400, 401, 403, 404, 405, 407,
                                      408, 413, 416, 420, 421, 423, 430, 439, 480, 484, 486,
                                      489, 494, 500, 501, 502, 503, 504, 513, 600, 604 };

    for (unsigned i = 0; i < G_N_ELEMENTS(codes); i++) {
        const RuleStatus *row = rule_status_find(codes[i]);

        assert_non_null(row);
        assert_int_equal(row->code, codes[i]);
    }
}

/* RFC 3261 section 8.1.3.2. */
static void takes_an_unknown_code_for_the_first_of_its_class(void **state)
{
    assert_int_equal(rule_status_find(199)->code, 100);
    assert_int_equal(rule_status_find(299)->code, 200);
    assert_int_equal(rule_status_find(399)->code, 300);
    assert_int_equal(rule_status_find(499)->code, 400);
    assert_int_equal(rule_status_find(599)->code, 500);
    assert_int_equal(rule_status_find(699)->code, 600);
}

static void knows_nothing_outside_of_the_classes(void **state)
{
    assert_null(rule_status_find(0));
    assert_null(rule_status_find(99));
    assert_null(rule_status_find(700));
    assert_null(rule_status_find(UINT_MAX));
}

static void assert_clause(const RuleStatus *row, const char *text)
{
    if (text == NULL || *text == '\0' || g_str_has_suffix(text, "."))
        fail_msg("%u: \"%s\" is no part of a sentence", row->code, text);
}

static void every_row_says_all_it_should(void **state)
{
    for (unsigned code = 100; code < 700; code++) {
        const RuleStatus *row = rule_status_find(code);

        assert_non_null(row);
        assert_true(strlen(row->name) > 0);
        assert_clause(row, row->means);
        assert_clause(row, row->next);
        assert_true(g_str_has_suffix(row->missing, "."));
        assert_true(g_str_has_prefix(row->reference, "RFC "));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_codes_that_registrars_send),
        cmocka_unit_test(takes_an_unknown_code_for_the_first_of_its_class),
        cmocka_unit_test(knows_nothing_outside_of_the_classes),
        cmocka_unit_test(every_row_says_all_it_should),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
