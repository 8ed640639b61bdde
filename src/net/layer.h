#pragma once

/*
 * What is to be read next.
 *
 * Each header reader takes bytes, puts what is behind its header into 'next'
 * and answers what kind that is. The decoder goes from answer to answer until
 * a payload, or nothing, is left. No reader calls another layer's, so that no
 * nesting of tunnels can exhaust the stack.
 */

#include "base/str.h"

typedef enum NetLayerKind {
    NET_LAYER_DONE,   /* dealt with: a payload, an event, a held fragment */
    NET_LAYER_NONE,   /* nothing we read: ARP, STP, another protocol */
    NET_LAYER_BROKEN, /* a header is cut off or contradicts itself */
    NET_LAYER_LINK,   /* a frame; 'type' is a LINKTYPE_ value */
    NET_LAYER_ETHER,  /* 'type' is an EtherType, or the length of an 802.3 frame */
    NET_LAYER_IP,     /* IPv4 or IPv6, as the first four bits say */
} NetLayerKind;

typedef struct NetLayer {
    Str bytes;
    uint16_t type;
} NetLayer;

#define NET_LINK_ETHERNET 1

#define NET_ETHER_IPV4 0x0800
#define NET_ETHER_IPV6 0x86dd
#define NET_ETHER_VLAN 0x8100
#define NET_ETHER_BRIDGED 0x6558 /* an Ethernet frame inside something else */
#define NET_ETHER_MPLS 0x8847
#define NET_ETHER_PPPOE 0x8864
#define NET_ETHER_MIN 0x0600 /* smaller values are lengths, IEEE 802.3 */

static inline NetLayerKind net_layer_set(NetLayer *layer, NetLayerKind kind, uint16_t type,
                                         Str bytes)
{
    layer->bytes = bytes;
    layer->type = type;
    return kind;
}
