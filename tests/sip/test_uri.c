/* SIP URIs taken apart. */

#include <glib.h>

#include "sip/value.h"
#include "support/check.h"

static void takes_a_uri_apart(void **state)
{
    SipUri uri = sip_uri_parse(
        STR(" sips:alice:secret@Example.COM:5061;transport=tcp;lr?Subject=x&Priority=urgent "));

    assert_true(uri.ok);
    assert_str_equal(uri.scheme, "sips");
    assert_str_equal(uri.user, "alice");
    assert_str_equal(uri.password, "secret");
    assert_str_equal(uri.host, "Example.COM");
    assert_int_equal(uri.port, 5061);
    assert_str_equal(uri.params, ";transport=tcp;lr");
    assert_str_equal(uri.headers, "Subject=x&Priority=urgent");
    assert_int_equal(uri.whole.data[uri.whole.len - 1], 't');
}

static void parts_that_are_missing_are_missing(void **state)
{
    SipUri uri = sip_uri_parse(STR("sip:example.com"));

    assert_true(uri.ok);
    assert_false(str_present(uri.user));
    assert_false(str_present(uri.password));
    assert_str_equal(uri.host, "example.com");
    assert_int_equal(uri.port, 0);
    assert_int_equal(uri.params.len, 0);
    assert_false(str_present(uri.headers));
}

static void the_user_part_may_hold_anything(void **state)
{
    SipUri uri = sip_uri_parse(STR("sip:+1-212;ext=9?a=b&c/d%40e@h;p"));

    assert_true(uri.ok);
    assert_str_equal(uri.user, "+1-212;ext=9?a=b&c/d%40e");
    assert_str_equal(uri.host, "h");
    assert_str_equal(uri.params, ";p");

    uri = sip_uri_parse(STR("sip:alice@home@example.com;x"));
    assert_false(uri.ok);
    assert_str_equal(uri.user, "alice@home");
    assert_str_equal(uri.host, "example.com");

    uri = sip_uri_parse(STR("sip:alice@example.com?Route=<sip:a@b>"));
    assert_false(uri.ok);
    assert_str_equal(uri.user, "alice");
    assert_str_equal(uri.host, "example.com");
}

static void reads_ipv6_references(void **state)
{
    SipUri uri = sip_uri_parse(STR("sip:[2001:db8::10]:5070"));

    assert_true(uri.ok);
    assert_str_equal(uri.host, "2001:db8::10");
    assert_int_equal(uri.port, 5070);
    assert_int_equal(sip_uri_parse(STR("sip:[2001:db8::10:5070]")).port, 0);
    assert_false(sip_uri_parse(STR("sip:2001:db8::10")).ok);
}

static void a_telephone_number_is_a_user_without_host(void **state)
{
    SipUri uri = sip_uri_parse(STR("tel:+1-201-555-0123;phone-context=example.com"));

    assert_true(uri.ok);
    assert_str_equal(uri.user, "+1-201-555-0123");
    assert_false(str_present(uri.host));
    assert_str_equal(uri.params, ";phone-context=example.com");
}

static void unknown_schemes_are_left_whole(void **state)
{
    SipUri uri = sip_uri_parse(STR("urn:service:sos"));

    assert_true(uri.ok);
    assert_str_equal(uri.scheme, "urn");
    assert_false(str_present(uri.host));
    assert_str_equal(uri.whole, "urn:service:sos");
}

static void without_scheme_it_is_read_and_not_ok(void **state)
{
    SipUri uri = sip_uri_parse(STR("alice@example.com:5060"));

    assert_false(uri.ok);
    assert_str_equal(uri.user, "alice");
    assert_str_equal(uri.host, "example.com");
    assert_int_equal(uri.port, 5060);
    assert_str_equal(sip_uri_parse(STR("example.com:5060")).host, "example.com");
}

static void broken_grammar_is_noted(void **state)
{
    const char *bad[] = {
        "",           "sip:",
        "sip:@h",     "sip:a@",
        "sip:a@h:0",  "sip:a@h:65536",
        "sip:a@[",    "sip:a@]]",
        "sip:a%4@h",  "sip:a%@h",
        "sip:a%zz@h", "sip:a b@h",
        "<sip:a@h>",  "sip:a@h;x=\"y\"",
        "sip:a@h?",   "tel:",
        "*",          "sip:a@h:5060 ;x",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(sip_uri_parse(str_of(bad[i])).ok);
}

static void assert_aor(Str text, const char *expected)
{
    SipUri uri = sip_uri_parse(text);
    g_autofree char *aor = sip_uri_to_aor(&uri);

    assert_string_equal(aor, expected);
}

static void the_address_of_record_is_one_spelling(void **state)
{
    assert_aor(STR("sip:Alice@Example.COM:5060;transport=udp?x=y"), "Alice@example.com");
    assert_aor(STR("sips:%61lice@example.com"), "alice@example.com");
    assert_aor(STR("sip:alice%40home@example.com"), "alice%40home@example.com");
    assert_aor(STR("sip:a%3bb@example.com"), "a%3Bb@example.com");
    assert_aor(STR("sip:a%00b@example.com"), "a%00b@example.com");
    assert_aor(STR("sip:a\0b@example.com"), "a%00b@example.com");
    assert_aor(STR("sip:bob@[2001:DB8::1]:5060"), "bob@[2001:db8::1]");
    assert_aor(STR("sip:example.com"), "example.com");
    assert_aor(STR("tel:+1234"), "+1234");
    assert_aor(STR("sip:a%4"), "a%4");
    assert_aor(STR("urn:x"), "");
    assert_aor(STR_NONE, "");
}

static void survives_any_cut(void **state)
{
    Str good = STR("sip:al%20ice:p%41ss@[2001:db8::1]:5060;transport=tcp;lr?Subject=a%20b&x=y");

    for (size_t len = 0; len <= good.len; len++) {
        g_autofree char *copy = len > 0 ? g_memdup2(good.data, len) : NULL;
        SipUri uri = sip_uri_parse((Str){ copy, len });
        g_autofree char *aor = sip_uri_to_aor(&uri);

        assert_non_null(aor);
        if (uri.ok && len > 20)
            assert_int_equal(uri.host.len, strlen("2001:db8::1"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_uri_apart),
        cmocka_unit_test(parts_that_are_missing_are_missing),
        cmocka_unit_test(the_user_part_may_hold_anything),
        cmocka_unit_test(reads_ipv6_references),
        cmocka_unit_test(a_telephone_number_is_a_user_without_host),
        cmocka_unit_test(unknown_schemes_are_left_whole),
        cmocka_unit_test(without_scheme_it_is_read_and_not_ok),
        cmocka_unit_test(broken_grammar_is_noted),
        cmocka_unit_test(the_address_of_record_is_one_spelling),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
