#pragma once

/*
 * "host:port", as it stands in a URI and as sent-by in a Via (RFC 3261 section
 * 25.1: hostport), with all the ways in which IPv6 addresses come (RFC 5118).
 */

#include "base/str.h"

typedef struct SipHost {
    Str name;      /* without brackets */
    uint16_t port; /* 0 when not given */
    bool ok;
} SipHost;

SipHost sip_host_parse(Str text);
