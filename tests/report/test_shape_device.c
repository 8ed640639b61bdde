/*
 * What the JSON report says about a device.
 */

#include "parsed.h"

static void has_the_members_of_the_contract(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *bob = item_at(parse_json(parser, text), "devices", 1);
    JsonObject *attempt = item_at(bob, "attempts", 0);
    JsonObject *step = item_at(attempt, "steps", 1);

    assert_members(bob, "id aor user_agent instance addresses public_addresses state "
                        "registered_seconds unreachable_seconds bindings attempts timeline "
                        "transport first_seen last_seen attempts_forgotten keepalives");
    assert_members(item_at(bob, "bindings", 0), "contact source since until granted end");
    assert_members(attempt, "call_id purpose outcome opened closed steps");
    assert_members(step, "cseq request copies status answer contact expires_asked "
                         "expires_granted digest");
    assert_members(json_object_get_object_member(step, "request"), "capture frame time");
    assert_members(item_at(bob, "timeline", 0), "time event text frames");
}

static void says_who_it_is_and_how_it_fared(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *bob = item_at(parse_json(parser, text), "devices", 1);
    JsonObject *binding = item_at(bob, "bindings", 0);

    assert_member(bob, "id", "d2");
    assert_member(bob, "aor", "bob@example.com");
    assert_null_member(bob, "instance");
    assert_member(bob, "state", "registered");
    assert_member(bob, "transport", "udp");
    assert_member(bob, "server", "198.51.100.10:5060");
    assert_true(json_object_get_double_member(bob, "registered_seconds") == 298.88);
    assert_string_equal(
        json_array_get_string_element(json_object_get_array_member(bob, "public_addresses"), 0),
        "203.0.113.2:18680");
    assert_member(binding, "source", "203.0.113.2:18680");
    assert_member(binding, "since", "2026-01-31T12:00:01.120000000Z");
    assert_member(binding, "end", "open");
    assert_number(binding, "granted", 60);
}

static void a_step_tells_what_it_asked_and_got(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *alice = item_at(parse_json(parser, text), "devices", 0);
    JsonObject *first = item_at(item_at(alice, "attempts", 0), "steps", 0);
    JsonObject *second = item_at(item_at(alice, "attempts", 0), "steps", 1);
    JsonObject *digest = json_object_get_object_member(second, "digest");

    assert_number(first, "status", 401);
    assert_null_member(first, "digest");
    assert_null_member(first, "expires_granted");
    assert_number(first, "expires_asked", 3600);
    assert_number(json_object_get_object_member(first, "answer"), "frame", 2);
    assert_member(json_object_get_object_member(first, "answer"), "capture", "lan.pcap");
    assert_number(second, "status", 403);
    assert_member(second, "reason", "Forbidden");
    assert_members(digest, "username realm algorithm qop uri nc verdict");
    assert_member(digest, "verdict", "no_secret");
}

static void what_is_missing_is_null(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *dave = item_at(parse_json(parser, text), "devices", 3);
    JsonObject *step = item_at(item_at(dave, "attempts", 0), "steps", 0);
    JsonObject *event = item_at(dave, "timeline", 1);

    assert_null_member(step, "answer");
    assert_null_member(step, "status");
    assert_number(step, "copies", 10);
    assert_member(event, "event", "unanswered");
    assert_true(json_object_get_boolean_member(event, "missing"));
    assert_int_equal(length_of(event, "frames"), 0);
}

static void a_run_is_one_attempt_and_one_event(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *bob = item_at(parse_json(parser, text), "devices", 1);
    JsonObject *run = item_at(bob, "attempts", 1);
    JsonObject *event = item_at(bob, "timeline", 4);

    assert_false(json_object_has_member(item_at(bob, "attempts", 0), "repeated"));
    assert_number(run, "repeated", 5);
    assert_member(run, "first_opened", "2026-01-31T12:00:55.000000000Z");
    assert_member(event, "event", "refreshed");
    assert_number(event, "count", 5);
    assert_member(event, "text", "refreshed 5 times, every 54 s, expires 60");
    assert_false(json_object_has_member(event, "capture"));
}

static void events_name_their_capture_when_there_are_several(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    g_ptr_array_add(s->infos, &s->info);

    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *alice = item_at(parse_json(parser, text), "devices", 0);

    assert_member(item_at(alice, "timeline", 0), "capture", "lan.pcap");
}

static void marks_attempts_that_the_capture_cut(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    s->attempts[0].head_cut = s->attempts[0].tail_cut = true;
    s->attempts[0].steps_omitted = 9;

    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *document = parse_json(parser, text);
    JsonObject *attempt = item_at(item_at(document, "devices", 0), "attempts", 0);

    assert_true(json_object_get_boolean_member(attempt, "head_cut"));
    assert_true(json_object_get_boolean_member(attempt, "tail_cut"));
    assert_number(attempt, "steps_omitted", 9);
    assert_false(json_object_has_member(item_at(item_at(document, "devices", 1), "attempts", 0),
                                        "tail_cut"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_members_of_the_contract),
        cmocka_unit_test(says_who_it_is_and_how_it_fared),
        cmocka_unit_test(a_step_tells_what_it_asked_and_got),
        cmocka_unit_test(what_is_missing_is_null),
        cmocka_unit_test(a_run_is_one_attempt_and_one_event),
        cmocka_unit_test(events_name_their_capture_when_there_are_several),
        cmocka_unit_test(marks_attempts_that_the_capture_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
