/*
 * The Authorization header does not parse.
 *
 * A missing comma, an open quote, a value without a name: the server cannot read
 * the credentials and refuses them without looking at the digest.
 */

#include "login.h"

#define MAX_SHOWN 300
#define MAX_DIGITS 10

static bool is_hex(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!g_ascii_isxdigit(text.data[i]))
            return false;
    }
    return true;
}

/* RFC 7616 section 3.4: as many digits as the algorithm has; a phone that took
 * another algorithm is no matter of grammar. */
static char *fault_of_response(const SipAuth *auth)
{
    Str response = auth->response;

    if (response.len == 0 || str_starts_nocase(auth->algorithm, STR("AKA")))
        return NULL;
    if (!is_hex(response))
        return g_strdup("have a response that is no hexadecimal number");
    if (response.len == 32 || response.len == 64)
        return NULL;
    return g_strdup_printf("have a response of %zu digits, MD5 has 32 and SHA-256 has 64",
                           response.len);
}

/* With nonce and response cut short: a report may be passed on, and the two are
 * what somebody needs to try passwords. */
static char *shortened(Str params)
{
    GString *text = g_string_new(NULL);
    unsigned digits = 0;

    for (size_t i = 0; i < params.len && text->len < MAX_SHOWN; i++) {
        bool longer = g_ascii_isalnum(params.data[i]) && ++digits > MAX_DIGITS;

        if (!g_ascii_isalnum(params.data[i]))
            digits = 0;
        if (!longer)
            g_string_append_c(text, params.data[i]);
        else if (digits == MAX_DIGITS + 1)
            g_string_append(text, "...");
    }
    return g_string_free(text, FALSE);
}

static char *fault_of(const SipAuth *auth)
{
    if (!str_equal_nocase(auth->scheme, STR("Digest")))
        return NULL;
    return auth->ok ? fault_of_response(auth) : g_strdup("break the grammar");
}

/* The last step, if it was refused and has a header with credentials, readable or
 * not, for a challenge. */
static const RegStep *refused_step(const RegChain *chain)
{
    const RegStep *last = reg_chain_last_step(chain);
    uint16_t status = reg_step_status(last);

    if (chain_refused_credentials(chain) != NULL)
        return last;
    if (reg_step_request(last) == NULL || reg_step_has_credentials(last) || last->stale
        || (status != 400 && status != 401 && status != 403 && status != 407))
        return NULL;
    return message_names_nonce(reg_step_request(last)) ? last : NULL;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *step = refused_step(chain);

    if (step == NULL || chain_was_accepted_before(chain, step))
        return RULE_CLEAN;

    const SipMessage *request = reg_step_request(step);
    bool readable = reg_step_has_credentials(step);
    SipAuth auth = readable ? step->credentials : message_credentials(request);
    g_autofree char *fault = fault_of(&auth);
    g_autofree char *shown = shortened(auth.params);

    if (fault == NULL)
        return RULE_CLEAN;
    finding_say(finding, "the credentials of %s %s, and the server refused them", chain_who(chain),
                fault);
    finding_cite_login(finding, chain, step);
    finding_cite(finding, "credentials as sent", request->meta.ref, request->meta.time,
                 str_of(shown), "name=value, name=\"value\" ...");
    if (readable && !step_verifies(step) && reg_step_status(step) != 400)
        finding_grade(finding, FINDING_WEAK,
                      "The password (--credentials): whether the digest is right; the server's own "
                      "log about this header.");
    else
        finding_grade(finding, FINDING_STRONG, "The server's own log about this header.");
    return RULE_FIRES;
}

const Rule rule_authorization_malformed = {
    .id = "authorization_malformed",
    .area = "digest",
    .title = "The Authorization header breaks the grammar",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_WHOLE | RULE_NEEDS_FAILURE,
    .meaning = "The header with the credentials cannot be read as RFC 7616 has it.",
    .advice = "Update the phone, or look for a special character in user name or realm that it "
              "does not escape.",
    .confusion = "Quotes around qop, nc or algorithm: tolerated by most servers.",
    .should = "The credentials are a list of name=value with commas between them. Strings are "
              "quoted, and a quote or a backslash inside them is escaped (RFC 7616 section 3.4).",
    .seen = {
        .client = "REGISTER with an Authorization that breaks the grammar, then 400, 401 or 403.",
        .middle = "The same. If the header is sound beside the phone, something on the way "
                  "damages it.",
        .server = "The same. The server's log often names a parse error.",
    },
    .fix = {
        .phone = "Update it; try a user name without special characters.",
        .router = "If the header is sound beside the phone: switch the SIP ALG off.",
        .asterisk = "A realm without quotes or backslashes in the auth section.",
        .kamailio = "A realm without quotes or backslashes in the challenge.",
    },
    .reference = "RFC 7616 section 3.4",
    .check_chain = check,
};
