/* Via, with rport and received. */

#include <glib.h>

#include "sip/value.h"
#include "support/check.h"

static void takes_a_via_apart(void **state)
{
    SipVia via = sip_via_parse(STR("SIP/2.0/UDP 192.0.2.1:5061;branch=z9hG4bKx;rport=4096"
                                   ";received=198.51.100.7"));

    assert_true(via.ok);
    assert_str_equal(via.protocol, "SIP/2.0/UDP");
    assert_str_equal(via.transport, "UDP");
    assert_str_equal(via.host, "192.0.2.1");
    assert_int_equal(via.port, 5061);
    assert_str_equal(via.branch, "z9hG4bKx");
    assert_str_equal(via.received, "198.51.100.7");
    assert_true(via.rport_asked);
    assert_int_equal(via.rport, 4096);
}

static void blanks_may_stand_anywhere(void **state)
{
    SipVia via =
        sip_via_parse(STR("SIP  /\t2.0 /\r\n UDP  example.com : 4000 ;ttl=16 ; branch = b"));

    assert_true(via.ok);
    assert_str_equal(via.transport, "UDP");
    assert_str_equal(via.host, "example.com");
    assert_int_equal(via.port, 4000);
    assert_str_equal(via.branch, "b");
}

static void rport_may_be_asked_for(void **state)
{
    SipVia via = sip_via_parse(STR("SIP/2.0/TCP h;rport;branch=b"));

    assert_true(via.ok);
    assert_true(via.rport_asked);
    assert_int_equal(via.rport, 0);
    assert_false(str_present(via.received));
    assert_false(sip_via_parse(STR("SIP/2.0/TCP h;branch=b")).rport_asked);
    assert_true(sip_via_parse(STR("SIP/2.0/TCP h;rport=")).ok);
    assert_false(sip_via_parse(STR("SIP/2.0/TCP h;rport=70000")).ok);
}

static void received_may_be_an_ipv6_address_with_or_without_brackets(void **state)
{
    Str with = STR("SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=b");
    Str without = STR("SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=b");

    assert_str_equal(sip_via_parse(with).received, "2001:db8::9:255");
    assert_str_equal(sip_via_parse(without).received, "2001:db8::9:255");
    assert_str_equal(sip_via_parse(with).host, "2001:db8::9:1");
    assert_true(sip_via_parse(without).ok);
}

static void broken_grammar_is_noted(void **state)
{
    const char *bad[] = { "",
                          "SIP",
                          "SIP/2.0",
                          "SIP/2.0/",
                          "SIP/2.0/UDP",
                          "SIP/2.0/UDP ;branch=b",
                          "SIP/2.0/UDP h:0",
                          "/2.0/UDP h",
                          "SIP/2.0/UDP h x" };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(sip_via_parse(str_of(bad[i])).ok);
    assert_str_equal(sip_via_parse(STR("SIP/2.0/UDP ;branch=b")).branch, "b");
}

static void the_topmost_via_is_the_first_of_the_first(void **state)
{
    g_autoptr(SipMessage) message =
        sip_message_parse(&(NetMeta){ .time = 0 },
                          STR("OPTIONS sip:x SIP/2.0\r\n"
                              "v: SIP/2.0/UDP a;branch=1 , SIP/2.0/TCP b;branch=2\r\n"
                              "Via: SIP/2.0/TLS c;branch=3\r\n\r\n"),
                          0);

    assert_str_equal(sip_message_via(message).host, "a");
    assert_int_equal(sip_message_via_count(message), 3);
    assert_str_equal(message->branch, "1");
}

static void no_via_is_not_ok(void **state)
{
    g_autoptr(SipMessage) message =
        sip_message_parse(&(NetMeta){ .time = 0 }, STR("OPTIONS sip:x SIP/2.0\r\n\r\n"), 0);

    assert_false(sip_message_via(message).ok);
    assert_int_equal(sip_message_via_count(message), 0);
}

static void survives_any_cut(void **state)
{
    Str good = STR("SIP / 2.0 / UDP [2001:db8::1]:5060;rport=1;received=[::2];branch=\"x\\\"\"");

    for (size_t len = 0; len <= good.len; len++) {
        g_autofree char *copy = len > 0 ? g_memdup2(good.data, len) : NULL;
        SipVia via = sip_via_parse((Str){ copy, len });

        if (len < 29)
            assert_false(via.ok);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_via_apart),
        cmocka_unit_test(blanks_may_stand_anywhere),
        cmocka_unit_test(rport_may_be_asked_for),
        cmocka_unit_test(received_may_be_an_ipv6_address_with_or_without_brackets),
        cmocka_unit_test(broken_grammar_is_noted),
        cmocka_unit_test(the_topmost_via_is_the_first_of_the_first),
        cmocka_unit_test(no_via_is_not_ok),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
