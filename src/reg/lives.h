#pragma once

/*
 * What is kept of the life of a device between its REGISTERs.
 */

#include "flows.h"
#include "ledger.h"

/* Where it was accepted last, and where it found silence since. */
typedef struct LifeServer {
    NetEndpoint server;
    Nsec accepted; /* NSEC_NONE: never */
    CaptureRef accepted_ref;
    Nsec heard;  /* its newest final answer of any kind */
    Nsec silent; /* the first request there without an answer since; NSEC_NONE */
    CaptureRef silent_ref;
} LifeServer;

typedef struct Life {
    Nsec covered_to; /* up to here is decided what counts as covered */
    RegNat *nat;     /* as in 'public', a reference */
    RegLife public;
    RegInbound *answered;
    RegOutage *outages;
    RegMove *moves;
    RegDisconnect *disconnect;
    RegForgotten *forgotten;
    RegEviction *evicted;
    RegServerMove *server_move;
    LifeServer server;
    uint32_t answers; /* bit set, 1 << SipMethod: what it has answered over its path */
} Life;

/* The device's record, made when it has none yet. */
Life *life_of(Device *device);
void life_free(Life *life);
size_t life_bytes(const Life *life);

/* Whether its newest binding stands at 'time'. */
bool life_is_bound(const Device *device, Nsec time);

/* A packet passed on one of the device's paths. */
void life_packet(Device *device, const Flow *flow, const NetMeta *meta, bool outgoing);

/* Its path was certainly open from then until then. */
void life_cover(Device *device, Nsec from, Nsec until);

/* It came over 'flow' where it came over 'left' before. */
void life_move(Device *device, RegMoveKind kind, const Flow *left, Flow *flow, CaptureRef ref,
               Nsec time);

/* It started anew with this REGISTER. */
void life_booted(Device *device, const SipTxn *txn);

/* An answer told its address outside. */
void life_told(Device *device, Flow *flow, const NetEndpoint *seen, const SipMessage *answer);

/* The NAT that its path goes through. */
void life_set_nat(Device *device, RegNat *nat);

/* A request for it was answered. */
void life_answered(Device *device, const RegInbound *request);

void life_disconnected(Device *device, const NetEvent *event);
void life_registers(Device *device, Nsec time); /* a REGISTER came from it */

/* A REGISTER was accepted, got a final answer of any kind, or found none. */
void life_accepted(Device *device, const RegStep *step, const SipTxn *txn);
void life_server_heard(Device *device, const SipTxn *txn);
void life_unanswered(Device *device, const SipTxn *txn);

/* A REGISTER was accepted, before its binding is noted; one failed, and ended at 'time';
 * 'recovered': another one was accepted after that. */
void life_steady(Device *device, const RegStep *step, const SipTxn *txn);
void life_troubled(Device *device, Nsec time, bool recovered);

/* The capture is over at 'now': what was going on has lasted until then. */
void life_finish(Device *device, Nsec now);
