/*
 * A SIM was challenged and did not answer.
 */

#include "logins.h"

extern const Rule rule_aka_unanswered;

#define CHALLENGED_SIM(more)              \
    "at 0     phone -> server REGISTER\n" \
    "at 0.050 server -> phone 401 algorithm=AKAv1-MD5 " more "\n"

#define AGAIN                              \
    "at 20     phone -> server REGISTER\n" \
    "at 20.050 server -> phone 401 algorithm=AKAv1-MD5\n"

static void fires_when_the_phone_begins_anew(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage middle\n" CHALLENGED_SIM("") AGAIN "end 100\n", &rule_aka_unanswered);

    assert_fires(
        j, FINDING_STRONG,
        "alice@example.com got an AKA challenge (AKAv1-MD5) and did not answer it; it began "
        "anew");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "challenge", 2);
}

/* It may have gone on inside IPsec. */
static void is_weak_when_nothing_follows(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage middle\n" CHALLENGED_SIM("") "end 100\n", &rule_aka_unanswered);

    assert_fires(j, FINDING_WEAK,
                 "alice@example.com got an AKA challenge (AKAv1-MD5) and did not answer it");
}

static void is_weak_when_a_protected_channel_was_agreed(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage middle\n" CHALLENGED_SIM(
                  "add=\"Security-Server: ipsec-3gpp; alg=hmac-sha-1-96; spi-c=1; spi-s=2; "
                  "port-c=5062; port-s=5063\"") AGAIN "end 100\n",
              &rule_aka_unanswered);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_WEAK);
}

static void is_clean_when_the_sim_answers(void **state)
{
    g_autoptr(Judgement) j = judge(CHALLENGED_SIM("") "at 0.200 phone -> server REGISTER auth "
                                                      "response=00112233445566778899aabbccddeeff\n"
                                                      "at 0.250 server -> phone 200\n"
                                                      "end 100\n",
                                   &rule_aka_unanswered);

    assert_clean(j);
}

static void is_clean_on_other_challenges(void **state)
{
    g_autoptr(Judgement) j = judge(CHALLENGED "end 100\n", &rule_aka_unanswered);

    assert_clean(j);
}

static void abstains_when_the_capture_ends_too_early(void **state)
{
    g_autoptr(Judgement) j = judge(CHALLENGED_SIM("") "end 1\n", &rule_aka_unanswered);

    assert_int_equal(j->verdict, RULE_ABSTAINS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_phone_begins_anew),
        cmocka_unit_test(is_weak_when_nothing_follows),
        cmocka_unit_test(is_weak_when_a_protected_channel_was_agreed),
        cmocka_unit_test(is_clean_when_the_sim_answers),
        cmocka_unit_test(is_clean_on_other_challenges),
        cmocka_unit_test(abstains_when_the_capture_ends_too_early),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
