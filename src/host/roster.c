/*
 * A bounded table of rows with counted references. The lock is held while
 * pointers are copied, never while text is made of them.
 */

#include "roster.h"

#include <pthread.h>
#include <string.h>

#include "base/cache.h"
#include "base/hash.h"
#include "base/str.h"
#include "host/metrics.h"

/* Of a text from the wire. */
#define TEXT_BYTES 256

typedef struct Entry {
    CacheItem item;
    uint64_t device;
    RosterRow *row;
} Entry;

struct Roster {
    pthread_mutex_t lock;
    Cache *entries;
};

static void clear_row(void *memory)
{
    RosterRow *row = memory;

    g_free(row->aor);
    g_free(row->address);
    g_free(row->public_address);
    g_free(row->server);
    g_free(row->user_agent);
    g_free(row->contact);
    g_free(row->summary);
}

static void release_row(void *row)
{
    g_atomic_rc_box_release_full(row, clear_row);
}

static void drop_entry(void *item, CacheDrop why, void *user)
{
    Entry *entry = item;

    release_row(entry->row);
    g_free(entry);
}

static uint64_t hash_device(const void *key)
{
    return hash_bytes(key, sizeof(uint64_t));
}

static bool same_device(const void *a, const void *b)
{
    return *(const uint64_t *)a == *(const uint64_t *)b;
}

Roster *roster_new(size_t max_devices)
{
    Roster *roster = g_new0(Roster, 1);
    const CacheConfig config = {
        .name = "host.roster",
        .max_items = max_devices,
        .max_bytes = max_devices * HOST_METRICS_ROW_BYTES,
        .hash = hash_device,
        .equal = same_device,
        .drop = drop_entry,
    };

    pthread_mutex_init(&roster->lock, NULL);
    roster->entries = cache_new(&config);
    return roster;
}

void roster_free(Roster *roster)
{
    cache_free(roster->entries);
    pthread_mutex_destroy(&roster->lock);
    g_free(roster);
}

static char *copy(const char *text)
{
    return str_dup(str_first(str_of(text), TEXT_BYTES));
}

/* The newest of a list. */
static char *copy_endpoint(const NetEndpoint *endpoints, unsigned n)
{
    char text[NET_ENDPOINT_TEXT];

    return n > 0 ? g_strdup(net_endpoint_to_text(&endpoints[n - 1], text)) : NULL;
}

static RosterRow *make_row(const ReportChange *change)
{
    const RegDevice *device = change->device;
    const Finding *finding = change->finding;
    RosterRow *row = g_atomic_rc_box_new0(RosterRow);

    row->device = device->id;
    row->condition = change->to.condition;
    row->state = reg_state_name(change->to.state);
    row->because = change->to.because;
    row->since = change->to.since;
    row->until = change->to.until;
    row->aor = copy(device->aor);
    row->address = copy_endpoint(device->addresses, device->n_addresses);
    row->public_address = copy_endpoint(device->public_addresses, device->n_public_addresses);
    row->server = copy_endpoint(&device->server, device->server.port != 0);
    row->user_agent = copy(device->user_agent);
    row->contact = copy(device->contact);
    row->finding = finding != NULL ? finding->rule->id : NULL;
    row->summary = finding != NULL ? copy(finding->summary) : NULL;
    return row;
}

/* With what malloc() adds to each block. */
static size_t size_of(const RosterRow *row)
{
    const char *const texts[] = { row->aor,        row->address, row->public_address, row->server,
                                  row->user_agent, row->contact, row->summary };
    size_t size = sizeof(Entry) + sizeof(RosterRow) + 32;

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        size += texts[i] != NULL ? strlen(texts[i]) + 16 : 0;
    return size;
}

static Entry *make_entry(RosterRow *row)
{
    Entry *entry = g_new0(Entry, 1);

    entry->device = row->device;
    entry->row = row;
    return entry;
}

void roster_change(Roster *roster, const ReportChange *change)
{
    RosterRow *row = make_row(change);
    RosterRow *before = NULL;

    pthread_mutex_lock(&roster->lock);

    Entry *entry = cache_get(roster->entries, &row->device, change->time);

    if (entry != NULL) {
        before = entry->row;
        entry->row = row;
        cache_grow(roster->entries, entry, size_of(row));
    } else {
        entry = make_entry(row);
        cache_add(roster->entries, entry, &entry->device, size_of(row), change->time);
    }
    pthread_mutex_unlock(&roster->lock);
    if (before != NULL)
        release_row(before);
}

void roster_forget(Roster *roster, uint64_t device)
{
    pthread_mutex_lock(&roster->lock);

    Entry *entry = cache_peek(roster->entries, &device);

    if (entry != NULL)
        cache_remove(roster->entries, entry);
    pthread_mutex_unlock(&roster->lock);
}

static void add_row(void *item, void *user)
{
    g_ptr_array_add(user, g_atomic_rc_box_acquire(((Entry *)item)->row));
}

GPtrArray *roster_rows(Roster *roster)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(release_row);

    pthread_mutex_lock(&roster->lock);
    cache_each(roster->entries, add_row, rows);
    pthread_mutex_unlock(&roster->lock);
    return rows;
}
