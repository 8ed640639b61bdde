/* Challenges and credentials, good and bad. */

#include <glib.h>

#include "sip/value.h"
#include "support/check.h"

static void takes_credentials_apart(void **state)
{
    SipAuth auth = sip_auth_parse(
        STR("Digest username=\"alice\", realm=\"example.com\",\r\n nonce=\"abc==\","
            "uri=\"sip:example.com\" , response=\"0123\", algorithm=MD5, cnonce=\"c\","
            " opaque=\"o\", qop=auth, nc=00000001, auts=\"s\", other=\"x\""));

    assert_true(auth.ok);
    assert_str_equal(auth.scheme, "Digest");
    assert_str_equal(auth.username, "alice");
    assert_str_equal(auth.realm, "example.com");
    assert_str_equal(auth.nonce, "abc==");
    assert_str_equal(auth.uri, "sip:example.com");
    assert_str_equal(auth.response, "0123");
    assert_str_equal(auth.algorithm, "MD5");
    assert_str_equal(auth.cnonce, "c");
    assert_str_equal(auth.opaque, "o");
    assert_str_equal(auth.qop, "auth");
    assert_str_equal(auth.nc, "00000001");
    assert_str_equal(auth.auts, "s");
    assert_false(str_present(auth.username_ext));
}

static void takes_a_challenge_apart(void **state)
{
    SipAuth auth = sip_auth_parse(STR("digest realm = \"a, \\\"b\\\" c\", qop=\"auth,auth-int\","
                                      "nonce=\"\", stale=TRUE, userhash=true"));

    assert_true(auth.ok);
    assert_str_equal(auth.scheme, "digest");
    assert_str_equal(auth.realm, "a, \\\"b\\\" c");
    assert_str_equal(auth.qop, "auth,auth-int");
    assert_true(str_present(auth.nonce));
    assert_int_equal(auth.nonce.len, 0);
    assert_true(auth.stale);
    assert_true(auth.userhash);
    assert_false(str_present(auth.opaque));
}

static void absent_is_not_stale(void **state)
{
    assert_false(sip_auth_parse(STR("Digest realm=\"x\"")).stale);
    assert_false(sip_auth_parse(STR("Digest realm=\"x\", stale=false")).stale);
    assert_true(sip_auth_parse(STR("Digest realm=\"x\", stale=\"true\"")).stale);
}

static void quotes_where_phones_put_them_are_tolerated(void **state)
{
    SipAuth auth =
        sip_auth_parse(STR("Digest realm=\"x\", algorithm=\"MD5\", qop=\"auth\", nc=\"00000001\", "
                           "username*=UTF-8''J%C3%A4s"));

    assert_true(auth.ok);
    assert_str_equal(auth.algorithm, "MD5");
    assert_str_equal(auth.qop, "auth");
    assert_str_equal(auth.nc, "00000001");
    assert_str_equal(auth.username_ext, "UTF-8''J%C3%A4s");
}

static void missing_quotes_are_read_and_noted(void **state)
{
    SipAuth auth = sip_auth_parse(STR("Digest username=alice, realm=x, nonce=ab/c=="));

    assert_false(auth.ok);
    assert_str_equal(auth.username, "alice");
    assert_str_equal(auth.realm, "x");
    assert_str_equal(auth.nonce, "ab/c==");
}

static void missing_commas_are_read_and_noted(void **state)
{
    SipAuth auth = sip_auth_parse(STR("Digest username=\"a\" realm=\"x\"nonce=\"n\""));

    assert_false(auth.ok);
    assert_str_equal(auth.username, "a");
    assert_str_equal(auth.realm, "x");
    assert_str_equal(auth.nonce, "n");
}

static void of_two_the_first_counts_and_it_is_noted(void **state)
{
    SipAuth auth = sip_auth_parse(STR("Digest realm=\"a\", realm=\"b\""));

    assert_false(auth.ok);
    assert_str_equal(auth.realm, "a");
}

static void broken_grammar_is_noted(void **state)
{
    const char *bad[] = {
        "",
        "Digest",
        "Digest ",
        "Digest realm",
        "Digest realm=",
        "Digest =\"x\"",
        "Digest realm=\"x",
        "Digest realm=\"x\",,nonce=\"y\"",
        "Digest ?, realm=\"x\"",
        "Di,gest realm=\"x\"",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(sip_auth_parse(str_of(bad[i])).ok);
    assert_str_equal(sip_auth_parse(STR("Digest ?, realm=\"x\"")).realm, "x");
}

static void other_schemes_keep_their_word(void **state)
{
    SipAuth auth = sip_auth_parse(STR("Basic YWxhZGRpbjpvcGVu=="));

    assert_true(auth.ok);
    assert_str_equal(auth.scheme, "Basic");
    assert_str_equal(auth.params, "YWxhZGRpbjpvcGVu==");
    assert_false(str_present(auth.realm));
    assert_str_equal(sip_auth_parse(STR("Basic realm=\"x\"")).realm, "x");
}

static void survives_any_cut(void **state)
{
    Str good =
        STR("Digest username=\"a\\\"b\", realm=\"x\", nc=00000001,\r\n stale=true, qop=\"auth\"");

    for (size_t len = 0; len <= good.len; len++) {
        g_autofree char *copy = len > 0 ? g_memdup2(good.data, len) : NULL;
        SipAuth auth = sip_auth_parse((Str){ copy, len });

        if (len >= 7)
            assert_str_equal(str_first(auth.scheme, 6), "Digest");
        if (len > 25)
            assert_str_equal(auth.username, "a\\\"b");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_credentials_apart),
        cmocka_unit_test(takes_a_challenge_apart),
        cmocka_unit_test(absent_is_not_stale),
        cmocka_unit_test(quotes_where_phones_put_them_are_tolerated),
        cmocka_unit_test(missing_quotes_are_read_and_noted),
        cmocka_unit_test(missing_commas_are_read_and_noted),
        cmocka_unit_test(of_two_the_first_counts_and_it_is_noted),
        cmocka_unit_test(broken_grammar_is_noted),
        cmocka_unit_test(other_schemes_keep_their_word),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
