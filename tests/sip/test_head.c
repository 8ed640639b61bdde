/* The header section: lines, folds, ends, lengths. */

#include <glib.h>

#include "sip/head.h"
#include "support/check.h"

static Str value(const SipHead *head, Str bytes, unsigned i)
{
    return str_first(str_from(bytes, head->headers[i].value_at), head->headers[i].value_len);
}

static void finds_every_line(void **state)
{
    Str bytes = STR("OPTIONS sip:a SIP/2.0\r\nVia: x\r\nTo \t:  y \r\nX-New:\r\n\r\nbody");
    SipHead head;

    sip_head_scan(bytes, &head);
    assert_int_equal(head.anomalies, 0);
    assert_true(head.ended);
    assert_int_equal(head.line_len, 21);
    assert_int_equal(head.len, bytes.len - 4);
    assert_int_equal(head.n_headers, 3);
    assert_int_equal(head.headers[0].id, SIP_HEADER_VIA);
    assert_int_equal(head.headers[1].id, SIP_HEADER_TO);
    assert_int_equal(head.headers[1].name_len, 2);
    assert_str_equal(value(&head, bytes, 1), "y");
    assert_int_equal(head.headers[2].id, SIP_HEADER_OTHER);
    assert_str_equal(value(&head, bytes, 2), "");
    assert_int_equal(head.first[SIP_HEADER_TO], 2);
    assert_int_equal(head.first[SIP_HEADER_FROM], 0);
}

static void a_bare_line_feed_ends_a_line_and_a_bare_return_does_not(void **state)
{
    Str bytes = STR("OPTIONS sip:a SIP/2.0\nVia: x\ry\r\nTo: z\r\r\n\n");
    SipHead head;

    sip_head_scan(bytes, &head);
    assert_int_equal(head.anomalies, SIP_BARE_LF);
    assert_true(head.ended);
    assert_int_equal(head.n_headers, 2);
    assert_str_equal(value(&head, bytes, 0), "x\ry");
    assert_str_equal(value(&head, bytes, 1), "z");
}

static void a_folded_value_goes_on_in_the_next_line(void **state)
{
    Str bytes = STR("OPTIONS sip:a SIP/2.0\r\nVia: x\r\n\ty\r\n \r\n  z\r\nTo:\r\n w\r\n\r\n");
    SipHead head;

    sip_head_scan(bytes, &head);
    assert_int_equal(head.anomalies, SIP_FOLDED);
    assert_int_equal(head.n_headers, 2);
    assert_str_equal(value(&head, bytes, 0), "x\r\n\ty\r\n \r\n  z");
    assert_str_equal(value(&head, bytes, 1), "w");
}

static void a_thousand_folds_are_one_value(void **state)
{
    g_autoptr(GString) text = g_string_new("OPTIONS sip:a SIP/2.0\r\nVia:");
    SipHead head;

    for (unsigned i = 0; i < 1000; i++)
        g_string_append(text, i % 2 ? "\r\n \t" : "\r\n x");
    g_string_append(text, "\r\n\r\n");
    sip_head_scan((Str){ text->str, text->len }, &head);
    assert_int_equal(head.n_headers, 1);
    assert_int_equal(head.anomalies, SIP_FOLDED);
    assert_str_equal(str_first(value(&head, (Str){ text->str, text->len }, 0), 9),
                     "x\r\n \t\r\n x");
    assert_int_equal(head.headers[0].value_len, 500 + 499 * 7);
}

static void a_fold_of_nothing_is_a_bad_line(void **state)
{
    Str bytes = STR("OPTIONS sip:a SIP/2.0\r\n folded\r\nnonsense\r\n more\r\nTo: z\r\n\r\n");
    SipHead head;

    sip_head_scan(bytes, &head);
    assert_int_equal(head.anomalies, SIP_FOLDED | SIP_BAD_HEADER_LINE);
    assert_int_equal(head.n_headers, 1);
    assert_str_equal(value(&head, bytes, 0), "z");
}

static void a_bad_line_hides_no_other(void **state)
{
    const Str bad[] = { STR("no colon\r\n"), STR(": no name\r\n"), STR("Bad Name: x\r\n"),
                        STR("B\xc3\xa4\x64: x\r\n"), STR("N\x01: x\r\n") };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GString) text = g_string_new("OPTIONS sip:a SIP/2.0\r\n");
        SipHead head;

        g_string_append_len(text, bad[i].data, (gssize)bad[i].len);
        g_string_append(text, "To: z\r\n\r\n");
        sip_head_scan((Str){ text->str, text->len }, &head);
        assert_int_equal(head.anomalies, SIP_BAD_HEADER_LINE);
        assert_int_not_equal(head.first[SIP_HEADER_TO], 0);
    }
}

static void names_have_a_limit(void **state)
{
    for (unsigned len = 255; len <= 256; len++) {
        g_autoptr(GString) text = g_string_new("OPTIONS sip:a SIP/2.0\r\n");
        SipHead head;

        for (unsigned i = 0; i < len; i++)
            g_string_append_c(text, 'n');
        g_string_append(text, ": x\r\n\r\n");
        sip_head_scan((Str){ text->str, text->len }, &head);
        assert_int_equal(head.n_headers, len == 255 ? 1 : 0);
        assert_int_equal(head.anomalies, len == 255 ? 0 : SIP_BAD_HEADER_LINE);
    }
}

static void headers_have_a_limit_and_the_end_is_found_all_the_same(void **state)
{
    for (unsigned n = SIP_MAX_HEADERS - 1; n <= SIP_MAX_HEADERS + 1; n++) {
        g_autoptr(GString) text = g_string_new("OPTIONS sip:a SIP/2.0\r\n");
        SipHead head;

        for (unsigned i = 0; i < n; i++)
            g_string_append(text, "a: b\r\n");
        g_string_append(text, "\r\nbody");
        sip_head_scan((Str){ text->str, text->len }, &head);
        assert_int_equal(head.n_headers, MIN(n, SIP_MAX_HEADERS));
        assert_int_equal(head.anomalies, n > SIP_MAX_HEADERS ? SIP_TOO_MANY_HEADERS : 0);
        assert_int_equal(head.len, text->len - 4);
    }
}

static void contradictions_are_noted_and_repetitions_are_not(void **state)
{
    Str differs = STR("OPTIONS sip:a SIP/2.0\r\nCall-ID: a\r\ni: b\r\n\r\n");
    Str same = STR("OPTIONS sip:a SIP/2.0\r\nCall-ID: a\r\ni:  a\r\n\r\n");
    Str list = STR("OPTIONS sip:a SIP/2.0\r\nVia: a\r\nv: b\r\n\r\n");
    Str nul = STR("OPTIONS sip:a SIP/2.0\r\nCall-ID: a\0b\r\nCall-ID: a\0c\r\n\r\n");
    SipHead head;

    sip_head_scan(differs, &head);
    assert_int_equal(head.anomalies, SIP_DUPLICATE_HEADER);
    assert_int_equal(head.first[SIP_HEADER_CALL_ID], 1);
    sip_head_scan(same, &head);
    assert_int_equal(head.anomalies, 0);
    sip_head_scan(list, &head);
    assert_int_equal(head.anomalies, 0);
    sip_head_scan(nul, &head);
    assert_int_equal(head.anomalies, SIP_DUPLICATE_HEADER | SIP_NUL_BYTE);
}

static SipNumber length_of(const char *text, uint32_t *length)
{
    g_autofree char *bytes = g_strdup_printf("OPTIONS sip:a SIP/2.0\r\n%s\r\n\r\n", text);
    SipHead head;

    sip_head_scan(str_of(bytes), &head);
    return sip_head_content_length(&head, str_of(bytes), length);
}

static void a_length_is_digits_and_nothing_else(void **state)
{
    const char *bad[] = { "l:",      "l: -1",  "l: +5",  "l: 1e3",  "l: 0x5",
                          "l: 5 ;x", "l: 5;x", "l: 5 6", "l: 5, 5", "l: five" };
    uint32_t length = 77;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_int_equal(length_of(bad[i], &length), SIP_NUMBER_MALFORMED);
    assert_int_equal(length_of("To: x", &length), SIP_NUMBER_ABSENT);
    assert_int_equal(length, 77);
    assert_int_equal(length_of("Content-Length:\r\n  0012 ", &length), SIP_NUMBER_OK);
    assert_int_equal(length, 12);
    assert_int_equal(length_of("l: 1000000000000000000", &length), SIP_NUMBER_OK);
    assert_int_equal(length, UINT32_MAX);
    assert_int_equal(length_of("l: 1\r\nl: 2", &length), SIP_NUMBER_OK);
    assert_int_equal(length, 1);
}

static void the_end_is_found_bit_by_bit(void **state)
{
    const Str sections[] = { STR("A b\r\nC: d\r\n\r\n"), STR("A b\nC: d\n\n"),
                             STR("A b\r\nC: d\n\r\r\n") };

    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        SipHeadSearch search = { 0 };

        for (size_t len = 0; len < sections[i].len; len++)
            assert_false(sip_head_find_end(str_first(sections[i], len), &search));
        assert_true(sip_head_find_end(sections[i], &search));
        assert_int_equal(search.line, sections[i].len);
    }
}

static void both_ways_of_finding_the_end_agree(void **state)
{
    Str bytes = STR("A b\r\nC: d\r\n e\r\n \r\nF\r\r\n\n\r\n\r\nx");
    SipHeadSearch search = { 0 };
    SipHead head;

    sip_head_scan(bytes, &head);
    assert_true(sip_head_find_end(bytes, &search));
    assert_int_equal(search.line, head.len);
}

static void survives_any_cut(void **state)
{
    Str good = STR("REGISTER sip:a SIP/2.0\r\nVia: x\r\n y\r\nl: 10\r\nbad\r\nTo: z\n\r\nbody");

    for (size_t len = 0; len <= good.len; len++) {
        g_autofree char *copy = len > 0 ? g_memdup2(good.data, len) : NULL;
        uint32_t length = 0;
        SipHead head;

        sip_head_scan((Str){ copy, len }, &head);
        sip_head_content_length(&head, (Str){ copy, len }, &length);
        assert_true(head.len <= len);
        assert_int_equal(head.ended, len >= good.len - 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_line),
        cmocka_unit_test(a_bare_line_feed_ends_a_line_and_a_bare_return_does_not),
        cmocka_unit_test(a_folded_value_goes_on_in_the_next_line),
        cmocka_unit_test(a_thousand_folds_are_one_value),
        cmocka_unit_test(a_fold_of_nothing_is_a_bad_line),
        cmocka_unit_test(a_bad_line_hides_no_other),
        cmocka_unit_test(names_have_a_limit),
        cmocka_unit_test(headers_have_a_limit_and_the_end_is_found_all_the_same),
        cmocka_unit_test(contradictions_are_noted_and_repetitions_are_not),
        cmocka_unit_test(a_length_is_digits_and_nothing_else),
        cmocka_unit_test(the_end_is_found_bit_by_bit),
        cmocka_unit_test(both_ways_of_finding_the_end_agree),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
