/*
 * What the formats of credentials files have in common: lines, numbers of
 * lines, and the hashes that may stand in the place of a password.
 */

#include "secrets_reader.h"

bool reg_secrets_reader_next(RegSecretsReader *reader, Str *line)
{
    if (reader->at >= reader->len)
        return false;

    Str rest = { reader->text + reader->at, reader->len - reader->at };
    Str tail;

    str_split(rest, '\n', line, &tail);
    reader->at += line->len + 1;
    reader->line++;
    if (line->len > 0 && line->data[line->len - 1] == '\r')
        line->len--;
    return true;
}

char *reg_secrets_reader_writable(const RegSecretsReader *reader, Str part)
{
    return reader->text + (part.data - reader->text);
}

void reg_secrets_reader_add(RegSecretsReader *reader, RegSecret secret)
{
    g_array_append_val(reader->accounts, secret);
}

bool reg_secrets_reader_fail(const RegSecretsReader *reader, unsigned line, const char *what,
                             GError **error)
{
    g_set_error(error, REG_SECRETS_ERROR, REG_SECRETS_ERROR_SYNTAX, "%s, line %u: %s",
                reader->source, line != 0 ? line : reader->line, what);
    return false;
}

bool reg_secrets_is_hex(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!g_ascii_isxdigit(text.data[i]))
            return false;
    }
    return text.len > 0;
}

const char *reg_secrets_ha1_algorithm(Str hex)
{
    if (!reg_secrets_is_hex(hex))
        return NULL;
    return hex.len == 32 ? "MD5" : hex.len == 64 ? "SHA-256" : NULL;
}

Str reg_secrets_reader_lower(const RegSecretsReader *reader, Str hex)
{
    char *digits = reg_secrets_reader_writable(reader, hex);

    for (size_t i = 0; i < hex.len; i++)
        digits[i] = g_ascii_tolower(digits[i]);
    return hex;
}
