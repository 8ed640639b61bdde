/*
 * Refusals that are answered by asking again at once.
 */

#include "expect.h"

extern const Rule rule_retry_storm;

#define REFUSED(times, gap, status)           \
    "repeat " times " every " gap " {\n"      \
    "  at 0     phone -> server REGISTER\n"   \
    "  at 0.020 server -> phone " status "\n" \
    "}\n"

static void fires_when_the_phone_does_not_pause(void **state)
{
    g_autoptr(Judgement) j = judge(REFUSED("20", "2", "403") "end 80\n", &rule_retry_storm);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com was refused 20 times in a row within 38 s (403) and asked "
                 "again each time at once, every 2.0 s");
    assert_fact(j, 0, "first refusal", 2);
    assert_fact(j, 1, "last refusal", 40);
}

static void counts_refused_credentials(void **state)
{
    g_autoptr(Judgement) j = judge("repeat 10 every 1 {\n"
                                   "  at 0     phone -> server REGISTER\n"
                                   "  at 0.020 server -> phone 401\n"
                                   "  at 0.030 phone -> server REGISTER auth password=wrong\n"
                                   "  at 0.050 server -> phone 403\n"
                                   "}\nend 80\n",
                                   &rule_retry_storm);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_checkable(j->finding);
}

static void fires_with_a_new_call_id_each_time(void **state)
{
    g_autoptr(Judgement) j = judge("repeat 10 every 2 {\n"
                                   "  at 0     phone -> server REGISTER\n"
                                   "  at 0.020 server -> phone 404\n"
                                   "  at 1 reboot phone\n"
                                   "}\nend 80\n",
                                   &rule_retry_storm);

    assert_int_equal(j->verdict, RULE_FIRES);
}

static void is_clean_when_the_phone_waits(void **state)
{
    g_autoptr(Judgement) j = judge(REFUSED("20", "30", "403") "end 700\n", &rule_retry_storm);

    assert_clean(j);
}

static void is_clean_after_a_few_tries(void **state)
{
    g_autoptr(Judgement) j = judge(REFUSED("5", "1", "403") "end 60\n", &rule_retry_storm);

    assert_clean(j);
}

/* "Not now" is no definite refusal. */
static void is_clean_when_the_server_is_overloaded(void **state)
{
    g_autoptr(Judgement) j = judge(REFUSED("20", "1", "503") "end 60\n", &rule_retry_storm);

    assert_clean(j);
}

static void is_clean_when_it_succeeds_in_between(void **state)
{
    g_autoptr(Judgement) j = judge(REFUSED("5", "1", "403") "at 6 phone -> server registration\n"
                                                            "repeat 5 every 1 from 7 {\n"
                                                            "  at 0 phone -> server REGISTER\n"
                                                            "  at 0.02 server -> phone 403\n"
                                                            "}\nend 60\n",
                                   &rule_retry_storm);

    assert_clean(j);
}

/* Ten phones of one office, each refused once a minute. */
static void is_clean_when_several_phones_take_turns(void **state)
{
    g_autoptr(Judgement) j = judge("phone a 192.168.1.11 user=a\n"
                                   "phone b 192.168.1.12 user=b\n"
                                   "phone c 192.168.1.13 user=c\n"
                                   "repeat 5 every 6 {\n"
                                   "  at 0    a -> server REGISTER\n"
                                   "  at 0.02 server -> a 403\n"
                                   "  at 2    b -> server REGISTER\n"
                                   "  at 2.02 server -> b 403\n"
                                   "  at 4    c -> server REGISTER\n"
                                   "  at 4.02 server -> c 403\n"
                                   "}\nend 80\n",
                                   &rule_retry_storm);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_phone_does_not_pause),
        cmocka_unit_test(counts_refused_credentials),
        cmocka_unit_test(fires_with_a_new_call_id_each_time),
        cmocka_unit_test(is_clean_when_the_phone_waits),
        cmocka_unit_test(is_clean_after_a_few_tries),
        cmocka_unit_test(is_clean_when_the_server_is_overloaded),
        cmocka_unit_test(is_clean_when_it_succeeds_in_between),
        cmocka_unit_test(is_clean_when_several_phones_take_turns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
