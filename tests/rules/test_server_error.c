/*
 * 5xx: the request was fine, the server was not.
 */

#include "expect.h"

extern const Rule rule_server_error;

static void fires_and_quotes_the_body(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 500 drop=Server body=\"database "
                                   "gone\"\n"
                                   "end 60\n",
                                   &rule_server_error);

    assert_fires(j, FINDING_PROVEN,
                 "the server failed on the REGISTER of alice@example.com: 500 Server Internal "
                 "Error");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "answer", 2);
    assert_fact(j, 2, "body", 2);
    assert_string_equal(fact_at(j->finding, 2)->seen, "database gone");
}

static void fires_after_credentials_too(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 401\n"
                                   "at 0.03 phone -> server REGISTER auth\n"
                                   "at 0.05 server -> phone 504\n"
                                   "end 60\n",
                                   &rule_server_error);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_fact(j, 1, "answer", 4);
}

static void leaves_501_and_503_to_others(void **state)
{
    g_autoptr(Judgement) unavailable = judge("at 0    phone -> server REGISTER\n"
                                             "at 0.02 server -> phone 503\n"
                                             "end 60\n",
                                             &rule_server_error);
    g_autoptr(Judgement) unknown_method = judge("at 0    phone -> server REGISTER\n"
                                                "at 0.02 server -> phone 501\n"
                                                "end 60\n",
                                                &rule_server_error);

    assert_clean(unavailable);
    assert_clean(unknown_method);
}

static void is_clean_on_a_refusal(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 403\n"
                                   "end 60\n",
                                   &rule_server_error);

    assert_clean(j);
}

static void is_clean_when_another_method_fails(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server registration\n"
                                   "at 1    phone -> server PUBLISH\n"
                                   "at 1.02 server -> phone 500\n"
                                   "end 60\n",
                                   &rule_server_error);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_and_quotes_the_body),
        cmocka_unit_test(fires_after_credentials_too),
        cmocka_unit_test(leaves_501_and_503_to_others),
        cmocka_unit_test(is_clean_on_a_refusal),
        cmocka_unit_test(is_clean_when_another_method_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
