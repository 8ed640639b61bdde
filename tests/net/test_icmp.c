/*
 * ICMP errors and what they quote.
 */

#include "net/icmp.h"

#include "seen.h"

/* An ICMP message that quotes a datagram of the phone's to the server. */
static Packet *error_of(unsigned type, unsigned code, unsigned rest, Packet *quote)
{
    uint8_t header[8] = { (uint8_t)type, (uint8_t)code };

    packet_put32(header + 4, rest);
    packet_prepend(quote, header, sizeof(header));
    return packet_ipv4(quote, "203.0.113.1", PHONE, 1, 77, 0);
}

static Packet *error6_of(unsigned type, unsigned code, unsigned rest, Packet *quote)
{
    uint8_t header[8] = { (uint8_t)type, (uint8_t)code };

    packet_put32(header + 4, rest);
    packet_prepend(quote, header, sizeof(header));
    return packet_ipv6(quote, "2001:db8:9::1", PHONE6, 58);
}

static Packet *quoted_udp(const char *text)
{
    return packet_ipv4(packet_udp(packet(text), 5061, 5060), PHONE, SERVER, 17, 5, 0);
}

static void names_the_flow_that_failed_and_who_says_so(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    char text[NET_ENDPOINT_TEXT];

    seen_push(seen, error_of(3, 3, 0, quoted_udp("REGISTER sip:example.com")));
    assert_int_equal(seen->events->len, 1);

    const NetEvent *event = seen_event(seen, 0);

    assert_int_equal(event->kind, NET_EVENT_ICMP);
    assert_int_equal(event->icmp_type, 3);
    assert_int_equal(event->icmp_code, 3);
    assert_int_equal(event->icmp_mtu, 0);
    assert_string_equal(net_addr_to_text(&event->reporter, text), "203.0.113.1");
    assert_string_equal(net_endpoint_to_text(&event->meta.flow.src, text), PHONE ":5061");
    assert_string_equal(net_endpoint_to_text(&event->meta.flow.dst, text), SERVER ":5060");
    assert_int_equal(event->meta.flow.transport, NET_UDP);
    assert_int_equal(event->meta.ref.frame, 1);
    assert_int_equal(event->meta.ip_id, 77);
    assert_string_equal(g_array_index(seen->events, SeenEvent, 0).bytes->str,
                        "REGISTER sip:example.com");
    seen_check_conservation(seen);
}

static void never_takes_the_quote_for_a_message(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen_push(seen, error_of(11, 0, 0, quoted_udp("REGISTER sip:example.com")));
    assert_int_equal(seen->payloads->len, 0);
    assert_int_equal(seen_stats(seen)->icmp_errors, 1);
}

static void reads_the_mtu(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    Packet *quote = packet_ipv6(packet_udp(packet("x"), 5061, 5060), PHONE6, SERVER6, 17);

    seen_push(seen, error_of(3, 4, 1400, quoted_udp("x")));
    seen_push(seen, error6_of(2, 0, 1280, quote));
    assert_int_equal(seen_event(seen, 0)->icmp_mtu, 1400);
    assert_int_equal(seen_event(seen, 1)->icmp_mtu, 1280);
}

static void takes_every_mtu_a_packet_can_claim(void **state)
{
    static const unsigned claims[] = { 0, 1, 0xffff, 0x10000, 0xffffffff };

    for (size_t i = 0; i < G_N_ELEMENTS(claims); i++) {
        g_autoptr(Seen) seen = seen_new();
        Packet *quote = packet_ipv6(packet_udp(packet("x"), 5061, 5060), PHONE6, SERVER6, 17);

        seen_push(seen, error6_of(2, 0, claims[i], quote));
        assert_int_equal(seen_event(seen, 0)->icmp_mtu, MIN(claims[i], 0xffff));
    }
}

static void quotes_tcp_with_as_little_as_eight_bytes(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    Packet *quote =
        packet_ipv4(packet_tcp(packet("hello"), 40000, 5060, 1, 0, 0), PHONE, SERVER, 6, 5, 0);

    g_byte_array_set_size(quote, 28);
    seen_push(seen, error_of(3, 1, 0, quote));

    const NetEvent *event = seen_event(seen, 0);

    assert_int_equal(event->meta.flow.transport, NET_TCP);
    assert_int_equal(event->meta.flow.src.port, 40000);
    assert_int_equal(event->bytes.len, 0);
}

static void leaves_out_the_extensions_behind_the_quote(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    Packet *quote = quoted_udp("0123456789abcdef0123456789abcdef0123456789abcdef"
                               "0123456789abcdef0123456789abcdef0123456789abcdef");

    packet_put16(quote->data + 2, 1000); /* the quoted packet was longer */
    g_byte_array_set_size(quote, 100);
    g_byte_array_append(quote, (const guint8 *)"\x20\x00\x00\x00mpls", 8);
    seen_push(seen, error_of(11, 0, 25 << 16, quote));
    assert_int_equal(seen_event(seen, 0)->bytes.len, 100 - 28);
}

static void counts_other_messages_as_such(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen_push(seen, error_of(8, 0, 0, packet("ping")));  /* echo */
    seen_push(seen, error_of(5, 1, 0, quoted_udp("x"))); /* redirect */
    seen_push(seen, error6_of(135, 0, 0, packet("neighbour")));
    seen_push(seen, error_of(3, 3, 0, error_of(3, 3, 0, quoted_udp("x")))); /* quotes an error */
    seen_push(seen,
              error_of(11, 1, 0, packet_ipv4(packet("12345678"), PHONE, SERVER, 17, 5, 0x00b9)));
    assert_int_equal(seen->events->len, 0);
    assert_int_equal(seen_stats(seen)->other, 5);
    assert_int_equal(seen_stats(seen)->icmp_errors, 0);
    seen_check_conservation(seen);
}

static void counts_quotes_of_nonsense_as_malformed(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen_push(seen, error_of(3, 3, 0, packet("this is no IP packet at all")));
    assert_int_equal(seen_stats(seen)->malformed, 1);
    seen_check_conservation(seen);
}

static void survives_any_cut(void **state)
{
    g_autoptr(Packet) four = error_of(3, 4, 17 << 16 | 1400, quoted_udp("REGISTER"));
    g_autoptr(Packet) six = error6_of(
        1, 4, 9u << 24, packet_ipv6(packet_tcp(packet("x"), 1, 2, 3, 4, 2), PHONE6, SERVER6, 6));
    const Packet *whole[] = { four, six };

    for (size_t i = 0; i < G_N_ELEMENTS(whole); i++) {
        g_autoptr(Seen) seen = seen_new();

        for (size_t len = 0; len < whole[i]->len; len++)
            seen_push_cut(seen, 101, whole[i], len, whole[i]->len);
        assert_int_equal(seen->payloads->len, 0);
        seen_check_conservation(seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_flow_that_failed_and_who_says_so),
        cmocka_unit_test(never_takes_the_quote_for_a_message),
        cmocka_unit_test(reads_the_mtu),
        cmocka_unit_test(takes_every_mtu_a_packet_can_claim),
        cmocka_unit_test(quotes_tcp_with_as_little_as_eight_bytes),
        cmocka_unit_test(leaves_out_the_extensions_behind_the_quote),
        cmocka_unit_test(counts_other_messages_as_such),
        cmocka_unit_test(counts_quotes_of_nonsense_as_malformed),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
