#pragma once

/*
 * One device, the bindings it has had and what it attempted.
 *
 * The record is short and does not grow with the capture: a run of uneventful
 * refreshes is one entry with a count, and only the newest entries are kept.
 * Texts are as they came from the wire. One with a NUL byte inside looks cut
 * there, to whoever reads it as a C string.
 */

#include "base/nsec.h"
#include "net/addr.h"
#include "reg/chain.h"
#include "reg/digest_facts.h"
#include "reg/life.h"

typedef enum RegBindingEnd {
    REG_BINDING_OPEN,      /* still valid when the capture ended */
    REG_BINDING_REFRESHED, /* went on under other terms: another source or lifetime */
    REG_BINDING_REPLACED,  /* by another Contact of the same device, or by another device */
    REG_BINDING_REMOVED,   /* by the device, with Expires: 0 */
    REG_BINDING_LAPSED,    /* its time ran out */
    REG_BINDING_UNKNOWN,   /* its time ran out by a clock that was set meanwhile */
} RegBindingEnd;

const char *reg_binding_end_name(RegBindingEnd end);

/* A Contact and how long the registrar promised to keep it. Refreshes on the
 * same terms prolong it. */
typedef struct RegBinding {
    Nsec since; /* the 2xx that made it */
    Nsec until; /* when the newest grant runs out, or when it was ended */
    RegBindingEnd end;
    NetEndpoint source; /* where the REGISTER came from, whatever Contact says */
    char *contact;
    uint32_t granted; /* seconds */
    uint32_t asked;   /* REG_EXPIRES_NONE: the device left it to the registrar */
    uint32_t refreshes;
    uint32_t late;      /* of these: in the last 5 % of the time and within its last 32 s */
    Nsec renewed;       /* the newest 2xx */
    Nsec least_left;    /* the shortest time that was left at a refresh; NSEC_NONE: none yet */
    Nsec ended;         /* when 'end' came about: 'until', or the 2xx that ended it before */
    CaptureRef made_by; /* the 2xx of 'since', 'renewed' and 'ended'; frame 0: none */
    CaptureRef renewed_by;
    CaptureRef ended_by;
    uint64_t taken_by; /* RegDevice.id that replaced it, or 0 */
} RegBinding;

typedef struct RegAttemptStep {
    uint32_t cseq;
    CaptureRef request; /* frame 0: not captured */
    CaptureRef answer;
    Nsec request_time; /* NSEC_NONE: not captured */
    Nsec answer_time;
    uint16_t copies;
    uint16_t answer_copies;
    uint16_t status; /* 0: no final answer */
    uint16_t request_size;
    bool credentials;
    bool challenged;
    uint32_t asked;
    uint32_t granted;
    uint32_t retry_after;   /* seconds, of a refusal; REG_EXPIRES_NONE */
    char *contact;          /* NULL: none */
    char *reason;           /* reason phrase as sent; NULL for 200 OK and the like */
    char *remark;           /* header line of a refusal that says more; NULL: none */
    RegDigestFacts *digest; /* NULL: no credentials */
} RegAttemptStep;

/* A closed chain, or a run of alike ones. One block of memory holds it all,
 * steps and texts included. */
typedef struct RegAttempt {
    uint64_t chain; /* id of the (newest) chain */
    char *call_id;
    RegPurpose purpose;
    RegOutcome outcome;
    Nsec opened; /* of the newest chain */
    Nsec closed; /* its last message */
    Nsec first_opened;
    uint32_t repeated; /* 1: a single one */
    bool cited;        /* a finding is about it: always kept */
    bool head_cut;
    bool tail_cut;
    bool unexplained_silence; /* it ended waiting for 'missing' and the capture looked on */
    unsigned n_steps;
    unsigned steps_omitted; /* behind the first REG_CHAIN_FIRST of them */
    RegAttemptStep *steps;  /* of the newest chain */
    size_t bytes;           /* of memory */
} RegAttempt;

typedef enum RegState {
    REG_STATE_UNKNOWN,
    REG_STATE_REGISTERED,
    REG_STATE_REFUSED,
    REG_STATE_UNANSWERED,
    REG_STATE_LAPSED,
    REG_STATE_UNREACHABLE,
    REG_STATE_DEREGISTERED,
} RegState;

const char *reg_state_name(RegState state);

/* Attempts that were refused for good, each begun within REG_HASTE_GAP of the
 * refusal before it. */
typedef struct RegHaste {
    uint32_t attempts; /* 0: none */
    uint16_t status;   /* of the newest refusal */
    Nsec from;         /* the first request or answer */
    Nsec until;        /* the last refusal */
    CaptureRef first;  /* the first refusal ... */
    Nsec first_time;
    CaptureRef last; /* ... and the last */
} RegHaste;

#define REG_HASTE_GAP (5 * NSEC_SEC)

#define REG_DEVICE_ADDRESSES 4

struct RegDevice {
    uint64_t id;                                 /* from 1, in order of appearance: "d1" */
    char *aor;                                   /* "alice@example.com", from To; "" when unknown */
    char *user_agent;                            /* NULL when it names none */
    char *instance;                              /* +sip.instance, or NULL */
    char *contact;                               /* the newest it sent, or NULL */
    NetEndpoint server;                          /* where its newest REGISTER went */
    NetEndpoint addresses[REG_DEVICE_ADDRESSES]; /* its own, newest last */
    unsigned n_addresses;
    NetEndpoint public_addresses[REG_DEVICE_ADDRESSES]; /* as seen behind its NAT */
    unsigned n_public_addresses;
    NetTransport transport;

    Nsec first_seen;
    Nsec last_seen;
    Nsec unwatched;      /* how long before the newest capture those end that show it */
    Nsec last_accepted;  /* NSEC_NONE: never in this capture */
    Nsec last_keepalive; /* NSEC_NONE */
    uint64_t keepalives;
    Nsec first_keepalive;
    uint64_t n_attempts;
    uint64_t n_accepted;
    uint64_t n_refused;
    uint64_t n_wrong_logins; /* of these: with a digest that does not fit the supplied secret */
    uint64_t n_unanswered;
    Nsec registered_before; /* time registered in bindings that are no longer kept ... */
    Nsec lapsed_before;     /* ... and between one of them and the next */

    uint64_t bindings_forgotten;
    unsigned n_attempts_kept;
    RegAttempt *const *attempts; /* in order of opening */
    uint64_t attempts_forgotten;
    uint32_t vantage;        /* of RegVantage: every place that it was seen at */
    uint32_t losses;         /* of RegLoss, in its attempts so far */
    uint32_t hidden;         /* of RegLoss, in a review: what may hide its newest packets */
    const RegChain *trying;  /* in a review: its newest attempt while that is open, or NULL */
    uint16_t listed_others;  /* Contacts of other devices in its newest 2xx ... */
    uint16_t listed_stale;   /* ... and old ones of its own */
    CaptureRef listed;       /* that 2xx; frame 0: none */
    const RegLookup *lookup; /* the name that it could not resolve, or NULL */
    const RegLink *link;     /* the server that it could not connect to, or NULL */
    const RegHaste *haste;   /* the longest row; NULL: it was never refused for good */
    bool scanner;            /* one account of many that one source tries */

    /* What every packet has to do with stands together: memory is slow. */
    unsigned n_bindings;
    const RegBinding *bindings; /* oldest first; the newest 8 */
    const RegLife *life;        /* NULL: it was never registered */
    Nsec last_heard;            /* its newest packet of any kind on its path */
};

/* The end of the capture for this device, where 'end' is that of the newest one. */
Nsec reg_device_end(const RegDevice *device, Nsec end);

/* The state at 'now', which is the end of the capture. */
RegState reg_device_state(const RegDevice *device, Nsec now);
