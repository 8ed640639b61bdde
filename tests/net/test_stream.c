/*
 * One direction of a connection: every order, copies, holes and lies.
 */

#include "net/stream.h"

#include "talk.h"

static const char message[] = "REGISTER sip:example.com SIP/2.0\r\nContent-Length: 0\r\n\r\n";
#define LEN (sizeof(message) - 1)

/* Bytes 'from' to 'to' of the message, whose first byte is number 'start'. */
static void say(Seen *seen, uint32_t start, size_t from, size_t to)
{
    talk_bytes(seen, TALK_PHONE, ACK, start + (uint32_t)from, 9001,
               (Str){ message + from, to - from });
}

static void puts_segments_of_every_order_in_order(void **state)
{
    for (unsigned order = 0; order < 5 * 5 * 5 * 5 * 5; order++) {
        g_autoptr(Seen) seen = seen_new();
        unsigned came = 0;

        talk_open(seen, 1000, 9000);
        for (unsigned i = 0, rest = order; i < 5; i++, rest /= 5) {
            came |= 1u << rest % 5;
            say(seen, 1001, rest % 5 * 11, rest % 5 * 11 + 11);
        }
        seen_finish(seen);
        if (came == 0x1f)
            assert_string_equal(seen->text->str, message);
        seen_check_conservation(seen);
    }
}

static void wraps_at_every_offset(void **state)
{
    for (uint32_t k = 0; k <= 200; k++) {
        g_autoptr(Seen) seen = seen_new();
        uint32_t isn = UINT32_MAX - k;

        talk_open(seen, isn, isn);
        say(seen, isn + 1, 20, 40);
        say(seen, isn + 1, 0, 20);
        say(seen, isn + 1, 10, LEN);
        assert_string_equal(seen->text->str, message);
        assert_int_equal(seen_stats(seen)->gaps, 0);
    }
}

static void takes_one_byte_at_a_time(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    for (size_t i = 0; i < LEN; i++) {
        seen->now += 10 * NSEC_SEC;
        say(seen, 1001, i, i + 1);
    }
    assert_string_equal(seen->text->str, message);
    assert_int_equal(seen_count(seen, NET_STREAM_DATA), LEN);
}

static void takes_a_direction_whose_start_was_missed(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    say(seen, 1001, 0, 20);
    say(seen, 1001, 20, LEN);
    assert_string_equal(seen->text->str, message);
    assert_true(seen_payload(seen, 0)->meta.anomalies & NET_MIDSTREAM);
    assert_true(seen_payload(seen, 1)->meta.anomalies & NET_MIDSTREAM);
}

static void gives_each_byte_once(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    say(seen, 1001, 0, 20);
    say(seen, 1001, 0, 20);  /* again */
    say(seen, 1001, 5, 15);  /* a part of it */
    say(seen, 1001, 10, 30); /* the half of it, and more */
    say(seen, 1001, 40, LEN);
    say(seen, 1001, 35, 45);
    say(seen, 1001, 0, LEN); /* all of it */
    assert_string_equal(seen->text->str, message);
    assert_int_equal(seen_stats(seen)->tcp_copies, 2);
    assert_int_equal(seen_stats(seen)->overlaps, 0);
}

static void gives_up_a_hole_that_the_receiver_has(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    say(seen, 1001, 0, 10);
    say(seen, 1001, 20, 30);
    talk(seen, TALK_SERVER, ACK, 9001, 1001 + 10, ""); /* not yet */
    assert_string_equal(seen->text->str, "REGISTER s");
    talk(seen, TALK_SERVER, ACK, 9001, 1001 + 30, "SIP/2.0 200 OK");
    assert_string_equal(seen->text->str, "REGISTER s[...].com SIP/2SIP/2.0 200 OK");

    const NetPayload *gap = seen_payload(seen, 1);
    const NetPayload *data = seen_payload(seen, 2);

    assert_int_equal(gap->kind, NET_STREAM_GAP);
    assert_int_equal(gap->missing, 10);
    assert_int_equal(data->meta.ref.frame, 5); /* where the bytes were, not who released them */
    assert_true(data->meta.anomalies & NET_AFTER_GAP);
    assert_int_equal(seen_count_events(seen, NET_EVENT_GAP), 1);
    assert_true(seen_event(seen, 4)->by_capture);
    assert_int_equal(seen_event(seen, 4)->missing, 10);
    assert_int_equal(seen_stats(seen)->gaps_by_capture, 1);
    assert_int_equal(seen_stats(seen)->gap_bytes, 10);
}

static void does_not_wait_for_what_was_acknowledged_before(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_SERVER, ACK, 9001, 1001 + 20, "");
    say(seen, 1001, 20, 30);
    assert_string_equal(seen->text->str, "[...].com SIP/2");
    assert_int_equal(seen_stats(seen)->gaps_by_capture, 1);
}

static void ignores_acknowledgments_of_what_cannot_have_been_sent(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    say(seen, 1001, 20, 30);
    talk(seen, TALK_SERVER, ACK, 9001, 1001 + 0x7fff0000, "");
    assert_string_equal(seen->text->str, "");
    say(seen, 1001, 0, 20);
    assert_int_equal(seen_stats(seen)->gaps, 0);
}

static void gives_up_a_hole_after_five_seconds(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    say(seen, 1001, 20, 30);
    net_decoder_advance(seen->decoder, seen->now + 5 * NSEC_SEC);
    assert_string_equal(seen->text->str, "");
    net_decoder_advance(seen->decoder, seen->now + 5 * NSEC_SEC + 1);
    assert_string_equal(seen->text->str, "[...].com SIP/2");
    assert_int_equal(seen_stats(seen)->gaps, 1);
    assert_int_equal(seen_stats(seen)->gaps_by_capture, 0);

    say(seen, 1001, 0, 20); /* too late */
    assert_string_equal(seen->text->str, "[...].com SIP/2");
}

static void gives_the_next_hole_its_own_time(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    say(seen, 1001, 10, 20);
    say(seen, 1001, 30, 40);
    net_decoder_advance(seen->decoder, seen->now += 6 * NSEC_SEC);
    assert_string_equal(seen->text->str, "[...]ip:example");
    say(seen, 1001, 20, 30);
    assert_string_equal(seen->text->str, "[...]ip:example.com SIP/2.0\r\nConten");
    assert_int_equal(seen_stats(seen)->gaps, 1);
}

static void gives_up_a_hole_when_too_much_waits(void **state)
{
    g_autoptr(Seen) many = seen_new();
    g_autoptr(Seen) large = seen_new();
    g_autoptr(Packet) bytes = packet_counting(1400);

    talk_open(many, 1000, 9000);
    for (uint32_t i = 1; i <= 64; i++) {
        assert_int_equal(seen_stats(many)->gaps, 0);
        talk(many, TALK_PHONE, ACK, 1001 + 2 * i, 9001, "x");
    }
    assert_int_equal(seen_stats(many)->gaps, 1);

    talk_open(large, 1000, 9000);
    for (uint32_t i = 1; seen_stats(large)->gaps == 0; i++) {
        assert_true(i * 1400 < 40 * 1024);
        talk_bytes(large, TALK_PHONE, ACK, 1001 + 1400 * i, 9001, packet_str(bytes));
    }
    assert_true(large->text->len > 24 * 1024);
}

static void bounds_what_waits_in_all_streams_together(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) bytes = packet_counting(1400);

    seen->config.max_stream_bytes = 50 * 1000;
    for (unsigned port = 1; port <= 100; port++) {
        for (unsigned i = 0; i < 2; i++) {
            Packet *wire = i == 0 ? packet("x") : packet_of(packet_str(bytes));

            packet_tcp(wire, port, 5060, 1 + i * 100, 0, 0);
            seen_push(seen, packet_ip(wire, 6));
        }
    }
    assert_true(seen_stats(seen)->gaps >= 60);
    assert_true(seen_stats(seen)->gaps <= 75);
    assert_int_equal(seen_payload(seen, 0)->stream, 1); /* the longest waiting gives way first */
}

static void gives_what_waits_at_the_end_of_the_capture(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    say(seen, 1001, 20, 30);
    say(seen, 1001, 40, 50);
    seen_finish(seen);
    assert_string_equal(seen->text->str, "[...].com SIP/2[...]t-Length: ");
    assert_int_equal(seen_count(seen, NET_STREAM_END), 1);
    assert_int_equal(seen_payload(seen, seen->payloads->len - 1)->kind, NET_STREAM_END);
}

static void marks_bytes_that_disagree_and_keeps_the_first(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK, 1011, 9001, "first");
    talk(seen, TALK_PHONE, ACK, 1011, 9001, "FORGE");
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "0123456789LATER");
    assert_string_equal(seen->text->str, "0123456789first");
    assert_true(seen_payload(seen, 0)->meta.anomalies & NET_OVERLAP);
    assert_int_equal(seen_stats(seen)->overlaps, 2);
}

static void marks_a_repetition_with_other_bytes(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "REGISTER");
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "FORGERYX");
    talk(seen, TALK_PHONE, ACK, 1009, 9001, " sip:");
    assert_string_equal(seen->text->str, "REGISTER sip:");
    assert_int_equal(seen_stats(seen)->overlaps, 1);
    assert_true(seen_payload(seen, 1)->meta.anomalies & NET_OVERLAP);
}

static void never_lets_keepalives_in(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk_bytes(seen, TALK_PHONE, ACK, 1000, 9001, STR("\0")); /* before any data */
    say(seen, 1001, 0, 20);
    talk(seen, TALK_PHONE, ACK, 1020, 9001, "?"); /* garbage is allowed */
    talk(seen, TALK_PHONE, ACK, 1020, 9001, "");
    say(seen, 1001, 20, LEN);
    assert_string_equal(seen->text->str, message);
    assert_int_equal(seen_stats(seen)->overlaps, 0);
    assert_int_equal(seen_stats(seen)->tcp_copies, 0);
    assert_int_equal(seen_count_events(seen, NET_EVENT_ALIVE), 4); /* with the handshake's ACK */
}

static void does_not_begin_with_a_keepalive(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk(seen, TALK_SERVER, ACK, 9001, 1001, "hello"); /* makes the connection known */
    talk_bytes(seen, TALK_PHONE, ACK, 1000, 9006, STR("\0"));
    say(seen, 1001, 0, LEN);
    assert_string_equal(seen->text->str + 5, message);
    assert_int_equal(seen_stats(seen)->gaps, 0);
}

static void counts_what_a_cut_frame_lacks_as_lost_by_the_capture(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) wire = packet_tcp(packet(message), 40000, 5060, 1001, 9001, ACK);

    talk_open(seen, 1000, 9000);
    packet_ipv4(wire, PHONE, SERVER, 6, 500, 0);
    seen_push_cut(seen, 101, wire, 50, wire->len);
    say(seen, 1001 + LEN, 0, 8);
    assert_string_equal(seen->text->str, "REGISTER s[...]REGISTER");
    assert_true(seen_payload(seen, 0)->meta.anomalies & NET_TRUNCATED);
    assert_int_equal(seen_payload(seen, 1)->missing, LEN - 10);
    assert_int_equal(seen_stats(seen)->gaps_by_capture, 1);
}

static void asks_no_more_when_the_sink_does_not_care(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen->answer = NET_NOT_INTERESTED;
    talk_open(seen, 1000, 9000);
    say(seen, 1001, 0, 10);
    say(seen, 1001, 10, 20);
    say(seen, 1001, 30, 40);
    assert_string_equal(seen->text->str, "REGISTER s");
    talk(seen, TALK_SERVER, ACK, 9001, 1041, "the other direction");
    assert_int_equal(seen_count(seen, NET_STREAM_DATA), 2);
    say(seen, 1001, 40, 50);
    talk(seen, TALK_PHONE, ACK | FIN, 1051, 9020, "");
    assert_int_equal(seen_count(seen, NET_STREAM_DATA), 2);
    assert_int_equal(seen_count(seen, NET_STREAM_END), 1);
    assert_int_equal(seen_stats(seen)->gaps, 0);
}

static void lets_go_of_what_waits_when_the_sink_stops_caring(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen->answer = NET_NOT_INTERESTED;
    talk_open(seen, 1000, 9000);
    say(seen, 1001, 10, 20);
    say(seen, 1001, 30, 40);
    say(seen, 1001, 0, 10);
    seen_finish(seen);
    assert_string_equal(seen->text->str, "REGISTER s");
    assert_int_equal(seen_count(seen, NET_STREAM_END), 1);
}

static void survives_any_cut(void **state)
{
    g_autoptr(Packet) wire = packet_tcp(packet(message), 40000, 5060, 1001, 9001, ACK);

    packet_ipv4(wire, PHONE, SERVER, 6, 500, 0);
    for (size_t len = 0; len < wire->len; len++) {
        g_autoptr(Seen) seen = seen_new();

        talk_open(seen, 1000, 9000);
        say(seen, 1001, 30, 50);
        seen_push_cut(seen, 101, wire, len, wire->len);
        seen_finish(seen);
        if (len > 40)
            assert_memory_equal(seen->text->str, message, len - 40);
        else
            assert_memory_equal(seen->text->str, "[...]", 5);
        seen_check_conservation(seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_segments_of_every_order_in_order),
        cmocka_unit_test(wraps_at_every_offset),
        cmocka_unit_test(takes_one_byte_at_a_time),
        cmocka_unit_test(takes_a_direction_whose_start_was_missed),
        cmocka_unit_test(gives_each_byte_once),
        cmocka_unit_test(gives_up_a_hole_that_the_receiver_has),
        cmocka_unit_test(does_not_wait_for_what_was_acknowledged_before),
        cmocka_unit_test(ignores_acknowledgments_of_what_cannot_have_been_sent),
        cmocka_unit_test(gives_up_a_hole_after_five_seconds),
        cmocka_unit_test(gives_the_next_hole_its_own_time),
        cmocka_unit_test(gives_up_a_hole_when_too_much_waits),
        cmocka_unit_test(bounds_what_waits_in_all_streams_together),
        cmocka_unit_test(gives_what_waits_at_the_end_of_the_capture),
        cmocka_unit_test(marks_bytes_that_disagree_and_keeps_the_first),
        cmocka_unit_test(marks_a_repetition_with_other_bytes),
        cmocka_unit_test(never_lets_keepalives_in),
        cmocka_unit_test(does_not_begin_with_a_keepalive),
        cmocka_unit_test(counts_what_a_cut_frame_lacks_as_lost_by_the_capture),
        cmocka_unit_test(asks_no_more_when_the_sink_does_not_care),
        cmocka_unit_test(lets_go_of_what_waits_when_the_sink_stops_caring),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
