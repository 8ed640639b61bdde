/*
 * A box on the way damages messages.
 *
 * An ALG that replaces addresses without understanding the text leaves a second
 * port behind the first, half of the old address behind the new one, or a
 * Content-Length that counts the bytes of before. The one who gets such a message
 * drops it or refuses it with 400. Whoever sent it may have written it so: that can
 * be told where others of its messages are sound, or where the damage is in what an
 * answer only repeats.
 */

#include "alg_damage.h"
#include "alg_pair.h"
#include "facts.h"

typedef struct Damaged {
    AlgDamage damage;
    const RegStep *step;
    const SipMessage *message; /* NULL: none is damaged */
    const SipMessage *sound;   /* the same place as it should be; NULL: not seen */
    bool own;                  /* the sender of it is on this side */
    bool echo;                 /* an answer repeats what 'sound' has */
    bool mixed;                /* it has the NAT's address, and its Via the phone's */
} Damaged;

/* Via, From and To of an answer are those of its request (RFC 3261 section 8.2.6.2). */
static bool is_echoed(SipHeaderId id)
{
    return id == SIP_HEADER_VIA || id == SIP_HEADER_FROM || id == SIP_HEADER_TO;
}

static const SipTxn *last_hop(const RegStep *step)
{
    const SipTxn *txn = reg_step_txn(step);

    for (unsigned i = 0; i < step->n_sightings; i++) {
        if (step->sightings[i]->request != NULL)
            txn = step->sightings[i];
    }
    return txn;
}

/* Another message of the same sender that is whole in this place. */
static const SipMessage *find_sound(const RegChain *chain, const Damaged *damaged)
{
    for (unsigned i = 0; i < chain->steps->len; i++) {
        const RegStep *step = reg_chain_step(chain, i);
        const SipMessage *other =
            damaged->message->is_request ? last_hop(step)->request : reg_step_answer(step);

        if (other != NULL && other != damaged->message
            && alg_damage_spares(other, &damaged->damage))
            return other;
    }
    return NULL;
}

/* What an editor leaves: a phone that knew of the NAT would not name itself in Via. */
static bool is_mixed(const SipMessage *request, Str value)
{
    NetAddr source = request->meta.flow.src.addr, sent_by;
    char text[NET_ENDPOINT_TEXT];

    net_addr_to_text(&source, text);
    return !net_addr_is_private(&source) && net_addr_parse(sip_message_via(request).host, &sent_by)
           && net_addr_is_private(&sent_by) && str_contains_nocase(value, str_of(text));
}

static bool look_at_request(const RegChain *chain, unsigned at, Damaged *damaged)
{
    const RegStep *step = reg_chain_step(chain, at);
    const SipMessage *request = last_hop(step)->request;
    const SipMessage *before = at > 0 ? last_hop(reg_chain_step(chain, at - 1))->request : NULL;

    if (request == NULL)
        return false;
    damaged->damage = alg_damage_find(request, before);
    if (damaged->damage.kind == ALG_DAMAGE_NONE)
        return false;
    damaged->message = request;
    damaged->step = step;
    damaged->own = !(chain->vantage & (REG_VANTAGE_MIDDLE | REG_VANTAGE_SERVER));
    damaged->sound = find_sound(chain, damaged);
    damaged->mixed = is_mixed(request, damaged->damage.value);
    return true;
}

static bool same_user(const SipMessage *request, Str contact)
{
    SipNameAddr listed = sip_name_addr_parse(contact);
    SipNameAddr own = sip_name_addr_parse(sip_message_first(request, SIP_HEADER_CONTACT));

    return str_present(own.uri.user) && str_equal(own.uri.user, listed.uri.user);
}

/* What the phone wrote damaged comes back damaged, and what others have stored is
 * theirs. */
static bool is_inherited(const SipMessage *request, const AlgDamage *damage)
{
    if (!is_echoed(damage->id) && damage->id != SIP_HEADER_CONTACT)
        return false;
    return request == NULL || !alg_damage_spares(request, damage)
           || (damage->id == SIP_HEADER_CONTACT && !same_user(request, damage->value));
}

static bool look_at_answer(const RegChain *chain, const RegStep *step, Damaged *damaged)
{
    const SipTxn *txn = reg_step_txn(step);

    if (txn->answer == NULL)
        return false;
    damaged->damage = alg_damage_find(txn->answer, txn->request);
    if (damaged->damage.kind == ALG_DAMAGE_NONE || is_inherited(txn->request, &damaged->damage))
        return false;
    damaged->message = txn->answer;
    damaged->step = step;
    damaged->own = !(chain->vantage & (REG_VANTAGE_CLIENT | REG_VANTAGE_MIDDLE));
    damaged->echo = is_echoed(damaged->damage.id);
    damaged->sound = damaged->echo ? txn->request : find_sound(chain, damaged);
    return true;
}

/* The first damage that came from the other side, else the first one. */
static Damaged find_damage(const RegChain *chain)
{
    Damaged found = { .message = NULL };

    for (unsigned i = 0; i < chain->steps->len; i++) {
        const RegStep *step = reg_chain_step(chain, i);
        Damaged request = { .message = NULL }, answer = { .message = NULL };

        if (look_at_request(chain, i, &request) && !request.own)
            return request;
        if (look_at_answer(chain, step, &answer) && !answer.own)
            return answer;
        if (found.message == NULL)
            found = request.message != NULL ? request : answer;
    }
    return found;
}

static void cite(const Damaged *damaged, Finding *finding)
{
    const char *name = alg_damage_header(&damaged->damage);
    const SipMessage *message = damaged->message, *sound = damaged->sound;
    g_autofree char *expected = alg_damage_expected(message, &damaged->damage);

    if (sound == NULL)
        finding_cite(finding, "Via", message->meta.ref, message->meta.time,
                     sip_message_first(message, SIP_HEADER_VIA), NULL);
    else if (damaged->damage.id != SIP_HEADER_OTHER)
        finding_cite(finding, name, sound->meta.ref, sound->meta.time,
                     sip_message_first(sound, damaged->damage.id), NULL);
    finding_cite_message(finding, message->is_request ? "request" : "answer", message, NULL);
    finding_cite(finding, name, message->meta.ref, message->meta.time, damaged->damage.value,
                 expected);
}

static FindingGrade grade_of(const RegChain *chain, const Damaged *damaged)
{
    if (chain->vantage == REG_VANTAGE_UNKNOWN)
        return FINDING_WEAK;
    return damaged->echo ? FINDING_PROVEN : FINDING_STRONG;
}

static RuleVerdict say(const RegChain *chain, const Damaged *damaged, Finding *finding)
{
    const SipMessage *message = damaged->message;
    const char *header = alg_damage_header(&damaged->damage);
    char server[NET_ENDPOINT_TEXT];

    if (message->is_request)
        finding_say(finding, "a REGISTER of %s arrives damaged: %s, in %s (CSeq %u)",
                    chain_who(chain), alg_damage_text(damaged->damage.kind), header, message->cseq);
    else
        finding_say(finding, "the answer %u %.*s of %s to %s arrives damaged: %s, in %s (CSeq %u)",
                    message->status, STR_ARG(message->reason), chain_server(chain, server),
                    chain_who(chain), alg_damage_text(damaged->damage.kind), header, message->cseq);
    cite(damaged, finding);
    finding_reject(finding, "capture_truncated", "the capture holds the whole packet");
    if (message->meta.fragments > 0)
        finding_reject(finding, "fragments", "every fragment of it is there");
    if (damaged->echo)
        finding_reject(finding, "sender", "the answer repeats what the request has whole");
    else if (damaged->sound == NULL)
        finding_reject(finding, "sender",
                       "the phone names itself by its private address in Via, and the NAT's "
                       "address is in the damaged text");
    else
        finding_reject(finding, "sender", "another message of the same sender is whole there");
    finding_grade(finding, grade_of(chain, damaged),
                  message->is_request
                      ? "A capture beside the phone: whether the message leaves it like this. Then "
                        "it is a defect of the phone and not of a box on the way."
                      : "A capture beside the server: whether the answer leaves it like this. Then "
                        "it is a defect of the server and not of a box on the way.");
    return RULE_FIRES;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    if (alg_pair_judge_damage(chain, finding))
        return RULE_FIRES;

    Damaged damaged = find_damage(chain);

    if (damaged.message == NULL || alg_pair_is_clean(chain))
        return RULE_CLEAN;
    if (damaged.own && chain->vantage != REG_VANTAGE_UNKNOWN)
        return rule_abstain(finding,
                            damaged.message->is_request
                                ? "the phone itself sends the damaged message: it was on no way yet"
                                : "the server itself sends the damaged answer: it was on no way "
                                  "yet");
    if (damaged.sound == NULL && !damaged.mixed)
        return rule_abstain(finding, "no message of the same sender is whole there: it may write "
                                     "it so itself");
    return say(chain, &damaged, finding);
}

const Rule rule_sip_alg_corruption = {
    .id = "sip_alg_corruption",
    .area = "alg",
    .title = "A box on the way damages messages",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_WHOLE,
    .meaning = "A message arrives in a form that nobody sends: text replaced in part, a parameter "
               "that stands twice, a line that breaks off, a Content-Length that does not fit. "
               "Whoever gets it drops it or refuses it.",
    .advice =
        "Switch SIP ALG off in the routers and firewalls on the way (Linux: 'modprobe -r "
        "nf_nat_sip nf_conntrack_sip'; FortiGate: 'set default-voip-alg-mode "
        "kernel-helper-based'; home routers: 'SIP ALG', 'SIP passthrough'), or update them. Or "
        "take SIP out of their sight: TLS, or another port than 5060 on the server.",
    .confusion = "Packets cut by the capture's snapshot length, fragments that are missing, line "
                 "ends behind the body, and a phone or server that writes it so itself.",
    .should = "What is sent arrives, byte for byte (but for Via and Record-Route of proxies, RFC "
              "3261 section 16).",
    .seen = {
        .client = "Answers that nobody would write so; with requests look at a capture further "
                  "out.",
        .middle = "Whether the message is whole on this side of the box.",
        .server = "Requests that nobody would write so, often answered 400 or not at all.",
    },
    .fix = {
        .phone = "TLS, or another port of the registrar than 5060.",
        .router = "Switch off the SIP ALG, or update the router.",
        .asterisk = "Offer TLS or a second UDP port.",
        .kamailio = "Offer TLS or a second port.",
    },
    .reference = "RFC 3261 sections 7.3.1, 8.2.6.2, 18.3 and 25.1",
    .check_chain = check,
};
