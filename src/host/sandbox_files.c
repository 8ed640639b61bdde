/*
 * Landlock: a process gives up all rights to files but those that it lists.
 *
 * The C library has no functions for it, and the system's headers may be older than the kernel,
 * so the numbers of the kernel's interface stand here (landlock(7)). What a kernel does not know
 * yet is not asked of it.
 */

#include "sandbox_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/error.h"

/* The same on all architectures, as all calls since Linux 5.1. */
enum { CALL_CREATE_RULESET = 444, CALL_ADD_RULE = 445, CALL_RESTRICT_SELF = 446 };

#define CREATE_RULESET_VERSION 1U
#define RULE_PATH_BENEATH 1

#define RIGHT(n) (UINT64_C(1) << (n))
#define RIGHT_WRITE_FILE RIGHT(1)
#define RIGHT_READ_FILE RIGHT(2)
#define RIGHT_READ_DIR RIGHT(3)
#define RIGHT_REMOVE_DIR RIGHT(4)
#define RIGHT_REMOVE_FILE RIGHT(5)
#define RIGHT_MAKE_DIR RIGHT(7)
#define RIGHT_MAKE_REG RIGHT(8)
#define RIGHT_TRUNCATE RIGHT(14)

/* What a rule for a single file can speak of. */
#define RIGHTS_OF_FILES (RIGHT_WRITE_FILE | RIGHT_READ_FILE | RIGHT_TRUNCATE)

/* All there are in the first version of the interface; the second knows renaming to another
 * folder, the third truncating. */
#define RIGHTS_FIRST (RIGHT(13) - 1)
#define RIGHT_REFER RIGHT(13)

#define NET_CONNECT_TCP RIGHT(1)        /* since version 4 */
#define SCOPE_ABSTRACT_SOCKETS RIGHT(0) /* since version 6 */
#define SCOPE_SIGNALS RIGHT(1)

typedef struct Ruleset {
    uint64_t handled_fs;
    uint64_t handled_net;
    uint64_t scoped;
} Ruleset;

typedef struct __attribute__((packed)) PathRule {
    uint64_t allowed;
    int32_t fd;
} PathRule;

static bool fail(GError **error, const char *what)
{
    g_set_error(error, HOST_ERROR, HOST_ERROR_SANDBOX, "cannot %s: %s", what, g_strerror(errno));
    return false;
}

/* An older kernel takes a shorter struct. */
static size_t describe(long version, Ruleset *ruleset)
{
    *ruleset = (Ruleset){ .handled_fs = RIGHTS_FIRST };
    if (version >= 2)
        ruleset->handled_fs |= RIGHT_REFER;
    if (version >= 3)
        ruleset->handled_fs |= RIGHT_TRUNCATE;
    if (version < 4)
        return offsetof(Ruleset, handled_net);
    ruleset->handled_net = NET_CONNECT_TCP;
    if (version < 6)
        return offsetof(Ruleset, scoped);
    ruleset->scoped = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
    return sizeof(*ruleset);
}

static uint64_t rights_of(SandboxAccess access)
{
    static const uint64_t make = RIGHT_WRITE_FILE | RIGHT_MAKE_REG | RIGHT_MAKE_DIR
                                 | RIGHT_REMOVE_FILE | RIGHT_REMOVE_DIR | RIGHT_TRUNCATE;

    switch (access) {
    case SANDBOX_READ:
        return RIGHT_READ_FILE | RIGHT_READ_DIR;
    case SANDBOX_WRITE:
        return RIGHT_WRITE_FILE | RIGHT_TRUNCATE;
    case SANDBOX_MAKE:
        return make;
    case SANDBOX_UPKEEP:
        return make | RIGHT_READ_FILE | RIGHT_READ_DIR;
    }
    return 0;
}

/* What has no place in a folder, such as a pipe, needs no rule and cannot have one: EBADFD. */
static bool add_open(int ruleset, int fd, uint64_t allowed)
{
    PathRule rule = { .allowed = allowed, .fd = fd };
    struct stat about;

    if (fstat(fd, &about) == 0 && !S_ISDIR(about.st_mode))
        rule.allowed &= RIGHTS_OF_FILES;
    return syscall(CALL_ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0 || errno == EBADFD;
}

/* Nothing has to be allowed at a path that is not there, or that cannot be reached. */
static bool add_path(int ruleset, const SandboxPath *path, uint64_t handled)
{
    int fd = open(path->path, O_PATH | O_CLOEXEC);
    bool good = fd < 0 || add_open(ruleset, fd, rights_of(path->access) & handled);

    if (fd >= 0)
        close(fd);
    return good;
}

static bool restrict_to(int ruleset, const GArray *paths, uint64_t handled, GError **error)
{
    for (unsigned i = 0; i < paths->len; i++) {
        const SandboxPath *path = &g_array_index(paths, SandboxPath, i);

        if (!add_path(ruleset, path, handled)) {
            g_set_error(error, HOST_ERROR, HOST_ERROR_SANDBOX, "cannot allow %s in the sandbox: %s",
                        path->path, g_strerror(errno));
            return false;
        }
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(CALL_RESTRICT_SELF, ruleset, 0) != 0)
        return fail(error, "limit which files can be opened");
    return true;
}

/* The kernel is older, built without it, started without it, or a container hides it. */
static const char *why_not(void)
{
    switch (errno) {
    case ENOSYS:
        return "this kernel has no Landlock, so which files could be opened is not limited";
    case EOPNOTSUPP:
        return "Landlock is switched off here, so which files could be opened is not limited";
    case EPERM:
        return "Landlock is forbidden here, so which files could be opened is not limited";
    default:
        return NULL;
    }
}

bool sandbox_files_restrict(const GArray *paths, const char **weaker, GError **error)
{
    long version = syscall(CALL_CREATE_RULESET, NULL, 0, CREATE_RULESET_VERSION);
    Ruleset description;

    if (version <= 0) {
        *weaker = why_not();
        return *weaker != NULL || fail(error, "ask for Landlock");
    }

    size_t size = describe(version, &description);
    int ruleset = (int)syscall(CALL_CREATE_RULESET, &description, size, 0);

    if (ruleset < 0)
        return fail(error, "make a list of files for Landlock");

    bool good = restrict_to(ruleset, paths, description.handled_fs, error);

    close(ruleset);
    return good;
}
