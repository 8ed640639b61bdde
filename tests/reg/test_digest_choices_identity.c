/* The names that a device may have taken for its own. */

#include "choices.h"

static void make_users(Offered *offered)
{
    reg_choices_of_user(&offered->choices, &offered->scene, &offered->base, offered->secret,
                        &offered->hasher);
}

static void make_realms(Offered *offered)
{
    reg_choices_of_realm(&offered->choices, &offered->scene, &offered->base, offered->secret);
}

static void offers_every_user_of_the_message(void **state)
{
    g_autoptr(Offered) offered = offered_new(&(Login){ .to = "sip:7%2B@example.net" });
    const RegDigestIngredient user = REG_INGREDIENT_USER;

    make_users(offered);
    assert_string_equal(offered_as(offered, user, STR("7%2B")), "user_of_to");
    assert_string_equal(offered_as(offered, user, STR("ext7")), "user_of_from");
    assert_string_equal(offered_as(offered, user, STR("phone7")), "user_of_contact");
    assert_string_equal(offered_as(offered, user, STR("1001@pbx.example.com")), "user_at_domain");
    assert_string_equal(offered_as(offered, user, STR("1001@example.net")), "user_at_domain");
    assert_string_equal(offered_as(offered, user, STR("d78674a006085c92735be63ce2980273")),
                        "user_hashed");
    assert_all_differ(offered, user, STR("1001"));
    assert_int_equal(offered_count(offered, user), 6);
}

static void offers_a_user_with_and_without_its_domain(void **state)
{
    g_autoptr(Offered) offered =
        offered_new(&(Login){ .user = "Bob@example.net", .accounts = "Bob@example.net:*:x" });
    const RegDigestIngredient user = REG_INGREDIENT_USER;

    make_users(offered);
    assert_string_equal(offered_as(offered, user, STR("Bob")), "user_without_domain");
    assert_string_equal(offered_as(offered, user, STR("Bob@pbx.example.com")), "user_at_domain");
    assert_string_equal(offered_as(offered, user, STR("bob@example.net")), "user_case");
}

static void offers_every_realm_of_message_and_challenges(void **state)
{
    g_autoptr(Offered) offered = offered_new(&(Login){
        .accounts = "1001:account.example.com:x",
        .to = "sip:ext7@example.net",
        .request_uri = "sip:192.0.2.1",
        .challenges = { "realm=\"asterisk\"", "realm=\"pbx.example.com\"" },
    });
    const RegDigestIngredient realm = REG_INGREDIENT_REALM;

    make_realms(offered);
    assert_string_equal(offered_as(offered, realm, STR("asterisk")), "realm_of_challenge");
    assert_string_equal(offered_as(offered, realm, STR("account.example.com")), "realm_of_account");
    assert_string_equal(offered_as(offered, realm, STR("example.net")), "realm_is_domain");
    assert_string_equal(offered_as(offered, realm, STR("192.0.2.1")), "realm_is_domain");
    assert_string_equal(offered_as(offered, realm, STR("PBX.EXAMPLE.COM")), "realm_case");
    assert_all_differ(offered, realm, STR("pbx.example.com"));
}

static void offers_nothing_where_nothing_is(void **state)
{
    g_autoptr(Offered) offered = offered_new(
        &(Login){ .user = "", .realm = "", .to = "tel:", .contact = "*", .request_uri = "x" });

    make_users(offered);
    make_realms(offered);
    assert_all_differ(offered, REG_INGREDIENT_USER, STR(""));
    assert_all_differ(offered, REG_INGREDIENT_REALM, STR(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offers_every_user_of_the_message),
        cmocka_unit_test(offers_a_user_with_and_without_its_domain),
        cmocka_unit_test(offers_every_realm_of_message_and_challenges),
        cmocka_unit_test(offers_nothing_where_nothing_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
