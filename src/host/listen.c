/*
 * The address that --listen names, and a socket on it. Without a host it is
 * this machine alone: the numbers are nobody's secret, the devices may be.
 */

#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "host/error.h"

#define WAITING 16 /* connections that nobody has taken yet */

static bool set_ipv4(const char *host, uint16_t port, ListenAddress *to)
{
    struct sockaddr_in *address = (struct sockaddr_in *)&to->address;

    address->sin_family = AF_INET;
    address->sin_port = htons(port);
    to->len = sizeof *address;
    if (inet_pton(AF_INET, host, &address->sin_addr) != 1)
        return false;
    to->local = ntohl(address->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    return true;
}

static bool set_ipv6(const char *host, uint16_t port, ListenAddress *to)
{
    struct sockaddr_in6 *address = (struct sockaddr_in6 *)&to->address;

    address->sin6_family = AF_INET6;
    address->sin6_port = htons(port);
    to->len = sizeof *address;
    if (inet_pton(AF_INET6, host, &address->sin6_addr) != 1)
        return false;
    to->local = IN6_IS_ADDR_LOOPBACK(&address->sin6_addr);
    return true;
}

/* "[::1]" without its brackets, "" and "localhost" as an address. */
static bool set_host(const char *host, uint16_t port, ListenAddress *to)
{
    size_t len = strlen(host);

    if (len == 0 || g_ascii_strcasecmp(host, "localhost") == 0)
        return set_ipv4("127.0.0.1", port, to);
    if (host[0] != '[')
        return set_ipv4(host, port, to);
    if (host[len - 1] != ']')
        return false;

    g_autofree char *inside = g_strndup(host + 1, len - 2);

    return set_ipv6(inside, port, to);
}

bool listen_parse(const char *text, ListenAddress *address, GError **error)
{
    const char *colon = strrchr(text, ':');
    const char *digits = colon != NULL ? colon + 1 : text;
    g_autofree char *host = g_strndup(text, colon != NULL ? (size_t)(colon - text) : 0);
    uint64_t port = 0;

    *address = (ListenAddress){ 0 };
    if (str_to_uint(str_of(digits), UINT16_MAX, &port) && set_host(host, (uint16_t)port, address))
        return true;
    g_set_error(error, HOST_ERROR, HOST_ERROR_FORMAT,
                "cannot listen on \"%s\": give a port, or an address and a port as in "
                "192.0.2.1:9124 or [::1]:9124",
                text);
    return false;
}

static bool prepare(int fd, const ListenAddress *address)
{
    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == 0
           && bind(fd, (const struct sockaddr *)&address->address, address->len) == 0
           && listen(fd, WAITING) == 0;
}

int listen_open(const char *text, ListenAddress *address, GError **error)
{
    if (!listen_parse(text, address, error))
        return -1;

    int fd = socket(address->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && prepare(fd, address))
        return fd;
    g_set_error(error, HOST_ERROR, HOST_ERROR_LISTEN, "cannot listen on %s: %s", text,
                g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

bool listen_is_ours(const char *host)
{
    ListenAddress address = { 0 };

    if (host == NULL)
        return true;

    const char *colon = strrchr(host, ':');
    bool has_port = colon != NULL && strchr(colon, ']') == NULL;
    g_autofree char *name = g_strndup(host, has_port ? (size_t)(colon - host) : strlen(host));

    return *name != '\0' && set_host(name, 0, &address);
}
