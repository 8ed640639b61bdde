#pragma once

/*
 * Datagrams that are no message and still keep a NAT mapping open.
 */

#include "sip/framer.h"

/* False: neither a keep-alive nor anything like it. */
bool sip_datagram_is_keepalive(Str bytes, SipKeepalive *kind);
