/*
 * One server asks, another one is answered.
 *
 * Behind one name stand several registrars that do not share their nonces. The
 * phone gets its challenge from the first and sends its answer to the second,
 * which does not know the nonce and challenges anew, forever.
 */

#include "login.h"

static bool went_to(const RegStep *step, const NetAddr *server)
{
    for (unsigned i = 0; i < step->n_sightings; i++) {
        if (net_addr_equal(&step->sightings[i]->hop.dst.addr, server))
            return true;
    }
    return false;
}

/* Several hops of one path have several servers, and the challenged request took
 * the same path. */
static bool share_a_server(const RegStep *step, const RegStep *challenged)
{
    for (unsigned i = 0; i < challenged->n_sightings; i++) {
        if (went_to(step, &challenged->sightings[i]->hop.dst.addr))
            return true;
    }
    return false;
}

/* Whether the credentials of a step went to another server than the challenge came
 * from. */
static bool is_crossed(const RegChain *chain, const RegStep *step)
{
    if (!step->nonce.issued || step->nonce.shared || went_to(step, &step->nonce.issuer.addr))
        return false;

    const RegStep *challenged = chain_challenged_step(chain, step);

    return challenged == NULL || !share_a_server(step, challenged);
}

/* How far back to look for another time. */
#define ROUNDS 4

/* Once may be chance, and the refusal about the password. A password that is known
 * to be right decides, and so does a phone that is sent to and fro. */
static FindingGrade grade_of(const RegChain *chain, const RegStep *step)
{
    unsigned n = chain->steps->len;
    unsigned crossed = 0;

    if (step->digest.verdict == REG_DIGEST_MISMATCH)
        return FINDING_WEAK;
    for (unsigned i = MAX(n, ROUNDS) - ROUNDS; i < n; i++)
        crossed += is_crossed(chain, reg_chain_step(chain, i));
    return step_verifies(step) || crossed > 1 ? FINDING_STRONG : FINDING_WEAK;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *step = chain_refused_credentials(chain);
    char issuer[NET_ENDPOINT_TEXT], other[NET_ENDPOINT_TEXT];

    if (step == NULL || !is_crossed(chain, step))
        return RULE_CLEAN;

    net_endpoint_to_text(&step->nonce.issuer, issuer);
    finding_say(
        finding, "%s was challenged by %s and sent its credentials to %s, which refused them",
        chain_who(chain), issuer, net_endpoint_to_text(&reg_step_txn(step)->hop.dst, other));
    finding_cite(finding, "challenge", step->nonce.challenge, step->nonce.challenged,
                 str_of(issuer), NULL);
    finding_cite_message(finding, "credentials", reg_step_request(step),
                         "sent to the server that issued the nonce");
    finding_cite_message(finding, "answer", reg_step_answer(step), "200 OK");
    if (step_verifies(step))
        finding_reject(finding, "password_wrong", "the digest verifies with the supplied password");
    finding_grade(finding, grade_of(chain, step),
                  step_verifies(step)
                      ? "The servers' configuration: whether they share their nonces."
                      : "The password (--credentials): if the digest verifies, the servers "
                        "do not share their nonces; or their configuration.");
    return RULE_FIRES;
}

const Rule rule_nonce_from_other_server = {
    .id = "nonce_from_other_server",
    .area = "digest",
    .title = "The nonce is from another server",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .meaning = "The credentials answer the challenge of one server and went to another, which does "
               "not accept its nonces.",
    .advice = "Let a phone stay with the server that challenged it (stickiness by source at the "
              "load balancer), or let the servers share their nonce secret (Kamailio: the same "
              "auth \"secret\" on all).",
    .confusion = "One server with several addresses that do share their nonces: then it accepts.",
    .should = "Credentials go to the server that issued the challenge, or to one that knows its "
              "nonces (RFC 3263 section 4, RFC 7616 section 3.3).",
    .seen = {
        .client = "Request and challenge from one address, credentials to another; or nonces of "
                  "two makes in turn.",
        .middle = "The same.",
        .server = "A nonce arrives that was never issued here.",
    },
    .fix = {
        .phone = "Use one server as outbound proxy for the time being.",
        .router = "A load balancer on the way has to keep a phone with one server (by source "
                  "address or Call-ID).",
        .asterisk = "Nonces are not shared between instances: keep a phone with one of them.",
        .kamailio = "The same auth \"secret\" on all; or dispatch by Call-ID (ds_select_dst with "
                    "algorithm 0).",
    },
    .reference = "RFC 7616 section 3.3, RFC 3263 section 4.3",
    .check_chain = check,
};
