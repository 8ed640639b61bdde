#pragma once

/*
 * What a digest is made of, and how (RFC 2617 section 3.2.2, RFC 7616 section
 * 3.4): the formula, without any opinion about the ingredients.
 */

#include "digest_hash.h"
#include "reg/digest.h"
#include "scratch.h"

/* What "-sess" puts in the place of H(user:realm:password). */
typedef enum RegDigestSession {
    REG_SESSION_NONE,
    REG_SESSION_HEX,    /* H(HA1 in hex:nonce:cnonce), RFC 7616 section 3.4.2 */
    REG_SESSION_BINARY, /* the same of the bytes of HA1: the sample code of RFC 2617 */
} RegDigestSession;

typedef enum RegAlgorithmKind {
    REG_ALGORITHM_KNOWN,
    REG_ALGORITHM_UNKNOWN,
    REG_ALGORITHM_AKA, /* RFC 3310, RFC 4169: the password is a secret of the SIM */
} RegAlgorithmKind;

typedef struct RegAlgorithm {
    RegAlgorithmKind kind;
    RegHashId hash;
    RegDigestSession session;
} RegAlgorithm;

/* Absent is MD5. Any case, and "SHA256" for "SHA-256". */
RegAlgorithm reg_algorithm_of(Str name);

/* "MD5", "MD5-sess" and so on; for a binary session says so. */
const char *reg_algorithm_name(RegHashId hash, RegDigestSession session);

typedef struct RegDigestRecipe {
    RegHashId hash;
    RegDigestSession session;
    Str user;
    Str realm;
    Str secret;
    bool secret_is_ha1; /* 'secret' is H(user:realm:password) in hex */
    Str method;
    Str uri;
    bool integrity; /* qop=auth-int: A2 covers the body */
    Str body;
    Str nonce;
    Str nc;
    Str cnonce;
    Str qop; /* STR_NONE: the formula of RFC 2069, without nc and cnonce */
} RegDigestRecipe;

/* What the message itself says; the secret is left out. A user name in
 * "username*" is decoded into the scratch (RFC 7616 section 3.4.4). */
RegDigestRecipe reg_recipe_of(const RegDigestInput *input, RegScratch *scratch);

/* The three steps. The first is without the session's. */
void reg_recipe_ha1(const RegDigestRecipe *recipe, RegHasher *hasher, RegHashSum *ha1);
void reg_recipe_ha2(const RegDigestRecipe *recipe, RegHasher *hasher, RegHashSum *ha2);
void reg_recipe_response(const RegDigestRecipe *recipe, RegHasher *hasher, const RegHashSum *ha1,
                         const RegHashSum *ha2, RegHashSum *response);

/* The texts that the steps hash; each returns how many parts. 'body' is room
 * for the hash of the body. */
#define REG_RECIPE_PARTS 6
unsigned reg_recipe_a2(const RegDigestRecipe *recipe, RegHasher *hasher, RegHashSum *body,
                       Str parts[REG_RECIPE_PARTS]);
unsigned reg_recipe_session_a1(const RegDigestRecipe *recipe, const RegHashSum *ha1,
                               Str parts[REG_RECIPE_PARTS]);
unsigned reg_recipe_input(const RegDigestRecipe *recipe, const RegHashSum *ha1,
                          const RegHashSum *ha2, Str parts[REG_RECIPE_PARTS]);
