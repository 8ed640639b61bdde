/*
 * Fresh nonces are called stale.
 *
 * stale=true says: the password is right, take this newer nonce. Said once after
 * an hour that is normal. Said to a nonce that is milliseconds old, again and
 * again, it means that the server does not know its own nonces: one-time nonces
 * that are never accepted, a clock that jumps, or several servers.
 */

#include "login.h"
#include "nonce_age.h"

#define ROUNDS 2

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    const RegStep *first = NULL;
    unsigned rounds = 0;
    char span[NSEC_TEXT];

    for (unsigned i = 0; i < chain->steps->len; i++) {
        const RegStep *step = reg_chain_step(chain, i);

        if (!step->stale || step->use != REG_CHALLENGE_PRECEDING || reg_step_request(step) == NULL)
            continue;
        if (rounds++ == 0)
            first = step;
    }
    if (rounds < ROUNDS || reg_step_status(last) / 100 == 2)
        return RULE_CLEAN;

    finding_say(finding, "%s was told %u times within %s that a nonce just issued is stale",
                chain_who(chain), rounds,
                nsec_to_span(chain->last - reg_step_txn(first)->opened, span));
    finding_cite_nonce_age(finding, first, "accepted while it is so young");
    finding_cite_message(finding, "credentials", reg_step_request(first), NULL);
    finding_cite_message(finding, "answer", reg_step_answer(first), "200 OK");
    finding_cite_message(finding, "last answer", reg_step_answer(last), "200 OK");
    if (step_verifies(last))
        finding_reject(finding, "password_wrong", "the digest verifies with the supplied password");
    finding_grade(finding, FINDING_STRONG,
                  "The server's log and clock; whether several servers answer under one address.");
    return RULE_FIRES;
}

const Rule rule_nonce_stale_loop = {
    .id = "nonce_stale_loop",
    .area = "digest",
    .title = "Fresh nonces are called stale",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .meaning = "Nonces that were just issued are refused as stale, again and again.",
    .advice = "Check the server: lifetime of nonces (Asterisk nonce_lifetime, Kamailio "
              "nonce_expire), its clock, one-time nonces, and whether several servers without a "
              "common nonce secret stand behind the address.",
    .confusion = "One round with stale=true after a long time is normal.",
    .should = "A fresh nonce is accepted. stale=true asks for one more round with a new nonce, "
              "not for two (RFC 7616 section 3.3).",
    .seen = {
        .client = "401 with stale=true to credentials that used a nonce of a second ago, again "
                  "and again.",
        .middle = "The same.",
        .server = "The same; several servers behind one address show as nonces of different make.",
    },
    .fix = {
        .phone = "Nothing.",
        .router = "Nothing.",
        .asterisk = "nonce_lifetime in the auth section (32 s unless set); the clock of the host.",
        .kamailio = "nonce_expire; the same \"secret\" on all servers, whose clocks have to "
                    "agree; one_time_nonce.",
    },
    .reference = "RFC 7616 section 3.3",
    .check_chain = check,
};
