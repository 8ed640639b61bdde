/*
 * The credentials are for a realm that nobody asked for.
 */

#include "logins.h"

extern const Rule rule_realm_mismatch;

static void fires_on_a_realm_that_was_never_offered(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("realm=old.example.com", "401"), &rule_realm_mismatch);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com was challenged for realm \"example.com\", answered for "
                 "\"old.example.com\" and was refused");
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "credentials", 3);
    assert_fact(j, 2, "realm answered", 3);
    assert_fact(j, 3, "answer", 4);
    assert_string_equal(fact_at(j->finding, 2)->expected, "example.com");
}

static void fires_when_another_realm_was_hashed(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(LOGIN("realm=\"\" replace=\"realm=\\\"\\\"=>realm=\\\"example.com\\\"\"", "401"),
                   ALICE, &rule_realm_mismatch);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com answered for realm \"example.com\", hashed an empty realm, and "
                 "was refused");
    assert_rejects(j, "password_wrong");
}

/* The domain is no realm. */
static void is_clean_on_a_realm_that_is_not_the_domain(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 401 realm=asterisk\n"
                                   "at 0.060 phone -> server REGISTER auth\n"
                                   "at 0.080 server -> phone 401 realm=asterisk\n"
                                   "end 60\n",
                                   &rule_realm_mismatch);

    assert_clean(j);
}

static void is_clean_when_it_is_accepted(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("realm=old.example.com", "200"), &rule_realm_mismatch);

    assert_clean(j);
}

/* The proxy asks once more; the registrar asked in between for its own realm. */
static void is_clean_behind_a_proxy_that_asks_again(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 407 realm=proxy\n"
                                   "at 0.060 phone -> server REGISTER auth\n"
                                   "at 0.080 server -> phone 401 realm=registrar\n"
                                   "at 0.120 phone -> server REGISTER auth both\n"
                                   "at 0.140 server -> phone 407 realm=proxy\n"
                                   "end 60\n",
                                   &rule_realm_mismatch);

    assert_clean(j);
}

/* Its own challenge may have had that realm. */
static void is_clean_on_a_remembered_nonce(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 401 realm=old nonce=n1\n"
                                   "at 0.060 phone -> server REGISTER auth\n"
                                   "at 0.080 server -> phone 200\n"
                                   "at 90     phone -> server REGISTER\n"
                                   "at 90.020 server -> phone 401 realm=new\n"
                                   "at 90.060 phone -> server REGISTER auth realm=old nonce=n1\n"
                                   "at 90.080 server -> phone 401 realm=new\n"
                                   "end 150\n",
                                   &rule_realm_mismatch);

    assert_clean(j);
}

static void abstains_when_messages_were_cut(void **state)
{
    g_autoptr(Judgement) j =
        judge("snaplen 420\n" LOGIN("realm=old.example.com", "401"), &rule_realm_mismatch);

    assert_abstains(j, "messages were cut by the snapshot length");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_on_a_realm_that_was_never_offered),
        cmocka_unit_test(fires_when_another_realm_was_hashed),
        cmocka_unit_test(is_clean_on_a_realm_that_is_not_the_domain),
        cmocka_unit_test(is_clean_when_it_is_accepted),
        cmocka_unit_test(is_clean_behind_a_proxy_that_asks_again),
        cmocka_unit_test(is_clean_on_a_remembered_nonce),
        cmocka_unit_test(abstains_when_messages_were_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
