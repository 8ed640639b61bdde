/*
 * The text of metrics, character by character.
 */

#include "host/openmetrics.h"

#include <glib.h>

#include "support/check.h"

static const OpenMetricsFamily things = {
    .name = "x_things",
    .type = OPENMETRICS_COUNTER,
    .help = "Things.",
};
static const OpenMetricsFamily age = {
    .name = "x_age_seconds",
    .unit = "seconds",
    .help = "How old.",
};

static void a_counter_ends_in_total(void **state)
{
    g_autoptr(GString) out = g_string_new(NULL);

    openmetrics_single(out, &things, UINT64_MAX);
    openmetrics_end(out);
    assert_string_equal(out->str, "# HELP x_things Things.\n"
                                  "# TYPE x_things counter\n"
                                  "x_things_total 18446744073709551615\n"
                                  "# EOF\n");
}

static void a_family_with_a_unit_says_so(void **state)
{
    g_autoptr(GString) out = g_string_new(NULL);

    openmetrics_family(out, &age);
    openmetrics_billionths(out, &age, NULL, 1500000000);
    assert_string_equal(out->str, "# HELP x_age_seconds How old.\n"
                                  "# TYPE x_age_seconds gauge\n"
                                  "# UNIT x_age_seconds seconds\n"
                                  "x_age_seconds 1.500000000\n");
}

static void times_keep_their_sign_and_their_digits(void **state)
{
    static const struct {
        int64_t value;
        const char *text;
    } values[] = {
        { 0, "x_age_seconds 0.000000000\n" },
        { -1, "x_age_seconds -0.000000001\n" },
        { INT64_MIN, "x_age_seconds -9223372036.854775808\n" },
        { INT64_MAX, "x_age_seconds 9223372036.854775807\n" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(GString) out = g_string_new(NULL);

        openmetrics_billionths(out, &age, NULL, values[i].value);
        assert_string_equal(out->str, values[i].text);
    }
}

static void labels_hold_any_text(void **state)
{
    static const struct {
        const char *value;
        const char *text;
    } values[] = {
        { "eth0", "x_things_total{a=\"eth0\"} 1\n" },
        { "\"} 1\nx{", "x_things_total{a=\"\\\"} 1\\nx{\"} 1\n" },
        { "back\\slash", "x_things_total{a=\"back\\\\slash\"} 1\n" },
        { "bad\xff", "x_things_total{a=\"bad\xef\xbf\xbd\"} 1\n" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(GString) out = g_string_new(NULL);

        openmetrics_count(out, &things, &(OpenMetricsLabels){ "a", values[i].value, NULL, NULL },
                          1);
        assert_string_equal(out->str, values[i].text);
    }
}

static void there_may_be_two_labels(void **state)
{
    g_autoptr(GString) out = g_string_new(NULL);

    openmetrics_count(out, &things, &(OpenMetricsLabels){ "a", "1", "b", "2" }, 3);
    assert_string_equal(out->str, "x_things_total{a=\"1\",b=\"2\"} 3\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_counter_ends_in_total),
        cmocka_unit_test(a_family_with_a_unit_says_so),
        cmocka_unit_test(times_keep_their_sign_and_their_digits),
        cmocka_unit_test(labels_hold_any_text),
        cmocka_unit_test(there_may_be_two_labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
