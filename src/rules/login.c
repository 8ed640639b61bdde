/*
 * What the digest rules ask about an attempt to log in.
 */

#include "login.h"

static bool is_challenge(uint16_t status)
{
    return status == 401 || status == 407;
}

const RegStep *chain_refused_login(const RegChain *chain)
{
    const RegStep *last = reg_chain_last_step(chain);

    if (reg_step_request(last) == NULL || !reg_step_has_credentials(last))
        return NULL;
    return reg_step_is_rejection(last) || reg_step_status(last) == 403 ? last : NULL;
}

const RegStep *chain_refused_credentials(const RegChain *chain)
{
    const RegStep *last = reg_chain_last_step(chain);
    uint16_t status = reg_step_status(last);

    if (reg_step_request(last) == NULL || !reg_step_has_credentials(last) || status / 100 != 4
        || (is_challenge(status) && last->stale))
        return NULL;
    return status == 400 || is_challenge(status) || status == 403 ? last : NULL;
}

bool step_verifies(const RegStep *step)
{
    return step->digest.verdict == REG_DIGEST_MATCH;
}

static bool has_nonce(const SipAuth *challenge, const void *nonce)
{
    return str_equal(challenge->nonce, *(const Str *)nonce);
}

const RegStep *chain_challenged_step(const RegChain *chain, const RegStep *step)
{
    bool proxy = reg_step_status(step) == 407;
    const RegStep *newest = NULL;

    for (const RegStep *at = step; at != reg_chain_step(chain, 0);) {
        uint16_t status = reg_step_status(--at);

        if (!is_challenge(status))
            continue;
        if (message_any_challenge(reg_step_answer(at), has_nonce, &step->credentials.nonce))
            return at;
        if (newest == NULL
            || ((status == 407) == proxy && (reg_step_status(newest) == 407) != proxy))
            newest = at;
    }
    return newest;
}

const SipMessage *chain_challenge_before(const RegChain *chain, const RegStep *step)
{
    const RegStep *challenged = chain_challenged_step(chain, step);

    return challenged != NULL ? reg_step_answer(challenged) : NULL;
}

void finding_cite_login(Finding *finding, const RegChain *chain, const RegStep *step)
{
    finding_cite_message(finding, "challenge", chain_challenge_before(chain, step), NULL);
    finding_cite_message(finding, "credentials", reg_step_request(step), NULL);
    finding_cite_message(finding, "answer", reg_step_answer(step), "200 OK");
}

const RegHypothesis *step_deviates_in(const RegStep *step, RegDigestIngredient ingredient)
{
    const RegDigestResult *digest = &step->digest;

    if (digest->verdict != REG_DIGEST_OTHER_INPUT)
        return NULL;
    if (digest->hypothesis != NULL && digest->hypothesis->ingredient == ingredient)
        return digest->hypothesis;
    return digest->second != NULL && digest->second->ingredient == ingredient ? digest->second
                                                                              : NULL;
}

char *step_deviation_text(const RegStep *step, RegDigestIngredient ingredient)
{
    const RegDigestResult *digest = &step->digest;
    const RegHypothesis *hypothesis = step_deviates_in(step, ingredient);
    const char *used = hypothesis == digest->second ? digest->second_used : digest->used;

    if (hypothesis == NULL)
        return g_strdup("");
    return used != NULL && *used != '\0' ? g_strdup_printf("%s: \"%s\"", hypothesis->text, used)
                                         : g_strdup(hypothesis->text);
}

void finding_grade_fault(Finding *finding, const RegStep *step, const char *settle)
{
    finding_grade(finding,
                  step->digest.verdict == REG_DIGEST_MISMATCH ? FINDING_WEAK : FINDING_STRONG,
                  settle);
}

static bool is_same_login(const RegAttempt *attempt, const SipAuth *auth)
{
    const RegAttemptStep *last = &attempt->steps[attempt->n_steps - 1];

    return last->digest != NULL && str_equal(str_of(last->digest->username), auth->username)
           && str_equal(str_of(last->digest->realm), auth->realm);
}

bool chain_was_accepted_before(const RegChain *chain, const RegStep *step)
{
    const RegDevice *device = chain->device;

    for (unsigned i = 0; i < device->n_attempts_kept; i++) {
        const RegAttempt *attempt = device->attempts[i];

        if (attempt->outcome == REG_OUTCOME_ACCEPTED && attempt->n_steps > 0
            && is_same_login(attempt, &step->credentials))
            return true;
    }
    return false;
}

bool message_any_challenge(const SipMessage *answer,
                           bool (*look)(const SipAuth *challenge, const void *what),
                           const void *what)
{
    static const SipHeaderId headers[] = { SIP_HEADER_WWW_AUTHENTICATE,
                                           SIP_HEADER_PROXY_AUTHENTICATE };

    for (unsigned i = 0; i < G_N_ELEMENTS(headers); i++) {
        const SipHeader *header;

        for (unsigned n = 0; (header = sip_message_header(answer, headers[i], n)); n++) {
            SipAuth challenge = sip_auth_parse(sip_message_value(answer, header));

            if (look(&challenge, what))
                return true;
        }
    }
    return false;
}

bool message_names_nonce(const SipMessage *request)
{
    return message_credentials(request).nonce.len > 0;
}

/* A phone answers within a second, over the slowest path within two. */
#define THINK_TIME (2 * NSEC_SEC)

static bool was_repeated_after(const RegStep *step)
{
    for (unsigned i = 0; i < step->n_sightings; i++) {
        if (step->sightings[i]->copies_after_answer > 0)
            return true;
    }
    return false;
}

RuleVerdict chain_ignored_challenge(const RegChain *chain, Finding *finding,
                                    const SipMessage **challenge)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipMessage *answer = reg_step_answer(last);

    if (answer == NULL || !is_challenge(answer->status) || reg_step_request(last) == NULL
        || step_brought_credentials(last)
        || (!reg_step_has_credentials(last) && message_names_nonce(reg_step_request(last))))
        return RULE_CLEAN;
    if (last->removes)
        return rule_abstain(finding, "the device was leaving and need not wait for the end");
    if (was_repeated_after(last))
        return rule_abstain(finding,
                            "the phone repeated the request: the challenge did not reach it");
    if (chain->losses & ~(uint32_t)REG_LOSS_ONE_WAY)
        return rule_abstain(finding, chain_loss(chain));
    if (chain->watched - answer->meta.time < THINK_TIME)
        return rule_abstain(finding, "the phone had no time to answer the challenge");
    *challenge = answer;
    return RULE_FIRES;
}

/* Beside the phone the silence is its own, unless the capture lost the one
 * packet that counts: never more than strong. Further on, the request with
 * credentials may have left the phone and been lost: it is the larger one. A
 * phone that begins anew without credentials did not send any. */
void finding_grade_ignored(Finding *finding, const RegChain *chain)
{
    bool beside_phone = chain->vantage & REG_VANTAGE_CLIENT;

    finding_grade(finding, beside_phone || chain->followed ? FINDING_STRONG : FINDING_WEAK,
                  beside_phone
                      ? "The phone's own log; or a capture that goes on until the phone does "
                        "something."
                      : "A capture beside the phone: whether the challenge arrives there and "
                        "whether a REGISTER with credentials leaves it.");
}
