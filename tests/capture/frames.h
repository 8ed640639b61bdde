#pragma once

/*
 * Frames that a capture filter sees, put together from their headers.
 */

#include "base/str.h"

#define ETHER "\2\0\0\0\0\1\2\0\0\0\0\2"
#define IS_IP4 "\x08\x00"
#define IS_IP6 "\x86\xdd"
#define VLAN_TAG "\x81\x00\x00\x07"
#define MPLS_TAG "\x88\x47\x00\x01\x01\x40"
#define PPPOE_TAG "\x88\x64\x11\x00\x00\x01\x00\x1e\x00\x21"

/* 192.0.2.1 to 192.0.2.2; 'offset' in units of 8 bytes below 256. */
#define IP4(offset, protocol) \
    "\x45\x00\x00\x1c\x00\x01\x00" offset "\x40" protocol "\0\0\xc0\0\2\1\xc0\0\2\2"
#define IP6(protocol)                        \
    "\x60\0\0\0\0\x08" protocol "\x40"       \
    "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1" \
    "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2"

#define UDP "\x11"
#define TCP "\x06"
#define ICMP "\x01"
#define ICMP6 "\x3a"
#define FRAGMENT6 "\x2c"

/* 5060 to 5060, and 80 to 80. */
#define SIP_PORTS "\x13\xc4\x13\xc4\0\x08\0\0"
#define WEB_PORTS "\0\x50\0\x50\0\x08\0\0"
#define UNREACHABLE "\3\3\0\0\0\0\0\0"
#define PING "\x08\0\0\0\0\0\0\0"
