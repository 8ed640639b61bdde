/*
 * Plain and single-threaded: it may wait for the journal, it may run a shell,
 * and nobody minds, because packets are read elsewhere.
 */

#include "attendant_work.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "commands.h"
#include "note.h"

#define PATIENCE (30 * NSEC_SEC)
#define PATIENCE_AT_END (3 * NSEC_SEC)
#define AT_ONCE 4
#define WAITING 32

/* More would only make the table of the newest runs large. */
#define RATE_MAX 6000

typedef struct Work {
    int socket;
    int children; /* a signalfd */
    const AttendantTools *tools;
    Commands *commands; /* NULL: there is none to run */
    bool over;
} Work;

static void send_syslog(int priority, const char *message)
{
    syslog(priority, "%s", message);
}

const AttendantTools attendant_tools_default = {
    .journal = sd_journal_sendv,
    .log = send_syslog,
};

static void to_journal(const Work *work, char *const *fields, unsigned n)
{
    struct iovec vectors[NOTE_FIELDS + 1];

    for (unsigned i = 0; i < n; i++)
        vectors[i] = (struct iovec){ .iov_base = fields[i], .iov_len = strlen(fields[i]) };
    vectors[n++] = (struct iovec){ (void *)"SYSLOG_IDENTIFIER=whyreg", 24 };
    work->tools->journal(vectors, (int)n);
}

static const char *field_value(char *const *fields, const char *key)
{
    size_t len = strlen(key);

    for (; *fields != NULL; fields++) {
        if (strncmp(*fields, key, len) == 0 && (*fields)[len] == '=')
            return *fields + len + 1;
    }
    return NULL;
}

static void to_syslog(const Work *work, char *const *fields)
{
    uint64_t priority = LOG_INFO;
    uint64_t facility = LOG_DAEMON >> 3;
    const char *message = field_value(fields, "MESSAGE");

    str_to_uint(str_of(field_value(fields, "PRIORITY")), LOG_DEBUG, &priority);
    str_to_uint(str_of(field_value(fields, "SYSLOG_FACILITY")), LOG_NFACILITIES, &facility);
    if (message != NULL)
        work->tools->log((int)(facility << 3 | priority), message);
}

static void take_note(Work *work, char *bytes, size_t len)
{
    char *fields[NOTE_FIELDS + 1];
    unsigned n;

    if (len < 2 || bytes[len - 1] != '\0')
        return;
    n = note_fields(bytes + 1, len - 1, fields);
    switch ((NoteKind)bytes[0]) {
    case NOTE_JOURNAL:
        to_journal(work, fields, n);
        break;
    case NOTE_SYSLOG:
        to_syslog(work, fields);
        break;
    case NOTE_COMMAND:
        if (work->commands != NULL)
            commands_offer(work->commands, fields, nsec_now(CLOCK_MONOTONIC));
        break;
    }
}

static void read_note(Work *work)
{
    char bytes[NOTE_BYTES];
    ssize_t len = read(work->socket, bytes, sizeof bytes);

    if (len == 0)
        work->over = true;
    else if (len > 0)
        take_note(work, bytes, (size_t)len);
}

/* Whether they were one or several is found out by asking. */
static void forget_signals(const Work *work)
{
    struct signalfd_siginfo info;

    while (read(work->children, &info, sizeof info) == sizeof info)
        ;
}

/* For poll(). */
static int timeout_until(Nsec until)
{
    Nsec left = nsec_since(nsec_now(CLOCK_MONOTONIC), until);

    return until == NSEC_MAX ? -1 : (int)(MIN(left, PATIENCE) / NSEC_MSEC) + 1;
}

static int wait_for_news(const Work *work, Nsec until)
{
    struct pollfd news[] = {
        { .fd = work->over ? -1 : work->socket, .events = POLLIN },
        { .fd = work->children, .events = POLLIN },
    };

    if (poll(news, G_N_ELEMENTS(news), timeout_until(until)) <= 0)
        return 0;
    if (news[1].revents != 0)
        forget_signals(work);
    return news[0].revents;
}

static void advance(const Work *work)
{
    if (work->commands != NULL)
        commands_advance(work->commands, nsec_now(CLOCK_MONOTONIC));
}

static bool is_busy(const Work *work)
{
    return work->commands != NULL && commands_busy(work->commands);
}

static Nsec deadline_of(const Work *work)
{
    return work->commands != NULL ? commands_deadline(work->commands) : NSEC_MAX;
}

static Commands *make_commands(const HostAttendantConfig *config)
{
    unsigned rate = config->on_change_rate != 0 ? config->on_change_rate : HOST_ON_CHANGE_RATE;
    const CommandsConfig commands = {
        .command = config->on_change,
        .rate = MIN(rate, RATE_MAX),
        .at_once = AT_ONCE,
        .waiting = WAITING,
        .patience = PATIENCE,
    };

    return config->on_change != NULL ? commands_new(&commands) : NULL;
}

void attendant_work(int socket, const HostAttendantConfig *config, const AttendantTools *tools)
{
    g_autoptr(Commands) commands = make_commands(config);
    Work work = { .socket = socket, .tools = tools, .commands = commands };
    sigset_t children;

    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    work.children = signalfd(-1, &children, SFD_NONBLOCK | SFD_CLOEXEC);
    while (!work.over) {
        if (wait_for_news(&work, deadline_of(&work)) != 0)
            read_note(&work);
        advance(&work);
    }

    Nsec until = nsec_after(nsec_now(CLOCK_MONOTONIC), PATIENCE_AT_END);

    while (is_busy(&work) && nsec_now(CLOCK_MONOTONIC) < until) {
        wait_for_news(&work, MIN(until, deadline_of(&work)));
        advance(&work);
    }
    if (work.children >= 0)
        close(work.children);
}
