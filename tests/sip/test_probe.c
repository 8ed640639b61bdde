/* What kind of stream it is. */

#include "collect.h"

#define REGISTER \
    "REGISTER sip:example.com SIP/2.0\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\nl: 0\r\n\r\n"
#define UPGRADE "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: WebSocket\r\n\r\n"
#define SWITCHED "HTTP/1.1 101 Switching\r\nupgrade:websocket\r\n\r\n"

static void streams_of_no_use_are_refused_at_once(void **state)
{
    const Str others[] = {
        STR("SSH-2.0-OpenSSH_9\r\n"),
        STR("220 mail.example.com ESMTP\r\n"),
        STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        STR("POST / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"),
        STR("HTTP/1.1 200 OK\r\n\r\n"),
        STR("OPTIONS rtsp://x RTSP/1.0\r\n"),
        STR("REGISTER sip:a SIP/3.0\r\n"),
        STR("\x00\x00\x00\x55"),
        STR("\x80\x2e\x01\x03\x01"),
        STR("{\"a\": 1}"),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(Collected) c = collected_new();
        CacheStats tables[2];

        assert_int_equal(collected_stream(c, others[i]), NET_NOT_INTERESTED);
        sip_framer_tables(c->framer, tables, 2);
        assert_int_equal(tables[0].items + tables[1].items, 0);
        assert_int_equal(sip_framer_stats(c->framer)->resyncs, 0);
    }
}

static void a_method_nobody_knows_is_sip_by_its_version(void **state)
{
    g_autoptr(Collected) c = collected_new();

    assert_int_equal(collected_stream(c, STR("register")), NET_INTERESTED);
    assert_int_equal(collected_stream(c, STR(" sip:a SIP/2.0\r\nCall-ID: x\r\nl: 0\r\n\r\n")),
                     NET_INTERESTED);
    assert_int_equal(c->messages->len, 1);
    assert_int_equal(collected_message(c, 0)->method, SIP_METHOD_OTHER);
    assert_str_equal(collected_message(c, 0)->method_name, "register");
}

static void a_line_without_end_is_refused(void **state)
{
    g_autoptr(Collected) c = collected_new();
    g_autofree char *line = g_strnfill(4096, 'a');

    assert_int_equal(collected_stream(c, STR("A ")), NET_INTERESTED);
    assert_int_equal(collected_stream(c, str_of(line)), NET_INTERESTED);
    assert_int_equal(collected_stream(c, str_of(line)), NET_NOT_INTERESTED);
}

static void what_began_earlier_gets_a_while(void **state)
{
    g_autoptr(Collected) c = collected_new();

    assert_int_equal(collected_midstream(c, STR("tag=1\r\nCall-ID: old\r\nl: 0\r\n\r\n")),
                     NET_INTERESTED);
    assert_int_equal(collected_midstream(c, STR(REGISTER)), NET_INTERESTED);
    assert_int_equal(c->messages->len, 1);
    assert_int_equal(collected_message(c, 0)->anomalies & SIP_JUNK_BEFORE, 0);
    assert_str_equal(collected_message(c, 0)->call_id, "c");
}

static void the_while_has_an_end(void **state)
{
    g_autoptr(Collected) c = collected_new();
    g_autofree char *text = g_strnfill(1000, '\x01');
    unsigned pushed = 1;

    while (pushed < 100 && collected_midstream(c, str_of(text)) == NET_INTERESTED)
        pushed++;
    assert_int_equal(pushed, 17);
}

static void a_midstream_message_at_the_start_is_taken(void **state)
{
    g_autoptr(Collected) c = collected_new();
    Str all = STR(REGISTER);

    for (size_t i = 0; i < all.len; i++)
        collected_midstream(c, str_first(str_from(all, i), 1));
    assert_int_equal(c->messages->len, 1);
}

static void an_upgrade_makes_a_websocket_in_any_pieces(void **state)
{
    const Str upgrades[] = { STR(UPGRADE), STR(SWITCHED) };

    for (size_t i = 0; i < G_N_ELEMENTS(upgrades); i++) {
        for (size_t split = 1; split < upgrades[i].len; split++) {
            g_autoptr(Collected) c = collected_new();

            collected_stream(c, str_first(upgrades[i], split));
            collected_stream(c, str_from(upgrades[i], split));
            assert_int_equal(sip_framer_stats(c->framer)->websockets, 1);
        }
    }
}

static void both_directions_are_one_websocket(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_push(c, NET_STREAM_DATA, 2, STR(UPGRADE), 0);
    collected_push(c, NET_STREAM_DATA, 3, STR(SWITCHED), 0);
    assert_int_equal(sip_framer_stats(c->framer)->websockets, 1);
}

static void an_http_request_without_end_is_refused(void **state)
{
    g_autoptr(Collected) c = collected_new();
    unsigned pushed = 0;

    collected_stream(c, STR("GET / HTTP/1.1\r\n"));
    while (pushed < 10000 && collected_stream(c, STR("X: y\r\n")) == NET_INTERESTED)
        pushed++;
    assert_true(pushed > 2000 && pushed < 3000);
}

static void every_first_byte_is_decided(void **state)
{
    for (unsigned first = 0; first < 256; first++) {
        g_autoptr(Collected) c = collected_new();
        g_autofree char *bytes = g_strnfill(20000, '\xff');

        bytes[0] = (char)first;
        collected_stream(c, (Str){ bytes, 1 });
        assert_int_equal(collected_stream(c, (Str){ bytes + 1, 19999 }), NET_NOT_INTERESTED);
        assert_int_equal(c->messages->len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_of_no_use_are_refused_at_once),
        cmocka_unit_test(a_method_nobody_knows_is_sip_by_its_version),
        cmocka_unit_test(a_line_without_end_is_refused),
        cmocka_unit_test(what_began_earlier_gets_a_while),
        cmocka_unit_test(the_while_has_an_end),
        cmocka_unit_test(a_midstream_message_at_the_start_is_taken),
        cmocka_unit_test(an_upgrade_makes_a_websocket_in_any_pieces),
        cmocka_unit_test(both_directions_are_one_websocket),
        cmocka_unit_test(an_http_request_without_end_is_refused),
        cmocka_unit_test(every_first_byte_is_decided),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
