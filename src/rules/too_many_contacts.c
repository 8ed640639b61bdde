/*
 * The account has as many devices as it may have.
 *
 * Every new Contact of an account takes a place. A phone that calls itself
 * something new at each start, or dies without saying goodbye, fills them with
 * its own past, and the registrar then refuses the next one: with 403, 503 or
 * 603, as it likes, and with words that tell.
 */

#include "facts.h"
#include "words.h"

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const SipMessage *answer = chain_refusal(chain);
    const SipMessage *request = reg_step_request(reg_chain_last_step(chain));

    if (answer == NULL || answer->status < 400)
        return RULE_CLEAN;

    Str words = words_find(answer, WORDS_CONTACTS);

    if (!str_present(words))
        return RULE_CLEAN;

    finding_say(finding, "the registrar takes no more devices for %s: %u, \"%.*s\"",
                chain_who(chain), answer->status, STR_ARG(words));
    if (request != NULL)
        finding_cite(finding, "Contact", request->meta.ref, request->meta.time,
                     sip_message_first(request, SIP_HEADER_CONTACT), NULL);
    finding_cite_end(finding, chain, "200 OK");
    finding_cite_reasons(finding, answer);
    finding_reject(finding, "password_wrong", "the words name the number of contacts");
    finding_grade(finding, FINDING_STRONG,
                  "The list of bindings at that moment (Asterisk: pjsip show aor NAME; Kamailio: "
                  "kamctl ul show NAME).");
    return RULE_FIRES;
}

const Rule rule_too_many_contacts = {
    .id = "too_many_contacts",
    .area = "chain",
    .title = "The account has too many devices",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .meaning = "The registrar keeps only so many bindings for one account and has as many; it "
               "refused this one.",
    .advice =
        "Remove old bindings, and keep them from piling up: the same +sip.instance after each "
        "start, and a farewell with Expires: 0. Or allow more (Asterisk pjsip.conf, aor: "
        "max_contacts=N and remove_existing=yes; Kamailio: registrar max_contacts).",
    .confusion = "503 of a server that is overloaded; a limit on how often one may try.",
    .should = "A device that comes back replaces its own binding: it is known by its instance, or "
              "it removed the old one with Expires: 0 (RFC 3261 section 10.2.2, RFC 5626 sections "
              "4.1 and 6).",
    .seen = {
        .client = "The refusal. A 200 of before lists all the bindings of the account.",
        .middle = "The same.",
        .server = "The same, and the registrar can list the bindings at that moment.",
    },
    .fix = {
        .phone = "The same +sip.instance after each start, and a farewell when it is switched off.",
        .router = "Nothing.",
        .asterisk = "'pjsip show aor NAME'. aor: max_contacts=N, with remove_existing=yes.",
        .kamailio = "'kamctl ul show NAME'. registrar: max_contacts=N.",
    },
    .reference = "RFC 3261 section 10.3, RFC 5626 section 4.1",
    .check_chain = check,
};
