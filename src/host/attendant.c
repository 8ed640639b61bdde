/*
 * The near side of the helper process: begins it, and hands it notes through a
 * socket that keeps them apart. A note is one write() that either is taken
 * whole or not at all.
 */

#include "host/attendant.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "attendant_post.h"
#include "attendant_work.h"
#include "host/error.h"
#include "host/privileges.h"

#define SOCKET_BYTES (1 << 20)

/* For its end, and how often is looked. */
#define END_TRIES 100
#define END_WAIT_USEC 5000

struct HostAttendant {
    pid_t pid;
    int socket;
};

/* --- in the new process --------------------------------------------------- */

/* What commands write goes where errors go: standard output is for reports. */
static void keep_only(int *socket)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

    dup2(nothing, STDIN_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    dup2(*socket, STDERR_FILENO + 1);
    fcntl(STDERR_FILENO + 1, F_SETFD, FD_CLOEXEC);
    close_range(STDERR_FILENO + 2, ~0u, 0);
    *socket = STDERR_FILENO + 1;
}

/* It ends when its socket is closed, and not before: a service manager, and the terminal, send
 * their signals to both processes, and there is still something to tell. */
static void settle_signals(void)
{
    static const int ignored[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGUSR1 };
    sigset_t blocked;

    for (size_t i = 0; i < G_N_ELEMENTS(ignored); i++)
        signal(ignored[i], SIG_IGN);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_SETMASK, &blocked, NULL);
}

G_NORETURN static void live(int socket, const HostAttendantConfig *config)
{
    g_autoptr(GError) error = NULL;

    keep_only(&socket);
    settle_signals();
    prctl(PR_SET_NAME, "whyreg-attend", 0, 0, 0);
    if (!host_privileges_drop(config->user, HOST_NEEDS_NOTHING, &error)) {
        fprintf(stderr, "whyreg: %s\n", error->message);
        _exit(EXIT_FAILURE);
    }
    openlog("whyreg", 0, LOG_DAEMON);
    attendant_work(socket, config, &attendant_tools_default);
    _exit(EXIT_SUCCESS);
}

/* --- in ours -------------------------------------------------------------- */

static HostAttendant *fail(GError **error)
{
    g_set_error(error, HOST_ERROR, HOST_ERROR_START, "cannot begin the helper process: %s",
                g_strerror(errno));
    return NULL;
}

HostAttendant *attendant_of_socket(int socket, pid_t pid)
{
    HostAttendant *attendant = g_new0(HostAttendant, 1);

    setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &(int){ SOCKET_BYTES }, sizeof(int));
    fcntl(socket, F_SETFL, O_NONBLOCK);
    attendant->pid = pid;
    attendant->socket = socket;
    return attendant;
}

HostAttendant *host_attendant_new(const HostAttendantConfig *config, GError **error)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(error);
    fflush(NULL);

    pid_t pid = fork();

    if (pid == 0)
        live(ends[1], config);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return fail(error);
    }
    return attendant_of_socket(ends[0], pid);
}

bool attendant_post(HostAttendant *attendant, Note *note)
{
    bool taken = write(attendant->socket, note->bytes->str, note->bytes->len) >= 0;

    note_clear(note);
    return taken;
}

void host_attendant_free(HostAttendant *attendant)
{
    close(attendant->socket);
    for (unsigned i = 0; attendant->pid != 0 && i < END_TRIES; i++) {
        if (waitpid(attendant->pid, NULL, WNOHANG) != 0)
            break;
        g_usleep(END_WAIT_USEC);
    }
    g_free(attendant);
}
