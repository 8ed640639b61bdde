/*
 * The phone does not know the algorithm.
 *
 * A challenge with SHA-256 alone is not answered by a phone that knows MD5 only,
 * and a few phones do not even know "md5" in lower case. They go silent, as if
 * the challenge had never come; or they answer with MD5 all the same.
 */

#include "login.h"

static bool is_md5(const SipAuth *challenge, const void *unused)
{
    return !str_present(challenge->algorithm) || str_equal(challenge->algorithm, STR("MD5"))
           || str_equal_nocase(challenge->algorithm, STR("MD5-sess"));
}

static bool is_sha2(const SipAuth *challenge, const void *unused)
{
    return str_starts_nocase(challenge->algorithm, STR("SHA-"));
}

static bool is_not_sha2(const SipAuth *challenge, const void *unused)
{
    return !is_sha2(challenge, unused);
}

static bool is_aka(const SipAuth *challenge, const void *unused)
{
    return str_starts_nocase(challenge->algorithm, STR("AKA"));
}

/* With the digits of MD5, where it was not offered in any spelling. */
static bool answered_with_md5(const RegChain *chain, const RegStep *step)
{
    const SipMessage *challenge = chain_challenge_before(chain, step);

    return challenge != NULL && step->use == REG_CHALLENGE_PRECEDING
           && step->credentials.response.len == 32
           && message_any_challenge(challenge, is_sha2, NULL)
           && !message_any_challenge(challenge, is_not_sha2, NULL);
}

static RuleVerdict say_md5(const RegChain *chain, const RegStep *step, Finding *finding)
{
    finding_say(
        finding,
        "%s was challenged with algorithm=%.*s alone, answered with a digest of 32 digits as "
        "MD5 has them, and was refused",
        chain_who(chain),
        STR_ARG(message_challenge(chain_challenge_before(chain, step)).algorithm));
    finding_cite_login(finding, chain, step);
    return RULE_FIRES;
}

static RuleVerdict say_silent(const RegChain *chain, const SipMessage *answer, Finding *finding)
{
    Str algorithm = message_challenge(answer).algorithm;
    bool is_case = str_equal_nocase(algorithm, STR("MD5"));

    finding_say(finding, "%s was challenged with algorithm=%.*s%s and did not answer",
                chain_who(chain), STR_ARG(algorithm), is_case ? " in lower case" : " and no MD5");
    finding_cite_message(finding, "request", reg_step_request(reg_chain_last_step(chain)), NULL);
    finding_cite_message(finding, "challenge", answer, "credentials, or a challenge with MD5");
    finding_grade_ignored(finding, chain);
    finding_grade(finding, is_case ? FINDING_WEAK : finding->grade,
                  "The same phone with a challenge that offers algorithm=MD5.");
    return RULE_FIRES;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *refused = chain_refused_credentials(chain);
    const SipMessage *answer;

    if (refused != NULL)
        return answered_with_md5(chain, refused) ? say_md5(chain, refused, finding) : RULE_CLEAN;

    RuleVerdict verdict = chain_ignored_challenge(chain, finding, &answer);

    if (verdict != RULE_FIRES)
        return verdict;
    if (message_any_challenge(answer, is_md5, NULL) || message_any_challenge(answer, is_aka, NULL))
        return RULE_CLEAN;
    return say_silent(chain, answer, finding);
}

const Rule rule_algorithm_unsupported = {
    .id = "algorithm_unsupported",
    .area = "digest",
    .title = "The phone does not know the algorithm",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_TAIL | RULE_NEEDS_ANSWER | RULE_NEEDS_WHOLE | RULE_NEEDS_FAILURE,
    .absence = true,
    .meaning =
        "The challenge offers no algorithm that this phone seems to know: it did not answer, or "
        "answered with another one.",
    .advice = "Let the server offer MD5 as well (last, RFC 8760), write it in capitals, or update "
              "the phone.",
    .confusion = "A phone that is silent for another reason: no password, another realm.",
    .should = "The registrar offers its algorithms in several challenges, the one it likes best "
              "first, and the phone answers the first that it knows (RFC 8760 section 2.4).",
    .seen = {
        .client = "A 401 with SHA-256 and no MD5, and silence or an answer with another algorithm.",
        .middle = "The same.",
        .server = "The same.",
    },
    .fix = {
        .phone = "Update it.",
        .router = "Nothing.",
        .asterisk = "In the auth section supported_algorithms_uas=SHA-256,MD5 (from 20.12, 21.7 "
                    "and 22.2 on; before, MD5 is all there is). 'pjproject show buildopts' tells "
                    "what is built in.",
        .kamailio = "modparam(\"auth\", \"algorithm\", \"MD5\"), or leave it out.",
    },
    .reference = "RFC 8760 section 2.4",
    .check_chain = check,
};
