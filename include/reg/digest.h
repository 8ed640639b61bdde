#pragma once

/*
 * Recomputing digest answers (RFC 2617, RFC 7616, RFC 8760), and when one does
 * not fit: which of its ingredients was another.
 *
 * Only the supplied secrets are tried, and forms of them that software is
 * known to make by mistake; a password is never guessed. With an HA1 the forms
 * of user, realm and password cannot be tried, all others can.
 */

#include "reg/secrets.h"
#include "sip/value.h"

typedef enum RegDigestVerdict {
    REG_DIGEST_NONE,         /* the request carried no credentials */
    REG_DIGEST_NO_SECRET,    /* nothing to check with */
    REG_DIGEST_NO_CHALLENGE, /* nothing to check with, and its challenge was not captured */
    REG_DIGEST_UNSUPPORTED,  /* cannot be computed: AKA, an unknown algorithm, one that this
                                machine's library forbids, or bytes missing in the capture */
    REG_DIGEST_MATCH,        /* the device knows the password */
    REG_DIGEST_MISMATCH,     /* no tried form of the supplied secret gives this answer */
    REG_DIGEST_OTHER_INPUT,  /* it is the secret, but over something else: see 'hypothesis' */
} RegDigestVerdict;

const char *reg_digest_verdict_name(RegDigestVerdict verdict); /* as in the report contract */

/* Which ingredient was not what the message says. */
typedef enum RegDigestIngredient {
    REG_INGREDIENT_NONE,
    REG_INGREDIENT_USER,
    REG_INGREDIENT_REALM,
    REG_INGREDIENT_URI,
    REG_INGREDIENT_METHOD,
    REG_INGREDIENT_NONCE,
    REG_INGREDIENT_QOP,
    REG_INGREDIENT_NC,
    REG_INGREDIENT_CNONCE,
    REG_INGREDIENT_ALGORITHM,
    REG_INGREDIENT_SECRET,   /* the form of the password */
    REG_INGREDIENT_RESPONSE, /* the answer itself: digits missing or added */
} RegDigestIngredient;

#define REG_INGREDIENTS (REG_INGREDIENT_RESPONSE + 1)

const char *reg_ingredient_name(RegDigestIngredient ingredient);

/* What a check can find: constant, one for each kind. */
typedef struct RegHypothesis {
    const char *id;   /* "user_at_domain", "uri_request_uri", "secret_cut_at_char" ... */
    const char *code; /* "DG-01": the group it belongs to */
    RegDigestIngredient ingredient;
    const char *text; /* what it means, a clause: "hashed user@domain but sent user" */
} RegHypothesis;

/* The i-th of all, for a catalogue; NULL behind the last. */
const RegHypothesis *reg_hypothesis_at(unsigned i);
unsigned reg_hypothesis_index(const RegHypothesis *hypothesis); /* that 'i'; below 255 */

/* What was answered. All borrowed; STR_NONE where there is nothing. */
typedef struct RegDigestInput {
    SipAuth auth; /* the credentials, as written */
    Str method;
    Str request_uri;
    Str body;
    const SipMessage *request;           /* for alternatives: To, From, Contact, Via, Call-ID */
    const SipMessage *const *challenges; /* answers with challenges the device got, newest first */
    unsigned n_challenges;               /* the first 16 are looked at */
    const Str *nonces;                   /* further nonces: of nextnonce */
    unsigned n_nonces;
    const Str *addresses; /* further hosts this flow is known by: "203.0.113.2:18680" */
    unsigned n_addresses;
    bool search; /* look for what deviates when it does not fit as it is */
} RegDigestInput;

/*
 * 'hypothesis' says more about the three verdicts that come from computing:
 * MATCH: "as_sent" (DG-00), or what the header itself has otherwise than it was
 * asked, such as "uri_not_request_uri" (DG-06), with a second one if there is.
 * OTHER_INPUT: the deviation, with 'second' for a pair of them.
 * MISMATCH: "none_fits" (DG-22), or "response_malformed" (DG-21).
 */
typedef struct RegDigestResult {
    RegDigestVerdict verdict;
    const RegSecret *secret; /* that fits, or the best candidate; NULL: none */
    const RegHypothesis *hypothesis;
    const RegHypothesis *second; /* NULL: none */
    char *used;        /* the value that was hashed instead, for display; NULL for a secret */
    char *second_used; /* the same of 'second' */
    unsigned tried;    /* hashes computed */
    bool malformed;    /* the response is no hex string of the algorithm's length */
    bool capitals;     /* hex digits A to F, which RFC 7616 section 3.4.1 does not have */
    bool ambiguous;    /* a colon in user or realm: other splits give the same hash */
} RegDigestResult;

/* The hash functions and room to work in; one for each thread. It keeps
 * nothing from one call to the next. */
typedef struct RegDigest RegDigest;

RegDigest *reg_digest_new(void);
void reg_digest_free(RegDigest *digest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RegDigest, reg_digest_free)

/* At most 3000 hashes, and half a MiB of text in them: about a millisecond. */
void reg_digest_check(RegDigest *digest, const RegSecrets *secrets, const RegDigestInput *input,
                      RegDigestResult *result);
void reg_digest_result_clear(RegDigestResult *result);

/* The values on the way to a response, for teaching. 'ok' is false when the
 * algorithm is unknown or the secret is an HA1 of another one. Hex strings are
 * lower case and NUL-terminated. All of it leads to the password: wiped on
 * clear. */
#define REG_DIGEST_HEX 129
typedef struct RegDigestWorking {
    bool ok;
    const char *algorithm; /* canonical name */
    char *a1;              /* "user:realm:password"; NULL for an HA1 */
    char ha1[REG_DIGEST_HEX];
    char *session_a1;                 /* "HA1:nonce:cnonce" of a -sess algorithm, or NULL */
    char session_ha1[REG_DIGEST_HEX]; /* its hash, or "" */
    char *a2;
    char ha2[REG_DIGEST_HEX];
    char *input; /* what the response is the hash of */
    char response[REG_DIGEST_HEX];
} RegDigestWorking;

void reg_digest_work(RegDigest *digest, const RegSecret *secret, const RegDigestInput *input,
                     RegDigestWorking *working);
void reg_digest_working_clear(RegDigestWorking *working);
