/*
 * TLS handshakes that somebody wants to hear of.
 */

#include "collect.h"

#define CLIENT_HELLO "\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03"
#define SERVER_HELLO "\x16\x03\x03\x00\x06\x02\x00\x00\x02\x03\x03"
#define DATA "\x17\x03\x03\x00\x03xyz"
#define ALERT "\x15\x03\x03\x00\x02\x02\x28"

static Collected *watcher_new(void)
{
    Collected *c = collected_new();

    c->watches = true;
    return c;
}

static CacheStats table_of(const Collected *c)
{
    CacheStats tables[3];

    assert_int_equal(sip_framer_tables(c->framer, tables, 3), 3);
    assert_string_equal(tables[2].name, "sip.handshakes");
    return tables[2];
}

static void both_directions_are_told(void **state)
{
    g_autoptr(Collected) c = watcher_new();

    collected_push(c, NET_STREAM_DATA, 2, STR(CLIENT_HELLO), 0);
    assert_int_equal(c->told, 1);
    assert_true(c->sights & NET_TLS_CLIENT_HELLO);
    assert_false(c->both);
    collected_push(c, NET_STREAM_DATA, 3, STR(ALERT), 0);
    assert_int_equal(c->told, 2);
    assert_true(c->sights & NET_TLS_ALERT);
    assert_true(c->both);
    assert_int_equal(table_of(c).items, 2);
}

static void nobody_is_told_who_did_not_ask(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_push(c, NET_STREAM_DATA, 2, STR(CLIENT_HELLO), 0);
    collected_push(c, NET_STREAM_DATA, 3, STR(ALERT), 0);
    assert_int_equal(c->tls, 2);
    assert_int_equal(c->told, 0);
    assert_int_equal(table_of(c).items, 0);
}

static void pieces_are_put_together(void **state)
{
    Str hello = STR(CLIENT_HELLO);

    for (size_t size = 1; size < hello.len; size++) {
        g_autoptr(Collected) c = watcher_new();

        for (size_t at = 0; at < hello.len; at += size)
            collected_push(c, NET_STREAM_DATA, 2, str_first(str_from(hello, at), size), 0);
        assert_true(c->sights & NET_TLS_CLIENT_HELLO);
    }
}

static void an_objection_is_heard_behind_the_end_of_the_other_side(void **state)
{
    g_autoptr(Collected) c = watcher_new();

    collected_push(c, NET_STREAM_DATA, 2, STR(CLIENT_HELLO), 0);
    collected_push(c, NET_STREAM_END, 2, STR_NONE, 0);
    collected_push(c, NET_STREAM_DATA, 3, STR(ALERT), 0);
    assert_true(c->sights & NET_TLS_ALERT);
    assert_true(c->both);
}

static void it_is_over_when_both_sides_send_data(void **state)
{
    g_autoptr(Collected) c = watcher_new();

    collected_push(c, NET_STREAM_DATA, 2, STR(CLIENT_HELLO DATA), 0);
    assert_int_equal(table_of(c).items, 1);
    collected_push(c, NET_STREAM_DATA, 3, STR(SERVER_HELLO DATA), 0);
    assert_int_equal(table_of(c).items, 0);

    unsigned told = c->told;

    collected_push(c, NET_STREAM_DATA, 3, STR(DATA ALERT), 0);
    assert_int_equal(c->told, told);
}

static void a_hole_is_told(void **state)
{
    g_autoptr(Collected) c = watcher_new();

    collected_push(c, NET_STREAM_DATA, 2, STR(CLIENT_HELLO), 0);
    collected_push(c, NET_STREAM_GAP, 2, STR_NONE, 0);
    assert_true(c->sights & NET_TLS_GAP);
}

static void the_table_is_bounded(void **state)
{
    SipFramerConfig config = sip_framer_config_default;

    config.max_handshakes = 8;

    g_autoptr(Collected) c = collected_new_with(&config);

    c->watches = true;
    for (uint64_t id = 2; id < 202; id += 2)
        collected_push(c, NET_STREAM_DATA, id, STR(CLIENT_HELLO), 0);
    assert_int_equal(table_of(c).items, 8);
    assert_int_equal(table_of(c).dropped_full, 92);
    sip_framer_advance(c->framer, c->time + 60 * NSEC_SEC);
    assert_int_equal(table_of(c).items, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions_are_told),
        cmocka_unit_test(nobody_is_told_who_did_not_ask),
        cmocka_unit_test(pieces_are_put_together),
        cmocka_unit_test(an_objection_is_heard_behind_the_end_of_the_other_side),
        cmocka_unit_test(it_is_over_when_both_sides_send_data),
        cmocka_unit_test(a_hole_is_told),
        cmocka_unit_test(the_table_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
