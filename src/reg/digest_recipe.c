/*
 * The formula of digest authentication.
 *
 * "-sess" and "auth-int" are rare, and where they are used half of the clients
 * do them in another way; so each step stands alone and takes its ingredients
 * from a recipe, in which a search can exchange any of them.
 */

#include "digest_recipe.h"

#include <glib.h>

typedef struct AlgorithmName {
    const char *letters; /* of its name, in lower case, without anything else */
    RegHashId hash;
    RegDigestSession session;
} AlgorithmName;

static const AlgorithmName algorithms[] = {
    { "md5", REG_HASH_MD5, REG_SESSION_NONE },
    { "md5sess", REG_HASH_MD5, REG_SESSION_HEX },
    { "sha256", REG_HASH_SHA256, REG_SESSION_NONE },
    { "sha256sess", REG_HASH_SHA256, REG_SESSION_HEX },
    { "sha512256", REG_HASH_SHA512_256, REG_SESSION_NONE },
    { "sha512256sess", REG_HASH_SHA512_256, REG_SESSION_HEX },
};

RegAlgorithm reg_algorithm_of(Str name)
{
    char letters[16];
    size_t n = 0;

    if (!str_present(name))
        return (RegAlgorithm){ .hash = REG_HASH_MD5 };
    if (str_starts_nocase(name, STR("AKAv")))
        return (RegAlgorithm){ .kind = REG_ALGORITHM_AKA };

    for (size_t i = 0; i < name.len && n < sizeof(letters); i++) {
        if (name.data[i] != '-' && name.data[i] != '_' && name.data[i] != '/')
            letters[n++] = g_ascii_tolower(name.data[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(algorithms); i++) {
        if (str_equal((Str){ letters, n }, str_of(algorithms[i].letters)))
            return (RegAlgorithm){ .hash = algorithms[i].hash, .session = algorithms[i].session };
    }
    return (RegAlgorithm){ .kind = REG_ALGORITHM_UNKNOWN };
}

const char *reg_algorithm_name(RegHashId hash, RegDigestSession session)
{
    static const char *const names[REG_HASHES][3] = {
        [REG_HASH_MD5] = { "MD5", "MD5-sess", "MD5-sess of the binary hash" },
        [REG_HASH_SHA256] = { "SHA-256", "SHA-256-sess", "SHA-256-sess of the binary hash" },
        [REG_HASH_SHA512_256] = { "SHA-512-256", "SHA-512-256-sess",
                                  "SHA-512-256-sess of the binary hash" },
        [REG_HASH_SHA512_CUT] = { "SHA-512 cut to 256 bits", "SHA-512-sess cut to 256 bits",
                                  "SHA-512-sess of the binary hash, cut to 256 bits" },
        [REG_HASH_SHA1] = { "SHA-1", "SHA-1-sess", "SHA-1-sess of the binary hash" },
    };

    return names[hash][session];
}

/* RFC 8187 section 3.2.1: "UTF-8''J%C3%A4s%C3%B8n". */
static Str decode_extended(Str text, RegScratch *scratch)
{
    Str charset;
    Str language;
    Str value;

    str_split(text, '\'', &charset, &value);
    str_split(value, '\'', &language, &value);

    char *out = reg_scratch_take(scratch, value.len);
    size_t len = 0;

    if (out == NULL || !str_present(value))
        return text;
    for (size_t i = 0; i < value.len; i++) {
        int high = value.len - i > 2 ? g_ascii_xdigit_value(value.data[i + 1]) : -1;
        int low = high >= 0 ? g_ascii_xdigit_value(value.data[i + 2]) : -1;
        bool escaped = value.data[i] == '%' && low >= 0;

        out[len++] = escaped ? (char)(high << 4 | low) : value.data[i];
        i += escaped ? 2 : 0;
    }
    return (Str){ out, len };
}

/* A phone must choose one of what is offered; one that copies the whole list
 * means the first. */
static Str chosen_qop(Str qop)
{
    Str first;
    Str others;

    str_split(qop, ',', &first, &others);
    first = str_trim(first);
    return first.len > 0 ? first : STR_NONE;
}

/* RFC 3261 section 22.1: an ACK repeats the credentials of its INVITE, which
 * were made for that. A CANCEL does the same. */
static Str hashed_method(Str method)
{
    bool repeats = str_equal(method, STR("ACK")) || str_equal(method, STR("CANCEL"));

    return repeats ? STR("INVITE") : method;
}

RegDigestRecipe reg_recipe_of(const RegDigestInput *input, RegScratch *scratch)
{
    const SipAuth *auth = &input->auth;
    RegAlgorithm algorithm = reg_algorithm_of(auth->algorithm);
    bool extended = !str_present(auth->username) && str_present(auth->username_ext);
    Str qop = chosen_qop(auth->qop);

    return (RegDigestRecipe){
        .hash = algorithm.hash,
        .session = algorithm.session,
        .user = extended ? decode_extended(auth->username_ext, scratch) : auth->username,
        .realm = auth->realm,
        .method = hashed_method(input->method),
        .uri = auth->uri,
        .integrity = str_equal_nocase(qop, STR("auth-int")),
        .body = input->body,
        .nonce = auth->nonce,
        .nc = auth->nc,
        .cnonce = auth->cnonce,
        .qop = qop,
    };
}

void reg_recipe_ha1(const RegDigestRecipe *recipe, RegHasher *hasher, RegHashSum *ha1)
{
    if (recipe->secret_is_ha1)
        reg_hash_from_hex(recipe->secret, ha1);
    else
        reg_hasher_sum(hasher, recipe->hash, (Str[]){ recipe->user, recipe->realm, recipe->secret },
                       3, ha1);
}

unsigned reg_recipe_a2(const RegDigestRecipe *recipe, RegHasher *hasher, RegHashSum *body,
                       Str parts[REG_RECIPE_PARTS])
{
    parts[0] = recipe->method;
    parts[1] = recipe->uri;
    if (!recipe->integrity)
        return 2;
    reg_hasher_sum(hasher, recipe->hash, &recipe->body, 1, body);
    parts[2] = reg_hash_hex(body);
    return 3;
}

void reg_recipe_ha2(const RegDigestRecipe *recipe, RegHasher *hasher, RegHashSum *ha2)
{
    Str parts[REG_RECIPE_PARTS];
    RegHashSum body;
    unsigned n = reg_recipe_a2(recipe, hasher, &body, parts);

    reg_hasher_sum(hasher, recipe->hash, parts, n, ha2);
}

unsigned reg_recipe_session_a1(const RegDigestRecipe *recipe, const RegHashSum *ha1,
                               Str parts[REG_RECIPE_PARTS])
{
    parts[0] = recipe->session == REG_SESSION_BINARY ? (Str){ (const char *)ha1->bytes, ha1->len }
                                                     : reg_hash_hex(ha1);
    parts[1] = recipe->nonce;
    parts[2] = recipe->cnonce;
    return 3;
}

unsigned reg_recipe_input(const RegDigestRecipe *recipe, const RegHashSum *ha1,
                          const RegHashSum *ha2, Str parts[REG_RECIPE_PARTS])
{
    unsigned n = 0;

    parts[n++] = reg_hash_hex(ha1);
    parts[n++] = recipe->nonce;
    if (str_present(recipe->qop)) {
        parts[n++] = recipe->nc;
        parts[n++] = recipe->cnonce;
        parts[n++] = recipe->qop;
    }
    parts[n++] = reg_hash_hex(ha2);
    return n;
}

void reg_recipe_response(const RegDigestRecipe *recipe, RegHasher *hasher, const RegHashSum *ha1,
                         const RegHashSum *ha2, RegHashSum *response)
{
    Str parts[REG_RECIPE_PARTS];
    RegHashSum session;
    unsigned n;

    if (recipe->session != REG_SESSION_NONE) {
        n = reg_recipe_session_a1(recipe, ha1, parts);
        reg_hasher_sum(hasher, recipe->hash, parts, n, &session);
        ha1 = &session;
    }
    n = reg_recipe_input(recipe, ha1, ha2, parts);
    reg_hasher_sum(hasher, recipe->hash, parts, n, response);
}
