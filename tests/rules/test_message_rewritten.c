/*
 * Messages that are others behind a box that is meant to be there.
 */

#include "expect.h"

extern const Rule rule_message_rewritten;

#define INSIDE "vantage client said\n"
#define OUTSIDE "vantage server said\n"

#define STORY(out)                                     \
    "at 0      phone -> server REGISTER" out "\n"      \
    "at 0.020  server -> phone 401\n"                  \
    "at 0.040  phone -> server REGISTER auth" out "\n" \
    "at 0.060  server -> phone 200\n"                  \
    "end 60\n"

static Judgement *judge_story(const char *outside)
{
    return judge_between(INSIDE STORY(""), outside, &rule_message_rewritten);
}

static void tells_of_a_proxy(void **state)
{
    g_autoptr(Judgement) j =
        judge_story(OUTSIDE STORY(" replace=\"Max-Forwards: 70=>Max-Forwards: 69\""));

    assert_fires(j, FINDING_PROVEN,
                 "a proxy between the two places passes them on under its own Via: 2 of 4 "
                 "messages of alice@example.com differ, in Max-Forwards");
    assert_fact(j, 0, "inside", 1);
    assert_rejects(j, "sip_alg");
    assert_non_null(j->finding->rewrites);
}

static void tells_of_a_back_to_back_agent(void **state)
{
    g_autoptr(Judgement) j = judge_story(OUTSIDE STORY(" from-tag=another1"));

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, "a back-to-back agent (SBC)"));
}

static void tells_of_changed_headers_and_of_another_form(void **state)
{
    g_autoptr(Judgement) policy = judge_story(OUTSIDE STORY(" drop=User-Agent"));
    g_autoptr(Judgement) form = judge_story(OUTSIDE STORY(" replace=\"Contact:=>m:\""));

    assert_non_null(strstr(policy->finding->summary, "a box between the two places changes "
                                                     "headers"));
    assert_non_null(strstr(form->finding->summary, "writes the same values in another form"));
}

static void leaves_an_alg_to_its_own_rule(void **state)
{
    g_autoptr(Judgement) j = judge_story(
        OUTSIDE STORY(" drop=User-Agent replace=\"192.168.1.10:5060=>203.0.113.2:40001\""));

    assert_clean(j);
}

static void the_same_text_is_nothing_to_tell(void **state)
{
    g_autoptr(Judgement) j = judge_story(OUTSIDE STORY(""));

    assert_clean(j);
}

static void one_place_tells_nothing(void **state)
{
    g_autoptr(Judgement) j = judge(INSIDE STORY(""), &rule_message_rewritten);

    assert_clean(j);
}

/* The capture itself is on the proxy: both sides of it are in one file. */
static void one_capture_may_show_both_sides(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "server proxy 198.51.100.20\n"
                                   "at 0      phone -> proxy  REGISTER\n"
                                   "at 0.001  proxy -> server forward\n"
                                   "at 0.010  server -> proxy 200\n"
                                   "at 0.011  proxy -> phone  forward\n"
                                   "end 60\n",
                                   &rule_message_rewritten);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, "a proxy between the two places"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_of_a_proxy),
        cmocka_unit_test(tells_of_a_back_to_back_agent),
        cmocka_unit_test(tells_of_changed_headers_and_of_another_form),
        cmocka_unit_test(leaves_an_alg_to_its_own_rule),
        cmocka_unit_test(the_same_text_is_nothing_to_tell),
        cmocka_unit_test(one_place_tells_nothing),
        cmocka_unit_test(one_capture_may_show_both_sides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
