/*
 * Fragments: every order, copies, lies and floods.
 */

#include "net/defrag.h"

#include "seen.h"

typedef struct Part {
    const char *src;
    unsigned id;
    unsigned offset;
    unsigned len;
    bool more;
} Part;

/* A part of a datagram's IP payload, as one fragment. */
static Packet *cut(const Packet *whole, Part part)
{
    Str bytes = str_first(str_from(packet_str(whole), part.offset), part.len);
    unsigned field = part.offset / 8 | (part.more ? 0x2000 : 0);

    return packet_ipv4(packet_of(bytes), part.src != NULL ? part.src : PHONE, SERVER, 17, part.id,
                       field);
}

static Packet *cut6(const Packet *whole, Part part)
{
    Str bytes = str_first(str_from(packet_str(whole), part.offset), part.len);

    return packet_ipv6(packet_fragment6(packet_of(bytes), 17, part.id, part.offset | part.more),
                       PHONE6, SERVER6, 44);
}

/* Part 'i' of 'n' parts of 'size' bytes. */
static Part part_of(const Packet *whole, unsigned id, unsigned i, unsigned size)
{
    unsigned offset = i * size;

    return (Part){ .id = id, .offset = offset, .len = size, .more = offset + size < whole->len };
}

static Packet *datagram(size_t len)
{
    return packet_udp(packet_counting(len), 5060, 5060);
}

static void assert_whole(const Seen *seen, unsigned i, const Packet *whole)
{
    const GString *bytes = g_array_index(seen->payloads, SeenPayload, i).bytes;

    assert_int_equal(bytes->len, whole->len - 8);
    assert_memory_equal(bytes->str, whole->data + 8, bytes->len);
}

static void joins_fragments_in_every_order(void **state)
{
    g_autoptr(Packet) whole = datagram(32); /* five parts of eight bytes */

    for (unsigned order = 0; order < 5 * 5 * 5 * 5 * 5; order++) {
        g_autoptr(Seen) seen = seen_new();
        unsigned came = 0;

        for (unsigned i = 0, rest = order; i < 5; i++, rest /= 5) {
            came |= 1u << rest % 5;
            seen_push(seen, cut(whole, part_of(whole, 1, rest % 5, 8)));
        }
        assert_int_equal(seen->payloads->len, came == 0x1f);
        if (came == 0x1f)
            assert_whole(seen, 0, whole);
        seen_check_conservation(seen);
    }
}

static void tells_where_the_datagram_came_from(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(1600);

    seen_push(seen, cut(whole, part_of(whole, 9, 1, 1480)));
    seen_push(seen, cut(whole, part_of(whole, 9, 0, 1480)));

    const NetMeta *meta = &seen_payload(seen, 0)->meta;

    assert_int_equal(meta->ref.frame, 2);
    assert_int_equal(meta->first_ref.frame, 2);
    assert_int_equal(seen_payload(seen, 0)->n_parts, 2);
    assert_int_equal(seen_payload(seen, 0)->parts[0].frame, 2);
    assert_int_equal(seen_payload(seen, 0)->parts[1].frame, 1);
    assert_int_equal(meta->fragments, 2);
    assert_int_equal(meta->ip_size, 20 + 8 + 1600);
    assert_int_equal(meta->ip_id, 9);
    assert_int_equal(meta->flow.src.port, 5060);
    assert_int_equal(meta->anomalies, NET_REASSEMBLED);
    assert_int_equal(seen_stats(seen)->reassembled, 1);
    assert_int_equal(seen_stats(seen)->later_fragments, 1);
    seen_check_conservation(seen);
}

static void joins_the_largest_datagrams(void **state)
{
    static const size_t sizes[] = { 1600, 4000, 60000, 65507 };

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(Packet) whole = datagram(sizes[i]);
        g_autoptr(Seen) four = seen_new();
        g_autoptr(Seen) six = seen_new();

        for (unsigned n = 0; n * 1480 < whole->len; n++) {
            seen_push(four, cut(whole, part_of(whole, 3, n, 1480)));
            seen_push(six, cut6(whole, part_of(whole, 3, n, 1480)));
        }
        assert_whole(four, 0, whole);
        assert_whole(six, 0, whole);
        assert_int_equal(seen_payload(six, 0)->meta.ip_size, 40 + whole->len);
    }
}

/* The seventeen fragments of Novak and Sturges, one letter for eight bytes. */
static const struct {
    char letter;
    unsigned units;
    unsigned at;
} novak[] = {
    { 'A', 3, 0 },  { 'B', 2, 4 },  { 'C', 3, 6 },  { 'D', 1, 10 }, { 'E', 2, 13 }, { 'F', 3, 15 },
    { 'G', 2, 18 }, { 'H', 2, 20 }, { 'I', 1, 22 }, { 'J', 4, 1 },  { 'K', 3, 6 },  { 'L', 3, 9 },
    { 'M', 3, 12 }, { 'N', 1, 16 }, { 'O', 1, 19 }, { 'P', 1, 20 }, { 'Q', 2, 22 },
};

static void keeps_the_first_copy_and_marks_the_dispute(void **state)
{
    g_autoptr(Seen) seen = seen_new();

    for (size_t i = 0; i < G_N_ELEMENTS(novak); i++) {
        char bytes[32];
        bool last = i + 1 == G_N_ELEMENTS(novak);

        memset(bytes, novak[i].letter, sizeof(bytes));
        seen_push(seen, packet_ipv4(packet_of((Str){ bytes, novak[i].units * 8 }), PHONE, SERVER,
                                    17, 1, novak[i].at | (last ? 0 : 0x2000)));
    }
    assert_int_equal(seen->payloads->len, 1);

    const char *bytes = seen_bytes(seen, 0);
    char letters[25] = "A"; /* the first unit is the UDP header */

    for (unsigned unit = 1; unit < 24; unit++)
        letters[unit] = bytes[(unit - 1) * 8];
    assert_string_equal(letters, "AAAJBBCCCLDLMEEFFFGGHHIQ");
    assert_true(seen_payload(seen, 0)->meta.anomalies & NET_OVERLAP);
    assert_true(seen_stats(seen)->overlaps > 0);
}

static void accepts_overlaps_that_agree(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(40);

    seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 0, .len = 24, .more = true }));
    seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 8, .len = 24, .more = true }));
    seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 24, .len = 24 }));
    assert_whole(seen, 0, whole);
    assert_int_equal(seen_payload(seen, 0)->meta.anomalies, NET_REASSEMBLED);
    assert_int_equal(seen_stats(seen)->overlaps, 0);
}

static void discards_ipv6_datagrams_with_overlaps(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(40);

    seen_push(seen, cut6(whole, (Part){ .id = 1, .offset = 0, .len = 24, .more = true }));
    seen_push(seen, cut6(whole, (Part){ .id = 1, .offset = 8, .len = 24, .more = true }));
    seen_push(seen, cut6(whole, (Part){ .id = 1, .offset = 24, .len = 24 }));
    seen_push(seen, cut6(whole, (Part){ .id = 1, .offset = 24, .len = 24 }));
    assert_int_equal(seen->payloads->len, 0);
    seen_finish(seen);
    assert_int_equal(seen_stats(seen)->fragments_incomplete, 1);
    assert_true(seen_event(seen, 0)->meta.anomalies & NET_OVERLAP);
    seen_check_conservation(seen);
}

static void accepts_ipv6_fragments_that_come_twice(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(40);

    for (unsigned i = 0; i < 6; i++)
        seen_push(seen, cut6(whole, part_of(whole, 1, i / 2, 16)));
    assert_int_equal(seen->payloads->len, 1);
    assert_whole(seen, 0, whole);
    assert_int_equal(seen_stats(seen)->fragment_copies, 3);
}

static void takes_atomic_fragments_at_once(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(40);

    seen_push(seen, cut6(whole, (Part){ .id = 1, .offset = 0, .len = 24, .more = true }));
    seen_push(seen, cut6(whole, (Part){ .id = 1, .len = 48 }));
    assert_int_equal(seen->payloads->len, 1);
    assert_whole(seen, 0, whole);
    assert_int_equal(seen_payload(seen, 0)->meta.fragments, 0);
    assert_int_equal(seen_stats(seen)->fragments, 1);
}

static void reads_headers_that_were_fragmented_with_the_payload(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = packet_prepend_bytes(datagram(40), 17, 0, 1, 4, 0, 0, 0, 0);

    for (unsigned i = 0; i < 2; i++) {
        Packet *part = cut6(whole, part_of(whole, 1, i, 32));

        part->data[40] = 60; /* destination options come next */
        seen_push(seen, part);
    }
    assert_int_equal(seen->payloads->len, 1);
    assert_int_equal(seen_payload(seen, 0)->meta.flow.src.port, 5060);
}

static void refuses_impossible_fragments(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(100);

    seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 65528, .len = 0 }));
    seen_push(seen, cut(whole, (Part){ .id = 2, .offset = 0, .len = 0, .more = true }));
    seen_push(seen, cut(whole, (Part){ .id = 3, .offset = 0, .len = 20, .more = true }));
    seen_push(seen, packet_ipv4(packet_counting(100), PHONE, SERVER, 17, 4, 0x1fff));
    assert_int_equal(seen_stats(seen)->malformed, 4);
    assert_int_equal(seen_stats(seen)->fragments, 0);
    seen_check_conservation(seen);
}

static void keeps_to_the_first_end(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(40);

    seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 24, .len = 24 }));
    seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 24, .len = 16 })); /* shorter */
    seen_push(seen, packet_ipv4(packet_counting(8), PHONE, SERVER, 17, 1, 0x2000 | 6)); /* beyond */
    seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 0, .len = 24, .more = true }));
    assert_whole(seen, 0, whole);
    assert_int_equal(seen_stats(seen)->overlaps, 2);
    assert_true(seen_payload(seen, 0)->meta.anomalies & NET_OVERLAP);
}

static void refuses_an_end_before_what_it_has(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(40);

    seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 16, .len = 16, .more = true }));
    seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 16, .len = 8 }));
    seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 0, .len = 16, .more = true }));
    assert_int_equal(seen->payloads->len, 0);
    seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 32, .len = 16 }));
    assert_whole(seen, 0, whole);
}

static void leaves_no_rest_when_the_capture_holds_everything_twice(void **state)
{
    static const unsigned orders[][6] = { { 0, 0, 1, 1, 2, 2 },
                                          { 0, 1, 2, 0, 1, 2 },
                                          { 2, 2, 1, 0, 1, 0 } };

    for (size_t order = 0; order < G_N_ELEMENTS(orders); order++) {
        g_autoptr(Seen) seen = seen_new();
        g_autoptr(Packet) whole = datagram(40);

        for (unsigned i = 0; i < 6; i++) {
            seen->now += 100 * NSEC_USEC;
            seen_push(seen, cut(whole, part_of(whole, 1, orders[order][i], 16)));
        }
        seen_finish(seen);
        assert_int_equal(seen->payloads->len, 1);
        assert_int_equal(seen_stats(seen)->fragments_incomplete, 0);
        assert_int_equal(seen_stats(seen)->fragment_copies, 3);
        seen_check_conservation(seen);
    }
}

static void takes_an_id_again_for_another_datagram(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(40);

    for (unsigned i = 0; i < 3; i++) {
        seen_push(seen, cut(whole, (Part){ .id = 1, .len = 24, .more = true }));
        seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 24, .len = 24 }));
        seen->now += 31 * NSEC_SEC;
    }
    assert_int_equal(seen->payloads->len, 3);
}

static void keeps_sources_protocols_and_ids_apart(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(40);
    Packet *other_protocol = cut(whole, (Part){ .id = 1, .offset = 24, .len = 24 });

    other_protocol->data[9] = 6;
    seen_push(seen, cut(whole, (Part){ .id = 1, .len = 24, .more = true }));
    seen_push(seen, cut(whole, (Part){ .id = 2, .offset = 24, .len = 24 }));
    seen_push(seen, cut(whole, (Part){ .src = "192.0.2.11", .id = 1, .offset = 24, .len = 24 }));
    seen_push(seen, other_protocol);
    assert_int_equal(seen->payloads->len, 0);
    seen_finish(seen);
    assert_int_equal(seen_stats(seen)->fragments_incomplete, 4);
}

static void tells_of_a_first_fragment_that_stayed_alone(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = packet_udp(packet("REGISTER sip:example.com"), 5061, 5060);

    seen_push(seen, cut(whole, (Part){ .id = 1, .len = 24, .more = true }));
    assert_int_equal(seen->events->len, 0);
    net_decoder_advance(seen->decoder, seen->now + 31 * NSEC_SEC);

    const NetEvent *event = seen_event(seen, 0);

    assert_int_equal(event->kind, NET_EVENT_FRAGMENTS);
    assert_true(event->first_only);
    assert_int_equal(event->meta.flow.src.port, 5061);
    assert_int_equal(event->meta.flow.dst.port, 5060);
    assert_int_equal(event->meta.fragments, 1);
    assert_int_equal(event->meta.first_ref.frame, 1);
    assert_string_equal(g_array_index(seen->events, SeenEvent, 0).bytes->str, "REGISTER sip:exa");
    assert_int_equal(seen_stats(seen)->fragments_first_only, 1);
}

static void tells_of_later_fragments_whose_first_was_filtered_out(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(40);

    seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 24, .len = 24 }));
    seen_finish(seen);

    const NetEvent *event = seen_event(seen, 0);

    assert_false(event->first_only);
    assert_int_equal(event->meta.flow.src.port, 0);
    assert_int_equal(event->meta.ip_size, 20 + 48);
    assert_int_equal(seen_stats(seen)->fragments_incomplete, 1);
    assert_int_equal(seen_stats(seen)->fragments_first_only, 0);
}

static void gives_what_the_snapshot_length_left(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(40);
    g_autoptr(Packet) first = cut(whole, (Part){ .id = 1, .len = 24, .more = true });

    seen_push_cut(seen, 101, first, 36, first->len);
    seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 24, .len = 24 }));
    assert_int_equal(seen->payloads->len, 1);
    assert_int_equal(seen_payload(seen, 0)->bytes.len, 8);
    assert_true(seen_payload(seen, 0)->meta.anomalies & NET_TRUNCATED);
}

static void gives_up_datagrams_of_too_many_pieces(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(8 * 200);

    for (unsigned i = 0; i * 8 < whole->len; i++)
        seen_push(seen, cut(whole, part_of(whole, 1, i, 8)));
    assert_int_equal(seen->payloads->len, 0);
    seen_finish(seen);
    assert_int_equal(seen_stats(seen)->fragments_incomplete, 1);
    seen_check_conservation(seen);
}

static void keeps_a_flood_to_its_own_share(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(40);
    CacheStats tables[8];

    for (unsigned i = 0; i < 60000; i++) {
        seen->now += NSEC_USEC;
        if (i % 6000 == 0)
            seen_push(seen, cut(whole, (Part){ .id = 40000 + i, .len = 24, .more = true }));
        seen_push(seen,
                  cut(whole, (Part){ .src = "203.0.113.66", .id = i, .len = 24, .more = true }));
        if (i % 6000 == 5999)
            seen_push(seen, cut(whole, (Part){ .id = 40000 + i - 5999, .offset = 24, .len = 24 }));
    }
    assert_int_equal(seen->payloads->len, 10);
    assert_true(net_decoder_tables(seen->decoder, tables, 8) >= 1);
    assert_string_equal(tables[0].name, "net.fragments");
    assert_true(tables[0].items <= net_config_default.max_fragments / 16);
    seen_check_conservation(seen);
}

static void bounds_the_table_against_many_sources(void **state)
{
    g_autoptr(Seen) seen = seen_new();
    g_autoptr(Packet) whole = datagram(1400);
    CacheStats table;

    for (unsigned i = 0; i < 20000; i++) {
        g_autofree char *src = g_strdup_printf("10.%u.%u.1", i / 256, i % 256);

        seen_push(seen, cut(whole, (Part){ .src = src, .id = i, .len = 1400, .more = true }));
        assert_int_equal(net_decoder_tables(seen->decoder, &table, 1), 1);
        assert_true(table.items <= net_config_default.max_fragments);
        assert_true(table.bytes <= net_config_default.max_fragment_bytes + 65536);
    }
}

static void survives_any_cut(void **state)
{
    g_autoptr(Packet) whole = datagram(40);
    g_autoptr(Packet) part = cut(whole, (Part){ .id = 1, .len = 24, .more = true });
    g_autoptr(Packet) part6 = cut6(whole, (Part){ .id = 1, .len = 24, .more = true });
    g_autoptr(Seen) seen = seen_new();

    for (size_t len = 0; len < part->len; len++)
        seen_push_cut(seen, 101, part, len, part->len);
    for (size_t len = 0; len < part6->len; len++)
        seen_push_cut(seen, 101, part6, len, part6->len);
    seen_push(seen, cut(whole, (Part){ .id = 1, .offset = 24, .len = 24 }));
    seen_push(seen, cut6(whole, (Part){ .id = 1, .offset = 24, .len = 24 }));
    seen_finish(seen);
    seen_check_conservation(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_fragments_in_every_order),
        cmocka_unit_test(tells_where_the_datagram_came_from),
        cmocka_unit_test(joins_the_largest_datagrams),
        cmocka_unit_test(keeps_the_first_copy_and_marks_the_dispute),
        cmocka_unit_test(accepts_overlaps_that_agree),
        cmocka_unit_test(discards_ipv6_datagrams_with_overlaps),
        cmocka_unit_test(accepts_ipv6_fragments_that_come_twice),
        cmocka_unit_test(takes_atomic_fragments_at_once),
        cmocka_unit_test(reads_headers_that_were_fragmented_with_the_payload),
        cmocka_unit_test(refuses_impossible_fragments),
        cmocka_unit_test(keeps_to_the_first_end),
        cmocka_unit_test(refuses_an_end_before_what_it_has),
        cmocka_unit_test(leaves_no_rest_when_the_capture_holds_everything_twice),
        cmocka_unit_test(takes_an_id_again_for_another_datagram),
        cmocka_unit_test(keeps_sources_protocols_and_ids_apart),
        cmocka_unit_test(tells_of_a_first_fragment_that_stayed_alone),
        cmocka_unit_test(tells_of_later_fragments_whose_first_was_filtered_out),
        cmocka_unit_test(gives_what_the_snapshot_length_left),
        cmocka_unit_test(gives_up_datagrams_of_too_many_pieces),
        cmocka_unit_test(keeps_a_flood_to_its_own_share),
        cmocka_unit_test(bounds_the_table_against_many_sources),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
