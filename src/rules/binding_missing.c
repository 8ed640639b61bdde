/*
 * The registrar says yes, and lists somebody else.
 *
 * A 200 OK to a REGISTER lists what is bound to the account now, and the device
 * looks for its own Contact in it: there stands for how long it is registered.
 * When the registrar has stored another one, such as the address that the
 * request came from, some devices do not know themselves again. They drop the
 * answer, register again at once, or never renew, while the registrar believes
 * that all is well.
 *
 * Many other devices do not mind. So the list alone is no failure: it takes a
 * device that shows that it minds, or of which it is known.
 */

#include "facts.h"
#include "lapses.h"

/* Answers that come so much faster than the granted time asks for. */
#define LOOP_ROUNDS 4
#define LOOP_GAP (10 * NSEC_SEC)

/* More Contacts than this are no list of a person's devices. */
#define MAX_LISTED 256

/* How a listed Contact resembles the device's own. */
typedef enum Likeness {
    LIKE_NOTHING,
    LIKE_SOURCE,  /* at the address that the request came from, under another name */
    LIKE_REWRITE, /* the same user there: many registrars behind NAT store that */
    LIKE_HOST,    /* the same user at the same host, but another port */
    LIKE_REMOVED, /* the same, with no time left */
    LIKE_SAME,
} Likeness;

typedef struct View {
    const SipTxn *txn; /* request and answer, of one hop */
    SipUri own;
    SipVia via;       /* of the answer */
    NetEndpoint told; /* the request's source as the answer tells it; version 0: not told */
    unsigned n_listed;
    Likeness best;
    SipUri found;    /* that it is like */
    bool user_known; /* some listed Contact has the device's own user */
} View;

static uint16_t port_of(const SipUri *uri)
{
    bool secure = str_equal_nocase(uri->scheme, STR("sips"));

    return uri->port != 0 ? uri->port : secure ? 5061 : 5060;
}

static bool same_host(const SipUri *a, const SipUri *b)
{
    NetAddr x, y;

    return str_equal_nocase(a->host, b->host)
           || (net_addr_parse(a->host, &x) && net_addr_parse(b->host, &y)
               && net_addr_equal(&x, &y));
}

/* Port 0: not told, any will do. */
static bool is_at(const SipUri *uri, const NetEndpoint *endpoint)
{
    NetAddr addr;

    return endpoint->addr.version != 0 && net_addr_parse(uri->host, &addr)
           && net_addr_equal(&addr, &endpoint->addr)
           && (endpoint->port == 0 || endpoint->port == port_of(uri));
}

static bool is_gone(const SipNameAddr *contact)
{
    uint32_t seconds;
    Str value;

    return sip_param_find(contact->params, "expires", &value)
           && sip_number(sip_unquote(value), &seconds) == SIP_NUMBER_OK && seconds == 0;
}

/* Parameters that the registrar adds are no difference, though some of them are
 * by RFC 3261 section 19.1.4: no device fails for them. */
static Likeness likeness(const View *view, const SipNameAddr *listed)
{
    const SipUri *uri = &listed->uri;
    bool same_user = str_equal(view->own.user, uri->user);
    bool same_place = same_host(&view->own, uri);

    if (sip_uri_equal(&view->own, uri)
        || (same_user && same_place && port_of(&view->own) == port_of(uri)))
        return is_gone(listed) ? LIKE_REMOVED : LIKE_SAME;
    if (is_at(uri, &view->txn->hop.src) || is_at(uri, &view->told))
        return same_user ? LIKE_REWRITE : LIKE_SOURCE;
    return same_user && same_place ? LIKE_HOST : LIKE_NOTHING;
}

static void compare(View *view)
{
    SipValues cursor = { 0 };
    Str value;

    while (view->n_listed < MAX_LISTED
           && sip_values_next(view->txn->answer, SIP_HEADER_CONTACT, &cursor, &value)) {
        SipNameAddr listed = sip_name_addr_parse(value);
        Likeness like = likeness(view, &listed);

        view->n_listed++;
        view->user_known |= str_equal(view->own.user, listed.uri.user);
        if (like > view->best || view->n_listed == 1) {
            view->best = like;
            view->found = listed.uri;
        }
    }
}

/* Both halves as they passed on one hop: what lies between two hops may have
 * rewritten them. */
static const SipTxn *whole_txn(const RegStep *step)
{
    for (unsigned i = 0; i < step->n_sightings; i++) {
        if (step->sightings[i]->request != NULL && step->sightings[i]->answer != NULL)
            return step->sightings[i];
    }
    return NULL;
}

/* The Contact that is to be bound; false: there is none. */
static bool find_own(const SipMessage *request, SipUri *own)
{
    SipValues cursor = { 0 };
    Str value;

    while (sip_values_next(request, SIP_HEADER_CONTACT, &cursor, &value)) {
        SipNameAddr contact = sip_name_addr_parse(value);

        if (contact.ok && !contact.star && !is_gone(&contact)) {
            *own = contact.uri;
            return true;
        }
    }
    return false;
}

static bool read_view(const RegStep *step, View *view)
{
    *view = (View){ .txn = whole_txn(step) };
    if (view->txn == NULL || view->txn->answer->status / 100 != 2 || step->removes || step->queries
        || !find_own(view->txn->request, &view->own))
        return false;
    view->via = sip_message_via(view->txn->answer);
    view->told.port = view->via.rport;
    net_addr_parse(view->via.received, &view->told.addr);
    compare(view);
    return true;
}

/* --- whether the device minds --------------------------------------------- */

/* Accepted again and again, long before its time is over. */
static bool is_looping(const RegChain *chain, const RegStep *step)
{
    const RegDevice *device = chain->device;
    Nsec lasted = lapse_span(device->first_seen, chain->last);

    return device->n_accepted >= LOOP_ROUNDS && lasted / (Nsec)device->n_accepted < LOOP_GAP
           && lasted / (Nsec)device->n_accepted < (Nsec)step->granted * NSEC_SEC / 4;
}

/* Clients in browsers know themselves by the user part alone (JsSIP, SIP.js). */
static bool is_browser(const View *view)
{
    return uri_is_placeholder(&view->own) || str_starts_nocase(view->via.transport, STR("WS"));
}

/* What shows it, as the end of a sentence; NULL: nothing does. */
static const char *sign_of_failure(const RegChain *chain, const RegStep *step, const View *view)
{
    if (view->best == LIKE_REMOVED)
        return "";
    if (view->best == LIKE_HOST)
        return "; requests for the device go to another port";
    if (is_browser(view) && !view->user_known)
        return "; a client in a browser drops such an answer";
    if ((chain->vantage & REG_VANTAGE_CLIENT) && txn_went_unheard(chain, view->txn))
        return "; the device goes on as if it had no answer";
    return is_looping(chain, step) ? "; the device registers again and again" : NULL;
}

/* --- what to say ---------------------------------------------------------- */

/* Who put the other address there. */
static const char *explanation(const View *view)
{
    if (view->best != LIKE_SOURCE && view->best != LIKE_REWRITE)
        return "";
    if (is_at(&view->found, &view->told))
        return ", the address that the registrar saw the request come from and put there";
    return view->told.addr.version == 0
               ? ", the address that the request came from, put there by the registrar or by "
                 "something on the way (an ALG)"
               : "";
}

static void say(const RegChain *chain, const View *view, const char *sign, Finding *finding)
{
    const char *who = chain_who(chain);
    Str own = str_first(view->own.whole, 120);
    Str found = str_first(view->found.whole, 120);

    if (view->n_listed == 0)
        finding_say(finding,
                    "the registrar accepted %.*s for %s, but its 200 OK lists no Contact%s",
                    STR_ARG(own), who, sign);
    else if (view->best == LIKE_REMOVED)
        finding_say(finding,
                    "the registrar accepted %.*s for %s, but its 200 OK lists it with no time: it "
                    "is not bound",
                    STR_ARG(own), who);
    else
        finding_say(finding,
                    "the registrar accepted %.*s for %s, but its 200 OK lists only %s%.*s%s%s",
                    STR_ARG(own), who, view->n_listed > 1 ? "others, such as " : "", STR_ARG(found),
                    explanation(view), sign);
}

static void cite(const View *view, Finding *finding)
{
    const SipMessage *request = view->txn->request, *answer = view->txn->answer;
    Str listed = sip_message_first(answer, SIP_HEADER_CONTACT);

    finding_cite(finding, "Contact", request->meta.ref, request->meta.time,
                 sip_message_first(request, SIP_HEADER_CONTACT), NULL);
    finding_cite(finding, "200 OK", answer->meta.ref, answer->meta.time,
                 str_present(listed) ? str_first(listed, 300) : STR("no Contact"),
                 "the Contact that was registered");
}

static void grade(const View *view, Finding *finding)
{
    if (view->best != LIKE_REMOVED)
        finding_grade(finding, FINDING_STRONG,
                      "The device's own log or display: whether it takes itself for registered. "
                      "Some devices do not look at the list.");
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    View view;

    if ((last->own_contact_listed && last->granted != 0) || !read_view(last, &view)
        || view.best == LIKE_SAME)
        return RULE_CLEAN;

    const char *sign = sign_of_failure(chain, last, &view);

    if (sign == NULL)
        return RULE_CLEAN;
    say(chain, &view, sign, finding);
    cite(&view, finding);
    finding_reject(finding, "deregistered", "the request asks for a binding, not for its end");
    finding_reject(finding, "binding_lapsed", "it was answered just now");
    grade(&view, finding);
    return RULE_FIRES;
}

static const char *const narrower[] = { "gruu_as_contact", NULL };

const Rule rule_binding_missing = {
    .id = "binding_missing",
    .area = "life",
    .title = "The 200 OK does not list the device's Contact",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_WHOLE,
    .silenced_by = narrower,
    .meaning = "The registrar accepted the REGISTER, and the list of bindings in its answer does "
               "not have the Contact that the device sent. The registrar believes that the device "
               "is registered, the device does not, or does not know for how long.",
    .advice = "Let the registrar return the Contact as it was sent (Asterisk pjsip.conf, endpoint: "
              "rewrite_contact=no where the phone writes a public address or speaks WebSocket "
              "through a proxy; Kamailio: fix_nated_register() instead of fix_nated_contact()). "
              "Switch off a SIP ALG on the way. Or update the device: it may look for its user "
              "part alone.",
    .confusion = "Contacts of other devices beside the own one; parameters that the registrar "
                 "adds; a REGISTER that removes or only asks; devices that do not look at the "
                 "list.",
    .should = "The 200 lists all bindings of the account, among them the Contact as the phone "
              "sent it (RFC 3261 sections 10.3 step 8 and 19.1.4).",
    .seen = {
        .client = "200 without the own Contact; the phone may register again at once, or never.",
        .middle = "The same. With a capture on each side: who changed the Contact.",
        .server = "The same, and whether the Contact arrived as the phone sent it.",
    },
    .fix = {
        .phone = "Update it, so that it looks for its user part only; switch off its own NAT "
                 "tricks (STUN, public address).",
        .router = "Switch SIP ALG off.",
        .asterisk = "endpoint: rewrite_contact=no, when nothing else needs it.",
        .kamailio = "fix_nated_register() instead of fix_nated_contact() for REGISTER.",
    },
    .reference = "RFC 3261 sections 10.2.4, 10.3 and 19.1.4",
    .check_chain = check,
};
