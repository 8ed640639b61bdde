/*
 * Transactions as they come: which attempt a REGISTER belongs to, and what its
 * answer changes.
 */

#include "base/hash.h"
#include "binding.h"
#include "identity.h"
#include "logins.h"
#include "nonces.h"
#include "state.h"
#include "step.h"
#include "text.h"

static void close_chain(Chain *chain, void *user)
{
    cache_remove(chain->table, chain);
}

/* The phone's own address stands in its Via; behind a NAT the packet's source
 * is another one (RFC 3581). */
static void learn_addresses(Device *device, const SipTxn *txn)
{
    RegDevice *public = &device->public;
    SipVia via = sip_message_via(txn->request);
    NetEndpoint own = { .port = via.port != 0 ? via.port : 5060 };
    bool own_known = net_addr_parse(via.host, &own.addr);
    const NetEndpoint *source = &txn->hop.src;

    if (own_known && !net_addr_equal(&own.addr, &source->addr)
        && sip_message_via_count(txn->request) == 1) {
        device_add_endpoint(public->addresses, &public->n_addresses, &own);
        device_add_endpoint(public->public_addresses, &public->n_public_addresses, source);
    } else {
        device_add_endpoint(public->addresses, &public->n_addresses, source);
    }
    public->server = txn->hop.dst;
    public->transport = txn->hop.transport;
}

/* Seen from inside, the answer's Via tells what the server saw (RFC 3261
 * section 18.2.1, RFC 3581 section 4). */
static void learn_public_address(Device *device, const SipMessage *answer)
{
    SipVia via = sip_message_via(answer);
    NetEndpoint seen = { .port = via.rport };

    if (!net_addr_parse(via.received, &seen.addr)
        || net_addr_equal(&seen.addr, &answer->meta.flow.dst.addr))
        return;
    device_add_endpoint(device->public.public_addresses, &device->public.n_public_addresses, &seen);
}

static void move_to(Chain *chain, Cache *table, Nsec now)
{
    if (chain->table != NULL)
        cache_take(chain->table, chain);
    chain->table = table;
    cache_add(table, chain, &chain->public.id, sizeof(Chain), now);
}

/* A phone that takes a new Call-ID each time could open any number. */
static void close_oldest(Device *device)
{
    Chain *oldest = device->open;

    while (oldest->next != NULL)
        oldest = oldest->next;
    oldest->losses |= REG_LOSS_FORGOTTEN;
    cache_remove(oldest->table, oldest);
}

static Chain *open_chain(RegTracker *tracker, Device *device, const SipMessage *message)
{
    if (device->n_open == DEVICE_CHAINS)
        close_oldest(device);

    Chain *chain = g_new0(Chain, 1);

    chain->public.id = ++tracker->stats.chains;
    chain->public.device = &device->public;
    chain->public.opened = chain->public.last = message->meta.time;
    chain->public.steps = g_array_sized_new(false, false, sizeof(RegStep), 2);
    chain->device = device;
    chain->call_id = hash_str(message->call_id);
    chain->next = device->open;
    device->open = chain;
    device->n_open++;
    move_to(chain, tracker->chains, message->meta.time);
    return chain;
}

static void touch_chain(Chain *chain, Nsec time)
{
    chain->public.last = MAX(chain->public.last, time);
    cache_touch(chain->table, chain, time);
}

/* Nobody gives up on a request before it is due to be repeated the first time
 * (RFC 3261 section 17.1.2.2): whoever goes on sooner has its answer. */
#define TIMER_T1 (500 * NSEC_MSEC)

/* A request that shows that its sender got an answer which we did not see. */
static void look_for_witness(RegTracker *tracker, Chain *chain, const RegStep *step)
{
    if (chain->public.steps->len == 0)
        return;

    const RegStep *before = reg_chain_last_step(&chain->public);
    const SipMessage *request = reg_step_request(step);

    if (reg_step_status(before) != 0 || reg_step_request(before) == NULL)
        return;
    if (step->use == REG_CHALLENGE_UNSEEN && !reg_step_has_credentials(before)) {
        chain->public.answers_elsewhere = true;
        sites_witness(tracker->sites, request, true);
    } else if (reg_step_copies(before) == 0
               && request->meta.time - reg_step_request(before)->meta.time < TIMER_T1) {
        sites_witness(tracker->sites, request, false);
    }
}

static void add_step(RegTracker *tracker, Chain *chain, RegStep step, SipTxn *txn)
{
    uint32_t omitted = chain->public.steps_omitted;

    if (txn->request != NULL) {
        logins_read(chain, chain_ordinal_of(chain, NULL), &step);
        look_for_witness(tracker, chain, &step);
        chain_count_cseq(chain->device, &step, txn->request);
    }
    if (chain->public.steps->len == 0) {
        chain->public.purpose = chain_purpose_of(&step, chain->device);
        chain->public.head_cut = txn->request == NULL;
    }
    txn->owner = chain;
    chain_append(chain, step);
    tracker->stats.steps_omitted += chain->public.steps_omitted - omitted;
    touch_chain(chain, txn->opened);
}

/* True: it is one of the device's newest requests seen on another hop. */
static bool add_sighting(RegTracker *tracker, Device *device, uint64_t call_id, SipTxn *txn)
{
    Chain *chain = chains_find(device, call_id);
    RegStep *step = chain != NULL ? chain_sighting_of(chain, txn) : NULL;

    if (step == NULL)
        return false;
    if (step_add_sighting(step, txn))
        txn->owner = chain;
    touch_chain(chain, txn->opened);
    return true;
}

static void learn_device(RegTracker *tracker, Device *device, const Identity *identity,
                         const SipTxn *txn)
{
    text_set(&device->public.contact, identity->contact.whole);
    learn_addresses(device, txn);
    flows_bind(tracker->flows, device, &txn->hop, txn->opened);
}

static void take_request(RegTracker *tracker, SipTxn *txn)
{
    g_autofree char *aor = identity_aor(txn->request);
    Identity identity = identity_of(txn->request, aor);
    Device *device = devices_find(tracker->devices, &identity, txn->opened);

    sites_request(tracker->sites, txn, aor);
    if (add_sighting(tracker, device, identity.call_id, txn))
        return;

    RegStep step = step_new(txn);
    Chain *chain = chains_continued_by(device, &step, close_chain, tracker);

    if (chain == NULL)
        chain = open_chain(tracker, device, txn->request);
    chain->call_id = identity.call_id; /* another one, where only the nonce joins them */
    add_step(tracker, chain, step, txn);
    learn_device(tracker, device, &identity, txn);
}

/* An answer whose request was not captured: it still names the account. */
static void take_headless(RegTracker *tracker, SipTxn *txn, const SipMessage *answer)
{
    g_autofree char *aor = identity_aor(answer);
    Identity identity = identity_of(answer, aor);
    Device *device = devices_find(tracker->devices, &identity, txn->opened);

    if (add_sighting(tracker, device, identity.call_id, txn))
        return;

    Chain *chain = chains_find(device, identity.call_id);

    if (chain == NULL)
        chain = open_chain(tracker, device, answer);
    add_step(tracker, chain, step_new(txn), txn);
}

typedef struct Issuing {
    Device *device;
    IssuedNonce as;
} Issuing;

static void issue(const SipAuth *auth, void *user)
{
    const Issuing *issuing = user;

    nonces_issue(issuing->device, auth->nonce, &issuing->as);
}

static void note_nonces(Chain *chain, const RegStep *step, const SipMessage *answer)
{
    Issuing issuing = {
        .device = chain->device,
        .as = { .chain = chain->public.id,
                .step = chain_ordinal_of(chain, step),
                .life = { .issued = true,
                          .issuer = reg_step_txn(step)->hop.dst,
                          .challenge = answer->meta.ref,
                          .challenged = answer->meta.time } },
    };
    Str next;

    step_each_challenge(answer, issue, &issuing);
    if (step_next_nonce(answer, &next))
        nonces_issue(chain->device, next, &issuing.as);
}

static void accept_step(RegTracker *tracker, Chain *chain, const RegStep *step, const SipTxn *txn)
{
    Device *device = chain->device;

    device->public.last_accepted = MAX(device->public.last_accepted, txn->answered);
    nonces_accept(device, chain->public.id, chain_ordinal_of(chain, step));
    if (chain->table != tracker->settled)
        move_to(chain, tracker->settled, txn->answered);
    binding_accept(device, step, txn, tracker->sink.binding, tracker->sink.user);
}

/* What the first answer on any hop changes. */
static void take_answer(RegTracker *tracker, Chain *chain, RegStep *step, const SipTxn *txn)
{
    step_take_answer(step, txn->answer);
    logins_judge(step, txn->answer);
    if (txn->answer->status / 100 == 2)
        accept_step(tracker, chain, step, txn);
}

/* The request of an answer that was taken already: two interfaces whose clocks
 * differ were merged. */
static void take_belated(RegTracker *tracker, Chain *chain, RegStep *step, SipTxn *txn)
{
    g_autofree char *aor = identity_aor(txn->request);
    Identity identity = identity_of(txn->request, aor);
    uint32_t ordinal = chain_ordinal_of(chain, step);

    sites_request(tracker->sites, txn, aor);
    if (reg_step_request(step) != txn->request)
        return; /* another hop told already */
    step_take_request(step, txn->request);
    logins_read(chain, ordinal, step);
    learn_device(tracker, chain->device, &identity, txn);
    if (ordinal == 0) {
        chain->public.purpose = chain_purpose_of(step, chain->device);
        chain->public.head_cut = false;
    }
    if (txn->answer != NULL)
        take_answer(tracker, chain, step, txn);
}

void reg_tracker_opened(RegTracker *tracker, SipTxn *txn)
{
    tracker_see_time(tracker, txn->touched);
    if (txn->method != SIP_METHOD_REGISTER || txn->request == NULL)
        return;

    Chain *chain = txn->owner;
    RegStep *step = chain != NULL ? chain_step_of(chain, txn) : NULL;

    if (step != NULL)
        take_belated(tracker, chain, step, txn);
    else
        take_request(tracker, txn);
}

/* Whether the same request was answered on another hop before. */
static bool was_answered(const RegStep *step, const SipTxn *txn)
{
    for (unsigned i = 0; i < step->n_sightings; i++) {
        if (step->sightings[i] != txn && step->sightings[i]->answer != NULL)
            return true;
    }
    return false;
}

void reg_tracker_answered(RegTracker *tracker, SipTxn *txn)
{
    tracker_see_time(tracker, txn->touched);
    if (txn->method != SIP_METHOD_REGISTER)
        return;
    if (txn->owner == NULL && txn->request == NULL)
        take_headless(tracker, txn, txn->answer);
    sites_answer(tracker->sites, txn);

    Chain *chain = txn->owner;
    RegStep *step = chain != NULL ? chain_step_of(chain, txn) : NULL;

    if (step == NULL)
        return;

    if (!was_answered(step, txn))
        take_answer(tracker, chain, step, txn);
    note_nonces(chain, step, txn->answer); /* after it: nextnonce outlives the nonces before it */
    learn_public_address(chain->device, txn->answer);
    touch_chain(chain, txn->answered);
}

void reg_tracker_copied(RegTracker *tracker, SipTxn *txn, const SipMessage *copy)
{
    Chain *chain = txn->method == SIP_METHOD_REGISTER ? txn->owner : NULL;

    tracker_see_time(tracker, copy->meta.time);
    tracker->stats.retransmissions++;
    if (chain == NULL)
        return;
    touch_chain(chain, copy->meta.time);

    const RegStep *step = chain_step_of(chain, txn);

    /* A registrar without state makes a new challenge for each copy. */
    if (step != NULL && !copy->is_request)
        note_nonces(chain, step, copy);
}

void reg_tracker_closed(RegTracker *tracker, SipTxn *txn)
{
    Chain *chain = txn->owner;

    if (chain != NULL && txn->end == SIP_TXN_FORGOTTEN)
        chain->losses |= REG_LOSS_FORGOTTEN;
}
