#pragma once

/*
 * UDP headers (RFC 768).
 */

#include "base/str.h"

typedef struct NetUdp {
    uint16_t src_port;
    uint16_t dst_port;
    bool length_lies; /* the header's length is not that of the IP payload */
    Str bytes;        /* borrowed */
} NetUdp;

/* 'wire_len' is the length of the IP payload, of which 'payload' is what was
 * captured. False when the header is not there. */
bool net_udp_read(Str payload, size_t wire_len, NetUdp *udp);
