/*
 * Numbers with units, as people write them.
 */

#include "base/quantity.h"

#include <glib.h>

#include "support/check.h"

static void assert_quantity(const char *text, const QuantityUnit *units, uint64_t wanted)
{
    uint64_t value = 0;

    if (!quantity_parse(text, units, &value))
        fail_msg("'%s' was not understood", text);
    assert_int_equal(value, wanted);
}

static void a_number_alone_has_the_first_unit(void **state)
{
    assert_quantity("90", quantity_seconds, UINT64_C(90) * NSEC_SEC);
    assert_quantity("7", quantity_days, UINT64_C(7) * NSEC_DAY);
    assert_quantity("64", quantity_kibibytes, UINT64_C(64) << 10);
    assert_quantity("64", quantity_mebibytes, UINT64_C(64) << 20);
    assert_quantity("64", quantity_megabytes, 64000000);
    assert_quantity("0", quantity_ones, 0);
}

static void units_are_understood(void **state)
{
    assert_quantity("90s", quantity_seconds, UINT64_C(90) * NSEC_SEC);
    assert_quantity("5m", quantity_seconds, UINT64_C(300) * NSEC_SEC);
    assert_quantity("2h", quantity_seconds, UINT64_C(7200) * NSEC_SEC);
    assert_quantity("7d", quantity_seconds, UINT64_C(7) * 86400 * NSEC_SEC);
    assert_quantity("2G", quantity_kibibytes, UINT64_C(2) << 30);
}

static void parts_are_exact(void **state)
{
    assert_quantity("1.5h", quantity_seconds, UINT64_C(5400) * NSEC_SEC);
    assert_quantity("0.000000001", quantity_seconds, 1);
    assert_quantity("1.5M", quantity_kibibytes, UINT64_C(3) << 19);
}

static void other_words_are_refused(void **state)
{
    static const char *const wrong[] = { "",       "s",     "5 m", "-5",
                                         "+5",     "5x",    "5ms", ".5",
                                         "5.",     "5.m",   "5,5", "1.0000000001",
                                         "0x10",   "5.5.5", " 5",  "18446744073709551616",
                                         "213504d" };
    uint64_t value;
    Nsec span;

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        if (quantity_parse(wrong[i], quantity_seconds, &value))
            fail_msg("'%s' was understood", wrong[i]);
    }
    assert_false(quantity_parse("1.5", quantity_ones, &value));
    assert_false(quantity_parse("5K", quantity_mebibytes, &value));
    assert_true(quantity_parse_span("25000d", &span));
    assert_false(quantity_parse_span("27000d", &span));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_alone_has_the_first_unit),
        cmocka_unit_test(units_are_understood),
        cmocka_unit_test(parts_are_exact),
        cmocka_unit_test(other_words_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
