/*
 * What the digest rules ask about an attempt to log in.
 */

#include "rules/login.h"

#include "logins.h"

/* Says of each attempt that has credentials what the questions answer. */
static RuleVerdict look(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);

    if (!reg_step_has_credentials(last))
        return RULE_CLEAN;

    const SipMessage *challenge = chain_challenge_before(chain, last);

    finding_say(finding, "login %s, credentials %s, challenge %u, accepted before %s",
                chain_refused_login(chain) != NULL ? "refused" : "-",
                chain_refused_credentials(chain) != NULL ? "refused" : "-",
                challenge != NULL ? (unsigned)challenge->meta.ref.frame : 0,
                chain_was_accepted_before(chain, last) ? "yes" : "no");
    return RULE_FIRES;
}

static const Rule looking = { .id = "looking", .vantage = REG_VANTAGE_ANY, .check_chain = look };

/* Of the first attempt with credentials. */
static void assert_login(const char *scenario, const char *words)
{
    g_autoptr(Judgement) j = judge(scenario, &looking);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_string_equal(j->finding->summary, words);
}

static void tells_what_kind_of_refusal_it_was(void **state)
{
    static const struct {
        const char *answer;
        const char *login;
        const char *credentials;
    } answers[] = {
        { "401", "refused", "refused" },
        { "403", "refused", "refused" },
        { "400", "-", "refused" },
        { "401 stale", "-", "-" },
        { "200", "-", "-" },
        { "404", "-", "-" },
        { "503", "-", "-" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autofree char *text =
            g_strdup_printf(CHALLENGED "at 0.060 phone -> server REGISTER auth\n"
                                       "at 0.080 server -> phone %s\n"
                                       "end 60\n",
                            answers[i].answer);
        g_autofree char *words =
            g_strdup_printf("login %s, credentials %s, challenge 2, accepted before no",
                            answers[i].login, answers[i].credentials);

        assert_login(text, words);
    }
}

static void does_not_take_an_old_nonce_for_a_refused_login(void **state)
{
    assert_login("at 0     phone -> server REGISTER auth nonce=before\n"
                 "at 0.020 server -> phone 401\n"
                 "end 60\n",
                 "login -, credentials refused, challenge 0, accepted before no");
}

static void finds_the_challenge_by_its_nonce(void **state)
{
    assert_login("at 0     phone -> server REGISTER\n"
                 "at 0.020 server -> phone 401 nonce=first\n"
                 "at 0.060 phone -> server REGISTER auth\n"
                 "at 0.080 server -> phone 401 nonce=second\n"
                 "at 0.120 phone -> server REGISTER auth nonce=first\n"
                 "at 0.140 server -> phone 401\n"
                 "end 60\n",
                 "login -, credentials refused, challenge 2, accepted before no");
}

/* A nonce of no challenge: the newest one of the same kind was meant. */
static void finds_the_challenge_of_the_same_kind(void **state)
{
    assert_login("at 0     phone -> server REGISTER\n"
                 "at 0.020 server -> phone 401\n"
                 "at 0.060 phone -> server REGISTER auth\n"
                 "at 0.080 server -> phone 407\n"
                 "at 0.120 phone -> server REGISTER auth both nonce=unknown\n"
                 "at 0.140 server -> phone 401\n"
                 "end 60\n",
                 "login -, credentials refused, challenge 2, accepted before no");
}

static RuleVerdict look_at_second(const RegChain *chain, Finding *finding)
{
    return chain->id == 1 ? RULE_CLEAN : look(chain, finding);
}

static void remembers_that_the_same_login_was_accepted(void **state)
{
    static const Rule second = { .id = "second",
                                 .vantage = REG_VANTAGE_ANY,
                                 .check_chain = look_at_second };
    static const char *const how[] = { "", "auth-user=bob", "realm=other" };
    static const char *const accepted[] = { "accepted before yes", "accepted before no",
                                            "accepted before no" };

    for (unsigned i = 0; i < G_N_ELEMENTS(how); i++) {
        g_autofree char *text = g_strdup_printf("at 0      phone -> server registration\n"
                                                "at 90     phone -> server REGISTER\n"
                                                "at 90.020 server -> phone 401\n"
                                                "at 90.060 phone -> server REGISTER auth %s\n"
                                                "at 90.080 server -> phone 403\n"
                                                "end 150\n",
                                                how[i]);
        g_autoptr(Judgement) j = judge(text, &second);

        assert_non_null(strstr(j->finding->summary, accepted[i]));
    }
}

static RuleVerdict look_at_deviation(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    g_autofree char *realm = step_deviation_text(last, REG_INGREDIENT_REALM);
    g_autofree char *uri = step_deviation_text(last, REG_INGREDIENT_URI);

    finding_say(finding, "%s%s%s%s", step_verifies(last) ? "verifies" : "",
                step_deviates_in(last, REG_INGREDIENT_REALM) != NULL ? "realm " : "", realm, uri);
    return RULE_FIRES;
}

static const Rule deviation = { .id = "deviation",
                                .vantage = REG_VANTAGE_ANY,
                                .check_chain = look_at_deviation };

static void assert_deviation(const char *scenario, const char *words)
{
    g_autoptr(Judgement) j = judge_with(scenario, ALICE, &deviation);

    assert_string_equal(j->finding->summary, words);
}

static void tells_in_what_a_digest_deviates(void **state)
{
    assert_deviation(LOGIN("", "401"), "verifies");
    assert_deviation(LOGIN("password=other", "401"), "");
    assert_deviation(
        LOGIN("realm=\"\" replace=\"realm=\\\"\\\"=>realm=\\\"example.com\\\"\"", "401"),
        "realm hashed an empty realm");
    assert_deviation(
        LOGIN("replace=\"uri=\\\"sip:example.com\\\"=>uri=\\\"sip:b.example\\\"\"", "401"),
        "hashed the Request-URI, the uri in the credentials is another: \"sip:example.com\"");
}

/* With a pair each value stands beside its own ingredient. */
static void tells_of_a_pair_which_value_is_whose(void **state)
{
    assert_deviation(LOGIN("realm=\"\" digest-uri=sip:example.com "
                           "replace=\"realm=\\\"\\\"=>realm=\\\"example.com\\\"\" "
                           "replace=\"uri=\\\"sip:example.com\\\"=>uri=\\\"sip:b.example\\\"\"",
                           "401"),
                     "realm hashed an empty realmhashed the Request-URI, the uri in the "
                     "credentials is another: \"sip:example.com\"");
}

static RuleVerdict look_at_silence(const RegChain *chain, Finding *finding)
{
    const SipMessage *challenge = NULL;
    RuleVerdict verdict = chain_ignored_challenge(chain, finding, &challenge);

    if (verdict == RULE_FIRES)
        finding_grade_ignored(finding, chain);
    return verdict;
}

static const Rule silence = { .id = "silence",
                              .vantage = REG_VANTAGE_ANY,
                              .check_chain = look_at_silence };

static void grades_a_silence_by_where_it_was_seen(void **state)
{
    g_autoptr(Judgement) phone = judge("vantage client\n" CHALLENGED "end 60\n", &silence);
    g_autoptr(Judgement) server = judge("vantage server\n" CHALLENGED "end 60\n", &silence);

    assert_int_equal(phone->finding->grade, FINDING_STRONG);
    assert_int_equal(server->finding->grade, FINDING_WEAK);
}

static void does_not_take_unreadable_credentials_for_silence(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("replace=\"response==>response\"", "401"), &silence);

    assert_clean(j);
}

static void abstains_from_a_silence_that_may_be_none(void **state)
{
    g_autoptr(Judgement) leaving = judge("at 0     phone -> server REGISTER expires=0\n"
                                         "at 0.020 server -> phone 401\n"
                                         "end 60\n",
                                         &silence);
    g_autoptr(Judgement) early = judge(CHALLENGED "end 1.5\n", &silence);
    g_autoptr(Judgement) unheard = judge("at 0     phone -> server REGISTER\n"
                                         "at 0.020 server -> phone 401\n"
                                         "at 0.500 phone -> server copy\n"
                                         "end 60\n",
                                         &silence);

    assert_abstains(leaving, "the device was leaving and need not wait for the end");
    assert_abstains(early, "the phone had no time to answer the challenge");
    assert_abstains(unheard, "the phone repeated the request: the challenge did not reach it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_kind_of_refusal_it_was),
        cmocka_unit_test(does_not_take_an_old_nonce_for_a_refused_login),
        cmocka_unit_test(finds_the_challenge_by_its_nonce),
        cmocka_unit_test(finds_the_challenge_of_the_same_kind),
        cmocka_unit_test(remembers_that_the_same_login_was_accepted),
        cmocka_unit_test(tells_in_what_a_digest_deviates),
        cmocka_unit_test(tells_of_a_pair_which_value_is_whose),
        cmocka_unit_test(grades_a_silence_by_where_it_was_seen),
        cmocka_unit_test(does_not_take_unreadable_credentials_for_silence),
        cmocka_unit_test(abstains_from_a_silence_that_may_be_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
