/*
 * The same REGISTER in two captures whose clocks are strangers to each other.
 *
 * It is recognised by what no box on the way has a reason to touch. Copies of a
 * message tell something only where both places have the same number of them, in the
 * same rhythm: otherwise nobody knows which is which.
 */

#include "reg/alignment.h"

#include "base/hash.h"
#include "sip/value.h"

/* Beyond that only every second message is kept, then every fourth, and so on; the
 * same ones at every place. */
#define MAX_SIGHTS 1048576

typedef struct Sight {
    uint64_t key;
    Nsec time;
    uint32_t sample; /* decides who stays */
    uint16_t ip_id;
    uint8_t ttl;
    uint8_t place;
    bool outward;
} Sight;

struct RegAlignment {
    GArray *sights; /* of Sight */
    uint32_t mask;  /* of 'sample': bits that have to be 0 */
};

RegAlignment *reg_alignment_new(void)
{
    RegAlignment *alignment = g_new0(RegAlignment, 1);

    alignment->sights = g_array_new(false, false, sizeof(Sight));
    return alignment;
}

void reg_alignment_free(RegAlignment *alignment)
{
    g_array_unref(alignment->sights);
    g_free(alignment);
}

/* The marks of a message in one row. */
typedef struct Marks {
    uint64_t key;
    uint32_t sample; /* FNV-1a: the choice must be the same in every run */
} Marks;

static void add_mark(Marks *marks, Str text)
{
    marks->key = hash_mix(marks->key, hash_str(text));
    for (size_t i = 0; i < text.len; i++)
        marks->sample = (marks->sample ^ (uint8_t)text.data[i]) * 16777619u;
}

static Marks marks_of(const SipMessage *message)
{
    Marks marks = { .key = (uint64_t)message->status << 32 | message->cseq, .sample = 2166136261u };
    Str call_id, host;

    str_split(message->call_id, '@', &call_id, &host);
    add_mark(&marks, call_id);
    add_mark(&marks, message->from_tag);
    if (message->is_request) {
        add_mark(&marks,
                 sip_auth_parse(sip_message_first(message, SIP_HEADER_AUTHORIZATION)).response);
    } else {
        add_mark(&marks, message->to_tag);
        add_mark(&marks,
                 sip_auth_parse(sip_message_first(message, SIP_HEADER_WWW_AUTHENTICATE)).nonce);
    }
    marks.sample = (marks.sample ^ message->cseq) * 16777619u;
    marks.sample ^= marks.sample >> 15;
    return marks;
}

static void thin(RegAlignment *alignment)
{
    unsigned n = 0;

    alignment->mask = alignment->mask << 1 | 1;
    for (unsigned i = 0; i < alignment->sights->len; i++) {
        Sight sight = g_array_index(alignment->sights, Sight, i);

        if ((sight.sample & alignment->mask) == 0)
            g_array_index(alignment->sights, Sight, n++) = sight;
    }
    g_array_set_size(alignment->sights, n);
}

void reg_alignment_message(RegAlignment *alignment, const SipMessage *message)
{
    if (message->method != SIP_METHOD_REGISTER || message->from_tag.len == 0
        || message->call_id.len == 0 || (!message->is_request && message->status < 200))
        return;

    Marks marks = marks_of(message);
    Sight sight = { .key = marks.key,
                    .time = message->meta.time,
                    .sample = marks.sample,
                    .ip_id = message->meta.ip_id,
                    .ttl = message->meta.ttl,
                    .place = (uint8_t)message->meta.ref.place,
                    .outward = message->is_request };

    if ((sight.sample & alignment->mask) != 0)
        return;
    if (alignment->sights->len == MAX_SIGHTS && alignment->mask != UINT32_MAX)
        thin(alignment);
    if (alignment->sights->len < MAX_SIGHTS && (sight.sample & alignment->mask) == 0)
        g_array_append_val(alignment->sights, sight);
}

static int compare_sights(const void *a, const void *b)
{
    const Sight *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return x->time < y->time ? -1 : x->time > y->time;
}

/* Those of one message: some of one place, then some of another. */
typedef struct Copies {
    const Sight *first;
    unsigned n;
} Copies;

static Copies copies_at(const GArray *sights, unsigned from, unsigned until, CapturePlace place)
{
    Copies copies = { .first = NULL };

    for (unsigned i = from; i < until; i++) {
        const Sight *sight = &g_array_index(sights, Sight, i);

        if (sight->place != place)
            continue;
        if (copies.n++ == 0)
            copies.first = sight;
    }
    return copies;
}

/* A path does not change by more from one copy to the next. */
#define STEADY (100 * NSEC_MSEC)

/* Whether the copies came in the same rhythm at both places. */
static bool are_alike(Copies here, Copies there)
{
    if (here.n != there.n || here.n == 0)
        return false;
    for (unsigned i = 1; i < here.n; i++) {
        Nsec one, other, change;

        if (__builtin_sub_overflow(here.first[i].time, here.first[0].time, &one)
            || __builtin_sub_overflow(there.first[i].time, there.first[0].time, &other)
            || __builtin_sub_overflow(one, other, &change) || ABS(change) > STEADY)
            return false;
    }
    return true;
}

static void add_points(Copies here, Copies there, void *user)
{
    GArray *points = user;

    if (!are_alike(here, there))
        return;
    for (unsigned i = 0; i < here.n; i++) {
        CaptureClockPoint point = { here.first[i].time, there.first[i].time,
                                    here.first[i].outward };

        g_array_append_val(points, point);
    }
}

/* Calls 'visit' with the copies of each message that was seen at both places. */
static void each_message(RegAlignment *alignment, CapturePlace here, CapturePlace there,
                         void (*visit)(Copies here, Copies there, void *user), void *user)
{
    GArray *sights = alignment->sights;

    g_array_sort(sights, compare_sights);
    for (unsigned from = 0, until; from < sights->len; from = until) {
        uint64_t key = g_array_index(sights, Sight, from).key;

        for (until = from + 1; until < sights->len; until++) {
            if (g_array_index(sights, Sight, until).key != key)
                break;
        }

        Copies one = copies_at(sights, from, until, here);
        Copies other = copies_at(sights, from, until, there);

        if (one.n > 0 && other.n > 0)
            visit(one, other, user);
    }
}

CaptureClock *reg_alignment_fit(RegAlignment *alignment, CapturePlace here, CapturePlace there)
{
    g_autoptr(GArray) points = g_array_new(false, false, sizeof(CaptureClockPoint));

    each_message(alignment, here, there, add_points, points);
    return capture_clock_fit(points);
}

/* Routers count the TTL down; whoever sends anew takes an IP ID of his own. */
static void weigh_way(Copies here, Copies there, void *user)
{
    int *votes = user;
    const Sight *one = here.first, *other = there.first;

    if (here.n != 1 || there.n != 1 || !one->outward || one->ip_id == 0
        || one->ip_id != other->ip_id)
        return;
    *votes += (one->ttl < other->ttl) - (one->ttl > other->ttl);
}

bool reg_alignment_is_reversed(RegAlignment *alignment, CapturePlace here, CapturePlace there)
{
    int votes = 0;

    each_message(alignment, here, there, weigh_way, &votes);
    return votes > 0;
}

void reg_alignment_mend(RegAlignment *alignment, CapturePlace place, const CaptureClock *clock)
{
    for (unsigned i = 0; i < alignment->sights->len; i++) {
        Sight *sight = &g_array_index(alignment->sights, Sight, i);

        if (sight->place == place)
            sight->time = capture_clock_mend(clock, sight->time);
    }
}
