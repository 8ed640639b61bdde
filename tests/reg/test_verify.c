/*
 * The credentials of an attempt against the supplied secrets.
 */

#include "support/check.h"
#include "support/judge.h"

#define ALICE "alice:example.com:secret\n"

/* A word for each step that was judged: its verdict, and a star where what
 * deviates was searched for. */
static RuleVerdict look(const RegChain *chain, Finding *finding)
{
    g_autoptr(GString) words = g_string_new(NULL);

    for (unsigned i = 0; i < chain->steps->len; i++) {
        const RegStep *step = reg_chain_step(chain, i);

        g_string_append_printf(words, "%s%s%s", i > 0 ? " " : "",
                               reg_digest_verdict_name(step->digest.verdict),
                               step->digest_searched ? "*" : "");
        if (step->digest.hypothesis != NULL && step->digest.verdict == REG_DIGEST_OTHER_INPUT)
            g_string_append_printf(words, "(%s)", step->digest.hypothesis->id);
    }
    finding_say(finding, "%s", words->str);
    return RULE_FIRES;
}

static const Rule looking = { .id = "looking", .vantage = REG_VANTAGE_ANY, .check_chain = look };

static void assert_verdicts(const char *scenario, const char *credentials, const char *words)
{
    g_autoptr(Judgement) j = judge_with(scenario, credentials, &looking);

    assert_string_equal(j->finding->summary, words);
}

#define LOGIN(how, answer)                             \
    "at 0     phone -> server REGISTER\n"              \
    "at 0.020 server -> phone 401\n"                   \
    "at 0.060 phone -> server REGISTER auth " how "\n" \
    "at 0.080 server -> phone " answer "\n"

static void every_step_with_credentials_gets_a_verdict(void **state)
{
    assert_verdicts(LOGIN("password=other", "401") "at 0.120 phone -> server REGISTER auth\n"
                                                   "at 0.140 server -> phone 200\n"
                                                   "end 60\n",
                    ALICE, "none mismatch match");
}

static void without_a_secret_it_says_so(void **state)
{
    assert_verdicts(LOGIN("", "401") "end 60\n", "bob:elsewhere:x\n", "none no_secret*");
}

/* Steps before it failed alike; accepted ones need no search. */
static void only_the_step_that_ended_the_attempt_is_searched(void **state)
{
    assert_verdicts(
        LOGIN("password=SECRET", "401") "at 0.120 phone -> server REGISTER auth password=SECRET\n"
                                        "at 0.140 server -> phone 401\n"
                                        "end 60\n",
        ALICE, "none mismatch other_input*(secret_case)");
    assert_verdicts(LOGIN("password=SECRET", "200") "end 60\n", ALICE, "none mismatch");
}

static void a_challenge_before_it_may_have_been_meant(void **state)
{
    assert_verdicts("at 0     phone -> server REGISTER\n"
                    "at 0.020 server -> phone 401 nonce=first\n"
                    "at 0.060 phone -> server REGISTER auth\n"
                    "at 0.080 server -> phone 401 nonce=second\n"
                    "at 0.120 phone -> server REGISTER auth nonce=first "
                    "replace=\"nonce=\\\"first\\\"=>nonce=\\\"second\\\"\"\n"
                    "at 0.140 server -> phone 401\n"
                    "end 60\n",
                    ALICE, "none match other_input*(nonce_of_challenge)");
}

/* What the phone hashed is written nowhere in the request, but it is where its
 * packets come from. */
static void the_addresses_on_the_way_may_have_been_meant(void **state)
{
    assert_verdicts("vantage server\n" LOGIN(
                        "digest-uri=sip:198.51.100.10 "
                        "replace=\"uri=\\\"sip:198.51.100.10\\\"=>uri=\\\"sip:example.com\\\"\"",
                        "401") "end 60\n",
                    ALICE, "none other_input*(uri_host)");
}

/* The registrar's answer is about the registrar's password. */
static void of_two_layers_the_refused_one_is_checked(void **state)
{
    static const char layers[] = "at 0     phone -> server REGISTER\n"
                                 "at 0.020 server -> phone 407 realm=proxy\n"
                                 "at 0.060 phone -> server REGISTER auth password=other\n"
                                 "at 0.080 server -> phone 401 realm=example.com\n"
                                 "at 0.120 phone -> server REGISTER auth both\n"
                                 "at 0.140 server -> phone 401 realm=example.com\n"
                                 "end 60\n";

    assert_verdicts(layers, ALICE "alice:proxy:unlike\n", "none mismatch match*");
}

/* Some phones do not name the algorithm in their answer. */
static void an_answer_to_an_aka_challenge_cannot_be_checked(void **state)
{
    assert_verdicts("at 0     phone -> server REGISTER\n"
                    "at 0.020 server -> phone 401 algorithm=AKAv1-MD5\n"
                    "at 0.060 phone -> server REGISTER auth algorithm=MD5 password=of-the-sim\n"
                    "at 0.080 server -> phone 403\n"
                    "end 60\n",
                    ALICE, "none unsupported");
}

/* A digest over bytes that were cut away cannot fit. */
static void a_message_that_was_cut_proves_a_fit_only(void **state)
{
    bool fits = false;

    for (unsigned length = 300; length < 720; length++) {
        g_autofree char *text = g_strdup_printf("snaplen %u\n" LOGIN("", "401") "end 60\n", length);
        g_autoptr(Judgement) j = judge_with(text, ALICE, &looking);

        assert_null(strstr(j->finding->summary, "mismatch"));
        assert_null(strstr(j->finding->summary, "other_input"));
        fits |= strstr(j->finding->summary, " match") != NULL;
    }
    assert_true(fits);
}

static unsigned searched;

static RuleVerdict count_searches(const RegChain *chain, Finding *finding)
{
    searched += reg_chain_last_step(chain)->digest_searched;
    return RULE_CLEAN;
}

/* More wrong logins than anybody means honestly cost no more work. */
static void a_flood_of_wrong_logins_is_not_searched_for_ever(void **state)
{
    static const Rule counting = { .id = "counting",
                                   .vantage = REG_VANTAGE_ANY,
                                   .check_chain = count_searches };
    g_autoptr(Judgement) j = judge_with("repeat 1100 every 40 {\n"
                                        "    at 0     phone -> server REGISTER\n"
                                        "    at 0.020 server -> phone 401\n"
                                        "    at 0.060 phone -> server REGISTER auth password=x\n"
                                        "    at 0.080 server -> phone 403\n"
                                        "}\n",
                                        ALICE, &counting);

    assert_int_equal(j->looked, 1100);
    assert_int_equal(searched, 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_with_credentials_gets_a_verdict),
        cmocka_unit_test(without_a_secret_it_says_so),
        cmocka_unit_test(only_the_step_that_ended_the_attempt_is_searched),
        cmocka_unit_test(a_challenge_before_it_may_have_been_meant),
        cmocka_unit_test(the_addresses_on_the_way_may_have_been_meant),
        cmocka_unit_test(of_two_layers_the_refused_one_is_checked),
        cmocka_unit_test(an_answer_to_an_aka_challenge_cannot_be_checked),
        cmocka_unit_test(a_message_that_was_cut_proves_a_fit_only),
        cmocka_unit_test(a_flood_of_wrong_logins_is_not_searched_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
