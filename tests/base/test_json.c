/*
 * JSON text.
 */

#include "base/json.h"

#include "support/check.h"

static void members_lists_and_objects(void **state)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Json json = json_begin(text);

    json_open(&json, NULL);
    json_text(&json, "a", "b");
    json_count(&json, "n", 7);
    json_open_list(&json, "l");
    json_count(&json, NULL, 1);
    json_open(&json, NULL);
    json_close(&json);
    json_flag(&json, NULL, true);
    json_close_list(&json);
    json_seconds(&json, "s", 1500 * NSEC_MSEC);
    json_close(&json);
    assert_string_equal(text->str, "{\"a\":\"b\",\"n\":7,\"l\":[1,{},true],\"s\":1.500}");
}

static void what_is_not_known_is_null(void **state)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Json json = json_begin(text);

    json_open_list(&json, NULL);
    json_text(&json, NULL, NULL);
    json_time(&json, NULL, NSEC_NONE);
    json_seconds(&json, NULL, NSEC_NONE);
    json_raw(&json, NULL, NULL);
    json_close_list(&json);
    assert_string_equal(text->str, "[null,null,null,null]");
}

static void hostile_text_stays_text(void **state)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Json json = json_begin(text);

    json_text(&json, NULL, "\"\\\n\x1b\x7f\xff\xc3\xa4");
    assert_string_equal(text->str, "\"\\\"\\\\\\n\\u001b\\u007f\xef\xbf\xbd\xc3\xa4\"");
}

static void counts_end_where_others_can_still_read_them(void **state)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Json json = json_begin(text);

    json_count(&json, NULL, UINT64_MAX);
    assert_string_equal(text->str, "9223372036854775807");
}

static void numbers_read_back_as_they_were(void **state)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Json json = json_begin(text);

    json_open_list(&json, NULL);
    json_integer(&json, NULL, INT64_MIN);
    json_integer(&json, NULL, 0);
    json_number(&json, NULL, 3);
    json_number(&json, NULL, 298.88);
    json_number(&json, NULL, -1e300);
    json_close_list(&json);
    assert_string_equal(text->str, "[-9223372036854775808,0,3.0,298.88,-1.0000000000000001e+300]");
}

static void times_of_one_second_and_of_others(void **state)
{
    static const Nsec times[] = { 0, 1, NSEC_SEC - 1, 7 * NSEC_SEC, 7 * NSEC_SEC + 123, -1, 5 };
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) wanted = g_string_new(NULL);
    Json json = json_begin(text);

    for (unsigned i = 0; i < G_N_ELEMENTS(times); i++) {
        char stamp[NSEC_TEXT];

        json_time(&json, NULL, times[i]);
        g_string_append_printf(wanted, "%s\"%s\"", i > 0 ? "," : "", nsec_to_text(times[i], stamp));
    }
    assert_string_equal(text->str, wanted->str);
}

static void what_stood_there_before_gets_no_comma(void **state)
{
    g_autoptr(GString) text = g_string_new("before");
    Json json = json_begin(text);

    json_flag(&json, "a", false);
    json_flag(&json, "b", true);
    assert_string_equal(text->str, "before\"a\":false,\"b\":true");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_lists_and_objects),
        cmocka_unit_test(what_is_not_known_is_null),
        cmocka_unit_test(hostile_text_stays_text),
        cmocka_unit_test(counts_end_where_others_can_still_read_them),
        cmocka_unit_test(numbers_read_back_as_they_were),
        cmocka_unit_test(times_of_one_second_and_of_others),
        cmocka_unit_test(what_stood_there_before_gets_no_comma),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
