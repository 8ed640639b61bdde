#pragma once

/*
 * The nonces that a device was given, and what became of them.
 */

#include "devices.h"

/* A challenge or a nextnonce names it; 'as' says in answer to which step of which
 * chain, and where and when. */
void nonces_issue(Device *device, Str nonce, const IssuedNonce *as);
const IssuedNonce *nonces_find(const Device *device, Str nonce);

/* What is known of the nonce in these credentials before they were sent; notes
 * that a step of a chain sent them. */
RegNonce nonces_use(Device *device, const SipAuth *credentials, uint64_t chain, uint32_t step);

/* That step was accepted: its nonces are good. The others of the device are
 * forgotten when no other attempt of it is under way. */
void nonces_accept(Device *device, uint64_t chain, uint32_t step);
