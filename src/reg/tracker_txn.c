/*
 * Transactions as they come: which attempt a REGISTER belongs to, and what its
 * answer changes.
 */

#include "base/hash.h"
#include "binding.h"
#include "identity.h"
#include "lives.h"
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
static void learn_addresses(Device *device, const NetEndpoint *named, const SipTxn *txn)
{
    RegDevice *public = &device->public;
    const NetEndpoint *source = &txn->hop.src;

    if (named->addr.version != 0) {
        device_add_endpoint(public->addresses, &public->n_addresses, named);
        device_add_endpoint(public->public_addresses, &public->n_public_addresses, source);
    } else {
        device_add_endpoint(public->addresses, &public->n_addresses, source);
    }
    public->server = txn->hop.dst;
    public->transport = txn->hop.transport;
}

/* A sender that answered a challenge got it: its address is no forgery. Neither is one that
 * was let in. A server refuses forged requests as readily as others, so that an answer alone
 * proves nothing. */
static void prove_answered(RegTracker *tracker, Chain *chain, const RegStep *step,
                           const SipTxn *txn)
{
    bool got_challenge = step->use == REG_CHALLENGE_PRECEDING || step->use == REG_CHALLENGE_EARLIER;

    if (!txn->request_seen || (txn->status / 100 != 2 && !got_challenge))
        return;
    cache_prove(chain->table, chain);
    devices_prove(tracker->devices, chain->device);
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
    if (device->returned)
        chain->losses |= REG_LOSS_FORGOTTEN;
    chain->table = tracker->chains;
    if (device->public.last_accepted != NSEC_NONE)
        cache_add(chain->table, chain, &chain->public.id, sizeof(Chain), message->meta.time);
    else
        cache_admit(chain->table, chain, &chain->public.id, sizeof(Chain), message->meta.time,
                    net_addr_group(&message->meta.flow.src.addr));
    return chain;
}

static void touch_chain(Chain *chain, Nsec time)
{
    chain->public.last = MAX(chain->public.last, time);
    chain_weigh(chain);
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
    txn->genuine = chain->device->public.last_accepted != NSEC_NONE;
    chain_append(chain, step);
    tracker->stats.steps_omitted += chain->public.steps_omitted - omitted;
    touch_chain(chain, txn->opened);
}

static NetEndpoint own_end(const Device *device)
{
    const RegDevice *public = &device->public;

    return public->n_addresses > 0 ? public->addresses[public->n_addresses - 1]
                                   : (NetEndpoint){ 0 };
}

/* A new Call-ID and tag alone are the habit of some trunks (RFC 3261 section 10.2 asks for
 * one Call-ID); a connection has another port each time. */
static bool is_boot(const Device *device, const NetEndpoint *own_before, bool other_contact,
                    const SipTxn *txn)
{
    NetEndpoint own = own_end(device);

    return device->anew && txn->hop.transport == NET_UDP
           && (other_contact || !net_endpoint_equal(&own, own_before));
}

static void learn_device(RegTracker *tracker, Device *device, const RegStep *step,
                         const Identity *identity, const SipTxn *txn)
{
    OwnEnd own = { .before = own_end(device), .named = identity->own };
    bool other_contact = str_present(identity->contact.whole)
                         && !str_equal(text_view(device->public.contact), identity->contact.whole);

    text_set(&device->public.contact, identity->contact.whole);
    learn_addresses(device, &own.named, txn);
    if (is_boot(device, &own.before, other_contact, txn))
        life_booted(device, txn);
    tracker_bind_path(tracker, device, step, txn, &own);
}

/* The same REGISTER on another hop: where that is behind the NAT, it shows the
 * device's public address. */
static void learn_hop(RegTracker *tracker, Device *device, const RegStep *step, const SipTxn *txn)
{
    RegDevice *public = &device->public;
    OwnEnd own = { .before = own_end(device) };
    const Flow *flow;

    if (txn->request == NULL)
        return;
    if (!identity_own_end(txn->request, &own.named))
        own.named = (NetEndpoint){ 0 };
    tracker_bind_path(tracker, device, step, txn, &own);
    flow = flows_find(tracker->flows, &txn->hop.src, txn->hop.transport);
    if (flow != NULL && flow->outside)
        device_add_endpoint(public->public_addresses, &public->n_public_addresses, &txn->hop.src);
}

/* True: it is one of the device's newest requests seen on another hop. */
static bool add_sighting(RegTracker *tracker, Device *device, uint64_t call_id, SipTxn *txn)
{
    Chain *chain = chains_find(device, call_id);
    RegStep *step = chain != NULL ? chain_sighting_of(chain, txn) : NULL;

    if (step == NULL)
        return false;
    if (step_add_sighting(step, txn)) {
        txn->owner = chain;
        learn_hop(tracker, device, step, txn);
    }
    touch_chain(chain, txn->opened);
    return true;
}

/* True: the same message was seen at another place, whatever became of its
 * Call-ID, tags and addresses on the way. */
static bool join_twin(RegTracker *tracker, const SipMessage *message, SipTxn *txn)
{
    SipTxn *twin = pairs_join(tracker->pairs, message, txn);
    Chain *chain = twin != NULL ? twin->owner : NULL;
    RegStep *step = chain != NULL ? chain_step_of(chain, twin) : NULL;

    if (step == NULL || step_has_hop(step, txn) || !step_add_sighting(step, txn))
        return false;
    txn->owner = chain;
    learn_hop(tracker, chain->device, step, txn);
    touch_chain(chain, txn->opened);
    return true;
}

static void take_request(RegTracker *tracker, SipTxn *txn)
{
    g_autofree char *aor = identity_aor(txn->request);

    if (join_twin(tracker, txn->request, txn)) {
        sites_request(tracker->sites, txn, aor);
        return;
    }

    RegStep step = step_new(txn);
    Identity identity = identity_of_step(&step, aor);
    Device *device = devices_find(tracker->devices, &identity, txn->opened);

    sites_request(tracker->sites, txn, aor);
    agenda_add(tracker->agenda, device);
    if (add_sighting(tracker, device, identity.call_id, txn)) {
        step_clear(&step);
        return;
    }

    Chain *chain = chains_continued_by(device, &step, close_chain, tracker);

    if (chain == NULL)
        chain = open_chain(tracker, device, txn->request);
    chain->call_id = identity.call_id; /* another one, where only the nonce joins them */
    add_step(tracker, chain, step, txn);
    learn_device(tracker, device, NULL, &identity, txn);
}

/* An answer whose request was not captured: it still names the account. */
static void take_headless(RegTracker *tracker, SipTxn *txn, const SipMessage *answer)
{
    g_autofree char *aor = identity_aor(answer);
    Identity identity = identity_of(answer, aor);
    Device *device = devices_find(tracker->devices, &identity, txn->opened);

    agenda_add(tracker->agenda, device);
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
    life_steady(device, step, txn);
    nonces_accept(device, chain->public.id, chain_ordinal_of(chain, step));
    if (chain->table != tracker->settled)
        move_to(chain, tracker->settled, txn->answered);
    tracker_accept_binding(tracker, device, step, txn);
}

/* What the first answer on any hop changes. */
static void take_answer(RegTracker *tracker, Chain *chain, RegStep *step, const SipTxn *txn)
{
    step_take_answer(step, txn->answer);
    logins_judge(step, txn->answer);
    if (txn->answer->status / 100 == 2)
        accept_step(tracker, chain, step, txn);
    prove_answered(tracker, chain, step, txn);
}

/* The request of an answer that was taken already: two interfaces whose clocks
 * differ were merged. */
static void take_belated(RegTracker *tracker, Chain *chain, RegStep *step, SipTxn *txn)
{
    g_autofree char *aor = identity_aor(txn->request);
    uint32_t ordinal = chain_ordinal_of(chain, step);

    sites_request(tracker->sites, txn, aor);
    if (reg_step_request(step) != txn->request)
        return; /* another hop told already */
    step_take_request(step, txn->request);

    Identity identity = identity_of_step(step, aor);

    logins_read(chain, ordinal, step);
    learn_device(tracker, chain->device, step, &identity, txn);
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
    if (txn->method != SIP_METHOD_REGISTER) {
        inbounds_opened(tracker->inbounds, txn);
        return;
    }
    if (txn->request == NULL)
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
    if (txn->method != SIP_METHOD_REGISTER) {
        if (txn->owner != NULL)
            inbounds_answered(tracker->inbounds, txn);
        else
            tracker_see_refusal(tracker, txn);
        return;
    }
    if (txn->owner == NULL && txn->request == NULL && !join_twin(tracker, txn->answer, txn))
        take_headless(tracker, txn, txn->answer);
    sites_answer(tracker->sites, txn);

    Chain *chain = txn->owner;
    RegStep *step = chain != NULL ? chain_step_of(chain, txn) : NULL;

    if (step == NULL)
        return;

    if (!was_answered(step, txn))
        take_answer(tracker, chain, step, txn);
    note_nonces(chain, step, txn->answer); /* after it: nextnonce outlives the nonces before it */
    life_server_heard(chain->device, txn);
    agenda_wake(chain->device);
    tracker_see_told(tracker, chain->device, txn->answer);
    touch_chain(chain, txn->answered);
}

void reg_tracker_copied(RegTracker *tracker, SipTxn *txn, const SipMessage *copy)
{
    Chain *chain = txn->method == SIP_METHOD_REGISTER ? txn->owner : NULL;

    tracker_see_time(tracker, copy->meta.time);
    tracker->stats.retransmissions++;
    if (txn->method != SIP_METHOD_REGISTER)
        inbounds_copied(tracker->inbounds, txn, copy);
    if (chain == NULL)
        return;
    /* A phone that repeats what was accepted goes on doing so, in longer and longer steps. */
    if (copy->is_request && chain->table == tracker->settled)
        move_to(chain, tracker->chains, copy->meta.time);
    touch_chain(chain, copy->meta.time);

    const RegStep *step = chain_step_of(chain, txn);

    /* A registrar without state makes a new challenge for each copy. */
    if (step != NULL && !copy->is_request)
        note_nonces(chain, step, copy);
}

void reg_tracker_closed(RegTracker *tracker, SipTxn *txn)
{
    Chain *chain = txn->method == SIP_METHOD_REGISTER ? txn->owner : NULL;

    if (txn->method != SIP_METHOD_REGISTER)
        inbounds_closed(tracker->inbounds, txn, tracker->now);
    if (chain != NULL && txn->end == SIP_TXN_FORGOTTEN)
        chain->losses |= REG_LOSS_FORGOTTEN;
}
