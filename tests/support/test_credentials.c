/*
 * The digests of scenarios, against the examples that RFC 2617 section 3.5 and
 * RFC 7616 section 3.9.1 print.
 */

#include "support/credentials.h"

#include "support/check.h"

/* RFC 7616 section 3.9.1; only the algorithm differs. */
static Credentials mufasa(const char *algorithm)
{
    return (Credentials){ .algorithm = algorithm,
                          .username = "Mufasa",
                          .realm = "http-auth@example.org",
                          .password = "Circle of Life",
                          .method = "GET",
                          .uri = "/dir/index.html",
                          .nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
                          .qop = "auth",
                          .nc = "00000001",
                          .cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ" };
}

static void computes_the_md5_example_of_rfc_7616(void **state)
{
    Credentials credentials = mufasa("MD5");
    g_autofree char *response = credentials_response(&credentials);

    assert_string_equal(response, "8ca523f5e9506fed4657c9700eebdbec");
}

static void computes_the_sha_256_example_of_rfc_7616(void **state)
{
    Credentials credentials = mufasa("sha-256");
    g_autofree char *response = credentials_response(&credentials);

    assert_string_equal(response,
                        "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

static void computes_the_example_of_rfc_2617(void **state)
{
    Credentials credentials = { .algorithm = "MD5",
                                .username = "Mufasa",
                                .realm = "testrealm@host.com",
                                .password = "Circle Of Life",
                                .method = "GET",
                                .uri = "/dir/index.html",
                                .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093",
                                .qop = "auth",
                                .nc = "00000001",
                                .cnonce = "0a4f113b" };
    g_autofree char *response = credentials_response(&credentials);

    assert_string_equal(response, "6629fae49393a05397450978507c4ef1");
}

/* The same values without qop: the formula of RFC 2069. */
static void leaves_out_what_belongs_to_qop_when_there_is_none(void **state)
{
    Credentials credentials = { .algorithm = "MD5",
                                .username = "Mufasa",
                                .realm = "testrealm@host.com",
                                .password = "Circle Of Life",
                                .method = "GET",
                                .uri = "/dir/index.html",
                                .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093" };
    g_autofree char *response = credentials_response(&credentials);

    assert_string_equal(response, "670fd8c2df070c60b045671b8b24ff02");
}

static void a_session_mixes_the_nonces_into_the_secret(void **state)
{
    Credentials plain = mufasa("MD5");
    Credentials session = mufasa("MD5-sess");
    g_autofree char *first = credentials_response(&plain);
    g_autofree char *second = credentials_response(&session);

    assert_string_not_equal(first, second);
}

static void knows_which_algorithms_it_has(void **state)
{
    assert_true(credentials_known("md5"));
    assert_true(credentials_known("SHA-256-sess"));
    assert_false(credentials_known("AKAv1-MD5"));
    assert_false(credentials_known(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_the_md5_example_of_rfc_7616),
        cmocka_unit_test(computes_the_sha_256_example_of_rfc_7616),
        cmocka_unit_test(computes_the_example_of_rfc_2617),
        cmocka_unit_test(leaves_out_what_belongs_to_qop_when_there_is_none),
        cmocka_unit_test(a_session_mixes_the_nonces_into_the_secret),
        cmocka_unit_test(knows_which_algorithms_it_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
