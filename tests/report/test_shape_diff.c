/*
 * The JSON of what differs between two places.
 */

#include "difference.h"
#include "parsed.h"

static void each_change_is_an_entry(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    difference_show(s);

    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *finding = item_at(parse_json(parser, text), "findings", 0);
    JsonObject *contact = item_at(finding, "diff", 0);
    JsonObject *via = item_at(finding, "diff", 1);

    assert_number(finding, "compared", 12);
    assert_int_equal(length_of(finding, "diff"), 3);
    assert_member(contact, "header", "Contact");
    assert_member(contact, "part", "address");
    assert_null_member(contact, "param");
    assert_member(contact, "direction", "out");
    assert_member(contact, "message", "REGISTER");
    assert_member(contact, "inside", "192.168.1.10:5060");
    assert_member(contact, "outside", "203.0.113.2:5060");
    assert_number(contact, "count", 5);
    assert_number(contact, "of", 6);
    assert_number(json_object_get_object_member(contact, "outside_at"), "frame", 2);
    assert_member(via, "direction", "in");
    assert_member(via, "param", "received");
    assert_member(via, "message", "401 to REGISTER");
}

static void other_findings_have_none(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *finding = item_at(parse_json(parser, text), "findings", 0);

    assert_false(json_object_has_member(finding, "diff"));
    assert_false(json_object_has_member(finding, "compared"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_change_is_an_entry),
        cmocka_unit_test(other_findings_have_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
