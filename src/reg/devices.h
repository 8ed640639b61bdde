#pragma once

/*
 * The devices that are remembered, and which of them sent a REGISTER.
 *
 * Call-ID, address and port all change in the life of a phone, and two phones
 * may share an account, so no single one of them is the key: a device is found
 * by what speaks for it and against it taken together (identity.h).
 */

#include "reg/device.h"
#include "sip/value.h"

#define DEVICE_CALLS 4
#define DEVICE_NONCES 8
#define DEVICE_BINDINGS 8
#define DEVICE_CHAINS 64 /* open at the same time */
#define DEVICE_HOPS 3    /* on which one REGISTER was seen */
#define DEVICE_INBOUND 16

/* An account with more devices than this is under attack; some of them go. */
#define DEVICES_OF_ACCOUNT 64

typedef struct Account Account;
typedef struct Chain Chain;
typedef struct Identity Identity;

/* A nonce that the device was given or used, and where in its chains. */
typedef struct IssuedNonce {
    uint64_t hash;
    uint64_t chain;      /* that it was issued in; 0: not in this capture */
    uint32_t step;       /* counted from the chain's first one */
    uint64_t user_chain; /* the newest that used it; 0: none */
    uint32_t user_step;
    RegNonce life;
} IssuedNonce;

/* The highest CSeq of the device's newest Call-ID (RFC 3261 section 10.2). */
typedef struct CallCount {
    uint64_t call_id; /* 0: none yet */
    uint64_t branch;  /* of that request: its copies have the same */
    uint64_t path;    /* the hosts it went between; elsewhere a box in between may count anew */
    RegCount newest;
} CallCount;

typedef struct Device {
    RegDevice public;               /* first: what others see */
    struct Flow *hops[DEVICE_HOPS]; /* over which it registers, or NULL */
    RegBinding *bindings;           /* as in 'public', but to be changed; NULL: none yet */
    struct Life *life;              /* NULL: never registered */
    struct Inbound *inbound;        /* requests for it that are not decided, newest first */
    unsigned n_inbound;
    Account *account;
    struct Device *next; /* of the same account, newest first */
    Chain *open;         /* its open chains, newest first */
    unsigned n_open;
    uint64_t keepalives_found; /* of the first, from before the device came to it */
    struct Flow *waits_on;     /* see flow_wait(); NULL: on none */
    struct Device *next_waiting;
    struct Device **waiting_link;
    uint64_t contact_key; /* under which 'names' knows it; 0: not */
    char *named_by;       /* the Contact of which that is the key, or NULL */
    bool contact_shared;  /* by a device of another account */
    uint64_t alias_key;
    RegAttempt **attempts;
    size_t bytes;      /* as far as the budget knows */
    uint64_t from_tag; /* hash of the newest; 0: none */
    bool returned;     /* with an account whose former record was forgotten, not proven since */
    bool anew;         /* the newest REGISTER has another Call-ID and tag than those before */
    uint64_t calls[DEVICE_CALLS];
    unsigned next_call;
    CallCount count;
    RegHaste *rows;      /* of refused attempts: the longest, and the one that goes on; or NULL */
    IssuedNonce *nonces; /* the newest DEVICE_NONCES, in a ring; NULL: none yet */
    unsigned n_nonces;
    unsigned next_nonce;   /* place of the next one, once the ring is full */
    unsigned searches;     /* for what deviates in a digest that does not fit */
    struct Review *review; /* NULL: nobody looks at it meanwhile */
} Device;

typedef struct Devices Devices;

/* 'forget' is called with a device that must make room, before it is freed. */
Devices *devices_new(size_t max_devices, size_t max_bytes,
                     void (*forget)(Device *device, void *user), void *user);
void devices_free(Devices *devices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Devices, devices_free)

/* The device that this identity belongs to; a new one when nobody fits. */
Device *devices_find(Devices *devices, const Identity *identity, Nsec now);

/* The devices of an account, newest first; NULL: none. */
Device *devices_peek(const Devices *devices, const char *aor);

/* A new one that never named its account, known by its address only. */
Device *devices_add_nameless(Devices *devices, const NetEndpoint *own, Nsec now);

/* The device has shown that it gets what its server sends: no forged sender can do that. Its
 * account goes last when room is needed. */
void devices_prove(Devices *devices, Device *device);

/* The device's record has grown; devices_advance() makes room for that. */
void devices_weigh(Devices *devices, Device *device);
void devices_advance(Devices *devices);

/* In order of appearance; Device pointers, to be freed with g_ptr_array_unref(). */
GPtrArray *devices_all(const Devices *devices);

uint64_t devices_forgotten(const Devices *devices);
CacheStats devices_stats(const Devices *devices);

/* The first device of the same account; go on with 'next'. */
Device *device_siblings(const Device *device);

/* The account's registrar answers with the Contact of who asks, and with no other. */
void devices_set_lists_one(Device *device);
bool devices_lists_one(const Device *device);

RegBinding *device_newest_binding(const Device *device); /* NULL: none */

/* Puts an endpoint at the end of a short list of distinct ones. */
void device_add_endpoint(NetEndpoint list[REG_DEVICE_ADDRESSES], unsigned *n,
                         const NetEndpoint *endpoint);
