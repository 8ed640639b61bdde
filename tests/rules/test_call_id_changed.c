/*
 * The challenge was answered in another call, and refused.
 */

#include "logins.h"

extern const Rule rule_call_id_changed;

static void fires_when_the_digest_verifies(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(LOGIN("call-id=another@host", "401"), ALICE, &rule_call_id_changed);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com answered the challenge under another Call-ID and was refused");
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "its Call-ID", 2);
    assert_fact(j, 2, "Call-ID of the credentials", 3);
    assert_fact(j, 3, "answer", 4);
    assert_rejects(j, "password_wrong");
}

/* A wrong password is the more usual reason. */
static void is_weak_without_the_password(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("call-id=another@host", "401"), &rule_call_id_changed);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_WEAK);
    assert_int_equal(j->finding->rejected->len, 0);
}

static void leaves_the_word_to_a_wrong_password(void **state)
{
    g_autofree char *ids =
        judge_all_with("vantage client\n" LOGIN("call-id=another@host", "401"), OTHER_PASSWORD);

    assert_string_equal(ids, "password_wrong");
}

/* Most registrars do not mind. */
static void is_clean_when_it_is_accepted(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("call-id=another@host", "200"), &rule_call_id_changed);

    assert_clean(j);
}

static void is_clean_when_the_call_id_stays(void **state)
{
    g_autoptr(Judgement) j = judge_with(LOGIN("", "401"), ALICE, &rule_call_id_changed);

    assert_clean(j);
}

/* Each attempt in a call of its own, with a nonce that is remembered. */
static void is_clean_on_a_new_attempt(void **state)
{
    g_autoptr(Judgement) j = judge("at 0      phone -> server registration\n"
                                   "at 90     phone -> server REGISTER auth call-id=next@host\n"
                                   "at 90.020 server -> phone 401\n"
                                   "end 150\n",
                                   &rule_call_id_changed);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_digest_verifies),
        cmocka_unit_test(is_weak_without_the_password),
        cmocka_unit_test(leaves_the_word_to_a_wrong_password),
        cmocka_unit_test(is_clean_when_it_is_accepted),
        cmocka_unit_test(is_clean_when_the_call_id_stays),
        cmocka_unit_test(is_clean_on_a_new_attempt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
