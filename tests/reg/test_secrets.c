/* The table of accounts: what may be meant by an answer, best first. */

#include "reg/secrets.h"

#include "accounts.h"

static RegSecrets *good(Str text)
{
    GError *error = NULL;
    RegSecrets *secrets = read_accounts(text, &error);

    assert_null(error);
    return secrets;
}

/* The passwords of what is found, in order: "a b c". */
static void assert_found(const RegSecrets *secrets, const char *user, const char *realm,
                         const char *aor, const char *passwords)
{
    const RegSecret *found[REG_SECRETS_FEW];
    unsigned n =
        reg_secrets_find(secrets, str_of(user), str_of(realm), str_of(aor), found, REG_SECRETS_FEW);
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < n; i++)
        g_string_append_printf(text, "%s%.*s", i > 0 ? " " : "", STR_ARG(found[i]->secret));

    g_autofree char *all = g_string_free(text, FALSE);

    assert_string_equal(all, passwords);
}

static void the_realm_comes_first_then_any_then_others(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("a:other:3\na:*:2\na:r:1\na:r:1b\n"));

    assert_found(secrets, "a", "r", NULL, "1 1b 2 3");
    assert_found(secrets, "a", "other", NULL, "3 2 1 1b");
    assert_found(secrets, "a", "unknown", NULL, "2 3 1 1b");
}

static void a_user_with_a_domain_is_looked_for_without(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("a@d:r:1\na:r:2\n"));

    assert_found(secrets, "a@d", "other", NULL, "1 2");
    assert_found(secrets, "a@e", "other", NULL, "2");
}

static void then_comes_who_the_address_belongs_to(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("[6001]\ntype=endpoint\nauth=x\naors=6001\n"
                                             "[x]\ntype=auth\nusername=x\npassword=tied\n"
                                             "realm=q\n"
                                             "[y]\ntype=auth\nusername=6001\npassword=named\n"
                                             "realm=q\n"));

    assert_found(secrets, "who", "r", "6001@example.com", "tied named");
    assert_found(secrets, "who", "r", "6002@example.com", "");
}

static void an_address_of_another_domain_is_another(void **state)
{
    g_autoptr(RegSecrets) secrets =
        good(STR("[r]\ntype=registration\noutbound_auth=x\nclient_uri=sip:1@example.com\n"
                 "[x]\ntype=auth\nusername=x\npassword=tied\nrealm=q\n"));

    assert_found(secrets, "who", "r", "1@EXAMPLE.com", "tied");
    assert_found(secrets, "who", "r", "1@example.net", "");
}

static void neighbours_are_tried_while_they_are_few(void **state)
{
    GString *text = g_string_new("a:r:A\nz:*:Z\n");

    for (unsigned i = 0; i < REG_SECRETS_FEW - 2; i++)
        g_string_append_printf(text, "%u:r:%u\n", i, i);

    g_autoptr(RegSecrets) few = good((Str){ text->str, text->len });

    g_string_append(text, "more:*:MORE\n");

    g_autoptr(RegSecrets) many = good((Str){ text->str, text->len });

    g_string_free(text, TRUE);
    assert_found(few, "0", "r", NULL, "0 A 1 2 3 4 5 6 7 8 9 10 11 12 13 Z");
    assert_found(many, "0", "r", NULL, "0");
    assert_found(many, "0", "other", NULL, "0 Z MORE");
}

static void gives_no_more_than_there_is_room_for(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("a:r:1\na:r:2\na:r:3\n"));
    const RegSecret *found[2] = { NULL, NULL };

    assert_int_equal(reg_secrets_find(secrets, STR("a"), STR("r"), STR("a"), found, 2), 2);
    assert_str_equal(found[1]->secret, "2");
    assert_int_equal(reg_secrets_find(secrets, STR("a"), STR("r"), STR("a"), found, 0), 0);
}

static void finds_one_of_very_many(void **state)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < 100000; i++)
        g_string_append_printf(text, "user%u:r:%u\n", i, i);

    g_autoptr(RegSecrets) secrets = good((Str){ text->str, text->len });

    g_string_free(text, TRUE);
    assert_int_equal(reg_secrets_size(secrets), 100000);
    assert_found(secrets, "user99999", "r", "user5@x", "99999 5");
}

static void sources_add_up_and_a_bad_one_adds_nothing(void **state)
{
    g_autoptr(RegSecrets) secrets = reg_secrets_new();
    g_autoptr(GError) error = NULL;

    assert_found(secrets, "a", "r", "a@x", "");
    g_setenv("WHYREG_TEST_SECRETS", "a:r:1", TRUE);
    assert_true(reg_secrets_load(secrets, "env:WHYREG_TEST_SECRETS", false, &error));
    g_setenv("WHYREG_TEST_SECRETS", "b:r:2\nplanted", TRUE);
    assert_false(reg_secrets_load(secrets, "env:WHYREG_TEST_SECRETS", false, &error));
    assert_string_equal(error->message,
                        "env:WHYREG_TEST_SECRETS, line 2: is not user:realm:password");
    g_setenv("WHYREG_TEST_SECRETS", "[c]\ntype=auth\nusername=c\npassword=3\n", TRUE);
    assert_true(reg_secrets_load(secrets, "env:WHYREG_TEST_SECRETS", false, NULL));
    assert_false(reg_secrets_load(secrets, "env:WHYREG_TEST_SECRETS", false, NULL));
    assert_int_equal(reg_secrets_size(secrets), 2);
    assert_found(secrets, "a", "r", NULL, "1 3");
}

static void knows_the_format_by_its_first_line(void **state)
{
    g_autoptr(RegSecrets) conf = good(STR("\n; c\n;-- x\na:b:c\n--;\n[c]\ntype=auth\n"
                                          "username=c\npassword=3\n"));
    g_autoptr(RegSecrets) csv = good(STR("\nusername,domain,password\nc,,3\n"));
    g_autoptr(RegSecrets) lines = good(STR("# [c]\n[c:r:3\n"));
    g_autoptr(RegSecrets) commas = good(STR("username,x:domain:password,y\n"));
    g_autoptr(RegSecrets) nothing = good(STR(""));

    assert_password(conf, "c", "3");
    assert_password(csv, "c", "3");
    assert_password(lines, "[c", "3");
    assert_password(commas, "username,x", "password,y");
    assert_int_equal(reg_secrets_size(nothing), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_realm_comes_first_then_any_then_others),
        cmocka_unit_test(a_user_with_a_domain_is_looked_for_without),
        cmocka_unit_test(then_comes_who_the_address_belongs_to),
        cmocka_unit_test(an_address_of_another_domain_is_another),
        cmocka_unit_test(neighbours_are_tried_while_they_are_few),
        cmocka_unit_test(gives_no_more_than_there_is_room_for),
        cmocka_unit_test(finds_one_of_very_many),
        cmocka_unit_test(sources_add_up_and_a_bad_one_adds_nothing),
        cmocka_unit_test(knows_the_format_by_its_first_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
