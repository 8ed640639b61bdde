/*
 * The first lines of a run: what is inherited from whoever started it, and what others could see
 * of it.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/str.h"
#include "host/error.h"
#include "host/privileges.h"

extern char **environ;

/* sd_listen_fds(3) */
#define FIRST_PASSED 3

static bool fail(GError **error, const char *what)
{
    g_set_error(error, HOST_ERROR, HOST_ERROR_PRIVILEGES, "%s: %s", what, g_strerror(errno));
    return false;
}

/* --- descriptors ---------------------------------------------------------- */

/* A file that is opened as number 1 would get what is printed. */
static bool fill_standard(GError **error)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_NOCTTY) < 0)
            return fail(error, "cannot open /dev/null for a standard stream that is closed");
    }
    return true;
}

static void keep(GArray *kept, Str number)
{
    uint64_t value;
    int fd;

    if (!str_to_uint(number, G_MAXINT, &value))
        return;
    fd = (int)value;
    g_array_append_val(kept, fd);
}

/* The digits behind each 'mark' in the word. */
static void keep_named(GArray *kept, const char *word, const char *mark)
{
    for (const char *at = strstr(word, mark); at != NULL; at = strstr(at, mark)) {
        at += strlen(mark);
        keep(kept, (Str){ at, strspn(at, "0123456789") });
    }
}

static void keep_passed(GArray *kept)
{
    const char *count = getenv("LISTEN_FDS");
    uint64_t n;

    if (count == NULL || !str_to_uint(str_of(count), G_MAXINT / 2, &n))
        return;
    for (int fd = FIRST_PASSED; fd < FIRST_PASSED + (int)MIN(n, 64); fd++)
        g_array_append_val(kept, fd);
}

static int compare_numbers(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void close_from_to(unsigned first, unsigned last)
{
    /* Kernels before 5.9 do not have the call; descriptors that nobody uses do no harm there. */
    if (first <= last)
        syscall(SYS_close_range, first, last, 0U);
}

static void close_forgotten(char *const *words)
{
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(int));
    unsigned next = STDERR_FILENO + 1;

    for (; *words != NULL; words++) {
        keep_named(kept, *words, "fd:");
        keep_named(kept, *words, "/fd/");
    }
    keep_passed(kept);
    g_array_sort(kept, compare_numbers);
    for (unsigned i = 0; i < kept->len; i++) {
        unsigned fd = (unsigned)g_array_index(kept, int, i);

        if (fd < next)
            continue;
        if (fd > next)
            close_from_to(next, fd - 1);
        next = fd + 1;
    }
    close_from_to(next, ~0U);
}

/* --- variables ------------------------------------------------------------ */

/* What makes a library load a file or write one, and what a shell takes for a command. The rest
 * is for the commands that a change of state starts. LD_PRELOAD has done its work by now, and
 * says whether this is valgrind. */
static bool is_dangerous(Str name)
{
    static const char *const names[] = {
        "BASH_ENV",         "CDPATH",      "ENV",           "GCONV_PATH",  "GETCONF_DIR",
        "GLIBC_TUNABLES",   "HOSTALIASES", "IFS",           "LOCALDOMAIN", "LOCPATH",
        "MALLOC_TRACE",     "NIS_PATH",    "NLSPATH",       "PS4",         "RES_OPTIONS",
        "RESOLV_HOST_CONF", "SHELLOPTS",   "SSLKEYLOGFILE", "TZDIR",       "BASHOPTS",
        "LD_LIBRARY_PATH",  "LD_AUDIT",    "LD_PROFILE",    "LD_DEBUG",    "LD_DEBUG_OUTPUT",
        "LD_ORIGIN_PATH",   "LD_BIND_NOW",
    };
    static const char *const families[] = { "OPENSSL_", "GIO_", "G_", "BASH_FUNC_", "SQLITE_" };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (str_equal(name, str_of(names[i])))
            return true;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(families); i++) {
        if (str_equal(str_first(name, strlen(families[i])), str_of(families[i])))
            return true;
    }
    return false;
}

static void clean_environment(void)
{
    char **kept = environ;

    for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
        Str name = { *entry, strcspn(*entry, "=") };

        if (!is_dangerous(name))
            *kept++ = *entry;
    }
    if (kept != NULL)
        *kept = NULL;
}

/* --- all of it ------------------------------------------------------------ */

bool host_protect(char *const *words, GError **error)
{
    struct rlimit none = { 0 };

    if (!fill_standard(error))
        return false;
    close_forgotten(words);
    clean_environment();
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return fail(error, "cannot forbid core files");
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return fail(error, "cannot keep debuggers away");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail(error, "cannot forbid new privileges");
    return true;
}

void host_protect_outputs(void)
{
    umask(S_IRWXG | S_IRWXO);
}
