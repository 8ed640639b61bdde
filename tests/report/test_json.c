/*
 * The document as a whole.
 */

#include "parsed.h"

static void is_one_document_with_the_members_of_the_contract(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *document = parse_json(parser, text);

    assert_members(document, "schema captures counts part devices findings not_judged");
    assert_number(document, "schema", 1);
    assert_int_equal(length_of(document, "captures"), 1);
    assert_int_equal(length_of(document, "devices"), 4);
    assert_int_equal(length_of(document, "findings"), 3);
    assert_member(item_at(document, "findings", 0), "id", "challenge_unanswered");
    assert_member(item_at(document, "not_judged", 0), "because",
                  "needs a capture beside the server");
    assert_number(item_at(document, "not_judged", 0), "times", 4);
}

static void nothing_is_a_document_too(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    sample_clear(s);
    s->result.end = NSEC_NONE;

    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *document = parse_json(parser, text);

    assert_int_equal(length_of(document, "devices"), 0);
    assert_int_equal(length_of(document, "findings"), 0);
    assert_int_equal(length_of(document, "not_judged"), 0);
}

static void hostile_words_come_back_as_they_were(void **state)
{
    static const char *const words[] = { "\"},{\"id\":\"evil\"",
                                         "\\",
                                         "\033]0;x\007",
                                         "</script>",
                                         "\342\200\256\342\200\250",
                                         "%s%n",
                                         "" };
    g_autoptr(Sample) s = sample_new();

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(JsonParser) parser = json_parser_new();

        s->devices[0].user_agent = (char *)words[i];
        s->attempts[0].call_id = (char *)words[i];
        s->digest->realm = (char *)words[i];
        s->steps[0][1].reason = (char *)words[i];

        g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
        JsonObject *alice = item_at(parse_json(parser, text), "devices", 0);
        JsonObject *attempt = item_at(alice, "attempts", 0);
        JsonObject *step = item_at(attempt, "steps", 1);

        assert_member(alice, "user_agent", words[i]);
        assert_member(attempt, "call_id", words[i]);
        assert_member(step, "reason", words[i]);
        assert_member(json_object_get_object_member(step, "digest"), "realm", words[i]);
    }
}

static void bytes_that_are_no_text_are_replaced(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    s->devices[0].aor = (char *)"al\377ce@example.com";
    s->info.name = "\303.pcap";

    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *document = parse_json(parser, text);

    assert_true(g_utf8_validate(text, -1, NULL));
    assert_member(item_at(document, "devices", 0), "aor", "al\357\277\275ce@example.com");
    assert_member(item_at(document, "captures", 0), "name", "\357\277\275.pcap");
}

static void a_device_stands_on_one_line(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    unsigned n = 0;

    for (unsigned i = 0; lines[i] != NULL; i++)
        n += g_str_has_prefix(lines[i], "{\"id\":\"d");
    assert_int_equal(n, SAMPLE_DEVICES);
    assert_true(g_str_has_suffix(text, "}\n"));
}

static void says_what_part_it_shows(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    ReportPart part = { .devices = names,
                        .since = AT(60),
                        .until = NSEC_MAX,
                        .devices_left_out = 3,
                        .findings_left_out = 2 };

    g_ptr_array_add(names, (gpointer) "b\"b");
    s->result.part = &part;

    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *document = parse_json(parser, text);
    JsonObject *shown = json_object_get_object_member(document, "part");
    JsonObject *bob = item_at(document, "devices", 1);

    assert_members(shown, "devices findings since until devices_left_out findings_left_out");
    assert_string_equal(
        json_array_get_string_element(json_object_get_array_member(shown, "devices"), 0), "b\"b");
    assert_int_equal(length_of(shown, "findings"), 0);
    assert_member(shown, "since", "2026-01-31T12:01:00.000000000Z");
    assert_null_member(shown, "until");
    assert_number(shown, "devices_left_out", 3);
    assert_number(shown, "findings_left_out", 2);
    assert_int_equal(length_of(bob, "timeline"), 1);
    assert_int_equal(length_of(bob, "attempts"), 1);
    assert_int_equal(length_of(bob, "bindings"), 1);
    assert_int_equal(length_of(item_at(document, "devices", 0), "attempts"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_one_document_with_the_members_of_the_contract),
        cmocka_unit_test(nothing_is_a_document_too),
        cmocka_unit_test(hostile_words_come_back_as_they_were),
        cmocka_unit_test(bytes_that_are_no_text_are_replaced),
        cmocka_unit_test(a_device_stands_on_one_line),
        cmocka_unit_test(says_what_part_it_shows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
