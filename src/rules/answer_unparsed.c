/*
 * The answer arrived and the phone did not understand it.
 *
 * A message that a phone cannot parse is dropped without a word, and the
 * request is repeated as if nothing had come. Beside the phone both can be
 * seen: the answer with its defect, and the copies that follow it.
 */

#include "defects.h"
#include "facts.h"

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const SipTxn *txn = reg_step_txn(reg_chain_last_step(chain));

    if (!txn_went_unheard(chain, txn))
        return RULE_CLEAN;
    if (txn->hop.transport == NET_TCP)
        return rule_abstain(finding, "over TCP a request is not repeated");
    if (txn->answer->anomalies & SIP_CUT_SHORT)
        return rule_abstain(finding, "the answer was cut by the snapshot length");

    const char *defect = defect_of_answer(txn->request, txn->answer);

    if (defect == NULL)
        return rule_abstain(finding, "the phone goes on although the answer looks sound");

    finding_say(finding,
                "the answer %u %.*s reached %s, which repeated the request %u times all the same: "
                "%s",
                txn->answer->status, STR_ARG(txn->answer->reason), chain_who(chain),
                txn->copies_after_answer, defect);
    finding_cite_message(finding, "request", txn->request, NULL);
    finding_cite_message(finding, "answer", txn->answer, "no more copies of the request");
    finding_cite(finding, "defect", txn->answer->meta.ref, txn->answer->meta.time, str_of(defect),
                 NULL);
    finding_cite(finding, "last copy", txn->last_copy, txn->touched,
                 STR("the same request again (same branch and CSeq)"), NULL);
    finding_cite_reasons(finding, txn->answer);
    finding_reject(finding, "register_unanswered", "the answers are in the capture");
    finding_grade(finding, FINDING_STRONG,
                  "The log of the phone at that second: a parse error, or nothing at all when its "
                  "own firewall dropped the packet.");
    return RULE_FIRES;
}

const Rule rule_answer_unparsed = {
    .id = "answer_unparsed",
    .area = "chain",
    .title = "The phone cannot read the answer",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_CLIENT,
    .needs = RULE_NEEDS_ANSWER,
    .meaning = "The answer has a defect and arrived beside the phone, which went on repeating the "
               "request as if it had got none.",
    .advice = "Compare the answer with a capture beside the server. If it leaves the server sound, "
              "a SIP ALG damages it: switch that off in the router, or use TLS. If not, update "
              "the server; if the defect is harmless, update the phone.",
    .confusion = "An answer that is lost on the way: then it is not in a capture beside the phone.",
    .should = "The phone reads the answer by its topmost Via and its CSeq and stops repeating the "
              "request (RFC 3261 sections 17.1.3 and 18.1.2).",
    .seen = {
        .client = "Answers arrive with a defect, and copies of the request follow them.",
        .middle = "The same copies. Before the box that damages them the answers are sound.",
        .server = "The same copies. The answers are sound there, unless the server itself makes "
                  "the defect.",
    },
    .fix = {
        .phone = "Update it; use TLS, which nothing on the way can change.",
        .router = "Switch the SIP ALG off (Linux: unload nf_nat_sip and nf_conntrack_sip).",
        .asterisk = "Update it, if the answer has the defect already where it leaves.",
        .kamailio = "If the answer has the defect already where it leaves: look at what the "
                    "script adds to or takes from answers.",
    },
    .reference = "RFC 3261 sections 16.3, 18.1.2 and 8.1.3.3",
    .check_chain = check,
};
