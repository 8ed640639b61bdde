/*
 * What is changed in a phone's messages between two places: added up header by
 * header, so that "always" can be told from "sometimes", with the frames of the
 * first one of each.
 */

#include "rewrite_table.h"

#include "base/hash.h"

/* Phones whose messages are seen at two places; each record is below 4 KiB. */
#define MAX_RECORDS 16384

/* Longer values are cut. */
#define MAX_TEXT 256

typedef struct Key {
    NetEndpoint phone;
    uint32_t inside_place;
    uint32_t outside_place;
} Key;

typedef struct Record {
    CacheItem item;
    Key key;
    RegRewrites *public;
} Record;

struct RewriteTable {
    Cache *records;
};

static uint64_t key_hash(const void *key)
{
    const Key *k = key;

    return hash_mix(hash_mix(net_addr_hash(&k->phone.addr), k->phone.port),
                    (uint64_t)k->inside_place << 32 | k->outside_place);
}

static bool key_equal(const void *a, const void *b)
{
    const Key *x = a, *y = b;

    return net_endpoint_equal(&x->phone, &y->phone) && x->inside_place == y->inside_place
           && x->outside_place == y->outside_place;
}

static void drop_record(void *item, CacheDrop why, void *user)
{
    Record *record = item;

    reg_rewrites_unref(record->public);
    g_free(record);
}

RewriteTable *rewrite_table_new(void)
{
    RewriteTable *table = g_new0(RewriteTable, 1);

    table->records = cache_new(&(CacheConfig){
        .name = "reg.rewrites",
        .max_items = MAX_RECORDS,
        .hash = key_hash,
        .equal = key_equal,
        .drop = drop_record,
    });
    return table;
}

void rewrite_table_limit(RewriteTable *table, size_t max_bytes)
{
    cache_limit(table->records, max_bytes);
}

void rewrite_table_free(RewriteTable *table)
{
    cache_free(table->records);
    g_free(table);
}

CacheStats rewrite_table_stats(const RewriteTable *table)
{
    return cache_stats(table->records);
}

RegRewrites *rewrite_table_find(const RewriteTable *table, const NetEndpoint *phone,
                                uint32_t inside_place, uint32_t outside_place)
{
    Key key = { *phone, inside_place, outside_place };
    Record *record = cache_peek(table->records, &key);

    return record != NULL ? record->public : NULL;
}

static const NetEndpoint *phone_of(const SipMessage *message, bool outward)
{
    return outward ? &message->meta.flow.src : &message->meta.flow.dst;
}

static RegRewrites *take_record(RewriteTable *table, const SipMessage *inside,
                                const SipMessage *outside, bool outward)
{
    Key key = { *phone_of(inside, outward), inside->meta.ref.place, outside->meta.ref.place };
    Record *record = cache_get(table->records, &key, outside->meta.time);

    if (record == NULL) {
        record = g_new0(Record, 1);
        record->key = key;
        record->public = g_rc_box_new0(RegRewrites);
        record->public->inside = key.phone;
        record->public->inside_place = key.inside_place;
        record->public->outside_place = key.outside_place;
        record->public->transport = inside->meta.flow.transport;
        cache_add(table->records, record, &record->key, sizeof(Record) + sizeof(RegRewrites),
                  outside->meta.time);
    }
    record->public->outside = *phone_of(outside, outward);
    record->public->server = *phone_of(outside, !outward);
    return record->public;
}

/* Routers count the TTL down and leave the rest alone; whoever sends anew takes
 * an IP ID of his own. A system that always writes 0 tells nothing. */
static bool is_kept(const SipMessage *inside, const SipMessage *outside, bool outward)
{
    const NetMeta *from = outward ? &inside->meta : &outside->meta;
    const NetMeta *to = outward ? &outside->meta : &inside->meta;

    return from->ip_id != 0 && from->ip_id == to->ip_id && to->ttl < from->ttl;
}

static RegPairSeen seen_at(const SipMessage *inside, const SipMessage *outside, bool outward)
{
    return (RegPairSeen){ .inside = inside->meta.ref,
                          .outside = outside->meta.ref,
                          .inside_time = inside->meta.time,
                          .outside_time = outside->meta.time,
                          .method = inside->method,
                          .status = inside->status,
                          .outward = outward,
                          .packet_kept = is_kept(inside, outside, outward) };
}

static bool is_same_part(const RegRewrite *known, const SipChange *change, const RegPairSeen *seen)
{
    return known->where == change->where && known->header == change->header
           && known->part == change->part && known->outward == seen->outward
           && known->request == (seen->status == 0)
           && str_equal_nocase(str_of(known->name), change->name)
           && str_equal_nocase(str_of(known->param), change->param);
}

static RegRewrite *find_change(RegRewrites *rewrites, const SipChange *change,
                               const RegPairSeen *seen)
{
    for (unsigned i = 0; i < rewrites->n_changes; i++) {
        if (is_same_part(&rewrites->changes[i], change, seen))
            return &rewrites->changes[i];
    }
    return NULL;
}

static void add_change(RegRewrites *rewrites, const SipChange *change, const RegPairSeen *seen)
{
    RegRewrite *known = find_change(rewrites, change, seen);

    if (known == NULL && rewrites->n_changes == REG_REWRITES) {
        rewrites->more = true;
        return;
    }
    if (known == NULL) {
        known = &rewrites->changes[rewrites->n_changes++];
        *known = (RegRewrite){
            .where = change->where,
            .header = change->header,
            .part = change->part,
            .outward = seen->outward,
            .request = seen->status == 0,
            .name = str_dup(str_first(change->name, MAX_TEXT)),
            .param = str_dup(str_first(change->param, MAX_TEXT)),
            .inside = str_dup(str_first(change->inside, MAX_TEXT)),
            .outside = str_dup(str_first(change->outside, MAX_TEXT)),
            .first = *seen,
        };
    }
    known->count++;
    known->mapping |= change->mapping;
    known->methods |= 1u << seen->method;
}

/* Slot 0 counts every message, the last one those with a body. */
static void count_headers(RegRewrites *rewrites, const SipMessage *inside,
                          const SipMessage *outside, bool outward)
{
    uint32_t *seen = rewrites->seen[outward][inside->is_request];

    seen[SIP_HEADER_OTHER]++;
    for (unsigned id = SIP_HEADER_OTHER + 1; id < SIP_HEADER_COUNT; id++)
        seen[id] += inside->first[id] != 0 || outside->first[id] != 0;
    seen[SIP_HEADER_COUNT] += inside->body.len > 0 || outside->body.len > 0;
}

static void add_damage(RegRewrites *rewrites, uint32_t damage, const RegPairSeen *seen)
{
    if (damage == 0)
        return;
    if (rewrites->damage.count++ == 0)
        rewrites->damage.first = *seen;
    rewrites->damage.kinds |= damage;
}

void rewrite_table_add(RewriteTable *table, const SipMessage *inside, const SipMessage *outside,
                       bool outward)
{
    RegRewrites *rewrites = take_record(table, inside, outside, outward);
    RegPairSeen seen = seen_at(inside, outside, outward);
    SipDiff diff;

    sip_diff_compare(inside, outside, &diff);
    if (diff.unsure)
        return;

    SipDiffClass class = sip_diff_class(&diff, outward);

    rewrites->pairs++;
    if (rewrites->classes[class]++ == 0)
        rewrites->examples[class] = seen;
    rewrites->algs += sip_diff_is_alg(&diff);
    rewrites->more |= diff.more;
    count_headers(rewrites, inside, outside, outward);
    for (unsigned i = 0; i < diff.n; i++)
        add_change(rewrites, &diff.changes[i], &seen);
    add_damage(rewrites, sip_diff_damage(&diff, outward), &seen);
}
