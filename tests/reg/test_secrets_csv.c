/* The subscriber table of Kamailio. */

#include "accounts.h"

#define HEX32 "0123456789abcdef0123456789abcdef"
#define HEX32B "fedcba9876543210fedcba9876543210"

static RegSecrets *good(Str text)
{
    GError *error = NULL;
    RegSecrets *secrets = read_accounts(text, &error);

    assert_null(error);
    return secrets;
}

static void reads_columns_by_their_names(void **state)
{
    g_autoptr(RegSecrets) secrets =
        good(STR("id,HA1,email,domain,\"username\",password\r\n"
                 "1,,a@b,example.com,alice,\"se,cr\"\"et\"\r\n"
                 "2,0123456789ABCDEF0123456789abcdef,,example.com,bob,\r\n"));

    assert_int_equal(reg_secrets_size(secrets), 2);
    assert_password(secrets, "alice", "se,cr\"et");
    assert_str_equal(account_of(secrets, STR("alice"))->realm, "example.com");
    assert_ha1(secrets, "bob", "MD5", HEX32);
}

static void reads_the_usual_columns_without_names(void **state)
{
    g_autoptr(RegSecrets) five = good(STR("alice,example.com,pw," HEX32 "," HEX32B "\n"));
    g_autoptr(RegSecrets) all =
        good(STR("\"1\",\"alice\",\"example.com\",\"pw\",\"" HEX32 "\",\"" HEX32B "\",\"x\"\n"));

    assert_int_equal(reg_secrets_size(five), 3);
    assert_password(five, "alice", "pw");
    assert_int_equal(reg_secrets_size(all), 3);
    assert_password(all, "alice", "pw");
}

/* Kamailio's HA1B is for phones that send user@domain. */
static void tells_the_two_hashes_apart(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("username;domain;password;ha1;ha1b\n"
                                             "alice;example.com;;" HEX32 ";" HEX32B "\n"));
    const RegSecret *found[4];

    assert_int_equal(
        reg_secrets_find(secrets, STR("alice@example.com"), STR("example.com"), STR_NONE, found, 4),
        2);
    assert_str_equal(found[0]->secret, HEX32);
    assert_false(found[0]->user_at_domain);
    assert_str_equal(found[1]->secret, HEX32B);
    assert_true(found[1]->user_at_domain);
}

static void nothing_is_nothing_in_every_spelling(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("username\tdomain\tpassword\tha1\n"
                                             "alice\tNULL\tpw\t\\N\n"
                                             "bob\t\tNULL\n"));

    assert_int_equal(reg_secrets_size(secrets), 1);
    assert_false(str_present(account_of(secrets, STR("alice"))->realm));
}

static void refuses_a_broken_row_by_its_number(void **state)
{
    assert_refused(STR("username,domain,ha1\nalice,example.com,planted\n"), 2);
    assert_refused(STR("username,domain,password\n\n,example.com,planted\n"), 3);
    assert_refused(STR("username,domain,password\nalice,example.com,\"planted\n"), 2);
    assert_refused(STR("username,domain,password\nalice,example.com,plan\0ted\n"), 2);
}

static void survives_any_cut(void **state)
{
    assert_survives_any_cut(STR("username,domain,password,ha1,ha1b\n"
                                "alice,example.com,\"p\"\"w\"," HEX32 "," HEX32B "\n"));
    assert_survives_any_cut(STR("alice,example.com,pw," HEX32 "," HEX32B "\n"));
}

static void a_row_of_many_fields_is_cut(void **state)
{
    GString *text = g_string_new("username,domain,password\nalice,example.com,pw");

    for (unsigned i = 0; i < 200; i++)
        g_string_append(text, ",");

    g_autofree char *row = g_string_free(text, FALSE);
    g_autoptr(RegSecrets) secrets = good(str_of(row));

    assert_password(secrets, "alice", "pw");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_columns_by_their_names),
        cmocka_unit_test(reads_the_usual_columns_without_names),
        cmocka_unit_test(tells_the_two_hashes_apart),
        cmocka_unit_test(nothing_is_nothing_in_every_spelling),
        cmocka_unit_test(refuses_a_broken_row_by_its_number),
        cmocka_unit_test(survives_any_cut),
        cmocka_unit_test(a_row_of_many_fields_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
