/* TLS, counted from the outside. */

#include "collect.h"

#define CLIENT_HELLO "\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03"
#define SERVER_HELLO "\x16\x03\x03\x00\x06\x02\x00\x00\x02\x03\x03"
#define DATA "\x17\x03\x03\x00\x03xyz"
#define ALERT "\x15\x03\x03\x00\x02\x02\x28"

static void a_connection_is_told_once_for_each_direction(void **state)
{
    g_autoptr(Collected) c = collected_new();

    assert_int_equal(collected_push(c, NET_STREAM_DATA, 2, STR(CLIENT_HELLO DATA), 0),
                     NET_INTERESTED);
    assert_int_equal(c->tls, 1);
    assert_true(c->client_hello);
    collected_push(c, NET_STREAM_DATA, 3, STR(SERVER_HELLO DATA ALERT), 0);
    assert_int_equal(c->tls, 2);
    assert_false(c->client_hello);
    collected_push(c, NET_STREAM_DATA, 2, STR(DATA DATA), 0);
    assert_int_equal(c->tls, 2);
    assert_int_equal(sip_framer_stats(c->framer)->tls_streams, 1);
    assert_int_equal(sip_framer_stats(c->framer)->tls_records, 7);
    assert_int_equal(c->messages->len, 0);
}

static void records_are_counted_in_any_pieces(void **state)
{
    Str all = STR(CLIENT_HELLO DATA ALERT DATA);

    for (size_t size = 1; size < all.len; size++) {
        g_autoptr(Collected) c = collected_new();

        for (size_t at = 0; at < all.len; at += size)
            collected_stream(c, str_first(str_from(all, at), size));
        assert_int_equal(sip_framer_stats(c->framer)->tls_records, 4);
        assert_int_equal(c->tls, 1);
        assert_true(c->client_hello);
    }
}

static void is_known_in_the_middle_as_well(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_midstream(c, STR("\x99the tail of a record"));
    assert_int_equal(c->tls, 0);
    collected_midstream(c, STR(DATA));
    assert_int_equal(c->tls, 1);
    assert_false(c->client_hello);
}

static void what_is_no_record_is_not_counted(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_stream(c, STR(CLIENT_HELLO "\x17\x03\x03\x48\x01garbage"));
    assert_int_equal(sip_framer_stats(c->framer)->tls_records, 1);
    collected_stream(c, STR("more garbage"));
    assert_int_equal(sip_framer_stats(c->framer)->tls_records, 1);
    collected_stream(c, STR(DATA DATA));
    assert_int_equal(sip_framer_stats(c->framer)->tls_records, 3);
    assert_int_equal(c->tls, 1);
}

static void behind_a_hole_counting_goes_on_at_a_record(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_stream(c, STR(CLIENT_HELLO "\x17\x03\x03\x00\x20x"));
    collected_gap(c);
    collected_stream(c, STR("yyyyyyyy"));
    collected_stream(c, STR(DATA));
    assert_int_equal(sip_framer_stats(c->framer)->tls_records, 3);
}

static void the_longest_record_is_the_limit_to_the_byte(void **state)
{
    g_autoptr(Collected) longest = collected_new();
    g_autoptr(Collected) longer = collected_new();

    assert_int_equal(collected_stream(longest, STR("\x16\x03\x01\x48\x00\x01")), NET_INTERESTED);
    assert_int_equal(collected_stream(longer, STR("\x16\x03\x01\x48\x01\x01")), NET_NOT_INTERESTED);
    assert_int_equal(collected_stream(longer, STR("\x16\x03\x01\x00\x00\x01")), NET_NOT_INTERESTED);
    assert_int_equal(longest->tls, 1);
    assert_int_equal(longer->tls, 0);
}

static void survives_any_cut(void **state)
{
    Str all = STR(CLIENT_HELLO DATA ALERT);

    for (size_t len = 0; len <= all.len; len++) {
        g_autoptr(Collected) c = collected_new();

        collected_stream(c, str_first(all, len));
        collected_end(c);
        assert_int_equal(c->tls, len > 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_is_told_once_for_each_direction),
        cmocka_unit_test(records_are_counted_in_any_pieces),
        cmocka_unit_test(is_known_in_the_middle_as_well),
        cmocka_unit_test(what_is_no_record_is_not_counted),
        cmocka_unit_test(behind_a_hole_counting_goes_on_at_a_record),
        cmocka_unit_test(the_longest_record_is_the_limit_to_the_byte),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
