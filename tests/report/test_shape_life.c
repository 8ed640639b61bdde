/*
 * What the JSON report says about the life of a registration.
 */

#include "parsed.h"

static JsonObject *bob_of(JsonParser *parser, const Sample *s)
{
    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });

    return item_at(parse_json(parser, text), "devices", 1);
}

#define assert_seconds(object, name, expected) \
    assert_true(json_object_get_double_member((object), (name)) == (expected))

static void says_how_long_it_was_registered_and_reachable(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    sample_live(s);
    s->binding.end = REG_BINDING_LAPSED;
    s->binding.until = AT(290);

    JsonObject *bob = bob_of(parser, s);
    JsonObject *reachable = json_object_get_object_member(bob, "reachable_seconds");

    assert_seconds(bob, "watched_seconds", 298.88);
    assert_seconds(bob, "registered_seconds", 288.88);
    assert_seconds(bob, "lapsed_seconds", 10);
    assert_seconds(bob, "unreachable_seconds", 30);
    assert_seconds(reachable, "at_least", 180);
    assert_seconds(reachable, "at_most", 268.88);
}

static void lists_the_intervals(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    sample_live(s);
    s->binding.made_by.frame = 8;

    JsonObject *bob = bob_of(parser, s);
    JsonObject *first = item_at(bob, "intervals", 0);
    JsonObject *dark = item_at(bob, "intervals", 2);

    assert_int_equal(length_of(bob, "intervals"), 4);
    assert_member(first, "state", "unknown");
    assert_member(first, "opened_by", "first message");
    assert_member(first, "closed_by", "accepted");
    assert_null_member(first, "opened");
    assert_number(json_object_get_object_member(first, "closed"), "frame", 8);
    assert_member(dark, "state", "unreachable");
    assert_member(dark, "from", "2026-01-31T12:01:40.000000000Z");
    assert_member(dark, "until", "2026-01-31T12:02:00.000000000Z");
    assert_number(json_object_get_object_member(dark, "opened"), "frame", 31);
    assert_number(json_object_get_object_member(dark, "closed"), "frame", 35);
}

static void says_what_is_known_of_the_nat(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    sample_live(s);

    JsonObject *nat = json_object_get_object_member(bob_of(parser, s), "nat");
    JsonObject *fresh = json_object_get_object_member(nat, "fresh");
    JsonObject *stream = json_object_get_object_member(nat, "stream");

    assert_member(nat, "address", "203.0.113.2");
    assert_member(nat, "server", "198.51.100.10");
    assert_member(nat, "transport", "udp");
    assert_seconds(fresh, "at_least", 8);
    assert_seconds(fresh, "at_most", 20);
    assert_number(fresh, "alive", 2);
    assert_number(fresh, "dead", 2);
    assert_false(json_object_get_boolean_member(fresh, "contradictory"));
    assert_null_member(stream, "at_least");
    assert_null_member(stream, "at_most");
}

static void tells_outages_and_moves_with_their_frames(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    sample_live(s);

    JsonObject *bob = bob_of(parser, s);
    JsonObject *outage = item_at(bob, "outages", 0);
    JsonObject *move = item_at(bob, "moves", 0);
    JsonObject *inbound = json_object_get_object_member(bob, "inbound");

    assert_number(inbound, "answered", 3);
    assert_number(inbound, "unanswered", 1);
    assert_member(outage, "method", "OPTIONS");
    assert_member(outage, "to", "203.0.113.2:18680");
    assert_member(outage, "way", "flow");
    assert_true(json_object_get_boolean_member(outage, "certain"));
    assert_number(json_object_get_object_member(outage, "first"), "frame", 31);
    assert_number(json_object_get_object_member(outage, "back"), "frame", 35);
    assert_null_member(outage, "works");
    assert_member(move, "kind", "mapping");
    assert_member(move, "from", "203.0.113.2:18680");
    assert_member(move, "to", "203.0.113.2:1672");
    assert_seconds(move, "quiet_seconds", 40);
    assert_number(json_object_get_object_member(move, "after"), "frame", 35);
    s->outage.cut = true;
    assert_false(json_object_get_boolean_member(item_at(bob_of(parser, s), "outages", 0), //
                                                "certain"));
}

static void counts_what_kept_the_path_open(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    sample_live(s);

    JsonObject *bob = bob_of(parser, s);
    JsonObject *traffic = json_object_get_object_member(bob, "traffic");
    JsonObject *others = json_object_get_object_member(bob, "also_bound");

    assert_number(traffic, "crlf", 4);
    assert_number(traffic, "stun", 0);
    assert_seconds(traffic, "longest_silence_seconds", 40);
    assert_number(traffic, "flow_timer", 30);
    assert_null_member(traffic, "keep");
    assert_number(others, "others", 1);
    assert_number(others, "own_old", 2);
}

static void who_was_never_registered_has_no_life(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *dave = item_at(parse_json(parser, text), "devices", 3);

    assert_null_member(dave, "nat");
    assert_null_member(dave, "traffic");
    assert_int_equal(length_of(dave, "outages"), 0);
    assert_int_equal(length_of(dave, "moves"), 0);
    assert_seconds(dave, "registered_seconds", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_how_long_it_was_registered_and_reachable),
        cmocka_unit_test(lists_the_intervals),
        cmocka_unit_test(says_what_is_known_of_the_nat),
        cmocka_unit_test(tells_outages_and_moves_with_their_frames),
        cmocka_unit_test(counts_what_kept_the_path_open),
        cmocka_unit_test(who_was_never_registered_has_no_life),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
