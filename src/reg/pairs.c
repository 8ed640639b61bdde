/*
 * Which message is the same as one seen before at another place?
 *
 * The newest messages wait in a ring. Each has up to five marks; a hash table
 * whose chains run through the ring leads from a mark to the messages that have
 * it. Nothing is ever taken out of a chain: what the ring has given away is
 * older than everything in it, and there the chain ends.
 */

#include "pairs.h"

#include "base/hash.h"
#include "sip/value.h"
#include "step.h"

/* One place: both sides of a box pass the capture within moments. */
#define ONE_PLACE_WINDOW (250 * NSEC_MSEC)
#define ONE_PLACE_RING 512

/* Several: as far apart as a long path and what is left of the clocks. */
#define PLACES_WINDOW (4 * NSEC_SEC)
#define PLACES_RING 16384
#define PLACES_BYTES (32 * 1024 * 1024)

/* Copies of an answer may be made anew, with other contents; the second one
 * does not come sooner than the second request does (T1, RFC 3261 section
 * 17.1.2.2). */
#define SAME_ANSWER (400 * NSEC_MSEC)

/* Messages with the same mark that are looked at. */
#define MAX_STEPS 16

typedef enum Mark {
    MARK_AUTH,        /* the credentials of a request, the challenge of an answer */
    MARK_TRANSACTION, /* Call-ID, CSeq and branch */
    MARK_FROM_TAG,    /* and CSeq */
    MARK_CALL_ID,     /* what stands before its "@", CSeq and user */
    MARK_TO_TAG,      /* likewise */
    MARKS,
} Mark;

/* Enough are credentials or the whole name of the transaction; of the others
 * two. */
#define ENOUGH 5
static const unsigned weights[MARKS] = {
    [MARK_AUTH] = 6,    [MARK_TRANSACTION] = 6, [MARK_FROM_TAG] = 3,
    [MARK_CALL_ID] = 3, [MARK_TO_TAG] = 3,
};

typedef struct Seen {
    SipMessage *message;
    SipTxn *txn;           /* or NULL */
    uint64_t before;       /* number of the same one on the hop before this; 0: none */
    uint32_t paired;       /* bit set of places where it was found */
    bool marked;           /* all of them were read, and not the one that leads here */
    bool passed_on;        /* in one capture: seen on a hop behind this */
    uint64_t marks[MARKS]; /* 0: it has none */
    uint64_t older[MARKS]; /* the next one in the chain: number * MARKS + mark; 0: none */
} Seen;

struct Pairs {
    uint32_t places; /* bit set of CapturePlace */
    unsigned size;   /* of the ring, and half of 'chains'; 0: nothing came yet */
    size_t max_bytes;
    size_t bytes;
    Seen *ring;
    uint64_t *chains;
    uint64_t first; /* number of the oldest that is kept; numbers begin with 1 */
    uint64_t next;
    uint64_t pushed_out; /* before they were too old to be of use */
    Nsec window;
    RewriteTable *rewrites;
};

Pairs *pairs_new(void)
{
    Pairs *pairs = g_new0(Pairs, 1);

    pairs->first = pairs->next = 1;
    pairs->rewrites = rewrite_table_new();
    pairs->max_bytes = PLACES_BYTES;
    return pairs;
}

static Seen *seen_at(const Pairs *pairs, uint64_t number)
{
    return &pairs->ring[number % pairs->size];
}

static void let_go(Pairs *pairs)
{
    Seen *oldest = seen_at(pairs, pairs->first++);

    pairs->bytes -= sip_message_size(oldest->message);
    g_clear_pointer(&oldest->message, sip_message_unref);
    g_clear_pointer(&oldest->txn, sip_txn_unref);
}

void pairs_limit(Pairs *pairs, const RegRoom *room)
{
    if (room->pairs > 0)
        pairs->max_bytes = room->pairs;
    rewrite_table_limit(pairs->rewrites, room->rewrites);
}

void pairs_free(Pairs *pairs)
{
    if (pairs == NULL)
        return;
    while (pairs->first < pairs->next)
        let_go(pairs);
    rewrite_table_free(pairs->rewrites);
    g_free(pairs->ring);
    g_free(pairs->chains);
    g_free(pairs);
}

void pairs_add_place(Pairs *pairs, uint32_t place)
{
    pairs->places |= 1u << place;
}

static bool has_several_places(const Pairs *pairs)
{
    return (pairs->places & (pairs->places - 1)) != 0;
}

static void open_ring(Pairs *pairs)
{
    bool several = has_several_places(pairs);

    pairs->size = several ? PLACES_RING : ONE_PLACE_RING;
    pairs->window = several ? PLACES_WINDOW : ONE_PLACE_WINDOW;
    pairs->ring = g_new0(Seen, pairs->size);
    pairs->chains = g_new0(uint64_t, 2 * (size_t)pairs->size);
}

static uint64_t mark_of(const SipMessage *message, Mark mark, Str a, Str b)
{
    uint64_t kind = (uint64_t)message->status << 32 | (uint64_t)message->method << 8 | mark;
    uint64_t hash = hash_mix(hash_mix(hash_str(a), kind), message->cseq);

    return MAX(hash_mix(hash, b.len > 0 ? hash_str(b) : 0), 1);
}

/* The user of To: boxes rewrite the host, not whom a message is about. */
static Str user_of(const SipMessage *message)
{
    return sip_name_addr_parse(sip_message_first(message, SIP_HEADER_TO)).uri.user;
}

static Str credentials_of(const SipMessage *message)
{
    static const SipHeaderId requests[] = { SIP_HEADER_AUTHORIZATION,
                                            SIP_HEADER_PROXY_AUTHORIZATION };
    static const SipHeaderId answers[] = { SIP_HEADER_WWW_AUTHENTICATE,
                                           SIP_HEADER_PROXY_AUTHENTICATE };
    const SipHeaderId *ids = message->is_request ? requests : answers;

    for (unsigned i = 0; i < G_N_ELEMENTS(requests); i++) {
        if (sip_message_header(message, ids[i], 0) == NULL)
            continue;

        SipAuth auth = sip_auth_parse(sip_message_first(message, ids[i]));

        return message->is_request ? auth.response : auth.nonce;
    }
    return STR_NONE;
}

/* Shorter ones are no random numbers. */
#define SHORTEST_SECRET 16
#define SHORTEST_TAG 4

/* The one that every request has, and that boxes leave alone. */
static void read_tag(Seen *seen)
{
    const SipMessage *message = seen->message;

    if (message->from_tag.len >= SHORTEST_TAG)
        seen->marks[MARK_FROM_TAG] = mark_of(message, MARK_FROM_TAG, message->from_tag, STR_NONE);
}

static void read_marks(Seen *seen)
{
    const SipMessage *message = seen->message;
    uint64_t *marks = seen->marks;
    Str user = user_of(message);
    Str secret = credentials_of(message);
    Str call_id, host;

    if (seen->marked)
        return;
    seen->marked = true;
    str_split(message->call_id, '@', &call_id, &host);
    if (secret.len >= SHORTEST_SECRET)
        marks[MARK_AUTH] = mark_of(message, MARK_AUTH, secret, user);
    if (message->call_id.len > 0 && message->branch.len > 0)
        marks[MARK_TRANSACTION] =
            mark_of(message, MARK_TRANSACTION, message->call_id, message->branch);
    if (call_id.len >= SHORTEST_TAG)
        marks[MARK_CALL_ID] = mark_of(message, MARK_CALL_ID, call_id, user);
    if (!message->is_request && message->to_tag.len >= SHORTEST_TAG)
        marks[MARK_TO_TAG] = mark_of(message, MARK_TO_TAG, message->to_tag, user);
}

static unsigned weigh(const Seen *a, const Seen *b)
{
    unsigned weight = 0;

    for (unsigned i = 0; i < MARKS; i++) {
        if (a->marks[i] != 0 && a->marks[i] == b->marks[i])
            weight += weights[i];
    }
    return weight;
}

static bool is_same_hop(const SipMessage *a, const SipMessage *b)
{
    return a->meta.ref.place == b->meta.ref.place
           && net_addr_equal(&a->meta.flow.src.addr, &b->meta.flow.src.addr)
           && net_addr_equal(&a->meta.flow.dst.addr, &b->meta.flow.dst.addr);
}

/* In one capture a message goes from hop to hop, and does not come back. */
static bool goes_on_from(const Pairs *pairs, const Seen *seen, const SipMessage *message)
{
    if (seen->passed_on)
        return false;
    while (!is_same_hop(seen->message, message)) {
        if (seen->before < pairs->first)
            return true;
        seen = seen_at(pairs, seen->before);
    }
    return false;
}

/* A server without state answers each copy of a request anew, and a request that
 * was forked is answered by several phones. */
static bool is_another_answer(const Seen *a, const Seen *b)
{
    const SipMessage *x = a->message, *y = b->message;

    if (x->is_request || (a->marks[MARK_AUTH] != 0 && a->marks[MARK_AUTH] == b->marks[MARK_AUTH]))
        return false;
    return !str_equal(x->to_tag, y->to_tag) || !str_equal(credentials_of(x), credentials_of(y));
}

static bool may_pair(const Pairs *pairs, const Seen *seen, const Seen *wanted)
{
    const SipMessage *other = seen->message, *message = wanted->message;

    if (other->is_request != message->is_request
        || ABS(message->meta.time - other->meta.time) > pairs->window)
        return false;
    if (other->meta.ref.place != message->meta.ref.place) {
        if (seen->paired & 1u << message->meta.ref.place)
            return false;
    } else if (has_several_places(pairs) || !goes_on_from(pairs, seen, message)) {
        return false;
    }
    return true;
}

typedef struct Search {
    const Pairs *pairs;
    Seen *wanted;
    uint64_t best; /* number; 0: none */
    unsigned weight;
    uint32_t distance; /* between the places */
    bool ambiguous;    /* another call fits as well */
} Search;

static uint32_t distance_of(const SipMessage *a, const SipMessage *b)
{
    uint32_t x = a->meta.ref.place, y = b->meta.ref.place;

    return x > y ? x - y : y - x;
}

/* The nearest place, the most marks, the newest: copies of a message have the
 * same marks, and the newest one that was not paired yet is the one. */
static void consider(Search *search, uint64_t number)
{
    Seen *seen = seen_at(search->pairs, number), *wanted = search->wanted;
    uint32_t distance = distance_of(seen->message, wanted->message);

    if (number == search->best || !may_pair(search->pairs, seen, wanted))
        return;
    read_marks(seen);
    read_marks(wanted);

    unsigned weight = weigh(seen, wanted);

    if (weight < ENOUGH || is_another_answer(seen, wanted))
        return;
    if (search->best != 0 && distance == search->distance && weight == search->weight) {
        const SipMessage *best = seen_at(search->pairs, search->best)->message;

        search->ambiguous |= !str_equal(best->call_id, seen->message->call_id);
        if (number < search->best)
            return;
    } else if (search->best != 0
               && (distance > search->distance
                   || (distance == search->distance && weight < search->weight))) {
        return;
    } else {
        search->ambiguous = false;
    }
    search->best = number;
    search->weight = weight;
    search->distance = distance;
}

static uint64_t *chain_of(const Pairs *pairs, uint64_t mark)
{
    return &pairs->chains[mark % (2 * (uint64_t)pairs->size)];
}

static uint64_t find_twin(const Pairs *pairs, Seen *wanted)
{
    Search search = { .pairs = pairs, .wanted = wanted };

    for (unsigned i = 0; i < MARKS; i++) {
        uint64_t at = wanted->marks[i] != 0 ? *chain_of(pairs, wanted->marks[i]) : 0;

        for (unsigned n = 0; n < MAX_STEPS && at / MARKS >= pairs->first; n++) {
            const Seen *seen = seen_at(pairs, at / MARKS);

            if (seen->marks[at % MARKS] == wanted->marks[i])
                consider(&search, at / MARKS);
            at = seen->older[at % MARKS];
        }
    }
    return search.ambiguous ? 0 : search.best;
}

static void make_room(Pairs *pairs, const SipMessage *message)
{
    while (pairs->first < pairs->next) {
        const SipMessage *oldest = seen_at(pairs, pairs->first)->message;
        bool is_old = message->meta.time - oldest->meta.time > pairs->window;

        if (!is_old && pairs->next - pairs->first < pairs->size && pairs->bytes < pairs->max_bytes)
            return;
        pairs->pushed_out += !is_old;
        let_go(pairs);
    }
}

static Seen *remember(Pairs *pairs, SipMessage *message)
{
    make_room(pairs, message);

    Seen *seen = seen_at(pairs, pairs->next);

    *seen = (Seen){ .message = sip_message_ref(message) };
    pairs->bytes += sip_message_size(message);
    /* In one capture hardly any message is seen twice: one mark finds it. */
    read_tag(seen);
    if (has_several_places(pairs))
        read_marks(seen);
    return seen;
}

static void enchain(Pairs *pairs, Seen *seen)
{
    for (unsigned i = 0; i < MARKS; i++) {
        if (seen->marks[i] == 0 || (i != MARK_FROM_TAG && !has_several_places(pairs)))
            continue;

        uint64_t *chain = chain_of(pairs, seen->marks[i]);

        seen->older[i] = *chain;
        *chain = pairs->next * MARKS + i;
    }
    pairs->next++;
}

/* Both sides of one message, and which way it went. */
typedef struct Sides {
    const SipMessage *inside;
    const SipMessage *outside;
    bool outward;
} Sides;

/* The end whose address was translated is the phone's. Where both ends are
 * others somebody passed it on, and only a REGISTER tells for whom. */
static bool tell_way(const SipMessage *a, const SipMessage *b, bool *outward)
{
    bool same_src = net_addr_equal(&a->meta.flow.src.addr, &b->meta.flow.src.addr);
    bool same_dst = net_addr_equal(&a->meta.flow.dst.addr, &b->meta.flow.dst.addr);

    if (a->method == SIP_METHOD_REGISTER)
        *outward = a->is_request;
    else if (same_src != same_dst)
        *outward = same_dst;
    else if (same_src && a->meta.ttl != b->meta.ttl)
        *outward = a->meta.ttl > b->meta.ttl;
    else
        return false;
    return true;
}

/* 'first' was seen before 'second', unless places say which is which. */
static bool tell_sides(const SipMessage *first, const SipMessage *second, Sides *sides)
{
    uint32_t place = first->meta.ref.place, other = second->meta.ref.place;

    if (place != CAPTURE_PLACE_UNSAID && other != CAPTURE_PLACE_UNSAID) {
        sides->inside = place < other ? first : second;
        sides->outside = place < other ? second : first;
        return tell_way(sides->inside, sides->outside, &sides->outward);
    }
    if (!tell_way(first, second, &sides->outward))
        return false;
    sides->inside = sides->outward ? first : second;
    sides->outside = sides->outward ? second : first;
    return true;
}

/* 100 is everybody's own (RFC 3261 section 16.2). */
static bool is_worth_comparing(const SipMessage *a, const SipMessage *b)
{
    return a->is_request
           || (a->status > 100 && ABS(a->meta.time - b->meta.time) < SAME_ANSWER
               && str_equal(sip_message_first(a, SIP_HEADER_DATE),
                            sip_message_first(b, SIP_HEADER_DATE)));
}

static void compare(Pairs *pairs, const SipMessage *first, const SipMessage *second)
{
    Sides sides;

    if (is_worth_comparing(first, second) && tell_sides(first, second, &sides))
        rewrite_table_add(pairs->rewrites, sides.inside, sides.outside, sides.outward);
}

void pairs_message(Pairs *pairs, SipMessage *message)
{
    if (pairs->size == 0)
        open_ring(pairs);

    Seen *seen = remember(pairs, message);
    uint64_t twin = find_twin(pairs, seen);

    if (twin != 0) {
        Seen *other = seen_at(pairs, twin);

        seen->before = twin;
        seen->paired = 1u << other->message->meta.ref.place;
        other->paired |= 1u << message->meta.ref.place;
        other->passed_on = true;
        compare(pairs, other->message, message);
    }
    enchain(pairs, seen);
}

SipTxn *pairs_join(Pairs *pairs, const SipMessage *message, SipTxn *txn)
{
    if (pairs->next == pairs->first)
        return NULL;

    Seen *newest = seen_at(pairs, pairs->next - 1);

    if (newest->message != message || newest->txn != NULL)
        return NULL;
    newest->txn = sip_txn_ref(txn);
    return newest->before >= pairs->first ? seen_at(pairs, newest->before)->txn : NULL;
}

RegRewrites *pairs_rewrites(const Pairs *pairs, const NetEndpoint *phone, uint32_t inside_place,
                            uint32_t outside_place)
{
    return rewrite_table_find(pairs->rewrites, phone, inside_place, outside_place);
}

unsigned pairs_tables(const Pairs *pairs, CacheStats *tables, unsigned max)
{
    CacheStats own[] = { { .name = "reg.pairs",
                           .items = (size_t)(pairs->next - pairs->first),
                           .bytes = pairs->bytes,
                           .max_items = pairs->size,
                           .max_bytes = pairs->max_bytes,
                           .dropped_full = pairs->pushed_out },
                         rewrite_table_stats(pairs->rewrites) };
    unsigned n = MIN(max, (unsigned)G_N_ELEMENTS(own));

    memcpy(tables, own, n * sizeof(*own));
    return n;
}
