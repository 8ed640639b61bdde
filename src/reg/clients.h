#pragma once

/*
 * What the hosts that look for a registrar went through below SIP, each by its
 * address: names that they asked for and servers that they connected to.
 *
 * A host gets a record only when something shows that it wants to do SIP. What
 * leads to a request is forgotten again; what stays is why there was none.
 */

#include "base/cache.h"
#include "reg/below.h"

#define CLIENT_LOOKUPS 8
#define CLIENT_LINKS 8

/* A phone that is going to send its REGISTER after all, to another server or by
 * another transport, has done so by then. */
#define CLIENT_PATIENCE (60 * NSEC_SEC)

typedef struct Lookup Lookup;
typedef struct Link Link;

typedef struct Client {
    CacheItem item;
    NetAddr addr;
    Lookup *lookups[CLIENT_LOOKUPS];
    unsigned n_lookups;
    Link *links[CLIENT_LINKS];
    unsigned n_links;
} Client;

typedef struct Clients Clients;

Clients *clients_new(void);
void clients_limit(Clients *clients, size_t max_bytes); /* 0: the usual */
void clients_free(Clients *clients);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Clients, clients_free)

Client *clients_find(Clients *clients, const NetAddr *addr, Nsec now); /* NULL: not known */
Client *clients_take(Clients *clients, const NetAddr *addr, Nsec now); /* made when not known */

/* The record has grown by so many bytes. */
void clients_grow(Clients *clients, Client *client, size_t bytes);

/* A request came from there, or something that may hold one: it found a server. */
void clients_go_on(Clients *clients, const NetAddr *addr, Nsec now);

void clients_each(const Clients *clients, void (*visit)(Client *client, void *user), void *user);
CacheStats clients_stats(const Clients *clients);
