/* "user:realm:password". */

#include "accounts.h"

#define HEX32 "0123456789abcdef0123456789abcdef"
#define HEX64 HEX32 HEX32

static RegSecrets *good(Str text)
{
    GError *error = NULL;
    RegSecrets *secrets = read_accounts(text, &error);

    assert_null(error);
    return secrets;
}

static void the_password_is_all_behind_the_second_colon(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("a:r:pass:word\n"
                                             "b:r: blanks \\: \\\\ # ; \t\n"
                                             "c:r:\n"
                                             "d:r:last"));

    assert_int_equal(reg_secrets_size(secrets), 4);
    assert_password(secrets, "a", "pass:word");
    assert_password(secrets, "b", " blanks \\: \\\\ # ; \t");
    assert_password(secrets, "c", "");
    assert_password(secrets, "d", "last");
}

static void skips_comments_and_empty_lines(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("# a:r:no\n\n#\na:r:#yes\n"));

    assert_int_equal(reg_secrets_size(secrets), 1);
    assert_password(secrets, "a", "#yes");
}

static void takes_dos_line_ends_and_byte_order_mark(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("\xef\xbb\xbf"
                                             "a:r:one\r\n"
                                             "\r\n"
                                             "b:r:two\r\r\n"
                                             "c:r:three\r"));

    assert_int_equal(reg_secrets_size(secrets), 3);
    assert_password(secrets, "a", "one");
    assert_password(secrets, "b", "two\r");
    assert_password(secrets, "c", "three");
}

static void escapes_in_user_and_realm(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("\\#a:r:1\n"
                                             "b\\:c:r\\:5060:2\n"
                                             "CORP\\bob:r:3\n"
                                             "CORP\\\\:r:4\n"));

    assert_password(secrets, "#a", "1");
    assert_password(secrets, "b:c", "2");
    assert_str_equal(account_of(secrets, STR("b:c"))->realm, "r:5060");
    assert_password(secrets, "CORP\\bob", "3");
    assert_password(secrets, "CORP\\", "4");
}

static void a_star_is_any_realm(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("a:*:1\nb:\\*:2\nc:**:3\n"));

    assert_false(str_present(account_of(secrets, STR("a"))->realm));
    assert_str_equal(account_of(secrets, STR("c"))->realm, "**");
}

static void takes_hashes_for_passwords(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("a:r:ha1:0123456789ABCDEF0123456789abcdef\n"
                                             "b:r:ha1:" HEX64 "\n"
                                             "c:r:ha1-sha-512-256:" HEX64 "\r\n"
                                             "d:r:ha1-md5:" HEX32 "\n"
                                             "e:r:ha1-sha-256:" HEX64 "\n"));

    assert_ha1(secrets, "a", "MD5", HEX32);
    assert_ha1(secrets, "b", "SHA-256", HEX64);
    assert_ha1(secrets, "c", "SHA-512-256", HEX64);
    assert_ha1(secrets, "d", "MD5", HEX32);
    assert_ha1(secrets, "e", "SHA-256", HEX64);
}

static void a_password_may_begin_like_a_hash(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("a:r:ha1:secret\n"
                                             "b:r:ha1:\n"
                                             "c:r:ha1:cafe\n"
                                             "d:r:HA1:" HEX32 "\n"
                                             "e:r:ha1: " HEX32 "\n"));

    assert_password(secrets, "a", "ha1:secret");
    assert_password(secrets, "b", "ha1:");
    assert_password(secrets, "c", "ha1:cafe");
    assert_password(secrets, "d", "HA1:" HEX32);
    assert_password(secrets, "e", "ha1: " HEX32);
}

static void refuses_hashes_that_lost_digits(void **state)
{
    g_autofree char *digits = g_strnfill(3000, 'a');
    g_autofree char *text = g_strdup_printf("a:r:x\nb:r:ha1:%s", digits);

    assert_refused(STR("a:r:ha1:0123456789abcdef0123456789abcde"), 1);
    assert_refused(STR("a:r:ha1:" HEX32 "0"), 1);
    assert_refused(STR("a:r:ha1:" HEX64 HEX64), 1);
    assert_refused(STR("a:r:ha1-sha-256:" HEX32), 1);
    assert_refused(STR("a:r:ha1-md5:" HEX64), 1);
    assert_refused(str_of(text), 2);
    assert_refused(STR("a:*:ha1:" HEX32), 1);
}

static void refuses_a_broken_line_by_its_number(void **state)
{
    g_autofree char *password = g_strnfill(5000, 'p');
    g_autofree char *text = g_strdup_printf("a:r:%s", password);

    assert_refused(STR("planted"), 1);
    assert_refused(STR("a:r:x\n\n# c\nplanted:planted\n"), 4);
    assert_refused(STR("planted\\:r:planted"), 1);
    assert_refused(STR(":r:planted"), 1);
    assert_refused(STR("a::planted"), 1);
    assert_refused(STR("a:r:pla\0planted"), 1);
    assert_refused(STR(" \n"), 1);
    assert_refused(str_of(text), 1);
}

static void survives_any_cut(void **state)
{
    assert_survives_any_cut(STR("\xef\xbb\xbf# c\r\n\\#a\\:\\\\:r\\::p:q\\\r\n\n"
                                "b:*:x\nc:r:ha1:" HEX32 "\nd:r:ha1-sha-512-256:" HEX64 "\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_password_is_all_behind_the_second_colon),
        cmocka_unit_test(skips_comments_and_empty_lines),
        cmocka_unit_test(takes_dos_line_ends_and_byte_order_mark),
        cmocka_unit_test(escapes_in_user_and_realm),
        cmocka_unit_test(a_star_is_any_realm),
        cmocka_unit_test(takes_hashes_for_passwords),
        cmocka_unit_test(a_password_may_begin_like_a_hash),
        cmocka_unit_test(refuses_hashes_that_lost_digits),
        cmocka_unit_test(refuses_a_broken_line_by_its_number),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
