/*
 * What speaks for each reason that a server may have to refuse right credentials.
 */

#include "logins.h"

extern const Rule rule_valid_credentials_refused;

static const char *cited(const Judgement *judgement, const char *name)
{
    for (unsigned i = 0; i < judgement->finding->facts->len; i++) {
        const FindingFact *fact = fact_at(judgement->finding, i);

        if (strcmp(fact->name, name) == 0)
            return fact->seen;
    }
    return "";
}

static void rules_out_what_the_packets_exclude(void **state)
{
    g_autoptr(Judgement) j = judge_with(LOGIN("", "401"), ALICE, &rule_valid_credentials_refused);

    assert_rejects(j, "password_wrong");
    assert_rejects(j, "nonce_expired");
    assert_rejects(j, "source_changed");
    assert_rejects(j, "dialog_changed");
    assert_rejects(j, "count_refused");
    assert_null(j->finding->advice);
}

static void names_what_the_packets_point_at(void **state)
{
    static const struct {
        const char *scenario;
        const char *name;
        const char *evidence;
    } causes[] = {
        { LOGIN("from-tag=other", "401"), "dialog",
          "the From tag changed between challenge and answer" },
        { LOGIN("uri=sip:example.com;x", "401"), "dialog",
          "the Request-URI changed between challenge and answer" },
        { LOGIN("nc=00000100", "401"), "nonce count", "nc=00000100 is above 255" },
        { LOGIN("", "401 header=\"Server: Another 1.0\""), "several servers",
          "the answers name different servers" },
        { LOGIN("", "401 received=203.0.113.77"), "source address",
          "challenged at 203.0.113.2, it answered from 203.0.113.77" },
        { "at 0     phone -> server REGISTER\n"
          "at 0.020 server -> phone 401 opaque=abc\n"
          "at 0.060 phone -> server REGISTER auth replace=\", opaque=\\\"abc\\\"=>\"\n"
          "at 0.080 server -> phone 401\n"
          "end 60\n",
          "policy", "opaque did not come back as it was sent" },
        { "at 0     phone -> server REGISTER\n"
          "at 0.020 server -> phone 401\n"
          "at 0.060 phone -> server REGISTER auth qop=none\n"
          "at 0.080 server -> phone 401\n"
          "end 60\n",
          "policy", "qop was offered and not used" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(causes); i++) {
        g_autoptr(Judgement) j =
            judge_with(causes[i].scenario, ALICE, &rule_valid_credentials_refused);

        assert_int_equal(j->verdict, RULE_FIRES);
        assert_string_equal(cited(j, causes[i].name), causes[i].evidence);
        assert_non_null(strstr(j->finding->advice, causes[i].evidence));
    }
}

static void sees_two_machines_take_turns(void **state)
{
    g_autoptr(Judgement) j = judge_with("at 0     phone -> server REGISTER\n"
                                        "at 0.020 server -> phone 401 nonce=one\n"
                                        "at 0.060 phone -> server REGISTER auth\n"
                                        "at 0.080 server -> phone 401 nonce=two\n"
                                        "at 0.120 phone -> server REGISTER auth\n"
                                        "at 0.140 server -> phone 401 nonce=one\n"
                                        "end 60\n",
                                        ALICE, &rule_valid_credentials_refused);

    assert_string_equal(cited(j, "several servers"), "two sets of nonces come back in turn");
}

static void sees_a_second_layer(void **state)
{
    g_autoptr(Judgement) j = judge_with("at 0     phone -> server REGISTER\n"
                                        "at 0.020 server -> phone 407\n"
                                        "at 0.060 phone -> server REGISTER auth\n"
                                        "at 0.080 server -> phone 401\n"
                                        "at 0.120 phone -> server REGISTER auth both\n"
                                        "at 0.140 server -> phone 401\n"
                                        "end 60\n",
                                        ALICE, &rule_valid_credentials_refused);

    assert_string_equal(cited(j, "second layer"), "a proxy (407) and a registrar (401) both ask");
}

/* Something was changed on the server since then. */
static void sees_that_the_account_worked_before(void **state)
{
    g_autoptr(Judgement) j = judge_with("at 0      phone -> server registration\n"
                                        "at 90     phone -> server REGISTER\n"
                                        "at 90.020 server -> phone 401\n"
                                        "at 90.060 phone -> server REGISTER auth\n"
                                        "at 90.080 server -> phone 401\n"
                                        "end 150\n",
                                        ALICE, &rule_valid_credentials_refused);

    assert_string_equal(cited(j, "account"), "the same user and realm were accepted before");
    assert_rejects(j, "stored_hash");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_out_what_the_packets_exclude),
        cmocka_unit_test(names_what_the_packets_point_at),
        cmocka_unit_test(sees_two_machines_take_turns),
        cmocka_unit_test(sees_a_second_layer),
        cmocka_unit_test(sees_that_the_account_worked_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
