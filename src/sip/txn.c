/*
 * Transactions: which answer belongs to which request, and what came twice.
 *
 * One entry of the table is what RFC 3261 section 17.1.3 calls a transaction:
 * one branch, CSeq and method. Behind it stands one SipTxn for each hop on
 * which it was seen, because beside a NAT or a proxy the same request passes
 * the capture more than once.
 */

#include "sip/txn.h"

#include "base/hash.h"
#include "sip/value.h"

/* A transaction seen on more hops than this is a loop, not a path. */
#define MAX_HOPS 8

const SipTxnConfig sip_txn_config_default = {
    .max_items = 262144,
    .max_bytes = 128 * 1024 * 1024,
    .idle = 37 * NSEC_SEC, /* 64*T1 and T4, RFC 3261 section 17.1.2.2 */
    .keep = 1u << SIP_METHOD_REGISTER,
};

typedef struct Key {
    uint64_t call_id;
    uint64_t branch;
    uint32_t cseq;
    SipMethod method;
} Key;

typedef struct SipTxnGroup {
    CacheItem item;
    Key key;
    SipTxnTable *table;
    unsigned n_hops;
    SipTxn *hops[MAX_HOPS];
} Group;

struct SipTxnTable {
    Cache *groups;
    uint32_t keep;
    SipTxnSink sink;
};

static size_t message_bytes(const SipTxnTable *table, const SipMessage *message)
{
    bool kept = message != NULL && (table->keep & (1u << message->method));

    return kept ? sip_message_size(message) : 0;
}

/* What the table need not hold any more makes room in it. */
static void uncharge(const SipTxn *txn)
{
    Group *group = txn->group;

    if (group == NULL)
        return;

    size_t bytes =
        message_bytes(group->table, txn->request) + message_bytes(group->table, txn->answer);

    if (bytes > 0)
        cache_grow(group->table->groups, group, group->item.bytes - bytes);
}

void sip_txn_strip(SipTxn *txn)
{
    uncharge(txn);
    g_clear_pointer(&txn->request, sip_message_unref);
    g_clear_pointer(&txn->answer, sip_message_unref);
}

static void txn_clear(void *data)
{
    sip_txn_strip(data);
}

SipTxn *sip_txn_ref(SipTxn *txn)
{
    return g_rc_box_acquire(txn);
}

void sip_txn_unref(SipTxn *txn)
{
    g_rc_box_release_full(txn, txn_clear);
}

static uint64_t key_hash(const void *key)
{
    const Key *k = key;

    return hash_mix(hash_mix(k->call_id, k->branch), k->cseq);
}

static bool key_equal(const void *a, const void *b)
{
    const Key *x = a, *y = b;

    return x->call_id == y->call_id && x->branch == y->branch && x->cseq == y->cseq
           && x->method == y->method;
}

static void tell(const SipTxnTable *table, void (*callback)(SipTxn *txn, void *user), SipTxn *txn)
{
    if (callback != NULL)
        callback(txn, table->sink.user);
}

static void drop_group(void *item, CacheDrop why, void *user)
{
    SipTxnTable *table = user;
    Group *group = item;

    for (unsigned i = 0; i < group->n_hops; i++) {
        SipTxn *txn = group->hops[i];

        txn->end = why == CACHE_DROP_IDLE   ? SIP_TXN_EXPIRED
                   : why == CACHE_DROP_FULL ? SIP_TXN_FORGOTTEN
                                            : SIP_TXN_CUT;
        txn->group = NULL;
        tell(table, table->sink.closed, txn);
        sip_txn_unref(txn);
    }
    g_free(group);
}

SipTxnTable *sip_txn_table_new(const SipTxnConfig *config, const SipTxnSink *sink)
{
    SipTxnTable *table = g_new0(SipTxnTable, 1);

    table->sink = *sink;
    table->keep = config->keep;
    table->groups = cache_new(&(CacheConfig){
        .name = "sip.transactions",
        .max_items = config->max_items,
        .max_bytes = config->max_bytes,
        .idle = config->idle,
        .hash = key_hash,
        .equal = key_equal,
        .drop = drop_group,
        .user = table,
    });
    return table;
}

/* The client's and the server's address; ports are left out, because an answer
 * to the wrong port is still the answer. */
static bool same_hosts(const NetFlow *hop, const NetFlow *flow)
{
    return net_addr_equal(&hop->src.addr, &flow->src.addr)
           && net_addr_equal(&hop->dst.addr, &flow->dst.addr);
}

/* The same packet seen at two places is on two hops, whatever its addresses. */
static bool same_place(const SipTxn *txn, const SipMessage *message)
{
    return txn->place == message->meta.ref.place;
}

static Str credentials_of(const SipMessage *message)
{
    Str own = sip_message_first(message, SIP_HEADER_AUTHORIZATION);

    return str_present(own) ? own : sip_message_first(message, SIP_HEADER_PROXY_AUTHORIZATION);
}

/* A request that reuses branch and CSeq of an older one is a copy only when it
 * says the same; with other credentials it is a new request of a client that
 * forgot to count. */
static bool is_copy(const SipTxn *txn, const SipMessage *request)
{
    return txn->request == NULL || str_equal(credentials_of(txn->request), credentials_of(request));
}

/* Some phones send every copy from another port. */
static SipTxn *find_for_request(const Group *group, const SipMessage *request)
{
    for (unsigned i = group->n_hops; i-- > 0;) {
        SipTxn *txn = group->hops[i];

        if (same_place(txn, request) && same_hosts(&txn->hop, &request->meta.flow)
            && is_copy(txn, request))
            return txn;
    }
    return NULL;
}

/* The hop an answer belongs to: the one whose hosts it joins, else the only
 * one that comes from the same server, else the only one there is. */
static SipTxn *find_for_answer(const Group *group, const SipMessage *answer)
{
    NetFlow hop = net_flow_reverse(&answer->meta.flow);
    SipTxn *same_server = NULL;
    SipTxn *same_client = NULL;

    for (unsigned i = group->n_hops; i-- > 0;) {
        SipTxn *txn = group->hops[i];

        if (!same_place(txn, answer))
            continue;
        if (net_flow_equal(&txn->hop, &hop))
            return txn;
        if (same_client == NULL && same_hosts(&txn->hop, &hop))
            same_client = txn;
        if (same_server == NULL && net_addr_equal(&txn->hop.dst.addr, &hop.dst.addr))
            same_server = txn;
    }
    if (same_client != NULL)
        return same_client;
    return group->n_hops == 1 ? same_server : NULL;
}

static SipTxn *add_hop(SipTxnTable *table, Group *group, const SipMessage *message)
{
    if (group->n_hops == MAX_HOPS)
        return NULL;

    SipTxn *txn = g_rc_box_new0(SipTxn);

    txn->hop = message->is_request ? message->meta.flow : net_flow_reverse(&message->meta.flow);
    txn->place = message->meta.ref.place;
    txn->group = group;
    txn->method = message->method;
    txn->opened = txn->touched = message->meta.time;
    txn->opened_ref = message->meta.ref;
    txn->answered = NSEC_NONE;
    txn->first_copy_after_answer = NSEC_NONE;
    txn->answer_copied = NSEC_NONE;
    group->hops[group->n_hops++] = txn;
    return txn;
}

static void keep(SipTxnTable *table, Group *group, SipMessage **slot, SipMessage *message)
{
    *slot = sip_message_ref(message);
    cache_grow(table->groups, group, group->item.bytes + message_bytes(table, message));
}

/* Somebody knows the sender; or both halves came, from both sides. A challenge is what a server
 * has for every forged request as well. */
static void prove_answered(const SipTxnTable *table, Group *group, const SipTxn *txn)
{
    bool answered = txn->status != 0 && txn->status != 401 && txn->status != 407;

    if (txn->genuine || (txn->request_seen && answered))
        cache_prove(table->groups, group);
}

static void strip_unkept(const SipTxnTable *table, SipTxn *txn)
{
    if (!(table->keep & (1u << txn->method)))
        sip_txn_strip(txn);
}

static void count_copy(SipTxn *txn, const SipMessage *copy)
{
    if (txn->request_copies < SIP_TXN_COPIES)
        txn->copy_times[txn->request_copies] = copy->meta.time;
    if (txn->request_copies < UINT16_MAX)
        txn->request_copies++;
    txn->last_copy = copy->meta.ref;
    if (txn->answered != NSEC_NONE && copy->meta.time > txn->answered) {
        if (txn->first_copy_after_answer == NSEC_NONE)
            txn->first_copy_after_answer = copy->meta.time;
        if (txn->copies_after_answer < UINT16_MAX)
            txn->copies_after_answer++;
    }
}

static void take_request(SipTxnTable *table, Group *group, SipMessage *request)
{
    SipTxn *txn = find_for_request(group, request);
    bool is_new = txn == NULL;

    if (is_new && (txn = add_hop(table, group, request)) == NULL)
        return;

    txn->touched = MAX(txn->touched, request->meta.time);
    if (txn->request_seen) {
        count_copy(txn, request);
        if (table->sink.copied != NULL)
            table->sink.copied(txn, request, table->sink.user);
        return;
    }
    /* Its answer may have been captured before it, when two interfaces were
     * merged. */
    txn->hop = request->meta.flow;
    txn->request_seen = true;
    keep(table, group, &txn->request, request);
    tell(table, table->sink.opened, txn);
    prove_answered(table, group, txn);
    strip_unkept(table, txn);
}

static bool differs(const SipMessage *first, const SipMessage *again)
{
    return !str_equal(first->to_tag, again->to_tag)
           || !str_equal(sip_message_first(first, SIP_HEADER_WWW_AUTHENTICATE),
                         sip_message_first(again, SIP_HEADER_WWW_AUTHENTICATE))
           || !str_equal(sip_message_first(first, SIP_HEADER_PROXY_AUTHENTICATE),
                         sip_message_first(again, SIP_HEADER_PROXY_AUTHENTICATE));
}

static void count_answer_copy(SipTxnTable *table, SipTxn *txn, const SipMessage *copy)
{
    if (txn->answer_copies < UINT16_MAX)
        txn->answer_copies++;
    txn->last_answer_copy = copy->meta.ref;
    txn->answer_copied = copy->meta.time;
    if (copy->status != txn->status)
        txn->later_final_differs = true;
    if (txn->answer != NULL && differs(txn->answer, copy))
        txn->answers_differ = true;
    if (table->sink.copied != NULL)
        table->sink.copied(txn, copy, table->sink.user);
}

static void take_answer(SipTxnTable *table, Group *group, SipMessage *answer)
{
    SipTxn *txn = find_for_answer(group, answer);
    bool is_new = txn == NULL;

    if (is_new && (txn = add_hop(table, group, answer)) == NULL)
        return;

    txn->touched = MAX(txn->touched, answer->meta.time);
    if (is_new)
        tell(table, table->sink.opened, txn);
    if (answer->status < 200) {
        txn->provisional = answer->status;
    } else if (txn->status != 0) {
        count_answer_copy(table, txn, answer);
    } else {
        NetFlow back = net_flow_reverse(&answer->meta.flow);

        keep(table, group, &txn->answer, answer);
        txn->status = answer->status;
        txn->answered = answer->meta.time;
        prove_answered(table, group, txn);
        txn->answer_misdirected = !net_flow_equal(&back, &txn->hop);
        tell(table, table->sink.answered, txn);
        strip_unkept(table, txn);
    }
}

void sip_txn_table_push(SipTxnTable *table, SipMessage *message)
{
    /* An ACK belongs to its INVITE and gets no answer (RFC 3261 section 17). */
    if (message->method == SIP_METHOD_ACK)
        return;

    Key key = {
        .call_id = hash_str(message->call_id),
        .branch = hash_str(message->branch),
        .cseq = message->cseq,
        .method = message->method,
    };
    Group *group = cache_get(table->groups, &key, message->meta.time);

    if (group == NULL) {
        group = g_new0(Group, 1);
        group->key = key;
        group->table = table;
        cache_admit(table->groups, group, &group->key, sizeof(Group) + sizeof(SipTxn),
                    message->meta.time, net_addr_group(&message->meta.flow.src.addr));
    }
    if (message->is_request)
        take_request(table, group, message);
    else
        take_answer(table, group, message);
}

void sip_txn_table_advance(SipTxnTable *table, Nsec now)
{
    cache_advance(table->groups, now);
}

void sip_txn_table_finish(SipTxnTable *table)
{
    cache_clear(table->groups);
}

CacheStats sip_txn_table_stats(const SipTxnTable *table)
{
    return cache_stats(table->groups);
}

void sip_txn_table_free(SipTxnTable *table)
{
    if (table == NULL)
        return;
    cache_free(table->groups);
    g_free(table);
}
