/*
 * One attempt is what a phone does to get one thing: asked, challenged, asked
 * again. It ends with the answer that it cannot argue with, and a REGISTER
 * after that begins the next attempt.
 */

#include "chains.h"

#include "base/hash.h"
#include "nonces.h"
#include "step.h"

Chain *chains_find(const Device *device, uint64_t call_id)
{
    Chain *chain = device->open;

    while (chain != NULL && chain->call_id != call_id)
        chain = chain->next;
    return chain;
}

static RegStep *last_step(Chain *chain)
{
    return &g_array_index(chain->public.steps, RegStep, chain->public.steps->len - 1);
}

RegStep *chain_step_of(Chain *chain, const SipTxn *txn)
{
    for (unsigned i = chain->public.steps->len; i-- > 0;) {
        RegStep *step = &g_array_index(chain->public.steps, RegStep, i);

        for (unsigned k = 0; k < step->n_sightings; k++) {
            if (step->sightings[k] == txn)
                return step;
        }
    }
    return NULL;
}

uint32_t chain_ordinal_of(const Chain *chain, const RegStep *step)
{
    const GArray *steps = chain->public.steps;
    uint32_t index =
        step != NULL ? (uint32_t)(step - &g_array_index(steps, RegStep, 0)) : steps->len;

    return index < REG_CHAIN_FIRST ? index : index + chain->public.steps_omitted;
}

/* The table of transactions may hold it for a while yet; the messages go now. */
static void disown(SipTxn *txn)
{
    txn->owner = NULL;
    sip_txn_strip(txn);
}

void chain_let_go(RegStep *step)
{
    for (unsigned i = 0; i < step->n_sightings; i++)
        disown(step->sightings[i]);
    step_clear(step);
}

static size_t message_bytes(const SipMessage *message)
{
    return message != NULL ? sip_message_size(message) : 0;
}

static size_t step_bytes(const RegStep *step)
{
    const SipTxn *txn = reg_step_txn(step);

    return sizeof(RegStep) + message_bytes(txn->request) + message_bytes(txn->answer);
}

void chain_weigh(Chain *chain)
{
    size_t bytes = sizeof(Chain) + chain->steps_before;

    if (chain->public.steps->len > 0)
        bytes += step_bytes(last_step(chain));
    cache_grow(chain->table, chain, bytes);
}

static void omit_middle(Chain *whole)
{
    RegChain *chain = &whole->public;
    RegStep *step = &g_array_index(chain->steps, RegStep, REG_CHAIN_FIRST);

    whole->steps_before -= MIN(whole->steps_before, step_bytes(step));
    chain->steps_omitted++;
    chain->rejections_omitted += reg_step_is_rejection(step);
    chain->requests_omitted += (reg_step_request(step) != NULL) + reg_step_copies(step);
    chain_let_go(step);
    g_array_remove_index(chain->steps, REG_CHAIN_FIRST);
}

RegStep *chain_append(Chain *chain, RegStep step)
{
    GArray *steps = chain->public.steps;

    if (steps->len > 0)
        chain->steps_before += step_bytes(last_step(chain));
    if (steps->len == REG_CHAIN_FIRST + REG_CHAIN_NEWEST)
        omit_middle(chain);
    g_array_append_val(steps, step);
    return last_step(chain);
}

RegStep *chain_sighting_of(Chain *chain, const SipTxn *txn)
{
    unsigned n = chain->public.steps->len;

    for (unsigned i = n; i-- > 0 && i + 4 >= n;) {
        RegStep *step = &g_array_index(chain->public.steps, RegStep, i);

        if (step_is_sighting(step, txn))
            return step;
    }
    return NULL;
}

/* Answers that a phone may react to within the same attempt (RFC 3261 section
 * 8.1.3, RFC 5626 section 6): it changes the request and tries again. */
static bool invites_another_try(uint16_t status)
{
    switch (status) {
    case 401:
    case 407:
    case 413:
    case 416:
    case 420:
    case 421:
    case 423:
    case 439:
    case 494:
        return true;
    default:
        return status / 100 == 3;
    }
}

static bool continues(Chain *chain, const RegStep *step)
{
    const RegStep *last = last_step(chain);
    uint16_t status = reg_step_status(last);

    if (status == 0)
        return true;
    if (status == 401 || status == 407)
        return step->n_credentials > 0 || step_names_nonce(reg_step_request(step));
    return invites_another_try(status);
}

/* RFC 3261 section 8.1.3.5 wants the same Call-ID, some phones take a new one:
 * then the nonce tells which challenge is meant. */
static Chain *find_by_nonce(Device *device, const RegStep *step)
{
    SipAuth auth;

    for (unsigned n = 0; step_credentials(step, n, &auth); n++) {
        const IssuedNonce *issued = nonces_find(device, auth.nonce);

        for (Chain *chain = device->open; issued != NULL && chain != NULL; chain = chain->next) {
            if (chain->public.id == issued->chain && last_step(chain)->challenged)
                return chain;
        }
    }
    return NULL;
}

Chain *chains_continued_by(Device *device, const RegStep *step,
                           void (*close)(Chain *chain, void *user), void *user)
{
    Chain *chain = chains_find(device, hash_str(reg_step_request(step)->call_id));

    if (chain != NULL && continues(chain, step))
        return chain;
    if (chain != NULL) {
        chain->public.followed = true;
        close(chain, user);
    }
    chain = find_by_nonce(device, step);
    for (Chain *other = device->open; other != NULL; other = other->next) {
        if (other != chain)
            other->public.followed = true;
    }
    return chain;
}

RegChallengeUse chain_use_of_nonce(const Chain *chain, uint32_t ordinal, Str nonce)
{
    const IssuedNonce *issued = nonces_find(chain->device, nonce);

    if (issued == NULL || !issued->life.issued)
        return REG_CHALLENGE_UNSEEN;
    return issued->chain == chain->public.id && issued->step + 1 == ordinal
               ? REG_CHALLENGE_PRECEDING
               : REG_CHALLENGE_EARLIER;
}

RegChallengeUse chain_challenge_use(const Chain *chain, uint32_t ordinal, const RegStep *step)
{
    RegChallengeUse best = REG_CHALLENGE_NO_CREDENTIALS;
    SipAuth auth;

    /* A request may carry credentials for a proxy and for the registrar; what
     * counts is that the newest challenge was answered. */
    for (unsigned n = 0; step_credentials(step, n, &auth); n++) {
        RegChallengeUse use = chain_use_of_nonce(chain, ordinal, auth.nonce);

        if (best == REG_CHALLENGE_NO_CREDENTIALS || use < best)
            best = use;
    }
    return best;
}

/* The same branch is a copy that came late, or is judged as such. */
void chain_count_cseq(Device *device, RegStep *step, const SipMessage *request)
{
    CallCount *count = &device->count;
    uint64_t call_id = hash_str(request->call_id);
    uint64_t branch = hash_str(request->branch);
    uint64_t path = hash_mix(net_addr_hash(&request->meta.flow.src.addr),
                             net_addr_hash(&request->meta.flow.dst.addr));

    if (request->anomalies & (SIP_NO_CALL_ID | SIP_NO_CSEQ | SIP_CSEQ_MALFORMED))
        return;
    if (count->call_id == call_id && count->path == path && count->newest.cseq >= request->cseq) {
        step->cseq_not_higher = count->branch != branch;
        step->before = count->newest;
        return;
    }
    *count = (CallCount){
        .call_id = call_id,
        .branch = branch,
        .path = path,
        .newest = { request->cseq, request->meta.ref, request->meta.time },
    };
}

RegPurpose chain_purpose_of(const RegStep *first, const Device *device)
{
    if (first->removes)
        return REG_PURPOSE_REMOVE;
    if (first->queries)
        return REG_PURPOSE_QUERY;

    const RegBinding *newest = device_newest_binding(device);
    bool stands = newest != NULL && newest->end == REG_BINDING_OPEN
                  && newest->until >= reg_step_txn(first)->opened;

    return stands ? REG_PURPOSE_REFRESH : REG_PURPOSE_REGISTER;
}

RegOutcome chain_outcome_of(const RegChain *chain)
{
    const RegStep *last = reg_chain_last_step(chain);
    uint16_t status = reg_step_status(last);

    if (status / 100 == 2)
        return REG_OUTCOME_ACCEPTED;
    if (status == 0)
        return chain->tail_cut || chain->answers_elsewhere ? REG_OUTCOME_UNKNOWN
                                                           : REG_OUTCOME_UNANSWERED;
    if (status != 401 && status != 407)
        return REG_OUTCOME_REFUSED;
    /* Credentials for the challenge just before it were refused; anything else
     * was asked to try again. */
    if (reg_step_is_rejection(last))
        return REG_OUTCOME_REFUSED;
    return chain->tail_cut ? REG_OUTCOME_UNKNOWN : REG_OUTCOME_ABANDONED;
}
