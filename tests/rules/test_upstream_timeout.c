/*
 * 408 as a packet, and a phone's own patience, which leaves none.
 */

#include "expect.h"

extern const Rule rule_upstream_timeout;

static void fires_on_a_408_on_the_wire(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0 phone -> server REGISTER\n"
                                   "at 5 server -> phone 408\nend 60\n",
                                   &rule_upstream_timeout);

    assert_fires(j, FINDING_STRONG,
                 "198.51.100.10:5060 has the REGISTER of alice@example.com, and what is behind it "
                 "did not answer: 408 Request Timeout after 5.0 s");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "answer", 2);
    assert_rejects(j, "register_unanswered");
}

static void is_clean_when_the_phone_gives_up_by_itself(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\nat 0 phone -> server REGISTER\n" REPEATED("phone") "end 70\n",
              &rule_upstream_timeout);

    assert_clean(j);
}

static void is_clean_on_another_failure(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server REGISTER\n"
                                   "at 5 server -> phone 504\nend 60\n",
                                   &rule_upstream_timeout);

    assert_clean(j);
}

static void fires_without_the_request_and_names_no_time(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server REGISTER unseen\n"
                                   "at 5 server -> phone 408\nend 60\n",
                                   &rule_upstream_timeout);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_null(strstr(j->finding->summary, " after "));
    assert_checkable(j->finding);
}

static void is_the_only_finding(void **state)
{
    g_autofree char *ids = judge_all("vantage client\n"
                                     "at 0 phone -> server REGISTER\n"
                                     "at 5 server -> phone 408\nend 60\n");

    assert_string_equal(ids, "upstream_timeout");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_on_a_408_on_the_wire),
        cmocka_unit_test(is_clean_when_the_phone_gives_up_by_itself),
        cmocka_unit_test(is_clean_on_another_failure),
        cmocka_unit_test(fires_without_the_request_and_names_no_time),
        cmocka_unit_test(is_the_only_finding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
