/*
 * A command gets the facts in its environment and nowhere else: nothing that
 * came from the wire is ever part of what a shell reads as its program.
 */

#include "commands.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Run {
    pid_t pid; /* and of its process group */
    Nsec deadline;
} Run;

struct Commands {
    CommandsConfig config;
    GArray *runs;    /* of Run */
    GQueue *waiting; /* of GStrv */
    Nsec *begun;     /* when the newest 'rate' runs began, in a ring */
    unsigned at;     /* the oldest of them */
    uint64_t skipped;
};

Commands *commands_new(const CommandsConfig *config)
{
    Commands *commands = g_new0(Commands, 1);

    commands->config = *config;
    commands->runs = g_array_new(FALSE, FALSE, sizeof(Run));
    commands->waiting = g_queue_new();
    commands->begun = g_new(Nsec, config->rate);
    for (unsigned i = 0; i < config->rate; i++)
        commands->begun[i] = NSEC_NONE;
    return commands;
}

void commands_free(Commands *commands)
{
    for (unsigned i = 0; i < commands->runs->len; i++) {
        pid_t pid = g_array_index(commands->runs, Run, i).pid;

        kill(pid, SIGKILL); /* it may not have come to setsid() yet */
        kill(-pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    g_array_unref(commands->runs);
    g_queue_free_full(commands->waiting, (GDestroyNotify)g_strfreev);
    g_free(commands->begun);
    g_free(commands);
}

/* --- one run -------------------------------------------------------------- */

/* In the new process. Its own session: no signal of our terminal reaches it, and all that it
 * starts can be ended with it. */
static void become_command(const char *command, char **environment)
{
    char *const words[] = { (char *)"sh", (char *)"-c", (char *)command, NULL };
    sigset_t none;

    setsid();
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve("/bin/sh", words, environment);
    _exit(127);
}

static void begin(Commands *commands, char **environment, Nsec now)
{
    pid_t pid = fork();

    if (pid == 0)
        become_command(commands->config.command, environment);
    if (pid < 0) {
        commands->skipped++;
        return;
    }

    Run run = { .pid = pid, .deadline = nsec_after(now, commands->config.patience) };

    g_array_append_val(commands->runs, run);
    commands->begun[commands->at] = now;
    commands->at = (commands->at + 1) % commands->config.rate;
    commands->skipped = 0;
}

/* --- the environment ------------------------------------------------------ */

/* Ours, then the fields: whoever looks for a name finds the first, and ours has none of them. */
static char **make_environment(char *const *fields)
{
    GPtrArray *environment = g_ptr_array_new();

    for (char **entry = environ; *entry != NULL; entry++) {
        if (strncmp(*entry, "WHYREG_", strlen("WHYREG_")) != 0)
            g_ptr_array_add(environment, g_strdup(*entry));
    }
    for (char *const *field = fields; *field != NULL; field++)
        g_ptr_array_add(environment, g_strdup(*field));
    g_ptr_array_add(environment, NULL); /* for WHYREG_SKIPPED */
    g_ptr_array_add(environment, NULL);
    return (char **)g_ptr_array_free(environment, FALSE);
}

static void say_skipped(char **environment, uint64_t skipped)
{
    environment[g_strv_length(environment)] =
        g_strdup_printf("WHYREG_SKIPPED=%" G_GUINT64_FORMAT, skipped);
}

/* --- all of them ---------------------------------------------------------- */

static bool may_begin(const Commands *commands, Nsec now)
{
    Nsec oldest = commands->begun[commands->at];

    return oldest == NSEC_NONE || nsec_since(oldest, now) >= NSEC_MINUTE;
}

static void begin_waiting(Commands *commands, Nsec now)
{
    while (commands->runs->len < commands->config.at_once && !g_queue_is_empty(commands->waiting)) {
        g_auto(GStrv) environment = g_queue_pop_head(commands->waiting);

        if (!may_begin(commands, now)) {
            commands->skipped++;
            continue;
        }
        say_skipped(environment, commands->skipped);
        begin(commands, environment, now);
    }
}

void commands_offer(Commands *commands, char *const *fields, Nsec now)
{
    bool held_back = !may_begin(commands, now)
                     || g_queue_get_length(commands->waiting) >= commands->config.waiting;

    if (held_back)
        commands->skipped++;
    else
        g_queue_push_tail(commands->waiting, make_environment(fields));
    begin_waiting(commands, now);
}

void commands_advance(Commands *commands, Nsec now)
{
    for (unsigned i = commands->runs->len; i > 0; i--) {
        Run *run = &g_array_index(commands->runs, Run, i - 1);

        if (now >= run->deadline) {
            kill(-run->pid, SIGKILL);
            run->deadline = nsec_after(now, NSEC_SEC); /* once more, if it must be */
        }
        if (waitpid(run->pid, NULL, WNOHANG) != 0)
            g_array_remove_index(commands->runs, i - 1);
    }
    begin_waiting(commands, now);
}

Nsec commands_deadline(const Commands *commands)
{
    Nsec deadline = NSEC_MAX;

    for (unsigned i = 0; i < commands->runs->len; i++)
        deadline = MIN(deadline, g_array_index(commands->runs, Run, i).deadline);
    return deadline;
}

bool commands_busy(const Commands *commands)
{
    return commands->runs->len > 0 || !g_queue_is_empty(commands->waiting);
}
