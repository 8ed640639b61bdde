/*
 * The digest is right and the server refuses: what is wrong is on its side.
 */

#include "logins.h"

extern const Rule rule_valid_credentials_refused;

static void fires_when_a_right_digest_is_challenged_again(void **state)
{
    g_autoptr(Judgement) j = judge_with(LOGIN("", "401"), ALICE, &rule_valid_credentials_refused);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com: the digest verifies with the supplied password and the server "
                 "refuses it (401 Unauthorized)");
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "age of the nonce", 2);
    assert_fact(j, 2, "credentials", 3);
    assert_fact(j, 3, "answer", 4);
    assert_string_equal(fact_at(j->finding, 1)->seen, "40 ms");
    assert_rejects(j, "password_wrong");
}

static void is_clean_without_the_right_password(void **state)
{
    g_autoptr(Judgement) none = judge(LOGIN("", "401"), &rule_valid_credentials_refused);
    g_autoptr(Judgement) wrong =
        judge_with(LOGIN("", "401"), OTHER_PASSWORD, &rule_valid_credentials_refused);

    assert_clean(none);
    assert_clean(wrong);
}

/* An old nonce that is exchanged is no refusal. */
static void is_clean_on_a_nonce_that_had_expired(void **state)
{
    g_autoptr(Judgement) j = judge_with("at 0      phone -> server registration\n"
                                        "at 90     phone -> server REGISTER auth\n"
                                        "at 90.020 server -> phone 401\n"
                                        "end 150\n",
                                        ALICE, &rule_valid_credentials_refused);

    assert_clean(j);
}

static void leaves_the_word_to_what_says_more(void **state)
{
    g_autofree char *uri = judge_all_with(
        "vantage client\n" LOGIN("uri=sip:example.com:5070 digest-uri=sip:example.com", "401"),
        ALICE);
    g_autofree char *forbidden = judge_all_with("vantage client\n" LOGIN("", "403"), ALICE);
    g_autofree char *plain = judge_all_with("vantage client\n" LOGIN("", "401"), ALICE);

    assert_string_equal(uri, "digest_uri_mismatch");
    assert_string_equal(forbidden, "account_not_allowed");
    assert_string_equal(plain, "valid_credentials_refused");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_a_right_digest_is_challenged_again),
        cmocka_unit_test(is_clean_without_the_right_password),
        cmocka_unit_test(is_clean_on_a_nonce_that_had_expired),
        cmocka_unit_test(leaves_the_word_to_what_says_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
