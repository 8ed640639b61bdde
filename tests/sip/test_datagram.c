/* Keep-alives, and what is asked for at all. */

#include <glib.h>

#include "sip/datagram.h"
#include "support/check.h"

#define STUN_HEADER(type, len) "\x00" type "\x00" len
#define COOKIE "\x21\x12\xa4\x42"
#define ID "123456789012"

static const NetFlow other_ports = { .src.port = 40000, .dst.port = 40002 };
static const NetFlow sip_port = { .src.port = 40000, .dst.port = 5060 };

static void knows_the_habits_of_phones(void **state)
{
    const struct {
        Str bytes;
        SipKeepalive kind;
    } cases[] = {
        { STR("\r\n"), SIP_KEEPALIVE_CRLF },
        { STR("\n"), SIP_KEEPALIVE_CRLF },
        { STR("\r\n\r\n"), SIP_KEEPALIVE_CRLFCRLF },
        { STR("\r\n\r\n\r\n\r\n\r\n"), SIP_KEEPALIVE_CRLFCRLF },
        { STR("\0"), SIP_KEEPALIVE_ZEROS },
        { STR("\0\0\0\0"), SIP_KEEPALIVE_ZEROS },
        { STR("jaK\0"), SIP_KEEPALIVE_OTHER },
        { STR(""), SIP_KEEPALIVE_OTHER },
        { STR("\0\0\0\x01"), SIP_KEEPALIVE_OTHER },
        { STR("12345678"), SIP_KEEPALIVE_OTHER },
        { STR(STUN_HEADER("\x01", "\x00") COOKIE ID), SIP_KEEPALIVE_STUN },
        { STR(STUN_HEADER("\x01", "\x00") "abcd" ID), SIP_KEEPALIVE_STUN },
        { STR(STUN_HEADER("\x01", "\x04") "abcd" ID "attr"), SIP_KEEPALIVE_STUN },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        SipKeepalive kind = SIP_KEEPALIVE_WEBSOCKET;

        assert_true(sip_datagram_is_keepalive(cases[i].bytes, &kind));
        assert_int_equal(kind, cases[i].kind);
        assert_true(sip_framer_wants(cases[i].bytes, &other_ports));
    }
}

static void longer_things_are_no_keepalives(void **state)
{
    const Str others[] = {
        STR("123456789"),
        STR("\0\0\0\0\0\0\0\0\0"),
        STR(STUN_HEADER("\x01", "\x04") "abcd" ID),
        STR(STUN_HEADER("\x03", "\x00") "abcd" ID),
        STR(STUN_HEADER("\x01", "\x03") COOKIE ID "xyz"),
        STR("\xc0\x01\x00\x00" COOKIE ID),
        STR("REGISTER sip:a SIP/2.0\r\n"),
    };
    SipKeepalive kind;

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        assert_false(sip_datagram_is_keepalive(others[i], &kind));
}

static void sip_is_wanted_on_any_port(void **state)
{
    assert_true(sip_framer_wants(STR("REGISTER sip:a SIP/2.0\r\n"), &other_ports));
    assert_true(sip_framer_wants(STR("SIP/2.0 200 OK\r\n"), &other_ports));
    assert_true(sip_framer_wants(STR("!x%y sip:a SIP/2.0\r\n"), &other_ports));
    assert_true(sip_framer_wants(STR("\r\n\r\nREGISTER sip:a SIP/2.0\r\n"), &other_ports));
    assert_true(sip_framer_wants(STR("ACK sip:a SIP/2.0\r\n"), &other_ports));
}

static void media_is_not_wanted(void **state)
{
    g_autofree char *rtp = g_malloc0(172);

    for (unsigned first = 0x80; first <= 0xbf; first++) {
        rtp[0] = (char)first;
        assert_false(sip_framer_wants((Str){ rtp, 172 }, &other_ports));
    }
    assert_false(sip_framer_wants(STR("\x12\x34\x01\x00 a name query"), &other_ports));
    assert_false(sip_framer_wants(STR("{\"json\": 12345}"), &other_ports));
}

static void the_sip_port_is_always_looked_at(void **state)
{
    assert_true(sip_framer_wants(STR("\x01\x02\x03\x04REGISTER sip:a SIP/2.0\r\n"), &sip_port));
    assert_false(sip_framer_wants(STR("\x01\x02\x03\x04REGISTER sip:a SIP/2.0\r\n"), &other_ports));
}

static void survives_any_cut(void **state)
{
    Str good = STR(STUN_HEADER("\x01", "\x04") COOKIE ID "attr");

    for (size_t len = 0; len <= good.len; len++) {
        g_autofree char *copy = len > 0 ? g_memdup2(good.data, len) : NULL;
        SipKeepalive kind;

        assert_int_equal(sip_datagram_is_keepalive((Str){ copy, len }, &kind),
                         len <= 8 || len >= 20);
        assert_int_equal(sip_framer_wants((Str){ copy, len }, &other_ports), len <= 8 || len >= 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_habits_of_phones),
        cmocka_unit_test(longer_things_are_no_keepalives),
        cmocka_unit_test(sip_is_wanted_on_any_port),
        cmocka_unit_test(media_is_not_wanted),
        cmocka_unit_test(the_sip_port_is_always_looked_at),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
