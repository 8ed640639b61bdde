/*
 * 404 and 604: the registrar does not know the account, before or after it has
 * seen credentials.
 */

#include "expect.h"

extern const Rule rule_account_unknown;

static void fires_on_404_before_any_challenge(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0 phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 404\n"
                                   "end 60\n",
                                   &rule_account_unknown);

    assert_fires(j, FINDING_PROVEN,
                 "the registrar does not know alice@example.com: 404 Not Found before it asked for "
                 "credentials");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "answer", 2);
    assert_string_equal(fact_at(j->finding, 1)->seen, "404 Not Found, CSeq 1");
}

static void says_that_the_credentials_came_first_when_they_did(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "at 0 phone -> server REGISTER\n"
                                   "at 0.001 server -> phone 401\n"
                                   "at 0.040 phone -> server REGISTER auth\n"
                                   "at 0.041 server -> phone 604 reason=\"Nobody here\"\n"
                                   "end 60\n",
                                   &rule_account_unknown);

    assert_fires(j, FINDING_PROVEN,
                 "the registrar does not know alice@example.com: 604 Nobody here after it had seen "
                 "credentials");
    assert_fact(j, 0, "request", 3);
    assert_fact(j, 1, "answer", 4);
}

static void quotes_what_the_registrar_says_of_itself(void **state)
{
    g_autoptr(Judgement) j =
        judge("at 0 phone -> server REGISTER\n"
              "at 0.020 server -> phone 404 drop=Server add=\"Warning: 399 pbx \\\"no aor\\\"\"\n"
              "end 60\n",
              &rule_account_unknown);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->facts->len, 3);
    assert_fact(j, 2, "Warning", 2);
    assert_string_equal(fact_at(j->finding, 2)->seen, "399 pbx \"no aor\"");
}

static void speaks_of_the_answer_when_the_request_was_not_captured(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server REGISTER unseen\n"
                                   "at 0.020 server -> phone 404\n"
                                   "end 60\n",
                                   &rule_account_unknown);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_checkable(j->finding);
    assert_fact(j, 0, "answer", 1);
}

static void is_clean_on_another_refusal(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 403\n"
                                   "end 60\n",
                                   &rule_account_unknown);

    assert_clean(j);
}

static void is_clean_when_the_phone_registers(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server registration\n"
                                   "end 60\n",
                                   &rule_account_unknown);

    assert_clean(j);
}

/* Pings of the server, PUBLISH and SUBSCRIBE of the phone are no registrations. */
static void is_clean_when_another_method_is_not_found(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server registration\n"
                                   "at 1 phone -> server SUBSCRIBE\n"
                                   "at 1.020 server -> phone 404\n"
                                   "end 60\n",
                                   &rule_account_unknown);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_on_404_before_any_challenge),
        cmocka_unit_test(says_that_the_credentials_came_first_when_they_did),
        cmocka_unit_test(quotes_what_the_registrar_says_of_itself),
        cmocka_unit_test(speaks_of_the_answer_when_the_request_was_not_captured),
        cmocka_unit_test(is_clean_on_another_refusal),
        cmocka_unit_test(is_clean_when_the_phone_registers),
        cmocka_unit_test(is_clean_when_another_method_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
