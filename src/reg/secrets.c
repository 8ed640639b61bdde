/*
 * The accounts whose passwords were supplied, and which of them may be the one
 * that a phone answered a challenge with.
 *
 * A phone names a user and a realm, but either may be the mistake that is
 * looked for. So the search goes on from the user to the address of record it
 * registers, and to its neighbours in the realm when those are few.
 */

#include "reg/secrets.h"

#include <string.h>

#include "secrets_reader.h"
#include "secrets_table.h"
#include "text_index.h"

/* Accounts of one name that are looked at; more of them are a mistake of the
 * file. */
#define CHAIN_MAX 64

struct RegSecrets {
    GPtrArray *blocks; /* of RegSecretsBlock: all text that accounts point to */
    GArray *accounts;  /* of RegSecret */
    RegTextIndex users;
    RegTextIndex aors; /* by their user part */
    RegTextIndex realms;
};

G_DEFINE_QUARK(reg - secrets - error, reg_secrets_error)

RegSecrets *reg_secrets_new(void)
{
    RegSecrets *secrets = g_new0(RegSecrets, 1);

    secrets->blocks = g_ptr_array_new_with_free_func((GDestroyNotify)reg_secrets_block_free);
    secrets->accounts = g_array_new(FALSE, FALSE, sizeof(RegSecret));
    return secrets;
}

void reg_secrets_free(RegSecrets *secrets)
{
    if (secrets == NULL)
        return;
    reg_text_index_clear(&secrets->users);
    reg_text_index_clear(&secrets->aors);
    reg_text_index_clear(&secrets->realms);
    g_array_unref(secrets->accounts);
    g_ptr_array_unref(secrets->blocks); /* wipes them */
    g_free(secrets);
}

unsigned reg_secrets_size(const RegSecrets *secrets)
{
    return secrets->accounts->len;
}

static const RegSecret *account(const RegSecrets *secrets, uint32_t i)
{
    return &g_array_index(secrets->accounts, RegSecret, i);
}

static Str user_part(Str aor)
{
    Str user;
    Str domain;

    str_split(aor, '@', &user, &domain);
    return user;
}

static Str key_user(const void *items, uint32_t i)
{
    return account(items, i)->user;
}

static Str key_aor(const void *items, uint32_t i)
{
    return user_part(account(items, i)->aor);
}

static Str key_realm(const void *items, uint32_t i)
{
    return account(items, i)->realm;
}

typedef bool (*Format)(RegSecretsReader *reader, GError **error);

/* By the first line that is no comment of any of them. */
static Format recognise(RegSecretsReader reader)
{
    bool comment = false;

    for (Str line; reg_secrets_reader_next(&reader, &line);) {
        line = str_trim(line);
        if (str_starts(line, STR(";--")))
            comment = true;
        if (comment) {
            comment = !str_contains_nocase(line, STR("--;"));
            continue;
        }
        if (line.len == 0 || line.data[0] == '#' || line.data[0] == ';')
            continue;
        if (reg_secrets_pjsip_begins(line))
            return reg_secrets_pjsip_read;
        return reg_secrets_csv_begins(line) ? reg_secrets_csv_read : reg_secrets_lines_read;
    }
    return reg_secrets_lines_read;
}

bool reg_secrets_add_block(RegSecrets *secrets, const char *source, RegSecretsBlock *block,
                           GError **error)
{
    g_autoptr(RegSecretsBlock) taken = block;
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(RegSecret));
    RegSecretsReader reader = {
        .source = source,
        .text = taken->bytes,
        .len = taken->len,
        .accounts = found,
    };

    /* The byte order mark of UTF-8, which Windows editors write. */
    if (str_starts((Str){ reader.text, reader.len }, STR("\xef\xbb\xbf")))
        reader.at = 3;
    if (!recognise(reader)(&reader, error))
        return false;

    g_array_append_vals(secrets->accounts, found->data, found->len);
    g_ptr_array_add(secrets->blocks, g_steal_pointer(&taken));

    unsigned n = secrets->accounts->len;

    reg_text_index_build(&secrets->users, secrets, n, key_user);
    reg_text_index_build(&secrets->aors, secrets, n, key_aor);
    reg_text_index_build(&secrets->realms, secrets, n, key_realm);
    return true;
}

bool reg_secrets_load(RegSecrets *secrets, const char *source, bool readable_by_others,
                      GError **error)
{
    RegSecretsBlock *block = reg_secrets_source_read(source, readable_by_others, error);

    return block != NULL && reg_secrets_add_block(secrets, source, block, error);
}

/* What reg_secrets_find() looks for and has found. */
typedef struct Finder {
    const RegSecrets *secrets;
    Str realm;
    Str domain; /* of the address of record */
    const RegSecret **found;
    unsigned n;
    unsigned max;
} Finder;

static void add(Finder *finder, const RegSecret *secret)
{
    for (unsigned i = 0; i < finder->n; i++) {
        if (finder->found[i] == secret)
            return;
    }
    if (finder->n < finder->max)
        finder->found[finder->n++] = secret;
}

typedef enum Nearness { SAME_REALM, ANY_REALM, OTHER_REALM, NEARNESSES } Nearness;

static Nearness nearness(const Finder *finder, const RegSecret *secret)
{
    if (!str_present(secret->realm))
        return ANY_REALM;
    return str_equal(secret->realm, finder->realm) ? SAME_REALM : OTHER_REALM;
}

/* An account that is tied to an address of another domain is somebody else's. */
static bool is_of_domain(const Finder *finder, const RegSecret *secret)
{
    Str user;
    Str domain;

    return !str_split(secret->aor, '@', &user, &domain) || str_equal_nocase(domain, finder->domain);
}

static void add_named(Finder *finder, const RegTextIndex *index, Str name, bool by_aor)
{
    for (Nearness wanted = SAME_REALM; wanted < NEARNESSES; wanted++) {
        uint32_t i = reg_text_index_first(index, name);

        for (unsigned seen = 0; i != REG_TEXT_INDEX_NONE && seen < CHAIN_MAX; seen++) {
            const RegSecret *secret = account(finder->secrets, i);

            if (nearness(finder, secret) == wanted && (!by_aor || is_of_domain(finder, secret)))
                add(finder, secret);
            i = reg_text_index_next(index, i);
        }
    }
}

/* The accounts of a realm, when they are few together with those of any realm. */
static void add_neighbours(Finder *finder)
{
    const RegTextIndex *realms = &finder->secrets->realms;
    const Str names[] = { finder->realm, STR_NONE };
    uint32_t few[REG_SECRETS_FEW];
    unsigned n = 0;

    for (unsigned k = finder->realm.len > 0 ? 0 : 1; k < G_N_ELEMENTS(names); k++) {
        for (uint32_t i = reg_text_index_first(realms, names[k]); i != REG_TEXT_INDEX_NONE;
             i = reg_text_index_next(realms, i)) {
            if (n == REG_SECRETS_FEW)
                return;
            few[n++] = i;
        }
    }
    for (unsigned k = 0; k < n; k++)
        add(finder, account(finder->secrets, few[k]));
}

unsigned reg_secrets_find(const RegSecrets *secrets, Str user, Str realm, Str aor,
                          const RegSecret **found, unsigned max)
{
    Finder finder = { .secrets = secrets, .realm = realm, .found = found, .max = max };
    Str local = user_part(user);
    Str aor_user;

    str_split(aor, '@', &aor_user, &finder.domain);
    if (user.len > 0)
        add_named(&finder, &secrets->users, user, false);
    if (local.len > 0 && local.len < user.len)
        add_named(&finder, &secrets->users, local, false);
    if (aor_user.len > 0) {
        add_named(&finder, &secrets->aors, aor_user, true);
        add_named(&finder, &secrets->users, aor_user, false);
    }
    add_neighbours(&finder);
    return finder.n;
}
