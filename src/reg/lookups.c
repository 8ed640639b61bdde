/*
 * One name is asked for in many ways: NAPTR and SRV for each transport, A and
 * AAAA for what they point at, or for the name itself when they do not exist
 * (RFC 3263 section 4.1). Most of these questions fail in a healthy network, so
 * all of them together are one lookup, and a single address is its success.
 *
 * A search domain that the phone appends makes another name. It fails beside
 * the right one, whose REGISTER clears both.
 */

#include "lookups.h"

#include "base/hash.h"

/* A single one without an answer may have been lost, or its answer. */
#define ENOUGH_QUESTIONS 2

void lookup_free(Lookup *lookup)
{
    g_free(lookup->name);
    g_free(lookup);
}

/* What a SIP service is asked for by (RFC 3263 section 4.1, RFC 7118); "_sip._tls"
 * is the habit of phones whose makers did not read it. */
static Str service_in_front(Str name)
{
    static const char *const services[] = {
        "_sip._udp.", "_sip._tcp.", "_sips._tcp.", "_sip._tls.", "_sip._sctp.", "_sip._ws.",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(services); i++) {
        if (str_starts(name, str_of(services[i])))
            return str_of(services[i]);
    }
    return STR_NONE;
}

static Str without_service(Str name)
{
    return str_from(name, service_in_front(name).len);
}

static bool ends_with(Str text, Str end)
{
    return text.len >= end.len && str_equal(str_from(text, text.len - end.len), end);
}

/* Telephone numbers are looked up by NAPTR as well (ENUM, RFC 6116). */
static bool is_about_sip(const NetDns *dns)
{
    if (dns->type == NET_DNS_NAPTR)
        return !ends_with(dns->name, STR(".arpa"));
    return dns->type == NET_DNS_SRV && service_in_front(dns->name).len > 0;
}

static uint32_t question_of(uint16_t type)
{
    switch (type) {
    case NET_DNS_NAPTR:
        return REG_QUESTION_NAPTR;
    case NET_DNS_SRV:
        return REG_QUESTION_SRV;
    case NET_DNS_A:
        return REG_QUESTION_A;
    case NET_DNS_AAAA:
        return REG_QUESTION_AAAA;
    default:
        return 0;
    }
}

static bool leads_to(const Lookup *lookup, uint64_t hash)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(lookup->targets); i++) {
        if (lookup->targets[i] == hash)
            return true;
    }
    return lookup->hash == hash;
}

static Lookup *find(const Client *client, uint64_t hash)
{
    for (unsigned i = 0; i < client->n_lookups; i++) {
        if (leads_to(client->lookups[i], hash))
            return client->lookups[i];
    }
    return NULL;
}

static Nsec newest(const Lookup *lookup)
{
    return MAX(lookup->public.asked.last_time, lookup->public.refused.last_time);
}

/* The place of the one that was quiet for longest, once there is no other. */
static unsigned take_place(Client *client)
{
    unsigned place = 0;

    if (client->n_lookups < CLIENT_LOOKUPS)
        return client->n_lookups++;
    for (unsigned i = 1; i < CLIENT_LOOKUPS; i++) {
        if (newest(client->lookups[i]) < newest(client->lookups[place]))
            place = i;
    }
    lookup_free(client->lookups[place]);
    return place;
}

static Lookup *add(Clients *clients, Client *client, Str name)
{
    Lookup *lookup = g_new0(Lookup, 1);

    lookup->name = str_dup(name);
    lookup->hash = hash_str(name);
    lookup->resolved = NSEC_NONE;
    lookup->public.name = lookup->name;
    lookup->public.over = NSEC_NONE;
    client->lookups[take_place(client)] = lookup;
    clients_grow(clients, client, sizeof(Lookup) + name.len);
    return lookup;
}

/* What failed before is over, one way or the other. */
static void begin_anew(Lookup *lookup)
{
    RegLookup *public = &lookup->public;

    public->asked = public->refused = (RegFact){ 0 };
    public->types = 0;
    public->over = NSEC_NONE;
}

/* Resolvers cache, and ask for the other address family a moment later. */
static bool is_afterthought(const Lookup *lookup, Nsec now)
{
    return lookup->resolved != NSEC_NONE && now - lookup->resolved <= CLIENT_PATIENCE;
}

static void take_question(Lookup *lookup, const NetMeta *meta, const NetDns *dns)
{
    RegLookup *public = &lookup->public;

    if (is_afterthought(lookup, meta->time))
        return;
    if (public->over != NSEC_NONE)
        begin_anew(lookup);
    public->resolver = meta->flow.dst.addr;
    public->types |= question_of(dns->type);
    reg_fact_add(&public->asked, meta->ref, meta->time);
}

static bool has_address(const NetDns *dns)
{
    for (unsigned i = 0; i < dns->n_records; i++) {
        if (dns->records[i].addr.version != 0)
            return true;
    }
    return false;
}

/* True: there is a name to go on with. A target of "." says that there is no
 * such service (RFC 2782); a CNAME without an address leads nowhere, because
 * the resolver has followed it already. */
static bool take_targets(Lookup *lookup, const NetDns *dns)
{
    bool found = false;

    if (dns->rcode != NET_DNS_NOERROR || (dns->type != NET_DNS_SRV && dns->type != NET_DNS_NAPTR))
        return false;
    for (unsigned i = 0; i < dns->n_answers; i++) {
        Str target = without_service(dns->records[i].target);

        if (target.len == 0 || str_equal(target, STR(".")))
            continue;
        found = true;
        if (leads_to(lookup, hash_str(target)))
            continue;
        lookup->targets[lookup->next_target++ % G_N_ELEMENTS(lookup->targets)] = hash_str(target);
    }
    return found;
}

static void take_answer(Lookup *lookup, const NetMeta *meta, const NetDns *dns)
{
    RegLookup *public = &lookup->public;
    bool on = take_targets(lookup, dns);

    if (has_address(dns))
        lookup->resolved = meta->time;
    /* A truncated answer is asked for again over TCP (RFC 7766), unseen here. */
    if (on || has_address(dns) || dns->truncated) {
        begin_anew(lookup);
        return;
    }
    if (is_afterthought(lookup, meta->time))
        return;
    if (public->over != NSEC_NONE)
        begin_anew(lookup);
    public->resolver = meta->flow.src.addr;
    public->types |= question_of(dns->type);
    public->rcode = dns->rcode;
    public->type = dns->type;
    reg_fact_add(&public->refused, meta->ref, meta->time);
}

void lookups_take(Clients *clients, const NetMeta *meta, const NetDns *dns, RegVantage vantage)
{
    const NetAddr *who = dns->is_response ? &meta->flow.dst.addr : &meta->flow.src.addr;
    Str name = without_service(dns->name);
    Client *client = clients_find(clients, who, meta->time);

    if (dns->opcode != 0 || name.len == 0 || question_of(dns->type) == 0)
        return;

    Lookup *lookup = client != NULL ? find(client, hash_str(name)) : NULL;

    if (lookup == NULL && !is_about_sip(dns))
        return;
    if (client == NULL)
        client = clients_take(clients, who, meta->time);
    if (lookup == NULL)
        lookup = add(clients, client, name);
    if (vantage != REG_VANTAGE_UNKNOWN || lookup->public.vantage == 0)
        lookup->public.vantage = vantage;
    if (dns->is_response)
        take_answer(lookup, meta, dns);
    else
        take_question(lookup, meta, dns);
}

static Nsec began(const RegLookup *public)
{
    return public->asked.count > 0 ? public->asked.first_time : public->refused.first_time;
}

void lookup_go_on(Lookup *lookup, Nsec now)
{
    RegLookup *public = &lookup->public;

    if (!lookup_has_failed(lookup) || public->over != NSEC_NONE)
        return;
    if (now - began(public) <= CLIENT_PATIENCE)
        begin_anew(lookup);
    else
    public->over = now;
}

bool lookup_has_failed(const Lookup *lookup)
{
    return lookup->public.refused.count > 0 || lookup->public.asked.count >= ENOUGH_QUESTIONS;
}
