/* SIP inside of WebSocket frames. */

#include "collect.h"

#define UPGRADE "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n"
#define REGISTER                                                                      \
    "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4b\r\n" \
    "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n\r\n"

enum {
    TEXT = 0x81,
    BINARY = 0x82,
    TEXT_MORE = 0x01,
    MORE = 0x00,
    LAST = 0x80,
    CLOSE = 0x88,
    PING = 0x89,
    PONG = 0x8a,
};

static void add_number(GString *out, uint64_t number, unsigned bytes)
{
    while (bytes-- > 0)
        g_string_append_c(out, (char)(number >> (8 * bytes)));
}

/* 'width' is 0 for the shortest length field that fits, else 2 or 8 bytes. */
static void add_frame(GString *out, uint8_t flags, Str text, const char *mask, unsigned width)
{
    uint8_t masked = mask != NULL ? 0x80 : 0;

    if (width == 0 && text.len > 125)
        width = 2;
    add_number(out, flags, 1);
    add_number(out, masked | (width == 0 ? (uint8_t)text.len : width == 2 ? 126 : 127), 1);
    add_number(out, text.len, width);
    if (mask != NULL)
        g_string_append_len(out, mask, 4);
    for (size_t i = 0; i < text.len; i++)
        g_string_append_c(out, (char)(text.data[i] ^ (mask != NULL ? mask[i % 4] : 0)));
}

static GString *upgraded(void)
{
    return g_string_new(UPGRADE);
}

static Str str_of_string(const GString *string)
{
    return (Str){ string->str, string->len };
}

static void assert_register(const Collected *c, unsigned i)
{
    assert_str_equal(collected_message(c, i)->raw, REGISTER);
    assert_int_equal(collected_message(c, i)->anomalies, 0);
    assert_true(collected_message(c, i)->over_websocket);
}

static void reads_every_kind_of_frame(void **state)
{
    const unsigned widths[] = { 0, 2, 8 };

    for (size_t i = 0; i < G_N_ELEMENTS(widths); i++) {
        g_autoptr(Collected) c = collected_new();
        g_autoptr(GString) stream = upgraded();

        add_frame(stream, TEXT, STR(REGISTER), NULL, widths[i]);
        add_frame(stream, BINARY, STR(REGISTER), "\x01\xff\x7f\x80", widths[i]);
        collected_stream(c, str_of_string(stream));
        assert_int_equal(c->messages->len, 2);
        assert_register(c, 0);
        assert_register(c, 1);
    }
}

static void any_pieces_give_the_same_messages(void **state)
{
    g_autoptr(GString) stream = upgraded();

    add_frame(stream, TEXT, STR(REGISTER), "abcd", 0);
    add_frame(stream, PING, STR("hi"), "efgh", 0);
    add_frame(stream, TEXT_MORE, str_first(STR(REGISTER), 30), "ijkl", 0);
    add_frame(stream, PONG, STR(""), NULL, 0);
    add_frame(stream, MORE, str_first(str_from(STR(REGISTER), 30), 1), "mnop", 8);
    add_frame(stream, LAST, str_from(STR(REGISTER), 31), "qrst", 0);
    for (size_t size = 1; size <= stream->len; size++) {
        g_autoptr(Collected) c = collected_new();

        for (size_t at = 0; at < stream->len; at += size)
            collected_stream(c, str_first(str_from(str_of_string(stream), at), size));
        assert_int_equal(c->messages->len, 2);
        assert_register(c, 0);
        assert_register(c, 1);
        assert_int_equal(c->keepalives->len, 2);
        assert_int_equal(g_array_index(c->keepalives, SipKeepalive, 0), SIP_KEEPALIVE_WEBSOCKET);
    }
}

static void a_message_in_fragments_knows_its_first_frame(void **state)
{
    g_autoptr(Collected) c = collected_new();
    g_autoptr(GString) first = upgraded();
    g_autoptr(GString) second = g_string_new(NULL);

    add_frame(first, TEXT_MORE, str_first(STR(REGISTER), 30), NULL, 0);
    add_frame(second, LAST, str_from(STR(REGISTER), 30), NULL, 0);
    collected_stream(c, str_of_string(first));
    collected_stream(c, str_of_string(second));
    assert_register(c, 0);
    assert_int_equal(collected_message(c, 0)->meta.first_ref.frame, 1);
    assert_int_equal(collected_message(c, 0)->meta.ref.frame, 2);
}

static void line_ends_are_keepalives(void **state)
{
    g_autoptr(Collected) c = collected_new();
    g_autoptr(GString) stream = upgraded();

    add_frame(stream, TEXT, STR("\r\n\r\n"), "abcd", 0);
    add_frame(stream, TEXT, STR("\r\n"), NULL, 0);
    add_frame(stream, TEXT, STR("\r\n" REGISTER), NULL, 0);
    add_frame(stream, CLOSE, STR("\x03\xe8"), NULL, 0);
    collected_stream(c, str_of_string(stream));
    assert_int_equal(c->keepalives->len, 2);
    assert_int_equal(g_array_index(c->keepalives, SipKeepalive, 0), SIP_KEEPALIVE_CRLFCRLF);
    assert_int_equal(g_array_index(c->keepalives, SipKeepalive, 1), SIP_KEEPALIVE_CRLF);
    assert_register(c, 0);
}

static void is_known_in_the_middle_as_well(void **state)
{
    const char *masks[] = { NULL, "abcd" };

    for (size_t i = 0; i < G_N_ELEMENTS(masks); i++) {
        g_autoptr(Collected) c = collected_new();
        g_autoptr(GString) stream = g_string_new(NULL);

        add_frame(stream, TEXT, STR(REGISTER), masks[i], 0);
        for (size_t at = 0; at < stream->len; at++)
            collected_midstream(c, str_first(str_from(str_of_string(stream), at), 1));
        assert_int_equal(c->messages->len, 1);
        assert_register(c, 0);
    }
}

static void behind_a_hole_it_goes_on_with_a_frame(void **state)
{
    g_autoptr(Collected) c = collected_new();
    g_autoptr(GString) stream = upgraded();
    g_autoptr(GString) later = g_string_new(NULL);

    add_frame(stream, TEXT, STR(REGISTER), "abcd", 0);
    add_frame(later, TEXT, STR(REGISTER), "efgh", 0);
    collected_stream(c, str_first(str_of_string(stream), stream->len - 20));
    collected_gap(c);
    assert_int_equal(sip_framer_stats(c->framer)->resyncs, 1);
    collected_stream(c, STR("the rest of a frame"));
    collected_stream(c, str_of_string(later));
    assert_int_equal(c->messages->len, 1);
    assert_register(c, 0);
}

static void compressed_messages_are_counted_and_given_up(void **state)
{
    g_autoptr(Collected) c = collected_new();
    g_autoptr(GString) stream = upgraded();

    add_frame(stream, TEXT | 0x40, STR("compressed"), "abcd", 0);
    assert_int_equal(collected_stream(c, str_of_string(stream)), NET_NOT_INTERESTED);
    assert_int_equal(sip_framer_stats(c->framer)->websockets_compressed, 1);
    assert_int_equal(c->messages->len, 0);
}

static void frames_that_cannot_be_end_it(void **state)
{
    const Str bad[] = {
        STR("\x83\x00"),                                 /* reserved opcode */
        STR("\x8b\x00"),                                 /* reserved control opcode */
        STR("\xa1\x00"),                                 /* reserved bit */
        STR("\x09\x00"),                                 /* a ping in fragments */
        STR("\x89\x7e\x00\x7e"),                         /* a ping of 126 bytes */
        STR("\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00"), /* 2^63 bytes */
        STR("\x81\x05hello"),                            /* another protocol */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(Collected) c = collected_new();

        assert_int_equal(collected_stream(c, STR(UPGRADE)), NET_INTERESTED);
        assert_int_equal(collected_stream(c, bad[i]), NET_NOT_INTERESTED);
    }
}

static void a_frame_that_is_too_large_is_passed_over(void **state)
{
    g_autoptr(Collected) c = collected_new();
    g_autoptr(GString) stream = upgraded();
    g_autofree char *large = g_strnfill(70000, 'x');

    add_frame(stream, TEXT, str_of(large), "abcd", 8);
    add_frame(stream, TEXT, STR(REGISTER), "abcd", 0);
    for (size_t at = 0; at < stream->len; at += 1400)
        collected_stream(c, str_first(str_from(str_of_string(stream), at), 1400));
    assert_int_equal(sip_framer_stats(c->framer)->too_large, 1);
    assert_int_equal(c->messages->len, 1);
    assert_register(c, 0);
}

static void fragments_that_grow_too_large_are_passed_over(void **state)
{
    g_autoptr(Collected) c = collected_new();
    g_autoptr(GString) stream = upgraded();
    g_autofree char *part = g_strnfill(30000, 'x');

    add_frame(stream, TEXT_MORE, str_of(part), NULL, 0);
    add_frame(stream, MORE, str_of(part), NULL, 0);
    add_frame(stream, MORE, str_of(part), NULL, 0);
    add_frame(stream, MORE, str_of(part), NULL, 0);
    add_frame(stream, LAST, str_of(part), NULL, 0);
    add_frame(stream, TEXT, STR(REGISTER), NULL, 0);
    collected_stream(c, str_of_string(stream));
    assert_int_equal(sip_framer_stats(c->framer)->too_large, 1);
    assert_int_equal(c->messages->len, 1);
    assert_register(c, 0);
}

static void a_continuation_of_nothing_is_ignored(void **state)
{
    g_autoptr(Collected) c = collected_new();
    g_autoptr(GString) stream = upgraded();

    add_frame(stream, LAST, STR(REGISTER), NULL, 0);
    add_frame(stream, TEXT_MORE, STR("abandoned"), NULL, 0);
    add_frame(stream, TEXT, STR(REGISTER), NULL, 0);
    add_frame(stream, LAST, STR(REGISTER), NULL, 0);
    collected_stream(c, str_of_string(stream));
    assert_int_equal(c->messages->len, 1);
    assert_register(c, 0);
}

static void the_frame_bounds_the_message(void **state)
{
    g_autoptr(Collected) c = collected_new();
    g_autoptr(GString) stream = upgraded();

    add_frame(stream, TEXT, STR("SIP/2.0 200 OK\r\nl: 9\r\n\r\nbody"), NULL, 0);
    add_frame(stream, TEXT, STR("SIP/2.0 200 OK\r\nX: y\r\n\r\nbody"), NULL, 0);
    collected_stream(c, str_of_string(stream));
    assert_int_equal(c->messages->len, 2);
    assert_true(collected_message(c, 0)->anomalies & SIP_LENGTH_TOO_LARGE);
    assert_str_equal(collected_message(c, 1)->body, "body");
    assert_false(collected_message(c, 1)->anomalies & SIP_NO_LENGTH);
}

static void survives_any_cut(void **state)
{
    g_autoptr(GString) stream = upgraded();

    add_frame(stream, TEXT, STR(REGISTER), "abcd", 8);
    for (size_t len = 0; len <= stream->len; len++) {
        g_autoptr(Collected) c = collected_new();

        collected_stream(c, str_first(str_of_string(stream), len));
        collected_end(c);
        assert_int_equal(c->messages->len, len == stream->len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_kind_of_frame),
        cmocka_unit_test(any_pieces_give_the_same_messages),
        cmocka_unit_test(a_message_in_fragments_knows_its_first_frame),
        cmocka_unit_test(line_ends_are_keepalives),
        cmocka_unit_test(is_known_in_the_middle_as_well),
        cmocka_unit_test(behind_a_hole_it_goes_on_with_a_frame),
        cmocka_unit_test(compressed_messages_are_counted_and_given_up),
        cmocka_unit_test(frames_that_cannot_be_end_it),
        cmocka_unit_test(a_frame_that_is_too_large_is_passed_over),
        cmocka_unit_test(fragments_that_grow_too_large_are_passed_over),
        cmocka_unit_test(a_continuation_of_nothing_is_ignored),
        cmocka_unit_test(the_frame_bounds_the_message),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
