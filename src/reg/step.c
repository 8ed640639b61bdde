/*
 * One REGISTER and its answer: whether it adds, removes or asks, for how long,
 * and what became of the device's own Contact.
 */

#include "step.h"

static const SipHeaderId challenge_headers[] = { SIP_HEADER_WWW_AUTHENTICATE,
                                                 SIP_HEADER_PROXY_AUTHENTICATE };
static const SipHeaderId credential_headers[] = { SIP_HEADER_AUTHORIZATION,
                                                  SIP_HEADER_PROXY_AUTHORIZATION };

void step_each_challenge(const SipMessage *answer, void (*visit)(const SipAuth *auth, void *user),
                         void *user)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(challenge_headers); i++) {
        const SipHeader *header;

        for (unsigned n = 0; (header = sip_message_header(answer, challenge_headers[i], n)); n++) {
            SipAuth auth = sip_auth_parse(sip_message_value(answer, header));

            visit(&auth, user);
        }
    }
}

/* The nth set in the message; false: there are not so many. */
static bool find_credentials(const SipMessage *request, unsigned nth, SipAuth *auth)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(credential_headers); i++) {
        const SipHeader *header;

        for (unsigned n = 0; (header = sip_message_header(request, credential_headers[i], n));
             n++) {
            *auth = sip_auth_parse(sip_message_value(request, header));
            if ((auth->response.len > 0 || str_present(auth->auts)) && nth-- == 0)
                return true;
        }
    }
    return false;
}

bool step_credentials(const RegStep *step, unsigned nth, SipAuth *auth)
{
    if (nth >= step->n_credentials)
        return false;
    *auth = step->credentials;
    return nth == 0
           || find_credentials(reg_step_request(step), nth <= step->judged ? nth - 1 : nth, auth);
}

/* More sets than this are nobody's honest login. */
#define MAX_CREDENTIALS 8

static void read_credentials(RegStep *step, const SipMessage *request)
{
    bool several = sip_message_header(request, SIP_HEADER_PROXY_AUTHORIZATION, 0) != NULL
                   || sip_message_header(request, SIP_HEADER_AUTHORIZATION, 1) != NULL;
    SipAuth other;

    if (!find_credentials(request, 0, &step->credentials))
        return;
    step->n_credentials = 1;
    while (several && step->n_credentials < MAX_CREDENTIALS
           && find_credentials(request, step->n_credentials, &other))
        step->n_credentials++;
}

bool step_names_nonce(const SipMessage *request)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(credential_headers); i++) {
        if (sip_auth_parse(sip_message_first(request, credential_headers[i])).nonce.len > 0)
            return true;
    }
    return false;
}

bool step_next_nonce(const SipMessage *answer, Str *nonce)
{
    Str params = sip_message_first(answer, SIP_HEADER_AUTHENTICATION_INFO);
    Str param, name, value;

    while (sip_list_next(&params, &param)) {
        if (!str_split(param, '=', &name, &value)
            || !str_equal_nocase(str_trim(name), STR("nextnonce")))
            continue;
        *nonce = sip_unquote(value);
        return nonce->len > 0;
    }
    return false;
}

/* The largest value that RFC 3261 section 10.2 allows, 2^32-1, stands for "none"
 * here; one second of 136 years is not missed. */
static uint32_t seconds_of(Str value)
{
    uint32_t seconds;

    return sip_number(value, &seconds) == SIP_NUMBER_OK ? MIN(seconds, REG_EXPIRES_NONE - 1)
                                                        : REG_EXPIRES_NONE;
}

/* The lifetime that a message names for one Contact: the parameter, else the
 * Expires header (RFC 3261 section 10.2.1.1). */
static uint32_t lifetime_of(const SipMessage *message, const SipNameAddr *contact)
{
    uint32_t seconds = REG_EXPIRES_NONE;
    Str value;

    if (sip_param_find(contact->params, "expires", &value))
        seconds = seconds_of(sip_unquote(value));
    if (seconds == REG_EXPIRES_NONE)
        seconds = seconds_of(sip_message_first(message, SIP_HEADER_EXPIRES));
    return seconds;
}

static void read_contact(RegStep *step, const SipMessage *request)
{
    SipValues cursor = { 0 };
    Str value;

    step->contact = sip_values_next(request, SIP_HEADER_CONTACT, &cursor, &value)
                        ? sip_name_addr_parse(value)
                        : (SipNameAddr){ 0 };
}

void step_take_request(RegStep *step, const SipMessage *request)
{
    SipValues cursor = { 0 };
    unsigned n_contacts = 0, n_removed = 0;
    Str value;

    read_credentials(step, request);
    read_contact(step, request);
    while (sip_values_next(request, SIP_HEADER_CONTACT, &cursor, &value)) {
        SipNameAddr contact = n_contacts == 0 ? step->contact : sip_name_addr_parse(value);
        uint32_t seconds = lifetime_of(request, &contact);

        n_contacts++;
        step->removes_all |= contact.star;
        if (contact.star || seconds == 0)
            n_removed++;
        else if (step->asked == REG_EXPIRES_NONE)
            step->asked = seconds;
    }
    step->queries = n_contacts == 0;
    step->removes = n_contacts > 0 && n_removed == n_contacts;
    if (step->removes)
        step->asked = 0;
}

RegStep step_new(SipTxn *txn)
{
    RegStep step = {
        .sightings = { sip_txn_ref(txn) },
        .n_sightings = 1,
        .asked = REG_EXPIRES_NONE,
        .granted = REG_EXPIRES_NONE,
        .min_expires = REG_EXPIRES_NONE,
    };

    if (txn->request != NULL)
        step_take_request(&step, txn->request);
    return step;
}

void step_clear(RegStep *step)
{
    for (unsigned i = 0; i < step->n_sightings; i++)
        sip_txn_unref(step->sightings[i]);
    reg_digest_result_clear(&step->digest);
    step->n_sightings = 0;
}

static const SipMessage *either_half(const SipMessage *request, const SipMessage *answer)
{
    return request != NULL ? request : answer;
}

bool step_has_hop(const RegStep *step, const SipTxn *txn)
{
    for (unsigned i = 0; i < step->n_sightings; i++) {
        if (step->sightings[i]->place == txn->place
            && net_addr_equal(&step->sightings[i]->hop.src.addr, &txn->hop.src.addr)
            && net_addr_equal(&step->sightings[i]->hop.dst.addr, &txn->hop.dst.addr))
            return true;
    }
    return false;
}

/* The same REGISTER seen behind a NAT or a proxy: those leave Call-ID, CSeq,
 * From tag and credentials alone (RFC 3261 section 16.6). An answer repeats
 * the first three of its request. */
bool step_is_sighting(const RegStep *step, const SipTxn *txn)
{
    const SipMessage *known = either_half(reg_step_request(step), reg_step_answer(step));
    const SipMessage *other = either_half(txn->request, txn->answer);

    if (known == NULL || other == NULL || known->cseq != other->cseq
        || !str_equal(known->from_tag, other->from_tag) || step_has_hop(step, txn))
        return false;
    return !known->is_request || !other->is_request
           || str_equal(sip_message_first(known, SIP_HEADER_AUTHORIZATION),
                        sip_message_first(other, SIP_HEADER_AUTHORIZATION));
}

/* Nearer to the phone: fewer proxies have signed it, then as the user said,
 * then the inside of a NAT. A hop that lacks the request comes last: it tells
 * least, wherever it is. */
static bool is_nearer(const SipTxn *a, const SipTxn *b)
{
    if (a->request == NULL || b->request == NULL)
        return a->request != NULL && b->request == NULL;

    unsigned vias_a = sip_message_via_count(a->request);
    unsigned vias_b = sip_message_via_count(b->request);

    if (vias_a != vias_b)
        return vias_a < vias_b;
    if (a->place != b->place)
        return a->place < b->place;
    if (net_addr_is_private(&a->hop.src.addr) != net_addr_is_private(&b->hop.src.addr))
        return net_addr_is_private(&a->hop.src.addr);
    return a->opened < b->opened;
}

bool step_add_sighting(RegStep *step, SipTxn *txn)
{
    const SipMessage *nearest = reg_step_request(step);
    unsigned at = step->n_sightings;

    if (at == REG_STEP_HOPS)
        return false;
    while (at > 0 && is_nearer(txn, step->sightings[at - 1])) {
        step->sightings[at] = step->sightings[at - 1];
        at--;
    }
    step->sightings[at] = sip_txn_ref(txn);
    step->n_sightings++;
    if (reg_step_request(step) != nearest)
        read_contact(step, reg_step_request(step));
    return true;
}

/* How well a listed binding fits the Contact that was sent: the URI itself by
 * section 19.1.4, or the same user at a rewritten address. */
static unsigned fit(const SipUri *own, const SipUri *listed)
{
    if (sip_uri_equal(own, listed))
        return 2;
    return str_present(own->user) && str_equal(own->user, listed->user) ? 1 : 0;
}

typedef struct Listed {
    unsigned n;
    unsigned best; /* as fit() says */
    unsigned n_best;
    uint32_t seconds;
} Listed;

/* An account with more bindings is none of a person; each is compared with a
 * Contact that may be as long as the message. */
#define MAX_LISTED 256

static Listed find_own_binding(const SipUri *own, const SipMessage *answer)
{
    Listed found = { .seconds = REG_EXPIRES_NONE };
    SipValues cursor = { 0 };
    Str value;

    while (found.n < MAX_LISTED && sip_values_next(answer, SIP_HEADER_CONTACT, &cursor, &value)) {
        SipNameAddr contact = sip_name_addr_parse(value);
        unsigned fits = fit(own, &contact.uri);

        found.n++;
        if (fits == 0 || fits < found.best)
            continue;
        found.n_best = fits == found.best ? found.n_best + 1 : 1;
        found.best = fits;
        found.seconds = lifetime_of(answer, &contact);
    }
    return found;
}

/* RFC 3261 section 10.2.4: the lifetime of the device's own Contact counts,
 * not that of any other binding. */
static void read_grant(RegStep *step, const SipMessage *answer)
{
    bool has_contact = step->contact.star || str_present(step->contact.uri.whole);

    if (reg_step_request(step) == NULL || step->removes || step->queries || !has_contact)
        return;

    Listed listed = find_own_binding(&step->contact.uri, answer);

    step->own_contact_listed = listed.best == 2;
    if (listed.best == 2 || (listed.best == 1 && listed.n_best == 1))
        step->granted = listed.seconds;
    if (step->granted == REG_EXPIRES_NONE)
        step->granted = seconds_of(sip_message_first(answer, SIP_HEADER_EXPIRES));
    if (step->granted == REG_EXPIRES_NONE)
        step->granted = step->asked;
    if (step->granted == REG_EXPIRES_NONE)
        step->granted = 3600; /* what a registrar is to assume, section 10.2.1.1 */
}

static void note_challenge(const SipAuth *auth, void *user)
{
    RegStep *step = user;

    if (auth->nonce.len > 0)
        step->challenged = true;
    if (auth->stale)
        step->stale = true;
}

void step_take_answer(RegStep *step, const SipMessage *answer)
{
    if (answer->status == 401 || answer->status == 407) {
        step_each_challenge(answer, note_challenge, step);
    } else if (answer->status == 423) {
        step->min_expires = seconds_of(sip_message_first(answer, SIP_HEADER_MIN_EXPIRES));
    } else if (answer->status / 100 == 2) {
        read_grant(step, answer);
    }
}
