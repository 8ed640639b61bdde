/*
 * In without a password, and without a memory of one.
 */

#include "expect.h"

extern const Rule rule_registered_without_challenge;

static void notes_an_acceptance_without_credentials(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_registered_without_challenge);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com was accepted without credentials: the registrar trusts its "
                 "address");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "answer", 2);
    assert_int_equal(j->finding->rule->severity, FINDING_NOTE);
}

static void is_clean_when_the_phone_was_challenged(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server registration\n"
                                   "end 60\n",
                                   &rule_registered_without_challenge);

    assert_clean(j);
}

static void is_clean_when_a_remembered_nonce_is_still_good(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER auth nonce=old realm=r\n"
                                   "at 0.02 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_registered_without_challenge);

    assert_clean(j);
}

static void is_clean_when_a_token_was_sent(void **state)
{
    g_autoptr(Judgement) j =
        judge("at 0    phone -> server REGISTER add=\"Authorization: Bearer eyJhbGciOiJSUzI1\"\n"
              "at 0.02 server -> phone 200\n"
              "end 60\n",
              &rule_registered_without_challenge);

    assert_clean(j);
}

/* A session border controller answers refreshes by itself. */
static void is_clean_when_only_refreshes_go_without(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server registration expires=60\n"
                                   "at 50    phone -> server REGISTER expires=60\n"
                                   "at 50.02 server -> phone 200 expires=60\n"
                                   "end 100\n",
                                   &rule_registered_without_challenge);

    assert_clean(j);
}

static void is_clean_on_queries_and_removals(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER contact=none\n"
                                   "at 0.02  server -> phone 200\n"
                                   "at 20    phone -> server REGISTER expires=0\n"
                                   "at 20.02 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_registered_without_challenge);

    assert_clean(j);
}

static void is_clean_when_the_accepted_request_was_not_captured(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 401 unseen\n"
                                   "at 0.03 phone -> server REGISTER auth unseen\n"
                                   "at 0.05 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_registered_without_challenge);

    assert_clean(j);
}

static void abstains_when_the_beginning_is_missing(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER unseen\n"
                                   "at 0.02 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_registered_without_challenge);

    assert_abstains(j, "the capture does not hold the beginning of the attempt");
}

static void abstains_when_messages_were_cut(void **state)
{
    g_autoptr(Judgement) j = judge("snaplen 360\n"
                                   "at 0    phone -> server REGISTER auth nonce=old realm=r\n"
                                   "at 0.02 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_registered_without_challenge);

    assert_abstains(j, "messages were cut by the snapshot length");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_an_acceptance_without_credentials),
        cmocka_unit_test(is_clean_when_the_phone_was_challenged),
        cmocka_unit_test(is_clean_when_a_remembered_nonce_is_still_good),
        cmocka_unit_test(is_clean_when_a_token_was_sent),
        cmocka_unit_test(is_clean_when_only_refreshes_go_without),
        cmocka_unit_test(is_clean_on_queries_and_removals),
        cmocka_unit_test(is_clean_when_the_accepted_request_was_not_captured),
        cmocka_unit_test(abstains_when_the_beginning_is_missing),
        cmocka_unit_test(abstains_when_messages_were_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
