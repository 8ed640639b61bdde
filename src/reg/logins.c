/*
 * A proxy and the registrar behind it may both want a password. The phone then
 * sends two sets of credentials in one request, and the answer is about one of
 * them: a 407 about the proxy's, a 401 about the registrar's. To judge the other
 * one would accuse the wrong password.
 */

#include "logins.h"

#include "nonces.h"
#include "step.h"

void logins_read(const Chain *chain, uint32_t ordinal, RegStep *step)
{
    SipAuth auth;

    step->use = chain_challenge_use(chain, ordinal, step);
    for (unsigned n = 0; step_credentials(step, n, &auth); n++) {
        RegLogin login = { .use = chain_use_of_nonce(chain, ordinal, auth.nonce) };

        login.nonce = nonces_use(chain->device, &auth, chain->public.id, ordinal);
        if (n == 0)
            step->nonce = login.nonce;
        if (n < REG_STEP_LOGINS)
            step->logins[n] = login;
    }
}

static bool is_for_proxy(const SipMessage *request, const SipAuth *auth)
{
    const SipHeader *header;

    for (unsigned n = 0;
         (header = sip_message_header(request, SIP_HEADER_PROXY_AUTHORIZATION, n)) != NULL; n++) {
        Str value = sip_message_value(request, header);

        if (auth->params.data >= value.data && auth->params.data <= value.data + value.len)
            return true;
    }
    return false;
}

typedef struct Wanted {
    Str realm;
    bool found;
} Wanted;

static void look_for_realm(const SipAuth *challenge, void *user)
{
    Wanted *wanted = user;

    wanted->found |= str_equal(challenge->realm, wanted->realm);
}

/* How much speaks for a set: the server that it is for, the realm that is asked
 * for once more, the challenge just before it. */
static unsigned rank(const RegStep *step, unsigned nth, const SipAuth *auth,
                     const SipMessage *answer)
{
    Wanted wanted = { .realm = auth->realm };

    step_each_challenge(answer, look_for_realm, &wanted);
    return 4u * (is_for_proxy(reg_step_request(step), auth) == (answer->status == 407))
           + 2u * wanted.found + (step->logins[nth].use == REG_CHALLENGE_PRECEDING);
}

void logins_judge(RegStep *step, const SipMessage *answer)
{
    unsigned n = MIN(step->n_credentials, REG_STEP_LOGINS);
    unsigned best = 0, best_rank = 0;
    SipAuth auth;

    if (n < 2 || step->judged != 0)
        return;
    for (unsigned i = 0; i < n && step_credentials(step, i, &auth); i++) {
        unsigned own = rank(step, i, &auth, answer);

        if (own > best_rank) {
            best = i;
            best_rank = own;
        }
    }
    step_credentials(step, best, &auth);
    step->credentials = auth;
    step->judged = best;
    step->use = step->logins[best].use;
    step->nonce = step->logins[best].nonce;
}
