/*
 * What comes up from below SIP: names, connections, errors of the network.
 *
 * Errors that quote a REGISTER belong to its attempt. Everything before the
 * first REGISTER belongs to a host, of which only the address is known; in the
 * end it goes to a device with that address, or becomes one without a name.
 */

#include "base/hash.h"
#include "icmp.h"
#include "identity.h"
#include "links.h"
#include "lives.h"
#include "lookups.h"
#include "state.h"
#include "step.h"

/* Routers behind the packet, by the values that systems begin with. */
static unsigned hops_of(uint8_t ttl)
{
    return (ttl <= 64 ? 64u : ttl <= 128 ? 128u : 255u) - ttl;
}

/* Beside the client, or who knows where. */
static RegVantage vantage_of(const RegTracker *tracker, const NetMeta *meta, bool from_client)
{
    RegVantage place = sites_place_at(tracker->sites, meta->ref);
    const NetAddr *client = from_client ? &meta->flow.src.addr : &meta->flow.dst.addr;
    const NetAddr *server = from_client ? &meta->flow.dst.addr : &meta->flow.src.addr;
    bool inside = net_addr_is_private(client) && !net_addr_is_private(server);

    if (place == REG_VANTAGE_UNKNOWN)
        place = tracker->config.vantage;
    if (place != REG_VANTAGE_UNKNOWN)
        return place;
    return inside || (from_client && hops_of(meta->ttl) == 0) ? REG_VANTAGE_CLIENT
                                                              : REG_VANTAGE_UNKNOWN;
}

void reg_tracker_dns(RegTracker *tracker, const NetMeta *meta, const NetDns *dns)
{
    tracker_see_time(tracker, meta->time);
    lookups_take(tracker->clients, meta, dns, vantage_of(tracker, meta, !dns->is_response));
}

void reg_tracker_tls(RegTracker *tracker, const NetMeta *meta)
{
    tracker_see_time(tracker, meta->time);
    sites_tls(tracker->sites, meta);
}

bool reg_tracker_wants_handshake(const NetFlow *flow)
{
    return links_is_sip(&flow->src) || links_is_sip(&flow->dst);
}

void reg_tracker_handshake(RegTracker *tracker, const SipTlsSight *sight)
{
    const NetMeta *meta = sight->meta;
    bool from_client = links_is_sip(&meta->flow.dst);

    tracker_see_time(tracker, meta->time);
    if (links_tls(tracker->clients, sight))
        clients_go_on(tracker->clients, from_client ? &meta->flow.src.addr : &meta->flow.dst.addr,
                      meta->time);
}

/* --- errors about a REGISTER ---------------------------------------------- */

/* The attempt whose newest request went over exactly this flow. */
static Chain *chain_on(RegTracker *tracker, const NetFlow *to_server)
{
    const Device *device = flows_device(tracker->flows, to_server);
    Chain *chain = device != NULL ? device->open : NULL;

    while (chain != NULL
           && !net_flow_equal(&reg_step_txn(reg_chain_last_step(&chain->public))->hop, to_server))
        chain = chain->next;
    return chain;
}

/* What an ICMP error quotes is often long enough to tell whose request it is.
 * It is no message of its own. */
static Chain *chain_quoted(RegTracker *tracker, const NetEvent *event)
{
    if (!sip_looks_like_message(event->bytes))
        return chain_on(tracker, &event->meta.flow);

    g_autoptr(SipMessage) quoted = sip_message_parse(&event->meta, event->bytes, SIP_CUT_SHORT);

    if (!quoted->is_request || quoted->method != SIP_METHOD_REGISTER)
        return NULL;

    g_autofree char *aor = identity_aor(quoted);
    Device *device = devices_peek(tracker->devices, aor);
    Chain *chain = NULL;

    for (; device != NULL && chain == NULL; device = device->next)
        chain = chains_find(device, hash_str(quoted->call_id));
    return chain != NULL ? chain : chain_on(tracker, &event->meta.flow);
}

static void take_icmp(RegTracker *tracker, const NetEvent *event)
{
    RegIcmpKind kind = icmp_kind_of(event);
    Chain *chain = kind != REG_ICMP_OTHER ? chain_quoted(tracker, event) : NULL;

    inbounds_icmp(tracker->inbounds, event);
    if (chain != NULL)
        icmp_add(kind == REG_ICMP_TOO_BIG ? &chain->public.too_big : &chain->public.icmp, event);
}

/* The connection that a device registers over is over. */
static void take_disconnect(RegTracker *tracker, const NetEvent *event)
{
    Device *device = flows_device(tracker->flows, &event->meta.flow);

    if (device != NULL && life_is_bound(device, event->meta.time))
        life_disconnected(device, event);
}

/* A reset in the name of the server that came a shorter or longer way than its
 * SYN and ACK was made by somebody else. */
static void take_reset(RegTracker *tracker, const NetMeta *meta)
{
    NetFlow to_server = net_flow_reverse(&meta->flow);
    Chain *chain = chain_on(tracker, &to_server);
    uint8_t usual = chain != NULL ? links_usual_ttl(tracker->clients, &to_server, meta->time) : 0;

    if (usual == 0 || hops_of(usual) == hops_of(meta->ttl))
        return;
    chain->public.reset.ttl = meta->ttl;
    chain->public.reset.usual_ttl = usual;
    reg_fact_add(&chain->public.reset.seen, meta->ref, meta->time);
}

void tracker_take_event(RegTracker *tracker, const NetEvent *event)
{
    const NetFlow *flow = &event->meta.flow;

    if (event->kind == NET_EVENT_ICMP)
        take_icmp(tracker, event);
    else if (event->kind == NET_EVENT_RESET)
        take_reset(tracker, &event->meta);
    else if (event->kind == NET_EVENT_ALIVE)
        tracker_see_segment(tracker, &event->meta);
    if (event->kind == NET_EVENT_RESET || event->kind == NET_EVENT_CLOSE)
        take_disconnect(tracker, event);
    if (flow->transport == NET_TCP && (links_is_sip(&flow->dst) || links_is_sip(&flow->src)))
        links_event(tracker->clients, event);
}
