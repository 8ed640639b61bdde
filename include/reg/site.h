#pragma once

/*
 * What belongs to no single device: a capture as a whole, and a source that
 * tries many accounts.
 */

#include "capture/set.h"
#include "net/decoder.h"
#include "reg/chain.h"
#include "reg/fact.h"
#include "reg/nat.h"
#include "reg/vantage.h"

/* A client and a server of which the capture evidently holds one direction
 * only. */
typedef struct RegOneWay {
    NetAddr client;
    NetAddr server;
    bool answers_missing; /* else the requests are */
    uint64_t transactions;
    RegFact seen;    /* the half that is there */
    RegFact witness; /* packets that prove the other half existed */
} RegOneWay;

#define REG_SITE_ONE_WAYS 16

/* One capture. */
typedef struct RegCaptureSite {
    const CaptureInfo *info;
    uint32_t index; /* as in CaptureRef */
    RegVantageVerdict vantage;
    RegFact messages; /* SIP messages */
    RegFact duplicates;
    RegFact duplicates_routed;
    RegFact cut_messages;     /* SIP messages whose tail the snapshot length took */
    RegFact lone_fragments;   /* a first fragment with SIP in it, and no other one */
    uint64_t later_fragments; /* fragments with an offset, of anything */
    RegFact gaps;             /* SIP streams with bytes missing */
    RegFact gaps_by_capture;  /* of those: the receiver had the bytes */
    RegFact tls;              /* directions of TLS connections */
    uint64_t tls_records;
    uint64_t other_traffic; /* packets that are neither SIP nor carry a SIP port */
    unsigned n_one_ways;
    RegOneWay one_ways[REG_SITE_ONE_WAYS];
} RegCaptureSite;

/* One address that sends REGISTER requests for several accounts. */
typedef struct RegSourceSite {
    NetAddr addr;
    uint64_t accounts; /* different addresses of record, counted up to 16 */
    uint64_t requests;
    uint64_t accepted;
    uint64_t refused; /* or challenged and never accepted */
    RegFact seen;
    char *user_agent;       /* of the first request, or NULL */
    const char *tool;       /* the name of a known scanner in it, or NULL */
    char *example_aors;     /* the first few, for the summary */
    bool one_port;          /* all from one port: one program, not many devices */
    bool domain_is_address; /* every account is at the registrar's bare IP address */
    bool scanner;           /* see rule scanner: everything it did is a scan */
} RegSourceSite;

/* Devices that failed, all in the same way, while nobody succeeded: at one
 * registrar, or from one public address. */
typedef struct RegCrowd {
    unsigned devices; /* different ones, counted up to REG_CROWD_DEVICES */
    bool one_server;  /* what all of them share: the registrar ... */
    bool one_address; /* ... the public address they come from ... */
    NetEndpoint server;
    NetAddr address;
    char *user_agent;           /* ... the model; NULL: not all have the same, or none a name */
    bool server_answers_others; /* meanwhile, and be it with a challenge */
    RegOutcome outcome;         /* of all of them */
    uint16_t status;            /* with REG_OUTCOME_REFUSED; 0: several that say "server error" */
    RegFact failures;           /* attempts without success: their last requests */
    uint64_t explained;         /* of these: the registrar's own host says that it fails, by a
                                   5xx answer or an ICMP error */
    Nsec until;                 /* the end of the last attempt */
    Nsec last_success;          /* before; NSEC_NONE: none was seen */
    Nsec recovered;             /* the next success; NSEC_NONE: none */
    CaptureRef recovered_ref;
    char *example_aors; /* the first few, for the summary */
    uint32_t losses;    /* of RegLoss */
} RegCrowd;

#define REG_CROWD_DEVICES 256

typedef enum RegSiteKind {
    REG_SITE_CAPTURE,
    REG_SITE_SOURCE,
    REG_SITE_NAT,
    REG_SITE_CROWD,
} RegSiteKind;

typedef struct RegSite {
    RegSiteKind kind;
    union {
        const RegCaptureSite *capture;
        const RegSourceSite *source;
        const RegNat *nat;
        const RegCrowd *crowd;
    };
} RegSite;
