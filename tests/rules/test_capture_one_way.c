/*
 * Half a conversation: what is there proves that the other half existed.
 */

#include "expect.h"

extern const Rule rule_capture_one_way;

static void fires_when_the_phone_answers_challenges_that_are_not_there(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "server captured=no\n"
                                   "repeat 3 every 54 {\n"
                                   "    at 0 phone -> server registration expires=60\n"
                                   "}\n"
                                   "end 200\n",
                                   &rule_capture_one_way);

    assert_fires(j, FINDING_STRONG,
                 "only the requests between 192.168.1.10 and 198.51.100.10 are in the capture (6 "
                 "transactions)");
    assert_fact(j, 0, "request", 2);
    assert_fact(j, 1, "last of them", 6);
}

static void fires_when_only_the_answers_are_there(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "phone captured=no\n"
                                   "repeat 3 every 54 {\n"
                                   "    at 0 phone -> server registration expires=60\n"
                                   "}\n"
                                   "end 200\n",
                                   &rule_capture_one_way);

    assert_fires(j, FINDING_STRONG,
                 "only the answers between 192.168.1.10 and 198.51.100.10 are in the capture (6 "
                 "transactions)");
    assert_fact(j, 0, "answer", 1);
}

static void is_clean_when_both_directions_are_there(void **state)
{
    g_autoptr(Judgement) j = judge("repeat 3 every 54 {\n"
                                   "    at 0 phone -> server registration expires=60\n"
                                   "}\n"
                                   "end 200\n",
                                   &rule_capture_one_way);

    assert_clean(j);
}

/* A dead server: the phone repeats each request to the end of its patience. */
static void is_clean_when_nobody_answers(void **state)
{
    g_autoptr(Judgement) j = judge(
        "vantage client\n"
        "at 0 phone -> server REGISTER\n" REPEATED("phone") "at 62   phone -> server REGISTER\n"
                                                            "at 62.5 phone -> server copy\n"
                                                            "at 63.5 phone -> server copy\n"
                                                            "at 65.5 phone -> server copy\n"
                                                            "at 69.5 phone -> server copy\n"
                                                            "end 150\n",
        &rule_capture_one_way);

    assert_clean(j);
}

/* The first answer may belong to a request from before the capture began. */
static void is_clean_when_a_single_answer_has_no_request(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER unseen\n"
                                   "at 0.02 server -> phone 401\n"
                                   "at 0.03 phone -> server REGISTER auth\n"
                                   "at 0.05 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_capture_one_way);

    assert_clean(j);
}

static void is_clean_when_one_answer_of_many_is_missing(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 401 unseen\n"
                                   "at 0.03 phone -> server REGISTER auth\n"
                                   "at 0.05 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_capture_one_way);

    assert_clean(j);
}

/* A single lost packet would look the same. */
static void is_a_hint_after_few_transactions(void **state)
{
    g_autoptr(Judgement) j = judge("server captured=no\n"
                                   "at 0 phone -> server registration\n"
                                   "end 60\n",
                                   &rule_capture_one_way);

    assert_fires(j, FINDING_WEAK,
                 "only the requests between 192.168.1.10 and 198.51.100.10 are in the capture (2 "
                 "transactions)");
}

static void abstains_when_messages_were_cut(void **state)
{
    g_autoptr(Judgement) j = judge("snaplen 400\n"
                                   "server captured=no\n"
                                   "repeat 3 every 54 {\n"
                                   "    at 0 phone -> server registration expires=60\n"
                                   "}\n"
                                   "end 200\n",
                                   &rule_capture_one_way);

    assert_abstains(j, "messages were cut: the other half may be there unread");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_phone_answers_challenges_that_are_not_there),
        cmocka_unit_test(fires_when_only_the_answers_are_there),
        cmocka_unit_test(is_clean_when_both_directions_are_there),
        cmocka_unit_test(is_clean_when_nobody_answers),
        cmocka_unit_test(is_clean_when_a_single_answer_has_no_request),
        cmocka_unit_test(is_clean_when_one_answer_of_many_is_missing),
        cmocka_unit_test(is_a_hint_after_few_transactions),
        cmocka_unit_test(abstains_when_messages_were_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
