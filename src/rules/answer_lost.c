/*
 * The server answered, and the phone keeps asking.
 *
 * A phone repeats a request only until an answer reaches it. Copies of the
 * same request after its answer went out to the right address and port mean
 * that the answer does not arrive: a NAT or firewall behind this point drops
 * it, or the phone cannot read it.
 */

#include "facts.h"

static const char *const narrower[] = { "answer_to_wrong_port", "answer_unparsed", NULL };

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipTxn *txn = NULL;
    char span[NSEC_TEXT];

    for (unsigned i = 0; i < last->n_sightings; i++) {
        if (last->sightings[i]->answer != NULL)
            txn = last->sightings[i];
    }
    if (txn == NULL || !txn_went_unheard(chain, txn))
        return RULE_CLEAN;
    if (txn->answer_misdirected)
        return rule_abstain(finding,
                            "the answers go to another address or port than they came from");
    if (txn->hop.transport == NET_TCP)
        return rule_abstain(finding, "over TCP the answer cannot be lost without the connection");

    finding_say(
        finding,
        "the server answered %s with %u, but the phone repeated the request %u times in %s: "
        "the answers do not arrive",
        chain_who(chain), txn->answer->status, txn->copies_after_answer,
        nsec_to_span(txn->touched - txn->answered, span));
    finding_cite_message(finding, "request", txn->request, NULL);
    finding_cite_message(finding, "answer", txn->answer, "no more copies of the request");
    finding_cite(finding, "last copy", txn->last_copy, txn->touched,
                 STR("the same request again (same branch and CSeq)"), NULL);
    finding_reject(finding, "challenge_unanswered",
                   "the phone would not repeat a request whose answer it has");
    finding_reject(finding, "register_unanswered", "the answers are in the capture");
    finding_grade(
        finding, chain->vantage == REG_VANTAGE_UNKNOWN ? FINDING_WEAK : FINDING_STRONG,
        "A capture beside the phone: if the answers are missing there, something on the way "
        "drops them; if they arrive, the phone cannot read them.");
    return RULE_FIRES;
}

const Rule rule_answer_lost = {
    .id = "answer_lost",
    .area = "chain",
    .title = "The answers do not reach the phone",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_SERVER | REG_VANTAGE_MIDDLE | REG_VANTAGE_UNKNOWN,
    .needs = RULE_NEEDS_ANSWER,
    .silenced_by = narrower,
    .meaning = "The same request, with the same branch and CSeq, came again and again although it "
               "had been answered to the address and port it came from.",
    .advice =
        "Check the way back: firewall rules for inbound UDP, NAT, a second default route. On the "
        "NAT box: 'conntrack -L -p udp' and a capture on both sides.",
    .confusion =
        "The same packet twice in the capture (a mirror port), which is no retransmission.",
    .reference = "RFC 3261 section 17.2.2",
    .check_chain = check,
};
