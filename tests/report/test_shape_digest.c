/*
 * What the JSON report says about credentials.
 */

#include "parsed.h"

static JsonObject *digest_of(JsonParser *parser, const char *text)
{
    JsonObject *alice = item_at(parse_json(parser, text), "devices", 0);

    return json_object_get_object_member(item_at(item_at(alice, "attempts", 0), "steps", 1),
                                         "digest");
}

static void without_a_refusal_there_is_no_table(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *digest = digest_of(parser, text);

    assert_members(digest, "username realm algorithm qop uri nc verdict challenge_use hypothesis");
    assert_null_member(digest, "hypothesis");
    assert_member(digest, "verdict", "no_secret");
    assert_false(json_object_has_member(digest, "table"));
    assert_false(json_object_has_member(digest, "second_hypothesis"));
}

static void a_refused_one_is_told_row_by_row(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    sample_detail(s);

    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *digest = digest_of(parser, text);
    JsonObject *hypothesis = json_object_get_object_member(digest, "hypothesis");

    assert_member(digest, "verdict", "other_input");
    assert_member(digest, "challenge_use", "preceding");
    assert_member(digest, "used", "asterisk");
    assert_member(hypothesis, "ingredient", "realm");
    assert_members(hypothesis, "id code ingredient text");
    assert_int_equal(length_of(digest, "table"), REG_DIGEST_ROWS);

    JsonObject *row = item_at(digest, "table", 1);

    assert_member(row, "ingredient", "realm");
    assert_member(row, "challenge", "example.com");
    assert_member(row, "answer", "example.com");
    assert_null_member(row, "known");
    assert_member(row, "verdict", "fits_only_with");
    assert_member(row, "fits", "asterisk");
    assert_null_member(item_at(digest, "table", 0), "verdict");
    assert_member(item_at(digest, "table", 4), "answer", SAMPLE_NONCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_refusal_there_is_no_table),
        cmocka_unit_test(a_refused_one_is_told_row_by_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
