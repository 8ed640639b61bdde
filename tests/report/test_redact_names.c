/*
 * Which token stands for which name.
 */

#include "report/redact_names.h"

#include "support/check.h"

static char *token(ReportRedactor *redactor, RedactKind kind, const char *name)
{
    GString *out = g_string_new(NULL);

    redact_name(redactor, out, kind, str_of(name));
    return g_string_free(out, FALSE);
}

#define assert_token(redactor, kind, name, expected)                       \
    do {                                                                   \
        g_autofree char *found = token((redactor), REDACT_##kind, (name)); \
        assert_string_equal(found, (expected));                            \
    } while (0)

static void tokens_are_counted_in_order_of_appearance(void **state)
{
    g_autoptr(ReportRedactor) redactor = report_redactor_new();

    assert_token(redactor, USER, "alice", "user1");
    assert_token(redactor, USER, "bob", "user2");
    assert_token(redactor, USER, "alice", "user1");
    assert_token(redactor, HOST, "sip.acme.test", "host1.example");
    assert_token(redactor, CALL_ID, "alice", "call1");
    assert_token(redactor, USER, "", "");
}

static void hosts_are_the_same_in_any_case_and_users_are_not(void **state)
{
    g_autoptr(ReportRedactor) redactor = report_redactor_new();

    assert_token(redactor, HOST, "SIP.acme.test", "host1.example");
    assert_token(redactor, HOST, "sip.ACME.test", "host1.example");
    assert_token(redactor, USER, "Alice", "user1");
    assert_token(redactor, USER, "alice", "user2");
    assert_true(redact_is_known(redactor, REDACT_HOST, STR("sip.acme.TEST")));
    assert_false(redact_is_known(redactor, REDACT_USER, STR("ALICE")));
}

static void assert_address(ReportRedactor *redactor, const char *from, const char *to)
{
    char text[NET_ENDPOINT_TEXT];
    NetAddr addr;

    assert_true(net_addr_parse(str_of(from), &addr));

    NetAddr found = redact_addr(redactor, &addr);

    assert_string_equal(net_addr_to_text(&found, text), to);
}

static void addresses_stay_public_or_private_and_of_their_version(void **state)
{
    g_autoptr(ReportRedactor) redactor = report_redactor_new();

    assert_address(redactor, "8.8.8.8", "192.0.2.1");
    assert_address(redactor, "9.9.9.9", "192.0.2.2");
    assert_address(redactor, "8.8.8.8", "192.0.2.1");
    assert_address(redactor, "192.168.7.7", "10.0.0.1");
    assert_address(redactor, "100.64.3.4", "10.0.0.2");
    assert_address(redactor, "2a00:1450::1", "2001:db8::1");
    assert_address(redactor, "fe80::1234", "fd00::1");
}

static void addresses_that_tell_nothing_stay(void **state)
{
    static const char *const same[] = {
        "127.0.0.1", "0.0.0.0", "::1", "::", "224.0.1.75", "ff02::1"
    };
    g_autoptr(ReportRedactor) redactor = report_redactor_new();

    for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
        assert_address(redactor, same[i], same[i]);
}

static void there_are_addresses_for_everybody(void **state)
{
    g_autoptr(ReportRedactor) redactor = report_redactor_new();
    NetAddr addr = { { 8, 0, 0, 0 }, 4 };

    for (unsigned i = 0; i < 800; i++) {
        addr.bytes[2] = (uint8_t)(i >> 8);
        addr.bytes[3] = (uint8_t)i;

        NetAddr found = redact_addr(redactor, &addr);
        char text[NET_ENDPOINT_TEXT];

        net_addr_to_text(&found, text);
        if (i == 253)
            assert_string_equal(text, "192.0.2.254");
        else if (i == 254)
            assert_string_equal(text, "198.51.100.1");
        else if (i == 761)
            assert_string_equal(text, "203.0.113.254");
        else if (i == 762)
            assert_string_equal(text, "198.18.0.0");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_counted_in_order_of_appearance),
        cmocka_unit_test(hosts_are_the_same_in_any_case_and_users_are_not),
        cmocka_unit_test(addresses_stay_public_or_private_and_of_their_version),
        cmocka_unit_test(addresses_that_tell_nothing_stay),
        cmocka_unit_test(there_are_addresses_for_everybody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
