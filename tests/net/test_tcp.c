/*
 * Connections: opening, closing, forgery and floods.
 */

#include "net/tcp.h"

#include "talk.h"

static NetEventKind last_kind(const Seen *seen)
{
    return seen_event(seen, seen->events->len - 1)->kind;
}

static void tells_how_a_connection_opens_and_closes(void **state)
{
    static const NetEventKind expected[] = { NET_EVENT_CONNECT, NET_EVENT_ACCEPT, NET_EVENT_ALIVE,
                                             NET_EVENT_CLOSE,   NET_EVENT_CLOSE,  NET_EVENT_ALIVE };
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "hello");
    talk(seen, TALK_PHONE, ACK | FIN, 1006, 9001, "");
    talk(seen, TALK_SERVER, ACK | FIN, 9001, 1007, "bye");
    talk(seen, TALK_PHONE, ACK, 1007, 9005, "");
    assert_int_equal(seen->events->len, 5);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(seen_event(seen, i)->kind, expected[i]);
    assert_int_equal(seen_count(seen, NET_STREAM_END), 2);
    assert_int_equal(seen_stats(seen)->tcp_outside, 0);
    seen_finish(seen);
    assert_int_equal(seen_count(seen, NET_STREAM_END), 2);
    seen_check_conservation(seen);
}

static void marks_a_repeated_syn_as_a_copy(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    for (unsigned i = 0; i < 7; i++) {
        talk(seen, TALK_PHONE, SYN, 1000, 0, "");
        seen->now += NSEC_SEC << i; /* as Linux does */
    }
    assert_int_equal(seen->events->len, 7);
    for (unsigned i = 0; i < 7; i++) {
        assert_int_equal(seen_event(seen, i)->kind, NET_EVENT_CONNECT);
        assert_int_equal(seen_event(seen, i)->copy, i > 0);
    }
    assert_int_equal(seen_event(seen, 0)->meta.flow.dst.port, 5060);
    assert_int_equal(seen_event(seen, 0)->meta.flow.transport, NET_TCP);
}

static void tells_of_a_refused_connection(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk(seen, TALK_PHONE, SYN, 1000, 0, "");
    talk(seen, TALK_SERVER, RST | ACK, 0, 1001, "");
    assert_int_equal(last_kind(seen), NET_EVENT_RESET);
    talk(seen, TALK_PHONE, SYN, 5000, 0, ""); /* tries again from the same port */
    assert_int_equal(last_kind(seen), NET_EVENT_CONNECT);
    assert_false(seen_event(seen, 2)->copy);
    seen_finish(seen);
    assert_int_equal(seen->payloads->len, 0);
}

static void numbers_each_direction_once(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    for (uint32_t i = 0; i < 3; i++) {
        uint32_t isn = 100000 * i;

        talk_open(seen, isn, isn + 50000);
        talk(seen, TALK_PHONE, ACK, isn + 1, isn + 50001, "p");
        talk(seen, TALK_SERVER, ACK, isn + 50001, isn + 2, "s");
    }
    seen_finish(seen);
    for (unsigned i = 0; i < seen->payloads->len; i++) {
        const NetPayload *payload = seen_payload(seen, i);

        assert_int_equal(payload->stream ^ payload->reverse,
                         payload->stream > payload->reverse
                             ? payload->stream ^ (payload->stream - 1)
                             : payload->stream ^ (payload->stream + 1));
        assert_true(payload->stream >= 1 && payload->stream <= 6);
        assert_int_equal(payload->meta.flow.src.port, payload->stream % 2 == 1 ? 40000 : 5060);
    }
    assert_int_equal(seen_count(seen, NET_STREAM_END), 6);
    assert_int_equal(seen_payload(seen, 0)->stream, 1);
    assert_int_equal(seen_payload(seen, 0)->reverse, 2);
}

static void ends_the_old_streams_when_a_port_is_used_again(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "old");
    talk(seen, TALK_PHONE, SYN, 77000, 0, "");
    assert_int_equal(seen_payload(seen, 1)->kind, NET_STREAM_END);
    talk(seen, TALK_PHONE, ACK, 77001, 1, "new");
    assert_true(seen_payload(seen, 2)->stream > seen_payload(seen, 0)->stream);
    assert_false(seen_payload(seen, 2)->meta.anomalies & NET_MIDSTREAM);
}

static void takes_data_that_comes_with_the_syn(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk(seen, TALK_PHONE, SYN, 1000, 0, "fast ");
    talk(seen, TALK_SERVER, SYN | ACK, 9000, 1006, "");
    talk(seen, TALK_PHONE, ACK, 1006, 9001, "open");
    assert_string_equal(seen->text->str, "fast open");
}

static void understands_a_simultaneous_open(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk(seen, TALK_PHONE, SYN, 1000, 0, "");
    talk(seen, TALK_SERVER, SYN, 9000, 0, "");
    talk(seen, TALK_PHONE, SYN | ACK, 1000, 9001, "");
    talk(seen, TALK_SERVER, SYN | ACK, 9000, 1001, "");
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "one");
    talk(seen, TALK_SERVER, ACK, 9001, 1004, "two");
    assert_string_equal(seen->text->str, "onetwo");
    assert_int_equal(seen_payload(seen, 1)->stream, seen_payload(seen, 0)->reverse);
}

static void knows_the_start_from_the_answer_when_the_syn_was_missed(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk(seen, TALK_SERVER, SYN | ACK, 9000, 1001, "");
    talk(seen, TALK_PHONE, ACK, 1001 + 5, 9001, "later");
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "first");
    assert_string_equal(seen->text->str, "firstlater");
    assert_false(seen_payload(seen, 0)->meta.anomalies & NET_MIDSTREAM);
}

static void forgives_a_syn_that_the_capture_shows_late(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk(seen, TALK_PHONE, ACK, 1001, 9001, "one");
    talk(seen, TALK_PHONE, SYN, 1000, 0, "");
    talk(seen, TALK_PHONE, ACK, 1004, 9001, "two");
    assert_string_equal(seen->text->str, "onetwo");
    assert_int_equal(seen_payload(seen, 0)->stream, seen_payload(seen, 1)->stream);
    assert_false(seen_payload(seen, 1)->meta.anomalies & NET_MIDSTREAM);
}

static void believes_a_reset_only_inside_the_window(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "one");
    talk(seen, TALK_SERVER, ACK, 9001, 1004, "");
    talk(seen, TALK_PHONE, RST, 900, 0, "");
    talk(seen, TALK_PHONE, RST, 5000000, 0, "");
    talk(seen, TALK_SERVER, RST, 4000000000u, 0, "");
    assert_int_equal(seen_count_events(seen, NET_EVENT_RESET), 0);
    assert_int_equal(seen_stats(seen)->tcp_outside, 3);
    talk(seen, TALK_PHONE, ACK, 1004, 9001, "two");
    assert_string_equal(seen->text->str, "onetwo");
    talk(seen, TALK_SERVER, RST, 9001, 0, "");
    assert_int_equal(last_kind(seen), NET_EVENT_RESET);
    assert_int_equal(seen_count(seen, NET_STREAM_END), 1);
}

static void gives_what_waits_before_the_reset(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK, 1011, 9001, "waiting");
    talk(seen, TALK_SERVER, RST | ACK, 9001, 1001, "");
    assert_string_equal(seen->text->str, "[...]waiting");
    assert_int_equal(seen_count(seen, NET_STREAM_END), 1);
}

static void takes_up_a_connection_that_outlives_its_reset(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "one");
    talk(seen, TALK_PHONE, RST, 1004, 0, "");
    talk(seen, TALK_PHONE, ACK, 1004, 9001, "on its way");
    assert_string_equal(seen->text->str, "one");
    seen->now += 2 * NSEC_SEC;
    talk(seen, TALK_PHONE, ACK, 1014, 9001, "two");
    assert_string_equal(seen->text->str, "onetwo");
    assert_int_equal(seen_count(seen, NET_STREAM_END), 1);
}

static void tells_of_a_reset_for_an_unknown_connection(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk(seen, TALK_SERVER, RST, 9001, 0, "");
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "");
    assert_int_equal(seen->events->len, 1);
    assert_int_equal(seen_event(seen, 0)->kind, NET_EVENT_RESET);
}

static void ends_a_direction_where_the_fin_stands(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK | FIN, 1004, 9001, "two");
    assert_int_equal(seen_count_events(seen, NET_EVENT_CLOSE), 1);
    assert_int_equal(seen_count(seen, NET_STREAM_END), 0);
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "one");
    assert_string_equal(seen->text->str, "onetwo");
    assert_int_equal(seen_count(seen, NET_STREAM_END), 1);
    talk(seen, TALK_PHONE, ACK, 1007, 9001, "beyond");
    assert_string_equal(seen->text->str, "onetwo");
    assert_int_equal(seen_stats(seen)->tcp_outside, 1);
}

static void gives_nothing_from_behind_the_end(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK, 1010, 9001, "beyond");
    talk(seen, TALK_PHONE, ACK | FIN, 1001, 9001, "one");
    seen_finish(seen);
    assert_string_equal(seen->text->str, "one");
    assert_int_equal(seen_stats(seen)->gaps, 0);
}

static void marks_a_repeated_reset_as_a_copy(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, RST, 1001, 0, "");
    talk(seen, TALK_PHONE, RST, 1001, 0, "");
    assert_false(seen_event(seen, 3)->copy);
    assert_true(seen_event(seen, 4)->copy);
}

static void marks_a_repeated_fin_as_a_copy(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK | FIN, 1001, 9001, "");
    talk(seen, TALK_PHONE, ACK | FIN, 1001, 9001, "");
    assert_false(seen_event(seen, 3)->copy);
    assert_true(seen_event(seen, 4)->copy);
}

static void ignores_a_single_segment_far_off(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "one");
    talk(seen, TALK_PHONE, ACK, 2000000000u, 9001, "injected");
    talk(seen, TALK_PHONE, ACK, 1004, 9001, "two");
    seen_finish(seen);
    assert_string_equal(seen->text->str, "onetwo");
    assert_int_equal(seen_stats(seen)->tcp_outside, 1);
    assert_int_equal(seen_stats(seen)->gaps, 0);
}

static void finds_a_new_connection_whose_syn_was_missed(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "old");
    talk(seen, TALK_PHONE, ACK, 2000000000u, 1, "lost ");
    talk(seen, TALK_PHONE, ACK, 2000000005u, 1, "new");
    assert_string_equal(seen->text->str, "oldnew");
    assert_true(seen_payload(seen, 2)->meta.anomalies & NET_MIDSTREAM);
    assert_true(seen_payload(seen, 2)->stream > seen_payload(seen, 0)->stream);
}

static void takes_one_direction_alone(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk(seen, TALK_SERVER, SYN | ACK, 9000, 1001, "");
    talk(seen, TALK_SERVER, ACK, 9001, 1101, "one");
    talk(seen, TALK_SERVER, ACK, 9004, 1201, "two");
    seen_finish(seen);
    assert_string_equal(seen->text->str, "onetwo");
    assert_int_equal(seen_count(seen, NET_STREAM_END), 1);
}

static void keeps_captures_of_two_places_apart(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    for (unsigned place = 1; place <= 2; place++) {
        seen->place = place;
        talk_open(seen, 1000, 9000);
        talk(seen, TALK_PHONE, ACK, 1001, 9001, "one");
    }
    assert_string_equal(seen->text->str, "oneone");
    assert_int_equal(seen_stats(seen)->tcp_copies, 0);
}

static void forgets_idle_connections_and_ends_their_streams(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "one");
    net_decoder_advance(seen->decoder, seen->now + 2 * 3600 * NSEC_SEC);
    assert_int_equal(seen_count(seen, NET_STREAM_END), 0);
    net_decoder_advance(seen->decoder, seen->now + 3 * 3600 * NSEC_SEC);
    assert_int_equal(seen_count(seen, NET_STREAM_END), 1);
    assert_int_equal(seen_payload(seen, 1)->meta.ref.frame, 4);
}

static void survives_a_flood_of_syns(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    CacheStats tables[8];

    seen->sink.event = NULL;
    seen->config.max_streams = 1000;
    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "one");
    for (unsigned i = 0; i < 20000; i++) {
        g_autofree char *src = g_strdup_printf("10.1.%u.%u", i / 256, i % 256);

        seen_push(seen, packet_ipv4(packet_tcp(packet(""), 1 + i, 5060, i, 0, SYN), src, SERVER, 6,
                                    1 + i, 0));
    }
    talk(seen, TALK_PHONE, ACK, 1004, 9001, "two");
    assert_string_equal(seen->text->str, "onetwo");
    assert_int_equal(seen_payload(seen, 0)->stream, seen_payload(seen, 1)->stream);

    unsigned n = net_decoder_tables(seen->decoder, tables, 8);

    assert_string_equal(tables[n - 1].name, "net.half_open");
    assert_int_equal(tables[n - 1].items, 250);
    assert_int_equal(tables[n - 2].items, 1);
}

static void bounds_the_table_of_connections(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen->config.max_streams = 100;
    for (unsigned port = 1; port <= 1000; port++)
        seen_push(seen, packet_ip(packet_tcp(packet("x"), port, 5060, 1, 0, ACK), 6));
    assert_int_equal(seen_count(seen, NET_STREAM_END), 900);
    seen_finish(seen);
    assert_int_equal(seen_count(seen, NET_STREAM_END), 1000);
}

static void keeps_an_idle_connection_small(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    CacheStats tables[8];

    talk_open(seen, 1000, 9000);
    talk(seen, TALK_PHONE, ACK, 1001, 9001, "one");

    unsigned n = net_decoder_tables(seen->decoder, tables, 8);

    assert_string_equal(tables[n - 2].name, "net.streams");
    assert_true(tables[n - 2].bytes <= 208);
}

static void stands_any_flags_in_any_order(void **state)
{
    static const uint32_t seqs[] = { 0, 1, 1000, 1001, 1010, 0x80000000u, UINT32_MAX };
    uint32_t random = 1;

    for (unsigned round = 0; round < 300; round++) {
        g_autoptr(Seen) seen = seen_new();

        for (unsigned i = 0; i < 40; i++) {
            random = random * 1664525 + 1013904223;

            uint32_t seq = seqs[(random >> 8) % 7] + (random >> 28);
            uint32_t ack = seqs[(random >> 16) % 7] + (random >> 29);

            seen->now += random % 5 * NSEC_SEC;
            talk(seen, random >> 31 ? TALK_PHONE : TALK_SERVER, (random >> 12) & 0x17, seq, ack,
                 (random >> 20) & 1 ? "0123456789" : "");
        }
        seen_finish(seen);
        seen_check_conservation(seen);
        assert_true(seen_count(seen, NET_STREAM_END) <= seen->payloads->len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_how_a_connection_opens_and_closes),
        cmocka_unit_test(marks_a_repeated_syn_as_a_copy),
        cmocka_unit_test(tells_of_a_refused_connection),
        cmocka_unit_test(numbers_each_direction_once),
        cmocka_unit_test(ends_the_old_streams_when_a_port_is_used_again),
        cmocka_unit_test(takes_data_that_comes_with_the_syn),
        cmocka_unit_test(understands_a_simultaneous_open),
        cmocka_unit_test(knows_the_start_from_the_answer_when_the_syn_was_missed),
        cmocka_unit_test(forgives_a_syn_that_the_capture_shows_late),
        cmocka_unit_test(believes_a_reset_only_inside_the_window),
        cmocka_unit_test(gives_what_waits_before_the_reset),
        cmocka_unit_test(takes_up_a_connection_that_outlives_its_reset),
        cmocka_unit_test(tells_of_a_reset_for_an_unknown_connection),
        cmocka_unit_test(ends_a_direction_where_the_fin_stands),
        cmocka_unit_test(gives_nothing_from_behind_the_end),
        cmocka_unit_test(marks_a_repeated_reset_as_a_copy),
        cmocka_unit_test(marks_a_repeated_fin_as_a_copy),
        cmocka_unit_test(ignores_a_single_segment_far_off),
        cmocka_unit_test(finds_a_new_connection_whose_syn_was_missed),
        cmocka_unit_test(takes_one_direction_alone),
        cmocka_unit_test(keeps_captures_of_two_places_apart),
        cmocka_unit_test(forgets_idle_connections_and_ends_their_streams),
        cmocka_unit_test(survives_a_flood_of_syns),
        cmocka_unit_test(bounds_the_table_of_connections),
        cmocka_unit_test(keeps_an_idle_connection_small),
        cmocka_unit_test(stands_any_flags_in_any_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
