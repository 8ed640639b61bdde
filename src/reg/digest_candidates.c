/*
 * Whose password would it be?
 *
 * The answer names a user and a realm. An account of both must fit. Others
 * might, when the device was given the wrong user name; but if they do not,
 * that says nothing about the device's password.
 */

#include "digest_candidates.h"

#include <glib.h>

bool reg_candidate_is_at_domain(Str longer, Str user)
{
    return longer.len > user.len && str_starts(longer, user) && longer.data[user.len] == '@';
}

/* A device that answers for a realm nobody asked for should have answered for
 * the one that was. */
static bool is_realm_of(const RegDigestScene *scene, Str realm, const RegSecret *secret)
{
    if (!str_present(secret->realm) || str_equal_nocase(secret->realm, realm))
        return true;
    return !reg_digest_scene_has_realm(scene, realm)
           && reg_digest_scene_has_realm(scene, secret->realm);
}

/* RFC 7616 section 3.4.4: the name was sent as H(user:realm). */
static bool is_hash_of_user(RegDigestSearch *search, const RegSecret *secret)
{
    const SipAuth *auth = &search->scene->input->auth;
    RegHashSum sum;

    if (!auth->userhash)
        return false;
    reg_hasher_sum(search->hasher, search->shape.hash, (Str[]){ secret->user, auth->realm }, 2,
                   &sum);
    return str_equal_nocase(reg_hash_hex(&sum), auth->username);
}

static bool is_tied(const RegSecret *secret, Str aor)
{
    Str user;
    Str domain;
    Str name;
    Str at;

    if (!str_present(secret->aor))
        return false;
    str_split(aor, '@', &user, &domain);
    return str_split(secret->aor, '@', &name, &at) ? str_equal_nocase(secret->aor, aor)
                                                   : str_equal(name, user);
}

static RegCandidate candidate_of(RegDigestSearch *search, const RegSecret *secret, Str aor)
{
    Str user = search->shape.user;
    bool hashed = is_hash_of_user(search, secret);
    bool same = hashed || str_equal(secret->user, user)
                || reg_candidate_is_at_domain(user, secret->user)
                || reg_candidate_is_at_domain(secret->user, user) || is_tied(secret, aor);

    return (RegCandidate){
        .secret = secret,
        .user = hashed ? secret->user : user,
        .expected = same && is_realm_of(search->scene, search->shape.realm, secret),
    };
}

void reg_candidates_find(RegDigestSearch *search, const RegSecrets *secrets,
                         RegCandidates *candidates)
{
    const SipMessage *request = search->scene->input->request;
    Str to = request != NULL ? sip_message_first(request, SIP_HEADER_TO) : STR_NONE;
    SipUri uri = sip_name_addr_parse(to).uri;
    g_autofree char *aor = sip_uri_to_aor(&uri);
    const RegSecret *found[REG_CANDIDATES_MAX];

    candidates->n = 0;
    if (secrets == NULL)
        return;

    unsigned n = reg_secrets_find(secrets, search->shape.user, search->shape.realm, str_of(aor),
                                  found, REG_CANDIDATES_MAX);

    for (unsigned i = 0; i < n; i++)
        candidates->all[candidates->n++] = candidate_of(search, found[i], str_of(aor));
}
