/*
 * The ingredients of a login side by side.
 */

#include "reg/digest_facts.h"

#include "login.h"

#define CHALLENGE \
    "realm=\"pbx.example.com\", nonce=\"" LOGIN_NONCE "\", algorithm=MD5, qop=\"auth,auth-int\""

/* The row of one ingredient of a login. */
static RegDigestRow row_of(const Answered *answered, RegDigestIngredient ingredient, uint32_t nc)
{
    SipAuth challenge;
    bool known = answered->input.n_challenges > 0
                 && reg_digest_challenge_for(answered->input.challenges[0], &answered->input.auth,
                                             &challenge);
    RegDigestTable table = {
        .challenge = known ? &challenge : NULL,
        .auth = &answered->input.auth,
        .method = answered->input.method,
        .request_uri = answered->input.request_uri,
        .result = &answered->result,
        .nc = nc,
    };
    RegDigestRow rows[REG_DIGEST_ROWS];

    reg_digest_table(&table, rows);
    for (unsigned i = 0; i < REG_DIGEST_ROWS; i++) {
        if (rows[i].ingredient == ingredient)
            return rows[i];
    }
    fail_msg("no row of %s", reg_ingredient_name(ingredient));
    return rows[0];
}

#define assert_row(login, what, said)                                                  \
    do {                                                                               \
        g_autoptr(Answered) one = answered_new(&(login));                              \
        RegDigestRow found = row_of(one, REG_INGREDIENT_##what, 0);                    \
        assert_string_equal(or_usual(reg_row_verdict_name(found.verdict), "-"), said); \
    } while (0)

static void a_right_login_agrees_everywhere(void **state)
{
    static const RegDigestIngredient same[] = { REG_INGREDIENT_USER,    REG_INGREDIENT_REALM,
                                                REG_INGREDIENT_URI,     REG_INGREDIENT_NONCE,
                                                REG_INGREDIENT_QOP,     REG_INGREDIENT_ALGORITHM,
                                                REG_INGREDIENT_RESPONSE };
    g_autoptr(Answered) answered = answered_new(
        &(Login){ .challenges = { CHALLENGE }, .response = "739598d2fd4783b47bcec05e09afbb57" });

    for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
        assert_int_equal(row_of(answered, same[i], 0).verdict, REG_ROW_SAME);
    assert_int_equal(row_of(answered, REG_INGREDIENT_NC, 0).verdict, REG_ROW_UNKNOWN);
    assert_int_equal(row_of(answered, REG_INGREDIENT_CNONCE, 0).verdict, REG_ROW_UNKNOWN);
}

static void shows_three_columns(void **state)
{
    g_autoptr(Answered) answered = answered_new(&(Login){
        .challenges = { CHALLENGE }, .accounts = "1001:other.example:x", .realm = "asterisk" });
    RegDigestRow realm = row_of(answered, REG_INGREDIENT_REALM, 0);
    RegDigestRow method = row_of(answered, REG_INGREDIENT_METHOD, 0);
    RegDigestRow uri = row_of(answered, REG_INGREDIENT_URI, 0);

    assert_str_equal(realm.challenge, "pbx.example.com");
    assert_str_equal(realm.answer, "asterisk");
    assert_int_equal(realm.verdict, REG_ROW_DIFFERS);
    assert_str_equal(method.known, "REGISTER");
    assert_false(str_present(method.answer));
    assert_str_equal(uri.answer, "sip:pbx.example.com");
    assert_str_equal(uri.known, "sip:pbx.example.com");
}

static void names_what_differs(void **state)
{
    Login uri = { .uri = "sip:192.168.1.10", .challenges = { CHALLENGE } };
    Login nonce = { .nonce = "another", .challenges = { CHALLENGE } };
    Login user = { .user = "1001@pbx.example.com",
                   .challenges = { CHALLENGE },
                   .response = "ecebcfe44da2de8807fef8b63aec596b" };

    assert_row(uri, URI, "differs");
    assert_row(nonce, NONCE, "differs");
    assert_row(user, USER, "differs"); /* from the account, which is "1001" */
}

static void only_what_was_offered_may_be_chosen(void **state)
{
    Login algorithm = { .algorithm = "SHA-256", .challenges = { CHALLENGE } };
    Login unnamed = { .algorithm = "", .challenges = { CHALLENGE } };
    Login capitals = { .qop = "AUTH", .challenges = { CHALLENGE } };
    Login unasked = { .challenges = { "realm=\"pbx.example.com\", nonce=\"" LOGIN_NONCE "\"" } };
    Login nobody = { 0 };

    assert_row(algorithm, ALGORITHM, "not_offered");
    assert_row(unnamed, ALGORITHM, "same"); /* none is MD5 */
    assert_row(capitals, QOP, "same");
    assert_row(unasked, QOP, "not_offered");
    assert_row(nobody, QOP, "-");
    assert_row(nobody, ALGORITHM, "-");
    assert_row(nobody, NONCE, "-");
}

static void names_what_is_missing(void **state)
{
    Login qop = { .qop = "", .challenges = { CHALLENGE } };
    Login nc = { .nc = "" };
    Login cnonce = { .cnonce = "" };

    assert_row(qop, QOP, "missing");
    assert_row(nc, NC, "missing");
    assert_row(cnonce, CNONCE, "missing");
}

static void the_count_has_eight_digits_and_goes_up(void **state)
{
    Login shorter = { .nc = "1" };
    g_autoptr(Answered) answered = answered_new(&(Login){ .nc = "00000003" });

    assert_row(shorter, NC, "differs");
    assert_int_equal(row_of(answered, REG_INGREDIENT_NC, 2).verdict, REG_ROW_UNKNOWN);
    assert_int_equal(row_of(answered, REG_INGREDIENT_NC, 3).verdict, REG_ROW_DIFFERS);
}

static void tells_which_value_would_fit(void **state)
{
    g_autoptr(Answered) answered =
        answered_new(&(Login){ .challenges = { CHALLENGE },
                               .response = "58909b26ffdb288ca0ae59852de48c1d",
                               .realm = "pbx.example.com",
                               .accounts = "1001:asterisk:Correct-Horse 7" });
    RegDigestRow realm = row_of(answered, REG_INGREDIENT_REALM, 0);

    assert_int_equal(answered->result.verdict, REG_DIGEST_OTHER_INPUT);
    assert_int_equal(realm.verdict, REG_ROW_FITS_ONLY);
    assert_str_equal(realm.fits, "asterisk");
    assert_int_equal(row_of(answered, REG_INGREDIENT_RESPONSE, 0).verdict, REG_ROW_DIFFERS);
}

static void says_of_a_password_only_that_its_form_differs(void **state)
{
    g_autoptr(Answered) answered = answered_new(
        &(Login){ .challenges = { CHALLENGE }, .response = "43bee6a6c689b29a4591c628252ec882" });
    RegDigestRow response = row_of(answered, REG_INGREDIENT_RESPONSE, 0);

    assert_int_equal(response.verdict, REG_ROW_FITS_ONLY);
    assert_str_equal(response.fits, "another form of the password");
}

static void long_values_are_cut(void **state)
{
    g_autofree char *nonce = g_strnfill(5000, 'a');
    g_autoptr(Answered) answered = answered_new(&(Login){ .nonce = nonce });

    assert_int_equal(row_of(answered, REG_INGREDIENT_NONCE, 0).answer.len, 256);
}

static void picks_the_challenge_that_was_answered(void **state)
{
    g_autoptr(Answered) answered = answered_new(&(Login){ 0 });
    g_autoptr(SipMessage) two =
        message_of("SIP/2.0 401 Unauthorized\r\n"
                   "WWW-Authenticate: Digest realm=\"a\", nonce=\"n1\", algorithm=SHA-256\r\n"
                   "WWW-Authenticate: Digest realm=\"a\", nonce=\"n1\", algorithm=MD5\r\n"
                   "Proxy-Authenticate: Digest realm=\"pbx.example.com\", nonce=\"n2\"\r\n\r\n",
                   0);
    g_autoptr(SipMessage) none = message_of("SIP/2.0 200 OK\r\n\r\n", 0);
    SipAuth auth = { .nonce = STR("n1"), .realm = STR("b"), .algorithm = STR("MD5") };
    SipAuth challenge;

    assert_true(reg_digest_challenge_for(two, &auth, &challenge));
    assert_str_equal(challenge.algorithm, "MD5");
    assert_true(reg_digest_challenge_for(two, &answered->input.auth, &challenge));
    assert_str_equal(challenge.nonce, "n2");
    assert_false(reg_digest_challenge_for(none, &auth, &challenge));
}

static void every_use_of_a_challenge_has_a_word(void **state)
{
    RegDigestFacts facts = { .use = REG_CHALLENGE_PRECEDING };

    assert_string_equal(reg_digest_facts_use(&facts), "preceding");
    facts.use = REG_CHALLENGE_EARLIER;
    assert_string_equal(reg_digest_facts_use(&facts), "earlier");
    facts.other_server = true;
    assert_string_equal(reg_digest_facts_use(&facts), "other_server");
    facts = (RegDigestFacts){ .use = REG_CHALLENGE_UNSEEN };
    assert_string_equal(reg_digest_facts_use(&facts), "unseen");
    assert_null(reg_digest_facts_hypothesis(&facts));
    facts.hypothesis = 1;
    assert_string_equal(reg_digest_facts_hypothesis(&facts)->id, "as_sent");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_login_agrees_everywhere),
        cmocka_unit_test(shows_three_columns),
        cmocka_unit_test(names_what_differs),
        cmocka_unit_test(only_what_was_offered_may_be_chosen),
        cmocka_unit_test(names_what_is_missing),
        cmocka_unit_test(the_count_has_eight_digits_and_goes_up),
        cmocka_unit_test(tells_which_value_would_fit),
        cmocka_unit_test(says_of_a_password_only_that_its_form_differs),
        cmocka_unit_test(long_values_are_cut),
        cmocka_unit_test(picks_the_challenge_that_was_answered),
        cmocka_unit_test(every_use_of_a_challenge_has_a_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
