/*
 * Which ingredient was another?
 *
 * A digest that does not fit says nothing about why. But the device made it of
 * a handful of values, and those it may have taken by mistake stand elsewhere
 * in its messages and in our list of accounts. So each is exchanged in turn,
 * and then a few in pairs that go wrong together. A fit is a proof: a hash does
 * not fit by accident.
 *
 * HA1 and HA2 are kept with each choice, so that one more combination costs one
 * hash or two.
 */

#include "digest_search.h"

#include <glib.h>

/* Those of which HA1 is made, and HA2; the algorithm is in all of it. */
#define IN_HA1 \
    (1u << REG_INGREDIENT_USER | 1u << REG_INGREDIENT_REALM | 1u << REG_INGREDIENT_SECRET)
#define IN_HA2 (1u << REG_INGREDIENT_URI | 1u << REG_INGREDIENT_METHOD | 1u << REG_INGREDIENT_QOP)
#define IN_ALL (1u << REG_INGREDIENT_ALGORITHM)

static bool is_in(const RegDigestChoice *choice, unsigned set)
{
    return choice != NULL && (1u << choice->hypothesis->ingredient & set) != 0;
}

static void exchange(RegDigestRecipe *recipe, const RegDigestChoice *choice)
{
    switch (choice->hypothesis->ingredient) {
    case REG_INGREDIENT_USER:
        recipe->user = choice->value;
        break;
    case REG_INGREDIENT_REALM:
        recipe->realm = choice->value;
        break;
    case REG_INGREDIENT_URI:
        recipe->uri = choice->value;
        break;
    case REG_INGREDIENT_METHOD:
        recipe->method = choice->value;
        break;
    case REG_INGREDIENT_NONCE:
        recipe->nonce = choice->value;
        break;
    case REG_INGREDIENT_QOP:
        recipe->qop = choice->value;
        recipe->integrity = choice->integrity;
        recipe->body = choice->body;
        break;
    case REG_INGREDIENT_NC:
        recipe->nc = choice->value;
        break;
    case REG_INGREDIENT_CNONCE:
        recipe->cnonce = choice->value;
        break;
    case REG_INGREDIENT_ALGORITHM:
        recipe->hash = choice->hash;
        recipe->session = choice->session;
        break;
    case REG_INGREDIENT_SECRET:
        recipe->secret = choice->value;
        recipe->secret_is_ha1 = false;
        break;
    case REG_INGREDIENT_NONE:
    case REG_INGREDIENT_RESPONSE:
        break;
    }
}

typedef void (*HalfStep)(const RegDigestRecipe *recipe, RegHasher *hasher, RegHashSum *half);

/* HA1 or HA2 of a recipe in which 'a' and 'b' were exchanged: the plain one,
 * the one that a choice keeps, or a new one in 'room'. */
static const RegHashSum *half_of(RegDigestSearch *search, const RegDigestRecipe *recipe,
                                 RegDigestChoice *a, RegDigestChoice *b, unsigned set,
                                 RegHashSum *room)
{
    HalfStep step = set == IN_HA1 ? reg_recipe_ha1 : reg_recipe_ha2;
    RegDigestChoice *only = is_in(a, set) ? a : b;

    if (is_in(a, IN_ALL) || is_in(b, IN_ALL) || (is_in(a, set) && is_in(b, set))) {
        step(recipe, search->hasher, room);
        return room;
    }
    if (!is_in(only, set))
        return set == IN_HA1 ? &search->ha1 : &search->ha2;
    if (!only->half_known)
        step(recipe, search->hasher, &only->half);
    only->half_known = true;
    return &only->half;
}

static bool fits(const RegHashSum *answer, const RegHashSum *sum)
{
    return sum->len > 0 && sum->len == answer->len
           && memcmp(sum->bytes, answer->bytes, sum->len) == 0;
}

static bool is_spent(const RegDigestSearch *search)
{
    return search->hasher->hashes >= REG_SEARCH_HASHES || search->hasher->bytes >= REG_SEARCH_BYTES;
}

/* The hash of an HA1 is fixed, and SHA-512 cut short is the one choice that
 * goes by the same name. */
static bool has_ha1_of(const RegSecret *secret, RegHashId hash)
{
    static const char *const names[REG_HASHES] = {
        [REG_HASH_MD5] = "MD5",
        [REG_HASH_SHA256] = "SHA-256",
        [REG_HASH_SHA512_256] = "SHA-512-256",
        [REG_HASH_SHA512_CUT] = "SHA-512-256",
        [REG_HASH_SHA1] = "",
    };

    return secret->kind == REG_SECRET_PASSWORD || str_equal(secret->algorithm, str_of(names[hash]));
}

/* Whether a digest of this recipe can be computed and can fit at all. */
static bool is_possible(const RegDigestSearch *search, const RegDigestRecipe *recipe)
{
    if (!reg_hasher_has(search->hasher, recipe->hash)
        || reg_hash_size(recipe->hash) != search->answer.len)
        return false;
    return !recipe->secret_is_ha1 || has_ha1_of(search->secret, recipe->hash);
}

static bool fits_with(RegDigestSearch *search, RegDigestChoice *a, RegDigestChoice *b)
{
    RegDigestRecipe recipe = search->base;
    RegHashSum ha1_room;
    RegHashSum ha2_room;
    RegHashSum response;

    exchange(&recipe, a);
    if (b != NULL)
        exchange(&recipe, b);
    if (!is_possible(search, &recipe) || is_spent(search))
        return false;
    /* An HA1 has user and realm in it, and they cannot be taken out. */
    if (recipe.secret_is_ha1 && (is_in(a, IN_HA1) || is_in(b, IN_HA1)))
        return false;

    const RegHashSum *ha1 = half_of(search, &recipe, a, b, IN_HA1, &ha1_room);
    const RegHashSum *ha2 = half_of(search, &recipe, a, b, IN_HA2, &ha2_room);

    reg_recipe_response(&recipe, search->hasher, ha1, ha2, &response);
    if (!fits(&search->answer, &response))
        return false;
    search->first = a;
    search->second = b;
    return true;
}

/* Choices that depend on the message alone are made once, at the first search. */
static void make_choices(RegDigestSearch *search)
{
    RegDigestChoices *choices = search->choices;
    const RegDigestScene *scene = search->scene;
    RegScratch *scratch = scene->scratch;
    Str ha1 = search->computable ? reg_hash_hex(&search->ha1) : STR_NONE;

    if (search->shared == 0) {
        choices->n = 0;
        reg_choices_of_uri(choices, scene, &search->shape);
        reg_choices_of_message(choices, scene, &search->shape, search->declared);
        search->shared = choices->n;
        search->shared_scratch = scratch->used;
    }
    explicit_bzero(&choices->all[search->shared],
                   (choices->n - search->shared) * sizeof(*choices->all));
    choices->n = search->shared;
    reg_scratch_give_back(scratch, search->shared_scratch);
    reg_choices_of_user(choices, scene, &search->base, search->secret, search->hasher);
    reg_choices_of_realm(choices, scene, &search->base, search->secret);
    reg_choices_of_secret(choices, scratch, &search->base, search->secret, ha1);
}

void reg_search_begin(RegDigestSearch *search, const RegSecret *secret, Str user, bool expected)
{
    search->secret = secret;
    search->expected = expected;
    search->first = NULL;
    search->second = NULL;
    search->base = search->shape;
    search->base.user = user;
    search->base.secret = secret->secret;
    search->base.secret_is_ha1 = secret->kind == REG_SECRET_HA1;
    search->computable = search->declared && reg_hasher_has(search->hasher, search->base.hash)
                         && has_ha1_of(secret, search->base.hash);
}

bool reg_search_plain(RegDigestSearch *search)
{
    if (!search->computable)
        return false;
    reg_recipe_ha1(&search->base, search->hasher, &search->ha1);
    reg_recipe_ha2(&search->base, search->hasher, &search->ha2);
    reg_recipe_response(&search->base, search->hasher, &search->ha1, &search->ha2,
                        &search->response);
    return fits(&search->answer, &search->response);
}

static bool is_blank_form(const RegDigestChoice *choice)
{
    return choice->hypothesis == reg_hypothesis_of(REG_HYPOTHESIS_SECRET_BLANK_ADDED)
           || choice->hypothesis == reg_hypothesis_of(REG_HYPOTHESIS_SECRET_BLANK_LOST);
}

static bool try_each(RegDigestSearch *search, RegDigestIngredient ingredient)
{
    RegChoiceRange range = search->choices->of[ingredient];

    /* Without an HA1 there is nothing to exchange the others in. */
    if (!search->computable && ingredient != REG_INGREDIENT_ALGORITHM)
        return false;
    for (unsigned i = range.first; i < range.end; i++) {
        if (fits_with(search, &search->choices->all[i], NULL))
            return true;
    }
    return false;
}

static bool try_pairs(RegDigestSearch *search, RegDigestIngredient one, RegDigestIngredient other)
{
    RegChoiceRange ones = search->choices->of[one];
    RegChoiceRange others = search->choices->of[other];

    if (!search->computable && one != REG_INGREDIENT_ALGORITHM)
        return false;
    for (unsigned i = ones.first; i < ones.end; i++) {
        for (unsigned k = others.first; k < others.end; k++) {
            RegDigestChoice *a = &search->choices->all[i];
            RegDigestChoice *b = &search->choices->all[k];

            if (other == REG_INGREDIENT_SECRET && !is_blank_form(b))
                continue;
            if (fits_with(search, a, b))
                return true;
        }
    }
    return false;
}

bool reg_search_singles(RegDigestSearch *search)
{
    static const RegDigestIngredient order[] = {
        REG_INGREDIENT_USER,   REG_INGREDIENT_REALM,  REG_INGREDIENT_URI,
        REG_INGREDIENT_METHOD, REG_INGREDIENT_NONCE,  REG_INGREDIENT_QOP,
        REG_INGREDIENT_NC,     REG_INGREDIENT_CNONCE, REG_INGREDIENT_ALGORITHM,
    };

    make_choices(search);
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        if (try_each(search, order[i]))
            return true;
    }
    /* Forms of somebody else's password say nothing about this device. */
    return search->expected && try_each(search, REG_INGREDIENT_SECRET);
}

bool reg_search_pairs(RegDigestSearch *search)
{
    make_choices(search);
    return try_pairs(search, REG_INGREDIENT_USER, REG_INGREDIENT_REALM)
           || try_pairs(search, REG_INGREDIENT_USER, REG_INGREDIENT_SECRET)
           || try_pairs(search, REG_INGREDIENT_ALGORITHM, REG_INGREDIENT_USER)
           || try_pairs(search, REG_INGREDIENT_REALM, REG_INGREDIENT_URI)
           || try_pairs(search, REG_INGREDIENT_URI, REG_INGREDIENT_NONCE);
}
