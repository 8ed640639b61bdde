/*
 * A new request in the transaction of an old one: what counts is that the old
 * answer comes again.
 */

#include "expect.h"

extern const Rule rule_branch_reused;

#define BRANCH " branch=z9hG4bK776asdhds "

#define REUSED                                                     \
    "at 0     phone -> server REGISTER" BRANCH "\n"                \
    "at 0.020 server -> phone 401 as=challenge\n"                  \
    "at 0.030 phone -> server REGISTER auth as=second" BRANCH "\n" \
    "at 0.050 server -> phone copy of=challenge\n"                 \
    "at 0.530 phone -> server copy of=second\n"                    \
    "at 0.550 server -> phone copy of=challenge\n"

static void fires_when_the_old_answer_comes_again(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n" REUSED "end 60\n", &rule_branch_reused);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com sent a new request under the branch of an old one and got the "
                 "old answer: 401 Unauthorized");
    assert_fact(j, 0, "old request", 1);
    assert_fact(j, 1, "its answer", 2);
    assert_fact(j, 2, "new request", 3);
    assert_fact(j, 3, "the old answer again", 6);
}

/* The CSeq is the old one as well: then only the credentials are new. */
static void fires_when_not_even_the_cseq_is_new(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER cseq=1" BRANCH "\n"
                                   "at 0.020 server -> phone 401 as=challenge to-tag=t nonce=n\n"
                                   "at 0.030 phone -> server REGISTER auth cseq=1" BRANCH "\n"
                                   "at 0.050 server -> phone 401 to-tag=t nonce=n\n"
                                   "end 60\n",
                                   &rule_branch_reused);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_fact(j, 3, "the same answer", 4);
    assert_checkable(j->finding);
}

static void is_clean_when_the_server_looks_at_the_new_request(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER" BRANCH "\n"
                                   "at 0.020 server -> phone 401\n"
                                   "at 0.030 phone -> server REGISTER auth" BRANCH "\n"
                                   "at 0.050 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_branch_reused);

    assert_clean(j);
}

/* A refusal of its own has a cause of its own. */
static void is_clean_when_the_answer_is_a_new_one(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER" BRANCH "\n"
                                   "at 0.020 server -> phone 401\n"
                                   "at 0.030 phone -> server REGISTER auth" BRANCH "\n"
                                   "at 0.050 server -> phone 403\n"
                                   "end 60\n",
                                   &rule_branch_reused);

    assert_clean(j);
}

/* The challenge is repeated for the copies of the first request, which had not
 * heard of it: nothing is wrong with that. */
static void is_clean_with_branches_of_their_own(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER as=first\n"
                                   "at 0.020 server -> phone 401 as=challenge\n"
                                   "at 0.500 phone -> server copy of=first\n"
                                   "at 0.510 phone -> server REGISTER auth\n"
                                   "at 0.520 server -> phone copy of=challenge\n"
                                   "end 60\n",
                                   &rule_branch_reused);

    assert_clean(j);
}

/* RFC 2543 knew no branches that name a transaction. */
static void is_clean_without_the_cookie(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER branch=1\n"
                                   "at 0.020 server -> phone 401 as=challenge\n"
                                   "at 0.030 phone -> server REGISTER auth branch=1 as=second\n"
                                   "at 0.050 server -> phone copy of=challenge\n"
                                   "end 60\n",
                                   &rule_branch_reused);

    assert_clean(j);
}

static void silences_the_silence(void **state)
{
    g_autofree char *ids =
        judge_all("vantage client\n" REUSED "at 1.530 phone -> server copy of=second\n"
                  "at 1.550 server -> phone copy of=challenge\nend 60\n");

    assert_string_equal(ids, "branch_reused");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_old_answer_comes_again),
        cmocka_unit_test(fires_when_not_even_the_cseq_is_new),
        cmocka_unit_test(is_clean_when_the_server_looks_at_the_new_request),
        cmocka_unit_test(is_clean_when_the_answer_is_a_new_one),
        cmocka_unit_test(is_clean_with_branches_of_their_own),
        cmocka_unit_test(is_clean_without_the_cookie),
        cmocka_unit_test(silences_the_silence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
