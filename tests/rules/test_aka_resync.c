/*
 * SIM and network do not agree on a sequence number.
 */

#include "logins.h"

extern const Rule rule_aka_resync;

#define RESYNC                                                                   \
    "at 0     phone -> server REGISTER\n"                                        \
    "at 0.050 server -> phone 401 algorithm=AKAv1-MD5\n"                         \
    "at 0.200 phone -> server REGISTER auth response=\"\" auts=5PYxAuragVAAAA\n" \
    "at 0.250 server -> phone 401 algorithm=AKAv1-MD5\n"

static void fires_when_the_phone_is_refused_afterwards(void **state)
{
    g_autoptr(Judgement) j = judge(RESYNC "at 0.400 phone -> server REGISTER auth "
                                          "response=00112233445566778899aabbccddeeff\n"
                                          "at 0.450 server -> phone 403\n"
                                          "end 60\n",
                                   &rule_aka_resync);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com asked for a new sequence number (auts) and did not get in "
                 "afterwards");
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "resynchronisation", 3);
    assert_fact(j, 2, "answer to it", 4);
    assert_fact(j, 3, "last answer", 6);
}

static void fires_when_it_asks_again(void **state)
{
    g_autoptr(Judgement) j =
        judge(RESYNC "at 0.400 phone -> server REGISTER auth response=\"\" auts=5PYxAuragVAAAB\n"
                     "at 0.450 server -> phone 401 algorithm=AKAv1-MD5\n"
                     "end 60\n",
              &rule_aka_resync);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com asked for a new sequence number (auts) more than once and did "
                 "not get in afterwards");
}

/* The next answer may travel inside IPsec. */
static void is_weak_when_nothing_follows_the_new_challenge(void **state)
{
    g_autoptr(Judgement) j = judge(RESYNC "end 60\n", &rule_aka_resync);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_WEAK);
}

static void is_clean_when_one_round_helps(void **state)
{
    g_autoptr(Judgement) j = judge(RESYNC "at 0.400 phone -> server REGISTER auth "
                                          "response=00112233445566778899aabbccddeeff\n"
                                          "at 0.450 server -> phone 200\n"
                                          "end 60\n",
                                   &rule_aka_resync);

    assert_clean(j);
}

static void is_clean_without_resynchronisation(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("", "401"), &rule_aka_resync);

    assert_clean(j);
}

static void abstains_when_the_capture_ends_too_early(void **state)
{
    g_autoptr(Judgement) j = judge(RESYNC "end 1\n", &rule_aka_resync);

    assert_abstains(j, "the capture ends too early after the resynchronisation");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_phone_is_refused_afterwards),
        cmocka_unit_test(fires_when_it_asks_again),
        cmocka_unit_test(is_weak_when_nothing_follows_the_new_challenge),
        cmocka_unit_test(is_clean_when_one_round_helps),
        cmocka_unit_test(is_clean_without_resynchronisation),
        cmocka_unit_test(abstains_when_the_capture_ends_too_early),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
