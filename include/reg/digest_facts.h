#pragma once

/*
 * What is kept of one set of credentials when its message goes, and for those
 * that ended in a refusal every ingredient side by side: what was asked for,
 * what was answered, what we know, and whether that agrees.
 */

#include "reg/chain.h"

typedef enum RegRowVerdict {
    REG_ROW_UNKNOWN,     /* nothing to compare with, or the phone's own choice */
    REG_ROW_SAME,        /* as asked for, or as we know it */
    REG_ROW_DIFFERS,     /* from what was asked for, or from what we know */
    REG_ROW_NOT_OFFERED, /* chosen from a list that does not have it */
    REG_ROW_MISSING,     /* the answer must have it and has not */
    REG_ROW_FITS_ONLY,   /* the response is right with 'fits' in the place of what was sent */
} RegRowVerdict;

const char *reg_row_verdict_name(RegRowVerdict verdict); /* "same", "not_offered" ...; or NULL */

/* One ingredient. A text is STR_NONE where there is none; 256 bytes at most. */
typedef struct RegDigestRow {
    RegDigestIngredient ingredient;
    RegRowVerdict verdict;
    Str challenge; /* in the challenge */
    Str answer;    /* in the answer */
    Str known;     /* as we know it: of the supplied account, the Request-URI, the method */
    Str fits;      /* only with REG_ROW_FITS_ONLY */
} RegDigestRow;

#define REG_DIGEST_ROWS 10

/* What a table is made from; all borrowed. */
typedef struct RegDigestTable {
    const SipAuth *challenge; /* that was answered; NULL: not known */
    const SipAuth *auth;      /* the answer */
    Str method;
    Str request_uri;
    const RegDigestResult *result;
    uint32_t nc; /* the highest count that the nonce was used with before; 0: none */
} RegDigestTable;

/* The rows, in the order in which a digest is made: user, realm, uri, method,
 * nonce, qop, nc, cnonce, algorithm, response. Borrowed from what 'table'
 * points at. */
void reg_digest_table(const RegDigestTable *table, RegDigestRow rows[REG_DIGEST_ROWS]);

/* Of the challenges in an answer the one with this nonce, else the one with
 * this realm, else the first. False: it has none. */
bool reg_digest_challenge_for(const SipMessage *answer, const SipAuth *auth, SipAuth *challenge);

/* A table that is kept. A NUL byte stands behind each text. */
typedef struct RegDigestDetail {
    RegDigestRow rows[REG_DIGEST_ROWS];
    char *used;        /* as in RegDigestResult */
    char *second_used; /* the same */
} RegDigestDetail;

/* What one set of credentials said; secrets are not kept. Every registered
 * phone has one of these, so the table takes no room where there is none. */
typedef struct RegDigestFacts {
    char *username;
    char *realm;
    char *algorithm;
    char *qop;
    char *uri;
    char *nc;
    uint8_t verdict;          /* RegDigestVerdict */
    uint8_t use;              /* RegChallengeUse */
    uint8_t hypothesis;       /* 1 + its place for reg_hypothesis_at(); 0: none */
    uint8_t second;           /* the same of the second one */
    bool other_server;        /* the challenge came from another server */
    bool detailed;            /* of the step that an attempt was refused at */
    RegDigestDetail detail[]; /* one, only with 'detailed' */
} RegDigestFacts;

const RegHypothesis *reg_digest_facts_hypothesis(const RegDigestFacts *facts); /* NULL: none */
const RegHypothesis *reg_digest_facts_second(const RegDigestFacts *facts);

/* "preceding", "earlier", "other_server", "unseen". */
const char *reg_digest_facts_use(const RegDigestFacts *facts);
