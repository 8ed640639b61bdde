#pragma once

/*
 * Connections that a client opens to a server for SIP, over TCP and TLS, and
 * how they end.
 */

#include "clients.h"
#include "sip/framer.h"

struct Link {
    RegLink public;
    bool works;   /* a connection stands, or did: what comes is a new story */
    bool shaking; /* a TLS handshake is under way */
};

void link_free(Link *link);

/* Whether a connection to there is about SIP, by its port (RFC 3261 section
 * 19.1.2). */
bool links_is_sip(const NetEndpoint *server);

/* What the net layer tells about a connection. */
void links_event(Clients *clients, const NetEvent *event);

/* What the TLS on it shows. True: it came up, so there may be a REGISTER in it. */
bool links_tls(Clients *clients, const SipTlsSight *sight);

/* How far the packets of the server travel on this connection, by the TTL of
 * its SYN and ACK; 0: not known. */
uint8_t links_usual_ttl(Clients *clients, const NetFlow *to_server, Nsec now);

/* Its client sent a REGISTER. */
void link_go_on(Link *link, Nsec now);

/* Whether no connection came about, or no TLS on it. */
bool link_has_failed(const Link *link);
