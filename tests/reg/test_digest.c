/* Which verdict an answer gets, and which account it is about. */

#include "reg/digest.h"

#include "login.h"
#include "reg/digest_engine.h"

#define BASE "739598d2fd4783b47bcec05e09afbb57"
#define WRONG "00000000000000000000000000000000"
#define FRESH "realm=\"pbx.example.com\", nonce=\"" LOGIN_NONCE "\""

static void assert_verdict(const Login *login, RegDigestVerdict verdict)
{
    g_autoptr(Answered) answered = answered_new(login);

    assert_string_equal(reg_digest_verdict_name(answered->result.verdict),
                        reg_digest_verdict_name(verdict));
}

static void the_right_password_matches(void **state)
{
    g_autoptr(Answered) answered = answered_new(&(Login){ .response = BASE });

    assert_int_equal(answered->result.verdict, REG_DIGEST_MATCH);
    assert_string_equal(answered->result.hypothesis->code, "DG-00");
    assert_null(answered->result.second);
    assert_null(answered->result.used);
    assert_str_equal(answered->result.secret->user, "1001");
    assert_int_equal(answered->result.tried, 3);
    assert_false(answered->result.malformed);
    assert_false(answered->result.capitals);
    assert_false(answered->result.ambiguous);
}

static void every_formula_matches(void **state)
{
    static const Login logins[] = {
        { .qop = "", .response = "9f9be15a65ef54d76f5fef40a84fb23e" },
        { .algorithm = "", .response = BASE },
        { .algorithm = "md5", .response = BASE },
        { .qop = "\"auth\"", .response = BASE },
        { .qop = "auth-int", .response = "621cface39e254d932aabda1474db2a4" },
        { .algorithm = "MD5-sess", .response = "2132c8e8c15685ef854a5ac870475697" },
        { .algorithm = "SHA-256",
          .response = "433e78d191791cc99995efe7ae2a8dbde9d1b9e54221b18b2519aae91f8ea714" },
        { .algorithm = "SHA-512-256",
          .response = "4d4cde9f0f0201765bd0d1dd853f339d17c318253e2fe9cc9f74adc884e2a15e" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(logins); i++)
        assert_finds(&logins[i], REG_DIGEST_MATCH, "as_sent", NULL, NULL);
}

static void another_password_is_a_mismatch(void **state)
{
    g_autoptr(Answered) answered = answered_new(&(Login){ .response = WRONG });

    assert_int_equal(answered->result.verdict, REG_DIGEST_MISMATCH);
    assert_string_equal(answered->result.hypothesis->code, "DG-22");
    assert_str_equal(answered->result.secret->user, "1001");
    assert_true(answered->result.tried > 200);
}

/* A wrong password must not be concluded from somebody else's. */
static void an_account_that_was_not_supplied_gets_no_verdict(void **state)
{
    static const Login others[] = {
        { .accounts = "1002:*:x", .response = WRONG },
        { .accounts = "1001:elsewhere.example.com:x", .response = WRONG },
        { .accounts = "ext7:*:x", .response = WRONG },
        { .accounts = "# none\n", .response = WRONG },
        { .accounts = "1002:*:x", .response = "6bee5e278fa884ab5d5f4a50c8d178ba" },
        { .accounts = "1001:elsewhere.example.com:x",
          .response = WRONG,
          .challenges = { FRESH, "realm=\"elsewhere.example.com\", nonce=\"1\"" } },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        Login login = others[i];

        assert_verdict(&login, login.challenges[0] != NULL ? REG_DIGEST_NO_SECRET
                                                           : REG_DIGEST_NO_CHALLENGE);
    }
}

static void tells_whether_the_challenge_was_seen(void **state)
{
    Login login = { .accounts = "", .response = WRONG };

    assert_verdict(&login, REG_DIGEST_NO_CHALLENGE);
    login.challenges[0] = "realm=\"pbx.example.com\", nonce=\"another\"";
    assert_verdict(&login, REG_DIGEST_NO_CHALLENGE);
    login.challenges[1] = FRESH;
    assert_verdict(&login, REG_DIGEST_NO_SECRET);
    login.challenges[0] = NULL;
    login.nextnonce = LOGIN_NONCE;
    assert_verdict(&login, REG_DIGEST_NO_SECRET);
}

/* The account for the realm that was asked is expected to fit, also when the
 * device answered for one that nobody asked for. */
static void an_answer_for_a_realm_nobody_asked_for_is_checked(void **state)
{
    assert_verdict(&(Login){ .accounts = "1001:pbx.example.com:Correct-Horse 7",
                             .realm = "fixed.example.com",
                             .response = WRONG,
                             .challenges = { FRESH } },
                   REG_DIGEST_MISMATCH);
}

static void says_what_is_remarkable_about_a_match(void **state)
{
    static const struct {
        const char *id;
        const char *code;
        Login login;
    } remarks[] = {
        { "realm_not_challenged",
          "DG-03",
          { .realm = "fixed.example.com",
            .response = "e3a73ab1cfd38085513d55caf12cb089",
            .challenges = { FRESH } } },
        { "realm_not_of_account",
          "DG-03",
          { .accounts = "1001:elsewhere.example.com:Correct-Horse 7", .response = BASE } },
        { "uri_not_request_uri",
          "DG-06",
          { .uri = "sip:pbx.example.com:5060", .response = "cf8015b258d9d4d4f67317723881b108" } },
        { "nonce_older_sent",
          "DG-09",
          { .response = BASE,
            .challenges = { "realm=\"pbx.example.com\", nonce=\"newer\"", FRESH } } },
        { "qop_list_sent", "DG-10", { .qop = "\"auth,auth-int\"", .response = BASE } },
    };

    assert_finds(&(Login){ .response = BASE, .challenges = { FRESH } }, REG_DIGEST_MATCH, "as_sent",
                 NULL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(remarks); i++) {
        g_autoptr(Answered) answered = answered_new(&remarks[i].login);

        assert_int_equal(answered->result.verdict, REG_DIGEST_MATCH);
        assert_string_equal(answered->result.hypothesis->id, remarks[i].id);
        assert_string_equal(answered->result.hypothesis->code, remarks[i].code);
    }
}

static void a_request_without_an_answer_has_no_credentials(void **state)
{
    assert_verdict(&(Login){ .response = "" }, REG_DIGEST_NONE);
    assert_verdict(&(Login){ .response = "", .more = ", response=\"\"" }, REG_DIGEST_NONE);

    g_autoptr(Answered) answered = answered_new(&(Login){ .response = BASE });

    answered->input.auth.scheme = STR("Basic");
    reg_digest_check(answered->digest, answered->secrets, &answered->input, &answered->result);
    assert_int_equal(answered->result.verdict, REG_DIGEST_NONE);
}

static void what_nobody_can_compute_is_unsupported(void **state)
{
    assert_verdict(&(Login){ .algorithm = "AKAv1-MD5", .response = WRONG }, REG_DIGEST_UNSUPPORTED);
    assert_verdict(&(Login){ .algorithm = "AKAv2-SHA-256", .response = WRONG },
                   REG_DIGEST_UNSUPPORTED);
    assert_verdict(&(Login){ .algorithm = "token", .response = WRONG }, REG_DIGEST_UNSUPPORTED);
}

/* The rest is not in the capture. */
static void what_the_capture_cut_is_unsupported(void **state)
{
    assert_verdict(&(Login){ .response = "739598d2fd4783b4", .anomalies = SIP_CUT_SHORT },
                   REG_DIGEST_UNSUPPORTED);
    assert_verdict(&(Login){ .qop = "auth-int", .response = WRONG, .anomalies = SIP_CUT_SHORT },
                   REG_DIGEST_UNSUPPORTED);
    assert_verdict(&(Login){ .response = BASE, .anomalies = SIP_CUT_SHORT }, REG_DIGEST_MATCH);
}

static void is_unsupported_where_md5_is_forbidden(void **state)
{
    g_autoptr(Answered) answered = answered_new(&(Login){ .response = BASE });
    g_autoptr(RegDigest) without = reg_digest_new_with("provider=none.such");

    reg_digest_check(without, answered->secrets, &answered->input, &answered->result);
    assert_int_equal(answered->result.verdict, REG_DIGEST_UNSUPPORTED);
}

static void a_malformed_response_is_called_so(void **state)
{
    static const char *const responses[] = {
        "0000000000000000000000000000000",   /* 31 digits */
        "000000000000000000000000000000000", /* 33 */
        "g0000000000000000000000000000000",
        "0",
        "739598d2fd4783b", /* right, but too few to tell */
        "\303\244",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(responses); i++) {
        g_autoptr(Answered) answered = answered_new(&(Login){ .response = responses[i] });

        assert_true(answered->result.malformed);
        assert_int_equal(answered->result.verdict, REG_DIGEST_MISMATCH);
        assert_string_equal(answered->result.hypothesis->id, "response_malformed");
        assert_string_equal(answered->result.hypothesis->code, "DG-21");
    }
}

static void capital_digits_match_and_are_noted(void **state)
{
    g_autoptr(Answered) answered =
        answered_new(&(Login){ .response = "739598D2FD4783B47BCEC05E09AFBB57" });

    assert_int_equal(answered->result.verdict, REG_DIGEST_MATCH);
    assert_true(answered->result.capitals);
    assert_false(answered->result.malformed);
}

static void a_colon_in_a_name_is_noted(void **state)
{
    g_autoptr(Answered) answered = answered_new(&(Login){
        .accounts = "a\\:b:*:Correct-Horse 7",
        .user = "a:b",
        .response = "39a7f74fbe7572e699e59307eaa64a58",
    });

    assert_int_equal(answered->result.verdict, REG_DIGEST_MATCH);
    assert_true(answered->result.ambiguous);
}

/* RFC 7616 section 3.4.4: the header has the hash, A1 the name. */
static void finds_the_account_of_a_hashed_user_name(void **state)
{
    g_autoptr(Answered) answered = answered_new(&(Login){
        .accounts = "1000:*:x\n1001:*:Correct-Horse 7\n",
        .user = "D78674A006085C92735BE63CE2980273",
        .more = ", userhash=true",
        .response = BASE,
    });

    assert_int_equal(answered->result.verdict, REG_DIGEST_MATCH);
    assert_str_equal(answered->result.secret->user, "1001");
}

static void reads_an_extended_user_name(void **state)
{
    g_autoptr(Answered) answered = answered_new(&(Login){
        .accounts = "J\303\244s\303\270n:*:Correct-Horse 7",
        .more = ", username*=UTF-8''J%C3%A4s%C3%B8n",
        .response = "3b0462af7351f9fddcc6f2500ecea8a9",
    });

    RegDigestResult result;

    /* A device sends one of the two; this one is read without the other. */
    answered->input.auth.username = STR_NONE;
    reg_digest_check(answered->digest, answered->secrets, &answered->input, &result);
    assert_int_equal(result.verdict, REG_DIGEST_MATCH);
}

static void an_ha1_matches_like_its_password(void **state)
{
    static const Login logins[] = {
        { .accounts = "1001:pbx.example.com:ha1:" LOGIN_HA1, .response = BASE },
        { .accounts = "1001:pbx.example.com:ha1:"
                      "4b9fee4ed38493a38b3cbaec8c72d59aec452ff18d44a91f86c6a24fa3b286de",
          .algorithm = "SHA-256",
          .response = "433e78d191791cc99995efe7ae2a8dbde9d1b9e54221b18b2519aae91f8ea714" },
        { .accounts = "1001:pbx.example.com:ha1:" LOGIN_HA1,
          .algorithm = "MD5-sess",
          .response = "2132c8e8c15685ef854a5ac870475697" },
        { .accounts = "username,domain,ha1b\n"
                      "1001,pbx.example.com,210c612e8f1a22f9865b32c514272c47",
          .user = "1001@pbx.example.com",
          .response = "ebcecfe44da2de8807fef8b63aec596b" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(logins); i++)
        assert_finds(&logins[i], REG_DIGEST_MATCH, "as_sent", NULL, NULL);
}

/* It has its own user and realm in it. */
static void an_ha1_of_other_names_tells_what_was_hashed(void **state)
{
    assert_finds(&(Login){ .accounts = "1001:pbx.example.com:ha1:" LOGIN_HA1,
                           .user = "ext7",
                           .response = BASE },
                 REG_DIGEST_OTHER_INPUT, "user_of_account", NULL, "1001");
    assert_finds(&(Login){ .accounts = "1001:pbx.example.com:ha1:" LOGIN_HA1,
                           .realm = "elsewhere.example.com",
                           .response = BASE },
                 REG_DIGEST_OTHER_INPUT, "realm_of_account", NULL, "pbx.example.com");
    assert_finds(&(Login){ .accounts = "username,domain,ha1b\n"
                                       "1001,pbx.example.com,210c612e8f1a22f9865b32c514272c47",
                           .response = "ebcecfe44da2de8807fef8b63aec596b" },
                 REG_DIGEST_OTHER_INPUT, "user_at_domain", NULL, NULL);
}

/* A hash of one algorithm says nothing about an answer in another. */
static void an_ha1_of_another_algorithm_is_no_secret(void **state)
{
    assert_verdict(
        &(Login){ .accounts = "1001:pbx.example.com:ha1:" LOGIN_HA1,
                  .algorithm = "SHA-256",
                  .response = "0000000000000000000000000000000000000000000000000000000000000000",
                  .challenges = { FRESH } },
        REG_DIGEST_NO_SECRET);
}

/* "6001" registers, "acct1001" is what it should log in as. */
static void an_account_tied_to_the_address_is_checked(void **state)
{
    const char *pjsip = "[6001]\ntype=endpoint\nauth=a\naors=6001\n"
                        "[a]\ntype=auth\nusername=acct1001\npassword=secret123\n";

    assert_finds(&(Login){ .accounts = pjsip,
                           .user = "acct1001",
                           .to = "sip:6001@pbx.example.com",
                           .response = "ed8885049af9d7568ffa9beb812c70c4" },
                 REG_DIGEST_MATCH, "as_sent", NULL, NULL);
    assert_verdict(&(Login){ .accounts = pjsip,
                             .user = "6001",
                             .to = "sip:6001@pbx.example.com",
                             .response = WRONG },
                   REG_DIGEST_MISMATCH);
}

static void hostile_text_is_hashed_as_it_stands(void **state)
{
    g_autofree char *realm = g_strnfill(60000, 'x');
    const Login logins[] = {
        { .realm = "r\\\"\\\\q", .response = WRONG }, { .nonce = "\\\\\\", .response = WRONG },
        { .uri = "sip:[::::", .response = WRONG },    { .nc = "\001\377", .response = WRONG },
        { .qop = "\",,,\"", .response = WRONG },      { .cnonce = "%00", .response = WRONG },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(logins); i++)
        assert_verdict(&logins[i], REG_DIGEST_MISMATCH);
    assert_verdict(&(Login){ .realm = realm, .response = "fb1188e1e4a8f2589cdd192424e9bb7e" },
                   REG_DIGEST_MATCH);
}

static void a_nul_byte_is_data(void **state)
{
    g_autoptr(Answered) answered =
        answered_new(&(Login){ .response = "05f0c20e7837709255fc490b669a353c" });
    RegDigestResult result;

    assert_int_equal(answered->result.verdict, REG_DIGEST_MISMATCH);
    answered->input.auth.username = STR("nul\0user");
    reg_digest_check(answered->digest, answered->secrets, &answered->input, &result);
    assert_string_equal(result.hypothesis->id, "user_not_of_account");
    assert_string_equal(result.used, "nul");
    reg_digest_result_clear(&result);
}

/* Only what was parsed of it. */
static void survives_without_message_and_accounts(void **state)
{
    g_autoptr(RegDigest) digest = reg_digest_new();
    g_autoptr(RegSecrets) secrets = accounts_of("*a:*:b\n");
    RegDigestInput input = {
        .auth = sip_auth_parse(STR("Digest response=\"" WRONG "\"")),
        .search = true,
    };
    RegDigestResult result;

    reg_digest_check(digest, NULL, &input, &result);
    assert_int_equal(result.verdict, REG_DIGEST_NO_CHALLENGE);
    reg_digest_check(digest, secrets, &input, &result);
    assert_int_equal(result.verdict, REG_DIGEST_NO_CHALLENGE);
    assert_true(result.tried > 20);
    reg_digest_result_clear(&result);
}

static void survives_any_cut(void **state)
{
    g_autoptr(Answered) answered = answered_new(
        &(Login){ .response = WRONG, .challenges = { FRESH }, .nextnonce = "n", .address = "a:1" });
    g_autofree char *text = g_strndup(answered->request->raw.data, answered->request->raw.len);
    const char *authorization = strstr(text, "Digest ");
    size_t whole = (size_t)(strstr(authorization, "\r\n") - authorization);

    for (size_t len = 0; len <= whole; len++) {
        g_autofree char *cut = g_memdup2(authorization, MAX(len, 1));
        RegDigestResult result;

        answered->input.auth = sip_auth_parse((Str){ cut, len });
        reg_digest_check(answered->digest, answered->secrets, &answered->input, &result);
        assert_int_not_equal(result.verdict, REG_DIGEST_MATCH);
        reg_digest_result_clear(&result);
    }
}

static bool holds(const void *bytes, size_t len, Str text)
{
    return memmem(bytes, len, text.data, text.len) != NULL;
}

/* Between two checks nothing of a password is in the engine's memory. */
static void leaves_no_secret_behind(void **state)
{
    g_autoptr(Answered) answered = answered_new(&(Login){ .response = WRONG });
    const RegDigest *digest = answered->digest;
    const Str traces[] = { STR("Correct-Horse"), STR("CORRECT-HORSE"), STR(LOGIN_HA1) };

    for (size_t i = 0; i < G_N_ELEMENTS(traces); i++) {
        assert_false(holds(digest, sizeof(*digest), traces[i]));
        assert_false(holds(digest->scratch.bytes, digest->scratch.size, traces[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_password_matches),
        cmocka_unit_test(every_formula_matches),
        cmocka_unit_test(another_password_is_a_mismatch),
        cmocka_unit_test(an_account_that_was_not_supplied_gets_no_verdict),
        cmocka_unit_test(tells_whether_the_challenge_was_seen),
        cmocka_unit_test(an_answer_for_a_realm_nobody_asked_for_is_checked),
        cmocka_unit_test(says_what_is_remarkable_about_a_match),
        cmocka_unit_test(a_request_without_an_answer_has_no_credentials),
        cmocka_unit_test(what_nobody_can_compute_is_unsupported),
        cmocka_unit_test(what_the_capture_cut_is_unsupported),
        cmocka_unit_test(is_unsupported_where_md5_is_forbidden),
        cmocka_unit_test(a_malformed_response_is_called_so),
        cmocka_unit_test(capital_digits_match_and_are_noted),
        cmocka_unit_test(a_colon_in_a_name_is_noted),
        cmocka_unit_test(finds_the_account_of_a_hashed_user_name),
        cmocka_unit_test(reads_an_extended_user_name),
        cmocka_unit_test(an_ha1_matches_like_its_password),
        cmocka_unit_test(an_ha1_of_other_names_tells_what_was_hashed),
        cmocka_unit_test(an_ha1_of_another_algorithm_is_no_secret),
        cmocka_unit_test(an_account_tied_to_the_address_is_checked),
        cmocka_unit_test(hostile_text_is_hashed_as_it_stands),
        cmocka_unit_test(a_nul_byte_is_data),
        cmocka_unit_test(survives_without_message_and_accounts),
        cmocka_unit_test(survives_any_cut),
        cmocka_unit_test(leaves_no_secret_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
