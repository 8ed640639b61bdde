/*
 * Old addresses that nobody removed.
 */

#include "lives.h"

extern const Rule rule_stale_bindings;

static void fires_on_a_pile_of_old_contacts(void **state)
{
    RegBinding binding = binding_made(NOON(0), 3600, REG_BINDING_OPEN);
    RegDevice device = device_made(&binding, 1, NULL);

    device.listed_stale = 4;
    device.listed = FRAME(7);

    g_autoptr(Judgement) j = judge_device(&rule_stale_bindings, &device, NOON(60));

    assert_fires(j, FINDING_STRONG,
                 "the registrar lists 4 old bindings of alice@example.com beside the newest one: "
                 "the device sends no +sip.instance");
    assert_fact(j, 0, "200 OK", 7);
    assert_rejects(j, "binding_fight");
    assert_int_equal(j->finding->rule->severity, FINDING_WARNING);
}

static void does_not_blame_a_device_with_an_instance(void **state)
{
    RegBinding binding = binding_made(NOON(0), 3600, REG_BINDING_OPEN);
    RegDevice device = device_made(&binding, 1, NULL);

    device.listed_stale = 3;
    device.listed = FRAME(7);
    device.instance = (char *)"urn:uuid:1";

    g_autoptr(Judgement) j = judge_device(&rule_stale_bindings, &device, NOON(60));

    assert_fires(j, FINDING_STRONG,
                 "the registrar lists 3 old bindings of alice@example.com beside the newest one");
}

static void is_clean_with_one_left_over(void **state)
{
    RegBinding binding = binding_made(NOON(0), 3600, REG_BINDING_OPEN);
    RegDevice device = device_made(&binding, 1, NULL);

    device.listed_stale = 1;
    device.listed = FRAME(7);

    g_autoptr(Judgement) j = judge_device(&rule_stale_bindings, &device, NOON(60));

    assert_clean(j);
}

static void is_clean_with_other_devices_of_the_account(void **state)
{
    RegBinding binding = binding_made(NOON(0), 3600, REG_BINDING_OPEN);
    RegDevice device = device_made(&binding, 1, NULL);

    device.listed_others = 5;
    device.listed = FRAME(7);

    g_autoptr(Judgement) j = judge_device(&rule_stale_bindings, &device, NOON(60));

    assert_clean(j);
}

/* A new port at each start, and no farewell. */
static void sees_them_in_the_list_of_a_200(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "at 0.1  phone -> server REGISTER contact=<sip:alice@192.168.1.10:40006>\n"
              "at 0.2  server -> phone 200 contact=\"<sip:alice@192.168.1.10:40006>;"
              "expires=3600, <sip:alice@192.168.1.10:40005>;expires=3300, "
              "<sip:alice@192.168.1.10:40004>;expires=3000, "
              "<sip:alice@192.168.1.10:40003>;expires=2700\"\n"
              "end 60\n",
              &rule_stale_bindings);

    assert_fires(j, FINDING_STRONG,
                 "the registrar lists 3 old bindings of alice@example.com beside the newest one: "
                 "the device sends no +sip.instance");
    assert_fact(j, 0, "200 OK", 2);
}

/* The phones of an office have one public address. */
static void other_phones_behind_one_address_are_not_stale(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "at 0.1  phone -> server REGISTER contact=<sip:alice@203.0.113.2:40006>\n"
              "at 0.2  server -> phone 200 contact=\"<sip:alice@203.0.113.2:40006>;"
              "expires=3600, <sip:alice@203.0.113.2:40005>;expires=3300, "
              "<sip:alice@203.0.113.2:40004>;expires=3000, "
              "<sip:alice@203.0.113.2:40003>;expires=2700\"\n"
              "end 60\n",
              &rule_stale_bindings);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_on_a_pile_of_old_contacts),
        cmocka_unit_test(does_not_blame_a_device_with_an_instance),
        cmocka_unit_test(is_clean_with_one_left_over),
        cmocka_unit_test(is_clean_with_other_devices_of_the_account),
        cmocka_unit_test(sees_them_in_the_list_of_a_200),
        cmocka_unit_test(other_phones_behind_one_address_are_not_stale),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
