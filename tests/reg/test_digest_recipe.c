/*
 * The formula, on values that others have published or computed: RFC 2617
 * section 3.5, RFC 7616 section 3.9, draft-smith-sipping-auth-examples-01.
 */

#include <glib.h>

#include "reg/digest_recipe.h"
#include "support/check.h"

/* NULL: bob's, as below; of algorithm, qop and body: not there. */
typedef struct Vector {
    const char *user;
    const char *realm;
    const char *password;
    const char *method;
    const char *uri;
    const char *nonce;
    const char *algorithm;
    const char *qop;
    const char *nc;
    const char *cnonce;
    const char *body;
    const char *response;
} Vector;

/* clang-format off */
#define SDP \
    "v=0\r\n" \
    "o=bob 2890844526 2890844526 IN IP4 media.biloxi.com\r\n" \
    "s=-\r\n" \
    "c=IN IP4 media.biloxi.com\r\n" \
    "t=0 0\r\n" \
    "m=audio 49170 RTP/AVP 0\r\n" \
    "a=rtpmap:0 PCMU/8000\r\n" \
    "m=video 51372 RTP/AVP 31\r\n" \
    "a=rtpmap:31 H261/90000\r\n" \
    "m=video 53000 RTP/AVP 32\r\n" \
    "a=rtpmap:32 MPV/90000\r\n"
/* clang-format on */

#define RFC_7616_SHA512 10 /* its place among these */

static const Vector vectors[] = {
    { .user = "Mufasa",
      .realm = "testrealm@host.com",
      .password = "Circle Of Life",
      .method = "GET",
      .uri = "/dir/index.html",
      .qop = "auth",
      .nc = "00000001",
      .response = "6629fae49393a05397450978507c4ef1" },
    { .method = "INVITE",
      .uri = "sip:bob@biloxi.com",
      .response = "bf57e4e0d0bffc0fbaedce64d59add5e" },
    { .method = "INVITE",
      .uri = "sip:bob@biloxi.com",
      .qop = "auth",
      .nc = "00000001",
      .response = "89eb0059246c02b2f6ee02c7961d5ea3" },
    { .method = "INVITE",
      .uri = "sip:bob@biloxi.com",
      .algorithm = "MD5",
      .qop = "auth",
      .nc = "00000001",
      .response = "89eb0059246c02b2f6ee02c7961d5ea3" },
    { .method = "INVITE",
      .uri = "sip:bob@biloxi.com",
      .algorithm = "MD5-sess",
      .qop = "auth",
      .nc = "00000001",
      .response = "e4e4ea61d186d07a92c9e1f6919902e9" },
    { .method = "INVITE",
      .uri = "sip:bob@biloxi.com",
      .algorithm = "MD5",
      .qop = "auth-int",
      .nc = "00000001",
      .body = SDP,
      .response = "bdbeebb2da6adb6bca02599c2239e192" },
    { .method = "INVITE",
      .uri = "sip:bob@biloxi.com",
      .algorithm = "MD5-sess",
      .qop = "auth-int",
      .nc = "00000001",
      .body = SDP,
      .response = "91984da2d8663716e91554859c22ca70" },
    { .method = "INVITE",
      .uri = "sip:bob@biloxi.com",
      .qop = "auth-int",
      .nc = "00000001",
      .response = "2d6fc6e788367208f746582b18a69618" },
    { .user = "Mufasa",
      .realm = "http-auth@example.org",
      .password = "Circle of Life",
      .method = "GET",
      .uri = "/dir/index.html",
      .nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
      .algorithm = "MD5",
      .qop = "auth",
      .nc = "00000001",
      .cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
      .response = "8ca523f5e9506fed4657c9700eebdbec" },
    { .user = "Mufasa",
      .realm = "http-auth@example.org",
      .password = "Circle of Life",
      .method = "GET",
      .uri = "/dir/index.html",
      .nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
      .algorithm = "SHA-256",
      .qop = "auth",
      .nc = "00000001",
      .cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
      .response = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
    { .user = "J\303\244s\303\270n Doe",
      .realm = "api@example.org",
      .password = "Secret, or not?",
      .method = "GET",
      .uri = "/doe.json",
      .nonce = "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
      .algorithm = "SHA-512-256",
      .qop = "auth",
      .nc = "00000001",
      .cnonce = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
      .response = "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5" },
    { .response = "fbc0513470e834858c009e07895e001a" },
    { .qop = "auth", .response = "f799cde022bd38c324db8d3067a61dc8" },
    { .qop = "auth-int", .response = "6e8db91efa6e05433a44dfe52c047035" },
    { .algorithm = "MD5", .response = "fbc0513470e834858c009e07895e001a" },
    { .algorithm = "MD5", .qop = "auth", .response = "f799cde022bd38c324db8d3067a61dc8" },
    { .algorithm = "MD5", .qop = "auth-int", .response = "6e8db91efa6e05433a44dfe52c047035" },
    { .algorithm = "MD5-sess", .response = "d88d84d08ce57250bdc94ce6a881ff3b" },
    { .algorithm = "MD5-sess", .qop = "auth", .response = "91b9abdaf5d4f8faa40ff8dea8cb387c" },
    { .algorithm = "MD5-sess", .qop = "auth-int", .response = "35ce71854504632fe6c39a6fdbb2a3eb" },
    { .algorithm = "SHA-256",
      .response = "ce72f3cfc5b758d8c69373c82b8e1502595a590ad4884de593efd7a53f019eb5" },
    { .algorithm = "SHA-256",
      .qop = "auth",
      .response = "11d8eb9fad14214992624b1c3be5a282349ee41e62e64f57c931b310e7f41d33" },
    { .algorithm = "SHA-256",
      .qop = "auth-int",
      .response = "50df5052761fa478ccef270bfd1a56b9603f2d8b13e579f062bf2d8a7f550534" },
    { .algorithm = "SHA-256-sess",
      .response = "5358fcc2b06cbd9083ab5732e5e1bd5e4165e2eaf6704ce0bd7df554277bd4b6" },
    { .algorithm = "SHA-256-sess",
      .qop = "auth",
      .response = "200269b88963012875e4b89f46481a5a4804940db82f8bb18347291bd12b6fb6" },
    { .algorithm = "SHA-256-sess",
      .qop = "auth-int",
      .response = "b98a29e718550cf223283a7b16767085af4db1d83989563bd83c5f3fa4529d00" },
    { .algorithm = "SHA-512-256",
      .response = "3d06d51bd2ad7240fc171de932396728a34afd2fa3def5eae309d9351c29fa12" },
    { .algorithm = "SHA-512-256",
      .qop = "auth",
      .response = "987acd1653881b9f7a5df93a913486d002f051e97755dcb41f1ea61ddc9fe702" },
    { .algorithm = "SHA-512-256",
      .qop = "auth-int",
      .response = "599a4329f3257975fa53ec76b3bbc46e130d67bfc76b315060cdcb094d675b27" },
    { .algorithm = "SHA-512-256-sess",
      .response = "9a07447511991b53ea80577414e662a3a2e77cc9b49a0f583e733a7c2aadd2fe" },
    { .algorithm = "SHA-512-256-sess",
      .qop = "auth",
      .response = "6dc96e72fae9f3faf7a0aabda0c3749365f8527bb2de67aba7c9876ee0539f94" },
    { .algorithm = "SHA-512-256-sess",
      .qop = "auth-int",
      .response = "157d48c07663753a62e238dfd79680b298619b7693e3e3817c12e62461b8a8fb" },
};

static Str or_usual(const char *text, const char *usual)
{
    return str_of(text != NULL ? text : usual);
}

static RegDigestInput input_of(const Vector *vector)
{
    return (RegDigestInput){
        .auth = {
            .scheme = STR("Digest"),
            .username = or_usual(vector->user, "bob"),
            .realm = or_usual(vector->realm, "biloxi.com"),
            .uri = or_usual(vector->uri, "sips:biloxi.com"),
            .nonce = or_usual(vector->nonce, "dcd98b7102dd2f0e8b11d0f600bfb0c093"),
            .algorithm = str_of(vector->algorithm),
            .qop = str_of(vector->qop),
            .nc = or_usual(vector->nc, "0000000a"),
            .cnonce = or_usual(vector->cnonce, "0a4f113b"),
        },
        .method = or_usual(vector->method, "REGISTER"),
        .body = str_of(vector->body),
    };
}

static void assert_response(const RegDigestRecipe *recipe, RegHasher *hasher, const char *response)
{
    RegHashSum ha1;
    RegHashSum ha2;
    RegHashSum sum;

    reg_recipe_ha1(recipe, hasher, &ha1);
    reg_recipe_ha2(recipe, hasher, &ha2);
    reg_recipe_response(recipe, hasher, &ha1, &ha2, &sum);
    assert_true(str_equal(reg_hash_hex(&sum), str_of(response)));
}

static void computes_what_others_published(void **state)
{
    RegHasher hasher;
    RegScratch scratch;

    reg_hasher_init(&hasher, NULL);
    reg_scratch_init(&scratch, 100);
    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        RegDigestInput input = input_of(&vectors[i]);
        RegDigestRecipe recipe = reg_recipe_of(&input, &scratch);

        recipe.secret = or_usual(vectors[i].password, "zanzibar");
        assert_response(&recipe, &hasher, vectors[i].response);
    }
    reg_scratch_clear(&scratch);
    reg_hasher_clear(&hasher);
}

/* The response that RFC 7616 section 3.9.2 prints for SHA-512-256 is one of
 * SHA-512 cut short (erratum 4897). */
static void computes_what_rfc_7616_prints_for_another_algorithm(void **state)
{
    RegHasher hasher;
    RegScratch scratch;
    const Vector *vector = &vectors[RFC_7616_SHA512];
    RegDigestInput input = input_of(vector);

    reg_hasher_init(&hasher, NULL);
    reg_scratch_init(&scratch, 100);

    RegDigestRecipe recipe = reg_recipe_of(&input, &scratch);

    recipe.secret = or_usual(vector->password, "zanzibar");
    recipe.hash = REG_HASH_SHA512_CUT;
    assert_response(&recipe, &hasher,
                    "ae66e67d6b427bd3f120414a82e4acff38e8ecd9101d6c861229025f607a79dd");
    reg_scratch_clear(&scratch);
    reg_hasher_clear(&hasher);
}

static void takes_an_ha1_for_the_first_step(void **state)
{
    RegHasher hasher;
    RegHashSum ha1;
    RegDigestRecipe recipe = {
        .secret = STR("939E7578ED9E3C518A452ACEE763BCE9"),
        .secret_is_ha1 = true,
        .method = STR("GET"),
        .uri = STR("/dir/index.html"),
        .nonce = STR("dcd98b7102dd2f0e8b11d0f600bfb0c093"),
        .nc = STR("00000001"),
        .cnonce = STR("0a4f113b"),
        .qop = STR("auth"),
    };

    reg_hasher_init(&hasher, NULL);
    reg_recipe_ha1(&recipe, &hasher, &ha1);
    assert_int_equal(hasher.hashes, 0);
    assert_str_equal(reg_hash_hex(&ha1), "939e7578ed9e3c518a452acee763bce9");
    assert_response(&recipe, &hasher, "6629fae49393a05397450978507c4ef1");
    reg_hasher_clear(&hasher);
}

static void assert_algorithm(Str name, RegHashId hash, RegDigestSession session)
{
    RegAlgorithm algorithm = reg_algorithm_of(name);

    assert_int_equal(algorithm.kind, REG_ALGORITHM_KNOWN);
    assert_int_equal(algorithm.hash, hash);
    assert_int_equal(algorithm.session, session);
}

static void knows_algorithms_in_any_case(void **state)
{
    assert_algorithm(STR_NONE, REG_HASH_MD5, REG_SESSION_NONE);
    assert_algorithm(STR("md5"), REG_HASH_MD5, REG_SESSION_NONE);
    assert_algorithm(STR("MD5-SESS"), REG_HASH_MD5, REG_SESSION_HEX);
    assert_algorithm(STR("sha-256"), REG_HASH_SHA256, REG_SESSION_NONE);
    assert_algorithm(STR("SHA256"), REG_HASH_SHA256, REG_SESSION_NONE);
    assert_algorithm(STR("SHA-256-sess"), REG_HASH_SHA256, REG_SESSION_HEX);
    assert_algorithm(STR("SHA-512-256"), REG_HASH_SHA512_256, REG_SESSION_NONE);
    assert_algorithm(STR("SHA-512-256-sess"), REG_HASH_SHA512_256, REG_SESSION_HEX);
}

static void does_not_know_other_algorithms(void **state)
{
    assert_int_equal(reg_algorithm_of(STR("AKAv1-MD5")).kind, REG_ALGORITHM_AKA);
    assert_int_equal(reg_algorithm_of(STR("akav2-SHA-256")).kind, REG_ALGORITHM_AKA);
    assert_int_equal(reg_algorithm_of(STR("")).kind, REG_ALGORITHM_UNKNOWN);
    assert_int_equal(reg_algorithm_of(STR("MD5-sess-of-something-long")).kind,
                     REG_ALGORITHM_UNKNOWN);
    assert_int_equal(reg_algorithm_of(STR("MD5\0")).kind, REG_ALGORITHM_UNKNOWN);
    assert_int_equal(reg_algorithm_of(STR("token")).kind, REG_ALGORITHM_UNKNOWN);
}

static Str user_of(Str extended, RegScratch *scratch)
{
    RegDigestInput input = { .auth.username_ext = extended };

    return reg_recipe_of(&input, scratch).user;
}

static void decodes_an_extended_user_name(void **state)
{
    RegScratch scratch;

    reg_scratch_init(&scratch, 64);
    assert_str_equal(user_of(STR("UTF-8''J%C3%A4s%c3%b8n%20Doe"), &scratch),
                     "J\303\244s\303\270n Doe");
    assert_str_equal(user_of(STR("UTF-8'en'100%"), &scratch), "100%");
    assert_str_equal(user_of(STR("UTF-8''%4"), &scratch), "%4");
    assert_str_equal(user_of(STR("UTF-8''%zz"), &scratch), "%zz");
    assert_str_equal(user_of(STR("nobody"), &scratch), "nobody");
    reg_scratch_clear(&scratch);
}

static void means_the_first_of_a_list_of_qop_values(void **state)
{
    RegDigestInput input = { .auth.qop = STR(" auth-int , auth") };
    RegDigestRecipe recipe = reg_recipe_of(&input, NULL);

    assert_str_equal(recipe.qop, "auth-int");
    assert_true(recipe.integrity);

    input.auth.qop = STR("");
    assert_false(str_present(reg_recipe_of(&input, NULL).qop));
}

/* RFC 3261 section 22.1. */
static void an_ack_repeats_what_its_invite_had(void **state)
{
    RegDigestInput input = { .method = STR("ACK") };

    assert_str_equal(reg_recipe_of(&input, NULL).method, "INVITE");
    input.method = STR("REGISTER");
    assert_str_equal(reg_recipe_of(&input, NULL).method, "REGISTER");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_what_others_published),
        cmocka_unit_test(computes_what_rfc_7616_prints_for_another_algorithm),
        cmocka_unit_test(takes_an_ha1_for_the_first_step),
        cmocka_unit_test(knows_algorithms_in_any_case),
        cmocka_unit_test(does_not_know_other_algorithms),
        cmocka_unit_test(decodes_an_extended_user_name),
        cmocka_unit_test(means_the_first_of_a_list_of_qop_values),
        cmocka_unit_test(an_ack_repeats_what_its_invite_had),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
