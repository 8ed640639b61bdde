/* Passwords of an Asterisk, and the addresses they belong to. */

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

static void reads_auth_sections(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("; accounts\n"
                                             "[transport-udp]\n"
                                             "type = transport\n"
                                             "protocol = udp\n"
                                             "[a](!)\n"
                                             "type=auth\n"
                                             "auth_type=userpass\n"
                                             "[alice](a)\n"
                                             "username=alice\n"
                                             "password = se cr=et\\;1 ; not this\n"
                                             "realm = pbx.example.com\n"
                                             "[bob](a)\n"
                                             "username => bob\n"
                                             "auth_type=md5\n"
                                             "md5_cred=0123456789ABCDEF0123456789abcdef\n"
                                             "realm=*\n"));

    assert_int_equal(reg_secrets_size(secrets), 2);
    assert_password(secrets, "alice", "se cr=et;1");
    assert_str_equal(account_of(secrets, STR("alice"))->realm, "pbx.example.com");
    assert_false(str_present(account_of(secrets, STR("alice"))->aor));
    assert_ha1(secrets, "bob", "MD5", HEX32);
    assert_false(str_present(account_of(secrets, STR("bob"))->realm));
}

static void ties_accounts_to_the_endpoints_addresses(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("[6001]\n"
                                             "type=endpoint\n"
                                             "aors=6001,6002\n"
                                             "auth=login6001\n"
                                             "[6001]\n"
                                             "type=aor\n"
                                             "[login6001]\n"
                                             "type=auth\n"
                                             "username=acct\n"
                                             "password=pw\n"));
    const RegSecret *found[4];

    assert_int_equal(reg_secrets_size(secrets), 2);
    assert_int_equal(
        reg_secrets_find(secrets, STR("x"), STR("r"), STR("6002@example.com"), found, 4), 2);
    assert_str_equal(found[0]->aor, "6002");
    assert_str_equal(found[0]->user, "acct");
}

static void ties_accounts_to_registrations(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("[trunk]\n"
                                             "type=registration\n"
                                             "outbound_auth=trunk\n"
                                             "server_uri=sip:sip.example.net\n"
                                             "client_uri=sip:4711@sip.example.net:5060\n"
                                             "[trunk]\n"
                                             "type=auth\n"
                                             "username=u4711\n"
                                             "password=pw\n"));

    assert_str_equal(account_of(secrets, STR("u4711"))->aor, "4711@sip.example.net");
}

static void reads_hashes_of_newer_algorithms(void **state)
{
    g_autoptr(RegSecrets) secrets =
        good(STR("[a]\ntype=auth\nusername=a\npassword_digest=SHA-256:" HEX64 "\n"
                 "[b]\ntype=auth\nusername=b\npassword_digest = sha-512-256 : " HEX64 "\n"));

    assert_ha1(secrets, "a", "SHA-256", HEX64);
    assert_ha1(secrets, "b", "SHA-512-256", HEX64);
}

static void leaves_out_what_has_no_password(void **state)
{
    g_autoptr(RegSecrets) secrets = good(STR("[a]\ntype=auth\nauth_type=google_oauth\n"
                                             "oauth_clientid=x\n"
                                             "[b](!)\ntype=auth\nusername=b\npassword=pw\n"
                                             "[c]\ntype=auth\nusername=c\n"
                                             "#include other.conf\n"));

    assert_int_equal(reg_secrets_size(secrets), 0);
}

static void refuses_what_it_cannot_read(void **state)
{
    assert_refused(STR("[a]\nplanted\n"), 2);
    assert_refused(STR("[a]\n[planted\n"), 2);
    assert_refused(STR("[a]planted\n"), 1);
    assert_refused(STR("[a]\ntype=auth\nusername=u\nmd5_cred=planted\n"), 4);
    assert_refused(STR("[a]\ntype=auth\nusername=u\npassword_digest=planted\n"), 4);
    assert_refused(STR("[a]\npassword=pla\0nted\n"), 2);
}

static void survives_any_cut(void **state)
{
    assert_survives_any_cut(STR("; c\n;-- block\n--;\n[t](!)\ntype=auth\npassword=a\\;b ; c\n"
                                "[e]\ntype=endpoint\nauth=x,y\naors=1,2\n"
                                "[x](t)\nusername=x\nmd5_cred=" HEX32 "\n"
                                "[r]\ntype=registration\noutbound_auth=x\n"
                                "client_uri=sip:u@h:5060\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_auth_sections),
        cmocka_unit_test(ties_accounts_to_the_endpoints_addresses),
        cmocka_unit_test(ties_accounts_to_registrations),
        cmocka_unit_test(reads_hashes_of_newer_algorithms),
        cmocka_unit_test(leaves_out_what_has_no_password),
        cmocka_unit_test(refuses_what_it_cannot_read),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
