/*
 * After too many failures even the right answer is refused.
 *
 * Servers and their guards (fail2ban, pike) lock an account or an address after
 * a number of wrong logins. From then on right credentials are refused too, or
 * nothing is answered at all, while others are served.
 */

#include "login.h"

#define FAILURES 3

/* Refused logins in a row, up to this attempt. */
typedef struct Row {
    uint64_t refused;
    uint64_t wrong; /* of these: with a digest that does not fit the supplied password */
    Nsec since;
    const RegAttemptStep *first; /* of those that are kept */
} Row;

static bool is_login(const RegAttemptStep *step)
{
    return step->digest != NULL
           && (step->status == 401 || step->status == 403 || step->status == 407);
}

static bool is_wrong(const RegAttemptStep *step)
{
    return step->digest->verdict == REG_DIGEST_MISMATCH
           || step->digest->verdict == REG_DIGEST_OTHER_INPUT;
}

static Row row_of(const RegDevice *device)
{
    Row row = { 0 };

    for (unsigned i = device->n_attempts_kept; i-- > 0;) {
        const RegAttempt *attempt = device->attempts[i];
        const RegAttemptStep *last =
            attempt->n_steps > 0 ? &attempt->steps[attempt->n_steps - 1] : NULL;

        if (attempt->outcome == REG_OUTCOME_ACCEPTED)
            break;
        if (last == NULL || attempt->outcome != REG_OUTCOME_REFUSED || !is_login(last))
            continue;
        row.refused += attempt->repeated;
        row.wrong += is_wrong(last) ? attempt->repeated : 0;
        row.since = attempt->first_opened;
        row.first = last;
    }
    return row;
}

static bool is_silenced(const RegChain *chain)
{
    return chain->outcome == REG_OUTCOME_UNANSWERED && chain->server_answers_others
           && chain_loss(chain) == NULL;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *refused = chain_refused_login(chain);
    bool right = refused != NULL && step_verifies(refused);

    if (!right && !is_silenced(chain))
        return RULE_CLEAN;

    Row row = row_of(chain->device);
    char first[NSEC_TEXT];

    /* Right credentials that were refused from the start were never locked. */
    if (row.refused < FAILURES || (right && row.wrong < FAILURES))
        return RULE_CLEAN;

    finding_say(finding, "%s was refused %" G_GUINT64_FORMAT " times in a row since %s, and now %s",
                chain_who(chain), row.refused, nsec_to_clock(row.since, first),
                right ? "even right credentials are refused"
                      : "the server does not answer it any more, while it answers others");
    finding_cite(finding, "a refusal before", row.first->answer, row.first->answer_time,
                 str_of(right ? "of wrong credentials" : "of its credentials"), NULL);
    finding_cite_end(finding, chain, right ? "200 OK" : "an answer, as others get");
    finding_grade(
        finding, FINDING_STRONG,
        "The ban list or lock of the server (fail2ban-client status; the account's state).");
    return RULE_FIRES;
}

const Rule rule_locked_out = {
    .id = "locked_out",
    .area = "chain",
    .title = "Locked out after failures",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_FAILURE,
    .meaning = "After several refused logins the server refuses even right credentials, or no "
               "longer answers this source.",
    .advice = "Find out what failed first and mend that; then lift the ban (fail2ban-client "
              "unbanip; the account) and give the phone a pause between its attempts.",
    .confusion = "A server that is silent to everybody.",
    .should = "A refused phone waits before it tries again, and a registrar tells an attack from "
              "a typing error (RFC 3261 section 26.3.2).",
    .seen = {
        .client = "Several refusals, then right credentials refused as well, or silence.",
        .middle = "The same; with silence the requests go out.",
        .server = "Requests arrive and are not answered, while others are: a ban.",
    },
    .fix = {
        .phone = "Mend what failed first; then a retry interval of a minute or more.",
        .router = "An intrusion prevention on the way may be the one that bans.",
        .asterisk = "'fail2ban-client status asterisk', then 'set asterisk unbanip ADDRESS'.",
        .kamailio = "'kamcmd pike.list', the htable of banned addresses ('kamcmd htable.dump "
                    "ipban').",
    },
    .reference = "RFC 3261 section 26.3.2",
    .check_chain = check,
};
