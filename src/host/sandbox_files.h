#pragma once

/*
 * Which files may be opened: Landlock's part of the sandbox.
 */

#include <glib.h>
#include <stdbool.h>

/* What may be done at a path, and below it when it is a folder. */
typedef enum SandboxAccess {
    SANDBOX_READ,   /* read files, list folders */
    SANDBOX_WRITE,  /* write what is there */
    SANDBOX_MAKE,   /* make, write, rename and remove files */
    SANDBOX_UPKEEP, /* that, and read them */
} SandboxAccess;

typedef struct SandboxPath {
    char *path;
    SandboxAccess access;
} SandboxPath;

/* Of SandboxPath. For this thread and those that it starts; also no connection can be opened by
 * TCP, and no other process signalled. '*weaker': as host_sandbox_enter() has it. */
bool sandbox_files_restrict(const GArray *paths, const char **weaker, GError **error);
