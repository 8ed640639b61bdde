/*
 * The server answers everybody else.
 *
 * Beside the registrar a request that is never answered was received and not
 * liked: a ban, an access list, or a request the server refuses to parse. That
 * the server is alive shows in its answers to others at the same time.
 */

#include "defects.h"
#include "facts.h"
#include "passage.h"

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipMessage *request = reg_step_request(last);
    char span[NSEC_TEXT], server[NET_ENDPOINT_TEXT];

    if (chain->outcome != REG_OUTCOME_UNANSWERED || request == NULL
        || reg_step_txn(last)->provisional != 0 || chain->recovered)
        return RULE_CLEAN;
    if (chain_loss(chain) != NULL)
        return rule_abstain(finding, chain_loss(chain));
    if (!chain->server_answers_others)
        return rule_abstain(finding, "nobody else was answered at that time");
    if (chain_silence_grade(chain) == FINDING_WEAK)
        return rule_abstain(finding, "the phone did not insist: it may have got an answer");

    const char *defect = defect_of_request(request);

    finding_say(finding, "%s answers others but not %s: %u request%s in %s without an answer%s%s",
                chain_server(chain, server), chain_who(chain), step_requests(last),
                step_requests(last) == 1 ? "" : "s",
                nsec_to_span(chain->watched - chain->opened, span), defect ? "; " : "",
                defect ? defect : "");
    finding_cite_message(finding, "request", request, "an answer, as other phones get");
    finding_reject(finding, "register_unanswered",
                   "the server was alive and answered other phones");

    /* That the answer left by another interface would show beside the phone. */
    const Passage passage = passage_of(chain);

    if (passage.end == PASSAGE_NOT_ANSWERED && passage.certain)
        finding_grade(finding, FINDING_PROVEN, NULL);
    else
        finding_grade(finding, FINDING_STRONG,
                      "The server's own log or ban list (fail2ban, pike, an ACL) for this source.");
    return RULE_FIRES;
}

const Rule rule_request_ignored = {
    .id = "request_ignored",
    .area = "chain",
    .title = "The server ignores this phone",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_SERVER,
    .needs = RULE_NEEDS_HEAD | RULE_NEEDS_TAIL | RULE_NEEDS_FAILURE,
    .absence = true,
    .meaning = "The request arrived beside the server, which answered other phones in the same "
               "window and this one never.",
    .advice = "Look for the source address in the server's ban list and access lists "
              "(fail2ban-client status asterisk; kamcmd pike.list; permit/deny in pjsip.conf).",
    .confusion = "Answers that leave by another interface than the one captured.",
    .should = "A registrar answers each REGISTER that reaches it, if only with a refusal (RFC "
              "3261 sections 8.2 and 10.3).",
    .seen = {
        .client = "Copies of the request and no answer: from here it looks like "
                  "register_unanswered.",
        .middle = "The same. Other phones get answers from the same server.",
        .server = "The requests arrive and are not answered, while those of others are.",
    },
    .fix = {
        .phone = "Set only 'sip:domain' as registrar, without a user part. Mend what made the "
                 "server ban it, a wrong password most often.",
        .router = "Phones behind one public address are banned together: look for the one that "
                  "fails.",
        .asterisk = "'fail2ban-client status asterisk', permit/deny in pjsip.conf. 'pjsip set "
                    "logger on' shows whether the request gets through to Asterisk.",
        .kamailio = "'kamcmd pike.list', the htable of banned addresses, and what the script "
                    "drops without an answer.",
    },
    .reference = "RFC 3261 section 10.3",
    .check_chain = check,
};
