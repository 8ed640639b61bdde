#pragma once

/*
 * ICMP errors (RFC 792, RFC 4443) and the packets that they quote.
 */

#include "ip.h"
#include "net/payload.h"

typedef enum NetIcmpResult {
    NET_ICMP_ERROR,  /* 'event' is filled in; of its meta, the flow */
    NET_ICMP_OTHER,  /* echo, redirect, neighbour discovery, a quote without ports ... */
    NET_ICMP_BROKEN, /* cut off, or quotes what is no packet */
} NetIcmpResult;

/* 'ip' is the packet that carries the ICMP message; who sent it is the
 * caller's to fill in. */
NetIcmpResult net_icmp_read(const NetIp *ip, NetEvent *event);
