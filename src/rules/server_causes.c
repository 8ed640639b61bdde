/*
 * Why a server refuses credentials that are right.
 *
 * The phone has done its part. What is left is what the server keeps of the
 * account, and what it ties its nonces to: an age, an address, a dialog, one of
 * several machines. Each of these leaves traces.
 */

#include "server_causes.h"

#include "nonce_age.h"

/* What a cause is weighed with. */
typedef struct Case {
    const RegChain *chain;
    const RegStep *step;       /* that was refused */
    const RegStep *challenged; /* whose challenge it answered; NULL: none is known */
} Case;

typedef struct Evidence {
    char *supports; /* a clause; NULL: nothing does */
    char *excludes; /* the same */
} Evidence;

#define YOUNG (5 * NSEC_SEC)

static void weigh_age(const Case *the, Evidence *evidence)
{
    Nsec age = step_nonce_age(the->step);
    char span[NSEC_TEXT];

    if (age == NSEC_NONE)
        return;
    nsec_to_span(age, span);
    if (step_nonce_has_expired(the->step))
        evidence->supports = g_strdup_printf("by its own account it had expired after %s", span);
    else if (age < YOUNG)
        evidence->excludes = g_strdup_printf("the nonce was %s old", span);
}

/* The public address of the sender: where the capture shows it, or as the
 * server wrote it into the answer's Via. */
static NetEndpoint source_of(const RegStep *step)
{
    SipVia via = sip_message_via(reg_step_answer(step));
    const SipTxn *outermost = step->sightings[step->n_sightings - 1];
    NetEndpoint seen = { .port = via.rport };

    if (net_addr_parse(via.received, &seen.addr)
        && sip_message_via_count(reg_step_answer(step)) == 1)
        return seen;
    return outermost->hop.src;
}

static void weigh_source(const Case *the, Evidence *evidence)
{
    if (the->challenged == NULL)
        return;

    NetEndpoint before = source_of(the->challenged), now = source_of(the->step);
    char a[NET_ENDPOINT_TEXT], b[NET_ENDPOINT_TEXT];

    if (!net_addr_equal(&before.addr, &now.addr))
        evidence->supports =
            g_strdup_printf("challenged at %s, it answered from %s",
                            net_addr_to_text(&before.addr, a), net_addr_to_text(&now.addr, b));
    else if (!net_addr_is_private(&now.addr))
        evidence->excludes = g_strdup("the address did not change between challenge and answer");
}

static const char *changed_part(const SipMessage *before, const SipMessage *now)
{
    if (!str_equal(before->call_id, now->call_id))
        return "the Call-ID changed between challenge and answer";
    if (!str_equal(before->from_tag, now->from_tag))
        return "the From tag changed between challenge and answer";
    if (!str_equal(before->request_uri, now->request_uri))
        return "the Request-URI changed between challenge and answer";
    return NULL;
}

static void weigh_dialog(const Case *the, Evidence *evidence)
{
    if (the->challenged == NULL || reg_step_request(the->challenged) == NULL)
        return;

    const char *part = changed_part(reg_step_request(the->challenged), reg_step_request(the->step));

    if (part != NULL)
        evidence->supports = g_strdup(part);
    else
        evidence->excludes = g_strdup("Call-ID, From tag and Request-URI did not change");
}

static Str nonce_at(const RegChain *chain, unsigned step)
{
    const RegStep *at = reg_chain_step(chain, step);

    return at->challenged ? message_challenge(reg_step_answer(at)).nonce : STR_NONE;
}

/* A nonce of which another one came in between: two machines take turns. */
static bool nonces_take_turns(const RegChain *chain)
{
    for (unsigned i = 2; i < chain->steps->len; i++) {
        Str nonce = nonce_at(chain, i), between = nonce_at(chain, i - 1);

        if (nonce.len > 0 && between.len > 0 && str_equal(nonce, nonce_at(chain, i - 2))
            && !str_equal(nonce, between))
            return true;
    }
    return false;
}

static bool servers_differ(const RegChain *chain)
{
    Str first = STR_NONE;

    for (unsigned i = 0; i < chain->steps->len; i++) {
        const SipMessage *answer = reg_step_answer(reg_chain_step(chain, i));
        Str server = answer != NULL ? sip_message_first(answer, SIP_HEADER_SERVER) : STR_NONE;

        if (str_present(server) && str_present(first) && !str_equal(server, first))
            return true;
        first = str_present(server) ? server : first;
    }
    return false;
}

static void weigh_issuers(const Case *the, Evidence *evidence)
{
    if (nonces_take_turns(the->chain))
        evidence->supports = g_strdup("two sets of nonces come back in turn");
    else if (servers_differ(the->chain))
        evidence->supports = g_strdup("the answers name different servers");
}

static void weigh_count(const Case *the, Evidence *evidence)
{
    uint32_t nc;

    if (!reg_nonce_count(the->step->credentials.nc, &nc))
        return;
    if (nc > UINT8_MAX)
        evidence->supports =
            g_strdup_printf("nc=%.*s is above 255", STR_ARG(the->step->credentials.nc));
    else if (reg_step_copies(the->step) > 0)
        evidence->supports = g_strdup("the request was repeated, and a copy counts as a replay");
    else if (nc == 1)
        evidence->excludes = g_strdup("the nonce was used for the first time");
}

static void weigh_layers(const Case *the, Evidence *evidence)
{
    bool seen[2] = { false, false };

    for (unsigned i = 0; i < the->chain->steps->len; i++) {
        uint16_t status = reg_step_status(reg_chain_step(the->chain, i));

        if (status == 401 || status == 407)
            seen[status == 407] = true;
    }
    if (seen[0] && seen[1])
        evidence->supports = g_strdup("a proxy (407) and a registrar (401) both ask");
}

static void weigh_policy(const Case *the, Evidence *evidence)
{
    if (the->challenged == NULL)
        return;

    SipAuth asked = message_challenge(reg_step_answer(the->challenged));
    const SipAuth *sent = &the->step->credentials;

    if (asked.opaque.len > 0 && !str_equal(asked.opaque, sent->opaque))
        evidence->supports = g_strdup("opaque did not come back as it was sent");
    else if (asked.qop.len > 0 && sent->qop.len == 0)
        evidence->supports = g_strdup("qop was offered and not used");
}

static void weigh_account(const Case *the, Evidence *evidence)
{
    if (chain_was_accepted_before(the->chain, the->step))
        evidence->supports = g_strdup("the same user and realm were accepted before");
}

static void weigh_stored(const Case *the, Evidence *evidence)
{
    if (chain_was_accepted_before(the->chain, the->step))
        evidence->excludes = g_strdup("the same user and realm were accepted before");
}

static const struct {
    const char *id;
    const char *name;
    void (*weigh)(const Case *the, Evidence *evidence);
    const char *advice;
} causes[] = {
    { "nonce_expired", "expiry", weigh_age, "the lifetime of its nonces" },
    { "source_changed", "source address", weigh_source,
      "whether it binds nonces to the source address" },
    { "dialog_changed", "dialog", weigh_dialog,
      "whether it binds nonces to Call-ID, From tag or Request-URI (Kamailio: "
      "auth_checks_register)" },
    { "several_servers", "several servers", weigh_issuers,
      "whether several machines share their nonces" },
    { "count_refused", "nonce count", weigh_count,
      "its check of nonce counts and of repeated requests" },
    { "second_layer", "second layer", weigh_layers,
      "which of the two asked, and for which user and realm" },
    { "policy", "policy", weigh_policy, "whether it insists on qop or opaque" },
    { "account_changed", "account", weigh_account,
      "what was changed on the account or its password since then" },
    { "stored_hash", "stored password", weigh_stored,
      "the stored password or HA1: made for this realm and this form of the user name?" },
};

/* One cause: cited, ruled out, or left open. */
static void weigh(Finding *finding, const Case *the, unsigned cause, GString *look)
{
    const SipMessage *request = reg_step_request(the->step);
    Evidence evidence = { 0 };

    causes[cause].weigh(the, &evidence);
    if (evidence.supports != NULL) {
        finding_cite(finding, causes[cause].name, request->meta.ref, request->meta.time,
                     str_of(evidence.supports), NULL);
        g_string_append_printf(look, "%s%s (%s)", look->len > 0 ? "; " : "", causes[cause].advice,
                               evidence.supports);
    } else if (evidence.excludes != NULL) {
        finding_reject(finding, causes[cause].id, evidence.excludes);
    }
    g_free(evidence.supports);
    g_free(evidence.excludes);
}

void finding_weigh_causes(Finding *finding, const RegChain *chain, const RegStep *step)
{
    Case the = { chain, step, chain_challenged_step(chain, step) };
    g_autoptr(GString) look = g_string_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(causes); i++)
        weigh(finding, &the, i, look);
    if (look->len > 0)
        finding_advise(finding,
                       "On the server look first at %s. Then at the stored password or HA1 (made "
                       "for this realm and this form of the user name?) and at the account itself.",
                       look->str);
}
