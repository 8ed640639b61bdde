/*
 * The same packet twice, and what only looks like it.
 */

#include "net/duplicate.h"

#include "seen.h"

#define REGISTER "REGISTER sip:example.com SIP/2.0"

static Packet *message(const char *src, unsigned id, const char *text)
{
    return packet_ipv4(packet_udp(packet(text), 5060, 5060), src, SERVER, 17, id, 0);
}

static Packet *message6(const char *text)
{
    return packet_ipv6(packet_udp(packet(text), 5060, 5060), PHONE6, SERVER6, 17);
}

static void lets_the_first_of_two_copies_out(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen_push(seen, message(PHONE, 7, REGISTER));
    seen->now += 2 * NSEC_MSEC;
    seen_push(seen, message(PHONE, 7, REGISTER));
    assert_int_equal(seen->payloads->len, 1);
    assert_int_equal(seen_payload(seen, 0)->meta.ref.frame, 1);
    assert_int_equal(seen_stats(seen)->duplicates, 1);
    assert_int_equal(seen_stats(seen)->duplicates_routed, 0);
    assert_int_equal(seen_event(seen, 0)->kind, NET_EVENT_DUPLICATE);
    assert_int_equal(seen_event(seen, 0)->meta.ref.frame, 2);
    seen_check_conservation(seen);
}

static void does_not_mind_tags_and_link_types(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen_push(seen, message(PHONE, 7, REGISTER));
    seen_push_link(seen, 1, packet_ethernet(message(PHONE, 7, REGISTER), 0x0800));
    seen_push_link(
        seen, 1,
        packet_ethernet(packet_prepend_bytes(message(PHONE, 7, REGISTER), 0, 9, 8, 0), 0x8100));
    assert_int_equal(seen->payloads->len, 1);
    assert_int_equal(seen_stats(seen)->duplicates, 2);
}

static void notes_a_copy_behind_a_router(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    Packet *routed = message(PHONE, 7, REGISTER);

    routed->data[8]--;
    seen_push(seen, message(PHONE, 7, REGISTER));
    seen_push(seen, routed);
    assert_int_equal(seen->payloads->len, 1);
    assert_int_equal(seen_stats(seen)->duplicates_routed, 1);
}

static void lets_retransmissions_out(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen_push(seen, message(PHONE, 7, REGISTER));
    seen_push(seen, message(PHONE, 8, REGISTER)); /* another ID: sent again */
    seen->now += 100 * NSEC_MSEC;
    seen_push(seen, message(PHONE, 7, REGISTER)); /* an ID again, but late */
    assert_int_equal(seen->payloads->len, 3);
    assert_int_equal(seen_stats(seen)->duplicates, 0);
}

static void lets_other_bytes_under_the_same_id_out(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen_push(seen, message(PHONE, 7, REGISTER));
    seen_push(seen, message(PHONE, 7, "REGISTER sip:example.org SIP/2.0"));
    seen_push(seen, message(PHONE, 7, "REGISTER"));
    assert_int_equal(seen->payloads->len, 3);
}

static void lets_both_legs_of_a_nat_out(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    Packet *outside = message("203.0.113.2", 7, REGISTER);

    outside->data[8]--;
    seen_push(seen, message(PHONE, 7, REGISTER)); /* bridge port */
    seen_push(seen, message(PHONE, 7, REGISTER)); /* bridge */
    seen_push(seen, outside);                     /* WAN */
    assert_int_equal(seen->payloads->len, 2);
    assert_int_equal(seen_stats(seen)->duplicates, 1);
}

static void believes_copies_without_an_id_only_for_a_moment(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen_push(seen, message6(REGISTER));
    seen_push(seen, message(PHONE, 0, REGISTER));
    seen->now += 100 * NSEC_USEC;
    seen_push(seen, message6(REGISTER));
    seen_push(seen, message(PHONE, 0, REGISTER));
    assert_int_equal(seen->payloads->len, 2);
    seen->now += 5 * NSEC_MSEC;
    seen_push(seen, message6(REGISTER));
    seen_push(seen, message(PHONE, 0, REGISTER));
    assert_int_equal(seen->payloads->len, 4);
}

static void does_not_guess_without_times(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen->no_time = true;
    seen_push(seen, message6(REGISTER));
    seen_push(seen, message6(REGISTER));
    assert_int_equal(seen->payloads->len, 2);
}

static void takes_captures_at_two_places_for_two_witnesses(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen_push(seen, message(PHONE, 7, REGISTER));
    seen->place = 1;
    seen_push(seen, message(PHONE, 7, REGISTER));
    assert_int_equal(seen->payloads->len, 2);
}

static void can_be_switched_off(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen->config.duplicate_window = 0;
    seen_push(seen, message(PHONE, 7, REGISTER));
    seen_push(seen, message(PHONE, 7, REGISTER));
    assert_int_equal(seen->payloads->len, 2);
}

static void does_not_take_a_copied_segment_for_a_retransmission(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    for (int i = 0; i < 2; i++) {
        seen_push(seen, packet_ipv4(packet_tcp(packet("hello"), 5060, 5060, 1, 1, 0x18), PHONE,
                                    SERVER, 6, 9, 0));
    }
    assert_int_equal(seen_stats(seen)->tcp_segments, 1);
    assert_int_equal(seen_stats(seen)->tcp_copies, 0);
    assert_int_equal(seen_stats(seen)->duplicates, 1);
    assert_string_equal(seen->text->str, "hello");
    seen_check_conservation(seen);
}

static void takes_a_copied_icmp_error_once(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    for (int i = 0; i < 2; i++) {
        Packet *error = packet_prepend_bytes(message(PHONE, 1, "x"), 3, 3, 0, 0, 0, 0, 0, 0);

        seen_push(seen, packet_ipv4(error, SERVER, PHONE, 1, 4, 0));
    }
    assert_int_equal(seen_stats(seen)->icmp_errors, 1);
    assert_int_equal(seen_stats(seen)->duplicates, 1);
    seen_check_conservation(seen);
}

static void finds_copies_among_many_packets(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    char text[600];

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    for (unsigned i = 0; i < 6000; i++) { /* more bytes than are remembered */
        unsigned id = 1 + i % 60000;

        seen->now += 20 * NSEC_USEC;
        g_snprintf(text, 20, "%019u", i);
        text[19] = 'x';
        seen_push(seen, message(PHONE, id, text));
        if (i % 3 == 0)
            seen_push(seen, message(PHONE, id, text));
    }
    assert_int_equal(seen->payloads->len, 6000);
    assert_int_equal(seen_stats(seen)->duplicates, 2000);
}

static void compares_the_largest_datagrams(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    for (unsigned i = 0; i < 100; i++) {
        for (unsigned copy = 0; copy < 2; copy++) {
            Packet *large = packet_udp(packet_counting(65000 + i), 5060, 5060);

            seen_push(seen, packet_ipv4(large, PHONE, SERVER, 17, 1 + i, 0));
        }
    }
    assert_int_equal(seen->payloads->len, 100);
    assert_int_equal(seen_stats(seen)->duplicates, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_the_first_of_two_copies_out),
        cmocka_unit_test(does_not_mind_tags_and_link_types),
        cmocka_unit_test(notes_a_copy_behind_a_router),
        cmocka_unit_test(lets_retransmissions_out),
        cmocka_unit_test(lets_other_bytes_under_the_same_id_out),
        cmocka_unit_test(lets_both_legs_of_a_nat_out),
        cmocka_unit_test(believes_copies_without_an_id_only_for_a_moment),
        cmocka_unit_test(does_not_guess_without_times),
        cmocka_unit_test(takes_captures_at_two_places_for_two_witnesses),
        cmocka_unit_test(can_be_switched_off),
        cmocka_unit_test(does_not_take_a_copied_segment_for_a_retransmission),
        cmocka_unit_test(takes_a_copied_icmp_error_once),
        cmocka_unit_test(finds_copies_among_many_packets),
        cmocka_unit_test(compares_the_largest_datagrams),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
