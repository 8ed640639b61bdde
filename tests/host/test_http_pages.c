/*
 * The pages in JSON, by themselves.
 */

#include <json-glib/json-glib.h>

#include "host/http.h"
#include "told.h"

static void change(Roster *roster, uint64_t id, const char *aor, RegCondition to)
{
    RegDevice device = told_device(aor);
    Finding finding = told_finding(aor);
    ReportChange change = told_change(&device, REG_CONDITION_UNKNOWN, to);

    device.id = id;
    change.finding = to == REG_CONDITION_LOST ? &finding : NULL;
    roster_change(roster, &change);
}

static JsonObject *parse(JsonParser *parser, char *text)
{
    g_autofree char *own = text;
    g_autoptr(GError) error = NULL;

    if (!json_parser_load_from_data(parser, own, -1, &error))
        fail_msg("%s in %s", error->message, own);
    return json_node_get_object(json_parser_get_root(parser));
}

static unsigned count(Roster *roster, const char *condition, const char *aor)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *page = parse(parser, http_devices(roster, 0, condition, aor));

    return json_array_get_length(json_object_get_array_member(page, "devices"));
}

static void devices_can_be_asked_for(void **state)
{
    g_autoptr(Roster) roster = roster_new(10);

    change(roster, 1, "alice@example.com", REG_CONDITION_STABLE);
    change(roster, 2, "bob@example.com", REG_CONDITION_LOST);
    change(roster, 3, "alice@example.com", REG_CONDITION_LOST);
    assert_int_equal(count(roster, NULL, NULL), 3);
    assert_int_equal(count(roster, "lost", NULL), 2);
    assert_int_equal(count(roster, NULL, "alice@example.com"), 2);
    assert_int_equal(count(roster, "lost", "alice@example.com"), 1);
    assert_int_equal(count(roster, NULL, "ALICE@example.com"), 0);
    assert_int_equal(count(roster, "danger", NULL), 0);
}

static void a_device_is_told_with_why(void **state)
{
    g_autoptr(Roster) roster = roster_new(10);
    g_autoptr(JsonParser) parser = json_parser_new();

    change(roster, 2, "bad\xff\"\n<b>", REG_CONDITION_LOST);

    JsonObject *page = parse(parser, http_devices(roster, 5, NULL, NULL));
    JsonObject *row =
        json_array_get_object_element(json_object_get_array_member(page, "devices"), 0);

    assert_string_equal(json_object_get_string_member(row, "device"), "d2");
    assert_string_equal(json_object_get_string_member(row, "aor"), "bad\xef\xbf\xbd\"\n<b>");
    assert_string_equal(json_object_get_string_member(row, "condition"), "lost");
    assert_string_equal(json_object_get_string_member(row, "because"),
                        "the newest refresh was refused");
    assert_string_equal(json_object_get_string_member(row, "finding"), "credentials_refused");
    assert_int_equal(json_object_get_int_member(page, "matching"), 1);
    assert_int_equal(json_object_get_int_member(page, "not_listed"), 4);
}

static void a_page_has_an_end(void **state)
{
    g_autoptr(Roster) roster = roster_new(2 * HTTP_ROWS);
    g_autoptr(JsonParser) parser = json_parser_new();

    for (uint64_t i = 1; i <= HTTP_ROWS + 5; i++)
        change(roster, i, "a@b", REG_CONDITION_STABLE);

    JsonObject *page = parse(parser, http_devices(roster, HTTP_ROWS + 5, NULL, NULL));
    JsonArray *rows = json_object_get_array_member(page, "devices");

    assert_int_equal(json_array_get_length(rows), HTTP_ROWS);
    assert_int_equal(json_object_get_int_member(page, "left_out"), 5);
    assert_int_equal(json_object_get_int_member(page, "not_listed"), 0);
    /* What changed last is there. */
    assert_string_equal(
        json_object_get_string_member(json_array_get_object_element(rows, 0), "device"), "d5005");
}

static void health_in_a_few_words(void **state)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    BoardState said = { .health = BOARD_BLIND, .silence = 1500 * NSEC_MSEC, .devices = 7 };
    JsonObject *page = parse(parser, http_health(&said, "1.0"));

    assert_string_equal(json_object_get_string_member(page, "status"), "blind");
    assert_string_equal(json_object_get_string_member(page, "version"), "1.0");
    assert_int_equal(json_object_get_int_member(page, "devices"), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_can_be_asked_for),
        cmocka_unit_test(a_device_is_told_with_why),
        cmocka_unit_test(a_page_has_an_end),
        cmocka_unit_test(health_in_a_few_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
