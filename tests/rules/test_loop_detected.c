/*
 * Requests that run in a circle, and those that only were allowed too few hops.
 */

#include "expect.h"

extern const Rule rule_loop_detected;

static void fires_when_a_proxy_found_its_own_via(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 482\nend 60\n",
                                   &rule_loop_detected);

    assert_fires(j, FINDING_STRONG,
                 "the REGISTER of alice@example.com came back to a proxy that had seen it: 482 "
                 "Loop Detected");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "answer", 2);
}

static void is_proven_when_the_same_box_is_in_via_twice(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "at 0    phone -> server REGISTER add=\"Via: SIP/2.0/UDP proxy;branch=z9hG4bK1\" "
              "add=\"Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK2\" "
              "add=\"Via: SIP/2.0/UDP proxy;branch=z9hG4bK3\"\n"
              "at 0.02 server -> phone 483 reason=\"Too Many Hops\"\nend 60\n",
              &rule_loop_detected);

    assert_fires(j, FINDING_PROVEN,
                 "the REGISTER of alice@example.com came back to a proxy that had seen it: 483 "
                 "Too Many Hops");
}

static void fires_when_seventy_hops_were_not_enough(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 483\nend 60\n",
                                   &rule_loop_detected);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
}

static void abstains_when_the_phone_allows_too_few_hops(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER header=\"Max-Forwards: 1\"\n"
                                   "at 0.02 server -> phone 483\nend 60\n",
                                   &rule_loop_detected);

    assert_abstains(j, "the phone itself allows too few hops (Max-Forwards)");
}

static void is_clean_on_another_refusal(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 480\nend 60\n",
                                   &rule_loop_detected);

    assert_clean(j);
}

/* RFC 3261 section 8.2.2.2 answers 482 to the same CSeq on another branch. */
static void is_silent_when_the_cseq_explains_it(void **state)
{
    g_autofree char *ids = judge_all("at 0 phone -> server registration call-id=c\n"
                                     "at 20    phone -> server REGISTER cseq=2 call-id=c\n"
                                     "at 20.02 server -> phone 482\nend 80\n");

    assert_string_equal(ids, "cseq_not_increased");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_a_proxy_found_its_own_via),
        cmocka_unit_test(is_proven_when_the_same_box_is_in_via_twice),
        cmocka_unit_test(fires_when_seventy_hops_were_not_enough),
        cmocka_unit_test(abstains_when_the_phone_allows_too_few_hops),
        cmocka_unit_test(is_clean_on_another_refusal),
        cmocka_unit_test(is_silent_when_the_cseq_explains_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
