#pragma once

/*
 * Packets inside packets: GRE (an IP protocol) and what hides in UDP.
 */

#include "layer.h"

NetLayerKind net_tunnel_read_gre(Str bytes, NetLayer *next);

/* A datagram to 'port'; NET_LAYER_NONE when it is no tunnel's. A port proves
 * nothing: a header that is not plausible in every field makes this an
 * ordinary datagram. */
NetLayerKind net_tunnel_read_udp(uint16_t port, Str bytes, NetLayer *next);
