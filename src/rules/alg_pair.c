/*
 * Two captures of the same messages: what the box between them changed, and what
 * that did.
 *
 * Here nothing is concluded from traces. A message that carries a digest, or one
 * branch and one Call-ID, was seen in front of the box and behind it, and the text
 * is not the same.
 */

#include "alg_pair.h"

#include "facts.h"

/* Between the places of the record that shows the most. */
static RegRewrites *find_alg(const RegChain *chain)
{
    RegRewrites *found = NULL;

    for (unsigned i = 0; i < chain->n_rewrites; i++) {
        RegRewrites *rewrites = chain->rewrites[i];

        if (rewrites->algs > 0 && (found == NULL || rewrites->algs > found->algs))
            found = rewrites;
    }
    return found;
}

static bool is_on_the_way_out(const RegRewrite *change, SipHeaderId header)
{
    return change->outward && change->request && change->header == header
           && change->where == SIP_WHERE_HEADER && change->part == SIP_PART_ADDRESS
           && change->mapping;
}

static const RegRewrite *find_edit(const RegRewrites *rewrites, SipHeaderId header)
{
    for (unsigned i = 0; i < rewrites->n_changes; i++) {
        if (is_on_the_way_out(&rewrites->changes[i], header))
            return &rewrites->changes[i];
    }
    return NULL;
}

/* Where a text like "203.0.113.2:5060" leads to; false: it names no address. */
static bool read_endpoint(const char *text, NetEndpoint *endpoint)
{
    g_autofree char *uri = g_strconcat("sip:", text, NULL);
    SipUri parsed = sip_uri_parse(str_of(uri));

    endpoint->port = parsed.port != 0 ? parsed.port : 5060;
    return net_addr_parse(parsed.host, &endpoint->addr);
}

/* The server compares sent-by with the packet's source (RFC 3261 section 18.2.1);
 * now they agree. */
static bool hides_nat(const RegRewrites *rewrites)
{
    const RegRewrite *via = find_edit(rewrites, SIP_HEADER_VIA);
    NetEndpoint written;

    return via != NULL && read_endpoint(via->outside, &written)
           && net_addr_equal(&written.addr, &rewrites->outside.addr);
}

/* Over UDP a phone is reached at the port that its requests come from; the NAT has
 * no mapping for another one. */
static bool names_wrong_port(const RegRewrites *rewrites)
{
    const RegRewrite *contact = find_edit(rewrites, SIP_HEADER_CONTACT);
    NetEndpoint inside, outside;

    return contact != NULL && rewrites->transport == NET_UDP
           && read_endpoint(contact->inside, &inside) && read_endpoint(contact->outside, &outside)
           && net_endpoint_equal(&inside, &rewrites->inside)
           && !net_endpoint_equal(&outside, &rewrites->outside);
}

/* User, realm, nonce and uri go into the response (RFC 7616 section 3.4). */
static bool changes_digest(const RegRewrites *rewrites)
{
    for (unsigned i = 0; i < rewrites->n_changes; i++) {
        switch (rewrites->changes[i].header) {
        case SIP_HEADER_AUTHORIZATION:
        case SIP_HEADER_PROXY_AUTHENTICATE:
        case SIP_HEADER_PROXY_AUTHORIZATION:
        case SIP_HEADER_WWW_AUTHENTICATE:
            if (rewrites->changes[i].part < SIP_PART_NAME)
                return true;
            break;
        default:
            break;
        }
    }
    return false;
}

static bool lists(const SipMessage *answer, const SipUri *own)
{
    SipValues cursor = { 0 };
    Str value;

    while (sip_values_next(answer, SIP_HEADER_CONTACT, &cursor, &value)) {
        SipNameAddr listed = sip_name_addr_parse(value);

        if (sip_uri_equal(&listed.uri, own))
            return true;
    }
    return false;
}

/* Beside the phone: the Contact that it sent is not among those of the 200 (RFC
 * 3261 section 10.2.4). */
static bool loses_binding(const RegChain *chain)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipTxn *txn = reg_step_txn(last);

    if (txn->request == NULL || txn->answer == NULL || txn->answer->status / 100 != 2
        || last->removes || last->queries)
        return false;

    SipNameAddr own = sip_name_addr_parse(sip_message_first(txn->request, SIP_HEADER_CONTACT));

    return own.uri.ok && !lists(txn->answer, &own.uri);
}

static void add_clause(GString *text, const char *clause)
{
    g_string_append_printf(text, "%s%s", text->len > 0 ? ", and " : "", clause);
}

static char *effects_of(const RegChain *chain, const RegRewrites *rewrites)
{
    GString *text = g_string_new(NULL);

    if (rewrites->damage.kinds != 0)
        add_clause(text, "messages are damaged by it");
    if (changes_digest(rewrites))
        add_clause(text, "the inputs of the digest are others behind it");
    if (names_wrong_port(rewrites))
        add_clause(text, "the server has a Contact with a port that the NAT does not know");
    if (loses_binding(chain))
        add_clause(text, "the phone does not find its own Contact in the 200");
    if (hides_nat(rewrites))
        add_clause(text, "the server does not see the NAT and may not keep it open");
    if (text->len == 0)
        add_clause(text, "no harm shows in these messages");
    return g_string_free(text, false);
}

/* "Via, Contact, Request-URI": each header once. */
static char *subjects_of(const RegRewrites *rewrites)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < rewrites->n_changes; i++) {
        const char *name = rewrites->changes[i].name;
        bool told = !rewrites->changes[i].mapping;

        for (unsigned k = 0; k < i && !told; k++)
            told = rewrites->changes[k].mapping
                   && g_ascii_strcasecmp(rewrites->changes[k].name, name) == 0;
        if (!told)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", name);
    }
    return g_string_free(text, false);
}

/* What one change looks like on both sides. */
static void cite_change(Finding *finding, const RegRewrite *change)
{
    const char *from = change->inside != NULL ? change->inside : "none";
    const char *to = change->outside != NULL ? change->outside : "none";
    g_autofree char *subject = reg_rewrite_subject(change);
    g_autofree char *message = reg_pair_message(&change->first);
    g_autofree char *inside = g_strdup_printf("%s %s in the %s", subject, from, message);
    g_autofree char *outside = g_strdup_printf("%s %s in the %s", subject, to, message);

    finding_cite(finding, "inside", change->first.inside, change->first.inside_time, str_of(inside),
                 change->outward ? NULL : to);
    finding_cite(finding, "outside", change->first.outside, change->first.outside_time,
                 str_of(outside), change->outward ? from : NULL);
}

#define CITED 3

static void cite_changes(Finding *finding, const RegRewrites *rewrites)
{
    unsigned n = 0;

    for (unsigned i = 0; i < rewrites->n_changes && n < CITED; i++) {
        if (!rewrites->changes[i].mapping)
            continue;
        cite_change(finding, &rewrites->changes[i]);
        n++;
    }
}

static void rule_out(const RegRewrites *rewrites, Finding *finding)
{
    finding_reject(finding, "proxy",
                   "nothing was signed with a Via and Max-Forwards did not count down");
    finding_reject(finding, "back_to_back_agent",
                   "branch, tags, Call-ID and CSeq are the same on both sides");
    finding_reject(finding, "phone_setting", "the phone wrote the inside values, not the outside");
    if (rewrites->examples[SIP_DIFF_ALG].packet_kept)
        finding_reject(
            finding, "sent_anew",
            "the IP ID is the same and the TTL fell: the packet was edited as it passed");
}

bool alg_pair_judge(const RegChain *chain, Finding *finding)
{
    RegRewrites *rewrites = find_alg(chain);

    if (rewrites == NULL)
        return false;

    g_autofree char *subjects = subjects_of(rewrites);
    g_autofree char *effects = effects_of(chain, rewrites);

    finding_say(finding,
                "a box (SIP ALG) rewrites the messages of %s: in %u of %u that were seen on both "
                "sides it replaced addresses, in %s; %s",
                chain_who(chain), rewrites->algs, rewrites->pairs, subjects, effects);
    cite_changes(finding, rewrites);
    rule_out(rewrites, finding);
    finding_show(finding, rewrites);
    finding_grade(finding, FINDING_PROVEN, NULL);
    return true;
}

static RegRewrites *find_damage(const RegChain *chain)
{
    for (unsigned i = 0; i < chain->n_rewrites; i++) {
        if (chain->rewrites[i]->damage.kinds != 0)
            return chain->rewrites[i];
    }
    return NULL;
}

static char *damage_text(uint32_t kinds)
{
    GString *text = g_string_new(NULL);

    for (uint32_t bit = 1; bit <= kinds; bit <<= 1) {
        if (kinds & bit)
            add_clause(text, sip_damage_name((SipDamage)bit));
    }
    return g_string_free(text, false);
}

bool alg_pair_judge_damage(const RegChain *chain, Finding *finding)
{
    RegRewrites *rewrites = find_damage(chain);

    if (rewrites == NULL)
        return false;

    const RegDamage *damage = &rewrites->damage;
    g_autofree char *what = damage_text(damage->kinds);
    g_autofree char *message = reg_pair_message(&damage->first);
    bool outward = damage->first.outward;

    finding_say(finding,
                "%u of %u messages of %s that were seen on both sides were damaged on the way: %s",
                damage->count, rewrites->pairs, chain_who(chain), what);
    finding_cite(finding, "inside", damage->first.inside, damage->first.inside_time,
                 str_of(message), outward ? NULL : "as whole as outside");
    finding_cite(finding, "outside", damage->first.outside, damage->first.outside_time,
                 str_of(message), outward ? "as whole as inside" : NULL);
    finding_reject(finding, "sender", "the message is whole on the side that it came from");
    finding_reject(finding, "capture_truncated", "both captures hold all of the packet");
    finding_show(finding, rewrites);
    finding_grade(finding, FINDING_PROVEN, NULL);
    return true;
}

bool alg_pair_is_clean(const RegChain *chain)
{
    if (chain->n_rewrites == 0 || !(chain->vantage & REG_VANTAGE_SERVER))
        return false;
    for (unsigned i = 0; i < chain->n_rewrites; i++) {
        const RegRewrites *rewrites = chain->rewrites[i];

        if (rewrites->pairs == 0 || rewrites->classes[SIP_DIFF_CLEAN] != rewrites->pairs)
            return false;
    }
    return true;
}
