/*
 * The challenge offers no algorithm that the phone knows.
 */

#include "logins.h"

extern const Rule rule_algorithm_unsupported;

#define SILENCE(algorithm)                                   \
    "at 0     phone -> server REGISTER\n"                    \
    "at 0.020 server -> phone 401 algorithm=" algorithm "\n" \
    "end 60\n"

static void fires_when_the_phone_is_silent_on_sha_256(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" SILENCE("SHA-256"), &rule_algorithm_unsupported);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com was challenged with algorithm=SHA-256 and no MD5 and did not "
                 "answer");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "challenge", 2);
}

/* The answer may have been lost further in. */
static void is_weak_beside_the_server(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" SILENCE("SHA-256"), &rule_algorithm_unsupported);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_WEAK);
}

static void is_weak_on_lower_case(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n" SILENCE("md5"), &rule_algorithm_unsupported);

    assert_fires(j, FINDING_WEAK,
                 "alice@example.com was challenged with algorithm=md5 in lower case and did not "
                 "answer");
}

static void fires_when_the_answer_is_md5_all_the_same(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 401 algorithm=SHA-256\n"
                                   "at 0.060 phone -> server REGISTER auth algorithm=MD5\n"
                                   "at 0.080 server -> phone 401 algorithm=SHA-256\n"
                                   "end 60\n",
                                   &rule_algorithm_unsupported);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com was challenged with algorithm=SHA-256 alone, answered with a "
                 "digest of 32 digits as MD5 has them, and was refused");
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "credentials", 3);
    assert_fact(j, 2, "answer", 4);
}

static void is_clean_when_md5_is_offered_as_well(void **state)
{
    static const char both[] = "at 0     phone -> server REGISTER\n"
                               "at 0.020 server -> phone 401 algorithm=SHA-256 "
                               "add=\"WWW-Authenticate: Digest realm=\\\"example.com\\\", "
                               "nonce=\\\"n2\\\", algorithm=MD5\"\n";
    g_autofree char *silent = g_strconcat(both, "end 60\n", NULL);
    g_autofree char *answered =
        g_strconcat(both,
                    "at 0.060 phone -> server REGISTER auth algorithm=MD5 nonce=n2\n"
                    "at 0.080 server -> phone 401\n"
                    "end 60\n",
                    NULL);
    g_autoptr(Judgement) j = judge(silent, &rule_algorithm_unsupported);
    g_autoptr(Judgement) other = judge(answered, &rule_algorithm_unsupported);

    assert_clean(j);
    assert_clean(other);
}

static void is_clean_on_a_silence_that_md5_does_not_explain(void **state)
{
    g_autoptr(Judgement) md5 = judge(SILENCE("MD5"), &rule_algorithm_unsupported);
    g_autoptr(Judgement) none = judge(SILENCE("none"), &rule_algorithm_unsupported);
    g_autoptr(Judgement) aka = judge(SILENCE("AKAv1-MD5"), &rule_algorithm_unsupported);

    assert_clean(md5);
    assert_clean(none);
    assert_clean(aka);
}

static void is_clean_when_the_phone_knows_it(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 401 algorithm=SHA-256\n"
                                   "at 0.060 phone -> server REGISTER auth\n"
                                   "at 0.080 server -> phone 401 algorithm=SHA-256\n"
                                   "end 60\n",
                                   &rule_algorithm_unsupported);

    assert_clean(j);
}

static void abstains_when_the_challenge_did_not_arrive(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "at 0     phone -> server REGISTER\n"
              "at 0.020 server -> phone 401 algorithm=SHA-256\n" REPEATED("phone") "end 60\n",
              &rule_algorithm_unsupported);

    assert_abstains(j, "the phone repeated the request: the challenge did not reach it");
}

static void abstains_when_the_capture_ends_too_early(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 401 algorithm=SHA-256\n"
                                   "end 1\n",
                                   &rule_algorithm_unsupported);

    assert_int_equal(j->verdict, RULE_ABSTAINS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_phone_is_silent_on_sha_256),
        cmocka_unit_test(is_weak_beside_the_server),
        cmocka_unit_test(is_weak_on_lower_case),
        cmocka_unit_test(fires_when_the_answer_is_md5_all_the_same),
        cmocka_unit_test(is_clean_when_md5_is_offered_as_well),
        cmocka_unit_test(is_clean_on_a_silence_that_md5_does_not_explain),
        cmocka_unit_test(is_clean_when_the_phone_knows_it),
        cmocka_unit_test(abstains_when_the_challenge_did_not_arrive),
        cmocka_unit_test(abstains_when_the_capture_ends_too_early),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
