#pragma once

/*
 * What stands behind an EtherType: VLAN tags, MPLS labels, PPPoE, LLC.
 */

#include "layer.h"

/* 'type' as in NET_LAYER_ETHER, 'bytes' what follows it. */
NetLayerKind net_ether_read(uint16_t type, Str bytes, NetLayer *next);

/* A PPP frame, with or without the address and control bytes of HDLC
 * (RFC 1662) and with a protocol field of one or two bytes (RFC 1661 6.5). */
NetLayerKind net_ether_read_ppp(Str bytes, NetLayer *next);
