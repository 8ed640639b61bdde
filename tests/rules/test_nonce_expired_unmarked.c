/*
 * A remembered nonce had expired, and the server did not call it stale.
 */

#include "logins.h"

extern const Rule rule_nonce_expired_unmarked;

#define RENEWED(challenge, then)                \
    "at 0      phone -> server registration\n"  \
    "at 90     phone -> server REGISTER auth\n" \
    "at 90.020 server -> phone " challenge "\n" then "end 150\n"

#define AGAIN(answer)                           \
    "at 90.060 phone -> server REGISTER auth\n" \
    "at 90.080 server -> phone " answer "\n"

static void fires_when_the_next_nonce_is_accepted(void **state)
{
    g_autoptr(Judgement) j = judge(RENEWED("401", AGAIN("200")), &rule_nonce_expired_unmarked);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com used a nonce again after 89 s and was challenged without "
                 "stale=true; the new nonce was accepted at once");
    assert_fact(j, 0, "age of the nonce", 2);
    assert_fact(j, 1, "credentials", 5);
    assert_fact(j, 2, "answer", 6);
    assert_fact(j, 3, "accepted", 8);
    assert_rejects(j, "password_wrong");
}

static void is_less_sure_when_the_phone_does_not_go_on(void **state)
{
    g_autoptr(Judgement) j = judge(RENEWED("401", ""), &rule_nonce_expired_unmarked);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com used a nonce again after 89 s and was challenged without "
                 "stale=true");
    assert_rejects(j, "password_wrong");
}

/* Made at 12:00:00 for five minutes. */
static void reads_what_the_nonce_says_of_itself(void **state)
{
    g_autoptr(Judgement) j =
        judge("phone expires=400\n"
              "at 0       phone -> server REGISTER\n"
              "at 0.020   server -> phone 401 nonce=aX3v7Gl97sCd1ORhJoyANPXIVk4VXGem\n"
              "at 0.060   phone -> server REGISTER auth\n"
              "at 0.080   server -> phone 200\n"
              "at 360     phone -> server REGISTER auth\n"
              "at 360.020 server -> phone 401\n"
              "end 420\n",
              &rule_nonce_expired_unmarked);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com used a nonce again after 5 min 59 s and was challenged without "
                 "stale=true; by its own account the nonce had expired");
    assert_string_equal(fact_at(j->finding, 0)->seen, "5 min 59 s; Kamailio made it for 5 min");
}

static void is_clean_when_it_is_called_stale(void **state)
{
    g_autoptr(Judgement) j =
        judge(RENEWED("401 stale", AGAIN("200")), &rule_nonce_expired_unmarked);

    assert_clean(j);
}

/* A password that was changed meanwhile looks the same at first. */
static void is_clean_when_the_new_nonce_is_not_accepted_either(void **state)
{
    g_autoptr(Judgement) j = judge(RENEWED("401", AGAIN("401")), &rule_nonce_expired_unmarked);

    assert_clean(j);
}

static void is_clean_on_a_nonce_from_before_the_capture(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER auth nonce=before\n"
                                   "at 0.020 server -> phone 401\n"
                                   "at 0.060 phone -> server REGISTER auth\n"
                                   "at 0.080 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_nonce_expired_unmarked);

    assert_clean(j);
}

static void is_clean_when_every_renewal_begins_without_credentials(void **state)
{
    g_autoptr(Judgement) j = judge("repeat 3 every 90 {\n"
                                   "    at 0 phone -> server registration\n"
                                   "}\n"
                                   "end 300\n",
                                   &rule_nonce_expired_unmarked);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_next_nonce_is_accepted),
        cmocka_unit_test(is_less_sure_when_the_phone_does_not_go_on),
        cmocka_unit_test(reads_what_the_nonce_says_of_itself),
        cmocka_unit_test(is_clean_when_it_is_called_stale),
        cmocka_unit_test(is_clean_when_the_new_nonce_is_not_accepted_either),
        cmocka_unit_test(is_clean_on_a_nonce_from_before_the_capture),
        cmocka_unit_test(is_clean_when_every_renewal_begins_without_credentials),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
