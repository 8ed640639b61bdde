/* The same message at two places, header by header. */

#include "told.h"

#define INSIDE TOLD_INSIDE

static void the_same_bytes_have_no_difference(void **state)
{
    g_autoptr(Pair) pair = pair_outward(INSIDE, INSIDE);

    assert_int_equal(pair->diff.n, 0);
    assert_false(pair->diff.more);
}

static void an_alg_shows_in_every_header_that_it_edits(void **state)
{
    g_autoptr(Pair) pair = pair_outward(INSIDE, REGISTER(NAT, "18680"));

    assert_told(pair, "Via address 192.168.1.10:5060 > 203.0.113.2:18680; "
                      "Contact address 192.168.1.10:5060 > 203.0.113.2:18680");
    assert_true(pair->diff.changes[0].mapping);
    assert_true(pair->diff.changes[1].mapping);
}

static void a_pushed_via_leaves_the_phones_own_as_it_is(void **state)
{
    g_autofree char *outside =
        pair_edit(INSIDE, "Via:", "Via: SIP/2.0/UDP 198.51.100.20;branch=z9hG4bKp\r\nVia:");
    g_autoptr(Pair) pair = pair_outward(INSIDE, outside);

    assert_told(pair, "Via added  > SIP/2.0/UDP 198.51.100.20;branch=z9hG4bKp");
    assert_int_equal(pair->diff.vias_more, 1);
}

static void writing_is_no_change_of_the_value(void **state)
{
    assert_edit("Contact:", "m:", "Contact name");
    assert_edit("CSeq: 1", "CSeq:  1", "line ends and blanks layout");
    assert_edit("User-Agent: phone 1.0\r\nContent-Length: 0\r\n",
                "Content-Length: 0\r\nUser-Agent: phone 1.0\r\n", "Content-Length order");
}

static void joined_lists_are_the_same_lists(void **state)
{
    const char *one = "Contact: <sip:a@192.0.2.1>\r\nContact: <sip:a@192.0.2.2>\r\n";
    g_autofree char *inside = pair_edit(INSIDE, "User-Agent: phone 1.0\r\n", one);
    g_autofree char *outside = pair_edit(INSIDE, "User-Agent: phone 1.0\r\n",
                                         "Contact: <sip:a@192.0.2.1>, <sip:a@192.0.2.2>\r\n");
    g_autoptr(Pair) pair = pair_outward(inside, outside);

    assert_int_equal(pair->diff.n, 1);
    assert_int_equal(pair->diff.changes[0].part, SIP_PART_LAYOUT);
}

static void session_descriptions_are_compared_line_by_line(void **state)
{
    static const char body[] = "v=0\r\no=- 1 1 IN IP4 192.168.1.10\r\ns=-\r\n"
                               "c=IN IP4 192.168.1.10\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
    g_autofree char *other = pair_edit(body, "192.168.1.10", "203.0.113.2");
    g_autofree char *empty = pair_edit(INSIDE, "Content-Length: 0\r\n\r\n", "Content-Length: ");
    g_autofree char *inside = g_strdup_printf("%s%zu\r\n\r\n%s", empty, strlen(body), body);
    g_autofree char *outside = g_strdup_printf("%s%zu\r\n\r\n%s", empty, strlen(other), other);
    g_autoptr(Pair) pair = pair_outward(inside, outside);

    assert_told(pair, "Content-Length value 93 > 91; SDP o= address 192.168.1.10 > 203.0.113.2; "
                      "SDP c= address 192.168.1.10 > 203.0.113.2");
}

static void what_a_capture_cut_off_is_said(void **state)
{
    NetMeta meta = { .time = 0 };
    g_autoptr(SipMessage) whole = sip_message_parse(&meta, STR(INSIDE), 0);
    g_autoptr(SipMessage) cut =
        sip_message_parse(&meta, str_first(STR(INSIDE), 120), SIP_CUT_SHORT);
    SipDiff diff;

    sip_diff_compare(whole, cut, &diff);
    assert_true(diff.unsure);
    sip_diff_compare(whole, whole, &diff);
    assert_false(diff.unsure);
}

static void many_changes_end_somewhere(void **state)
{
    g_autoptr(GString) extra = g_string_new(NULL);

    for (unsigned i = 0; i < 200; i++)
        g_string_append_printf(extra, "X-%u: 1\r\n", i);
    g_string_append(extra, "Content-Length");

    g_autofree char *outside = pair_edit(INSIDE, "Content-Length", extra->str);
    g_autoptr(Pair) pair = pair_outward(INSIDE, outside);

    assert_int_equal(pair->diff.n, SIP_DIFF_CHANGES);
    assert_true(pair->diff.more);
}

/* Under the sanitizers: every prefix of a message against the whole of it. */
static void survives_any_cut(void **state)
{
    g_autoptr(SipMessage) whole = pair_message(REGISTER(NAT, "18680"), NAT, SERVER);
    Str text = STR(INSIDE);
    NetMeta meta = { .time = 0 };
    SipDiff diff;

    for (size_t len = 0; len <= text.len; len++) {
        g_autofree char *copy = g_memdup2(text.data, MAX(len, 1));
        g_autoptr(SipMessage) cut = sip_message_parse(&meta, (Str){ copy, len }, 0);

        sip_diff_compare(cut, whole, &diff);
        sip_diff_compare(whole, cut, &diff);
        assert_true(diff.n > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bytes_have_no_difference),
        cmocka_unit_test(an_alg_shows_in_every_header_that_it_edits),
        cmocka_unit_test(a_pushed_via_leaves_the_phones_own_as_it_is),
        cmocka_unit_test(writing_is_no_change_of_the_value),
        cmocka_unit_test(joined_lists_are_the_same_lists),
        cmocka_unit_test(session_descriptions_are_compared_line_by_line),
        cmocka_unit_test(what_a_capture_cut_off_is_said),
        cmocka_unit_test(many_changes_end_somewhere),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
