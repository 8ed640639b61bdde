/*
 * Does the device know the password?
 *
 * The question has more than two answers. The account may not be in our list;
 * the device may know the password and have hashed something else; or the
 * answer may be one that nobody can recompute. Only when an account that this
 * device must be using fits in no form at all, the password is another one.
 */

#include "reg/digest.h"

#include <glib.h>

#include "digest_candidates.h"
#include "digest_engine.h"

/* Texts of one search, all forms of a password of 512 bytes included. */
#define SCRATCH_SIZE ((size_t)96 << 10)

/* Accounts that are worth a search. */
#define SEARCHED_MAX 4

/* Digits of a response that is too short or too long but begins as the right
 * one: enough to exclude an accident. */
#define PREFIX_DIGITS 16

RegDigest *reg_digest_new_with(const char *properties)
{
    RegDigest *digest = g_new0(RegDigest, 1);

    reg_hasher_init(&digest->hasher, properties);
    reg_scratch_init(&digest->scratch, SCRATCH_SIZE);
    return digest;
}

RegDigest *reg_digest_new(void)
{
    return reg_digest_new_with(NULL);
}

void reg_digest_wipe(RegDigest *digest)
{
    reg_hasher_wipe(&digest->hasher);
    reg_scratch_wipe(&digest->scratch);
    explicit_bzero(digest->choices.all, digest->choices.n * sizeof(*digest->choices.all));
    digest->choices.n = 0;
    explicit_bzero(&digest->search, sizeof(digest->search));
}

void reg_digest_free(RegDigest *digest)
{
    if (digest == NULL)
        return;
    reg_digest_wipe(digest);
    reg_hasher_clear(&digest->hasher);
    reg_scratch_clear(&digest->scratch);
    g_free(digest);
}

/* What is remarkable about a header whose digest is right: first why a server
 * may refuse it. */
static void remark(RegDigestResult *result, RegHypothesisId id)
{
    if (result->hypothesis == NULL)
        result->hypothesis = reg_hypothesis_of(id);
    else if (result->second == NULL)
        result->second = reg_hypothesis_of(id);
}

static bool is_nonce_older(const RegDigestScene *scene, Str nonce)
{
    for (unsigned i = 0; i < scene->n_challenges; i++) {
        if (str_equal(scene->challenges[i].nonce, nonce))
            return scene->ages[i] > 0;
    }
    return false;
}

static void set_match(const RegDigestSearch *search, RegDigestResult *result)
{
    const RegDigestInput *input = search->scene->input;
    const RegDigestRecipe *sent = &search->base;
    Str realm = search->secret->realm;

    result->verdict = REG_DIGEST_MATCH;
    if (search->scene->n_challenges > 0 && !reg_digest_scene_has_realm(search->scene, sent->realm))
        remark(result, REG_HYPOTHESIS_REALM_NOT_CHALLENGED);
    if (str_present(input->request_uri) && !str_equal(input->request_uri, sent->uri))
        remark(result, REG_HYPOTHESIS_URI_NOT_REQUEST_URI);
    if (is_nonce_older(search->scene, sent->nonce))
        remark(result, REG_HYPOTHESIS_NONCE_OLDER_SENT);
    if (str_present(sent->qop) && memchr(input->auth.qop.data, ',', input->auth.qop.len) != NULL)
        remark(result, REG_HYPOTHESIS_QOP_LIST_SENT);
    if (str_present(realm) && !str_equal(realm, sent->realm))
        remark(result, REG_HYPOTHESIS_REALM_NOT_OF_ACCOUNT);
    if (result->hypothesis == NULL)
        remark(result, REG_HYPOTHESIS_AS_SENT);
}

static void set_other(RegDigestResult *result, RegHypothesisId id, Str used)
{
    result->verdict = REG_DIGEST_OTHER_INPUT;
    result->hypothesis = reg_hypothesis_of(id);
    result->used = str_dup(used);
}

static bool is_any_expected(const RegCandidates *candidates)
{
    for (unsigned i = 0; i < candidates->n; i++) {
        if (candidates->all[i].expected)
            return true;
    }
    return false;
}

/* The account fits over what was sent; but is it the account that was meant?
 * An HA1 has the account's own user and realm in it, whatever was sent. */
static void set_plain(const RegDigestSearch *search, const RegCandidates *candidates,
                      RegDigestResult *result)
{
    const RegSecret *secret = search->secret;
    Str user = search->base.user;
    bool ha1 = secret->kind == REG_SECRET_HA1;
    bool at_domain = reg_candidate_is_at_domain(user, secret->user);

    if (ha1 && secret->user_at_domain && !at_domain)
        set_other(result, REG_HYPOTHESIS_USER_AT_DOMAIN, STR_NONE);
    else if (ha1 && !str_equal(secret->user, user) && !(secret->user_at_domain && at_domain))
        set_other(result, REG_HYPOTHESIS_USER_OF_ACCOUNT, secret->user);
    else if (ha1 && str_present(secret->realm) && !str_equal(secret->realm, search->base.realm))
        set_other(result, REG_HYPOTHESIS_REALM_OF_ACCOUNT, secret->realm);
    else if (!ha1 && at_domain)
        set_other(result, REG_HYPOTHESIS_USER_AT_DOMAIN_SENT, user);
    else if (!ha1 && !search->expected && is_any_expected(candidates))
        set_other(result, REG_HYPOTHESIS_SECRET_OF_OTHER, STR_NONE);
    else if (!ha1 && !str_equal(secret->user, user))
        set_other(result, REG_HYPOTHESIS_USER_NOT_OF_ACCOUNT, user);
    else
        set_match(search, result);
}

static char *shown(const RegDigestChoice *choice)
{
    bool secret = choice == NULL || choice->hypothesis->ingredient == REG_INGREDIENT_SECRET;

    return secret ? NULL : str_dup(choice->value);
}

static void set_found(const RegDigestSearch *search, RegDigestResult *result)
{
    result->verdict = REG_DIGEST_OTHER_INPUT;
    result->secret = search->secret;
    result->hypothesis = search->first->hypothesis;
    result->second = search->second != NULL ? search->second->hypothesis : NULL;
    result->used = shown(search->first);
    result->second_used = shown(search->second);
}

/* RFC 3665 prints a response of 31 digits. */
static bool begins_right(const RegDigestSearch *search)
{
    Str sent = search->scene->input->auth.response;
    Str right = reg_hash_hex(&search->response);
    size_t len = MIN(sent.len, right.len);

    return search->computable && sent.len != right.len && len >= PREFIX_DIGITS
           && str_equal_nocase(str_first(sent, len), str_first(right, len));
}

static bool try_plain(RegDigestSearch *search, const RegCandidates *candidates,
                      RegDigestResult *result)
{
    for (unsigned i = 0; i < candidates->n; i++) {
        const RegCandidate *candidate = &candidates->all[i];

        reg_search_begin(search, candidate->secret, candidate->user, candidate->expected);
        result->secret = candidate->secret;
        if (reg_search_plain(search)) {
            set_plain(search, candidates, result);
            return true;
        }
        if (begins_right(search)) {
            set_other(result, REG_HYPOTHESIS_RESPONSE_LENGTH, STR_NONE);
            return true;
        }
    }
    result->secret = NULL;
    return false;
}

/* One deviation for each account, before two for any. */
static bool try_others(RegDigestSearch *search, const RegCandidates *candidates,
                       RegDigestResult *result)
{
    unsigned n = MIN(candidates->n, SEARCHED_MAX);

    for (unsigned i = 0; i < 2 * n; i++) {
        const RegCandidate *candidate = &candidates->all[i % n];

        reg_search_begin(search, candidate->secret, candidate->user, candidate->expected);
        reg_search_plain(search); /* for its halves */
        if (i < n ? reg_search_singles(search) : candidate->expected && reg_search_pairs(search)) {
            set_found(search, result);
            return true;
        }
    }
    return false;
}

static bool is_challenge_known(const RegDigestScene *scene)
{
    const RegDigestInput *input = scene->input;
    bool known = false;

    for (unsigned i = 0; i < scene->n_challenges; i++)
        known |= str_equal(scene->challenges[i].nonce, input->auth.nonce);
    for (unsigned i = 0; i < input->n_nonces; i++)
        known |= str_equal(input->nonces[i], input->auth.nonce);
    return known;
}

/* Whether this account says anything about this digest: its HA1, if it is one,
 * must be of the same algorithm. */
static bool is_telling(RegDigestSearch *search, const RegCandidate *candidate)
{
    reg_search_begin(search, candidate->secret, candidate->user, candidate->expected);
    return candidate->expected && search->computable;
}

static void set_unfound(RegDigestSearch *search, const RegCandidates *candidates,
                        RegDigestResult *result)
{
    if (!search->declared || !reg_hasher_has(search->hasher, search->shape.hash)) {
        result->verdict = REG_DIGEST_UNSUPPORTED;
        return;
    }
    for (unsigned i = 0; i < candidates->n; i++) {
        if (!is_telling(search, &candidates->all[i]))
            continue;
        result->verdict = REG_DIGEST_MISMATCH;
        result->secret = candidates->all[i].secret;
        result->hypothesis = reg_hypothesis_of(result->malformed ? REG_HYPOTHESIS_RESPONSE_MALFORMED
                                                                 : REG_HYPOTHESIS_NONE_FITS);
        return;
    }
    result->verdict =
        is_challenge_known(search->scene) ? REG_DIGEST_NO_SECRET : REG_DIGEST_NO_CHALLENGE;
}

/* What can be said of the answer without any secret. */
static void describe(const RegDigestInput *input, const RegDigestSearch *search,
                     RegDigestResult *result)
{
    Str response = input->auth.response;

    for (size_t i = 0; i < response.len; i++)
        result->capitals |= response.data[i] >= 'A' && response.data[i] <= 'F';
    result->malformed =
        search->answer.len == 0
        || (search->declared && search->answer.len != reg_hash_size(search->shape.hash));
    result->ambiguous =
        (search->shape.user.len > 0
         && memchr(search->shape.user.data, ':', search->shape.user.len) != NULL)
        || (search->shape.realm.len > 0
            && memchr(search->shape.realm.data, ':', search->shape.realm.len) != NULL);
}

/* The capture does not hold what the digest covers, or all of the header. */
static bool is_cut(const RegDigestInput *input, const RegDigestSearch *search,
                   const RegDigestResult *result)
{
    return input->request != NULL && (input->request->anomalies & SIP_CUT_SHORT) != 0
           && (search->shape.integrity || result->malformed);
}

static void check(RegDigest *digest, const RegSecrets *secrets, const RegDigestInput *input,
                  RegDigestResult *result)
{
    RegDigestSearch *search = &digest->search;
    RegAlgorithm algorithm = reg_algorithm_of(input->auth.algorithm);
    RegCandidates candidates;

    digest->scene = (RegDigestScene){ .scratch = &digest->scratch };
    reg_digest_scene_challenges(&digest->scene, input);
    *search = (RegDigestSearch){
        .hasher = &digest->hasher,
        .choices = &digest->choices,
        .scene = &digest->scene,
        .declared = algorithm.kind == REG_ALGORITHM_KNOWN,
        .shape = reg_recipe_of(input, &digest->scratch),
    };
    reg_hash_from_hex(input->auth.response, &search->answer);
    describe(input, search, result);
    if (algorithm.kind == REG_ALGORITHM_AKA || is_cut(input, search, result)) {
        result->verdict = REG_DIGEST_UNSUPPORTED;
        return;
    }
    reg_candidates_find(search, secrets, &candidates);
    if (try_plain(search, &candidates, result))
        return;
    if (input->search && search->answer.len > 0 && candidates.n > 0) {
        reg_digest_scene_read(&digest->scene);
        if (try_others(search, &candidates, result))
            return;
    }
    set_unfound(search, &candidates, result);
}

void reg_digest_check(RegDigest *digest, const RegSecrets *secrets, const RegDigestInput *input,
                      RegDigestResult *result)
{
    *result = (RegDigestResult){ .verdict = REG_DIGEST_NONE };
    /* IMS phones send an empty one with their first REGISTER (TS 24.229
     * section 5.1.1.2.2). */
    if (!str_equal_nocase(input->auth.scheme, STR("Digest")) || input->auth.response.len == 0)
        return;
    check(digest, secrets, input, result);
    result->tried = digest->hasher.hashes;
    reg_digest_wipe(digest);
}

void reg_digest_result_clear(RegDigestResult *result)
{
    g_free(result->used);
    g_free(result->second_used);
    *result = (RegDigestResult){ .verdict = REG_DIGEST_NONE };
}
