/*
 * After failures in a row even the right answer is refused, or none is given.
 */

#include "logins.h"

extern const Rule rule_locked_out;

#define FAILED(n, status)                                         \
    "repeat " #n " every 40 {\n"                                  \
    "    at 0     phone -> server REGISTER\n"                     \
    "    at 0.020 server -> phone 401\n"                          \
    "    at 0.060 phone -> server REGISTER auth password=other\n" \
    "    at 0.080 server -> phone " status "\n"                   \
    "}\n"

#define THEN(how, answer)                                \
    "at 200     phone -> server REGISTER\n"              \
    "at 200.020 server -> phone 401\n"                   \
    "at 200.060 phone -> server REGISTER auth " how "\n" \
    "at 200.080 server -> phone " answer "\n"            \
    "end 260\n"

/* While the server answers somebody else. */
#define SILENCE                              \
    "phone two 192.168.1.11 user=bob\n"      \
    "at 199    two -> server registration\n" \
    "at 200    phone -> server REGISTER\n"   \
    "at 200.5  phone -> server copy\n"       \
    "at 201.5  phone -> server copy\n"       \
    "at 203.5  phone -> server copy\n"       \
    "at 207.5  phone -> server copy\n"       \
    "at 207.9  two -> server registration\n" \
    "end 260\n"

static void fires_when_right_credentials_are_refused_after_wrong_ones(void **state)
{
    g_autoptr(Judgement) j = judge_with(FAILED(3, "403") THEN("", "403"), ALICE, &rule_locked_out);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com was refused 3 times in a row since 12:00:00.000, and now even "
                 "right credentials are refused");
    assert_fact(j, 0, "a refusal before", 12);
    assert_fact(j, 1, "request", 15);
    assert_fact(j, 2, "answer", 16);
}

static void fires_when_the_server_goes_silent_for_this_one(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" FAILED(4, "403") SILENCE, &rule_locked_out);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com was refused 4 times in a row since 12:00:00.000, and now the "
                 "server does not answer it any more, while it answers others");
    assert_fact(j, 0, "a refusal before", 16);
}

static void is_clean_after_two_failures(void **state)
{
    g_autoptr(Judgement) j = judge_with(FAILED(2, "403") THEN("", "403"), ALICE, &rule_locked_out);

    assert_clean(j);
}

/* Right from the start and never accepted: that is no lock. */
static void is_clean_when_the_credentials_were_right_all_the_time(void **state)
{
    g_autoptr(Judgement) j = judge_with("phone password=other\n" FAILED(4, "403") THEN("", "403"),
                                        "alice:example.com:other\n", &rule_locked_out);

    assert_clean(j);
}

static void is_clean_when_a_success_came_in_between(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" FAILED(4, "403") "at 180 phone -> server registration\n" SILENCE,
              &rule_locked_out);

    assert_clean(j);
}

static void is_clean_when_nobody_is_answered(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" FAILED(4, "403") "at 200    phone -> server REGISTER\n"
                                                  "at 200.5  phone -> server copy\n"
                                                  "at 201.5  phone -> server copy\n"
                                                  "at 203.5  phone -> server copy\n"
                                                  "end 260\n",
              &rule_locked_out);

    assert_clean(j);
}

/* Refusals that are about something else than the login. */
static void is_clean_after_other_refusals(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" FAILED(4, "503") SILENCE, &rule_locked_out);

    assert_clean(j);
}

static void is_clean_when_the_password_is_still_wrong(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(FAILED(3, "403") THEN("password=other", "403"), ALICE, &rule_locked_out);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_right_credentials_are_refused_after_wrong_ones),
        cmocka_unit_test(fires_when_the_server_goes_silent_for_this_one),
        cmocka_unit_test(is_clean_after_two_failures),
        cmocka_unit_test(is_clean_when_the_credentials_were_right_all_the_time),
        cmocka_unit_test(is_clean_when_a_success_came_in_between),
        cmocka_unit_test(is_clean_when_nobody_is_answered),
        cmocka_unit_test(is_clean_after_other_refusals),
        cmocka_unit_test(is_clean_when_the_password_is_still_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
