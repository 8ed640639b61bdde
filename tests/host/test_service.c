/*
 * What a service manager would hear, from the process that it knows.
 */

#include "host/service.h"

#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/check.h"

typedef struct Manager {
    char *folder;
    char *path;
    int socket;
} Manager;

static Manager manager_new(void)
{
    Manager manager = { .folder = g_dir_make_tmp("whyreg-XXXXXX", NULL) };
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    manager.path = g_build_filename(manager.folder, "notify", NULL);
    manager.socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    g_strlcpy(address.sun_path, manager.path, sizeof address.sun_path);
    assert_int_equal(bind(manager.socket, (struct sockaddr *)&address, sizeof address), 0);
    setsockopt(manager.socket, SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int));
    g_setenv("NOTIFY_SOCKET", manager.path, TRUE);
    return manager;
}

static void manager_clear(Manager *manager)
{
    close(manager->socket);
    g_unlink(manager->path);
    g_rmdir(manager->folder);
    g_free(manager->folder);
    g_free(manager->path);
}

/* The message, and that it comes from this very process. */
static char *heard(const Manager *manager)
{
    char text[500];
    char control[CMSG_SPACE(sizeof(struct ucred))];
    struct iovec part = { text, sizeof text };
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    ssize_t len = recvmsg(manager->socket, &message, 0);
    struct ucred sender;

    if (len < 0)
        return NULL;
    memcpy(&sender, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof sender);
    assert_int_equal(sender.pid, getpid());
    return g_strndup(text, (size_t)len);
}

static void check_heard(const Manager *manager, const char *expected)
{
    g_autofree char *text = heard(manager);

    assert_non_null(text);
    assert_string_equal(text, expected);
}

static void tells_from_ready_to_stopping(void **state)
{
    Manager manager = manager_new();
    g_autoptr(HostService) service = host_service_new();

    host_service_ready(service);
    check_heard(&manager, "READY=1");
    host_service_status(service, "12 devices\nREADY=0");
    check_heard(&manager, "STATUS=12 devices READY=0");
    host_service_alive(service);
    check_heard(&manager, "WATCHDOG=1");

    host_service_reloading(service);

    g_autofree char *reloading = heard(&manager);

    assert_true(g_str_has_prefix(reloading, "RELOADING=1\nMONOTONIC_USEC="));
    host_service_stopping(service);
    check_heard(&manager, "STOPPING=1");
    manager_clear(&manager);
}

static void what_it_starts_does_not_speak_for_it(void **state)
{
    Manager manager = manager_new();

    g_setenv("WATCHDOG_USEC", "30000000", TRUE);

    g_autoptr(HostService) service = host_service_new();

    assert_non_null(service);
    assert_null(g_getenv("NOTIFY_SOCKET"));
    assert_null(g_getenv("WATCHDOG_USEC"));
    manager_clear(&manager);
}

static void a_service_manager_that_does_not_read_stops_nobody(void **state)
{
    Manager manager = manager_new();
    g_autoptr(HostService) service = host_service_new();

    for (unsigned i = 0; i < 10000; i++)
        host_service_alive(service);
    check_heard(&manager, "WATCHDOG=1");
    manager_clear(&manager);
}

static void without_one_nothing_happens(void **state)
{
    static const char *const addresses[] = { NULL, "", "@", "/no/such/socket", "vsock:2:1" };

    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        if (addresses[i] != NULL)
            g_setenv("NOTIFY_SOCKET", addresses[i], TRUE);

        g_autoptr(HostService) service = host_service_new();

        host_service_ready(service);
        host_service_stopping(service);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_from_ready_to_stopping),
        cmocka_unit_test(what_it_starts_does_not_speak_for_it),
        cmocka_unit_test(a_service_manager_that_does_not_read_stops_nobody),
        cmocka_unit_test(without_one_nothing_happens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
