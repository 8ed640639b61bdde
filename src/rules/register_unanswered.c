/*
 * Nobody answered the REGISTER.
 *
 * Over UDP a phone repeats its request for 32 seconds (timer E and F) and then
 * gives up. From beside the phone it cannot be told whether the request was
 * lost, the answer was lost, or the server keeps quiet: all three look the
 * same, and this rule says no more than that.
 */

#include "capture/filter.h"
#include "facts.h"
#include "passage.h"

static const char *const narrower[] = {
    "request_ignored", "port_unreachable", "path_blocked",        "connect_failed",
    "tls_failed",      "registrar_moved",  "large_register_lost", NULL,
};

static bool nothing_came_back(const RegChain *chain)
{
    for (unsigned i = 0; i < chain->steps->len; i++) {
        if (reg_step_status(reg_chain_step(chain, i)) != 0)
            return false;
    }
    return true;
}

static const char *settle_text(uint32_t vantage)
{
    if (vantage & REG_VANTAGE_SERVER)
        return "The log of the server: whether it saw these requests and why it said nothing.";
    if (vantage & REG_VANTAGE_CLIENT)
        return "A capture outside the NAT or beside the registrar at the same time: it shows "
               "whether the requests leave, arrive, and are answered.";
    return "A capture beside the registrar at the same time: it shows whether the requests "
           "arrive and are answered.";
}

/* Where it was lost, as far as a second place tells. */
static void judge_passage(const RegChain *chain, const Passage *passage, Finding *finding)
{
    passage_cite(finding, passage);
    if (passage->certain)
        finding_grade(finding, FINDING_PROVEN, NULL);
    else
        finding_grade(finding, chain_silence_grade(chain),
                      chain_silence_settle(chain, settle_text(chain->vantage)));
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    char span[NSEC_TEXT], server[NET_ENDPOINT_TEXT];
    unsigned n = chain_requests(chain);

    if (!nothing_came_back(chain) || n == 0)
        return RULE_CLEAN;
    if (chain_loss(chain) != NULL)
        return rule_abstain(finding, chain_loss(chain));
    if (chain->outcome != REG_OUTCOME_UNANSWERED)
        return RULE_CLEAN;

    const Passage passage = passage_of(chain);
    g_autofree char *where = passage_text(&passage);

    finding_say(finding, "%s sent REGISTER %u time%s to %s and no answer was seen for %s%s%s",
                chain_who(chain), n, n == 1 ? "" : "s", chain_server(chain, server),
                nsec_to_span(chain->watched - chain->opened, span), where != NULL ? ": " : "",
                where != NULL ? where : "");
    finding_cite_message(finding, "request", reg_step_request(reg_chain_step(chain, 0)),
                         "an answer within 32 s");
    if (reg_step_txn(last)->request_copies > 0)
        finding_cite(finding, "last copy", reg_step_txn(last)->last_copy,
                     reg_step_txn(last)->touched, STR("the same request again"), "an answer");
    if (reg_step_txn(last)->provisional != 0)
        finding_reject(finding, "request lost",
                       "a provisional answer came: the next hop has it and waits itself");
    judge_passage(chain, &passage, finding);
    return RULE_FIRES;
}

const Rule rule_register_unanswered = {
    .id = "register_unanswered",
    .area = "chain",
    .title = "No answer to the REGISTER",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_HEAD | RULE_NEEDS_TAIL | RULE_NEEDS_FAILURE,
    .absence = true,
    .silenced_by = narrower,
    .meaning =
        "The phone sent its REGISTER, repeated it on the schedule of RFC 3261, and nothing "
        "came back. Lost requests, lost answers and a silent server look the same from here.",
    .advice =
        "Check address and port of the registrar on the phone, then the firewall on the way. "
        "Capture at the registrar at the same time: 'tcpdump -i any -w srv.pcap \"" FILTER_WANTED
        "\"'.",
    .confusion = "A capture that holds one direction only; a filter that hides the answers.",
    .should = "A registrar answers a REGISTER within half a second, with 401, 200 or a refusal. "
              "Over UDP the phone repeats it after 0.5, 1, 2 and then every 4 s until an answer "
              "comes, and gives up after 32 s (RFC 3261 section 17.1.2.2).",
    .seen = {
        .client = "The same REGISTER (branch and CSeq) up to eleven times, and nothing from the "
                  "registrar.",
        .middle = "The copies go out and nothing comes back: what is lost is lost behind this "
                  "point. When answers do come here, the finding is answer_lost.",
        .server = "Nothing arrives: the way here is closed. Or the requests arrive and are not "
                  "answered: then the registrar ignores them.",
    },
    .fix = {
        .phone = "Check address, port and transport of the registrar, and the outbound proxy.",
        .router = "Let UDP to the registrar's port out and its answers in; look whether a rule or "
                  "an intrusion prevention blocks the phone.",
        .asterisk = "See whether it listens ('pjsip show transports', 'ss -lnup') and what "
                    "arrives ('pjsip set logger on'); then fail2ban and permit/deny.",
        .kamailio = "See whether it listens ('ss -lnup'), whether the script drops the request "
                    "('drop', 'exit' without an answer, pike, an htable of banned addresses).",
    },
    .reference = "RFC 3261 section 17.1.2.2",
    .check_chain = check,
};
