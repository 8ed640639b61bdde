/*
 * One JSON object: what goes in comes out of an independent parser.
 */

#include "report/shape.h"

#include <json-glib/json-glib.h>

#include "sample.h"

static JsonObject *parse(JsonParser *parser, const GString *text)
{
    assert_true(json_parser_load_from_data(parser, text->str, (gssize)text->len, NULL));
    return json_node_get_object(json_parser_get_root(parser));
}

static void members_come_back_as_they_went_in(void **state)
{
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    g_autoptr(ReportShaper) shaper = report_shaper_new(captures);
    g_autoptr(JsonParser) parser = json_parser_new();

    report_shape_begin(shaper);
    report_shape_text(shaper, "text", "a \"quoted\" \\ \033[2J\n\177 \342\200\250 Zo\303\253");
    report_shape_text(shaper, "nothing", NULL);
    report_shape_count(shaper, "count", UINT64_C(9007199254740993));
    report_shape_count(shaper, "huge", UINT64_MAX);
    report_shape_number(shaper, "number", 298.88);
    report_shape_flag(shaper, "flag", true);
    report_shape_device_id(shaper, "device", 7);
    report_shape_device_id(shaper, "nobody", 0);
    report_shape_open_list(shaper, "list");
    report_shape_text(shaper, NULL, "x");
    report_shape_close_list(shaper);

    const GString *text = report_shape_end(shaper);
    JsonObject *object = parse(parser, text);

    assert_null(strchr(text->str, '\n'));
    assert_string_equal(json_object_get_string_member(object, "text"),
                        "a \"quoted\" \\ \033[2J\n\177 \342\200\250 Zo\303\253");
    assert_true(json_object_get_null_member(object, "nothing"));
    assert_int_equal(json_object_get_int_member(object, "count"), INT64_C(9007199254740993));
    assert_int_equal(json_object_get_int_member(object, "huge"), INT64_MAX);
    assert_true(json_object_get_double_member(object, "number") == 298.88);
    assert_true(json_object_get_boolean_member(object, "flag"));
    assert_string_equal(json_object_get_string_member(object, "device"), "d7");
    assert_true(json_object_get_null_member(object, "nobody"));
    assert_int_equal(json_array_get_length(json_object_get_array_member(object, "list")), 1);
}

static void bytes_that_are_no_text_become_the_replacement_character(void **state)
{
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    g_autoptr(ReportShaper) shaper = report_shaper_new(captures);
    g_autoptr(JsonParser) parser = json_parser_new();

    report_shape_begin(shaper);
    report_shape_text(shaper, "bytes", "a\377\303b");
    assert_string_equal(
        json_object_get_string_member(parse(parser, report_shape_end(shaper)), "bytes"),
        "a\357\277\275\357\277\275b");
}

/* RFC 8259 section 7: quotation mark, reverse solidus and the control characters. */
static void every_character_comes_back(void **state)
{
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    g_autoptr(ReportShaper) shaper = report_shaper_new(captures);

    for (gunichar c = 1; c < 0x20000; c += c < 0x2100 ? 1 : 0xff) {
        g_autoptr(JsonParser) parser = json_parser_new();
        char text[16] = "a";

        if (!g_unichar_validate(c))
            continue;
        text[1 + g_unichar_to_utf8(c, text + 1)] = 'b';

        report_shape_begin(shaper);
        report_shape_text(shaper, "t", text);

        const GString *object = report_shape_end(shaper);

        for (size_t i = 0; i < object->len; i++)
            assert_true((uint8_t)object->str[i] >= 0x20 && object->str[i] != 0x7f);
        assert_string_equal(json_object_get_string_member(parse(parser, object), "t"), text);
    }
}

static void numbers_come_back_as_numbers_with_a_fraction(void **state)
{
    static const double numbers[] = { 0, 1, -1, 0.1, 1e-5, -2.5e-300, 1e300, 37.000000001 };
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    g_autoptr(ReportShaper) shaper = report_shaper_new(captures);

    for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autoptr(JsonParser) parser = json_parser_new();

        report_shape_begin(shaper);
        report_shape_number(shaper, "n", numbers[i]);

        JsonNode *node = json_object_get_member(parse(parser, report_shape_end(shaper)), "n");

        assert_int_equal(json_node_get_value_type(node), G_TYPE_DOUBLE);
        assert_true(json_node_get_double(node) == numbers[i]);
    }
}

static void commas_stand_between_members_and_nowhere_else(void **state)
{
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    g_autoptr(ReportShaper) shaper = report_shaper_new(captures);

    report_shape_begin(shaper);
    report_shape_open_list(shaper, "empty");
    report_shape_close_list(shaper);
    report_shape_text(shaper, "brackets", "[{");
    report_shape_open_list(shaper, "list");
    report_shape_open(shaper, NULL);
    report_shape_close(shaper);
    report_shape_open(shaper, NULL);
    report_shape_count(shaper, "n", 0);
    report_shape_close(shaper);
    report_shape_count(shaper, NULL, 12);
    report_shape_close_list(shaper);
    report_shape_flag(shaper, "last", false);
    assert_string_equal(
        report_shape_end(shaper)->str,
        "{\"empty\":[],\"brackets\":\"[{\",\"list\":[{},{\"n\":0},12],\"last\":false}");
}

static void check_time(ReportShaper *shaper, Nsec time, const char *expected)
{
    g_autofree char *quoted = g_strdup_printf("{\"t\":\"%s\"}", expected);

    report_shape_begin(shaper);
    report_shape_time(shaper, "t", time);
    assert_string_equal(report_shape_end(shaper)->str, quoted);
}

static void times_are_right_whatever_came_before(void **state)
{
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    g_autoptr(ReportShaper) shaper = report_shaper_new(captures);

    check_time(shaper, START, "2026-01-31T12:00:00.000000000Z");
    check_time(shaper, START + 123456789, "2026-01-31T12:00:00.123456789Z");
    check_time(shaper, START + 20 * NSEC_MSEC, "2026-01-31T12:00:00.020000000Z");
    check_time(shaper, START + NSEC_SEC, "2026-01-31T12:00:01.000000000Z");
    check_time(shaper, -1, "1969-12-31T23:59:59.999999999Z");
    check_time(shaper, 5, "1970-01-01T00:00:00.000000005Z");
    check_time(shaper, -5 * NSEC_SEC, "1969-12-31T23:59:55.000000000Z");
    check_time(shaper, START, "2026-01-31T12:00:00.000000000Z");

    report_shape_begin(shaper);
    report_shape_time(shaper, "t", NSEC_NONE);
    assert_string_equal(report_shape_end(shaper)->str, "{\"t\":null}");
}

static void one_object_after_the_other(void **state)
{
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    g_autoptr(ReportShaper) shaper = report_shaper_new(captures);

    for (unsigned i = 0; i < 3; i++) {
        report_shape_begin(shaper);
        report_shape_open(shaper, "in");
        report_shape_count(shaper, "n", i);
        report_shape_close(shaper);

        g_autofree char *expected = g_strdup_printf("{\"in\":{\"n\":%u}}", i);

        assert_string_equal(report_shape_end(shaper)->str, expected);
    }
}

static void a_compact_object_has_only_what_there_is(void **state)
{
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    g_autoptr(ReportShaper) shaper = report_shaper_new(captures);

    report_shaper_compact(shaper, START);
    report_shape_begin(shaper);
    report_shape_text(shaper, "nothing", NULL);
    report_shape_flag(shaper, "no", false);
    report_shape_flag(shaper, "yes", true);
    report_shape_count(shaper, "zero", 0);
    report_shape_number(shaper, "seconds", 2.5);
    report_shape_time(shaper, "never", NSEC_NONE);
    report_shape_time(shaper, "time", START + 1500 * NSEC_USEC);
    report_shape_open(shaper, "empty");
    report_shape_open_list(shaper, "list");
    report_shape_close_list(shaper);
    report_shape_close(shaper);
    report_shape_open(shaper, "outer");
    report_shape_open(shaper, "inner");
    report_shape_text(shaper, "a", "b");
    report_shape_close(shaper);
    report_shape_close(shaper);
    report_shape_open_list(shaper, "places");
    report_shape_open(shaper, NULL);
    report_shape_close(shaper);
    report_shape_text(shaper, NULL, NULL);
    report_shape_close_list(shaper);
    assert_string_equal(report_shape_end(shaper)->str,
                        "{\"yes\":true,\"zero\":0,\"seconds\":2500,\"time\":1500,"
                        "\"outer\":{\"inner\":{\"a\":\"b\"}},\"places\":[{},null]}");
}

static void a_compact_time_is_one_however_far_away(void **state)
{
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    g_autoptr(ReportShaper) shaper = report_shaper_new(captures);
    g_autoptr(JsonParser) parser = json_parser_new();

    report_shaper_compact(shaper, INT64_MAX);
    report_shape_begin(shaper);
    report_shape_time(shaper, "far", INT64_MIN + 1);

    JsonObject *object = parse(parser, report_shape_end(shaper));

    assert_int_equal(json_object_get_int_member(object, "far"), INT64_MIN / 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_come_back_as_they_went_in),
        cmocka_unit_test(bytes_that_are_no_text_become_the_replacement_character),
        cmocka_unit_test(every_character_comes_back),
        cmocka_unit_test(numbers_come_back_as_numbers_with_a_fraction),
        cmocka_unit_test(commas_stand_between_members_and_nowhere_else),
        cmocka_unit_test(times_are_right_whatever_came_before),
        cmocka_unit_test(one_object_after_the_other),
        cmocka_unit_test(a_compact_object_has_only_what_there_is),
        cmocka_unit_test(a_compact_time_is_one_however_far_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
