/*
 * Facts about captures, and which directions they lack.
 */

#include "sites.h"

#include "base/hash.h"
#include "sip/value.h"
#include "sources.h"

#define MAX_PATHS 16384
#define MAX_SERVERS 4096

/* How many points of evidence make "this direction was not captured": one
 * nonce that can only come from an answer is enough, an early next request is
 * a third of it (a phone may simply be impatient). */
#define WITNESS_POINTS 3

typedef struct Path {
    CacheItem item;
    NetAddr hosts[2]; /* client, server */
    uint64_t requests;
    uint64_t answers;
    uint64_t headless;
    unsigned points;
    uint32_t capture;
    RegFact seen;
    RegFact witness;
} Path;

typedef struct Server {
    CacheItem item;
    NetEndpoint endpoint;
    NetEndpoint clients[2]; /* the two it answered last */
    Nsec times[2];
    NetEndpoint marked[2]; /* the two for which it last wrote received= */
} Server;

struct Sites {
    GPtrArray *captures; /* of RegCaptureSite */
    GArray *vantages;    /* of RegVantageTally */
    Cache *paths;
    Cache *servers;
    Sources *sources;
};

static uint64_t path_hash(const void *key)
{
    const NetAddr *hosts = key;

    return hash_mix(net_addr_hash(&hosts[0]), net_addr_hash(&hosts[1]));
}

static bool path_equal(const void *a, const void *b)
{
    const NetAddr *x = a, *y = b;

    return net_addr_equal(&x[0], &y[0]) && net_addr_equal(&x[1], &y[1]);
}

static uint64_t endpoint_hash(const void *key)
{
    return net_endpoint_hash(key);
}

static bool endpoint_equal(const void *a, const void *b)
{
    return net_endpoint_equal(a, b);
}

static void drop_item(void *item, CacheDrop why, void *user)
{
    g_free(item);
}

Sites *sites_new(void)
{
    Sites *sites = g_new0(Sites, 1);

    sites->captures = g_ptr_array_new_with_free_func(g_free);
    sites->vantages = g_array_new(false, true, sizeof(RegVantageTally));
    sites->sources = sources_new();
    sites->paths = cache_new(&(CacheConfig){
        .name = "reg.paths",
        .max_items = MAX_PATHS,
        .hash = path_hash,
        .equal = path_equal,
        .drop = drop_item,
    });
    sites->servers = cache_new(&(CacheConfig){
        .name = "reg.servers",
        .max_items = MAX_SERVERS,
        .hash = endpoint_hash,
        .equal = endpoint_equal,
        .drop = drop_item,
    });
    return sites;
}

void sites_limit(Sites *sites, const RegRoom *room)
{
    cache_limit(sites->paths, room->paths);
    cache_limit(sites->servers, room->servers);
    sources_limit(sites->sources, room->sources);
}

void sites_free(Sites *sites)
{
    if (sites == NULL)
        return;
    g_ptr_array_unref(sites->captures);
    g_array_unref(sites->vantages);
    cache_free(sites->paths);
    cache_free(sites->servers);
    sources_free(sites->sources);
    g_free(sites);
}

void sites_add_capture(Sites *sites, const CaptureInfo *info)
{
    RegCaptureSite *site = g_new0(RegCaptureSite, 1);

    site->info = info;
    site->index = sites->captures->len;
    g_ptr_array_add(sites->captures, site);
    g_array_set_size(sites->vantages, sites->captures->len);
}

static RegCaptureSite *site_of(Sites *sites, CaptureRef ref)
{
    return ref.capture < sites->captures->len ? g_ptr_array_index(sites->captures, ref.capture)
                                              : NULL;
}

void sites_message(Sites *sites, const SipMessage *message)
{
    RegCaptureSite *site = site_of(sites, message->meta.ref);

    if (site == NULL)
        return;
    reg_fact_add(&site->messages, message->meta.ref, message->meta.time);
    if (message->anomalies & SIP_CUT_SHORT)
        reg_fact_add(&site->cut_messages, message->meta.ref, message->meta.time);
}

void sites_event(Sites *sites, const NetEvent *event)
{
    RegCaptureSite *site = site_of(sites, event->meta.ref);
    CaptureRef ref = event->meta.ref;
    Nsec time = event->meta.time;

    if (site == NULL)
        return;
    switch (event->kind) {
    case NET_EVENT_DUPLICATE:
        reg_fact_add(&site->duplicates, ref, time);
        break;
    case NET_EVENT_FRAGMENTS:
        if (event->first_only && sip_looks_like_message(event->bytes))
            reg_fact_add(&site->lone_fragments, event->meta.first_ref, time);
        break;
    case NET_EVENT_GAP:
        reg_fact_add(&site->gaps, ref, time);
        if (event->by_capture)
            reg_fact_add(&site->gaps_by_capture, ref, time);
        break;
    case NET_EVENT_CONNECT:
    case NET_EVENT_ACCEPT:
    case NET_EVENT_RESET:
    case NET_EVENT_CLOSE:
    case NET_EVENT_ALIVE:
    case NET_EVENT_ICMP:
        break;
    }
}

void sites_tls(Sites *sites, const NetMeta *meta)
{
    RegCaptureSite *site = site_of(sites, meta->ref);

    if (site != NULL)
        reg_fact_add(&site->tls, meta->ref, meta->time);
}

static const SipMessage *any_message(const SipTxn *txn)
{
    return txn->request != NULL ? txn->request : txn->answer;
}

void sites_vantage(Sites *sites, const SipTxn *txn, RegVantageVerdict verdict)
{
    const SipMessage *message = txn->request != NULL ? txn->request : txn->answer;

    if (message != NULL && message->meta.ref.capture < sites->vantages->len)
        reg_vantage_add(&g_array_index(sites->vantages, RegVantageTally, message->meta.ref.capture),
                        verdict);
}

RegVantage sites_vantage_so_far(const Sites *sites, const SipTxn *txn)
{
    uint32_t capture = any_message(txn)->meta.ref.capture;

    if (capture >= sites->vantages->len)
        return REG_VANTAGE_UNKNOWN;
    return reg_vantage_of_capture(&g_array_index(sites->vantages, RegVantageTally, capture))
        .vantage;
}

RegVantage sites_place_at(const Sites *sites, CaptureRef ref)
{
    static const RegVantage places[] = {
        [CAPTURE_PLACE_UNSAID] = REG_VANTAGE_UNKNOWN,
        [CAPTURE_PLACE_CLIENT] = REG_VANTAGE_CLIENT,
        [CAPTURE_PLACE_MIDDLE] = REG_VANTAGE_MIDDLE,
        [CAPTURE_PLACE_SERVER] = REG_VANTAGE_SERVER,
    };

    if (ref.capture >= sites->captures->len)
        return REG_VANTAGE_UNKNOWN;

    const RegCaptureSite *site = g_ptr_array_index(sites->captures, ref.capture);

    return places[site->info->place];
}

Nsec sites_watched_until(const Sites *sites, uint32_t place)
{
    Nsec until = NSEC_NONE;

    for (unsigned i = 0; i < sites->captures->len; i++) {
        const RegCaptureSite *site = g_ptr_array_index(sites->captures, i);

        if (site->info->place == place && site->info->packets > 0)
            until = MAX(until, site->info->latest);
    }
    return until;
}

/* A capture that begins or ends this much within the time sees the next copy of what
 * it missed (T1, RFC 3261 section 17.1.2.2). */
#define MISSED (500 * NSEC_MSEC)

/* Stamps come from the wire. */
static bool is_by(Nsec time, Nsec deadline)
{
    return deadline > NSEC_MAX - MISSED || time <= deadline + MISSED;
}

static bool has_begun(const Sites *sites, uint32_t place, Nsec time)
{
    for (unsigned i = 0; i < sites->captures->len; i++) {
        const CaptureInfo *info = ((RegCaptureSite *)g_ptr_array_index(sites->captures, i))->info;

        if (info->place == place && info->first != NSEC_NONE && is_by(info->first, time))
            return true;
    }
    return false;
}

uint32_t sites_looked_on(const Sites *sites, Nsec from, Nsec until)
{
    uint32_t places = 0;

    for (uint32_t place = 0; place <= CAPTURE_PLACE_SERVER; place++) {
        Nsec watched = sites_watched_until(sites, place);

        if (watched != NSEC_NONE && is_by(until, watched) && has_begun(sites, place, from))
            places |= 1u << place;
    }
    return places;
}

Nsec sites_clock_uncertainty(const Sites *sites)
{
    Nsec most = 0;
    unsigned n_compared = 0;

    for (unsigned i = 0; i < sites->captures->len; i++) {
        const RegCaptureSite *site = g_ptr_array_index(sites->captures, i);
        const CaptureClock *clock = site->info->clock;
        Nsec uncertainty = clock != NULL ? capture_clock_uncertainty(clock) : 0;

        if (uncertainty == NSEC_NONE)
            return NSEC_NONE;
        n_compared += clock != NULL;
        most = MAX(most, uncertainty);
    }
    /* Of one place nothing is compared; of several each one should be. */
    return n_compared == 0 || n_compared == sites->captures->len ? most : NSEC_NONE;
}

RegVantage sites_place(const Sites *sites, const SipTxn *txn)
{
    return sites_place_at(sites, any_message(txn)->meta.ref);
}

static Path *find_path(Sites *sites, const NetFlow *hop, const SipMessage *message)
{
    NetAddr key[2] = { hop->src.addr, hop->dst.addr };
    Path *path = cache_get(sites->paths, key, message->meta.time);

    if (path == NULL) {
        path = g_new0(Path, 1);
        path->hosts[0] = key[0];
        path->hosts[1] = key[1];
        path->capture = message->meta.ref.capture;
        cache_admit(sites->paths, path, path->hosts, sizeof(Path), message->meta.time,
                    net_addr_group(&key[0]));
    }
    return path;
}

/* RFC 3261 section 18.2.1: where the request came from, when Via says otherwise. With
 * rport it is written in any case (RFC 3581 section 4), which tells nothing. */
static void note_marking(Server *server, const SipTxn *txn)
{
    Str raw = sip_message_first(txn->answer, SIP_HEADER_VIA);

    /* Nearly every phone asks for it. */
    if (raw.len == 0 || memmem(raw.data, raw.len, "rport", 5) != NULL
        || net_endpoint_equal(&server->marked[0], &txn->hop.src))
        return;

    SipVia via = sip_message_via(txn->answer);

    if (!str_present(via.received) || via.rport_asked)
        return;
    server->marked[1] = server->marked[0];
    server->marked[0] = txn->hop.src;
}

static void note_answering(Sites *sites, const SipTxn *txn)
{
    Server *server = cache_get(sites->servers, &txn->hop.dst, txn->answered);

    if (server == NULL) {
        server = g_new0(Server, 1);
        server->endpoint = txn->hop.dst;
        server->times[0] = server->times[1] = NSEC_NONE;
        cache_add(sites->servers, server, &server->endpoint, sizeof(Server), txn->answered);
    }
    if (!net_endpoint_equal(&server->clients[0], &txn->hop.src)) {
        server->clients[1] = server->clients[0];
        server->times[1] = server->times[0];
        server->clients[0] = txn->hop.src;
    }
    server->times[0] = MAX(server->times[0], txn->answered);
    note_marking(server, txn);
}

void sites_request(Sites *sites, const SipTxn *txn, const char *aor)
{
    Path *path = find_path(sites, &txn->hop, txn->request);

    path->requests++;
    reg_fact_add(&path->seen, txn->request->meta.ref, txn->request->meta.time);
    sources_request(sites->sources, txn->request, aor);
}

void sites_answer(Sites *sites, const SipTxn *txn)
{
    Path *path = find_path(sites, &txn->hop, txn->answer);

    path->answers++;
    if (txn->request_seen) {
        cache_prove(sites->paths, path);
    } else {
        path->headless++;
        reg_fact_add(&path->seen, txn->answer->meta.ref, txn->answer->meta.time);
    }
    note_answering(sites, txn);
    sources_answer(sites->sources, &txn->hop, txn->answer->status);
}

void sites_witness(Sites *sites, const SipMessage *request, bool certain)
{
    Path *path = find_path(sites, &request->meta.flow, request);

    path->points += certain ? WITNESS_POINTS : 1;
    reg_fact_add(&path->witness, request->meta.ref, request->meta.time);
}

static bool lacks_answers(const Path *path)
{
    return path->answers == 0 && path->points >= WITNESS_POINTS;
}

/* Answers whose requests were never seen: more than one, because the first
 * may belong to a request from before the capture. */
static bool lacks_requests(const Path *path)
{
    return path->requests == 0 && path->headless >= 2;
}

bool sites_one_way(const Sites *sites, const NetFlow *hop)
{
    NetAddr key[2] = { hop->src.addr, hop->dst.addr };
    const Path *path = cache_peek(sites->paths, key);

    return path != NULL && (lacks_answers(path) || lacks_requests(path));
}

bool sites_server_answers_others(const Sites *sites, const NetFlow *hop, Nsec since)
{
    const Server *server = cache_peek(sites->servers, &hop->dst);

    for (unsigned i = 0; server != NULL && i < G_N_ELEMENTS(server->clients); i++) {
        if (server->times[i] != NSEC_NONE && server->times[i] >= since
            && !net_endpoint_equal(&server->clients[i], &hop->src))
            return true;
    }
    return false;
}

bool sites_server_marks_others(const Sites *sites, const NetFlow *hop)
{
    const Server *server = cache_peek(sites->servers, &hop->dst);

    for (unsigned i = 0; server != NULL && i < G_N_ELEMENTS(server->marked); i++) {
        if (server->marked[i].addr.version != 0
            && !net_endpoint_equal(&server->marked[i], &hop->src))
            return true;
    }
    return false;
}

static void collect_one_way(void *item, void *user)
{
    const Path *path = item;
    RegCaptureSite *site = user;

    if (site->index != path->capture || site->n_one_ways == REG_SITE_ONE_WAYS
        || !(lacks_answers(path) || lacks_requests(path)))
        return;
    site->one_ways[site->n_one_ways++] = (RegOneWay){
        .client = path->hosts[0],
        .server = path->hosts[1],
        .answers_missing = lacks_answers(path),
        .transactions = MAX(path->requests, path->headless),
        .seen = path->seen,
        .witness = path->witness,
    };
}

static void complete(const Sites *sites, RegCaptureSite *site, const NetStats *net)
{
    cache_each(sites->paths, collect_one_way, site);
    site->vantage =
        reg_vantage_of_capture(&g_array_index(sites->vantages, RegVantageTally, site->index));
    site->later_fragments = net->later_fragments;
}

void sites_finish(Sites *sites, const NetStats *net)
{
    for (unsigned i = 0; i < sites->captures->len; i++)
        complete(sites, g_ptr_array_index(sites->captures, i), net);
}

void sites_look(const Sites *sites, const NetStats *net,
                void (*visit)(const RegSite *site, void *user), void *user)
{
    for (unsigned i = 0; i < sites->captures->len; i++) {
        RegCaptureSite now = *(const RegCaptureSite *)g_ptr_array_index(sites->captures, i);

        complete(sites, &now, net);
        visit(&(RegSite){ .kind = REG_SITE_CAPTURE, .capture = &now }, user);
    }
    sources_each(sites->sources, visit, user);
}

bool sites_is_scanner(const Sites *sites, const NetAddr *source)
{
    return sources_is_scanner(sites->sources, source);
}

bool sites_registers(const Sites *sites, const NetAddr *source)
{
    return sources_registers(sites->sources, source);
}

void sites_each(const Sites *sites, void (*visit)(const RegSite *site, void *user), void *user)
{
    for (unsigned i = 0; i < sites->captures->len; i++) {
        RegSite site = {
            .kind = REG_SITE_CAPTURE,
            .capture = g_ptr_array_index(sites->captures, i),
        };

        visit(&site, user);
    }
    sources_each(sites->sources, visit, user);
}

const RegCaptureSite *sites_capture(const Sites *sites, unsigned index)
{
    return g_ptr_array_index(sites->captures, index);
}

bool sites_is_stranger(const Sites *sites, const NetFlow *flow)
{
    return cache_peek(sites->servers, &flow->dst) != NULL
           && !sources_may_know(sites->sources, &flow->src.addr);
}

unsigned sites_tables(const Sites *sites, CacheStats *tables, unsigned max)
{
    const CacheStats all[] = { cache_stats(sites->paths), cache_stats(sites->servers),
                               sources_stats(sites->sources) };
    unsigned n = MIN(max, (unsigned)G_N_ELEMENTS(all));

    memcpy(tables, all, n * sizeof(*all));
    return n;
}
