/*
 * The sandbox as a whole: paths first, because listing them needs calls that the second half
 * forbids.
 */

#include "host/sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sandbox_calls.h"
#include "sandbox_files.h"

struct HostSandbox {
    GArray *paths; /* of SandboxPath */
};

static void clear_path(void *item)
{
    g_free(((SandboxPath *)item)->path);
}

HostSandbox *host_sandbox_new(void)
{
    HostSandbox *sandbox = g_new0(HostSandbox, 1);

    sandbox->paths = g_array_new(FALSE, FALSE, sizeof(SandboxPath));
    g_array_set_clear_func(sandbox->paths, clear_path);
    /* Wanted by libraries, and the same for everybody. */
    host_sandbox_allow_reading(sandbox, "/dev/null");
    host_sandbox_allow_reading(sandbox, "/dev/urandom");
    return sandbox;
}

void host_sandbox_free(HostSandbox *sandbox)
{
    g_array_unref(sandbox->paths);
    g_free(sandbox);
}

static void allow(HostSandbox *sandbox, const char *path, SandboxAccess access)
{
    SandboxPath entry = { g_strdup(path), access };

    g_array_append_val(sandbox->paths, entry);
}

/* The folder of the file that a symbolic link means, not of the link. */
static void allow_folder(HostSandbox *sandbox, const char *path, SandboxAccess access)
{
    char *real = realpath(path, NULL);
    bool is_folder = real != NULL && g_file_test(real, G_FILE_TEST_IS_DIR);
    g_autofree char *folder =
        is_folder ? g_strdup(real) : g_path_get_dirname(real != NULL ? real : path);

    free(real);
    allow(sandbox, folder, access);
}

void host_sandbox_allow_reading(HostSandbox *sandbox, const char *path)
{
    allow(sandbox, path, SANDBOX_READ);
}

void host_sandbox_allow_reading_again(HostSandbox *sandbox, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);

    allow(sandbox, path, SANDBOX_READ);
    allow(sandbox, folder, SANDBOX_READ);
}

void host_sandbox_allow_output(HostSandbox *sandbox, const char *path)
{
    struct stat about;

    if (g_str_equal(path, "-"))
        return;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode))
        allow(sandbox, path, SANDBOX_WRITE);
    else
        allow_folder(sandbox, path, SANDBOX_MAKE);
}

void host_sandbox_allow_upkeep(HostSandbox *sandbox, const char *path)
{
    allow_folder(sandbox, path, SANDBOX_UPKEEP);
}

/* Valgrind puts its name into the variable that loads its parts. */
const char *host_sandbox_impossible(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return "this program was built with a sanitizer";
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) \
    || __has_feature(memory_sanitizer)
    return "this program was built with a sanitizer";
#endif
#endif
    const char *preload = getenv("LD_PRELOAD");

    if (preload != NULL && strstr(preload, "vgpreload") != NULL)
        return "this is valgrind";
    return NULL;
}

bool host_sandbox_enter(const HostSandbox *sandbox, unsigned calls, const char **weaker,
                        GError **error)
{
    *weaker = NULL;
    return host_sandbox_impossible() != NULL
           || (sandbox_files_restrict(sandbox->paths, weaker, error)
               && sandbox_calls_restrict(calls, weaker, error));
}
