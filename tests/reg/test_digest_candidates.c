/* Which accounts an answer may have been made with, and which must fit. */

#include "choices.h"
#include "reg/digest_candidates.h"

static void find(Offered *offered, RegCandidates *candidates)
{
    RegDigestSearch search = {
        .hasher = &offered->hasher,
        .scene = &offered->scene,
        .shape = offered->base,
    };

    reg_candidates_find(&search, offered->answered->secrets, candidates);
}

/* Whether the first account that is found must fit. */
static bool is_expected(const Login *login)
{
    g_autoptr(Offered) offered = offered_new(login);
    RegCandidates candidates;

    find(offered, &candidates);
    assert_true(candidates.n > 0);
    return candidates.all[0].expected;
}

static void an_account_of_user_and_realm_must_fit(void **state)
{
    assert_true(is_expected(&(Login){ .accounts = "1001:*:x" }));
    assert_true(is_expected(&(Login){ .accounts = "1001:pbx.example.com:x" }));
    assert_true(is_expected(&(Login){ .accounts = "1001:PBX.example.com:x" }));
    assert_true(is_expected(&(Login){ .accounts = "1001:*:x", .user = "1001@pbx.example.com" }));
    assert_true(is_expected(&(Login){ .accounts = "1001@pbx.example.com:*:x" }));
}

static void others_need_not(void **state)
{
    assert_false(is_expected(&(Login){ .accounts = "1002:*:x" }));
    assert_false(is_expected(&(Login){ .accounts = "100:*:x" }));
    assert_false(is_expected(&(Login){ .accounts = "1001:elsewhere.example.com:x" }));
    assert_false(is_expected(&(Login){ .accounts = "ext7:*:x" }));
}

/* But of two realms that were asked for, each needs its own account. */
static void the_realm_that_was_asked_for_counts_when_another_was_answered(void **state)
{
    const char *asked = "realm=\"asked.example.com\"";

    assert_true(
        is_expected(&(Login){ .accounts = "1001:asked.example.com:x", .challenges = { asked } }));
    assert_false(is_expected(&(Login){ .accounts = "1001:asked.example.com:x",
                                       .challenges = { asked, "realm=\"pbx.example.com\"" } }));
}

static void an_account_tied_to_the_address_must_fit(void **state)
{
    const char *provider = "[r]\ntype=registration\noutbound_auth=a\n"
                           "client_uri=sip:ext7@pbx.example.com\n"
                           "[a]\ntype=auth\nusername=acct\npassword=x\n";

    assert_true(is_expected(&(Login){ .accounts = provider }));
    assert_true(
        is_expected(&(Login){ .accounts = provider, .to = "sip:ext7@PBX.example.com:5060" }));
    assert_false(is_expected(&(Login){ .accounts = provider, .to = "sip:ext7@example.net" }));
}

static void a_hashed_name_is_tried_with_the_clear_one(void **state)
{
    g_autoptr(Offered) offered = offered_new(&(Login){
        .accounts = "1001:*:x\n1002:*:x\n",
        .user = "d78674a006085c92735be63ce2980273",
        .more = ", userhash=true",
    });
    RegCandidates candidates;

    find(offered, &candidates);
    assert_int_equal(candidates.n, 2);
    assert_true(candidates.all[0].expected);
    assert_str_equal(candidates.all[0].user, "1001");
    assert_false(candidates.all[1].expected);
    assert_str_equal(candidates.all[1].user, "d78674a006085c92735be63ce2980273");
}

static void there_are_never_more_than_fit(void **state)
{
    GString *accounts = g_string_new(NULL);

    for (unsigned i = 0; i < 50; i++)
        g_string_append_printf(accounts, "1001:*:%u\n", i);

    g_autofree char *text = g_string_free(accounts, FALSE);
    g_autoptr(Offered) offered = offered_new(&(Login){ .accounts = text });
    RegCandidates candidates;

    find(offered, &candidates);
    assert_int_equal(candidates.n, REG_CANDIDATES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_of_user_and_realm_must_fit),
        cmocka_unit_test(others_need_not),
        cmocka_unit_test(the_realm_that_was_asked_for_counts_when_another_was_answered),
        cmocka_unit_test(an_account_tied_to_the_address_must_fit),
        cmocka_unit_test(a_hashed_name_is_tried_with_the_clear_one),
        cmocka_unit_test(there_are_never_more_than_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
