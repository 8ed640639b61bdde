/*
 * Each thing that is known to go wrong, and that the search finds exactly it.
 */

#include "reg/digest_search.h"

#include "deviations.h"

static void find_each(const Found *found, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_finds(&found[i].login, REG_DIGEST_OTHER_INPUT, found[i].id, found[i].second,
                     found[i].used);
}

static void finds_another_user_name(void **state)
{
    find_each(users, G_N_ELEMENTS(users));
}

static void finds_another_realm(void **state)
{
    find_each(realms, G_N_ELEMENTS(realms));
}

static void finds_another_uri(void **state)
{
    find_each(uris, G_N_ELEMENTS(uris));
}

static void finds_another_method(void **state)
{
    find_each(methods, G_N_ELEMENTS(methods));
}

static void finds_another_nonce(void **state)
{
    find_each(nonces, G_N_ELEMENTS(nonces));
}

static void finds_another_qop(void **state)
{
    find_each(qops, G_N_ELEMENTS(qops));
}

static void finds_another_nc_or_cnonce(void **state)
{
    find_each(counts, G_N_ELEMENTS(counts));
}

static void finds_another_algorithm(void **state)
{
    find_each(algorithms, G_N_ELEMENTS(algorithms));
}

static void finds_another_form_of_the_password(void **state)
{
    find_each(secrets, G_N_ELEMENTS(secrets));
}

static void finds_digits_missing_or_added(void **state)
{
    find_each(responses, G_N_ELEMENTS(responses));
}

static void finds_two_deviations_at_once(void **state)
{
    find_each(pairs, G_N_ELEMENTS(pairs));
}

/* The groups that users are told about; those of DG-00, 06, 21 and 22 that are
 * no deviation are in test_digest.c. */
static void has_a_case_for_every_deviation(void **state)
{
    static const struct {
        const Found *found;
        size_t n;
    } all[] = {
        { users, G_N_ELEMENTS(users) },     { realms, G_N_ELEMENTS(realms) },
        { uris, G_N_ELEMENTS(uris) },       { methods, G_N_ELEMENTS(methods) },
        { nonces, G_N_ELEMENTS(nonces) },   { qops, G_N_ELEMENTS(qops) },
        { counts, G_N_ELEMENTS(counts) },   { algorithms, G_N_ELEMENTS(algorithms) },
        { secrets, G_N_ELEMENTS(secrets) }, { responses, G_N_ELEMENTS(responses) },
    };
    static const char *const elsewhere[] = {
        "as_sent",       "realm_not_challenged", "realm_not_of_account", "uri_not_request_uri",
        "qop_list_sent", "nonce_older_sent",     "response_malformed",   "none_fits",
    };

    for (unsigned i = 0; reg_hypothesis_at(i) != NULL; i++) {
        const char *id = reg_hypothesis_at(i)->id;
        unsigned cases = 0;

        for (size_t k = 0; k < G_N_ELEMENTS(all); k++) {
            for (size_t m = 0; m < all[k].n; m++)
                cases += strcmp(all[k].found[m].id, id) == 0;
        }
        for (size_t k = 0; k < G_N_ELEMENTS(elsewhere); k++)
            cases += strcmp(elsewhere[k], id) == 0;
        if (cases == 0)
            fail_msg("no case for %s", id);
    }
}

/* All of these need the password taken out of the hash. */
static void an_ha1_leaves_user_realm_and_password_alone(void **state)
{
    static const Found *const of_password[] = { &users[0], &realms[3], &secrets[0] };

    for (size_t i = 0; i < G_N_ELEMENTS(of_password); i++) {
        Login login = of_password[i]->login;

        login.accounts = "1001:pbx.example.com:ha1:" LOGIN_HA1;
        assert_finds(&login, REG_DIGEST_MISMATCH, "none_fits", NULL, NULL);
    }
}

static void an_ha1_finds_everything_else(void **state)
{
    static const Found *const others[] = {
        &uris[1],   &methods[0], &nonces[0],     &qops[0],       &qops[2],
        &counts[0], &counts[3],  &algorithms[0], &algorithms[2], &algorithms[3],
    };

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        Login login = others[i]->login;

        login.accounts = "1001:pbx.example.com:ha1:" LOGIN_HA1;
        assert_finds(&login, REG_DIGEST_OTHER_INPUT, others[i]->id, NULL, others[i]->used);
    }
}

static void an_ha1_used_for_a_password_is_found_with_the_ha1(void **state)
{
    assert_finds(&(Login){ .accounts = "1001:pbx.example.com:ha1:" LOGIN_HA1,
                           .response = "47344017455331fdeaa04995c17222be" },
                 REG_DIGEST_OTHER_INPUT, "secret_is_ha1", NULL, NULL);
}

/* A wrong user name and a wrong form of the password would be a guess. */
static void pairs_only_what_goes_wrong_together(void **state)
{
    assert_finds(&(Login){ .response = "85916dd88391947b2c53ca5c06e492a0" }, REG_DIGEST_MISMATCH,
                 "none_fits", NULL, NULL);
}

/* Their forms do not fit into the search's memory all at once. */
static void makes_room_for_the_next_account(void **state)
{
    g_autofree char *password = g_strnfill(500, 'a');
    g_autofree char *accounts = g_strdup_printf("1001:*:%s1\n1001:*:%s2\n1001:*:%s3\n1001:*:%s4\n",
                                                password, password, password, password);

    assert_finds(&(Login){ .accounts = accounts, .response = "8d519dab0d2c42fcb3ba5c1204b4a0eb" },
                 REG_DIGEST_OTHER_INPUT, "secret_case", NULL, NULL);
}

static void does_not_search_unless_asked(void **state)
{
    Login login = users[0].login;

    login.unsearched = true;
    assert_finds(&login, REG_DIGEST_MISMATCH, "none_fits", NULL, NULL);
}

/* Whoever writes the headers must not choose how long we work. */
static void stays_within_its_budget(void **state)
{
    g_autofree char *realm = g_strnfill(40000, 'r');
    g_autofree char *uri = g_strdup_printf("sip:%0500d.example.com", 1);
    const Login logins[] = {
        { .realm = realm, .response = "00000000000000000000000000000000" },
        { .uri = uri, .response = "00000000000000000000000000000000" },
        { .accounts = "1001:*:a b&c;d\n1001:*:e%f\n1001:*:g\n1001:*:h\n1002:*:i\n1003:*:j\n",
          .to = "sip:ext7@one.example.net",
          .contact = "sip:phone7@two.example.net:5070",
          .request_uri = "sip:three.example.net;transport=tls",
          .response = "00000000000000000000000000000000",
          .challenges = { "realm=\"a\", nonce=\"1\"", "realm=\"b\", nonce=\"2\"",
                          "realm=\"c\", nonce=\"3\"", "realm=\"d\", nonce=\"4\"" } },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(logins); i++) {
        g_autoptr(Answered) answered = answered_new(&logins[i]);

        assert_int_equal(answered->result.verdict, REG_DIGEST_MISMATCH);
        assert_true(answered->result.tried > 10);
        assert_true(answered->result.tried <= REG_SEARCH_HASHES + 16);
        assert_true(i > 0 || answered->result.tried < 100); /* of 40,000 bytes each */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_another_user_name),
        cmocka_unit_test(finds_another_realm),
        cmocka_unit_test(finds_another_uri),
        cmocka_unit_test(finds_another_method),
        cmocka_unit_test(finds_another_nonce),
        cmocka_unit_test(finds_another_qop),
        cmocka_unit_test(finds_another_nc_or_cnonce),
        cmocka_unit_test(finds_another_algorithm),
        cmocka_unit_test(finds_another_form_of_the_password),
        cmocka_unit_test(finds_digits_missing_or_added),
        cmocka_unit_test(finds_two_deviations_at_once),
        cmocka_unit_test(has_a_case_for_every_deviation),
        cmocka_unit_test(an_ha1_leaves_user_realm_and_password_alone),
        cmocka_unit_test(an_ha1_finds_everything_else),
        cmocka_unit_test(an_ha1_used_for_a_password_is_found_with_the_ha1),
        cmocka_unit_test(pairs_only_what_goes_wrong_together),
        cmocka_unit_test(makes_room_for_the_next_account),
        cmocka_unit_test(does_not_search_unless_asked),
        cmocka_unit_test(stays_within_its_budget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
