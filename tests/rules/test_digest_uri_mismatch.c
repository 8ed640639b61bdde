/*
 * The digest was made over another address than the Request-URI.
 */

#include "logins.h"

extern const Rule rule_digest_uri_mismatch;

#define PORT "uri=sip:example.com:5070 "

static void fires_when_a_right_digest_names_another_uri(void **state)
{
    g_autoptr(Judgement) j = judge_with(LOGIN(PORT "digest-uri=sip:example.com", "401"), ALICE,
                                        &rule_digest_uri_mismatch);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com: the uri in the credentials is \"sip:example.com\", the "
                 "Request-URI \"sip:example.com:5070\"; the digest is right for the former and was "
                 "refused");
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "credentials", 3);
    assert_fact(j, 2, "uri", 3);
    assert_fact(j, 3, "answer", 4);
    assert_rejects(j, "password_wrong");
}

/* A box on the way changed the text behind the phone's back. */
static void fires_when_another_uri_was_hashed(void **state)
{
    g_autoptr(Judgement) j = judge_with(
        LOGIN("replace=\"uri=\\\"sip:example.com\\\"=>uri=\\\"sip:198.51.100.10\\\"\"", "401"),
        ALICE, &rule_digest_uri_mismatch);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com: the uri in the credentials is \"sip:198.51.100.10\", the "
                 "Request-URI \"sip:example.com\"; hashed the Request-URI, the uri in the "
                 "credentials is another: \"sip:example.com\"");
}

static void is_clean_when_the_server_accepts_the_difference(void **state)
{
    g_autoptr(Judgement) j = judge_with(LOGIN(PORT "digest-uri=sip:example.com", "200"), ALICE,
                                        &rule_digest_uri_mismatch);

    assert_clean(j);
}

static void is_clean_when_they_are_the_same(void **state)
{
    g_autoptr(Judgement) j = judge_with(LOGIN(PORT, "401"), ALICE, &rule_digest_uri_mismatch);

    assert_clean(j);
}

/* RFC 3261 section 22.4: a proxy may change the Request-URI. */
static void is_clean_behind_a_proxy(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(LOGIN(PORT "digest-uri=sip:example.com add=\"Via: SIP/2.0/UDP "
                              "192.0.2.1;branch=z9hG4bKabc\"",
                         "401"),
                   ALICE, &rule_digest_uri_mismatch);

    assert_clean(j);
}

/* With a wrong password nothing is known of the uri. */
static void is_clean_without_the_right_password(void **state)
{
    g_autoptr(Judgement) none =
        judge(LOGIN(PORT "digest-uri=sip:example.com", "401"), &rule_digest_uri_mismatch);
    g_autoptr(Judgement) wrong = judge_with(LOGIN(PORT "digest-uri=sip:example.com", "401"),
                                            OTHER_PASSWORD, &rule_digest_uri_mismatch);

    assert_clean(none);
    assert_clean(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_a_right_digest_names_another_uri),
        cmocka_unit_test(fires_when_another_uri_was_hashed),
        cmocka_unit_test(is_clean_when_the_server_accepts_the_difference),
        cmocka_unit_test(is_clean_when_they_are_the_same),
        cmocka_unit_test(is_clean_behind_a_proxy),
        cmocka_unit_test(is_clean_without_the_right_password),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
