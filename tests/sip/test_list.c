/* Comma-separated values, parameters, quoted strings, numbers. */

#include "sip/value.h"
#include "support/check.h"

static void walks_the_values_of_a_list(void **state)
{
    Str rest = STR(" <sip:a@x;p=1,2> ;q=0.5,\r\n \"B, \\\"b\" <sip:b@x>,, (c,c) sip:c@x ,");
    Str value;

    assert_true(sip_list_next(&rest, &value));
    assert_str_equal(value, "<sip:a@x;p=1,2> ;q=0.5");
    assert_true(sip_list_next(&rest, &value));
    assert_str_equal(value, "\"B, \\\"b\" <sip:b@x>");
    assert_true(sip_list_next(&rest, &value));
    assert_str_equal(value, "(c,c) sip:c@x");
    assert_false(sip_list_next(&rest, &value));
    assert_false(sip_list_next(&rest, &value));
}

static void nothing_is_no_value(void **state)
{
    Str none = STR_NONE;
    Str commas = STR(" ,, ,");
    Str value;

    assert_false(sip_list_next(&none, &value));
    assert_false(sip_list_next(&commas, &value));
}

static SipMessage *message_of(Str bytes)
{
    return sip_message_parse(&(NetMeta){ .time = 0 }, bytes, 0);
}

static void walks_the_values_of_several_headers(void **state)
{
    g_autoptr(SipMessage) message = message_of(STR("REGISTER sip:x SIP/2.0\r\n"
                                                   "Contact: <sip:a@x>, <sip:b@x>\r\n"
                                                   "Expires: 60\r\n"
                                                   "Contact:\r\n"
                                                   "m: <sip:c@x>\r\n\r\n"));
    const char *expected[] = { "<sip:a@x>", "<sip:b@x>", "<sip:c@x>" };
    SipValues cursor = { 0 };
    Str value;

    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        assert_true(sip_values_next(message, SIP_HEADER_CONTACT, &cursor, &value));
        assert_true(str_equal(value, str_of(expected[i])));
    }
    assert_false(sip_values_next(message, SIP_HEADER_CONTACT, &cursor, &value));
}

static void a_challenge_is_one_value_with_commas_in_it(void **state)
{
    g_autoptr(SipMessage) message =
        message_of(STR("SIP/2.0 401 Unauthorized\r\n"
                       "WWW-Authenticate: Digest realm=\"a\", nonce=\"b\"\r\n"
                       "WWW-Authenticate: Digest realm=\"c\", nonce=\"d\"\r\n\r\n"));
    SipValues cursor = { 0 };
    Str value;

    assert_true(sip_values_next(message, SIP_HEADER_WWW_AUTHENTICATE, &cursor, &value));
    assert_str_equal(value, "Digest realm=\"a\", nonce=\"b\"");
    assert_true(sip_values_next(message, SIP_HEADER_WWW_AUTHENTICATE, &cursor, &value));
    assert_str_equal(value, "Digest realm=\"c\", nonce=\"d\"");
    assert_false(sip_values_next(message, SIP_HEADER_WWW_AUTHENTICATE, &cursor, &value));
}

static void walks_parameters(void **state)
{
    Str rest = STR(";tag=a ; lr;; x = \"1;2\" ;empty=");
    Str name;
    Str value;

    assert_true(sip_param_next(&rest, &name, &value));
    assert_str_equal(name, "tag");
    assert_str_equal(value, "a");
    assert_true(sip_param_next(&rest, &name, &value));
    assert_str_equal(name, "lr");
    assert_false(str_present(value));
    assert_true(sip_param_next(&rest, &name, &value));
    assert_str_equal(name, "x");
    assert_str_equal(value, "\"1;2\"");
    assert_true(sip_param_next(&rest, &name, &value));
    assert_str_equal(name, "empty");
    assert_true(str_present(value));
    assert_int_equal(value.len, 0);
    assert_false(sip_param_next(&rest, &name, &value));
}

static void finds_a_parameter_in_any_case(void **state)
{
    Str params = STR(";q=0.5;Expires=60;expires=70");
    Str value = STR("untouched");

    assert_true(sip_param_find(params, "expires", &value));
    assert_str_equal(value, "60");
    value = STR("untouched");
    assert_false(sip_param_find(params, "expire", &value));
    assert_str_equal(value, "untouched");
    assert_false(sip_param_find(STR_NONE, "q", &value));
}

static void takes_quotes_off(void **state)
{
    assert_str_equal(sip_unquote(STR("\"a\\\"b\"")), "a\\\"b");
    assert_str_equal(sip_unquote(STR("plain")), "plain");
    assert_str_equal(sip_unquote(STR("\"\"")), "");
    assert_str_equal(sip_unquote(STR("\"open")), "open");
    assert_str_equal(sip_unquote(STR("\"")), "");
    assert_false(str_present(sip_unquote(STR_NONE)));
}

static void reads_numbers(void **state)
{
    uint32_t n = 7;

    assert_int_equal(sip_number(STR_NONE, &n), SIP_NUMBER_ABSENT);
    assert_int_equal(n, 7);
    assert_int_equal(sip_number(STR("3600"), &n), SIP_NUMBER_OK);
    assert_int_equal(n, 3600);
    assert_int_equal(sip_number(STR("18000;duration=3600"), &n), SIP_NUMBER_OK);
    assert_int_equal(n, 18000);
    assert_int_equal(sip_number(STR("120 (I'm in a meeting)"), &n), SIP_NUMBER_OK);
    assert_int_equal(n, 120);
    assert_int_equal(sip_number(STR("000001"), &n), SIP_NUMBER_OK);
    assert_int_equal(n, 1);
}

static void a_number_that_is_too_large_is_the_largest(void **state)
{
    uint32_t n = 0;

    assert_int_equal(sip_number(STR("4294967295"), &n), SIP_NUMBER_OK);
    assert_int_equal(n, UINT32_MAX);
    n = 0;
    assert_int_equal(sip_number(STR("4294967296"), &n), SIP_NUMBER_OK);
    assert_int_equal(n, UINT32_MAX);
    n = 0;
    assert_int_equal(sip_number(STR("99999999999999999999999999999999"), &n), SIP_NUMBER_OK);
    assert_int_equal(n, UINT32_MAX);
}

static void what_is_no_number_is_malformed(void **state)
{
    const char *bad[] = { "", " ", "-1", "+5", "1e3", "0x10", "3.5", "12a", ";3", "Thu, 01 Dec" };
    uint32_t n = 7;

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_int_equal(sip_number(str_of(bad[i]), &n), SIP_NUMBER_MALFORMED);
    assert_int_equal(n, 7);
}

static void survives_any_cut(void **state)
{
    Str good = STR("\"A, \\\"b\" <sip:a@x;p>;q=\"x\\\"y\";r=1;s, (c(d)) sip:b@x;expires=60");

    for (size_t len = 0; len <= good.len; len++) {
        g_autofree char *copy = g_memdup2(good.data, MAX(len, 1));
        g_autofree char *exact = len > 0 ? g_memdup2(copy, len) : NULL;
        Str rest = { exact, len };
        Str value;
        Str name;

        for (unsigned n = 0; sip_list_next(&rest, &value); n++) {
            assert_true(n < 2);
            for (Str params = value, its; sip_param_next(&params, &name, &its);)
                sip_unquote(its);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_the_values_of_a_list),
        cmocka_unit_test(nothing_is_no_value),
        cmocka_unit_test(walks_the_values_of_several_headers),
        cmocka_unit_test(a_challenge_is_one_value_with_commas_in_it),
        cmocka_unit_test(walks_parameters),
        cmocka_unit_test(finds_a_parameter_in_any_case),
        cmocka_unit_test(takes_quotes_off),
        cmocka_unit_test(reads_numbers),
        cmocka_unit_test(a_number_that_is_too_large_is_the_largest),
        cmocka_unit_test(what_is_no_number_is_malformed),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
