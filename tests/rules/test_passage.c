/*
 * Where between two places a message was lost, as the rules tell it that miss one.
 */

#include "expect.h"

extern const Rule rule_answer_lost;
extern const Rule rule_register_unanswered;
extern const Rule rule_request_ignored;

#define INSIDE "vantage client said\n"
#define OUTSIDE "vantage server said\n"

/* Before the trouble messages went both ways. */
#define BEFORE                          \
    "at 0   phone -> server REGISTER\n" \
    "at 0.1 server -> phone 401\n"

#define COPIES                      \
    "at 1.5 phone -> server copy\n" \
    "at 2.5 phone -> server copy\n" \
    "at 4.5 phone -> server copy\n" \
    "at 8.5 phone -> server copy\n"

static void an_answer_that_got_no_further_is_located(void **state)
{
    g_autoptr(Judgement) j =
        judge_between(INSIDE BEFORE "at 1 phone -> server REGISTER auth\n" COPIES "end 60\n",
                      OUTSIDE BEFORE "at 1 phone -> server REGISTER auth\n"
                                     "at 1.02 server -> phone 200\n" COPIES "end 60\n",
                      &rule_answer_lost);

    assert_fires(j, FINDING_PROVEN,
                 "the server answered alice@example.com with 200, but the phone repeated the "
                 "request 4 times in 7.4 s: the 200 passed the capture beside the server at "
                 "12:00:01.020 and never reached the one beside the phone");
}

/* Its copies do not get out any more either. */
static void copies_that_never_came_out_count(void **state)
{
    g_autoptr(Judgement) j =
        judge_between(INSIDE BEFORE "at 1 phone -> server REGISTER auth\n" COPIES "end 60\n",
                      OUTSIDE BEFORE "at 1 phone -> server REGISTER auth\n"
                                     "at 1.02 server -> phone 200\n"
                                     "end 60\n",
                      &rule_answer_lost);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_PROVEN);
}

static void an_answer_that_arrives_is_not_lost(void **state)
{
    g_autoptr(Judgement) j =
        judge_between(INSIDE BEFORE "at 1 phone -> server REGISTER auth\n"
                                    "at 1.02 server -> phone 200\n" COPIES "end 60\n",
                      OUTSIDE BEFORE "at 1 phone -> server REGISTER auth\n"
                                     "at 1.02 server -> phone 200\n" COPIES "end 60\n",
                      &rule_answer_lost);

    assert_abstains(j, "the answer arrives beside the phone, which does not take it");
}

/* A capture that never showed an answer may hold one direction only. */
static void without_another_answer_inside_it_is_not_proven(void **state)
{
    g_autoptr(Judgement) j =
        judge_between(INSIDE "at 1 phone -> server REGISTER\n" COPIES "end 60\n",
                      OUTSIDE "at 1 phone -> server REGISTER\n"
                              "at 1.02 server -> phone 401\n" COPIES "end 60\n",
                      &rule_answer_lost);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
    assert_non_null(strstr(j->finding->summary, "never reached the one beside the phone"));
}

/* The inner capture was stopped before. */
static void a_place_that_no_longer_looked_on_tells_nothing(void **state)
{
    g_autoptr(Judgement) j =
        judge_between(INSIDE BEFORE "at 1 phone -> server REGISTER auth\n"
                                    "at 1.5 phone -> server copy\n",
                      OUTSIDE BEFORE "at 1 phone -> server REGISTER auth\n"
                                     "at 1.02 server -> phone 200\n" COPIES "end 60\n",
                      &rule_answer_lost);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
    assert_null(strstr(j->finding->summary, "never reached"));
}

/* Registered, and when that is to be renewed nothing comes out any more. */
#define RENEWED                           \
    "at 0 phone -> server registration\n" \
    "at 40 phone -> server REGISTER\n"    \
    "at 40.5 phone -> server copy\n"      \
    "at 41.5 phone -> server copy\n"      \
    "at 43.5 phone -> server copy\n"      \
    "end 120\n"

static void requests_that_never_came_out_are_located(void **state)
{
    g_autoptr(Judgement) j = judge_between(INSIDE RENEWED,
                                           OUTSIDE "at 0 phone -> server registration\n"
                                                   "end 120\n",
                                           &rule_register_unanswered);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com sent REGISTER 4 times to 198.51.100.10:5060 and no answer was "
                 "seen for 80 s: none of the 4 requests reached the capture beside the "
                 "server, which looked on");
}

static void requests_that_came_out_unanswered_are_told_so(void **state)
{
    g_autoptr(Judgement) j =
        judge_between(INSIDE RENEWED, OUTSIDE RENEWED, &rule_register_unanswered);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_PROVEN);
    assert_non_null(strstr(j->finding->summary, "4 of the 4 requests reached the capture beside "
                                                "the server, and no answer came back there"));
}

static void one_place_does_not_tell_where(void **state)
{
    g_autoptr(Judgement) j = judge(INSIDE RENEWED, &rule_register_unanswered);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
    assert_null(strstr(j->finding->summary, "reached"));
}

/* Somebody else is answered meanwhile. */
#define BESIDE "phone bob 192.168.1.11 user=bob\n" RENEWED "at 42 bob -> server registration\n"

static void being_ignored_is_proven_where_nothing_came_to_the_phone(void **state)
{
    g_autoptr(Judgement) beside = judge(OUTSIDE BESIDE, &rule_request_ignored);
    g_autoptr(Judgement) both = judge_between(INSIDE BESIDE, OUTSIDE BESIDE, &rule_request_ignored);

    assert_int_equal(beside->verdict, RULE_FIRES);
    assert_int_equal(beside->finding->grade, FINDING_STRONG);
    assert_int_equal(both->verdict, RULE_FIRES);
    assert_int_equal(both->finding->grade, FINDING_PROVEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_that_got_no_further_is_located),
        cmocka_unit_test(copies_that_never_came_out_count),
        cmocka_unit_test(an_answer_that_arrives_is_not_lost),
        cmocka_unit_test(without_another_answer_inside_it_is_not_proven),
        cmocka_unit_test(a_place_that_no_longer_looked_on_tells_nothing),
        cmocka_unit_test(requests_that_never_came_out_are_located),
        cmocka_unit_test(requests_that_came_out_unanswered_are_told_so),
        cmocka_unit_test(one_place_does_not_tell_where),
        cmocka_unit_test(being_ignored_is_proven_where_nothing_came_to_the_phone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
