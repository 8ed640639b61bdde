#pragma once

/*
 * Who takes part in a scenario, and how each one looks from where the capture
 * was taken.
 *
 *     phone --- NAT --- seven routers --- server
 *
 * A phone with a private address sits behind the NAT when it talks to a public
 * one. Seven routers are a usual distance, and 64 the TTL that most systems
 * begin with.
 */

#include "capture/set.h"
#include "net/addr.h"
#include "script.h"

typedef enum HostRole {
    HOST_PHONE,
    HOST_NAT,
    HOST_SERVER,
} HostRole;

/* The newest challenge that a phone got. */
typedef struct HostChallenge {
    char *realm;
    char *nonce; /* NULL: none yet */
    char *algorithm;
    char *qop; /* NULL: none offered */
    char *opaque;
    bool proxy;    /* from a 407 */
    unsigned uses; /* how often credentials were computed for it */
} HostChallenge;

typedef struct Host {
    char *name;
    HostRole role;
    unsigned number; /* from 1, within its role */
    NetEndpoint own;
    struct Host *nat;     /* NULL: it needs none */
    uint16_t public_port; /* behind the NAT */
    uint8_t ttl;          /* that it sends with */
    uint8_t hops;         /* routers up to the capture, when 'hops_said' */
    bool hops_said;
    bool tcp;
    bool captured; /* whether the capture holds what it sends */
    bool rport;    /* asks for symmetric answers (RFC 3581) */
    uint16_t ip_id;
    char *user;
    char *domain;
    char *realm;
    char *password;
    char *auth_user; /* NULL: the user */
    char *agent;
    char *instance; /* of +sip.instance, or NULL */
    uint64_t expires;

    unsigned boots; /* a new Call-ID each */
    unsigned cseq;
    unsigned counter; /* of branches, nonces and the like */
    HostChallenge challenge;
    HostChallenge other; /* the newest of the other kind: of a proxy, or of the registrar */
} Host;

typedef struct Cast {
    GPtrArray *hosts; /* of Host */
    CapturePlace place;
    bool router; /* captured on the NAT: on both of its sides */
} Cast;

void cast_init(Cast *cast);
void cast_clear(Cast *cast);
Host *cast_find(const Cast *cast, const char *name); /* NULL: nobody */

/* "phone NAME ADDRESS:PORT key=value ...": a new one, or news of a known one. */
bool cast_declare(Cast *cast, HostRole role, ScriptLine *line, GError **error);

/* A phone that starts again: new Call-ID, new tags, nothing remembered. */
void host_reboot(Host *host);

/* Takes what 'challenge' owns and leaves it empty. */
void host_take_challenge(Host *host, HostChallenge *challenge);
void host_challenge_clear(HostChallenge *challenge);

/* Its address and port as 'peer' sees it, and as the capture does. */
NetEndpoint cast_public(const Host *host, const Host *peer);
NetEndpoint cast_seen(const Cast *cast, const Host *host, const Host *peer);
uint8_t cast_ttl(const Cast *cast, const Host *host);
void cast_mac(const Cast *cast, const Host *host, uint8_t mac[6]);

/* "192.168.1.10" or "[2001:db8::1]", with port or without; false: neither. */
bool host_parse_endpoint(const char *text, NetEndpoint *endpoint);
char *host_addr_text(const NetAddr *addr);          /* without brackets */
char *host_endpoint_text(const NetEndpoint *where); /* as in a URI */

/* A word that is the same in every run and different for every 'what',
 * number and host: 'len' hexadecimal digits, at most 32. */
char *host_token(const Host *host, const char *what, unsigned number, unsigned len);
