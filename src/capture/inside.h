#pragma once

/*
 * A short look into a frame: as much as it takes to say why a capture filter
 * refused it.
 */

#include "capture/packet.h"

typedef struct CaptureInside {
    Str ip;      /* from the IP header on; STR_NONE when there is none */
    bool tagged; /* VLAN, MPLS or PPPoE stands in front of it */
    bool later_fragment;
    bool icmp_error;
} CaptureInside;

CaptureInside capture_inside_of(const CapturePacket *packet);
