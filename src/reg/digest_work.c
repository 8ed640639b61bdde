/*
 * The working of a digest, value by value, for somebody who wants to see where
 * it goes wrong, or how it is made.
 */

#include <glib.h>

#include "digest_engine.h"

/* To be shown, and wiped up to its end. */
static void replace_nul_bytes(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        text[i] = text[i] != '\0' ? text[i] : '?';
}

/* The parts with colons between them; one piece of memory of the right size. */
static char *join(const Str *parts, unsigned n)
{
    size_t len = n;

    for (unsigned i = 0; i < n; i++)
        len += parts[i].len;

    char *joined = g_malloc(len);
    char *end = joined;

    for (unsigned i = 0; i < n; i++) {
        if (parts[i].len > 0)
            memcpy(end, parts[i].data, parts[i].len);
        end += parts[i].len;
        *end++ = ':';
    }
    replace_nul_bytes(joined, len - 1);
    joined[len - 1] = '\0';
    return joined;
}

static void copy_hex(const RegHashSum *sum, char hex[REG_DIGEST_HEX])
{
    Str digits = reg_hash_hex(sum);

    memcpy(hex, digits.data, digits.len);
    hex[digits.len] = '\0';
}

static void work_session(const RegDigestRecipe *recipe, RegHasher *hasher, RegHashSum *ha1,
                         RegDigestWorking *working)
{
    Str parts[REG_RECIPE_PARTS];
    unsigned n = reg_recipe_session_a1(recipe, ha1, parts);
    RegHashSum session;

    working->session_a1 = join(parts, n);
    reg_hasher_sum(hasher, recipe->hash, parts, n, &session);
    copy_hex(&session, working->session_ha1);
    *ha1 = session;
}

static void work(const RegDigestRecipe *recipe, RegHasher *hasher, RegDigestWorking *working)
{
    RegHashSum ha1;
    RegHashSum ha2;
    RegHashSum body;
    RegHashSum response;
    Str parts[REG_RECIPE_PARTS];

    if (!recipe->secret_is_ha1)
        working->a1 = join((Str[]){ recipe->user, recipe->realm, recipe->secret }, 3);
    reg_recipe_ha1(recipe, hasher, &ha1);
    copy_hex(&ha1, working->ha1);
    if (recipe->session != REG_SESSION_NONE)
        work_session(recipe, hasher, &ha1, working);

    unsigned n = reg_recipe_a2(recipe, hasher, &body, parts);

    working->a2 = join(parts, n);
    reg_hasher_sum(hasher, recipe->hash, parts, n, &ha2);
    copy_hex(&ha2, working->ha2);

    n = reg_recipe_input(recipe, &ha1, &ha2, parts);
    working->input = join(parts, n);
    reg_hasher_sum(hasher, recipe->hash, parts, n, &response);
    copy_hex(&response, working->response);
    explicit_bzero(&ha1, sizeof(ha1));
}

void reg_digest_work(RegDigest *digest, const RegSecret *secret, const RegDigestInput *input,
                     RegDigestWorking *working)
{
    RegAlgorithm algorithm = reg_algorithm_of(input->auth.algorithm);
    RegDigestRecipe recipe = reg_recipe_of(input, &digest->scratch);

    *working = (RegDigestWorking){ .ok = false };
    recipe.secret = secret->secret;
    recipe.secret_is_ha1 = secret->kind == REG_SECRET_HA1;
    if (input->auth.userhash)
        recipe.user = secret->user;
    if (algorithm.kind == REG_ALGORITHM_KNOWN) {
        working->algorithm = reg_algorithm_name(recipe.hash, recipe.session);
        working->ok = reg_hasher_has(&digest->hasher, recipe.hash)
                      && (!recipe.secret_is_ha1
                          || str_equal(secret->algorithm, str_of(reg_hash_name(recipe.hash))));
    }
    if (working->ok)
        work(&recipe, &digest->hasher, working);
    reg_digest_wipe(digest);
}

static void wipe_text(char **text)
{
    if (*text != NULL)
        explicit_bzero(*text, strlen(*text));
    g_clear_pointer(text, g_free);
}

void reg_digest_working_clear(RegDigestWorking *working)
{
    wipe_text(&working->a1);
    wipe_text(&working->session_a1);
    wipe_text(&working->a2);
    wipe_text(&working->input);
    explicit_bzero(working, sizeof(*working));
}
