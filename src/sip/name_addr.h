#pragma once

/*
 * A From, To or Contact cut into its three parts, with the URI not yet looked
 * at: the tag is wanted of every message, the URI only of some.
 */

#include "base/str.h"

typedef struct SipNameAddrParts {
    Str display;
    Str uri;
    Str params;
    bool ok;
} SipNameAddrParts;

SipNameAddrParts sip_name_addr_cut(Str value);
