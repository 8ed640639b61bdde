/*
 * seccomp: the system calls of a program that reads packets and writes files.
 *
 * A call that is not on the list ends the process: there is no innocent reason for it. Three kinds
 * are answered with an error instead: what libraries try and can do without; what this process
 * could ask for but never needs; and calls that are newer than the list, which the C library tries
 * first and for which it has another way.
 *
 * The names are those of all architectures together: one does without open(), another without
 * openat(), and what a machine does not have is not in its list.
 */

#include "sandbox_calls.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/error.h"
#include "host/sandbox.h"

/* Where the list was tried. Machines of 32 bits have calls of other names and, for sockets, one for
 * all; and the order of clone()'s arguments is not the same everywhere. */
#if (defined(__x86_64__) || defined(__aarch64__)) && defined(__LP64__)
#define LIST_IS_KNOWN true
#else
#define LIST_IS_KNOWN false
#endif

/* clang-format off */

/* Memory, threads, time, and files that Landlock lets through. */
static const char *const calls_always[] = {
    "access", "alarm", "arch_prctl", "brk", "clock_getres", "clock_gettime", "clock_nanosleep",
    "close", "close_range", "dup", "dup2", "dup3", "epoll_create1", "epoll_ctl", "epoll_pwait",
    "epoll_wait", "eventfd2", "exit", "exit_group", "faccessat", "faccessat2", "fadvise64",
    "fallocate", "fchmod", "fchown", "fcntl", "fdatasync", "flock", "fstat", "fstatfs", "fsync",
    "ftruncate", "futex", "futex_waitv", "get_robust_list", "getcpu", "getcwd", "getdents64",
    "getegid", "geteuid", "getgid", "getpgrp", "getpid", "getppid", "getpriority", "getrandom",
    "getresgid", "getresuid", "getrlimit", "getrusage", "gettid", "gettimeofday", "getuid",
    "lseek", "lstat", "madvise", "membarrier", "mincore", "mlock", "mlock2", "mremap", "msync",
    "munlock", "munmap", "nanosleep", "newfstatat", "open", "openat", "pause", "pipe2", "poll",
    "ppoll", "pread64", "preadv", "preadv2", "pselect6", "pwrite64", "pwritev", "pwritev2", "read",
    "readlink", "readlinkat", "readv", "rename", "renameat", "renameat2", "restart_syscall",
    "rseq", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend",
    "rt_sigtimedwait", "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity",
    "sched_getattr", "sched_getparam", "sched_getscheduler", "sched_yield", "select",
    "set_robust_list", "set_tid_address", "setitimer", "sigaltstack", "signalfd4", "stat", "statfs",
    "statx",
    "sysinfo", "time", "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime",
    "timer_settime", "timerfd_create", "timerfd_gettime", "timerfd_settime", "times", "umask",
    "uname", "unlink", "unlinkat", "wait4", "waitid", "write", "writev",
};

/* A packet socket is opened, set up, read and left; a folder for evidence is made. */
static const char *const calls_watch[] = {
    "bind", "getpeername", "getsockname", "getsockopt", "mkdir", "mkdirat", "recvfrom", "recvmmsg",
    "recvmsg", "rmdir", "sched_setaffinity", "setsockopt", "shutdown", "utimensat",
};

/* Connections that were opened from outside. */
static const char *const calls_serve[] = {
    "accept", "accept4", "bind", "getpeername", "getsockname", "getsockopt", "listen", "recvfrom",
    "recvmsg", "sendfile", "sendmsg", "sendto", "setsockopt", "shutdown",
};

/* What a library may try, and can do without. */
static const char *const calls_refused[] = {
    "chdir", "chmod", "chown", "connect", "fchmodat", "fchownat", "fsetxattr", "ioprio_set",
    "lchown", "link", "linkat", "memfd_create", "mlockall", "sched_setattr", "sched_setparam",
    "sched_setscheduler", "sendmmsg", "setpriority", "setrlimit", "socketpair", "symlink",
    "symlinkat",
};

/* clang-format on */

/* Numbers are the same everywhere since Linux 5.1. Those above the last are of calls that did not
 * exist when this was written; 435 is clone3(), whose flags a filter cannot see, and without which
 * the C library uses clone(). */
#define CALL_CLONE3 435
#define CALL_FIRST_NEW 451
#define CALL_LAST_NEW 490

/* An argument that decides. 'mask' 0: all bits count. */
typedef struct Choice {
    const char *name;
    unsigned argument;
    uint64_t mask;
    uint64_t value;
    int refused; /* errno; 0: it is allowed */
} Choice;

/* An anonymous mapping can be given a name: the C library does so, by a number that its own
 * headers may not have yet. */
#define SET_VMA 0x53564d41

/* The same with 64 bits, in newer C libraries. */
#define TERMINAL_ATTRIBUTES_2 0x802c542a

static const Choice choices_always[] = {
    /* No code comes to life: libraries that are loaded late stay out. */
    { "mmap", 2, PROT_EXEC, 0, 0 },
    { "mmap", 2, PROT_EXEC, PROT_EXEC, EPERM },
    { "mprotect", 2, PROT_EXEC, 0, 0 },
    { "mprotect", 2, PROT_EXEC, PROT_EXEC, EPERM },
    /* Threads, and no processes. */
    { "clone", 0, CLONE_THREAD, CLONE_THREAD, 0 },
    { "prctl", 0, 0, PR_SET_NAME, 0 },
    { "prctl", 0, 0, PR_GET_NAME, 0 },
    { "prctl", 0, 0, PR_GET_DUMPABLE, 0 },
    { "prctl", 0, 0, PR_CAPBSET_READ, 0 },
    { "prctl", 0, 0, SET_VMA, 0 },
    /* Limits can be read. */
    { "prlimit64", 2, 0, 0, 0 },
    /* Is it a terminal, how wide is it, how much waits. */
    { "ioctl", 1, 0, TCGETS, 0 },
    { "ioctl", 1, 0, TERMINAL_ATTRIBUTES_2, 0 },
    { "ioctl", 1, 0, TIOCGWINSZ, 0 },
    { "ioctl", 1, 0, FIONREAD, 0 },
    { "ioctl", 1, 0, FIONBIO, 0 },
    { "ioctl", 1, 0, FIOCLEX, 0 },
    /* Names are not looked up on the network, not even those in a filter. */
    { "socket", 0, 0, AF_INET, EPERM },
    { "socket", 0, 0, AF_INET6, EPERM },
};

/* Without its two refusals of sockets: those below say more. */
#define CHOICES_FILES G_N_ELEMENTS(choices_always)
#define CHOICES_NETWORK (CHOICES_FILES - 2)

static const Choice choices_files[] = {
    { "socket", 0, 0, AF_UNIX, EPERM },
    { "socket", 0, 0, AF_NETLINK, EPERM },
};

/* What libpcap asks an interface, over whichever socket it gets. */
static const Choice choices_watch[] = {
    { "socket", 0, 0, AF_PACKET, 0 }, { "socket", 0, 0, AF_NETLINK, 0 },
    { "socket", 0, 0, AF_UNIX, 0 },   { "ioctl", 1, 0, 0x8910, 0 }, /* SIOCGIFNAME */
    { "ioctl", 1, 0, 0x8912, 0 },                                   /* SIOCGIFCONF */
    { "ioctl", 1, 0, 0x8913, 0 },                                   /* SIOCGIFFLAGS */
    { "ioctl", 1, 0, 0x8915, 0 },                                   /* SIOCGIFADDR */
    { "ioctl", 1, 0, 0x8921, 0 },                                   /* SIOCGIFMTU */
    { "ioctl", 1, 0, 0x8927, 0 },                                   /* SIOCGIFHWADDR */
    { "ioctl", 1, 0, 0x8933, 0 },                                   /* SIOCGIFINDEX */
    { "ioctl", 1, 0, 0x8946, 0 },                                   /* SIOCETHTOOL */
    { "ioctl", 1, 0, 0x8906, 0 },                                   /* SIOCGSTAMP */
    { "ioctl", 1, 0, 0x89b0, 0 }, /* SIOCSHWTSTAMP: only who has CAP_NET_ADMIN could */
    { "ioctl", 1, 0, 0x89b1, 0 }, /* SIOCGHWTSTAMP */
    { "ioctl", 1, 0, 0x8b01, 0 }, /* SIOCGIWNAME: is it a radio? */
};

#define SOCKET_KIND 0xf /* without SOCK_CLOEXEC and SOCK_NONBLOCK */

typedef struct List {
    scmp_filter_ctx filter;
    int status; /* the first error, negative */
} List;

static void add(List *list, uint32_t action, int number, unsigned n,
                const struct scmp_arg_cmp *arguments)
{
    /* Below zero: this architecture does not have it, or the library does not know it. */
    if (list->status == 0 && number >= 0)
        list->status = seccomp_rule_add_array(list->filter, action, number, n, arguments);
    if (list->status == -EEXIST)
        list->status = 0; /* two reasons for it */
}

static void add_names(List *list, uint32_t action, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add(list, action, seccomp_syscall_resolve_name(names[i]), 0, NULL);
}

static void add_choices(List *list, const Choice *choices, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const Choice *choice = &choices[i];
        uint64_t mask = choice->mask != 0 ? choice->mask : UINT64_MAX;
        uint32_t action =
            choice->refused != 0 ? SCMP_ACT_ERRNO((uint32_t)choice->refused) : SCMP_ACT_ALLOW;

        add(list, action, seccomp_syscall_resolve_name(choice->name), 1,
            &SCMP_CMP(choice->argument, SCMP_CMP_MASKED_EQ, mask, choice->value));
    }
}

/* Signals to itself: abort(), and whoever watches over a thread. */
static void add_own_signals(List *list)
{
    struct scmp_arg_cmp own = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0);

    add(list, SCMP_ACT_ALLOW, seccomp_syscall_resolve_name("tgkill"), 1, &own);
    add(list, SCMP_ACT_ALLOW, seccomp_syscall_resolve_name("kill"), 1, &own);
}

/* The server's listening socket may be made inside; with connect() and datagrams refused, only
 * those who call are answered. */
static void add_server(List *list)
{
    static const int families[] = { AF_INET, AF_INET6 };
    int number = seccomp_syscall_resolve_name("socket");

    add_names(list, SCMP_ACT_ALLOW, calls_serve, G_N_ELEMENTS(calls_serve));
    for (unsigned i = 0; i < G_N_ELEMENTS(families); i++) {
        scmp_datum_t family = (scmp_datum_t)families[i];

        add(list, SCMP_ACT_ALLOW, number, 2,
            (struct scmp_arg_cmp[]){ SCMP_A0(SCMP_CMP_EQ, family, 0),
                                     SCMP_A1(SCMP_CMP_MASKED_EQ, SOCKET_KIND, SOCK_STREAM) });
        add(list, SCMP_ACT_ERRNO(EPERM), number, 2,
            (struct scmp_arg_cmp[]){ SCMP_A0(SCMP_CMP_EQ, family, 0),
                                     SCMP_A1(SCMP_CMP_MASKED_EQ, SOCKET_KIND, SOCK_DGRAM) });
    }
}

/* Without a server nothing has a reason to send. Datagrams to the journal are another process's
 * work, and GLib, which would send some, takes the refusal for an answer. */
static void add_no_server(List *list)
{
    static const char *const sending[] = { "sendmsg", "sendto" };

    add_names(list, SCMP_ACT_ERRNO(EPERM), sending, G_N_ELEMENTS(sending));
}

static void add_all(List *list, unsigned calls)
{
    bool network = (calls & (HOST_CALLS_WATCH | HOST_CALLS_SERVE)) != 0;

    add_names(list, SCMP_ACT_ALLOW, calls_always, G_N_ELEMENTS(calls_always));
    add_names(list, SCMP_ACT_ERRNO(EPERM), calls_refused, G_N_ELEMENTS(calls_refused));
    add(list, SCMP_ACT_ERRNO(ENOSYS), CALL_CLONE3, 0, NULL);
    for (int number = CALL_FIRST_NEW; number <= CALL_LAST_NEW; number++)
        add(list, SCMP_ACT_ERRNO(ENOSYS), number, 0, NULL);
    add_own_signals(list);
    add_choices(list, choices_always,
                (calls & HOST_CALLS_SERVE) != 0 ? CHOICES_NETWORK : CHOICES_FILES);
    if (!network)
        add_choices(list, choices_files, G_N_ELEMENTS(choices_files));
    if ((calls & HOST_CALLS_WATCH) != 0) {
        add_names(list, SCMP_ACT_ALLOW, calls_watch, G_N_ELEMENTS(calls_watch));
        add_choices(list, choices_watch, G_N_ELEMENTS(choices_watch));
    }
    if ((calls & HOST_CALLS_SERVE) != 0)
        add_server(list);
    else
        add_no_server(list);
}

static scmp_filter_ctx refuse(scmp_filter_ctx filter, int status, GError **error)
{
    if (filter != NULL)
        seccomp_release(filter);
    g_set_error(error, HOST_ERROR, HOST_ERROR_SANDBOX, "cannot make a list of system calls: %s",
                g_strerror(-status));
    return NULL;
}

scmp_filter_ctx sandbox_calls_list(unsigned calls, GError **error)
{
    List list = { .filter = seccomp_init(SCMP_ACT_KILL_PROCESS) };

    if (list.filter == NULL)
        return refuse(NULL, -ENOMEM, error);
    list.status = seccomp_attr_set(list.filter, SCMP_FLTATR_CTL_TSYNC, 1);
    add_all(&list, calls);
    return list.status == 0 ? list.filter : refuse(list.filter, list.status, error);
}

bool sandbox_calls_restrict(unsigned calls, const char **weaker, GError **error)
{
    if (!LIST_IS_KNOWN) {
        *weaker = "which calls can be made is not limited on this kind of processor";
        return true;
    }

    scmp_filter_ctx filter = sandbox_calls_list(calls, error);

    if (filter == NULL)
        return false;

    int status = seccomp_load(filter);

    seccomp_release(filter);
    if (status == -EINVAL || status == -ENOSYS) {
        *weaker = "this kernel has no seccomp filters, so which calls could be made is not limited";
        return true;
    }
    if (status == 0)
        return true;
    g_set_error(error, HOST_ERROR, HOST_ERROR_SANDBOX, "cannot limit system calls: %s",
                g_strerror(-status));
    return false;
}
