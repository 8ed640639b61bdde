/*
 * How old a nonce was when it was used.
 */

#include "rules/nonce_age.h"

#include "logins.h"

/* Made at 12:00:00 for five minutes. */
#define FIVE_MINUTES "aX3v7Gl97sCd1ORhJoyANPXIVk4VXGem"

#define USED_AT(nonce, seconds)                      \
    "phone expires=3600\n"                           \
    "at 0     phone -> server REGISTER\n"            \
    "at 0.020 server -> phone 401 nonce=" nonce "\n" \
    "at " seconds " phone -> server REGISTER auth\n" \
    "at +0.020 server -> phone 401\n"                \
    "end 1000\n"

static RuleVerdict look(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);

    if (!reg_step_has_credentials(last))
        return RULE_CLEAN;
    finding_say(finding, "%s%s", step_nonce_age(last) != NSEC_NONE ? "known" : "unknown",
                step_nonce_has_expired(last) ? ", expired" : "");
    finding_cite_nonce_age(finding, last, "less");
    return RULE_FIRES;
}

static const Rule looking = { .id = "looking", .vantage = REG_VANTAGE_ANY, .check_chain = look };

static void assert_age(const char *scenario, const char *words, const char *age)
{
    g_autoptr(Judgement) j = judge(scenario, &looking);

    assert_string_equal(j->finding->summary, words);
    if (age == NULL) {
        assert_int_equal(j->finding->facts->len, 0);
        return;
    }
    assert_fact(j, 0, "age of the nonce", 2);
    assert_string_equal(fact_at(j->finding, 0)->seen, age);
}

static void counts_from_the_challenge(void **state)
{
    assert_age(USED_AT("n", "0.060"), "known", "40 ms");
    assert_age(USED_AT("n", "20.020"), "known", "20 s");
}

static void reads_the_lifetime_in_a_nonce(void **state)
{
    assert_age(USED_AT(FIVE_MINUTES, "20.020"), "known", "20 s; Kamailio made it for 5 min");
}

#define RENEWED_AT(seconds)                                 \
    "phone expires=900\n"                                   \
    "at 0     phone -> server REGISTER\n"                   \
    "at 0.020 server -> phone 401 nonce=" FIVE_MINUTES "\n" \
    "at " seconds " phone -> server REGISTER auth\n"        \
    "at +0.020 server -> phone 401\n"                       \
    "end 1000\n"

/* Challenged long ago, in an attempt that is over. The server counts in whole
 * seconds. */
static void knows_when_it_has_expired(void **state)
{
    g_autoptr(Judgement) young = judge(RENEWED_AT("300.9"), &looking);
    g_autoptr(Judgement) old = judge(RENEWED_AT("302"), &looking);

    assert_string_equal(young->finding->summary, "known");
    assert_string_equal(old->finding->summary, "known, expired");
}

static void does_not_know_the_age_of_a_nonce_from_before(void **state)
{
    assert_age("at 0     phone -> server REGISTER auth nonce=" FIVE_MINUTES "\n"
               "at 0.020 server -> phone 401\n"
               "end 60\n",
               "unknown", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_from_the_challenge),
        cmocka_unit_test(reads_the_lifetime_in_a_nonce),
        cmocka_unit_test(knows_when_it_has_expired),
        cmocka_unit_test(does_not_know_the_age_of_a_nonce_from_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
