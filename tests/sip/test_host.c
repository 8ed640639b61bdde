/* Host and port, as names and as addresses of both kinds. */

#include <glib.h>

#include "sip/host.h"
#include "support/check.h"

static void reads_a_name_with_and_without_port(void **state)
{
    SipHost host = sip_host_parse(STR("example.com"));

    assert_str_equal(host.name, "example.com");
    assert_int_equal(host.port, 0);
    assert_true(host.ok);

    host = sip_host_parse(STR("192.0.2.1 : 5080"));
    assert_str_equal(host.name, "192.0.2.1");
    assert_int_equal(host.port, 5080);
    assert_true(host.ok);
}

static void reads_an_ipv6_reference(void **state)
{
    SipHost host = sip_host_parse(STR("[2001:db8::9:1]"));

    assert_str_equal(host.name, "2001:db8::9:1");
    assert_int_equal(host.port, 0);
    assert_true(host.ok);

    host = sip_host_parse(STR("[2001:db8::9:1]:5060"));
    assert_str_equal(host.name, "2001:db8::9:1");
    assert_int_equal(host.port, 5060);
    assert_true(host.ok);

    host = sip_host_parse(STR("[::ffff:192.0.2.10]"));
    assert_str_equal(host.name, "::ffff:192.0.2.10");
    assert_true(host.ok);
}

static void an_address_without_brackets_keeps_its_last_part(void **state)
{
    SipHost host = sip_host_parse(STR("2001:db8::9:5060"));

    assert_str_equal(host.name, "2001:db8::9:5060");
    assert_int_equal(host.port, 0);
    assert_false(host.ok);
}

static void a_bad_port_is_noted_and_not_guessed(void **state)
{
    const char *bad[] = { "x:",   "x:0",    "x:65536", "x:99999999999", "x:5060a",
                          "x:-1", "x: 1 2", "[::1]:",  "[::1]x",        "[::1]:0" };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        SipHost host = sip_host_parse(str_of(bad[i]));

        assert_false(host.ok);
        assert_int_equal(host.port, 0);
        assert_true(host.name.len > 0);
    }
    assert_int_equal(sip_host_parse(STR("x:65535")).port, 65535);
}

static void a_name_that_is_none_is_noted(void **state)
{
    const char *bad[] = {
        "", "a b", "[", "[]", "[::1", "]]", "[fe80::1%eth0]", "[1]", "caf\xc3\xa9"
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(sip_host_parse(str_of(bad[i])).ok);
    assert_str_equal(sip_host_parse(STR("[fe80::1%eth0]:5060")).name, "fe80::1%eth0");
    assert_true(sip_host_parse(STR("with_underscore")).ok);
}

static void survives_any_cut(void **state)
{
    const Str good[] = { STR("[2001:db8::1]:5060"), STR("host.example.com : 5060") };

    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        for (size_t len = 0; len < good[i].len; len++) {
            g_autofree char *copy = len > 0 ? g_memdup2(good[i].data, len) : NULL;

            assert_int_not_equal(sip_host_parse((Str){ copy, len }).port, 5060);
        }
        assert_int_equal(sip_host_parse(good[i]).port, 5060);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_name_with_and_without_port),
        cmocka_unit_test(reads_an_ipv6_reference),
        cmocka_unit_test(an_address_without_brackets_keeps_its_last_part),
        cmocka_unit_test(a_bad_port_is_noted_and_not_guessed),
        cmocka_unit_test(a_name_that_is_none_is_noted),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
