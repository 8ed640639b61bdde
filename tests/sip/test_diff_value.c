/* One value on both sides, part by part. */

#include "told.h"

#define INSIDE TOLD_INSIDE

static void each_part_is_told_apart(void **state)
{
    assert_edit("sip:example.com SIP", "sip:10.0.0.1:5062 SIP",
                "Request-URI address example.com > 10.0.0.1:5062");
    assert_edit("alice@192", "bob@192", "Contact user alice > bob");
    assert_edit(";expires=60", ";expires=90", "Contact param expires 60 > 90");
    assert_edit(";expires=60", "", "Contact param expires 60 > ");
    assert_edit("c1@192.168.1.10", "c1@203.0.113.2", "Call-ID address 192.168.1.10 > 203.0.113.2");
    assert_edit("c1@", "c2@", "Call-ID user c1 > c2");
    assert_edit("From: <sip:alice@example.com>", "From: <sip:alice@203.0.113.2>",
                "From address example.com > 203.0.113.2");
    assert_edit("tag=f1", "tag=f2", "From param tag f1 > f2");
    assert_edit("rport;", "rport=18680;received=203.0.113.2;",
                "Via param rport  > 18680; Via param received  > 203.0.113.2");
    assert_edit("Max-Forwards: 70", "Max-Forwards: 69", "Max-Forwards value 70 > 69");
    assert_edit("User-Agent: phone 1.0\r\n", "", "User-Agent removed phone 1.0 > ");
    assert_edit("Content-Length", "X-New: 1\r\nContent-Length", "X-New added  > 1");
}

static void unknown_headers_are_looked_through_for_addresses(void **state)
{
    g_autofree char *inside =
        pair_edit(INSIDE, "User-Agent: phone 1.0", "P-Asserted-Identity: <sip:alice@192.168.1.10>");
    g_autofree char *outside =
        pair_edit(INSIDE, "User-Agent: phone 1.0", "P-Asserted-Identity: <sip:alice@203.0.113.2>");
    g_autoptr(Pair) pair = pair_outward(inside, outside);

    assert_told(pair, "P-Asserted-Identity address 192.168.1.10 > 203.0.113.2");
    assert_true(pair->diff.changes[0].mapping);
}

static void credentials_are_compared_by_parameter(void **state)
{
    g_autofree char *inside =
        pair_edit(INSIDE, "User-Agent: phone 1.0",
                  "Authorization: Digest username=\"alice\", uri=\"sip:192.168.1.10\", nc=1");
    g_autofree char *outside =
        pair_edit(INSIDE, "User-Agent: phone 1.0",
                  "Authorization: Digest username=\"alice\",uri=\"sip:203.0.113.2\", nc=1");
    g_autoptr(Pair) pair = pair_outward(inside, outside);

    assert_told(pair, "Authorization param uri \"sip:192.168.1.10\" > \"sip:203.0.113.2\"");
}

static void an_address_that_is_not_the_packets_is_no_mapping(void **state)
{
    g_autoptr(Pair) pair = pair_outward(INSIDE, REGISTER("203.0.113.99", "18680"));

    assert_int_equal(pair->diff.n, 2);
    assert_false(pair->diff.changes[0].mapping);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_is_told_apart),
        cmocka_unit_test(unknown_headers_are_looked_through_for_addresses),
        cmocka_unit_test(credentials_are_compared_by_parameter),
        cmocka_unit_test(an_address_that_is_not_the_packets_is_no_mapping),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
