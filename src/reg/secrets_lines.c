/*
 * Accounts as one writes them by hand: "user:realm:password".
 *
 * The password is whatever is behind the second colon, because passwords have
 * colons, blanks and backslashes in them and nobody should have to escape a
 * password. Users and realms hardly ever do, so those can be escaped.
 */

#include "secrets_reader.h"

typedef struct Prefix {
    Str text;
    const char *algorithm; /* NULL: by the number of digits */
    size_t digits;
} Prefix;

static const Prefix prefixes[] = {
    { { "ha1:", 4 }, NULL, 0 },
    { { "ha1-md5:", 8 }, "MD5", 32 },
    { { "ha1-sha-256:", 12 }, "SHA-256", 64 },
    { { "ha1-sha-512-256:", 16 }, "SHA-512-256", 64 },
};

static bool is_escape(Str s, size_t at)
{
    return s.data[at] == '\\' && s.len - at > 1
           && (s.data[at + 1] == ':' || s.data[at + 1] == '\\' || s.data[at + 1] == '#');
}

/* Up to the first colon that is not escaped; false without one. */
static bool take_field(Str *rest, Str *field)
{
    size_t at = 0;

    while (at < rest->len && rest->data[at] != ':')
        at += is_escape(*rest, at) ? 2 : 1;
    *field = str_first(*rest, at);
    if (at == rest->len)
        return false;
    *rest = str_from(*rest, at + 1);
    return true;
}

static Str unescape(const RegSecretsReader *reader, Str field)
{
    char *out = reg_secrets_reader_writable(reader, field);
    size_t len = 0;

    for (size_t i = 0; i < field.len; i++) {
        if (is_escape(field, i))
            i++;
        out[len++] = field.data[i];
    }
    return (Str){ out, len };
}

/* A hash that lost a digit must not be taken for a password that begins with
 * "ha1:". Sixteen digits are no accident. */
#define SURELY_A_HASH 16

/* NULL: fine; else what is wrong. Leaves a password as it is. */
static const char *read_ha1(const RegSecretsReader *reader, RegSecret *secret)
{
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        const Prefix *prefix = &prefixes[i];
        Str hex = str_from(secret->secret, prefix->text.len);

        if (!str_starts(secret->secret, prefix->text) || !reg_secrets_is_hex(hex))
            continue;

        const char *algorithm = reg_secrets_ha1_algorithm(hex);

        if (algorithm == NULL || (prefix->digits != 0 && hex.len != prefix->digits))
            return hex.len >= SURELY_A_HASH ? "this is no HA1: the number of its digits is wrong"
                                            : NULL;
        if (!str_present(secret->realm))
            return "an HA1 belongs to one realm, \"*\" is none";
        secret->kind = REG_SECRET_HA1;
        secret->secret = reg_secrets_reader_lower(reader, hex);
        secret->algorithm = str_of(prefix->algorithm != NULL ? prefix->algorithm : algorithm);
        return NULL;
    }
    return NULL;
}

/* NULL: fine; else what is wrong. */
static const char *read_line(RegSecretsReader *reader, Str line)
{
    RegSecret secret = { .kind = REG_SECRET_PASSWORD };
    Str rest = line;

    if (line.len > REG_SECRETS_LINE_MAX)
        return "longer than 4096 bytes";
    if (memchr(line.data, '\0', line.len) != NULL)
        return "has a NUL byte";
    if (!take_field(&rest, &secret.user) || !take_field(&rest, &secret.realm))
        return "is not user:realm:password";
    if (secret.user.len == 0)
        return "has no user";
    if (secret.realm.len == 0)
        return "has no realm; \"*\" stands for any";
    secret.secret = rest;
    secret.user = unescape(reader, secret.user);
    if (str_equal(secret.realm, STR("*")))
        secret.realm = STR_NONE;
    else
        secret.realm = unescape(reader, secret.realm);

    const char *wrong = read_ha1(reader, &secret);

    if (wrong == NULL)
        reg_secrets_reader_add(reader, secret);
    return wrong;
}

bool reg_secrets_lines_read(RegSecretsReader *reader, GError **error)
{
    for (Str line; reg_secrets_reader_next(reader, &line);) {
        if (line.len == 0 || line.data[0] == '#')
            continue;

        const char *wrong = read_line(reader, line);

        if (wrong != NULL)
            return reg_secrets_reader_fail(reader, 0, wrong, error);
    }
    return true;
}
