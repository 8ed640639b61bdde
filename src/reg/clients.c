/*
 * Hosts by address, in a table that forgets who was quiet for longest.
 */

#include "clients.h"

#include "links.h"
#include "lookups.h"

#define MAX_CLIENTS 16384
#define MAX_BYTES (16 * 1024 * 1024)

struct Clients {
    Cache *clients;
};

static uint64_t addr_hash(const void *key)
{
    return net_addr_hash(key);
}

static bool addr_equal(const void *a, const void *b)
{
    return net_addr_equal(a, b);
}

static void drop_client(void *item, CacheDrop why, void *user)
{
    Client *client = item;

    for (unsigned i = 0; i < client->n_lookups; i++)
        lookup_free(client->lookups[i]);
    for (unsigned i = 0; i < client->n_links; i++)
        link_free(client->links[i]);
    g_free(client);
}

Clients *clients_new(void)
{
    Clients *clients = g_new0(Clients, 1);

    clients->clients = cache_new(&(CacheConfig){
        .name = "reg.clients",
        .max_items = MAX_CLIENTS,
        .max_bytes = MAX_BYTES,
        .hash = addr_hash,
        .equal = addr_equal,
        .drop = drop_client,
    });
    return clients;
}

void clients_limit(Clients *clients, size_t max_bytes)
{
    cache_limit(clients->clients, max_bytes > 0 ? max_bytes : MAX_BYTES);
}

void clients_free(Clients *clients)
{
    if (clients == NULL)
        return;
    cache_free(clients->clients);
    g_free(clients);
}

Client *clients_find(Clients *clients, const NetAddr *addr, Nsec now)
{
    return cache_get(clients->clients, addr, now);
}

Client *clients_take(Clients *clients, const NetAddr *addr, Nsec now)
{
    Client *client = cache_get(clients->clients, addr, now);

    if (client == NULL) {
        client = g_new0(Client, 1);
        client->addr = *addr;
        cache_add(clients->clients, client, &client->addr, sizeof(Client), now);
    }
    return client;
}

void clients_grow(Clients *clients, Client *client, size_t bytes)
{
    cache_grow(clients->clients, client, client->item.bytes + bytes);
}

void clients_go_on(Clients *clients, const NetAddr *addr, Nsec now)
{
    Client *client = cache_get(clients->clients, addr, now);

    for (unsigned i = 0; client != NULL && i < client->n_lookups; i++)
        lookup_go_on(client->lookups[i], now);
    for (unsigned i = 0; client != NULL && i < client->n_links; i++)
        link_go_on(client->links[i], now);
}

typedef struct Visit {
    void (*visit)(Client *client, void *user);
    void *user;
} Visit;

static void visit_client(void *item, void *user)
{
    const Visit *visit = user;

    visit->visit(item, visit->user);
}

void clients_each(const Clients *clients, void (*visit)(Client *client, void *user), void *user)
{
    cache_each(clients->clients, visit_client, &(Visit){ visit, user });
}

CacheStats clients_stats(const Clients *clients)
{
    return cache_stats(clients->clients);
}
