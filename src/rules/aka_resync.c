/*
 * SIM and network have lost count.
 *
 * AKA counts its challenges. When the counts differ, the SIM sends auts and the
 * network catches up: one round, then 200. When it does not succeed afterwards,
 * the network did not take up the SIM's count.
 */

#include "login.h"

/* The first step with auts; 'rounds' counts them all. */
static const RegStep *resync_of(const RegChain *chain, unsigned *rounds)
{
    const RegStep *first = NULL;

    *rounds = 0;
    for (unsigned i = 0; i < chain->steps->len; i++) {
        const RegStep *step = reg_chain_step(chain, i);

        if (step->credentials.auts.len == 0 || reg_step_request(step) == NULL)
            continue;
        if ((*rounds)++ == 0)
            first = step;
    }
    return first;
}

/* With the next challenge the phone may have gone on inside IPsec (RFC 3329),
 * where a capture does not see it. */
static bool may_go_on_unseen(const RegChain *chain, unsigned rounds)
{
    const RegStep *last = reg_chain_last_step(chain);

    return rounds < 2 && (last->challenged || reg_step_status(last) == 0) && !chain->followed;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    unsigned rounds;
    const RegStep *step = resync_of(chain, &rounds);
    const RegStep *last = reg_chain_last_step(chain);

    if (step == NULL || reg_step_status(last) / 100 == 2)
        return RULE_CLEAN;
    if (chain->tail_cut)
        return rule_abstain(finding, "the capture ends too early after the resynchronisation");
    if (chain_loss(chain) != NULL)
        return rule_abstain(finding, chain_loss(chain));

    finding_say(finding,
                "%s asked for a new sequence number (auts)%s and did not get in afterwards",
                chain_who(chain), rounds > 1 ? " more than once" : "");
    finding_cite_message(finding, "challenge", chain_challenge_before(chain, step), NULL);
    finding_cite_message(finding, "resynchronisation", reg_step_request(step), NULL);
    finding_cite_message(finding, "answer to it", reg_step_answer(step), "a new challenge");
    if (last != step)
        finding_cite_message(finding, "last answer", reg_step_answer(last), "200 OK");
    finding_grade(finding, may_go_on_unseen(chain, rounds) ? FINDING_WEAK : FINDING_STRONG,
                  "The HSS: which sequence number it keeps for this SIM.");
    return RULE_FIRES;
}

const Rule rule_aka_resync = {
    .id = "aka_resync",
    .area = "digest",
    .title = "AKA resynchronisation failed",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .meaning =
        "The SIM asked for resynchronisation of its sequence number, and no registration followed.",
    .advice = "Set the sequence number (SQN) of the subscriber in the HSS anew.",
    .confusion = "One resynchronisation followed by 200 is normal.",
    .should = "The SIM answers with auts, the network takes up the SIM's sequence number and "
              "challenges again, and the SIM accepts that (RFC 3310 section 3.4).",
    .seen = {
        .client = "REGISTER with auts in the Authorization, a 401, and no 200 afterwards.",
        .middle = "The same.",
        .server = "The same. On the network's side it shows whether auts goes on to the HSS.",
    },
    .fix = {
        .phone = "Restart it once, so that it begins with a new challenge; try the SIM in another "
                 "phone.",
        .router = "Nothing.",
        .kamailio = "S-CSCF: auts has to go on to the HSS, which sets the sequence number.",
    },
    .reference = "RFC 3310 section 3.4",
    .check_chain = check,
};
