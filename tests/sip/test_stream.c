/* SIP in TCP streams: pipelining, pieces, lies, holes. */

#include "collect.h"

#define HEADERS                                    \
    "Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4b\r\n" \
    "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n"   \
    "Call-ID: c\r\n"

#define REGISTER(cseq, length, body)                                             \
    "REGISTER sip:example.com SIP/2.0\r\n" HEADERS "CSeq: " cseq " REGISTER\r\n" \
    "Content-Length: " length "\r\n\r\n" body

#define THREE \
    REGISTER("1", "0", "") "\r\n\r\n" REGISTER("2", "6", "a\r\n\r\nb") REGISTER("3", "0", "")

static void assert_three(const Collected *c)
{
    assert_int_equal(c->messages->len, 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(collected_message(c, i)->cseq, i + 1);
        assert_int_equal(collected_message(c, i)->anomalies, 0);
    }
    assert_str_equal(collected_message(c, 1)->body, "a\r\n\r\nb");
    assert_int_equal(sip_framer_stats(c->framer)->resyncs, 0);
}

static void a_segment_may_hold_several_messages(void **state)
{
    g_autoptr(Collected) c = collected_new();

    assert_int_equal(collected_stream(c, STR(THREE)), NET_INTERESTED);
    assert_three(c);
    assert_int_equal(c->keepalives->len, 1);
    assert_int_equal(g_array_index(c->keepalives, SipKeepalive, 0), SIP_KEEPALIVE_CRLFCRLF);
}

static void a_byte_at_a_time_gives_the_same_messages(void **state)
{
    g_autoptr(Collected) c = collected_new();
    Str all = STR(THREE);

    for (size_t i = 0; i < all.len; i++)
        collected_stream(c, str_first(str_from(all, i), 1));
    assert_three(c);
    assert_true(c->keepalives->len > 0);

    CacheStats tables[2];

    sip_framer_tables(c->framer, tables, 2);
    assert_int_equal(tables[1].items, 0);
}

static void every_way_to_split_gives_the_same_messages(void **state)
{
    Str all = STR("\r\n" THREE "\r\n");

    for (size_t i = 0; i <= all.len; i++) {
        g_autoptr(Collected) c = collected_new();

        collected_stream(c, str_first(all, i));
        collected_stream(c, str_from(all, i));
        assert_three(c);
    }
}

static void knows_the_frames_of_the_first_and_the_last_byte(void **state)
{
    g_autoptr(Collected) c = collected_new();
    Str all = STR(REGISTER("1", "0", "") REGISTER("2", "0", ""));

    collected_stream(c, str_first(all, 10));
    collected_stream(c, str_first(str_from(all, 10), 100));
    collected_stream(c, str_first(str_from(all, 110), 150));
    collected_stream(c, str_from(all, 260));
    assert_int_equal(collected_message(c, 0)->meta.first_ref.frame, 1);
    assert_int_equal(collected_message(c, 0)->meta.ref.frame, 3);
    assert_int_equal(collected_message(c, 1)->meta.first_ref.frame, 3);
    assert_int_equal(collected_message(c, 1)->meta.ref.frame, 4);
}

static void line_ends_are_keepalives_and_no_messages(void **state)
{
    g_autoptr(Collected) c = collected_new();
    g_autofree char *flood = g_malloc(60000);

    for (size_t i = 0; i < 60000; i++)
        flood[i] = i % 2 ? '\n' : '\r';
    collected_stream(c, STR("\r\n"));
    collected_stream(c, STR("\r"));
    collected_stream(c, STR("\n\r\n"));
    collected_stream(c, (Str){ flood, 60000 });
    assert_int_equal(c->messages->len, 0);
    assert_int_equal(c->keepalives->len, 3);
    assert_int_equal(g_array_index(c->keepalives, SipKeepalive, 0), SIP_KEEPALIVE_CRLF);
    assert_int_equal(g_array_index(c->keepalives, SipKeepalive, 1), SIP_KEEPALIVE_CRLFCRLF);
    collected_stream(c, STR(REGISTER("1", "0", "")));
    assert_int_equal(c->messages->len, 1);
}

static void without_a_length_there_is_no_body(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_stream(c, STR("OPTIONS sip:a SIP/2.0\r\n" HEADERS "CSeq: 1 OPTIONS\r\n\r\n"));
    collected_stream(c, STR(REGISTER("2", "0", "")));
    assert_int_equal(c->messages->len, 2);
    assert_int_equal(collected_message(c, 0)->anomalies, SIP_NO_LENGTH);
    assert_int_equal(collected_message(c, 1)->anomalies, 0);
}

static void a_malformed_length_is_none(void **state)
{
    const char *bad[] = { "-1", "+5", "1e3", "0x5", "" };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(Collected) c = collected_new();
        g_autofree char *text = g_strdup_printf("OPTIONS sip:a SIP/2.0\r\n" HEADERS
                                                "CSeq: 1 OPTIONS\r\nl: %s\r\n\r\nbody"
                                                "\r\n" REGISTER("2", "0", ""),
                                                bad[i]);

        collected_stream(c, str_of(text));
        assert_int_equal(c->messages->len, 2);
        assert_int_equal(collected_message(c, 0)->anomalies, SIP_LENGTH_MALFORMED);
        assert_int_equal(collected_message(c, 1)->anomalies, SIP_JUNK_BEFORE);
        assert_int_equal(collected_message(c, 1)->cseq, 2);
    }
}

static void of_two_lengths_the_first_counts(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_stream(c, STR(REGISTER("1", "4\r\nl: 9", "body") REGISTER("2", "0", "")));
    assert_int_equal(c->messages->len, 2);
    assert_int_equal(collected_message(c, 0)->anomalies, SIP_DUPLICATE_HEADER);
    assert_str_equal(collected_message(c, 0)->body, "body");
    assert_int_equal(collected_message(c, 1)->anomalies, 0);
}

static void a_length_too_small_leaves_junk_that_is_skipped(void **state)
{
    g_autoptr(Collected) c = collected_new();
    Str all = STR(REGISTER("1", "2", "bo\x01y without end") "\r\nmore\r\n" REGISTER("2", "0", ""));

    for (size_t i = 0; i < all.len; i++)
        collected_stream(c, str_first(str_from(all, i), 1));
    assert_int_equal(c->messages->len, 2);
    assert_str_equal(collected_message(c, 0)->body, "bo");
    assert_int_equal(collected_message(c, 1)->cseq, 2);
    assert_int_equal(collected_message(c, 1)->anomalies, SIP_JUNK_BEFORE);
}

static void a_length_too_large_swallows_and_gives_back(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_stream(c, STR(REGISTER("1", "2000", "body\r\n") REGISTER("2", "0", "")));
    collected_stream(c, STR(REGISTER("3", "0", "") REGISTER("4", "7", "unfin")));
    assert_int_equal(c->messages->len, 0);
    sip_framer_advance(c->framer, 60 * NSEC_SEC);
    assert_int_equal(c->messages->len, 4);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(collected_message(c, i)->cseq, i + 1);
    assert_int_equal(collected_message(c, 0)->anomalies, SIP_LENGTH_TOO_LARGE);
    assert_str_equal(collected_message(c, 0)->body, "body\r\n");
    assert_int_equal(collected_message(c, 1)->anomalies, 0);
    assert_int_equal(collected_message(c, 3)->anomalies, SIP_LENGTH_TOO_LARGE);
}

static void a_huge_length_is_not_waited_for(void **state)
{
    const char *huge[] = { "65536", "4294967296", "1000000000000000000" };

    for (size_t i = 0; i < G_N_ELEMENTS(huge); i++) {
        g_autoptr(Collected) c = collected_new();
        g_autofree char *text = g_strdup_printf("OPTIONS sip:a SIP/2.0\r\n" HEADERS
                                                "CSeq: 1 OPTIONS\r\nl: %s\r\n\r\nbody"
                                                "\r\n" REGISTER("2", "0", ""),
                                                huge[i]);

        collected_stream(c, str_of(text));
        assert_int_equal(c->messages->len, 2);
        assert_int_equal(collected_message(c, 0)->anomalies, SIP_LENGTH_TOO_LARGE);
        assert_int_equal(collected_message(c, 1)->anomalies, 0);
        assert_int_equal(sip_framer_stats(c->framer)->too_large, 1);
    }
}

static void the_largest_message_is_the_limit_to_the_byte(void **state)
{
    for (unsigned extra = 0; extra < 2; extra++) {
        g_autoptr(Collected) c = collected_new();
        g_autoptr(GString) text = g_string_new(NULL);
        const char *start = "OPTIONS sip:a SIP/2.0\r\nContent-Length: ";
        unsigned length = SIP_MAX_MESSAGE - (unsigned)strlen(start) - 9 + extra;

        g_string_printf(text, "%s%05u\r\n\r\n", start, length);
        while (text->len < SIP_MAX_MESSAGE + extra)
            g_string_append_c(text, 'x');
        collected_stream(c, (Str){ text->str, 1000 });
        collected_stream(c, (Str){ text->str + 1000, text->len - 1000 });
        assert_int_equal(c->messages->len, 1);
        assert_int_equal(collected_message(c, 0)->raw.len, extra ? strlen(start) + 9 : text->len);
        assert_int_equal(sip_framer_stats(c->framer)->too_large, extra);
    }
}

static void a_header_section_without_end_is_given_up(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_stream(c, STR("OPTIONS sip:a SIP/2.0\r\n"));
    for (unsigned i = 0; i < 4000; i++)
        collected_stream(c, STR("X-Flood: x\r\n"));
    assert_int_equal(sip_framer_stats(c->framer)->too_large, 1);
    collected_stream(c, STR("\r\n" REGISTER("1", "0", "")));
    assert_int_equal(c->messages->len, 1);
    assert_int_equal(collected_message(c, 0)->cseq, 1);
}

/* What is there at once is read; what is waited for has a limit. */
static void the_longest_wait_for_a_header_section_is_the_limit_to_the_byte(void **state)
{
    enum { LIMIT = 32768 };

    for (unsigned waiting = LIMIT - 1; waiting <= LIMIT + 1; waiting++) {
        g_autoptr(Collected) c = collected_new();
        g_autoptr(GString) text = g_string_new(REGISTER("1", "0", ""));

        g_string_truncate(text, text->len - 2);
        while (waiting - text->len > 4100)
            g_string_append_printf(text, "X-Long: %04090u\r\n", 0);
        g_string_append_printf(text, "X: %0*u\r\n\r\n", (int)(waiting - text->len) - 6, 0);
        collected_stream(c, (Str){ text->str, waiting });
        collected_stream(c, STR("\n"));
        assert_int_equal(text->len, waiting + 1);
        assert_int_equal(c->messages->len, waiting <= LIMIT);
        assert_int_equal(sip_framer_stats(c->framer)->too_large, waiting > LIMIT);
    }
}

static void a_hole_in_the_body_cuts_the_message(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_stream(c, STR(REGISTER("1", "100", "the start of ")));
    collected_gap(c);
    assert_int_equal(c->messages->len, 1);
    assert_int_equal(collected_message(c, 0)->anomalies, SIP_CUT_SHORT);
    assert_str_equal(collected_message(c, 0)->body, "the start of ");
    assert_int_equal(sip_framer_stats(c->framer)->cut_short, 1);
    assert_int_equal(sip_framer_stats(c->framer)->resyncs, 0);

    collected_push(c, NET_STREAM_DATA, 2, STR("the body\r\n" REGISTER("2", "0", "")),
                   NET_AFTER_GAP);
    assert_int_equal(c->messages->len, 2);
    assert_int_equal(collected_message(c, 1)->anomalies, 0);
}

static void a_hole_in_the_header_section_loses_the_message(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_stream(c, STR("REGISTER sip:a SIP/2.0\r\nVia: x"));
    collected_gap(c);
    assert_int_equal(c->messages->len, 0);
    assert_int_equal(sip_framer_stats(c->framer)->resyncs, 1);
    collected_stream(c, STR("q=1\r\nl: 0\r\n\r\n"));
    collected_stream(c, STR(REGISTER("2", "0", "")));
    assert_int_equal(c->messages->len, 1);
    assert_int_equal(collected_message(c, 0)->cseq, 2);
}

static void a_hole_between_messages_hurts_nobody(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_stream(c, STR(REGISTER("1", "0", "")));
    collected_gap(c);
    collected_stream(c, STR(REGISTER("2", "0", "")));
    assert_int_equal(c->messages->len, 2);
    assert_int_equal(collected_message(c, 1)->anomalies, 0);
    assert_int_equal(sip_framer_stats(c->framer)->resyncs, 0);
}

static void every_hole_costs_only_the_message_it_is_in(void **state)
{
    Str all = STR(REGISTER("1", "4", "body") REGISTER("2", "0", ""));
    size_t first = strlen(REGISTER("1", "4", "body"));

    for (size_t at = 1; at + 3 <= first; at++) {
        g_autoptr(Collected) c = collected_new();

        collected_stream(c, str_first(all, at));
        collected_gap(c);
        collected_push(c, NET_STREAM_DATA, 2, str_from(all, at + 3), NET_AFTER_GAP);

        const SipMessage *last = collected_message(c, c->messages->len - 1);

        assert_int_equal(last->cseq, 2);
        assert_int_equal(last->anomalies, 0);
        for (unsigned i = 0; i < c->messages->len; i++)
            assert_int_equal(collected_message(c, i)->method, SIP_METHOD_REGISTER);
    }
}

static void a_message_is_found_behind_a_body_without_line_end(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_stream(c, STR(REGISTER("1", "5", "<xml>") "more</xml>" REGISTER("2", "0", "")));
    assert_int_equal(c->messages->len, 2);
    assert_int_equal(collected_message(c, 1)->cseq, 2);
    assert_int_equal(collected_message(c, 1)->anomalies, SIP_JUNK_BEFORE);
}

static void a_start_line_alone_in_a_body_is_no_message(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_stream(c, STR(REGISTER("1", "0", "")));
    collected_gap(c);
    collected_stream(c, STR("half a header\r\n\r\nSIP/2.0 200 OK\r\n\r\n" REGISTER("2", "0", "")));
    assert_int_equal(c->messages->len, 2);
    assert_int_equal(collected_message(c, 1)->cseq, 2);
}

static void the_end_of_the_stream_cuts_the_message(void **state)
{
    g_autoptr(Collected) c = collected_new();
    CacheStats tables[2];

    collected_stream(c, STR(REGISTER("1", "9", "body")));
    collected_end(c);
    assert_int_equal(c->messages->len, 1);
    assert_int_equal(collected_message(c, 0)->anomalies, SIP_CUT_SHORT);
    sip_framer_tables(c->framer, tables, 2);
    assert_int_equal(tables[0].items + tables[1].items, 0);
}

static void directions_do_not_mix(void **state)
{
    g_autoptr(Collected) c = collected_new();
    Str all = STR(REGISTER("1", "0", ""));

    for (size_t i = 0; i < all.len; i++) {
        collected_push(c, NET_STREAM_DATA, 2, str_first(str_from(all, i), 1), 0);
        collected_push(c, NET_STREAM_DATA, 3, str_first(str_from(all, i), 1), 0);
    }
    assert_int_equal(c->messages->len, 2);
    assert_int_equal(collected_message(c, 1)->anomalies, 0);
}

static void survives_any_cut(void **state)
{
    Str all = STR("\r\n" THREE "junk\r\n" REGISTER("4", "9", "body"));

    for (size_t len = 0; len <= all.len; len++) {
        g_autoptr(Collected) c = collected_new();

        collected_stream(c, str_first(all, len));
        collected_end(c);
        assert_true(c->messages->len <= 4);
        assert_true(len < all.len || c->messages->len == 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_segment_may_hold_several_messages),
        cmocka_unit_test(a_byte_at_a_time_gives_the_same_messages),
        cmocka_unit_test(every_way_to_split_gives_the_same_messages),
        cmocka_unit_test(knows_the_frames_of_the_first_and_the_last_byte),
        cmocka_unit_test(line_ends_are_keepalives_and_no_messages),
        cmocka_unit_test(without_a_length_there_is_no_body),
        cmocka_unit_test(a_malformed_length_is_none),
        cmocka_unit_test(of_two_lengths_the_first_counts),
        cmocka_unit_test(a_length_too_small_leaves_junk_that_is_skipped),
        cmocka_unit_test(a_length_too_large_swallows_and_gives_back),
        cmocka_unit_test(a_huge_length_is_not_waited_for),
        cmocka_unit_test(the_largest_message_is_the_limit_to_the_byte),
        cmocka_unit_test(a_header_section_without_end_is_given_up),
        cmocka_unit_test(the_longest_wait_for_a_header_section_is_the_limit_to_the_byte),
        cmocka_unit_test(a_hole_in_the_body_cuts_the_message),
        cmocka_unit_test(a_hole_in_the_header_section_loses_the_message),
        cmocka_unit_test(a_hole_between_messages_hurts_nobody),
        cmocka_unit_test(every_hole_costs_only_the_message_it_is_in),
        cmocka_unit_test(a_message_is_found_behind_a_body_without_line_end),
        cmocka_unit_test(a_start_line_alone_in_a_body_is_no_message),
        cmocka_unit_test(the_end_of_the_stream_cuts_the_message),
        cmocka_unit_test(directions_do_not_mix),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
