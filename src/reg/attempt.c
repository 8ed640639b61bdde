/*
 * The short record of a chain. It must stay small, because it is kept for every
 * device, also for a hundred thousand of them: so it is one block, like a
 * SipMessage, and what all steps have in common is in it once.
 */

#include "attempt.h"

#include "step.h"

/* Of a header line that is kept; more of it is no remark. */
#define MAX_REMARK 120

/* Takes space in a block for one thing after the other. Without a block it
 * only adds up how large one must be: everything is written twice, first to
 * measure. */
typedef struct Packer {
    char *block;
    size_t used;
    Str contact; /* of the step before ... */
    char *contact_text;
} Packer;

static void *pack(Packer *packer, size_t size)
{
    size_t at = (packer->used + sizeof(void *) - 1) & ~(sizeof(void *) - 1);

    packer->used = at + size;
    return packer->block != NULL ? packer->block + at : NULL;
}

/* With a NUL byte behind it, which is in the block already. */
static char *pack_text(Packer *packer, Str text)
{
    if (!str_present(text))
        return NULL;

    char *copy = packer->block != NULL ? packer->block + packer->used : NULL;

    packer->used += text.len + 1;
    if (copy != NULL)
        memcpy(copy, text.data, text.len);
    return copy;
}

static RegDigestVerdict verdict_of(const RegStep *step)
{
    RegDigestVerdict verdict = step->digest.verdict;

    if (verdict != REG_DIGEST_NONE)
        return verdict;
    return step->use == REG_CHALLENGE_UNSEEN ? REG_DIGEST_NO_CHALLENGE : REG_DIGEST_NO_SECRET;
}

static uint8_t place_of_hypothesis(const RegHypothesis *hypothesis)
{
    return hypothesis != NULL ? (uint8_t)(reg_hypothesis_index(hypothesis) + 1) : 0;
}

static bool is_from_other_server(const RegStep *step)
{
    return step->nonce.issued
           && !net_addr_equal(&step->nonce.issuer.addr, &reg_step_txn(step)->hop.dst.addr);
}

/* The challenge before a step that its credentials answer, as far as they answer any. */
static bool find_challenge(const RegChain *chain, unsigned step, const SipAuth *auth,
                           SipAuth *challenge)
{
    bool found = false;

    for (unsigned i = step; i-- > 0 && !(found && str_equal(challenge->nonce, auth->nonce));) {
        const SipMessage *answer = reg_step_answer(reg_chain_step(chain, i));
        SipAuth other;

        if (answer == NULL || !reg_digest_challenge_for(answer, auth, &other))
            continue;
        if (!found || str_equal(other.nonce, auth->nonce))
            *challenge = other;
        found = true;
    }
    return found;
}

static Str pack_str(Packer *packer, Str text)
{
    char *copy = pack_text(packer, text);

    return (Str){ copy, copy != NULL ? text.len : 0 };
}

static void pack_detail(Packer *packer, const RegChain *chain, unsigned index, const SipAuth *auth,
                        RegDigestDetail *kept)
{
    const RegStep *step = reg_chain_step(chain, index);
    const SipMessage *request = reg_step_request(step);
    RegDigestDetail detail = { .used = pack_text(packer, str_of(step->digest.used)),
                               .second_used = pack_text(packer, str_of(step->digest.second_used)) };
    SipAuth challenge;
    RegDigestTable table = {
        .challenge = find_challenge(chain, index, auth, &challenge) ? &challenge : NULL,
        .auth = auth,
        .method = request->method_name,
        .request_uri = request->request_uri,
        .result = &step->digest,
        .nc = step->nonce.nc,
    };

    reg_digest_table(&table, detail.rows);
    for (unsigned i = 0; i < REG_DIGEST_ROWS; i++) {
        RegDigestRow *row = &detail.rows[i];

        row->challenge = pack_str(packer, row->challenge);
        row->answer = pack_str(packer, row->answer);
        row->known = pack_str(packer, row->known);
        row->fits = pack_str(packer, row->fits);
    }
    if (kept != NULL)
        *kept = detail;
}

/* The table is for the credentials that an attempt was refused with: those
 * before them failed alike, and those of a registered phone need none. */
static bool is_last_refused(const RegChain *chain, unsigned index)
{
    return index + 1 == chain->steps->len && chain->outcome != REG_OUTCOME_ACCEPTED
           && reg_step_status(reg_chain_step(chain, index)) >= 400;
}

static RegDigestFacts *pack_digest(Packer *packer, const RegChain *chain, unsigned index)
{
    const RegStep *step = reg_chain_step(chain, index);
    SipAuth auth;

    if (!step_credentials(step, 0, &auth))
        return NULL;

    bool detailed = is_last_refused(chain, index);
    RegDigestFacts *facts =
        pack(packer, sizeof(RegDigestFacts) + (detailed ? sizeof(RegDigestDetail) : 0));
    RegDigestFacts read = {
        .username = pack_text(packer, auth.username),
        .realm = pack_text(packer, auth.realm),
        .algorithm = pack_text(packer, auth.algorithm),
        .qop = pack_text(packer, auth.qop),
        .uri = pack_text(packer, auth.uri),
        .nc = pack_text(packer, auth.nc),
        .verdict = (uint8_t)verdict_of(step),
        .use = (uint8_t)step->use,
        .hypothesis = place_of_hypothesis(step->digest.hypothesis),
        .second = place_of_hypothesis(step->digest.second),
        .other_server = is_from_other_server(step),
        .detailed = detailed,
    };

    if (facts != NULL)
        *facts = read;
    if (detailed)
        pack_detail(packer, chain, index, &auth, facts != NULL ? facts->detail : NULL);
    return facts;
}

/* The Contact of the request without its parameters. */
static char *pack_contact(Packer *packer, const RegStep *step)
{
    Str contact = step->contact.star ? STR("*") : step->contact.uri.whole;

    if (!str_present(contact) || !str_equal(contact, packer->contact)) {
        packer->contact = contact;
        packer->contact_text = pack_text(packer, contact);
    }
    return packer->contact_text;
}

static bool is_usual_reason(const SipMessage *answer)
{
    return (answer->status == 200 && str_equal_nocase(answer->reason, STR("OK")))
           || (answer->status == 401 && str_equal_nocase(answer->reason, STR("Unauthorized")));
}

/* What a refusal says of itself beside its reason phrase: the registrar's own
 * account first, else who it is. */
static char *pack_remark(Packer *packer, const SipMessage *answer)
{
    static const SipHeaderId headers[] = { SIP_HEADER_P_REGISTRAR_ERROR, SIP_HEADER_WARNING,
                                           SIP_HEADER_SERVER };

    for (unsigned i = 0; i < G_N_ELEMENTS(headers); i++) {
        Str value = str_first(sip_message_first(answer, headers[i]), MAX_REMARK);

        if (value.len == 0)
            continue;

        g_autofree char *line =
            g_strdup_printf("%s: %.*s", sip_header_long_name(headers[i]), STR_ARG(value));

        return pack_text(packer, str_of(line));
    }
    return NULL;
}

static bool is_refusal(const SipMessage *answer)
{
    return answer->status >= 400 && answer->status != 401 && answer->status != 407;
}

static void pack_refusal(Packer *packer, const SipMessage *answer, RegAttemptStep *record)
{
    uint32_t seconds;

    record->remark = pack_remark(packer, answer);
    if (sip_number(sip_message_first(answer, SIP_HEADER_RETRY_AFTER), &seconds) == SIP_NUMBER_OK)
        record->retry_after = MIN(seconds, REG_EXPIRES_NONE - 1);
}

static RegAttemptStep pack_step(Packer *packer, const RegChain *chain, unsigned index)
{
    const RegStep *step = reg_chain_step(chain, index);
    const SipTxn *txn = reg_step_txn(step);
    const SipMessage *request = reg_step_request(step);
    const SipMessage *answer = reg_step_answer(step);
    RegAttemptStep record = {
        .cseq = request != NULL  ? request->cseq
                : answer != NULL ? answer->cseq
                                 : 0,
        .request_time = NSEC_NONE,
        .answer_time = NSEC_NONE,
        .copies = txn->request_copies,
        .answer_copies = txn->answer_copies,
        .status = reg_step_status(step),
        .credentials = reg_step_has_credentials(step),
        .challenged = step->challenged,
        .asked = step->asked,
        .granted = step->granted,
        .retry_after = REG_EXPIRES_NONE,
        .digest = pack_digest(packer, chain, index),
        .contact = pack_contact(packer, step),
    };

    if (request != NULL) {
        record.request = request->meta.ref;
        record.request_time = request->meta.time;
        record.request_size = (uint16_t)request->raw.len;
    }
    if (answer != NULL) {
        record.answer = answer->meta.ref;
        record.answer_time = answer->meta.time;
        record.reason = is_usual_reason(answer) ? NULL : pack_text(packer, answer->reason);
        if (is_refusal(answer))
            pack_refusal(packer, answer, &record);
    }
    return record;
}

static bool ends_waiting(const RegChain *chain)
{
    return !chain->tail_cut
           && (chain->outcome == REG_OUTCOME_ABANDONED || chain->outcome == REG_OUTCOME_UNANSWERED);
}

static char *pack_call_id(Packer *packer, const RegStep *first)
{
    const SipMessage *message =
        reg_step_request(first) != NULL ? reg_step_request(first) : reg_step_answer(first);

    return message != NULL ? pack_text(packer, message->call_id) : NULL;
}

static RegAttempt *pack_attempt(Packer *packer, const RegChain *chain)
{
    unsigned n = chain->steps->len;
    RegAttempt *attempt = pack(packer, sizeof(RegAttempt));
    RegAttemptStep *steps = pack(packer, n * sizeof(RegAttemptStep));

    for (unsigned i = 0; i < n; i++) {
        RegAttemptStep step = pack_step(packer, chain, i);

        if (steps != NULL)
            steps[i] = step;
    }

    char *call_id = pack_call_id(packer, reg_chain_step(chain, 0));

    if (attempt != NULL)
        *attempt = (RegAttempt){
            .chain = chain->id,
            .call_id = call_id,
            .purpose = chain->purpose,
            .outcome = chain->outcome,
            .opened = chain->opened,
            .first_opened = chain->opened,
            .closed = chain->last,
            .repeated = 1,
            .head_cut = chain->head_cut,
            .tail_cut = chain->tail_cut,
            .unexplained_silence = ends_waiting(chain),
            .n_steps = n,
            .steps_omitted = chain->steps_omitted,
            .steps = steps,
            .bytes = packer->used,
        };
    return attempt;
}

RegAttempt *attempt_new(const RegChain *chain)
{
    Packer measure = { 0 };

    pack_attempt(&measure, chain);

    Packer packer = { .block = g_malloc0(measure.used) };

    return pack_attempt(&packer, chain);
}

void attempt_free(RegAttempt *attempt)
{
    g_free(attempt);
}

/* Runs are made of what needs no line of its own: refreshes like the one
 * before, and failures like the one that a finding has told about already. */
static bool may_fold(const RegAttempt *attempt)
{
    return (attempt->purpose == REG_PURPOSE_REFRESH || attempt->outcome != REG_OUTCOME_ACCEPTED)
           && !attempt->cited && !attempt->head_cut && !attempt->tail_cut;
}

/* The same steps with the same results on the same terms. */
static bool are_alike(const RegAttempt *a, const RegAttempt *b)
{
    if (!may_fold(a) || !may_fold(b) || a->n_steps != b->n_steps
        || a->steps_omitted != b->steps_omitted || a->purpose != b->purpose
        || a->outcome != b->outcome)
        return false;
    for (unsigned i = 0; i < a->n_steps; i++) {
        const RegAttemptStep *x = &a->steps[i], *y = &b->steps[i];

        if (x->status != y->status || x->credentials != y->credentials || x->asked != y->asked
            || x->granted != y->granted || x->copies != y->copies
            || g_strcmp0(x->contact, y->contact) != 0)
            return false;
    }
    return true;
}

/* The oldest entry that no finding is about, but never the very first one: it
 * tells how everything began. Nor the newest one. What succeeded goes before
 * what failed: findings about the device are yet to come. */
static unsigned oldest_dispensable(const Device *device)
{
    unsigned failed = 0;

    for (unsigned i = 1; i + 1 < device->public.n_attempts_kept; i++) {
        if (device->attempts[i]->cited)
            continue;
        if (device->attempts[i]->outcome == REG_OUTCOME_ACCEPTED)
            return i;
        if (failed == 0)
            failed = i;
    }
    return MAX(failed, 1);
}

static void remove_at(Device *device, unsigned at)
{
    unsigned n = --device->public.n_attempts_kept;

    attempt_free(device->attempts[at]);
    memmove(&device->attempts[at], &device->attempts[at + 1], (n - at) * sizeof(RegAttempt *));
}

static void insert_at(Device *device, unsigned at, RegAttempt *attempt)
{
    unsigned n = device->public.n_attempts_kept++;

    device->attempts = g_renew(RegAttempt *, device->attempts, n + 1);
    memmove(&device->attempts[at + 1], &device->attempts[at], (n - at) * sizeof(RegAttempt *));
    device->attempts[at] = attempt;
    device->public.attempts = device->attempts;
}

/* Chains close in another order than they open: one without an answer stays
 * open longer than the next one, which is accepted at once. */
static unsigned place_of(const Device *device, const RegAttempt *attempt)
{
    unsigned at = device->public.n_attempts_kept;

    while (at > 0 && device->attempts[at - 1]->chain > attempt->chain)
        at--;
    return at;
}

void attempt_keep(Device *device, RegAttempt *attempt, unsigned max)
{
    unsigned at = place_of(device, attempt);
    RegAttempt *before = at > 0 ? device->attempts[at - 1] : NULL;

    if (before != NULL && are_alike(before, attempt)) {
        attempt->repeated = before->repeated + 1;
        attempt->first_opened = before->first_opened;
        device->attempts[at - 1] = attempt;
        attempt_free(before);
        return;
    }
    insert_at(device, at, attempt);
    while (device->public.n_attempts_kept > MAX(max, 2)) {
        remove_at(device, oldest_dispensable(device));
        device->public.attempts_forgotten++;
    }
}
