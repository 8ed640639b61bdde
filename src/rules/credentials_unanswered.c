/*
 * The REGISTER with credentials got no answer.
 *
 * The first REGISTER was answered, so the server is there. The second differs:
 * it is larger (by the Authorization header) and it makes the server look into
 * its database. What is lost here is lost for one of these reasons.
 */

#include "facts.h"

static const char *const narrower[] = {
    "large_register_lost",
    "request_ignored",
    "port_unreachable",
    "path_blocked",
    "connection_lost",
    "branch_reused",
    NULL,
};

static const SipMessage *answered_before(const RegChain *chain)
{
    for (unsigned i = 0; i + 1 < chain->steps->len; i++) {
        const RegStep *step = reg_chain_step(chain, i);

        if (reg_step_answer(step) != NULL)
            return reg_step_request(step);
    }
    return NULL;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipMessage *request = reg_step_request(last);
    const SipMessage *before = answered_before(chain);
    char span[NSEC_TEXT];

    if (chain->outcome != REG_OUTCOME_UNANSWERED || !reg_step_has_credentials(last)
        || request == NULL || before == NULL)
        return RULE_CLEAN;
    if (chain_loss(chain) != NULL)
        return rule_abstain(finding, chain_loss(chain));

    finding_say(
        finding,
        "%s got an answer to its first REGISTER (%zu bytes), but none was seen in %s to the one "
        "with credentials (%zu bytes, sent %u time%s)",
        chain_who(chain), before->raw.len, nsec_to_span(chain->watched - request->meta.time, span),
        request->raw.len, step_requests(last), step_requests(last) == 1 ? "" : "s");
    finding_cite_message(finding, "answered request", before, NULL);
    finding_cite_message(finding, "request with credentials", request, "a final answer");
    if (request->meta.fragments > 1)
        finding_cite(finding, "fragments", request->meta.ref, request->meta.time,
                     STR("sent in IP fragments"), "one packet");
    finding_grade(
        finding, chain_silence_grade(chain),
        chain_silence_settle(chain, "A capture beside the registrar: whether the second REGISTER "
                                    "arrives and whether its answer leaves."));
    return RULE_FIRES;
}

const Rule rule_credentials_unanswered = {
    .id = "credentials_unanswered",
    .area = "chain",
    .title = "No answer to the REGISTER with credentials",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_TAIL | RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .absence = true,
    .silenced_by = narrower,
    .meaning = "The challenge came, the phone answered it, and from then on the server was silent.",
    .advice =
        "Compare the sizes: a REGISTER above about 1300 bytes is fragmented over UDP and often "
        "lost; use TCP, or fewer codecs and headers. If it is small, look in the server's log "
        "for a slow or failing database at that time.",
    .confusion = "Answers that this capture does not hold although they exist.",
    .should = "The REGISTER with credentials is answered as quickly as the first one, with 200 or "
              "a refusal (RFC 3261 section 10.3).",
    .seen = {
        .client = "401 to the first REGISTER, then copies of the second one without an answer.",
        .middle = "The same, or the answers are here: then they are lost on the way to the phone "
                  "(answer_lost).",
        .server = "Look whether the second REGISTER arrives at all. If it does, the registrar "
                  "works on it: a database, or another system behind.",
    },
    .fix = {
        .phone = "Make the REGISTER smaller or use TCP, when it is above 1300 bytes.",
        .router = "Let IP fragments pass.",
        .asterisk = "Look for a realtime database that hangs ('odbc show', the log at that "
                    "second).",
        .kamailio = "Look for a slow query in auth_db or usrloc (the log at that second, 'kamctl "
                    "stats').",
    },
    .reference = "RFC 3261 sections 17.1.2.2 and 18.1.1",
    .check_chain = check,
};
