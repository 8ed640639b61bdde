/*
 * The server answered, and the phone keeps asking.
 *
 * A phone repeats a request only until an answer reaches it. Copies of the
 * same request after its answer went out to the right address and port mean
 * that the answer does not arrive: a NAT or firewall behind this point drops
 * it, or the phone cannot read it.
 */

#include "facts.h"
#include "passage.h"

static const char *const narrower[] = { "answer_to_wrong_port", "answer_unparsed", NULL };

static const SipTxn *most_repeated(const SipTxn *txn, const Passage *passage)
{
    return passage_copies_after(passage) > txn->copies_after_answer ? passage->inside : txn;
}

/* On the side where the answer is missing the copies that never came out count too. */
static void say(const RegChain *chain, const SipTxn *txn, const Passage *passage, Finding *finding)
{
    g_autofree char *where = passage_text(passage);
    unsigned inside = passage_copies_after(passage);
    const SipTxn *repeated = most_repeated(txn, passage);
    char span[NSEC_TEXT];

    finding_say(
        finding,
        "the server answered %s with %u, but the phone repeated the request %u times in %s: %s%s",
        chain_who(chain), txn->answer->status, MAX(inside, txn->copies_after_answer),
        nsec_to_span(repeated->touched - txn->answered, span), where != NULL ? where : "",
        where != NULL ? "" : "the answers do not arrive");
}

static void grade(const RegChain *chain, const Passage *passage, Finding *finding)
{
    if (passage->end == PASSAGE_ANSWER_LOST && passage->certain)
        finding_grade(finding, FINDING_PROVEN, NULL);
    else
        finding_grade(
            finding, chain->vantage == REG_VANTAGE_UNKNOWN ? FINDING_WEAK : FINDING_STRONG,
            "A capture beside the phone: if the answers are missing there, something on the way "
            "drops them; if they arrive, the phone cannot read them.");
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    const Passage passage = passage_of(chain);
    const SipTxn *txn = NULL;

    for (unsigned i = 0; i < last->n_sightings; i++) {
        if (last->sightings[i]->answer != NULL)
            txn = last->sightings[i];
    }
    if (txn == NULL || (!txn_went_unheard(chain, txn) && passage_copies_after(&passage) < 2))
        return RULE_CLEAN;
    if (txn->answer_misdirected)
        return rule_abstain(finding,
                            "the answers go to another address or port than they came from");
    if (passage.end == PASSAGE_OPEN && last->n_sightings > 1 && reg_step_txn(last)->answer != NULL)
        return rule_abstain(finding, "the answer arrives beside the phone, which does not take it");
    if (txn->hop.transport == NET_TCP)
        return rule_abstain(finding, "over TCP the answer cannot be lost without the connection");

    const SipTxn *repeated = most_repeated(txn, &passage);

    say(chain, txn, &passage, finding);
    finding_cite_message(finding, "request", txn->request, NULL);
    finding_cite_message(finding, "answer", txn->answer, "no more copies of the request");
    finding_cite(finding, "last copy", repeated->last_copy, repeated->touched,
                 STR("the same request again (same branch and CSeq)"), NULL);
    if (passage.end == PASSAGE_ANSWER_LOST)
        finding_cite_message(finding, "request inside", passage.inside->request, "its answer");
    finding_reject(finding, "challenge_unanswered",
                   "the phone would not repeat a request whose answer it has");
    finding_reject(finding, "register_unanswered", "the answers are in the capture");
    grade(chain, &passage, finding);
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
    .should = "An answer goes to the address and port that the request came from, and ends its "
              "repetition (RFC 3261 sections 18.2.2 and 17.1.2.2; RFC 3581).",
    .seen = {
        .client = "Copies of the request and no answer: from here it looks like "
                  "register_unanswered.",
        .middle = "Each copy is answered, and the copies go on. What lies between here and the "
                  "phone drops the answers.",
        .server = "The same. The registrar's own list may show the phone as registered.",
    },
    .fix = {
        .phone = "Switch on rport ('symmetric signalling', 'NAT traversal'), so that answers come "
                 "back to the port that it sends from.",
        .router = "Look for a rule that drops inbound UDP from port 5060, for a second way out "
                  "(two uplinks), and for a SIP ALG that drops what it does not understand. "
                  "'conntrack -L -p udp' shows the mapping.",
        .asterisk = "force_rport=yes at the endpoint; see with 'ip route get ADDRESS' which way "
                    "the answers leave.",
        .kamailio = "force_rport() before the answer; see with 'ip route get ADDRESS' which way "
                    "the answers leave.",
    },
    .reference = "RFC 3261 section 17.2.2",
    .check_chain = check,
};
