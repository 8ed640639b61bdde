#pragma once

/*
 * How old a server's nonce is, by its own account.
 *
 * To whom it is sent a nonce is any text (RFC 7616 section 3.3), but two widely
 * used servers write times into it, and those tell what no answer says: when
 * the server made it, by the server's clock, and until when it takes it back.
 */

#include "base/nsec.h"
#include "base/str.h"

typedef struct RegNonceTime {
    const char *maker; /* "Asterisk", "Kamailio": whose form it has; constant */
    Nsec issued;
    Nsec expires; /* NSEC_NONE: it does not say */
} RegNonceTime;

/* False: it is of no known form. 'near' is when it was seen: what would be years
 * away from that is no time. */
bool reg_nonce_time(Str nonce, Nsec near, RegNonceTime *time);
