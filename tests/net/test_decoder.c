/*
 * Frames of every kind through the whole of the folder.
 */

#include "net/decoder.h"

#include "seen.h"

#define REGISTER "REGISTER sip:example.com SIP/2.0\r\n\r\n"

static Packet *register_packet(void)
{
    return packet_ip(packet_udp(packet(REGISTER), 5060, 5060), 17);
}

static Packet *register_frame(void)
{
    return packet_ethernet(register_packet(), 0x0800);
}

/* The same REGISTER with tags and labels in front of it. */
static Packet *tagged_frame(unsigned kind)
{
    switch (kind) {
    case 0:
        return register_frame();
    case 1: /* QinQ */
        return packet_ethernet(
            packet_prepend_bytes(register_packet(), 0, 1, 0x81, 0, 0, 2, 0x08, 0), 0x88a8);
    case 2: /* PPPoE */
        return packet_ethernet(
            packet_prepend_bytes(register_packet(), 0x11, 0, 0, 1, 2, 0, 0, 0x21), 0x8864);
    case 3: /* MPLS */
        return packet_ethernet(packet_prepend_bytes(register_packet(), 0, 1, 0, 9, 0, 2, 1, 9),
                               0x8847);
    case 4: /* MPLS pseudowire */
        return packet_ethernet(packet_prepend_bytes(register_frame(), 0, 1, 1, 9, 0, 0, 0, 0),
                               0x8847);
    case 5: /* SNAP */
        return packet_ethernet(
            packet_prepend_bytes(register_packet(), 0xaa, 0xaa, 3, 0, 0, 0, 8, 0), 500);
    default:
        return NULL;
    }
}

static Packet *tunnelled_frame(unsigned kind)
{
    switch (kind) {
    case 6: /* GRE */
        return packet_ethernet(packet_ip(packet_prepend_bytes(register_packet(), 0, 0, 8, 0), 47),
                               0x0800);
    case 7: /* ERSPAN type I */
        return packet_ethernet(
            packet_ip(packet_prepend_bytes(register_frame(), 0, 0, 0x88, 0xbe), 47), 0x0800);
    case 8: /* IP in IP */
        return packet_ethernet(packet_ip(register_packet(), 4), 0x0800);
    case 9: /* 4in6 */
        return packet_ethernet(packet_ipv6(register_packet(), PHONE6, SERVER6, 4), 0x86dd);
    case 10:
        return packet_ethernet(packet_ip(packet_vxlan(register_frame()), 17), 0x0800);
    case 11: /* GTP-U */
        return packet_ethernet(
            packet_ip(packet_udp(packet_prepend_bytes(register_packet(), 0x30, 255, 0,
                                                      28 + sizeof(REGISTER) - 1, 0, 0, 0, 1),
                                 2152, 2152),
                      17),
            0x0800);
    default:
        return NULL;
    }
}

/* In all ways in which a capture may hold it; NULL behind the last. */
static Packet *frame_of_kind(unsigned kind, uint16_t *link)
{
    *link = 1;
    if (kind <= 5)
        return tagged_frame(kind);
    if (kind <= 11)
        return tunnelled_frame(kind);
    switch (kind) {
    case 12: /* Linux cooked */
        *link = 113;
        return packet_prepend_bytes(register_packet(), 0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 8,
                                    0);
    case 13:
        *link = 276;
        return packet_prepend_bytes(register_packet(), 8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 1, 2, 3,
                                    4, 5, 6, 0, 0);
    case 14:
        *link = 0;
        return packet_prepend_bytes(register_packet(), 2, 0, 0, 0);
    case 15:
        *link = 9;
        return packet_prepend_bytes(register_packet(), 0xff, 3, 0, 0x21);
    case 16:
        *link = 239;
        return packet_prepend_bytes(register_packet(), 2, 0, 0, 0, 4 + 28 + sizeof(REGISTER) - 1, 0,
                                    9, 0);
    case 17:
        *link = 101;
        return packet_ipv6(packet_udp(packet(REGISTER), 5060, 5060), PHONE6, SERVER6, 17);
    default:
        return NULL;
    }
}

static void finds_the_message_in_every_wrapping(void **state)
{
    uint16_t link;

    for (unsigned kind = 0;; kind++) {
        g_autoptr(Seen) seen = seen_new();
        Packet *frame = frame_of_kind(kind, &link);

        if (frame == NULL) {
            assert_int_equal(kind, 18);
            break;
        }
        seen_push_link(seen, link, frame);
        assert_int_equal(seen->payloads->len, 1);
        assert_string_equal(seen->text->str, REGISTER);
        assert_int_equal(seen_payload(seen, 0)->meta.anomalies,
                         kind >= 6 && kind <= 11 ? NET_TUNNELLED : 0);
        assert_int_equal(seen_stats(seen)->deepest_tunnel, kind >= 6 && kind <= 11);
        seen_check_conservation(seen);
    }
}

static void survives_any_cut(void **state)
{
    uint16_t link;

    for (unsigned kind = 0; kind < 18; kind++) {
        g_autoptr(Packet) frame = frame_of_kind(kind, &link);
        g_autoptr(Seen) seen = seen_new();

        for (size_t len = 0; len < frame->len; len++)
            seen_push_cut(seen, link, frame, len, frame->len);
        for (unsigned i = 0; i < seen->payloads->len; i++) {
            const GString *bytes = g_array_index(seen->payloads, SeenPayload, i).bytes;

            assert_true(seen_payload(seen, i)->meta.anomalies & NET_TRUNCATED);
            /* A tunnel whose inner header is cut off is a datagram like any other. */
            assert_true(g_str_has_prefix(REGISTER, bytes->str)
                        || g_strstr_len(bytes->str, (gssize)bytes->len, "SIP") == NULL);
        }
        assert_int_equal(seen_stats(seen)->malformed, 0); /* cut is not malformed */
        seen_check_conservation(seen);
    }
}

static void survives_every_changed_byte(void **state)
{
    uint16_t link;

    for (unsigned kind = 0; kind < 18; kind++) {
        g_autoptr(Packet) frame = frame_of_kind(kind, &link);
        g_autoptr(Seen) seen = seen_new();

        for (size_t i = 0; i < frame->len; i++) {
            static const uint8_t values[] = { 0, 1, 4, 0x7f, 0x80, 0xff };
            uint8_t old = frame->data[i];

            for (size_t v = 0; v < sizeof(values); v++) {
                frame->data[i] = values[v];
                seen_push_cut(seen, link, frame, frame->len, frame->len);
            }
            frame->data[i] = old;
        }
        seen_finish(seen);
        seen_check_conservation(seen);
    }
}

static void describes_the_packet(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    char text[NET_ENDPOINT_TEXT];

    seen_push(seen,
              packet_ipv4(packet_udp(packet(REGISTER), 5061, 5060), PHONE, SERVER, 17, 0xabcd, 0));

    const NetPayload *payload = seen_payload(seen, 0);

    assert_int_equal(payload->kind, NET_DATAGRAM);
    assert_int_equal(payload->stream, 0);
    assert_int_equal(payload->meta.ref.frame, 1);
    assert_int_equal(payload->meta.first_ref.frame, 1);
    assert_true(payload->meta.time == seen->now);
    assert_int_equal(payload->meta.ip_id, 0xabcd);
    assert_int_equal(payload->meta.ip_size, 28 + sizeof(REGISTER) - 1);
    assert_int_equal(payload->meta.ttl, 64);
    assert_int_equal(payload->meta.fragments, 0);
    assert_int_equal(payload->meta.flow.transport, NET_UDP);
    assert_string_equal(net_endpoint_to_text(&payload->meta.flow.src, text), PHONE ":5061");
    assert_string_equal(net_endpoint_to_text(&payload->meta.flow.dst, text), SERVER ":5060");
}

static void sees_no_ghost_of_the_packet_before(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = register_frame();
    g_autoptr(Packet) headers = register_frame();

    inet_pton(AF_INET, "192.0.2.66", headers->data + 26);
    seen_push_cut(seen, 1, whole, whole->len, whole->len);
    seen_push_cut(seen, 1, headers, 42, headers->len);
    assert_int_equal(seen->payloads->len, 2);
    assert_int_equal(seen_payload(seen, 1)->bytes.len, 0);
    assert_true(seen_payload(seen, 1)->meta.anomalies & NET_TRUNCATED);
    assert_false(seen_payload(seen, 0)->meta.anomalies & NET_TRUNCATED);
    assert_string_equal(seen->text->str, REGISTER);
    assert_int_equal(seen_stats(seen)->truncated, 1);
}

static void marks_lengths_that_lie(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    Packet *longer = register_packet();
    Packet *shorter = register_packet();
    Packet *open = register_packet();

    packet_put16(longer->data + 24, 2000);
    packet_put16(shorter->data + 24, 16);
    packet_put16(open->data + 2, 0);
    g_byte_array_append(open, (const guint8 *)"padding", 7);
    seen_push(seen, longer);
    seen_push(seen, shorter);
    seen_push(seen, open);
    assert_true(seen_payload(seen, 0)->meta.anomalies & NET_LENGTH_LIES);
    assert_string_equal(seen_bytes(seen, 0), REGISTER);
    assert_true(seen_payload(seen, 1)->meta.anomalies & NET_LENGTH_LIES);
    assert_string_equal(seen_bytes(seen, 1), "REGISTER");
    assert_int_equal(seen_payload(seen, 2)->meta.anomalies, 0);
    assert_string_equal(seen_bytes(seen, 2), REGISTER);
}

static void stops_at_four_tunnels(void **state)
{
    for (unsigned depth = 0; depth < 40; depth++) {
        g_autoptr(Seen) seen = seen_new();
        Packet *wire = register_packet();

        for (unsigned i = 0; i < depth; i++)
            wire = packet_ip(wire, 4);
        seen_push(seen, wire);
        assert_int_equal(seen->payloads->len, depth <= 4);
        assert_int_equal(seen_stats(seen)->other, depth > 4);
        assert_int_equal(seen_stats(seen)->deepest_tunnel, MIN(depth, 4));
        seen_check_conservation(seen);
    }
}

static void stops_at_wrappings_without_ip(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    Packet *frame = register_frame();

    for (unsigned i = 0; i < 1000; i++) /* pseudowires inside pseudowires */
        frame = packet_ethernet(packet_prepend_bytes(frame, 0, 1, 1, 9), 0x8847);
    seen_push_link(seen, 1, frame);
    assert_int_equal(seen->payloads->len, 0);
    assert_int_equal(seen_stats(seen)->undecoded, 1);
    seen_check_conservation(seen);
}

static void takes_a_plain_datagram_on_a_tunnel_port(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen_push(seen, packet_ip(packet_udp(packet(REGISTER), 5060, 4789), 17));
    assert_string_equal(seen->text->str, REGISTER);
    assert_int_equal(seen_payload(seen, 0)->meta.anomalies, 0);
}

static void joins_fragments_of_a_tunnel(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) inner = packet_vxlan(register_frame());

    for (unsigned i = 0; i * 32 < inner->len; i++) {
        Str part = str_first(str_from(packet_str(inner), i * 32), 32);
        bool more = (i + 1) * 32 < inner->len;

        seen_push(seen, packet_ipv4(packet_of(part), PHONE, SERVER, 17, 1, i * 4 | more << 13));
    }
    assert_string_equal(seen->text->str, REGISTER);
    assert_int_equal(seen_payload(seen, 0)->meta.anomalies, NET_TUNNELLED | NET_REASSEMBLED);
    seen_check_conservation(seen);
}

static bool starts_with_a_letter(Str bytes, const NetFlow *flow, void *user)
{
    return bytes.len > 0 && g_ascii_isalpha(bytes.data[0]);
}

static void asks_before_it_gives_a_datagram(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen->sink.wanted = starts_with_a_letter;
    seen_push(seen, packet_ip(packet_udp(packet("\x80 RTP"), 4000, 4000), 17));
    seen_push(seen, register_packet());
    assert_int_equal(seen->payloads->len, 1);
    assert_int_equal(seen_stats(seen)->other, 1);
    assert_int_equal(seen_stats(seen)->datagrams, 1);
    seen_check_conservation(seen);
}

static void counts_each_frame_under_one_name(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    Packet *ethernet_of_nothing = packet_ethernet(packet(""), 0x0800);

    seen_push_link(seen, 1, packet_ethernet(packet("who has"), 0x0806)); /* undecoded */
    seen_push_link(seen, 147, packet("private"));                        /* undecoded */
    seen_push_link(seen, 1, ethernet_of_nothing);                        /* malformed */
    seen_push(seen, packet_ip(packet("ospf"), 89));                      /* other */
    seen_push(seen, packet_ip(packet("short"), 17));                     /* malformed */
    seen_push(seen, packet_ip(packet("short"), 6));                      /* malformed */
    seen_push(seen, packet_ip(packet_tcp(packet(""), 1, 2, 3, 4, 2), 6));
    seen_push(seen, register_packet());
    assert_int_equal(seen_stats(seen)->frames, 8);
    assert_int_equal(seen_stats(seen)->undecoded, 5);
    assert_int_equal(seen_stats(seen)->malformed, 3);
    assert_int_equal(seen_stats(seen)->other, 1);
    assert_int_equal(seen_stats(seen)->tcp_segments, 1);
    assert_int_equal(seen_stats(seen)->datagrams, 1);
    seen_check_conservation(seen);
}

static void takes_an_empty_frame(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen_push_link(seen, 1, packet(""));
    seen_push_link(seen, 101, packet(""));
    assert_int_equal(seen_stats(seen)->undecoded, 2);
    seen_check_conservation(seen);
}

static void needs_no_callback(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    seen->sink = (NetSink){ 0 };
    seen_push(seen, register_packet());
    seen_push(seen, packet_ip(packet_tcp(packet("x"), 1, 2, 3, 4, 2), 6));
    seen_push(seen, packet_ip(packet_tcp(packet("x"), 1, 2, 3, 4, 4), 6));
    seen_finish(seen);
    seen_check_conservation(seen);
}

static void stands_any_time(void **state)
{
    static const Nsec times[] = { 0, INT64_MAX, INT64_MIN, -1, 1000, INT64_MAX, 0 };
    g_autoptr(Seen) seen = seen_new();

    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        seen->now = times[i];
        seen_push(seen, register_packet());
        seen_push(seen, packet_ip(packet_tcp(packet("x"), 1, 2, (uint32_t)i * 5, 0, 0x10), 6));
        seen_push(seen, packet_ipv4(packet("12345678"), PHONE, SERVER, 17, 1 + i, 0x2000));
        net_decoder_advance(seen->decoder, times[i]);
    }
    seen_finish(seen);
    assert_int_equal(seen_stats(seen)->datagrams, G_N_ELEMENTS(times));
    seen_check_conservation(seen);
}

static void names_its_tables(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    CacheStats tables[8];

    seen_push(seen, register_packet());
    assert_int_equal(net_decoder_tables(seen->decoder, tables, 8), 4);
    assert_string_equal(tables[0].name, "net.fragments");
    assert_string_equal(tables[1].name, "net.duplicates");
    assert_string_equal(tables[2].name, "net.streams");
    assert_string_equal(tables[3].name, "net.half_open");
    for (unsigned max = 0; max < 4; max++)
        assert_int_equal(net_decoder_tables(seen->decoder, tables, max), max);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_message_in_every_wrapping),
        cmocka_unit_test(survives_any_cut),
        cmocka_unit_test(survives_every_changed_byte),
        cmocka_unit_test(describes_the_packet),
        cmocka_unit_test(sees_no_ghost_of_the_packet_before),
        cmocka_unit_test(marks_lengths_that_lie),
        cmocka_unit_test(stops_at_four_tunnels),
        cmocka_unit_test(stops_at_wrappings_without_ip),
        cmocka_unit_test(takes_a_plain_datagram_on_a_tunnel_port),
        cmocka_unit_test(joins_fragments_of_a_tunnel),
        cmocka_unit_test(asks_before_it_gives_a_datagram),
        cmocka_unit_test(counts_each_frame_under_one_name),
        cmocka_unit_test(takes_an_empty_frame),
        cmocka_unit_test(needs_no_callback),
        cmocka_unit_test(stands_any_time),
        cmocka_unit_test(names_its_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
