#pragma once

/*
 * One step of an attempt as it was seen at one place, with its addresses side by
 * side: where the packet came from, what Via says, what Contact says, and what came
 * back of it.
 *
 * Nearly every step of nearly every phone is as it should be, and that shows at the
 * first look: 'echoed' and 'closed' tell, and the headers are taken apart for the
 * others only.
 */

#include "rules/rule.h"
#include "sip/value.h"

typedef struct AlgView {
    const RegChain *chain;
    unsigned at; /* the step */
    const RegStep *step;
    const SipTxn *txn;
    const SipMessage *request; /* NULL: not captured */
    const SipMessage *answer;  /* NULL: none */
    bool direct;               /* no proxy stands between the phone and this place */
    Str received;              /* of the answer; STR_NONE: it says nothing */

    /* The answer repeats the Via that was sent, and says that the request came from
     * another address than a private one. */
    bool echoed;
    SipVia sent; /* of the request; 'sent' and 'back' are not 'ok' with 'echoed' ... */
    SipVia back; /* ... and of the answer */

    /* The request came through a NAT, which shows in none of its addresses; or it
     * came from a private address. */
    bool closed;
    NetEndpoint via; /* not with 'closed'; version 0: a name */
    NetEndpoint contact;
    SipUri contact_uri;
} AlgView;

/* Of the hop nearest to the phone. */
AlgView alg_view_inside(const RegChain *chain, unsigned at);

/* Of the last hop before any proxy. */
AlgView alg_view_outside(const RegChain *chain, unsigned at);

/* An address of RFC 1918: what stands behind a NAT at home and in an office. Those
 * of a carrier's own network are left out: it may well reach its servers without
 * a NAT. */
bool alg_is_inside(const NetAddr *addr);

/* Neither private nor of one network segment nor multicast. */
bool alg_is_outside(const NetAddr *addr);

/* Routers that the message has passed, by its TTL; -1: not known. */
int alg_hops(const SipMessage *message);

/* The first Contact of a message; 'ok' is false without one, and for "*". */
SipNameAddr alg_contact(const SipMessage *message);

/* Host and port as an endpoint, with the usual port where none is given; false:
 * the host is a name. */
bool alg_endpoint(Str host, uint16_t port, NetEndpoint *endpoint);
