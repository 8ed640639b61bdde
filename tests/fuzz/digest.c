/*
 * A digest answer made with a known password is always recognised, and one
 * made over something else is never taken for right.
 */

#include <glib.h>

#include "fuzz.h"
#include "reg/digest.h"

typedef struct Login {
    char *user;
    char *realm;
    char *password;
    char *nonce;
    char *uri;
} Login;

/* Text that can stand between quotes and in a line of accounts. */
static char *take_text(Reader *input, size_t max)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-@_ ";
    Str raw = fuzz_piece(input, max);
    GString *text = g_string_new("x");

    for (size_t i = 0; i < raw.len; i++)
        g_string_append_c(text, letters[(uint8_t)raw.data[i] % (sizeof(letters) - 1)]);
    g_string_append_c(text, 'x');
    return g_string_free(text, FALSE);
}

static RegDigestInput input_of(const char *header, const char *uri)
{
    return (RegDigestInput){
        .auth = sip_auth_parse(str_of(header)),
        .method = STR("REGISTER"),
        .request_uri = str_of(uri),
        .search = true,
    };
}

static char *header_of(const Login *login, bool qop, const char *response)
{
    return g_strdup_printf("Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", "
                           "response=\"%s\", algorithm=MD5%s",
                           login->user, login->realm, login->nonce, login->uri, response,
                           qop ? ", qop=auth, nc=00000001, cnonce=\"0a4f113b\"" : "");
}

static RegSecrets *account(const Login *login)
{
    g_autofree char *line =
        g_strdup_printf("%s:%s:%s\n", login->user, login->realm, login->password);
    RegSecrets *secrets = reg_secrets_new();

    g_setenv("FUZZ_ACCOUNT", line, TRUE);
    fuzz_check(reg_secrets_load(secrets, "env:FUZZ_ACCOUNT", true, NULL));
    return secrets;
}

static void check_login(const Login *login, bool qop, uint8_t damage)
{
    g_autoptr(RegDigest) digest = reg_digest_new();
    g_autoptr(RegSecrets) secrets = account(login);
    g_autofree char *blank = header_of(login, qop, "00000000000000000000000000000000");
    RegDigestInput unsigned_input = input_of(blank, login->uri);
    const RegSecret *secret;
    RegDigestWorking working;
    RegDigestResult result;

    fuzz_check(
        reg_secrets_find(secrets, str_of(login->user), str_of(login->realm), STR_NONE, &secret, 1)
        == 1);
    reg_digest_work(digest, secret, &unsigned_input, &working);
    fuzz_check(working.ok);
    if (damage != 0)
        working.response[damage % 32] ^=
            1; /* still a hex digit: '0' and '1', 'a' and '`' are not */

    g_autofree char *header = header_of(login, qop, working.response);
    RegDigestInput input = input_of(header, login->uri);

    reg_digest_check(digest, secrets, &input, &result);
    fuzz_check((result.verdict == REG_DIGEST_MATCH) == (damage == 0));
    reg_digest_result_clear(&result);
    reg_digest_working_clear(&working);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reader input = fuzz_reader(data, size);
    uint8_t flags = reader_u8(&input), damage = reader_u8(&input);
    Login login = { .user = take_text(&input, 40) };

    login.realm = take_text(&input, 40);
    login.password = take_text(&input, 40);
    login.nonce = take_text(&input, 80);
    login.uri = take_text(&input, 40);
    check_login(&login, flags & 1, damage);
    g_free(login.user);
    g_free(login.realm);
    g_free(login.password);
    g_free(login.nonce);
    g_free(login.uri);
    return 0;
}
