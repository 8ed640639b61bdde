/*
 * The phone does not count on.
 *
 * Each REGISTER of one Call-ID has a higher CSeq than the one before it (RFC
 * 3261 section 10.2); a registrar refuses what comes out of order, because it
 * may be old. Phones that forget their count in a restart but not their
 * Call-ID fail until the registrar has forgotten too.
 */

#include "facts.h"
#include "words.h"

/* What registrars say to a CSeq that is too low (section 10.3 step 7), or to the
 * same one on another branch (section 8.2.2.2). */
static bool may_mean_cseq(const SipMessage *answer)
{
    return answer->status == 400 || answer->status == 482 || answer->status == 500
           || str_present(words_find(answer, WORDS_CSEQ));
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipMessage *answer = chain_refusal(chain);
    const SipMessage *request = reg_step_request(last);
    char span[NSEC_TEXT];

    if (answer == NULL || answer->status < 400 || !may_mean_cseq(answer))
        return RULE_CLEAN;

    bool named = str_present(words_find(answer, WORDS_CSEQ));

    if (request == NULL || !last->cseq_not_higher)
        return named ? rule_abstain(finding, "the earlier requests of this Call-ID are not in the "
                                             "capture")
                     : RULE_CLEAN;

    finding_say(finding,
                "%s sent CSeq %u after CSeq %u in the same Call-ID, %s later, and was refused: "
                "%u %.*s",
                chain_who(chain), request->cseq, last->before.cseq,
                nsec_to_span(request->meta.time - last->before.time, span), answer->status,
                STR_ARG(answer->reason));
    finding_cite(finding, "earlier request", last->before.ref, last->before.time,
                 sip_message_first(request, SIP_HEADER_CALL_ID), "a higher CSeq from then on");
    finding_cite_end(finding, chain, "200 OK");
    finding_cite_reasons(finding, answer);
    finding_reject(finding, "answer_lost", "it is no copy: the branch is another one");
    if (!named)
        finding_grade(finding, FINDING_STRONG,
                      "The log of the registrar: whether it was the CSeq that it did not like.");
    return RULE_FIRES;
}

const Rule rule_cseq_not_increased = {
    .id = "cseq_not_increased",
    .area = "chain",
    .title = "The phone does not count its requests",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .meaning =
        "The request has the same or a lower CSeq than an earlier one with the same Call-ID, "
        "and the registrar refused it.",
    .advice = "Update the phone: after a restart it needs a new Call-ID, or a CSeq that goes on. "
              "Until then remove the old binding on the server (Asterisk: database deltree "
              "registrar; Kamailio: kamctl ul rm NAME) or wait until it lapses.",
    .confusion = "A copy of the same request: that has the same branch and the same bytes.",
    .should = "Each REGISTER of one Call-ID has a CSeq higher by one than the last. After a "
              "restart the Call-ID is a new one, or the count goes on (RFC 3261 section 10.2).",
    .seen = {
        .client = "REGISTER with the old Call-ID and a CSeq that is not higher, with a new "
                  "branch, then 400 or 500.",
        .middle = "The same.",
        .server = "The same. The registrar's log may name the CSeq.",
    },
    .fix = {
        .phone = "Update it: a new Call-ID after each restart.",
        .router = "Nothing.",
        .asterisk = "'database deltree registrar' removes the old bindings, those of all phones.",
        .kamailio = "'kamctl ul rm NAME' removes the old binding.",
    },
    .reference = "RFC 3261 sections 10.2 and 10.3 step 7",
    .check_chain = check,
};
