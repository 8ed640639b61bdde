#pragma once

/*
 * The one hash for keys that come from the wire.
 *
 * SipHash-1-3 with a random key for each process: whoever writes the packets
 * cannot choose keys that collide. Nothing that is printed may depend on its
 * values.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

uint64_t hash_bytes(const void *bytes, size_t len);

static inline uint64_t hash_str(Str s)
{
    return hash_bytes(s.data, s.len);
}

/* Mixes a second value into a hash, for keys with several members. Keyed as
 * well: values that the wire chose to share their low bits do not collide. */
uint64_t hash_mix(uint64_t hash, uint64_t value);

/* Fixes the key, for tests that need the same hashes on every run. */
void hash_seed(uint64_t k0, uint64_t k1);
