/*
 * The registrar does not like the Contact.
 *
 * A Contact is the phone's own affair (RFC 3261 section 10.2.1): its user part
 * is free and need not be the account's. Some registrars want it equal, some
 * have room for 255 bytes only, some do not know the scheme. That is the reason
 * only where the registrar says so.
 */

#include "facts.h"
#include "words.h"

static const char *const narrower[] = { "too_many_contacts", NULL };

static Str user_of(const SipMessage *request, SipHeaderId id)
{
    SipValues cursor = { 0 };
    Str value;

    if (!sip_values_next(request, id, &cursor, &value))
        return STR_NONE;
    return sip_name_addr_parse(value).uri.user;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const SipMessage *answer = chain_refusal(chain);
    const SipMessage *request = reg_step_request(reg_chain_last_step(chain));

    if (answer == NULL || answer->status < 400 || answer->status == 423)
        return RULE_CLEAN;

    Str words = words_find(answer, WORDS_CONTACT);

    if (!str_present(words))
        return RULE_CLEAN;
    if (request == NULL)
        return rule_abstain(finding, "the request that was refused is not in the capture");

    Str contact = sip_message_first(request, SIP_HEADER_CONTACT);
    Str user = user_of(request, SIP_HEADER_CONTACT);
    bool other_user = str_present(user) && !str_equal(user, user_of(request, SIP_HEADER_TO));

    finding_say(finding, "the registrar refused the Contact of %s (%zu bytes%s): %u, \"%.*s\"",
                chain_who(chain), contact.len,
                other_user ? ", with another user part than the account" : "", answer->status,
                STR_ARG(words));
    finding_cite(finding, "Contact", request->meta.ref, request->meta.time, contact,
                 "one that the registrar takes");
    finding_cite_end(finding, chain, "200 OK");
    finding_cite_reasons(finding, answer);
    finding_grade(finding, FINDING_STRONG,
                  "The same account with a plain Contact (sip:user@address:port, no parameters).");
    return RULE_FIRES;
}

const Rule rule_contact_refused = {
    .id = "contact_refused",
    .area = "chain",
    .title = "The registrar refuses the Contact",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .silenced_by = narrower,
    .meaning = "The registrar refused the request and names the Contact as the reason: its user "
               "part, its length, its scheme or its parameters.",
    .advice = "Make the Contact plain: the account's own user part, no push or GRUU parameters "
              "(Linphone: contact_params; baresip: regint without extra parameters). Or raise the "
              "limit on the server (Kamailio: registrar contact_max_size and the width of the "
              "column location.contact).",
    .confusion = "A Contact user that differs from the account is legal and no fault by itself.",
    .should = "The Contact is the phone's own affair: the registrar stores the address as it is "
              "(RFC 3261 sections 10.2.1 and 10.3 step 7).",
    .seen = {
        .client = "REGISTER, then 4xx or 5xx whose words name the Contact.",
        .middle = "The same. If the Contact differs from that beside the phone, something on the "
                  "way rewrites it.",
        .server = "The same.",
    },
    .fix = {
        .phone = "A plain Contact: the account's user part, no push or GRUU parameters.",
        .router = "If the Contact is changed on the way: switch the SIP ALG off.",
        .kamailio = "registrar: contact_max_size, and the width of the column location.contact.",
    },
    .reference = "RFC 3261 sections 10.2.1 and 10.3",
    .check_chain = check,
};
