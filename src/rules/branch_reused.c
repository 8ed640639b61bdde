/*
 * A new request in an old envelope.
 *
 * The branch in Via is the name of the transaction (RFC 3261 section 8.1.1.7).
 * A phone that answers a challenge under the branch of the request that was
 * challenged has, for the server, sent that request once more: and gets the
 * same challenge once more, for ever.
 */

#include "facts.h"

#define COOKIE "z9hG4bK" /* without it a branch names nothing (section 17.2.3) */

static bool reuses_branch(const SipMessage *request, const SipMessage *before)
{
    return request->branch.len > strlen(COOKIE) && str_starts(request->branch, STR(COOKIE))
           && str_equal(request->branch, before->branch);
}

/* The request of the chain whose branch the last one has, without being its
 * copy: those are no steps of their own. */
static const RegStep *original_of(const RegChain *chain)
{
    const SipTxn *last = reg_step_txn(reg_chain_last_step(chain));

    for (unsigned i = chain->steps->len - 1; i-- > 0 && last->request != NULL;) {
        const RegStep *step = reg_chain_step(chain, i);
        const SipTxn *txn = reg_step_txn(step);

        if (txn->request != NULL && txn->place == last->place
            && net_addr_equal(&txn->hop.src.addr, &last->hop.src.addr)
            && net_addr_equal(&txn->hop.dst.addr, &last->hop.dst.addr)
            && reuses_branch(last->request, txn->request))
            return step;
    }
    return NULL;
}

static bool is_the_same_answer(const SipMessage *a, const SipMessage *b)
{
    return a != NULL && b != NULL && a->status == b->status && str_present(a->to_tag)
           && str_equal(a->to_tag, b->to_tag)
           && str_equal(sip_message_first(a, SIP_HEADER_WWW_AUTHENTICATE),
                        sip_message_first(b, SIP_HEADER_WWW_AUTHENTICATE))
           && str_equal(sip_message_first(a, SIP_HEADER_PROXY_AUTHENTICATE),
                        sip_message_first(b, SIP_HEADER_PROXY_AUTHENTICATE));
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    const RegStep *original = original_of(chain);

    if (original == NULL || reg_step_status(last) / 100 == 2)
        return RULE_CLEAN;

    const SipTxn *old = reg_step_txn(original);
    const SipTxn *new = reg_step_txn(last);
    bool replayed = old->answer_copied != NSEC_NONE && old->answer_copied > new->opened;
    bool same = is_the_same_answer(old->answer, new->answer);

    if (!replayed && !same)
        return RULE_CLEAN;

    finding_say(finding,
                "%s sent a new request under the branch of an old one and got the old answer: "
                "%u %.*s",
                chain_who(chain), old->status, STR_ARG(old->answer->reason));
    finding_cite(finding, "old request", old->request->meta.ref, old->request->meta.time,
                 old->request->branch, NULL);
    finding_cite_message(finding, "its answer", old->answer, NULL);
    finding_cite(finding, "new request", new->request->meta.ref, new->request->meta.time,
                 new->request->branch, "a branch of its own");
    if (same)
        finding_cite_message(finding, "the same answer", new->answer, "an answer of its own");
    else
        finding_cite(finding, "the old answer again", old->last_answer_copy, old->answer_copied,
                     STR("the same status and CSeq"), "an answer to the new request");
    finding_reject(finding, "credentials_refused",
                   "the server did not look at the credentials: it repeated an old answer");
    return RULE_FIRES;
}

const Rule rule_branch_reused = {
    .id = "branch_reused",
    .area = "chain",
    .title = "A new request under an old branch",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .meaning = "The phone sent a new request with the Via branch of an old one. To the server it "
               "is a copy of the old one, and it repeats the old answer.",
    .advice = "Update the phone: each request needs a branch of its own. Until then TCP may help "
              "at servers that do not match branches there.",
    .confusion = "A copy: the same request with the same credentials, which has the same branch "
                 "by right.",
    .should = "Each new request has a branch of its own. Only a copy, the ACK of a refusal and a "
              "CANCEL have the branch of an earlier one (RFC 3261 section 8.1.1.7).",
    .seen = {
        .client = "Two requests with one branch that differ in CSeq or Authorization, and the "
                  "same answer to both.",
        .middle = "The same.",
        .server = "The same. The second request does not appear in the registrar's log.",
    },
    .fix = {
        .phone = "Update it; until then try TCP.",
        .router = "Nothing.",
    },
    .reference = "RFC 3261 sections 8.1.1.7 and 17.2.3",
    .check_chain = check,
};
