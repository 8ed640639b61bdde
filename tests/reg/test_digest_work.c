/* The working, value by value. */

#include "login.h"

static void shows_every_value_on_the_way(void **state)
{
    g_autoptr(Answered) answered = answered_new(&(Login){ .response = "0" });
    RegDigestWorking working;

    reg_digest_work(answered->digest, answered->result.secret, &answered->input, &working);
    assert_true(working.ok);
    assert_string_equal(working.algorithm, "MD5");
    assert_string_equal(working.a1, "1001:pbx.example.com:Correct-Horse 7");
    assert_string_equal(working.ha1, LOGIN_HA1);
    assert_null(working.session_a1);
    assert_string_equal(working.session_ha1, "");
    assert_string_equal(working.a2, "REGISTER:sip:pbx.example.com");
    assert_string_equal(working.ha2, "5dd50701e4fda6a6f67ddd38ebd2732d");
    assert_string_equal(working.input, LOGIN_HA1 ":" LOGIN_NONCE ":00000001:0a4f113b:auth:"
                                                 "5dd50701e4fda6a6f67ddd38ebd2732d");
    assert_string_equal(working.response, "739598d2fd4783b47bcec05e09afbb57");
    reg_digest_working_clear(&working);
    assert_null(working.a1);
}

static void shows_the_session_key(void **state)
{
    g_autoptr(Answered) answered =
        answered_new(&(Login){ .algorithm = "md5-SESS", .response = "0" });
    RegDigestWorking working;

    reg_digest_work(answered->digest, answered->result.secret, &answered->input, &working);
    assert_string_equal(working.algorithm, "MD5-sess");
    assert_string_equal(working.ha1, LOGIN_HA1);
    assert_string_equal(working.session_a1, LOGIN_HA1 ":" LOGIN_NONCE ":0a4f113b");
    assert_string_equal(working.session_ha1, "20dd64ed4f00ae4b60190401c2ddd749");
    assert_string_equal(working.response, "2132c8e8c15685ef854a5ac870475697");
    reg_digest_working_clear(&working);
}

static void shows_the_hash_of_the_body(void **state)
{
    g_autoptr(Answered) answered = answered_new(&(Login){ .qop = "auth-int", .response = "0" });
    RegDigestWorking working;

    reg_digest_work(answered->digest, answered->result.secret, &answered->input, &working);
    assert_string_equal(working.a2,
                        "REGISTER:sip:pbx.example.com:d41d8cd98f00b204e9800998ecf8427e");
    assert_string_equal(working.response, "621cface39e254d932aabda1474db2a4");
    reg_digest_working_clear(&working);
}

static void begins_with_the_ha1_when_that_is_all_there_is(void **state)
{
    g_autoptr(Answered) answered = answered_new(
        &(Login){ .accounts = "1001:pbx.example.com:ha1:" LOGIN_HA1, .response = "0" });
    RegDigestWorking working;

    reg_digest_work(answered->digest, answered->result.secret, &answered->input, &working);
    assert_true(working.ok);
    assert_null(working.a1);
    assert_string_equal(working.ha1, LOGIN_HA1);
    assert_string_equal(working.response, "739598d2fd4783b47bcec05e09afbb57");
    reg_digest_working_clear(&working);
}

static void does_nothing_with_what_it_does_not_know(void **state)
{
    static const Login logins[] = {
        { .algorithm = "AKAv1-MD5", .response = "0" },
        { .algorithm = "token", .response = "0" },
        { .accounts = "1001:pbx.example.com:ha1:" LOGIN_HA1,
          .algorithm = "SHA-256",
          .response = "0" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(logins); i++) {
        g_autoptr(Answered) answered = answered_new(&logins[i]);
        const RegSecret *secret;
        RegDigestWorking working;

        assert_int_equal(
            reg_secrets_find(answered->secrets, STR("1001"), STR_NONE, STR_NONE, &secret, 1), 1);
        reg_digest_work(answered->digest, secret, &answered->input, &working);
        assert_false(working.ok);
        assert_null(working.input);
        reg_digest_working_clear(&working);
    }
}

/* Also behind a NUL byte, which the text shows as a question mark. */
static void wipes_all_of_it(void **state)
{
    g_autoptr(Answered) answered = answered_new(&(Login){ .response = "0" });
    RegDigestWorking working;

    answered->input.auth.realm = STR("a\0b");
    reg_digest_work(answered->digest, answered->result.secret, &answered->input, &working);
    assert_string_equal(working.a1, "1001:a?b:Correct-Horse 7");
    reg_digest_working_clear(&working);
    for (size_t i = 0; i < sizeof(working); i++)
        assert_int_equal(((const char *)&working)[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_every_value_on_the_way),
        cmocka_unit_test(shows_the_session_key),
        cmocka_unit_test(shows_the_hash_of_the_body),
        cmocka_unit_test(begins_with_the_ha1_when_that_is_all_there_is),
        cmocka_unit_test(does_nothing_with_what_it_does_not_know),
        cmocka_unit_test(wipes_all_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
