#pragma once

/*
 * Requests for registered devices, and what became of them.
 *
 * A request is followed from its first copy until the table of transactions
 * lets go of it. Seen on several hops it stays one request.
 */

#include "flows.h"
#include "ledger.h"
#include "names.h"
#include "sites.h"

/* One request that is not decided yet: the owner of its transactions. */
typedef struct Inbound Inbound;

typedef struct Inbounds Inbounds;

/* All borrowed; they outlive it. */
Inbounds *inbounds_new(const Flows *flows, const Names *names, const Sites *sites,
                       const Ledger *ledger);
void inbounds_free(Inbounds *inbounds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Inbounds, inbounds_free)

/* A transaction of another method than REGISTER, in the four steps of its life. */
void inbounds_opened(Inbounds *inbounds, SipTxn *txn);
void inbounds_answered(Inbounds *inbounds, SipTxn *txn);
void inbounds_copied(Inbounds *inbounds, SipTxn *txn, const SipMessage *copy);
void inbounds_closed(Inbounds *inbounds, SipTxn *txn, Nsec now);

/* An error that quotes a request on its way to a device. */
void inbounds_icmp(Inbounds *inbounds, const NetEvent *event);

/* The device sent something ('message' NULL: no SIP): what is not answered yet did not keep
 * it from it. */
void inbound_heard(Device *device, const NetMeta *meta, const SipMessage *message);

/* It came by another path, with the packet of that time; before the NAT is told of it. */
void inbound_moved(Device *device, RegMoveKind kind, Nsec time);

/* Whether a request was sent to the device at that time or later. */
bool inbound_since(const Device *device, Nsec time);

void inbound_forget(Device *device); /* it is about to be freed */
