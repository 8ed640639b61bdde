/* From, To and Contact. */

#include <glib.h>

#include "sip/value.h"
#include "support/check.h"

static void takes_a_name_and_an_address_apart(void **state)
{
    SipNameAddr addr =
        sip_name_addr_parse(STR("\"A. \\\"<x>\\\", B\" <sip:a@x;p=1> ;tag=1;q=\"<;>\""));

    assert_true(addr.ok);
    assert_false(addr.star);
    assert_str_equal(addr.display, "\"A. \\\"<x>\\\", B\"");
    assert_str_equal(addr.uri.user, "a");
    assert_str_equal(addr.uri.params, ";p=1");
    assert_str_equal(addr.params, ";tag=1;q=\"<;>\"");
}

static void a_name_needs_no_quotes(void **state)
{
    SipNameAddr addr = sip_name_addr_parse(STR("Mister  X\r\n <sip:a@x>"));

    assert_true(addr.ok);
    assert_str_equal(addr.display, "Mister  X");
    assert_str_equal(addr.uri.whole, "sip:a@x");
    assert_int_equal(addr.params.len, 0);
    assert_false(sip_name_addr_parse(STR("Mr. @ X <sip:a@x>")).ok);
    assert_true(sip_name_addr_parse(STR("caller<sip:a@x>;tag=3")).ok);
}

static void without_brackets_parameters_belong_to_the_header(void **state)
{
    SipNameAddr addr = sip_name_addr_parse(STR("sip:a@x:5070;tag=9;transport=udp"));

    assert_true(addr.ok);
    assert_false(str_present(addr.display));
    assert_str_equal(addr.uri.whole, "sip:a@x:5070");
    assert_int_equal(addr.uri.params.len, 0);
    assert_str_equal(addr.params, ";tag=9;transport=udp");
}

static void a_star_stands_alone(void **state)
{
    assert_true(sip_name_addr_parse(STR(" * ")).star);
    assert_true(sip_name_addr_parse(STR("*")).ok);
    assert_false(sip_name_addr_parse(STR("<*>")).star);
    assert_false(sip_name_addr_parse(STR("<*>")).ok);
    assert_false(sip_name_addr_parse(STR("*;q=1")).star);
}

static void what_is_broken_is_read_as_far_as_it_goes(void **state)
{
    SipNameAddr addr = sip_name_addr_parse(STR("\"Mr. J. User <sip:j.user@example.com>;tag=7"));

    assert_false(addr.ok);
    assert_str_equal(addr.uri.user, "j.user");
    assert_str_equal(addr.params, ";tag=7");

    addr = sip_name_addr_parse(STR("<sip:a@x"));
    assert_false(addr.ok);
    assert_str_equal(addr.uri.host, "x");
    assert_int_equal(addr.params.len, 0);

    addr = sip_name_addr_parse(STR("<sip:a@x> junk ;tag=1"));
    assert_false(addr.ok);
    assert_str_equal(addr.params, ";tag=1");

    assert_false(sip_name_addr_parse(STR_NONE).ok);
    assert_false(sip_name_addr_parse(STR("")).ok);
    assert_false(sip_name_addr_parse(STR("<>")).ok);
    assert_false(sip_name_addr_parse(STR(";tag=1")).ok);
}

static void survives_any_cut(void **state)
{
    Str good = STR("\"A \\\" b\" <sip:a@[::1]:5060;lr>;expires=60;q=\"x\\\\\"");

    for (size_t len = 0; len <= good.len; len++) {
        g_autofree char *copy = len > 0 ? g_memdup2(good.data, len) : NULL;
        SipNameAddr addr = sip_name_addr_parse((Str){ copy, len });

        assert_true(len < 30 ? !addr.ok : addr.ok);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_name_and_an_address_apart),
        cmocka_unit_test(a_name_needs_no_quotes),
        cmocka_unit_test(without_brackets_parameters_belong_to_the_header),
        cmocka_unit_test(a_star_stands_alone),
        cmocka_unit_test(what_is_broken_is_read_as_far_as_it_goes),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
