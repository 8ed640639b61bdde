/*
 * qop is used in a way that no server has to understand.
 */

#include "logins.h"

extern const Rule rule_qop_misused;

#define OFFERED(qop, how, answer)                      \
    "at 0     phone -> server REGISTER\n"              \
    "at 0.020 server -> phone 401 qop=" qop "\n"       \
    "at 0.060 phone -> server REGISTER auth " how "\n" \
    "at 0.080 server -> phone " answer "\n"            \
    "end 60\n"

static void fires_when_the_list_is_copied(void **state)
{
    g_autoptr(Judgement) j =
        judge(OFFERED("auth,auth-int",
                      "qop=auth,auth-int replace=\"qop=auth,auth-int=>qop=\\\"auth,auth-int\\\"\"",
                      "400"),
              &rule_qop_misused);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com copied the whole list of qop values instead of choosing one "
                 "(qop=auth,auth-int) and was refused");
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "credentials", 3);
    assert_fact(j, 2, "answer", 4);
}

static void fires_when_the_count_is_missing(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("replace=\", nc=00000001=>\"", "401"), &rule_qop_misused);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com sent qop without nc or cnonce (qop=auth) and was refused");
}

/* Many servers do not mind. */
static void is_weak_when_it_was_not_offered(void **state)
{
    g_autoptr(Judgement) j = judge(OFFERED("none", "qop=auth", "401"), &rule_qop_misused);
    g_autoptr(Judgement) known =
        judge_with(OFFERED("none", "qop=auth", "401"), ALICE, &rule_qop_misused);

    assert_fires(j, FINDING_WEAK,
                 "alice@example.com sent qop although the challenge offers none (qop=auth) and was "
                 "refused");
    assert_int_equal(known->finding->grade, FINDING_STRONG);
    assert_rejects(known, "password_wrong");
}

/* The digest of RFC 2069, which does not have it, under the name of qop. */
static void fires_when_it_was_sent_and_not_hashed(void **state)
{
    g_autoptr(Judgement) j = judge_with(
        "at 0     phone -> server REGISTER\n"
        "at 0.020 server -> phone 401\n"
        "at 0.060 phone -> server REGISTER auth qop=none "
        "replace=\"algorithm=MD5=>algorithm=MD5, qop=auth, nc=00000001, cnonce=\\\"0a4f\\\"\"\n"
        "at 0.080 server -> phone 401\n"
        "end 60\n",
        ALICE, &rule_qop_misused);

    assert_fires(
        j, FINDING_PROVEN,
        "alice@example.com sent qop but hashed as if there were none (RFC 2069) (qop=auth) "
        "and was refused");
    assert_rejects(j, "password_wrong");
}

static void is_weak_beside_a_wrong_password(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(OFFERED("none", "qop=auth", "401"), OTHER_PASSWORD, &rule_qop_misused);

    assert_int_equal(j->finding->grade, FINDING_WEAK);
}

static void is_clean_on_quotes_around_it(void **state)
{
    g_autoptr(Judgement) j =
        judge(LOGIN("replace=\"qop=auth=>qop=\\\"auth\\\"\"", "401"), &rule_qop_misused);

    assert_clean(j);
}

static void is_clean_when_it_is_accepted(void **state)
{
    g_autoptr(Judgement) j = judge(OFFERED("none", "qop=auth", "200"), &rule_qop_misused);

    assert_clean(j);
}

static void is_clean_without_qop(void **state)
{
    g_autoptr(Judgement) j = judge(OFFERED("auth", "qop=none", "401"), &rule_qop_misused);

    assert_clean(j);
}

/* The remembered challenge may have offered it. */
static void is_clean_on_a_remembered_nonce(void **state)
{
    g_autoptr(Judgement) j = judge("at 0      phone -> server registration\n"
                                   "at 90     phone -> server REGISTER auth\n"
                                   "at 90.020 server -> phone 401 qop=none\n"
                                   "end 150\n",
                                   &rule_qop_misused);

    assert_clean(j);
}

static void abstains_when_messages_were_cut(void **state)
{
    g_autoptr(Judgement) j = judge("snaplen 420\n" LOGIN("", "401"), &rule_qop_misused);

    assert_abstains(j, "messages were cut by the snapshot length");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_list_is_copied),
        cmocka_unit_test(fires_when_the_count_is_missing),
        cmocka_unit_test(is_weak_when_it_was_not_offered),
        cmocka_unit_test(fires_when_it_was_sent_and_not_hashed),
        cmocka_unit_test(is_weak_beside_a_wrong_password),
        cmocka_unit_test(is_clean_on_quotes_around_it),
        cmocka_unit_test(is_clean_when_it_is_accepted),
        cmocka_unit_test(is_clean_without_qop),
        cmocka_unit_test(is_clean_on_a_remembered_nonce),
        cmocka_unit_test(abstains_when_messages_were_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
