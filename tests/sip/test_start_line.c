/* The first line, and telling SIP from everything else. */

#include <glib.h>

#include "sip/message.h"
#include "sip/start_line.h"
#include "support/check.h"

static void reads_a_request_line(void **state)
{
    SipStartLine start = sip_start_line_parse(STR("REGISTER sip:example.com SIP/2.0"));

    assert_true(start.ok);
    assert_true(start.is_request);
    assert_int_equal(start.status, 0);
    assert_str_equal(start.method, "REGISTER");
    assert_str_equal(start.uri, "sip:example.com");
    assert_false(str_present(start.reason));
}

static void reads_a_status_line(void **state)
{
    SipStartLine start = sip_start_line_parse(STR("SIP/2.0 401 Not  authorized"));

    assert_true(start.ok);
    assert_false(start.is_request);
    assert_int_equal(start.status, 401);
    assert_str_equal(start.reason, "Not  authorized");
    assert_false(str_present(start.uri));
    assert_true(sip_start_line_parse(STR("SIP/2.0 100 ")).ok);
    assert_true(sip_start_line_parse(STR("SIP/2.0 100")).ok);
}

static void reads_what_it_can_of_a_broken_request_line(void **state)
{
    const Str bad[] = {
        STR("REGISTER  sip:a SIP/2.0"),
        STR("REGISTER sip:a  SIP/2.0"),
        STR("REGISTER sip:a SIP/2.0 "),
        STR("REGISTER sip:a; b SIP/2.0"),
        STR("REGISTER\tsip:a SIP/2.0 SIP/2.0"),
        STR("REGISTER sip:a SIP/3.0"),
        STR("REGISTER sip:a"),
        STR("REGISTER SIP/2.0"),
        STR("REG(ISTER sip:a SIP/2.0"),
        STR("REGISTER"),
        STR(""),
        STR(" REGISTER sip:a SIP/2.0"),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        SipStartLine start = sip_start_line_parse(bad[i]);

        assert_false(start.ok);
        assert_true(start.is_request);
    }
    assert_str_equal(sip_start_line_parse(bad[0]).uri, "sip:a");
    assert_str_equal(sip_start_line_parse(bad[3]).uri, "sip:a; b");
    assert_str_equal(sip_start_line_parse(bad[2]).method, "REGISTER");
}

static void a_status_that_is_none_is_zero(void **state)
{
    const Str bad[] = {
        STR("SIP/2.0 99999 x"), STR("SIP/2.0 4294967301 x"),
        STR("SIP/2.0 000 x"),   STR("SIP/2.0 99 x"),
        STR("SIP/2.0 -12 x"),   STR("SIP/2.0 2x0 x"),
        STR("SIP/2.0 "),        STR("SIP/2.0"),
        STR("SIP/2.0 099 x"),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        SipStartLine start = sip_start_line_parse(bad[i]);

        assert_false(start.ok);
        assert_false(start.is_request);
        assert_int_equal(start.status, 0);
    }
    assert_false(sip_start_line_parse(STR("SIP/2.0 700 x")).ok);
    assert_int_equal(sip_start_line_parse(STR("SIP/2.0 700 x")).status, 700);
    assert_true(sip_start_line_parse(STR("SIP/2.0 699 x")).ok);
}

static void knows_sip_by_its_version(void **state)
{
    assert_true(sip_looks_like_message(STR("REGISTER sip:a SIP/2.0\r\n")));
    assert_true(sip_looks_like_message(STR("register sip:a sip/2.0\n")));
    assert_true(sip_looks_like_message(STR("X!%-y sip:a SIP/2.0 \t\r\nA: b")));
    assert_true(sip_looks_like_message(STR("REGISTER sip:a SIP/2.0")));
    assert_true(sip_looks_like_message(STR("SIP/2.0 200 OK\r\n")));
    assert_true(sip_looks_like_message(STR("SIP/2.0\t200")));
}

static void everything_else_is_not_sip(void **state)
{
    const Str others[] = {
        STR(""),
        STR("\r\n"),
        STR("GET / HTTP/1.1\r\nX: SIP/2.0\r\n"),
        STR("M-SEARCH * HTTP/1.1\r\n"),
        STR("OPTIONS rtsp://x RTSP/1.0\r\n"),
        STR("REGISTER sip:a SIP/3.0\r\n"),
        STR("SIP/3.0 200 OK\r\n"),
        STR("SIP/2.00 200 OK\r\n"),
        STR("REGISTER sip:aSIP/2.0\r\n"),
        STR("REGISTER sip:a SIP/2.0\0\r\n"),
        STR("REGISTER sip:a\r\n SIP/2.0\r\n"),
        STR(" REGISTER sip:a SIP/2.0\r\n"),
        STR("\x80 sip:a SIP/2.0\r\n"),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        assert_false(sip_looks_like_message(others[i]));
}

static void a_line_without_end_is_no_start_line(void **state)
{
    g_autoptr(GString) line = g_string_new("REGISTER sip:");

    while (line->len < SIP_MAX_LINE)
        g_string_append_c(line, 'a');
    assert_false(sip_start_line_possible((Str){ line->str, line->len }));
    g_string_append(line, " SIP/2.0\r\n");
    assert_false(sip_looks_like_message((Str){ line->str, line->len }));
}

static void the_longest_start_line_is_the_limit_to_the_byte(void **state)
{
    for (unsigned len = SIP_MAX_LINE - 1; len <= SIP_MAX_LINE + 1; len++) {
        g_autoptr(GString) line = g_string_new("REGISTER sip:");

        while (line->len < len - strlen(" SIP/2.0"))
            g_string_append_c(line, 'a');
        g_string_append(line, " SIP/2.0\r\n\r\n");
        assert_int_equal(sip_looks_like_message((Str){ line->str, line->len }),
                         len <= SIP_MAX_LINE);
    }
}

static void every_beginning_of_a_start_line_is_possible(void **state)
{
    const Str lines[] = { STR("REGISTER sip:example.com SIP/2.0\r\n"), STR("SIP/2.0 200 OK\r\n") };

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        for (size_t len = 1; len <= lines[i].len; len++) {
            g_autofree char *copy = g_memdup2(lines[i].data, len);

            assert_true(sip_start_line_possible((Str){ copy, len }));
        }
    }
    assert_false(sip_start_line_possible(STR("\x16\x03")));
    assert_false(sip_start_line_possible(STR("SSH-2.0-x\r\n")));
    assert_false(sip_start_line_possible(STR("RE(G")));
    assert_false(sip_start_line_possible(STR(" R")));
}

static void knows_a_start_line_that_the_capture_has_cut(void **state)
{
    assert_true(sip_start_line_is_cut(STR("REGISTER sip:exam")));
    assert_true(sip_start_line_is_cut(STR("INVITE tel:+1")));
    assert_false(sip_start_line_is_cut(STR("REGISTER si")));
    assert_false(sip_start_line_is_cut(STR("GET sip:x")));
    assert_false(sip_start_line_is_cut(STR("REGISTER sip:x SIP/7.0\r\n")));
    assert_false(sip_start_line_is_cut(STR_NONE));
}

static void finds_a_start_line_behind_junk(void **state)
{
    assert_int_equal(sip_start_line_behind_junk(STR("\r\n\r\nREGISTER sip:a SIP/2.0\r\n")), 4);
    assert_int_equal(sip_start_line_behind_junk(STR("\0\0\0\0SIP/2.0 200 OK\r\n")), 4);
    assert_int_equal(sip_start_line_behind_junk(STR("junk\nREGISTER sip:a SIP/2.0\r\n")), 5);
    assert_int_equal(sip_start_line_behind_junk(STR("\r\n")), 0);
    assert_int_equal(sip_start_line_behind_junk(STR_NONE), 0);
}

static void junk_has_a_limit(void **state)
{
    g_autoptr(GString) text = g_string_new(NULL);

    while (text->len < 64)
        g_string_append_c(text, ' ');
    g_string_append(text, "REGISTER sip:a SIP/2.0\r\n");
    assert_int_equal(sip_start_line_behind_junk((Str){ text->str, text->len }), 64);
    g_string_prepend_c(text, ' ');
    assert_int_equal(sip_start_line_behind_junk((Str){ text->str, text->len }), 0);
}

static void finds_the_next_start_line_at_the_start_of_a_line(void **state)
{
    Str text = STR("v=0\r\nx REGISTER sip:a SIP/2.0 \xff\r\nSIP/2.0 200 OK\r\n");

    assert_int_equal(sip_start_line_next(text, 0), 33);
    assert_int_equal(sip_start_line_next(text, 33), 33);
    assert_int_equal(sip_start_line_next(str_first(text, 33), 0), 33);
    assert_int_equal(sip_start_line_next(STR_NONE, 0), 0);
}

static void finds_a_start_line_behind_the_end_of_a_body(void **state)
{
    const struct {
        Str text;
        size_t at;
    } cases[] = {
        { STR("</presence>REGISTER sip:a SIP/2.0\r\n"), 11 },
        { STR("bodyREGISTER sip:a SIP/2.0\r\n"), 4 },
        { STR("bodyUNKNOWN sip:a SIP/2.0\r\n"), 0 },
        { STR("REGISTER sip:a SIP/2.0\r\n"), 0 },
        { STR("REGISTER sip:a SIP/2.0"), 0 },
        { STR("</presence>SIP/2.0 200 OK\r\n"), 11 },
        { STR("SIP/2.0 SIP/2.0 200 OK\r\n"), 8 },
    };
    size_t at;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_true(sip_start_line_find(cases[i].text, &at));
        assert_int_equal(at, cases[i].at);
    }
    assert_false(sip_start_line_find(STR("SSSSSIP/2.0\r\n"), &at));
    assert_false(sip_start_line_find(STR("> SIP/2.0\r\n"), &at));
    assert_false(sip_start_line_find(STR(" SIP/2.0\r\n"), &at));
    assert_false(sip_start_line_find(STR("\r\nREGISTER sip:a SIP/2.0\r\n"), &at));
    assert_false(sip_start_line_find(STR_NONE, &at));
}

static void survives_any_cut(void **state)
{
    Str good = STR("\r\nREGISTER sip:example.com SIP/2.0\r\nSIP/2.0 200 OK\r\n");

    for (size_t len = 0; len <= good.len; len++) {
        g_autofree char *copy = len > 0 ? g_memdup2(good.data, len) : NULL;
        Str cut = { copy, len };
        size_t at;

        assert_int_equal(sip_start_line_behind_junk(cut), len >= 34 ? 2 : 0);
        assert_true(sip_start_line_next(cut, 0) <= len);
        sip_start_line_find(cut, &at);
        sip_start_line_parse(cut);
        assert_false(sip_looks_like_message(cut));
        assert_false(sip_start_line_is_cut(cut));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_request_line),
        cmocka_unit_test(reads_a_status_line),
        cmocka_unit_test(reads_what_it_can_of_a_broken_request_line),
        cmocka_unit_test(a_status_that_is_none_is_zero),
        cmocka_unit_test(knows_sip_by_its_version),
        cmocka_unit_test(everything_else_is_not_sip),
        cmocka_unit_test(a_line_without_end_is_no_start_line),
        cmocka_unit_test(the_longest_start_line_is_the_limit_to_the_byte),
        cmocka_unit_test(every_beginning_of_a_start_line_is_possible),
        cmocka_unit_test(knows_a_start_line_that_the_capture_has_cut),
        cmocka_unit_test(finds_a_start_line_behind_junk),
        cmocka_unit_test(junk_has_a_limit),
        cmocka_unit_test(finds_the_next_start_line_at_the_start_of_a_line),
        cmocka_unit_test(finds_a_start_line_behind_the_end_of_a_body),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
