/*
 * Which challenge a set of credentials answers, and which of several sets an
 * answer is about.
 */

#include "support/check.h"
#include "support/judge.h"

static const char *use_name(RegChallengeUse use)
{
    static const char *const names[] = { "none", "preceding", "earlier", "unseen" };

    return names[use];
}

/* Says of the last step of the last attempt whose credentials are judged. */
static RuleVerdict look(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);

    finding_say(finding, "%u sets, judged for \"%.*s\", %s, used %u times%s", last->n_credentials,
                STR_ARG(last->credentials.realm), use_name(last->use), (unsigned)last->nonce.uses,
                reg_step_is_rejection(last) ? ", rejected" : "");
    return RULE_FIRES;
}

static const Rule looking = { .id = "looking", .vantage = REG_VANTAGE_ANY, .check_chain = look };

static void assert_judged(const char *scenario, const char *words)
{
    g_autoptr(Judgement) j = judge(scenario, &looking);

    assert_string_equal(j->finding->summary, words);
}

/* The proxy asks first, then the registrar behind it. */
#define LAYERS                                       \
    "at 0     phone -> server REGISTER\n"            \
    "at 0.020 server -> phone 407 realm=proxy\n"     \
    "at 0.060 phone -> server REGISTER auth\n"       \
    "at 0.080 server -> phone 401 realm=registrar\n" \
    "at 0.120 phone -> server REGISTER auth both\n"

static void a_single_set_is_the_one(void **state)
{
    assert_judged("at 0     phone -> server REGISTER\n"
                  "at 0.020 server -> phone 401\n"
                  "at 0.060 phone -> server REGISTER auth\n"
                  "at 0.080 server -> phone 401\n"
                  "end 60\n",
                  "1 sets, judged for \"example.com\", preceding, used 0 times, rejected");
}

static void a_401_is_about_the_registrar(void **state)
{
    assert_judged(LAYERS "at 0.140 server -> phone 401 realm=registrar\nend 60\n",
                  "2 sets, judged for \"registrar\", preceding, used 0 times, rejected");
}

/* Its nonce was for one use: no refusal. */
static void a_407_is_about_the_proxy(void **state)
{
    assert_judged(LAYERS "at 0.140 server -> phone 407 realm=proxy\nend 60\n",
                  "2 sets, judged for \"proxy\", earlier, used 1 times");
}

static void any_other_answer_is_about_the_registrar(void **state)
{
    assert_judged(LAYERS "at 0.140 server -> phone 403\nend 60\n",
                  "2 sets, judged for \"registrar\", preceding, used 0 times");
}

static void without_an_answer_the_first_is_taken(void **state)
{
    assert_judged(LAYERS "end 60\n", "2 sets, judged for \"registrar\", preceding, used 0 times");
}

/* Two proxies, or two realms of one: what is asked for once more was refused. */
static void of_one_kind_the_realm_decides(void **state)
{
    assert_judged("at 0     phone -> server REGISTER\n"
                  "at 0.020 server -> phone 401 realm=one nonce=n1\n"
                  "at 0.060 phone -> server REGISTER auth "
                  "add=\"Authorization: Digest username=\\\"a\\\", realm=\\\"two\\\", "
                  "nonce=\\\"n2\\\", uri=\\\"sip:b\\\", response=\\\"00\\\"\"\n"
                  "at 0.080 server -> phone 401 realm=two\n"
                  "end 60\n",
                  "2 sets, judged for \"two\", unseen, used 0 times");
}

static void every_set_counts_as_a_use_of_its_nonce(void **state)
{
    assert_judged(LAYERS "at 0.140 server -> phone 401 realm=registrar nonce=again\n"
                         "at 0.180 phone -> server REGISTER auth both\n"
                         "at 0.200 server -> phone 407 realm=proxy\n"
                         "end 60\n",
                  "2 sets, judged for \"proxy\", earlier, used 2 times");
}

static void more_sets_than_two_do_no_harm(void **state)
{
    assert_judged("at 0     phone -> server REGISTER auth nonce=n1 realm=one "
                  "add=\"Authorization: Digest realm=\\\"two\\\", nonce=\\\"n2\\\", "
                  "response=\\\"00\\\"\" "
                  "add=\"Authorization: Digest realm=\\\"three\\\", nonce=\\\"n3\\\", "
                  "response=\\\"00\\\"\"\n"
                  "at 0.020 server -> phone 401 realm=three\n"
                  "end 60\n",
                  "3 sets, judged for \"one\", unseen, used 0 times");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_single_set_is_the_one),
        cmocka_unit_test(a_401_is_about_the_registrar),
        cmocka_unit_test(a_407_is_about_the_proxy),
        cmocka_unit_test(any_other_answer_is_about_the_registrar),
        cmocka_unit_test(without_an_answer_the_first_is_taken),
        cmocka_unit_test(of_one_kind_the_realm_decides),
        cmocka_unit_test(every_set_counts_as_a_use_of_its_nonce),
        cmocka_unit_test(more_sets_than_two_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
