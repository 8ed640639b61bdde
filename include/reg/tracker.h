#pragma once

/*
 * Transactions in; chains, attempts and bindings out. Keeps the devices.
 *
 * Whatever a lower stage learned that bears on a registration comes in here:
 * transactions, keep-alives, names, connections, TLS, ICMP errors, lost packets.
 */

#include "net/dns.h"
#include "reg/chain.h"
#include "reg/condition.h"
#include "reg/secrets.h"
#include "reg/site.h"
#include "sip/framer.h"

typedef struct RegTracker RegTracker;

typedef struct RegSink {
    /* Called once for each chain, when nothing can be added to it any more.
     * The messages live until the callback returns, the device longer.
     * True: somebody has something to say about it, keep it for the report. */
    bool (*chain)(const RegChain *chain, void *user);
    /* The same as it will stand in the report; borrowed. */
    void (*attempt)(const RegDevice *device, const RegAttempt *attempt, void *user);
    void (*binding)(const RegDevice *device, const RegBinding *binding, void *user);
    /* A device made room for others: it is not known any more. */
    void (*forgotten)(uint64_t device, void *user);
    void *user;
} RegSink;

/* Bytes that the smaller tables may hold; 0: as many items as they ever do. */
typedef struct RegRoom {
    size_t chains; /* with their steps and messages */
    size_t settled_chains;
    size_t sources;
    size_t paths;
    size_t servers;
    size_t failing_servers;
    size_t failing_addresses;
    size_t clients;
    size_t nats;
    size_t pairs;
    size_t rewrites;
} RegRoom;

typedef struct RegConfig {
    size_t max_chains; /* open ones */
    size_t max_devices;
    size_t max_bytes; /* of the devices' records; 0: no limit but max_devices */
    RegRoom room;
    size_t max_attempts_kept;      /* of one device */
    Nsec chain_idle;               /* a chain closes when nothing was added for so long: 64*T1 */
    Nsec settled_idle;             /* and one that was accepted already after this */
    const RegSecrets *secrets;     /* borrowed; NULL or empty: digests are not checked */
    RegVantage vantage;            /* what the user said, or REG_VANTAGE_UNKNOWN to infer it */
    const RegStability *stability; /* borrowed; NULL: nobody reviews devices before the end */
} RegConfig;

extern const RegConfig reg_config_default;

RegTracker *reg_tracker_new(const RegConfig *config, const RegSink *sink);
void reg_tracker_free(RegTracker *tracker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RegTracker, reg_tracker_free)

/* A capture of the run; 'info' is borrowed and outlives the tracker. Call it
 * for each capture, in order, before anything else. */
void reg_tracker_add_capture(RegTracker *tracker, const CaptureInfo *info);

/* Other accounts from now on; those before are not looked at any more. */
void reg_tracker_use_secrets(RegTracker *tracker, const RegSecrets *secrets);

/* Keeps a reference for a while. */
void reg_tracker_message(RegTracker *tracker, SipMessage *message);
void reg_tracker_opened(RegTracker *tracker, SipTxn *txn);
void reg_tracker_answered(RegTracker *tracker, SipTxn *txn);
void reg_tracker_copied(RegTracker *tracker, SipTxn *txn, const SipMessage *copy);
void reg_tracker_closed(RegTracker *tracker, SipTxn *txn);
void reg_tracker_keepalive(RegTracker *tracker, const NetMeta *meta, SipKeepalive kind);
void reg_tracker_event(RegTracker *tracker, const NetEvent *event);
void reg_tracker_dns(RegTracker *tracker, const NetMeta *meta, const NetDns *dns);

/* Over which connection TLS is spoken. */
void reg_tracker_tls(RegTracker *tracker, const NetMeta *meta);

/* Whether the handshake on a connection is wanted, because there may be SIP behind it. May
 * be asked in any thread. */
bool reg_tracker_wants_handshake(const NetFlow *flow);
void reg_tracker_handshake(RegTracker *tracker, const SipTlsSight *sight);

/* Packets may have been lost around 'time', for a reason that no event tells. */
void reg_tracker_loss(RegTracker *tracker, RegLoss kind, Nsec time);

/* The same for a stretch of time. */
void reg_tracker_blind(RegTracker *tracker, RegLoss kind, Nsec from, Nsec until);

void reg_tracker_advance(RegTracker *tracker, Nsec now);

/* The capture is over: closes every chain. 'net' tells what the decoder
 * counted. */
void reg_tracker_finish(RegTracker *tracker, const NetStats *net);

/* The newest time that was seen; NSEC_NONE before the first packet. */
Nsec reg_tracker_now(const RegTracker *tracker);

/* After reg_tracker_finish(): every device in order of appearance, every site. */
void reg_tracker_each_device(const RegTracker *tracker,
                             void (*visit)(const RegDevice *device, void *user), void *user);
void reg_tracker_each_site(const RegTracker *tracker,
                           void (*visit)(const RegSite *site, void *user), void *user);
const RegCaptureSite *reg_tracker_capture(const RegTracker *tracker, unsigned index);

typedef struct RegStats {
    uint64_t devices;
    uint64_t devices_forgotten;
    uint64_t chains;
    uint64_t steps_omitted;   /* of chains that were too long */
    uint64_t retransmissions; /* copies of requests and answers, on every hop */
} RegStats;

const RegStats *reg_tracker_stats(const RegTracker *tracker);
unsigned reg_tracker_tables(const RegTracker *tracker, CacheStats *tables, unsigned max);
