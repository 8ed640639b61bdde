/*
 * The hosts of a scenario. Addresses are read and written with the C library,
 * not with the code that the tests try.
 */

#include "cast.h"

#include <arpa/inet.h>
#include <string.h>

static const char *const keywords[] = { "phone", "nat", "server" };

/* The registrations of RFC 2606's example users, in order of appearance. */
static const char *const users[] = { "alice", "bob", "carol", "dave", "erin", "frank" };

void host_challenge_clear(HostChallenge *challenge)
{
    g_free(challenge->realm);
    g_free(challenge->nonce);
    g_free(challenge->algorithm);
    g_free(challenge->qop);
    g_free(challenge->opaque);
    *challenge = (HostChallenge){ 0 };
}

static void host_free(void *item)
{
    Host *host = item;

    host_challenge_clear(&host->challenge);
    host_challenge_clear(&host->other);
    g_free(host->name);
    g_free(host->user);
    g_free(host->domain);
    g_free(host->realm);
    g_free(host->password);
    g_free(host->auth_user);
    g_free(host->agent);
    g_free(host->instance);
    g_free(host);
}

bool host_parse_endpoint(const char *text, NetEndpoint *endpoint)
{
    NetEndpoint read = { .addr.version = 6, .port = endpoint->port };
    const char *colon = strrchr(text, ':');
    g_autofree char *host = NULL;

    if (inet_pton(AF_INET6, text, read.addr.bytes) == 1) {
        *endpoint = read;
        return true;
    }

    uint64_t port = endpoint->port;
    const char *end = text + strlen(text);

    if (colon != NULL && (*text != '[' || colon[-1] == ']')) {
        if (!g_ascii_string_to_unsigned(colon + 1, 10, 1, UINT16_MAX, &port, NULL))
            return false;
        end = colon;
    }
    read.port = (uint16_t)port;
    if (*text == '[' && end[-1] == ']') {
        host = g_strndup(text + 1, (size_t)(end - text) - 2);
        if (inet_pton(AF_INET6, host, read.addr.bytes) != 1)
            return false;
    } else {
        host = g_strndup(text, (size_t)(end - text));
        read.addr = (NetAddr){ .version = 4 };
        if (inet_pton(AF_INET, host, read.addr.bytes) != 1)
            return false;
    }
    *endpoint = read;
    return true;
}

char *host_addr_text(const NetAddr *addr)
{
    char text[INET6_ADDRSTRLEN] = "";

    inet_ntop(addr->version == 6 ? AF_INET6 : AF_INET, addr->bytes, text, sizeof(text));
    return g_strdup(text);
}

char *host_endpoint_text(const NetEndpoint *where)
{
    g_autofree char *addr = host_addr_text(&where->addr);

    return g_strdup_printf(where->addr.version == 6 ? "[%s]:%u" : "%s:%u", addr, where->port);
}

char *host_token(const Host *host, const char *what, unsigned number, unsigned len)
{
    g_autofree char *seed = g_strdup_printf("%s %s %u", host->name, what, number);
    g_autofree char *digits = g_compute_checksum_for_string(G_CHECKSUM_MD5, seed, -1);

    return g_strndup(digits, len);
}

static unsigned count_role(const Cast *cast, HostRole role)
{
    unsigned n = 0;

    for (unsigned i = 0; i < cast->hosts->len; i++)
        n += ((Host *)g_ptr_array_index(cast->hosts, i))->role == role;
    return n;
}

static Host *add_host(Cast *cast, HostRole role, const char *name)
{
    static const char *const addresses[] = { "192.168.1.%u", "203.0.113.%u", "198.51.100.%u" };
    static const unsigned first[] = { 10, 2, 10 };
    Host *host = g_new0(Host, 1);
    unsigned number = count_role(cast, role);
    g_autofree char *last = g_strdup_printf("%u", first[role] + number);
    GString *addr = g_string_new(addresses[role]);

    g_string_replace(addr, "%u", last, 1);
    host->own.port = 5060;
    host_parse_endpoint(addr->str, &host->own);
    g_string_free(addr, TRUE);
    host->name = g_strdup(name);
    host->role = role;
    host->number = number + 1;
    host->public_port = (uint16_t)(40001 + number);
    host->ttl = 64;
    host->captured = host->rport = true;
    host->user =
        number < G_N_ELEMENTS(users) ? g_strdup(users[number]) : g_strdup_printf("user%u", number);
    host->domain = g_strdup("example.com");
    host->realm = g_strdup("example.com");
    host->password = g_strdup("secret");
    host->agent = g_strdup(role == HOST_PHONE ? "Example Phone 1.0" : "Example Registrar 2.0");
    host->expires = 3600;
    host->ip_id = (uint16_t)(0x1000 * (role * 4 + number + 1));
    host->boots = 1;
    host->nat = role == HOST_PHONE ? cast_find(cast, "nat") : NULL;
    g_ptr_array_add(cast->hosts, host);
    return host;
}

void cast_init(Cast *cast)
{
    *cast =
        (Cast){ .hosts = g_ptr_array_new_with_free_func(host_free), .place = CAPTURE_PLACE_CLIENT };
    add_host(cast, HOST_NAT, "nat");
    add_host(cast, HOST_PHONE, "phone");
    add_host(cast, HOST_SERVER, "server");
}

void cast_clear(Cast *cast)
{
    g_clear_pointer(&cast->hosts, g_ptr_array_unref);
}

Host *cast_find(const Cast *cast, const char *name)
{
    for (unsigned i = 0; name != NULL && i < cast->hosts->len; i++) {
        Host *host = g_ptr_array_index(cast->hosts, i);

        if (g_str_equal(host->name, name))
            return host;
    }
    return NULL;
}

void host_reboot(Host *host)
{
    host->boots++;
    host->cseq = 0;
    host_challenge_clear(&host->challenge);
    host_challenge_clear(&host->other);
}

void host_take_challenge(Host *host, HostChallenge *challenge)
{
    HostChallenge *known = &host->challenge;

    /* A nonce that is offered once more goes on counting. */
    if (g_strcmp0(known->nonce, challenge->nonce) == 0)
        challenge->uses = known->uses;
    if (known->nonce != NULL && known->proxy != challenge->proxy) {
        host_challenge_clear(&host->other);
        host->other = *known;
        *known = (HostChallenge){ 0 };
    }
    host_challenge_clear(known);
    *known = *challenge;
    *challenge = (HostChallenge){ 0 };
}

static void read_text(ScriptLine *line, const char *key, char **value)
{
    const char *said = script_option(line, key);

    if (said == NULL)
        return;
    g_free(*value);
    *value = g_strdup(said);
}

static bool read_choice(ScriptLine *line, const char *key, const char *yes, const char *no,
                        bool *value, GError **error)
{
    const char *said = script_option(line, key);

    if (said == NULL)
        return true;
    if (!g_str_equal(said, yes) && !g_str_equal(said, no))
        return script_fail(line, error, "'%s' is %s or %s, not '%s'", key, yes, no, said);
    *value = g_str_equal(said, yes);
    return true;
}

static bool read_numbers(Host *host, ScriptLine *line, GError **error)
{
    uint64_t port = host->own.port;
    uint64_t public_port = host->public_port;
    uint64_t ttl = host->ttl;
    uint64_t hops = host->hops;

    if (!script_number(line, "port", UINT16_MAX, &port, error)
        || !script_number(line, "public-port", UINT16_MAX, &public_port, error)
        || !script_number(line, "ttl", UINT8_MAX, &ttl, error)
        || !script_number(line, "hops", UINT8_MAX, &hops, error)
        || !script_number(line, "expires", UINT32_MAX, &host->expires, error))
        return false;
    host->own.port = (uint16_t)port;
    host->public_port = (uint16_t)public_port;
    host->ttl = (uint8_t)ttl;
    host->hops = (uint8_t)hops;
    host->hops_said |= script_option(line, "hops") != NULL;
    return true;
}

static bool read_nat(const Cast *cast, Host *host, ScriptLine *line, GError **error)
{
    const char *nat = script_option(line, "nat");

    if (nat == NULL)
        return true;
    host->nat = cast_find(cast, nat);
    if (host->nat == NULL && !g_str_equal(nat, "none"))
        return script_fail(line, error, "there is no NAT '%s'", nat);
    return true;
}

bool cast_declare(Cast *cast, HostRole role, ScriptLine *line, GError **error)
{
    NetEndpoint where = { .port = 5060 };
    const char *name = script_take(line);
    const char *address = name;

    if (name == NULL || host_parse_endpoint(name, &where))
        name = keywords[role];
    else
        address = script_take(line);

    Host *host = cast_find(cast, name);

    if (host != NULL && host->role != role)
        return script_fail(line, error, "'%s' is a %s", name, keywords[host->role]);
    if (!g_ascii_isalpha(*name))
        return script_fail(line, error, "'%s' is neither a name nor an address", name);
    if (host == NULL)
        host = add_host(cast, role, name);
    if (address != NULL && !host_parse_endpoint(address, &where))
        return script_fail(line, error, "'%s' is no address", address);
    if (address != NULL)
        host->own = where;

    read_text(line, "user", &host->user);
    read_text(line, "domain", &host->domain);
    read_text(line, "realm", &host->realm);
    read_text(line, "password", &host->password);
    read_text(line, "auth-user", &host->auth_user);
    read_text(line, "agent", &host->agent);
    read_text(line, "instance", &host->instance);
    return read_numbers(host, line, error) && read_nat(cast, host, line, error)
           && read_choice(line, "transport", "tcp", "udp", &host->tcp, error)
           && read_choice(line, "captured", "yes", "no", &host->captured, error)
           && read_choice(line, "rport", "yes", "no", &host->rport, error);
}

/* RFC 1918; IPv6 knows no NAT here. */
static bool is_private(const NetAddr *addr)
{
    const uint8_t *b = addr->bytes;

    return addr->version == 4
           && (b[0] == 10 || (b[0] == 172 && b[1] >> 4 == 1) || (b[0] == 192 && b[1] == 168));
}

static bool is_translated(const Host *host, const Host *peer)
{
    return host->role == HOST_PHONE && host->nat != NULL && is_private(&host->own.addr)
           && !is_private(&peer->own.addr);
}

NetEndpoint cast_public(const Host *host, const Host *peer)
{
    if (!is_translated(host, peer))
        return host->own;
    return (NetEndpoint){ .addr = host->nat->own.addr, .port = host->public_port };
}

NetEndpoint cast_seen(const Cast *cast, const Host *host, const Host *peer)
{
    return cast->place == CAPTURE_PLACE_CLIENT ? host->own : cast_public(host, peer);
}

static uint8_t hops_of(const Cast *cast, const Host *host)
{
    /* By role, as the picture in cast.h counts them. */
    static const uint8_t from_client[] = { 0, 0, 7 };
    static const uint8_t from_middle[] = { 1, 0, 6 };
    static const uint8_t from_server[] = { 7, 6, 0 };

    if (host->hops_said)
        return host->hops;
    if (cast->place == CAPTURE_PLACE_CLIENT)
        return from_client[host->role];
    return cast->place == CAPTURE_PLACE_MIDDLE ? from_middle[host->role] : from_server[host->role];
}

uint8_t cast_ttl(const Cast *cast, const Host *host)
{
    return (uint8_t)(host->ttl - hops_of(cast, host));
}

/* Locally administered addresses; whoever is not on the capture's own segment
 * shows that of the router. */
void cast_mac(const Cast *cast, const Host *host, uint8_t mac[6])
{
    bool near = hops_of(cast, host) == 0;

    memset(mac, 0, 6);
    mac[0] = 0x02;
    mac[4] = near ? (uint8_t)(host->role + 1) : 0;
    mac[5] = near ? (uint8_t)host->number : 1;
}
