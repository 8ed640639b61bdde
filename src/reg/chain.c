/*
 * What a chain and its steps tell, for whoever judges them.
 */

#include "reg/chain.h"

const char *reg_purpose_name(RegPurpose purpose)
{
    static const char *const names[] = {
        [REG_PURPOSE_REGISTER] = "register",
        [REG_PURPOSE_REFRESH] = "refresh",
        [REG_PURPOSE_REMOVE] = "remove",
        [REG_PURPOSE_QUERY] = "query",
    };

    return names[purpose];
}

const char *reg_outcome_name(RegOutcome outcome)
{
    static const char *const names[] = {
        [REG_OUTCOME_UNKNOWN] = "unknown",       [REG_OUTCOME_ACCEPTED] = "accepted",
        [REG_OUTCOME_REFUSED] = "refused",       [REG_OUTCOME_ABANDONED] = "abandoned",
        [REG_OUTCOME_UNANSWERED] = "unanswered",
    };

    return names[outcome];
}

bool reg_nonce_count(Str nc, uint32_t *count)
{
    uint32_t value = 0;

    if (nc.len != 8)
        return false;
    for (size_t i = 0; i < nc.len; i++) {
        int digit = g_ascii_xdigit_value(nc.data[i]);

        if (digit < 0)
            return false;
        value = value << 4 | (uint32_t)digit;
    }
    *count = value;
    return true;
}

const RegStep *reg_chain_step(const RegChain *chain, unsigned index)
{
    return &g_array_index(chain->steps, RegStep, index);
}

const RegStep *reg_chain_last_step(const RegChain *chain)
{
    return reg_chain_step(chain, chain->steps->len - 1);
}

const SipTxn *reg_step_txn(const RegStep *step)
{
    return step->sightings[0];
}

const SipMessage *reg_step_request(const RegStep *step)
{
    for (unsigned i = 0; i < step->n_sightings; i++) {
        if (step->sightings[i]->request != NULL)
            return step->sightings[i]->request;
    }
    return NULL;
}

const SipMessage *reg_step_answer(const RegStep *step)
{
    for (unsigned i = 0; i < step->n_sightings; i++) {
        if (step->sightings[i]->answer != NULL)
            return step->sightings[i]->answer;
    }
    return NULL;
}

uint16_t reg_step_status(const RegStep *step)
{
    const SipMessage *answer = reg_step_answer(step);

    return answer != NULL ? answer->status : 0;
}

bool reg_step_has_credentials(const RegStep *step)
{
    return step->use != REG_CHALLENGE_NO_CREDENTIALS;
}

bool reg_step_is_rejection(const RegStep *step)
{
    const SipMessage *request = reg_step_request(step);
    uint16_t status = reg_step_status(step);

    if ((status != 401 && status != 407) || step->use != REG_CHALLENGE_PRECEDING || step->stale
        || request == NULL)
        return false;

    Str credentials = sip_message_first(request, status == 407 ? SIP_HEADER_PROXY_AUTHORIZATION
                                                               : SIP_HEADER_AUTHORIZATION);

    /* With auts a SIM asks for another challenge and gets it (RFC 3310 section 3.4). */
    return str_present(credentials) && !str_present(step->credentials.auts);
}

unsigned reg_step_copies(const RegStep *step)
{
    return reg_step_txn(step)->request_copies;
}
