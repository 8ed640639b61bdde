/* Datagrams, and the tables of the framer. */

#include "collect.h"

#define HEADERS                                    \
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4b\r\n" \
    "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n"   \
    "Call-ID: c\r\nCSeq: 1 REGISTER\r\n"

#define REGISTER "REGISTER sip:example.com SIP/2.0\r\n" HEADERS "l: 0\r\n\r\n"

static void a_datagram_is_a_message(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_datagram(c, STR(REGISTER), 0);
    assert_int_equal(c->messages->len, 1);
    assert_int_equal(collected_message(c, 0)->anomalies, 0);
    assert_int_equal(collected_message(c, 0)->meta.ref.frame, 1);
    assert_int_equal(sip_framer_stats(c->framer)->messages, 1);
}

static void junk_in_front_is_passed_over_and_noted(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_datagram(c, STR("\r\n\r\n" REGISTER), 0);
    collected_datagram(c, STR("\0\0\0\0" REGISTER), 0);
    assert_int_equal(c->messages->len, 2);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(collected_message(c, i)->anomalies, SIP_JUNK_BEFORE);
        assert_str_equal(collected_message(c, i)->raw, REGISTER);
    }
}

static void what_the_capture_cut_is_shown_as_far_as_it_goes(void **state)
{
    Str whole = STR(REGISTER);

    for (size_t len = strlen("REGISTER sip:"); len < whole.len; len++) {
        g_autoptr(Collected) c = collected_new();

        collected_datagram(c, str_first(whole, len), NET_TRUNCATED);
        assert_int_equal(c->messages->len, 1);
        assert_true(collected_message(c, 0)->anomalies & SIP_CUT_SHORT);
        assert_false(collected_message(c, 0)->anomalies
                     & (SIP_BAD_START_LINE | SIP_BAD_HEADER_LINE));
        assert_int_equal(collected_message(c, 0)->method, SIP_METHOD_REGISTER);
        assert_int_equal(sip_framer_stats(c->framer)->cut_short, 1);
    }
}

static void keepalives_are_told(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_datagram(c, STR("\r\n\r\n"), 0);
    collected_datagram(c, STR("jaK"), 0);
    assert_int_equal(c->keepalives->len, 2);
    assert_int_equal(g_array_index(c->keepalives, SipKeepalive, 0), SIP_KEEPALIVE_CRLFCRLF);
    assert_int_equal(g_array_index(c->keepalives, SipKeepalive, 1), SIP_KEEPALIVE_OTHER);
    assert_int_equal(sip_framer_stats(c->framer)->keepalives, 2);
    assert_int_equal(c->messages->len, 0);
}

static void what_is_not_sip_is_counted(void **state)
{
    const Str others[] = {
        STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), STR("M-SEARCH * HTTP/1.1\r\n\r\n"),
        STR("REGISTER sip:a SIP/3.0\r\n\r\n"),    STR("SIP/7.0 200 OK\r\n\r\n"),
        STR("\x16\x03\x01\x00\x05hello world"),   STR("REGISTER sip:example"),
    };
    g_autoptr(Collected) c = collected_new();

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        collected_datagram(c, others[i], 0);
    assert_int_equal(c->messages->len, 0);
    assert_int_equal(c->keepalives->len, 0);
    assert_int_equal(sip_framer_stats(c->framer)->not_sip, G_N_ELEMENTS(others));
}

static void no_string_of_two_bytes_is_a_message(void **state)
{
    g_autoptr(Collected) c = collected_new();

    for (unsigned i = 0; i < 65536; i++) {
        char bytes[2] = { (char)(i >> 8), (char)i };

        collected_datagram(c, (Str){ bytes, 2 }, 0);
        collected_datagram(c, (Str){ bytes, 1 }, 0);
    }
    assert_int_equal(c->messages->len, 0);
    assert_int_equal(c->keepalives->len, 2 * 65536);
}

static void nobody_has_to_listen(void **state)
{
    SipFramer *framer = sip_framer_new(&sip_framer_config_default, &(SipSink){ .user = NULL });

    sip_framer_push(framer, &(NetPayload){ .kind = NET_DATAGRAM, .bytes = STR(REGISTER) });
    sip_framer_push(framer, &(NetPayload){ .kind = NET_DATAGRAM, .bytes = STR("\r\n") });
    sip_framer_push(framer,
                    &(NetPayload){ .kind = NET_STREAM_DATA,
                                   .stream = 1,
                                   .bytes = STR("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00") });
    assert_int_equal(sip_framer_stats(framer)->messages, 1);
    assert_int_equal(sip_framer_stats(framer)->tls_streams, 1);
    sip_framer_free(framer);
    sip_framer_free(NULL);
}

static void streams_are_forgotten_when_there_are_too_many(void **state)
{
    SipFramerConfig config = sip_framer_config_default;

    config.max_streams = 8;

    g_autoptr(Collected) c = collected_new_with(&config);
    CacheStats tables[4];

    for (uint64_t id = 2; id < 202; id += 2)
        collected_push(c, NET_STREAM_DATA, id, STR("REGISTER sip:a SIP/2.0\r\nVia: x"), 0);
    assert_int_equal(sip_framer_tables(c->framer, tables, G_N_ELEMENTS(tables)), 3);
    assert_string_equal(tables[0].name, "sip.streams");
    assert_string_equal(tables[1].name, "sip.unfinished");
    assert_int_equal(tables[0].items, 8);
    assert_int_equal(tables[0].dropped_full, 92);
    assert_int_equal(tables[1].items, 8);
    assert_int_equal(sip_framer_stats(c->framer)->resyncs, 92);
    assert_int_equal(sip_framer_tables(c->framer, tables, 1), 1);
}

static void waiting_bytes_have_a_limit_for_all_streams_together(void **state)
{
    SipFramerConfig config = sip_framer_config_default;

    config.buffered_bytes = 20000;

    g_autoptr(Collected) c = collected_new_with(&config);
    g_autofree char *body = g_strnfill(1000, 'x');
    CacheStats tables[2];

    for (uint64_t id = 2; id < 202; id += 2) {
        collected_push(c, NET_STREAM_DATA, id, STR("REGISTER sip:a SIP/2.0\r\nl: 9999\r\n\r\n"), 0);
        collected_push(c, NET_STREAM_DATA, id, str_of(body), 0);
        sip_framer_tables(c->framer, tables, 2);
        assert_true(tables[1].bytes <= config.buffered_bytes);
    }
    assert_true(tables[1].dropped_full > 80);
    /* What was pushed out is shown as far as it was there. */
    assert_int_equal(c->messages->len, tables[1].dropped_full);
    assert_true(collected_message(c, 0)->anomalies & SIP_CUT_SHORT);
    assert_str_equal(str_first(collected_message(c, 0)->body, 3), "xxx");
}

static void an_unfinished_message_is_given_up_after_a_while(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_stream(c, STR("REGISTER sip:a SIP/2.0\r\nl: 9\r\n\r\nbody"));
    sip_framer_advance(c->framer, 32 * NSEC_SEC);
    assert_int_equal(c->messages->len, 0);
    sip_framer_advance(c->framer, 33 * NSEC_SEC);
    assert_int_equal(c->messages->len, 1);
    /* No byte was lost: the sender promised more than it sent. */
    assert_true(collected_message(c, 0)->anomalies & SIP_LENGTH_TOO_LARGE);
    assert_false(collected_message(c, 0)->anomalies & SIP_CUT_SHORT);

    /* The stream is still of interest. */
    c->time = 33 * NSEC_SEC;
    collected_stream(c, STR(REGISTER));
    assert_int_equal(c->messages->len, 2);
}

static void the_end_lets_go_of_everything(void **state)
{
    g_autoptr(Collected) c = collected_new();
    CacheStats tables[2];

    collected_stream(c, STR("REGISTER sip:a SIP/2.0\r\nl: 9\r\n\r\nbody"));
    collected_push(c, NET_STREAM_DATA, 4, STR("REGISTER sip:a SI"), 0);
    sip_framer_finish(c->framer);
    assert_int_equal(c->messages->len, 1);
    assert_true(collected_message(c, 0)->anomalies & SIP_CUT_SHORT);
    sip_framer_tables(c->framer, tables, 2);
    assert_int_equal(tables[0].items + tables[1].items, 0);
}

static void survives_any_cut(void **state)
{
    Str good = STR("\r\n" REGISTER);

    for (size_t len = 0; len <= good.len; len++) {
        g_autoptr(Collected) c = collected_new();
        size_t start_line = strlen("\r\nREGISTER sip:example.com SIP/2.0");

        collected_datagram(c, str_first(good, len), 0);
        assert_int_equal(c->messages->len, len >= start_line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_datagram_is_a_message),
        cmocka_unit_test(junk_in_front_is_passed_over_and_noted),
        cmocka_unit_test(what_the_capture_cut_is_shown_as_far_as_it_goes),
        cmocka_unit_test(keepalives_are_told),
        cmocka_unit_test(what_is_not_sip_is_counted),
        cmocka_unit_test(no_string_of_two_bytes_is_a_message),
        cmocka_unit_test(nobody_has_to_listen),
        cmocka_unit_test(streams_are_forgotten_when_there_are_too_many),
        cmocka_unit_test(waiting_bytes_have_a_limit_for_all_streams_together),
        cmocka_unit_test(an_unfinished_message_is_given_up_after_a_while),
        cmocka_unit_test(the_end_lets_go_of_everything),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
