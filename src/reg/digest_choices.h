#pragma once

/*
 * The other values that each ingredient of a digest may have had, in the order
 * in which they are tried.
 */

#include "digest_hypotheses.h"
#include "digest_recipe.h"

#define REG_CHOICES_MAX 384

/* Of one ingredient. */
#define REG_CHOICES_EACH 96

typedef struct RegDigestChoice {
    const RegHypothesis *hypothesis;
    Str value;
    RegHashId hash; /* these two for ALGORITHM */
    RegDigestSession session;
    bool integrity; /* these two for QOP */
    Str body;
    bool half_known; /* the HA1 or the HA2 with this value instead of the message's */
    RegHashSum half;
} RegDigestChoice;

typedef struct RegChoiceRange {
    unsigned first;
    unsigned end;
} RegChoiceRange;

typedef struct RegDigestChoices {
    unsigned n;
    RegChoiceRange of[REG_INGREDIENTS];
    RegDigestIngredient current;
    Str known; /* of the current ingredient: what the message says, which is no choice */
    RegDigestChoice all[REG_CHOICES_MAX];
} RegDigestChoices;

/* What a message offers; all borrowed from it. */
#define REG_SCENE_CHALLENGES 16

typedef struct RegDigestScene {
    const RegDigestInput *input;
    RegScratch *scratch;
    SipUri to;
    SipUri from;
    SipUri contact;
    SipUri request_uri;
    SipUri uri; /* of the credentials */
    SipVia via;
    Str call_id_host;
    unsigned n_challenges; /* newest first */
    SipAuth challenges[REG_SCENE_CHALLENGES];
    unsigned ages[REG_SCENE_CHALLENGES]; /* 0: of the newest answer */
} RegDigestScene;

/* The challenges only, which every check needs; and the rest. */
void reg_digest_scene_challenges(RegDigestScene *scene, const RegDigestInput *input);
void reg_digest_scene_read(RegDigestScene *scene);

/* Whether a challenge is of that realm, in any case. */
bool reg_digest_scene_has_realm(const RegDigestScene *scene, Str realm);

/* Ends the ingredient before; the choices of one stand together. */
void reg_choices_begin(RegDigestChoices *choices, RegDigestIngredient ingredient, Str known);

/* What is absent, known, there already or too much is left out. */
void reg_choices_add(RegDigestChoices *choices, RegHypothesisId id, Str value);

/* Without those questions. */
void reg_choices_add_choice(RegDigestChoices *choices, const RegDigestChoice *choice);

/* The values, each for one or a few ingredients. Those of the first group
 * depend on the message alone, those of the second on the account as well. */
void reg_choices_of_message(RegDigestChoices *choices, const RegDigestScene *scene,
                            const RegDigestRecipe *base, bool declared);
void reg_choices_of_uri(RegDigestChoices *choices, const RegDigestScene *scene,
                        const RegDigestRecipe *base);
void reg_choices_of_user(RegDigestChoices *choices, const RegDigestScene *scene,
                         const RegDigestRecipe *base, const RegSecret *secret, RegHasher *hasher);
void reg_choices_of_realm(RegDigestChoices *choices, const RegDigestScene *scene,
                          const RegDigestRecipe *base, const RegSecret *secret);

/* 'ha1' is the one of the password as supplied, or empty. */
void reg_choices_of_secret(RegDigestChoices *choices, RegScratch *scratch,
                           const RegDigestRecipe *base, const RegSecret *secret, Str ha1);

/* "\x" is x (RFC 3261 section 25.1); STR_NONE when nothing is escaped. */
Str reg_choices_unescape(RegScratch *scratch, Str text);
Str reg_choices_lower(RegScratch *scratch, Str text);
Str reg_choices_upper(RegScratch *scratch, Str text);
Str reg_choices_quote(RegScratch *scratch, Str text);
Str reg_choices_percent_decode(RegScratch *scratch, Str text); /* STR_NONE: no escape in it */
