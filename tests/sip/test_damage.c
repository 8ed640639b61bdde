/* What boxes on the way do to text that they do not understand. */

#include "pair.h"

static uint32_t damage_after(const char *old, const char *new)
{
    g_autofree char *text = pair_edit(REGISTER(PHONE, "5060"), old, new);
    g_autoptr(SipMessage) message = pair_message(text, PHONE, SERVER);

    return sip_damage_of(message);
}

static void a_message_as_phones_send_it_is_whole(void **state)
{
    assert_int_equal(damage_after("alice", "alice"), 0);
    assert_int_equal(
        damage_after("Contact: <sip:alice@192.168.1.10:5060>;expires=60", "Contact: *"), 0);
}

static void each_kind_is_told(void **state)
{
    assert_int_equal(damage_after("Content-Length: 0", "Content-Length: 12"), SIP_DAMAGE_LENGTH);
    assert_int_equal(damage_after("5060>", "5060:5060>"), SIP_DAMAGE_ADDRESS);
    assert_int_equal(damage_after("rport;", "rport;rport=1024;"), SIP_DAMAGE_PARAM);
    assert_int_equal(damage_after("User-Agent: phone", "hone"), SIP_DAMAGE_LINE);
    assert_int_equal(damage_after("Call-ID: c1@192.168.1.10\r\n", ""), SIP_DAMAGE_MISSING);
}

static void what_the_capture_cut_off_is_nobodys_fault(void **state)
{
    NetMeta meta = { .time = 0 };
    g_autoptr(SipMessage) message =
        sip_message_parse(&meta, str_first(STR(REGISTER(PHONE, "5060")), 60), SIP_CUT_SHORT);

    assert_int_equal(sip_damage_of(message), 0);
}

static void every_kind_has_words(void **state)
{
    for (unsigned bit = 0; bit < 5; bit++)
        assert_string_not_equal(sip_damage_name(1 << bit), "damaged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_as_phones_send_it_is_whole),
        cmocka_unit_test(each_kind_is_told),
        cmocka_unit_test(what_the_capture_cut_off_is_nobodys_fault),
        cmocka_unit_test(every_kind_has_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
