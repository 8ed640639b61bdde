/*
 * A nonce has a life: issued by one server, used with a count that goes up,
 * accepted until it expires (RFC 7616 section 3.3). Most of what goes wrong
 * with it shows only when that life is known.
 */

#include "nonces.h"

#include "base/hash.h"
#include "step.h"

static IssuedNonce *find(const Device *device, Str nonce)
{
    uint64_t hash = hash_str(nonce);

    for (unsigned i = 0; nonce.len > 0 && i < device->n_nonces; i++) {
        if (device->nonces[i].hash == hash)
            return &device->nonces[i];
    }
    return NULL;
}

const IssuedNonce *nonces_find(const Device *device, Str nonce)
{
    return find(device, nonce);
}

static IssuedNonce *add(Device *device, Str nonce)
{
    IssuedNonce *slot;

    if (device->n_nonces < DEVICE_NONCES) {
        device->nonces = g_renew(IssuedNonce, device->nonces, device->n_nonces + 1);
        slot = &device->nonces[device->n_nonces++];
    } else {
        slot = &device->nonces[device->next_nonce];
        device->next_nonce = (device->next_nonce + 1) % DEVICE_NONCES;
    }
    *slot = (IssuedNonce){ .hash = hash_str(nonce) };
    return slot;
}

void nonces_issue(Device *device, Str nonce, const IssuedNonce *as)
{
    if (nonce.len == 0)
        return;

    /* Kamailio makes its nonces from the second: the same one may come again. */
    IssuedNonce *issued = find(device, nonce);
    RegNonce *life;

    if (issued == NULL)
        issued = add(device, nonce);
    life = &issued->life;
    if (life->issued && (issued->chain != as->chain || issued->step != as->step)) {
        life->reissued = true;
        life->shared |= !net_addr_equal(&life->issuer.addr, &as->life.issuer.addr);
    }
    life->issued = true;
    life->issuer = as->life.issuer;
    life->challenge = as->life.challenge;
    life->challenged = as->life.challenged;
    issued->chain = as->chain;
    issued->step = as->step;
}

RegNonce nonces_use(Device *device, const SipAuth *credentials, uint64_t chain, uint32_t step)
{
    IssuedNonce *known = find(device, credentials->nonce);
    uint32_t count;

    if (credentials->nonce.len == 0)
        return (RegNonce){ 0 };
    if (known == NULL)
        known = add(device, credentials->nonce);

    RegNonce before = known->life;

    known->user_chain = chain;
    known->user_step = step;
    known->life.uses++;
    if (reg_nonce_count(credentials->nc, &count))
        known->life.nc = MAX(known->life.nc, count);
    return before;
}

/* Everything but the marked ones goes. */
static void keep_accepted(Device *device)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < device->n_nonces; i++) {
        if (device->nonces[i].life.accepted)
            device->nonces[kept++] = device->nonces[i];
    }
    if (kept == device->n_nonces)
        return;
    device->n_nonces = kept;
    device->next_nonce = 0;
    device->nonces = g_renew(IssuedNonce, device->nonces, kept);
}

void nonces_accept(Device *device, uint64_t chain, uint32_t step)
{
    for (unsigned i = 0; i < device->n_nonces; i++) {
        IssuedNonce *nonce = &device->nonces[i];

        if (nonce->user_chain == chain && nonce->user_step == step)
            nonce->life.accepted = true;
    }
    if (device->n_open <= 1)
        keep_accepted(device);
}
