/*
 * The registrar asked for a password and the phone went silent.
 *
 * A 401 is half of a handshake. A phone that knows its password sends the
 * REGISTER again within a second. One that does not has no password, does not
 * understand the challenge, takes it for another realm, or never received it.
 * In the last case it would repeat its request, and this rule is quiet.
 */

#include "login.h"

static const char *const narrower[] = {
    "realm_mismatch",
    "algorithm_unsupported",
    "aka_unanswered",
    "answer_to_wrong_port",
    "answer_lost",
    "large_register_lost",
    NULL,
};

/* 3GPP TS 33.203 section 7: what follows may travel inside IPsec. */
static bool is_for_a_sim(const SipMessage *challenge)
{
    return str_starts_nocase(message_challenge(challenge).algorithm, STR("AKA"));
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const SipMessage *answer;
    RuleVerdict verdict = chain_ignored_challenge(chain, finding, &answer);
    char span[NSEC_TEXT];

    if (verdict != RULE_FIRES)
        return verdict;

    finding_say(finding, "%s was challenged (%u, realm \"%.*s\") and sent no credentials for %s",
                chain_who(chain), answer->status, STR_ARG(message_challenge(answer).realm),
                nsec_to_span(chain->watched - answer->meta.time, span));
    finding_cite_message(finding, "request", reg_step_request(reg_chain_last_step(chain)), NULL);
    finding_cite_message(finding, "challenge", answer, "a second REGISTER with Authorization");
    finding_reject(finding, "answer_lost", "the request was not repeated after the challenge");
    if (is_for_a_sim(answer))
        finding_grade(finding, FINDING_WEAK,
                      "The log of the phone: after an AKA challenge it may go on inside IPsec, "
                      "where a capture does not see it.");
    else
        finding_grade_ignored(finding, chain);
    return RULE_FIRES;
}

const Rule rule_challenge_unanswered = {
    .id = "challenge_unanswered",
    .area = "chain",
    .title = "The phone never answered the challenge",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_TAIL | RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .absence = true,
    .silenced_by = narrower,
    .meaning =
        "The registrar answered 401 or 407 and the phone did not try again with credentials, "
        "nor did it repeat the request as if the answer had been lost.",
    .advice = "Check that the account on the phone has a user name and a password, that no fixed "
              "realm is configured that differs from the one in the challenge, and that the phone "
              "supports the algorithm that the challenge names.",
    .confusion =
        "A lost challenge: then the same REGISTER comes again. A capture that ends too early.",
    .should = "The phone reads the challenge and sends the REGISTER again within a second, with "
              "an Authorization made from it and CSeq one higher (RFC 3261 sections 22.2 and "
              "8.1.3.5).",
    .seen = {
        .client = "401, and then nothing: no copy of the first REGISTER (the 401 was read), no "
                  "second one.",
        .middle = "The same. A 401 that is lost further in looks alike, but then the REGISTER "
                  "comes again.",
        .server = "401 goes out and nothing comes back. It may have been lost: weaker from here.",
    },
    .fix = {
        .phone = "Enter user name and password; remove a fixed realm (or set it to that of the "
                 "challenge, or *); update it, when the challenge names an algorithm that it does "
                 "not know.",
        .router = "Nothing.",
        .asterisk = "In the auth section 'realm' is what phones see; leave it out for the default.",
        .kamailio = "The first parameter of www_challenge() is the realm that phones see.",
    },
    .reference = "RFC 3261 section 22.2",
    .check_chain = check,
};
