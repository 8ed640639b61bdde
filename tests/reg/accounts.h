#pragma once

/*
 * Texts of credentials files, and the accounts in them.
 */

#include <glib.h>

#include "reg/secrets_table.h"
#include "support/check.h"

/* NULL with an error; the text is read from a block of exactly its size. */
static inline RegSecrets *read_accounts(Str text, GError **error)
{
    g_autoptr(RegSecrets) secrets = reg_secrets_new();
    RegSecretsBlock *block = reg_secrets_block_new(text.len);

    if (text.len > 0)
        memcpy(block->bytes, text.data, text.len);
    block->len = text.len;
    if (!reg_secrets_add_block(secrets, "file", block, error)) {
        assert_int_equal(reg_secrets_size(secrets), 0);
        return NULL;
    }
    return g_steal_pointer(&secrets);
}

/* The only account of that user; the table is kept. */
static inline const RegSecret *account_of(const RegSecrets *secrets, Str user)
{
    const RegSecret *found[REG_SECRETS_FEW];
    unsigned n = reg_secrets_find(secrets, user, STR_NONE, STR_NONE, found, REG_SECRETS_FEW);

    assert_true(n > 0);
    assert_true(str_equal(found[0]->user, user));
    return found[0];
}

static inline void assert_password(const RegSecrets *secrets, const char *user,
                                   const char *password)
{
    const RegSecret *secret = account_of(secrets, str_of(user));

    assert_int_equal(secret->kind, REG_SECRET_PASSWORD);
    assert_true(str_equal(secret->secret, str_of(password)));
    assert_false(str_present(secret->algorithm));
}

static inline void assert_ha1(const RegSecrets *secrets, const char *user, const char *algorithm,
                              const char *ha1)
{
    const RegSecret *secret = account_of(secrets, str_of(user));

    assert_int_equal(secret->kind, REG_SECRET_HA1);
    assert_true(str_equal(secret->algorithm, str_of(algorithm)));
    assert_true(str_equal(secret->secret, str_of(ha1)));
}

/* That the text is refused for that line, and that the message tells nothing
 * of what stands there. */
static inline void assert_refused(Str text, unsigned line)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *place = g_strdup_printf("file, line %u: ", line);
    g_autoptr(RegSecrets) secrets = read_accounts(text, &error);

    assert_null(secrets);
    assert_non_null(error);
    assert_int_equal(error->domain, REG_SECRETS_ERROR);
    assert_int_equal(error->code, REG_SECRETS_ERROR_SYNTAX);
    assert_true(g_str_has_prefix(error->message, place));
    assert_null(strstr(error->message, "planted"));
}

/* Every prefix of the text is read or refused, and nothing behind it looked at. */
static inline void assert_survives_any_cut(Str text)
{
    for (size_t len = 0; len <= text.len; len++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(RegSecrets) secrets = read_accounts(str_first(text, len), &error);

        assert_true((secrets != NULL) == (error == NULL));
    }
}
