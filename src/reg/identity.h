#pragma once

/*
 * What a REGISTER says about who sent it, and how well that fits a device.
 */

#include "devices.h"

/* 'aor' is the caller's, everything else is borrowed from the message. */
struct Identity {
    const char *aor;
    uint64_t call_id;
    uint64_t from_tag; /* 0: none */
    Str instance;
    Str user_agent;
    SipUri contact;     /* the first; 'whole' is STR_NONE without one */
    NetEndpoint source; /* of version 0 behind a proxy: then it is the proxy's */
    NetEndpoint own;    /* in its Via, where that is another than 'source': it is behind a NAT */
};

/* "" without To and From. g_free() it. */
char *identity_aor(const SipMessage *message);

/* What the sender of a request calls itself in its Via, where its packets come from somewhere
 * else: it is behind a NAT. False: it is not, or cannot be told. A public address that a phone
 * behind a NAT was told to use is not its own. */
bool identity_own_end(const SipMessage *request, NetEndpoint *own);

/* Of a request; or of an answer whose request is not known, which names the
 * account and the way back to the device, but lists everybody's Contacts. */
Identity identity_of(const SipMessage *message, const char *aor);

/* Of the request of a step, whose Contact was read already. */
Identity identity_of_step(const RegStep *step, const char *aor);

bool identity_knows_call(const Device *device, uint64_t call_id);

/* Whether the device can have sent it, by what speaks for and against it: at
 * least IDENTITY_THRESHOLD points. */
#define IDENTITY_THRESHOLD 60
int identity_score(const Device *device, const Identity *identity, Nsec now);
