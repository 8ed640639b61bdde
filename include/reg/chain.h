#pragma once

/*
 * One attempt to register, from the first REGISTER to the last answer.
 *
 * A chain is a row of steps; a step is one REGISTER transaction. The usual
 * chain has two: asked and challenged, answered and accepted. A step seen on
 * several hops keeps one transaction for each, nearest to the phone first.
 * That is how a rewritten header shows.
 */

#include <glib.h>

#include "reg/below.h"
#include "reg/digest.h"
#include "reg/rewrites.h"
#include "reg/vantage.h"
#include "sip/txn.h"
#include "sip/value.h"

typedef struct RegDevice RegDevice;

typedef enum RegPurpose {
    REG_PURPOSE_REGISTER, /* no binding was known before */
    REG_PURPOSE_REFRESH,
    REG_PURPOSE_REMOVE, /* Expires: 0 (RFC 3261 section 10.2.2) */
    REG_PURPOSE_QUERY,  /* no Contact: asks what is bound (section 10.2.3) */
} RegPurpose;

typedef enum RegOutcome {
    REG_OUTCOME_UNKNOWN, /* the capture does not show the end */
    REG_OUTCOME_ACCEPTED,
    REG_OUTCOME_REFUSED,    /* a final answer other than 2xx that ends it */
    REG_OUTCOME_ABANDONED,  /* challenged, and no second try */
    REG_OUTCOME_UNANSWERED, /* no final answer at all */
} RegOutcome;

const char *reg_purpose_name(RegPurpose purpose);
const char *reg_outcome_name(RegOutcome outcome);

#define REG_EXPIRES_NONE UINT32_MAX /* the message did not say */

/* Whose challenge a set of credentials answers (RFC 7616 section 3.4). */
typedef enum RegChallengeUse {
    REG_CHALLENGE_NO_CREDENTIALS,
    REG_CHALLENGE_PRECEDING, /* the one that this chain got just before */
    REG_CHALLENGE_EARLIER,   /* an older one of this device, or a nextnonce */
    REG_CHALLENGE_UNSEEN,    /* its nonce is in no answer that was captured */
} RegChallengeUse;

/* What is known of the nonce that a request uses, from the time before it
 * (RFC 7616 sections 3.3 and 3.4). */
typedef struct RegNonce {
    bool issued; /* by a challenge or nextnonce in this capture; else the next three say nothing */
    bool accepted;      /* a request with it was accepted before */
    NetEndpoint issuer; /* that the challenged request went to */
    CaptureRef challenge;
    Nsec challenged;
    bool reissued; /* by several challenges: whether its count goes on is anybody's guess */
    bool shared;   /* of these, by several servers */
    uint32_t uses; /* requests that used it before */
    uint32_t nc;   /* the highest count of these; 0: none had one */
} RegNonce;

/* One set of credentials and the challenge it answers. */
typedef struct RegLogin {
    RegChallengeUse use;
    RegNonce nonce;
} RegLogin;

/* For a proxy and for the registrar behind it (RFC 3261 section 22.3); of
 * further sets only the first two can be what an answer is about. */
#define REG_STEP_LOGINS 2

/* "00000001": eight hex digits (RFC 7616 section 3.4). */
bool reg_nonce_count(Str nc, uint32_t *count);

/* The request of a Call-ID with the highest CSeq so far. */
typedef struct RegCount {
    uint32_t cseq;
    CaptureRef ref;
    Nsec time;
} RegCount;

#define REG_STEP_HOPS 4

typedef struct RegStep {
    SipTxn *sightings[REG_STEP_HOPS]; /* nearest to the phone first; at least one */
    unsigned n_sightings;
    SipNameAddr contact; /* the first of reg_step_request(), of its bytes; zero: it has none */
    RegChallengeUse use;
    unsigned n_credentials; /* sets of them with a response; 0: none */
    SipAuth credentials;    /* that the answer is about; of the bytes of its request */
    unsigned judged;        /* which of the sets these are, as the request has them */
    RegNonce nonce;         /* of these */
    RegLogin logins[REG_STEP_LOGINS];
    RegDigestResult digest;  /* of its credentials; verdict NONE: nothing to check them with */
    bool digest_searched;    /* for what deviates, when it did not fit as it is */
    bool removes;            /* asks to end a binding */
    bool removes_all;        /* and with "*" all of the account's (RFC 3261 section 10.2.2) */
    bool queries;            /* has no Contact */
    bool challenged;         /* answered with a challenge that has a nonce */
    bool stale;              /* that challenge says stale=true */
    uint32_t asked;          /* expires asked for the device's own Contact; REG_EXPIRES_NONE */
    uint32_t granted;        /* expires granted to it by a 2xx; REG_EXPIRES_NONE */
    uint32_t min_expires;    /* of a 423; REG_EXPIRES_NONE */
    bool own_contact_listed; /* the 2xx lists the device's own Contact */
    bool cseq_not_higher;    /* than 'before', though it is another request (section 10.2) */
    RegCount before;         /* only with 'cseq_not_higher' */
} RegStep;

/* What may have hidden packets while the chain was open. */
typedef enum RegLoss {
    REG_LOSS_TRUNCATED = 1 << 0, /* frames cut by the snapshot length */
    REG_LOSS_GAP = 1 << 1,       /* bytes missing from a stream */
    REG_LOSS_DROPS = 1 << 2,     /* the capture says that it dropped packets */
    REG_LOSS_FORGOTTEN = 1 << 3, /* one of our tables was full */
    REG_LOSS_FRAGMENTS = 1 << 4, /* a datagram stayed incomplete */
    REG_LOSS_CLOCK = 1 << 5,     /* the capture's clock was set */
    REG_LOSS_ONE_WAY = 1 << 6,   /* this pair's answers are evidently not in the capture */
} RegLoss;

typedef struct RegChain {
    uint64_t id;             /* from 1, in order of opening */
    const RegDevice *device; /* outlives the chain */
    uint32_t vantage;        /* of RegVantage: every place it was seen at */
    RegPurpose purpose;
    RegOutcome outcome;
    Nsec opened;    /* the first message */
    Nsec last;      /* the newest message */
    Nsec watched;   /* until when the capture looked on: the capture's end at the latest */
    bool head_cut;  /* the beginning was not captured, or was forgotten */
    bool tail_cut;  /* the end was not captured, or was forgotten */
    bool followed;  /* the device began another attempt afterwards: it was alive */
    bool recovered; /* and one of its later requests was accepted before this chain closed */
    bool answers_elsewhere;     /* the phone got answers that this capture does not hold */
    bool server_answers_others; /* while this one was open */
    bool server_marks_others;   /* it wrote received= for other clients, unasked */
    uint32_t losses;            /* of RegLoss */
    RegIcmp icmp;               /* errors that quote its requests ... */
    RegIcmp too_big;            /* ... and those that say they do not fit */
    RegReset reset;             /* of the connection, before the answer */
    GArray *steps;              /* of RegStep, in time order; at least one */

    /* What is changed between the hops that it was seen on, nearest to the phone
     * first. Not const: to keep one, reg_rewrites_ref(). */
    RegRewrites *rewrites[REG_STEP_HOPS - 1];
    unsigned n_rewrites;
    uint32_t looked_on;     /* bit set, 1 << CapturePlace: whose captures cover all of its time */
    Nsec clock_uncertainty; /* between them; NSEC_NONE: they cannot be brought together */

    /* A chain that goes on and on keeps its first and its newest steps; these
     * count those between. */
    uint32_t steps_omitted;
    uint32_t requests_omitted; /* with copies */
    uint32_t rejections_omitted;
} RegChain;

#define REG_CHAIN_FIRST 8
#define REG_CHAIN_NEWEST 56

const RegStep *reg_chain_step(const RegChain *chain, unsigned index);
const RegStep *reg_chain_last_step(const RegChain *chain);

/* The request and the final answer nearest to the phone; either may be NULL. */
const SipMessage *reg_step_request(const RegStep *step);
const SipMessage *reg_step_answer(const RegStep *step);
const SipTxn *reg_step_txn(const RegStep *step); /* of the hop nearest to the phone */
uint16_t reg_step_status(const RegStep *step);   /* 0 without a final answer */
bool reg_step_has_credentials(const RegStep *step);

/* Whether its credentials, for the challenge just before it, were refused with
 * another challenge, and not because the nonce was stale. */
bool reg_step_is_rejection(const RegStep *step);

/* How often a request of the step was repeated, on the hop nearest to the phone. */
unsigned reg_step_copies(const RegStep *step);
