#pragma once

/*
 * Names in DNS messages, with the pointers that make them short.
 */

#include "base/reader.h"
#include "net/dns.h"

#define NET_DNS_HEADER 12 /* bytes, RFC 1035 section 4.1.1 */

/* Leaves the reader behind the name: behind the root, or the first pointer. A
 * name whose end cannot be found takes all that is left. */
void net_dns_name_skip(Reader *reader);

/* Writes the name that begins 'start' bytes into the message as NetDns has it;
 * returns its length. 0: it cannot be read. */
size_t net_dns_name_write(Str message, size_t start, char text[NET_DNS_NAME]);
