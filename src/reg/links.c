/*
 * A server that cannot be reached is tried again and again, from another port
 * each time. So what is remembered is not the connection but the pair of client
 * and server, and of its story the part since it worked last.
 */

#include "links.h"

#include "icmp.h"

#define PORT_SIP 5060
#define PORT_SIPS 5061

void link_free(Link *link)
{
    g_free(link->public.tls.server_name);
    g_free(link->public.tls.certificate.subject);
    g_free(link->public.tls.certificate.issuer);
    g_free(link);
}

bool links_is_sip(const NetEndpoint *server)
{
    return server->port == PORT_SIP || server->port == PORT_SIPS;
}

static Link *find(const Client *client, const NetEndpoint *server)
{
    for (unsigned i = 0; client != NULL && i < client->n_links; i++) {
        if (net_endpoint_equal(&client->links[i]->public.server, server))
            return client->links[i];
    }
    return NULL;
}

static Nsec newest(const Link *link)
{
    const RegLink *public = &link->public;

    return MAX(MAX(public->tried.last_time, public->accepted.last_time),
               public->tls.failed.last_time);
}

static unsigned take_place(Client *client)
{
    unsigned place = 0;

    if (client->n_links < CLIENT_LINKS)
        return client->n_links++;
    for (unsigned i = 1; i < CLIENT_LINKS; i++) {
        if (newest(client->links[i]) < newest(client->links[place]))
            place = i;
    }
    link_free(client->links[place]);
    return place;
}

static void forget_tls(RegTls *tls)
{
    g_free(tls->server_name);
    g_free(tls->certificate.subject);
    g_free(tls->certificate.issuer);
    *tls = (RegTls){ 0 };
}

/* What was before is over, one way or the other. */
static void begin_anew(Link *link)
{
    RegLink *public = &link->public;

    forget_tls(&public->tls);
    public->tried = public->refused = public->accepted = (RegFact){ 0 };
    public->icmp = (RegIcmp){ 0 };
    public->attempts = 0;
    public->over = NSEC_NONE;
    link->works = link->shaking = false;
}

static Link *take(Clients *clients, const NetAddr *addr, const NetEndpoint *server, Nsec now)
{
    Client *client = clients_take(clients, addr, now);
    Link *link = find(client, server);

    if (link != NULL)
        return link;
    link = g_new0(Link, 1);
    link->public.server = *server;
    begin_anew(link);
    client->links[take_place(client)] = link;
    clients_grow(clients, client, sizeof(Link));
    return link;
}

static void take_connect(Link *link, const NetEvent *event)
{
    RegLink *public = &link->public;

    if (link->works || public->over != NSEC_NONE)
        begin_anew(link);
    reg_fact_add(&public->tried, event->meta.ref, event->meta.time);
    public->attempts += !event->copy;
}

/* The handshake of TCP is done; that of TLS may follow. */
static void take_accept(Link *link, const NetMeta *meta)
{
    RegLink *public = &link->public;

    public->tried = public->refused = (RegFact){ 0 };
    public->icmp = (RegIcmp){ 0 };
    public->attempts = 0;
    reg_fact_add(&public->accepted, meta->ref, meta->time);
}

/* Whoever ends the connection before TLS is up does not want it, and has said
 * why, or has not. */
static void take_end(Link *link, const NetMeta *meta, bool by_server)
{
    RegTls *tls = &link->public.tls;

    if (!link->shaking)
        return;
    link->shaking = false;
    if (tls->end == REG_TLS_ALERT || tls->end == REG_TLS_GAVE_UP)
        return;
    tls->end = REG_TLS_CLOSED;
    tls->by_server = by_server;
    reg_fact_add(&tls->failed, meta->ref, meta->time);
}

static void take_reset(Link *link, const NetMeta *meta, bool by_server)
{
    RegLink *public = &link->public;

    if (!by_server || public->tried.count == 0) {
        take_end(link, meta, by_server);
        return;
    }
    reg_fact_add(&public->refused, meta->ref, meta->time);
    public->refused_ttl = meta->ttl;
}

static void take_event(Link *link, const NetEvent *event, bool by_server)
{
    switch (event->kind) {
    case NET_EVENT_CONNECT:
        if (!by_server)
            take_connect(link, event);
        break;
    case NET_EVENT_ACCEPT:
        if (by_server) {
            take_accept(link, &event->meta);
            link->public.accepted_ttl = event->meta.ttl;
        }
        break;
    case NET_EVENT_ALIVE:
        /* An acknowledgment answers something: the SYN and ACK was not captured. */
        if (link->public.tried.count > 0 && link->public.refused.count == 0)
            take_accept(link, &event->meta);
        break;
    case NET_EVENT_RESET:
        take_reset(link, &event->meta, by_server);
        break;
    case NET_EVENT_CLOSE:
        take_end(link, &event->meta, by_server);
        break;
    case NET_EVENT_ICMP:
        if (!by_server && link->public.tried.count > 0)
            icmp_add(&link->public.icmp, event);
        break;
    case NET_EVENT_FRAGMENTS:
    case NET_EVENT_DUPLICATE:
    case NET_EVENT_GAP:
        break;
    }
}

void links_event(Clients *clients, const NetEvent *event)
{
    const NetFlow *flow = &event->meta.flow;
    Nsec now = event->meta.time;
    bool by_server = false;
    Link *link = NULL;

    if (flow->transport != NET_TCP)
        return;
    if (event->kind == NET_EVENT_CONNECT && links_is_sip(&flow->dst)) {
        link = take(clients, &flow->src.addr, &flow->dst, now);
    } else if (links_is_sip(&flow->dst)) {
        link = find(clients_find(clients, &flow->src.addr, now), &flow->dst);
    }
    if (link == NULL && links_is_sip(&flow->src)) {
        link = find(clients_find(clients, &flow->dst.addr, now), &flow->src);
        by_server = true;
    }
    if (link != NULL)
        take_event(link, event, by_server);
}

uint8_t links_usual_ttl(Clients *clients, const NetFlow *to_server, Nsec now)
{
    const Link *link = find(clients_find(clients, &to_server->src.addr, now), &to_server->dst);

    return link != NULL ? link->public.accepted_ttl : 0;
}

/* --- TLS ------------------------------------------------------------------- */

static void keep_certificate(RegTls *tls, const SipTlsSight *sight)
{
    const NetCertificate *certificate = sight->seen->certificate;
    RegCertificate *kept = &tls->certificate;
    Str subject = STR_NONE;

    if (certificate == NULL)
        return;
    g_free(kept->subject);
    g_free(kept->issuer);
    subject = certificate->subject;
    if (!str_present(subject) && certificate->n_names > 0)
        subject = certificate->names[0].text;
    *kept = (RegCertificate){
        .ref = sight->meta->ref,
        .time = sight->meta->time,
        .not_before = certificate->not_before,
        .not_after = certificate->not_after,
        .subject = str_dup(subject),
        .issuer = str_dup(certificate->issuer),
        .self_signed = certificate->self_signed,
        .match = tls->server_name != NULL
                     ? net_certificate_match(certificate, str_of(tls->server_name))
                     : NET_CERTIFICATE_EXACT,
    };
}

static void keep_hello(Link *link, const SipTlsSight *sight)
{
    RegTls *tls = &link->public.tls;
    const NetTlsClientHello *hello = &sight->seen->client;

    if (link->works || link->public.over != NSEC_NONE) {
        RegFact accepted = link->public.accepted;

        begin_anew(link);
        link->public.accepted = accepted;
    }
    reg_fact_add(&tls->hello, sight->meta->ref, sight->meta->time);
    tls->version = hello->version;
    tls->answered = tls->gap = false;
    g_free(tls->server_name);
    tls->server_name = str_dup(hello->server_name);
    link->shaking = true;
}

/* RFC 5246 section 7.2: only fatal ones end the handshake. */
#define FATAL 2

static void keep_alert(Link *link, const SipTlsSight *sight, bool by_server)
{
    RegTls *tls = &link->public.tls;

    if (sight->seen->alert.level != FATAL)
        return;
    tls->end = REG_TLS_ALERT;
    tls->by_server = by_server;
    tls->alert = sight->seen->alert.description;
    reg_fact_add(&tls->failed, sight->meta->ref, sight->meta->time);
    link->shaking = false;
}

/* Behind the Finished of both sides nothing is objected to any more. In TLS 1.3
 * the handshake itself looks like data. */
static bool is_up(const NetTlsSeen *client, const NetTlsSeen *server)
{
    bool data = client->n_data > 0 && server->n_data > 0;

    if (server->server.version == NET_TLS_13)
        return data;
    return data || (client->sights & server->sights & NET_TLS_CHANGE_CIPHER) != 0;
}

static void keep_sight(Link *link, const SipTlsSight *sight, bool by_server)
{
    RegTls *tls = &link->public.tls;

    if (sight->fresh & NET_TLS_CLIENT_HELLO)
        keep_hello(link, sight);
    if (sight->fresh & NET_TLS_SERVER_HELLO) {
        tls->answered = true;
        tls->version = sight->seen->server.version;
    }
    if ((sight->fresh & NET_TLS_CERTIFICATE) && by_server)
        keep_certificate(tls, sight);
    if (sight->fresh & NET_TLS_GAP)
        tls->gap = true;
    if (sight->fresh & NET_TLS_ALERT)
        keep_alert(link, sight, by_server);
}

static void give_up(Link *link, const NetMeta *meta)
{
    RegTls *tls = &link->public.tls;

    tls->end = REG_TLS_GAVE_UP;
    tls->by_server = false;
    reg_fact_add(&tls->failed, meta->ref, meta->time);
    link->shaking = false;
}

/* True: it came up. */
static bool conclude(Link *link, const SipTlsSight *sight, bool by_server)
{
    const NetTlsSeen *client = by_server ? sight->other : sight->seen;
    const NetTlsSeen *server = by_server ? sight->seen : sight->other;

    if (!link->shaking || client == NULL || server == NULL || !is_up(client, server))
        return false;
    if (net_tls_client_gave_up(client, server)) {
        give_up(link, sight->meta);
        return false;
    }
    begin_anew(link);
    link->works = true;
    return true;
}

/* Who began: the one that greets, or else whoever writes to the port. */
static bool is_by_server(const SipTlsSight *sight)
{
    uint32_t sights = sight->seen->sights;

    if (sights & NET_TLS_CLIENT_HELLO)
        return false;
    if ((sights & NET_TLS_SERVER_HELLO)
        || (sight->other != NULL && (sight->other->sights & NET_TLS_CLIENT_HELLO)))
        return true;
    return links_is_sip(&sight->meta->flow.src);
}

bool links_tls(Clients *clients, const SipTlsSight *sight)
{
    bool by_server = is_by_server(sight);
    const NetFlow *flow = &sight->meta->flow;
    const NetEndpoint *client = by_server ? &flow->dst : &flow->src;
    const NetEndpoint *server = by_server ? &flow->src : &flow->dst;

    if (!links_is_sip(server))
        return false;

    Link *link = take(clients, &client->addr, server, sight->meta->time);

    keep_sight(link, sight, by_server);
    return conclude(link, sight, by_server);
}

static Nsec began(const RegLink *public)
{
    if (public->tried.count > 0)
        return public->tried.first_time;
    return public->tls.hello.count > 0 ? public->tls.hello.first_time
                                       : public->tls.failed.first_time;
}

void link_go_on(Link *link, Nsec now)
{
    RegLink *public = &link->public;

    if (!link_has_failed(link) || public->over != NSEC_NONE)
        return;
    if (now - began(public) > CLIENT_PATIENCE) {
        public->over = now;
        return;
    }
    begin_anew(link);
    link->works = true;
}

bool link_has_failed(const Link *link)
{
    return link->public.tried.count > 0 || link->public.tls.end != REG_TLS_NO_END;
}
