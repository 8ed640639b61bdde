/*
 * The device took its leave, and did not come back at once.
 */

#include "expect.h"

extern const Rule rule_deregistered;

#define LEAVES                                           \
    "at 0     phone -> server registration\n"            \
    "at 100   phone -> server REGISTER auth expires=0\n" \
    "at 100.02 server -> phone 200\n"

static void fires_when_the_binding_is_removed(void **state)
{
    g_autoptr(Judgement) j = judge(LEAVES "end 160\n", &rule_deregistered);

    assert_fires(j, FINDING_PROVEN, "alice@example.com removed its registration on purpose");
    assert_fact(j, 0, "request", 5);
    assert_fact(j, 1, "answer", 6);
    assert_int_equal(j->finding->rule->severity, FINDING_NOTE);
}

static void fires_when_every_contact_is_removed(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server registration\n"
                                   "at 9    phone -> server REGISTER auth contact=* expires=0\n"
                                   "at 9.02 server -> phone 200 contact=none\n"
                                   "end 60\n",
                                   &rule_deregistered);

    assert_int_equal(j->verdict, RULE_FIRES);
}

static void is_clean_when_the_phone_registers_again_at_once(void **state)
{
    g_autoptr(Judgement) j =
        judge(LEAVES "at 100.5 phone -> server registration\nend 160\n", &rule_deregistered);

    assert_clean(j);
}

/* Restarted phones clear the table under the old Call-ID and register under a
 * new one. */
static void is_clean_when_the_phone_registers_under_another_call_id(void **state)
{
    g_autoptr(Judgement) j = judge(LEAVES "reboot phone\n"
                                          "at 101 phone -> server registration\n"
                                          "end 160\n",
                                   &rule_deregistered);

    assert_clean(j);
}

static void fires_when_the_phone_comes_back_much_later(void **state)
{
    g_autoptr(Judgement) j =
        judge(LEAVES "at 130 phone -> server registration\nend 190\n", &rule_deregistered);

    assert_int_equal(j->verdict, RULE_FIRES);
}

static void is_clean_while_the_registrar_has_not_agreed(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server registration\n"
                                   "at 9    phone -> server REGISTER auth expires=0\n"
                                   "at 9.02 server -> phone 500\n"
                                   "end 60\n",
                                   &rule_deregistered);

    assert_clean(j);
}

static void is_clean_when_one_of_two_contacts_is_removed(void **state)
{
    g_autoptr(Judgement) j =
        judge("at 0    phone -> server registration\n"
              "at 9    phone -> server REGISTER auth header=\"Contact: <sip:alice@192.168.1.10>, "
              "<sip:alice@192.168.1.99>;expires=0\"\n"
              "at 9.02 server -> phone 200\n"
              "end 60\n",
              &rule_deregistered);

    assert_clean(j);
}

static void is_clean_when_the_request_was_not_captured(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server registration\n"
                                   "at 9    phone -> server REGISTER auth expires=0 unseen\n"
                                   "at 9.02 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_deregistered);

    assert_clean(j);
}

static void abstains_when_messages_were_cut(void **state)
{
    g_autoptr(Judgement) j = judge("snaplen 420\n"
                                   "at 0    phone -> server registration\n"
                                   "at 9    phone -> server REGISTER auth expires=0\n"
                                   "at 9.02 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_deregistered);

    assert_abstains(j, "messages were cut by the snapshot length");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_binding_is_removed),
        cmocka_unit_test(fires_when_every_contact_is_removed),
        cmocka_unit_test(is_clean_when_the_phone_registers_again_at_once),
        cmocka_unit_test(is_clean_when_the_phone_registers_under_another_call_id),
        cmocka_unit_test(fires_when_the_phone_comes_back_much_later),
        cmocka_unit_test(is_clean_while_the_registrar_has_not_agreed),
        cmocka_unit_test(is_clean_when_one_of_two_contacts_is_removed),
        cmocka_unit_test(is_clean_when_the_request_was_not_captured),
        cmocka_unit_test(abstains_when_messages_were_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
