/*
 * Other values for user name and realm: whom a device thinks it is, and where.
 *
 * Phones have fields for an extension, a display name, an authentication user
 * and a domain, and each of them ends up in a digest sooner or later.
 */

#include "digest_choices.h"

static Str at_domain(RegScratch *scratch, Str user, Str domain)
{
    if (user.len == 0 || domain.len == 0)
        return STR_NONE;
    return reg_scratch_join(scratch, (Str[]){ user, STR("@"), domain }, 3);
}

/* Kamailio's HA1B and many providers' phones. */
static void add_at_domains(RegDigestChoices *choices, const RegDigestScene *scene, Str user,
                           const RegDigestRecipe *base, const RegSecret *secret)
{
    const Str domains[] = { base->realm, scene->to.host, scene->request_uri.host, secret->realm };

    for (size_t i = 0; i < G_N_ELEMENTS(domains); i++)
        reg_choices_add(choices, REG_HYPOTHESIS_USER_AT_DOMAIN,
                        at_domain(scene->scratch, user, domains[i]));
}

/* RFC 7616 section 3.4.4: what stands in the header, and does not belong into
 * A1. */
static Str userhash(RegHasher *hasher, RegScratch *scratch, const RegDigestRecipe *base)
{
    RegHashSum sum;
    Str hex;

    reg_hasher_sum(hasher, base->hash, (Str[]){ base->user, base->realm }, 2, &sum);
    hex = reg_hash_hex(&sum);
    return hex.len > 0 ? reg_scratch_join(scratch, &hex, 1) : STR_NONE;
}

void reg_choices_of_user(RegDigestChoices *choices, const RegDigestScene *scene,
                         const RegDigestRecipe *base, const RegSecret *secret, RegHasher *hasher)
{
    RegScratch *scratch = scene->scratch;
    Str user = base->user;
    Str local;
    Str domain;
    bool has_domain = str_split(user, '@', &local, &domain);

    reg_choices_begin(choices, REG_INGREDIENT_USER, user);
    reg_choices_add(choices, REG_HYPOTHESIS_USER_OF_ACCOUNT, has_domain ? STR_NONE : secret->user);
    reg_choices_add(choices, REG_HYPOTHESIS_USER_WITHOUT_DOMAIN, has_domain ? local : STR_NONE);
    reg_choices_add(choices, REG_HYPOTHESIS_USER_OF_ACCOUNT, secret->user);
    add_at_domains(choices, scene, secret->user, base, secret);
    add_at_domains(choices, scene, local, base, secret);
    reg_choices_add(choices, REG_HYPOTHESIS_USER_OF_TO, scene->to.user);
    reg_choices_add(choices, REG_HYPOTHESIS_USER_OF_FROM, scene->from.user);
    reg_choices_add(choices, REG_HYPOTHESIS_USER_OF_CONTACT, scene->contact.user);
    reg_choices_add(choices, REG_HYPOTHESIS_USER_CASE, reg_choices_lower(scratch, user));
    reg_choices_add(choices, REG_HYPOTHESIS_USER_CASE, reg_choices_upper(scratch, user));
    reg_choices_add(choices, REG_HYPOTHESIS_USER_UNESCAPED,
                    reg_choices_percent_decode(scratch, user));
    reg_choices_add(choices, REG_HYPOTHESIS_USER_UNESCAPED, reg_choices_unescape(scratch, user));
    reg_choices_add(choices, REG_HYPOTHESIS_USER_HASHED, userhash(hasher, scratch, base));
}

void reg_choices_of_realm(RegDigestChoices *choices, const RegDigestScene *scene,
                          const RegDigestRecipe *base, const RegSecret *secret)
{
    RegScratch *scratch = scene->scratch;
    Str realm = base->realm;

    reg_choices_begin(choices, REG_INGREDIENT_REALM, realm);
    for (unsigned i = 0; i < scene->n_challenges; i++)
        reg_choices_add(choices, REG_HYPOTHESIS_REALM_OF_CHALLENGE, scene->challenges[i].realm);
    reg_choices_add(choices, REG_HYPOTHESIS_REALM_OF_ACCOUNT, secret->realm);
    reg_choices_add(choices, REG_HYPOTHESIS_REALM_IS_DOMAIN, scene->to.host);
    reg_choices_add(choices, REG_HYPOTHESIS_REALM_IS_DOMAIN, scene->from.host);
    reg_choices_add(choices, REG_HYPOTHESIS_REALM_IS_DOMAIN, scene->request_uri.host);
    reg_choices_add(choices, REG_HYPOTHESIS_REALM_EMPTY, STR(""));
    reg_choices_add(choices, REG_HYPOTHESIS_REALM_QUOTED, reg_choices_quote(scratch, realm));
    reg_choices_add(choices, REG_HYPOTHESIS_REALM_UNESCAPED, reg_choices_unescape(scratch, realm));
    reg_choices_add(choices, REG_HYPOTHESIS_REALM_TRIMMED, str_trim(realm));
    reg_choices_add(choices, REG_HYPOTHESIS_REALM_CASE, reg_choices_lower(scratch, realm));
    reg_choices_add(choices, REG_HYPOTHESIS_REALM_CASE, reg_choices_upper(scratch, realm));
}
