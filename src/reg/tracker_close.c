/*
 * The end of a chain: what became of it, who is told, and what is kept.
 */

#include "attempt.h"
#include "haste.h"
#include "lives.h"
#include "state.h"
#include "step.h"
#include "verify.h"

static void unlink_from_device(Chain *chain)
{
    Chain **at = &chain->device->open;

    while (*at != chain)
        at = &(*at)->next;
    *at = chain->next;
    chain->device->n_open--;
}

/* Where one transaction was seen: as the user said of its capture or of all,
 * else as its addresses and TTLs tell. */
static RegVantage vantage_of_txn(RegTracker *tracker, const SipTxn *txn)
{
    RegVantageVerdict verdict = reg_vantage_of_txn(txn);
    RegVantage place = sites_place(tracker->sites, txn);

    sites_vantage(tracker->sites, txn, verdict);
    if (place != REG_VANTAGE_UNKNOWN)
        return place;
    return tracker->config.vantage != REG_VANTAGE_UNKNOWN ? tracker->config.vantage
                                                          : verdict.vantage;
}

static uint32_t vantage_of(RegTracker *tracker, const RegChain *chain)
{
    uint32_t found = 0;

    for (unsigned i = 0; i < chain->steps->len; i++) {
        const RegStep *step = reg_chain_step(chain, i);

        for (unsigned k = 0; k < step->n_sightings; k++)
            found |= vantage_of_txn(tracker, step->sightings[k]);
    }
    if (found != REG_VANTAGE_UNKNOWN)
        return found & ~(uint32_t)REG_VANTAGE_UNKNOWN;
    return sites_vantage_so_far(tracker->sites, reg_step_txn(reg_chain_step(chain, 0)));
}

static uint32_t losses_of(const RegTracker *tracker, const Chain *chain)
{
    const NetFlow *hop = &reg_step_txn(reg_chain_step(&chain->public, 0))->hop;
    uint32_t losses = chain->losses;

    losses |= ledger_between(&tracker->ledger, chain->public.opened, chain->public.watched);
    if (sites_one_way(tracker->sites, hop))
        losses |= REG_LOSS_ONE_WAY;
    return losses;
}

/* What the phone, or we, are waiting since: for an answer since the request
 * was first sent, for the next request since the last answer came. */
static Nsec waiting_since(const RegChain *chain)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipMessage *answer = reg_step_answer(last);

    return answer != NULL ? chain->last : reg_step_txn(last)->opened;
}

/* Whether waiting longer cannot change anything. Another attempt shows that
 * the phone was done with an answer that it got; it does not show that none
 * was still on its way. */
static bool is_over(const RegChain *chain, CacheDrop why)
{
    return why == CACHE_DROP_IDLE
           || (chain->followed && reg_step_status(reg_chain_last_step(chain)) != 0);
}

static void add_rewrites(RegChain *chain, RegRewrites *rewrites)
{
    for (unsigned i = 0; i < chain->n_rewrites; i++) {
        if (chain->rewrites[i] == rewrites)
            return;
    }
    if (rewrites != NULL && chain->n_rewrites < G_N_ELEMENTS(chain->rewrites))
        chain->rewrites[chain->n_rewrites++] = rewrites;
}

static void find_rewrites(const RegTracker *tracker, RegChain *chain)
{
    for (unsigned i = 0; i < chain->steps->len; i++) {
        const RegStep *step = reg_chain_step(chain, i);

        for (unsigned k = 1; k < step->n_sightings; k++)
            add_rewrites(chain,
                         pairs_rewrites(tracker->pairs, &step->sightings[k - 1]->hop.src,
                                        step->sightings[k - 1]->place, step->sightings[k]->place));
    }
}

/* What other messages of the phone showed, where this one did not get that far. */
static void find_rewrites_beyond(const RegTracker *tracker, RegChain *chain)
{
    const SipTxn *txn = reg_step_txn(reg_chain_last_step(chain));

    if (txn->place == CAPTURE_PLACE_UNSAID)
        return;
    for (uint32_t place = txn->place + 1; place <= CAPTURE_PLACE_SERVER; place++)
        add_rewrites(chain, pairs_rewrites(tracker->pairs, &txn->hop.src, txn->place, place));
}

static void settle(RegTracker *tracker, Chain *chain, CacheDrop why)
{
    RegChain *public = &chain->public;
    const RegDevice *device = &chain->device->public;
    const RegStep *last = reg_chain_last_step(public);

    public->watched = MAX(tracker->now, public->last);
    public->tail_cut =
        why == CACHE_DROP_FULL
        || (!is_over(public, why) && public->watched - waiting_since(public) < CHAIN_SILENCE);
    public->losses = losses_of(tracker, chain);
    public->outcome = chain_outcome_of(public);
    find_rewrites(tracker, public);
    find_rewrites_beyond(tracker, public);
    public->looked_on = sites_looked_on(tracker->sites, public->opened, public->last);
    public->clock_uncertainty = sites_clock_uncertainty(tracker->sites);
    public->vantage = vantage_of(tracker, public);
    public->recovered = device->last_accepted != NSEC_NONE && device->last_accepted > public->last;
    chain->device->public.vantage |= public->vantage;
    chain->device->public.losses |= public->losses;
    public->server_answers_others =
        sites_server_answers_others(tracker->sites, &reg_step_txn(last)->hop, public->opened);
    public->server_marks_others =
        sites_server_marks_others(tracker->sites, &reg_step_txn(last)->hop);
}

static void count_outcome(RegDevice *device, RegOutcome outcome)
{
    device->n_attempts++;
    switch (outcome) {
    case REG_OUTCOME_ACCEPTED:
        device->n_accepted++;
        break;
    case REG_OUTCOME_REFUSED:
        device->n_refused++;
        break;
    case REG_OUTCOME_ABANDONED:
    case REG_OUTCOME_UNANSWERED:
        device->n_unanswered++;
        break;
    case REG_OUTCOME_UNKNOWN:
        break;
    }
}

static void count_login(RegDevice *device, const RegChain *chain)
{
    RegDigestVerdict verdict = reg_chain_last_step(chain)->digest.verdict;

    if (chain->outcome == REG_OUTCOME_REFUSED
        && (verdict == REG_DIGEST_MISMATCH || verdict == REG_DIGEST_OTHER_INPUT))
        device->n_wrong_logins++;
}

/* What failed is over when something was accepted meanwhile. */
static void note_trouble(Device *device, const RegChain *chain)
{
    bool failed = chain->outcome != REG_OUTCOME_ACCEPTED && chain->outcome != REG_OUTCOME_UNKNOWN;
    bool stays = chain->purpose == REG_PURPOSE_REGISTER || chain->purpose == REG_PURPOSE_REFRESH;

    if (failed && stays)
        life_troubled(device, chain->last, chain->recovered);
}

static void record_attempt(RegTracker *tracker, Chain *chain, bool cited)
{
    Device *device = chain->device;
    RegAttempt *attempt = attempt_new(&chain->public);

    attempt->cited = cited;
    count_outcome(&device->public, attempt->outcome);
    if (attempt->outcome == REG_OUTCOME_UNANSWERED)
        life_unanswered(device, reg_step_txn(reg_chain_last_step(&chain->public)));
    count_login(&device->public, &chain->public);
    note_trouble(device, &chain->public);
    haste_note(device, attempt);
    crowds_note(tracker->crowds, &chain->public);
    if (tracker->sink.attempt != NULL)
        tracker->sink.attempt(&device->public, attempt, tracker->sink.user);
    attempt_keep(device, attempt, (unsigned)tracker->config.max_attempts_kept);
    agenda_wake(device);
    devices_weigh(tracker->devices, device);
}

void tracker_close_chain(void *item, CacheDrop why, void *user)
{
    RegTracker *tracker = user;
    Chain *chain = item;
    bool cited = false;

    settle(tracker, chain, why);
    if (tracker->digest != NULL)
        verify_chain(tracker->digest, tracker->config.secrets, chain);
    if (sites_is_scanner(tracker->sites,
                         &reg_step_txn(reg_chain_step(&chain->public, 0))->hop.src.addr))
        chain->device->public.scanner = true;
    if (tracker->sink.chain != NULL)
        cited = tracker->sink.chain(&chain->public, tracker->sink.user);
    record_attempt(tracker, chain, cited);

    for (unsigned i = 0; i < chain->public.steps->len; i++)
        chain_let_go(&g_array_index(chain->public.steps, RegStep, i));
    unlink_from_device(chain);
    g_array_unref(chain->public.steps);
    g_free(chain);
}
