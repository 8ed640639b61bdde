/*
 * The header with the credentials cannot be read.
 */

#include "logins.h"

extern const Rule rule_authorization_malformed;

/* "nonce" and "uri" with a blank between them and no comma. */
#define NO_COMMA "nonce=5f21 replace=\"5f21\\\", uri=>5f21\\\" uri\""

static void fires_when_a_comma_is_missing(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN(NO_COMMA, "400"), &rule_authorization_malformed);

    assert_fires(j, FINDING_STRONG,
                 "the credentials of alice@example.com break the grammar, and the server refused "
                 "them");
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "credentials", 3);
    assert_fact(j, 2, "credentials as sent", 3);
    assert_fact(j, 3, "answer", 4);
}

static void fires_when_the_response_cannot_be_found(void **state)
{
    g_autoptr(Judgement) j =
        judge(LOGIN("replace=\"response==>response\"", "400"), &rule_authorization_malformed);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_checkable(j->finding);
}

/* As RFC 3665 prints it. */
static void fires_on_a_response_with_a_digit_too_few(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("response=dfe56131d1958046689d83306477ecc", "400"),
                                   &rule_authorization_malformed);

    assert_fires(
        j, FINDING_STRONG,
        "the credentials of alice@example.com have a response of 31 digits, MD5 has 32 and "
        "SHA-256 has 64, and the server refused them");
}

static void fires_on_a_response_of_other_characters(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("response=(null)", "400"), &rule_authorization_malformed);

    assert_fires(j, FINDING_STRONG,
                 "the credentials of alice@example.com have a response that is no hexadecimal "
                 "number, and the server refused them");
}

/* A 401 may as well be about the password. */
static void is_weak_when_the_server_just_asks_again(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN(NO_COMMA, "401"), &rule_authorization_malformed);
    g_autoptr(Judgement) right =
        judge_with(LOGIN(NO_COMMA, "401"), ALICE, &rule_authorization_malformed);

    assert_int_equal(j->finding->grade, FINDING_WEAK);
    assert_int_equal(right->finding->grade, FINDING_STRONG);
}

/* What is needed to try passwords is not passed on. */
static void shows_neither_nonce_nor_response(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("response=dfe56131d1958046689d83306477ecc", "400"),
                                   &rule_authorization_malformed);

    assert_null(strstr(fact_at(j->finding, 2)->seen, "dfe56131d1958"));
    assert_non_null(strstr(fact_at(j->finding, 2)->seen, "response=\"dfe56131d1...\""));
}

static void is_clean_on_quotes_that_are_tolerated(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("replace=\"algorithm=MD5=>algorithm=\\\"MD5\\\"\"", "401"),
                                   &rule_authorization_malformed);

    assert_clean(j);
}

static void is_clean_when_it_is_accepted(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN(NO_COMMA, "200"), &rule_authorization_malformed);

    assert_clean(j);
}

/* This server does read it. */
static void is_clean_when_it_was_accepted_before(void **state)
{
    g_autoptr(Judgement) j =
        judge(LOGIN(NO_COMMA, "200") "at 90     phone -> server REGISTER\n"
                                     "at 90.020 server -> phone 401\n"
                                     "at 90.060 phone -> server REGISTER auth " NO_COMMA "\n"
                                     "at 90.080 server -> phone 401\n"
                                     "end 150\n",
              &rule_authorization_malformed);

    assert_clean(j);
}

static void abstains_when_messages_were_cut(void **state)
{
    g_autoptr(Judgement) j = judge("snaplen 420\n" LOGIN("", "401"), &rule_authorization_malformed);

    assert_abstains(j, "messages were cut by the snapshot length");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_a_comma_is_missing),
        cmocka_unit_test(fires_when_the_response_cannot_be_found),
        cmocka_unit_test(fires_on_a_response_with_a_digit_too_few),
        cmocka_unit_test(fires_on_a_response_of_other_characters),
        cmocka_unit_test(is_weak_when_the_server_just_asks_again),
        cmocka_unit_test(shows_neither_nonce_nor_response),
        cmocka_unit_test(is_clean_on_quotes_that_are_tolerated),
        cmocka_unit_test(is_clean_when_it_is_accepted),
        cmocka_unit_test(is_clean_when_it_was_accepted_before),
        cmocka_unit_test(abstains_when_messages_were_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
