/*
 * 503: for how long, and whether the phone came back.
 */

#include "expect.h"

extern const Rule rule_server_unavailable;

#define AWAY                              \
    "at 0     phone -> server REGISTER\n" \
    "at 0.020 server -> phone 503 drop=Server retry-after=20\n"

static void says_how_long_the_server_wants_to_be_left_alone(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n" AWAY "end 60\n", &rule_server_unavailable);

    assert_fires(j, FINDING_PROVEN,
                 "the server asked alice@example.com to stay away for 20 s: 503 Service "
                 "Unavailable; the phone was not seen to come back in 59 s");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "answer", 2);
    assert_fact(j, 2, "Retry-After", 2);
}

static void says_that_the_phone_came_back_and_was_accepted(void **state)
{
    g_autoptr(Judgement) j =
        judge(AWAY "at 22 phone -> server registration\nend 60\n", &rule_server_unavailable);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_null(strstr(j->finding->summary, "not seen to come back"));
    assert_non_null(strstr(j->finding->summary, "the phone came back"));
}

static void does_without_a_time(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 503\n"
                                   "end 60\n",
                                   &rule_server_unavailable);

    assert_fires(j, FINDING_PROVEN,
                 "the server asked alice@example.com to stay away: 503 Service Unavailable; the "
                 "phone was not seen to come back in 59 s");
}

static void is_clean_on_another_failure(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 500\n"
                                   "end 60\n",
                                   &rule_server_unavailable);

    assert_clean(j);
}

static void is_clean_when_the_server_is_there(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server registration\n"
                                   "end 60\n",
                                   &rule_server_unavailable);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_how_long_the_server_wants_to_be_left_alone),
        cmocka_unit_test(says_that_the_phone_came_back_and_was_accepted),
        cmocka_unit_test(does_without_a_time),
        cmocka_unit_test(is_clean_on_another_failure),
        cmocka_unit_test(is_clean_when_the_server_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
