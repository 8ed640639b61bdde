/*
 * The first REGISTER was answered, the one with credentials was not.
 */

#include "expect.h"

extern const Rule rule_credentials_unanswered;

#define CHALLENGED                        \
    "at 0     phone -> server REGISTER\n" \
    "at 0.020 server -> phone 401\n"

#define CREDENTIALS_REPEATED                    \
    CHALLENGED                                  \
    "at 0.030  phone -> server REGISTER auth\n" \
    "at 0.530  phone -> server copy\n"          \
    "at 1.530  phone -> server copy\n"          \
    "at 3.530  phone -> server copy\n"          \
    "at 7.530  phone -> server copy\n"          \
    "at 11.530 phone -> server copy\n"          \
    "at 15.530 phone -> server copy\n"

static void assert_says(const Judgement *j, const char *begin, const char *end)
{
    assert_int_equal(j->verdict, RULE_FIRES);
    assert_checkable(j->finding);
    assert_true(g_str_has_prefix(j->finding->summary, begin));
    assert_true(g_str_has_suffix(j->finding->summary, end));
}

static void fires_when_the_request_is_repeated_in_vain(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" CREDENTIALS_REPEATED "end 60.030\n", &rule_credentials_unanswered);

    assert_says(j, "alice@example.com got an answer to its first REGISTER (",
                " bytes, sent 7 times)");
    assert_non_null(strstr(j->finding->summary, "but none was seen in 60 s to the one with"));
    assert_int_equal(j->finding->grade, FINDING_STRONG);
    assert_fact(j, 0, "answered request", 1);
    assert_fact(j, 1, "request with credentials", 3);
    assert_int_equal(j->finding->facts->len, 2);
}

static void fires_beside_the_server_too(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" CREDENTIALS_REPEATED "end 60\n", &rule_credentials_unanswered);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
}

/* Over UDP a phone without an answer repeats its request; this one seems to
 * have one. */
static void is_a_hint_when_the_phone_does_not_insist(void **state)
{
    g_autoptr(Judgement) j = judge(CHALLENGED "at 0.030 phone -> server REGISTER auth\n"
                                              "end 60\n",
                                   &rule_credentials_unanswered);

    assert_says(j, "alice@example.com got", " bytes, sent 1 time)");
    assert_int_equal(j->finding->grade, FINDING_WEAK);
    assert_true(g_str_has_prefix(j->finding->settle, "A capture of both directions"));
}

static void is_strong_over_tcp_where_nothing_is_repeated(void **state)
{
    g_autoptr(Judgement) j = judge("phone 192.168.1.10:49170 transport=tcp\n"
                                   "at 0     phone -> server connect\n"
                                   "at 0.1   phone -> server REGISTER\n"
                                   "at 0.120 server -> phone 401\n"
                                   "at 0.130 phone -> server REGISTER auth\n"
                                   "end 90\n",
                                   &rule_credentials_unanswered);

    assert_says(j, "alice@example.com got", " bytes, sent 1 time)");
    assert_int_equal(j->finding->grade, FINDING_STRONG);
}

static void says_so_when_the_request_came_in_fragments(void **state)
{
    g_autoptr(Judgement) j = judge(CHALLENGED "at 0.030 phone -> server REGISTER auth mtu=576\n"
                                              "at 0.530 phone -> server copy mtu=576\n"
                                              "at 1.530 phone -> server copy mtu=576\n"
                                              "end 60\n",
                                   &rule_credentials_unanswered);

    assert_says(j, "alice@example.com got", " bytes, sent 3 times)");
    assert_fact(j, 2, "fragments", 4);
    assert_string_equal(fact_at(j->finding, 2)->seen, "sent in IP fragments");
}

static void is_clean_when_the_answer_comes_late(void **state)
{
    g_autoptr(Judgement) j = judge(CREDENTIALS_REPEATED "at 17 server -> phone 200\nend 60\n",
                                   &rule_credentials_unanswered);

    assert_clean(j);
}

static void is_clean_when_only_credentials_were_ever_sent(void **state)
{
    g_autoptr(Judgement) j = judge("at 0   phone -> server REGISTER auth nonce=old realm=r\n"
                                   "at 0.5 phone -> server copy\n"
                                   "end 60\n",
                                   &rule_credentials_unanswered);

    assert_clean(j);
}

/* The first one was lost altogether; the second one is the answered one. */
static void compares_with_the_request_that_was_answered(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 5    phone -> server REGISTER\n"
                                   "at 5.02 server -> phone 401\n"
                                   "at 5.03 phone -> server REGISTER auth\n"
                                   "at 5.53 phone -> server copy\n"
                                   "end 60\n",
                                   &rule_credentials_unanswered);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_fact(j, 0, "answered request", 2);
}

static void is_clean_when_nothing_was_answered_at_all(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server REGISTER\n" REPEATED("phone") "end 70\n",
                                   &rule_credentials_unanswered);

    assert_clean(j);
}

static void abstains_when_the_capture_stops_too_early(void **state)
{
    g_autoptr(Judgement) j = judge(CHALLENGED "at 0.030 phone -> server REGISTER auth\n"
                                              "at 0.530 phone -> server copy\n"
                                              "end 3\n",
                                   &rule_credentials_unanswered);

    assert_abstains(j, "the capture ends too early after the last message");
}

/* The large request is in the capture by halves: its answer may be as well. */
static void is_silent_when_the_capture_lacks_fragments(void **state)
{
    g_autoptr(Judgement) j = judge(CHALLENGED "at 0.030 phone -> server REGISTER auth\n"
                                              "at 0.530 phone -> server copy\n"
                                              "at 0.900 server -> phone 200 mtu=300 lose=2\n"
                                              "end 60\n",
                                   &rule_credentials_unanswered);

    assert_abstains(j, "IP fragments are missing at that time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_request_is_repeated_in_vain),
        cmocka_unit_test(fires_beside_the_server_too),
        cmocka_unit_test(is_a_hint_when_the_phone_does_not_insist),
        cmocka_unit_test(is_strong_over_tcp_where_nothing_is_repeated),
        cmocka_unit_test(says_so_when_the_request_came_in_fragments),
        cmocka_unit_test(is_clean_when_the_answer_comes_late),
        cmocka_unit_test(is_clean_when_only_credentials_were_ever_sent),
        cmocka_unit_test(compares_with_the_request_that_was_answered),
        cmocka_unit_test(is_clean_when_nothing_was_answered_at_all),
        cmocka_unit_test(abstains_when_the_capture_stops_too_early),
        cmocka_unit_test(is_silent_when_the_capture_lacks_fragments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
