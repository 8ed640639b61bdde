/*
 * sd_notify(3) opens a new socket for every message, and a helper that sends
 * them would be a stranger to the service manager, which believes the main
 * process only unless the unit says otherwise. One connected socket does
 * without both.
 */

#include "host/service.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

struct HostService {
    int fd; /* -1: there is no service manager */
};

/* "/run/systemd/notify", or "@name" of the abstract namespace. */
static bool to_address(const char *name, struct sockaddr_un *address, socklen_t *len)
{
    size_t length = strlen(name);

    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if ((name[0] != '/' && name[0] != '@') || length < 2 || length >= sizeof address->sun_path)
        return false;
    memcpy(address->sun_path, name, length);
    if (name[0] == '@')
        address->sun_path[0] = '\0';
    *len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return true;
}

static int connect_to(const char *name)
{
    struct sockaddr_un address;
    socklen_t len = 0;

    if (name == NULL || !to_address(name, &address, &len))
        return -1;

    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, len) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

HostService *host_service_new(void)
{
    HostService *service = g_new0(HostService, 1);

    service->fd = connect_to(g_getenv("NOTIFY_SOCKET"));
    g_unsetenv("NOTIFY_SOCKET");
    g_unsetenv("WATCHDOG_USEC");
    g_unsetenv("WATCHDOG_PID");
    return service;
}

void host_service_free(HostService *service)
{
    if (service->fd >= 0)
        close(service->fd);
    g_free(service);
}

/* One datagram is one write. When the service manager is not reading, it is not told. */
static void tell(HostService *service, const char *text)
{
    if (service->fd < 0)
        return;

    ssize_t written = write(service->fd, text, strlen(text));

    (void)written;
}

void host_service_ready(HostService *service)
{
    tell(service, "READY=1");
}

/* systemd 253 and later want to know when the reload began. */
void host_service_reloading(HostService *service)
{
    g_autofree char *text = g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT,
                                            nsec_now(CLOCK_MONOTONIC) / NSEC_USEC);

    tell(service, text);
}

void host_service_stopping(HostService *service)
{
    tell(service, "STOPPING=1");
}

void host_service_status(HostService *service, const char *status)
{
    g_autofree char *text = g_strconcat("STATUS=", status, NULL);

    tell(service, g_strdelimit(text, "\n", ' '));
}

void host_service_alive(HostService *service)
{
    tell(service, "WATCHDOG=1");
}
