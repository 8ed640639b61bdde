#pragma once

/*
 * A cage for the rest of the run: a list of system calls, and a list of paths.
 *
 * A capture is as hostile as the wire. Should it take over the process that reads it, that process
 * can start no program, open no connection and see no other file: what is not on the list of calls
 * ends it (seccomp), what is not on the list of paths is refused (Landlock).
 *
 * Everything that is opened before stays usable. Everything that runs in threads comes after: a
 * thread is in the sandbox when it was started in it.
 */

#include <glib.h>
#include <stdbool.h>

typedef enum HostCalls {
    HOST_CALLS_FILES = 0, /* reading, computing, writing; threads */
    HOST_CALLS_WATCH = 1, /* and packet sockets; nothing can be sent */
    HOST_CALLS_SERVE = 2, /* and connections that others open; only they are sent to */
} HostCalls;

typedef struct HostSandbox HostSandbox;

HostSandbox *host_sandbox_new(void);
void host_sandbox_free(HostSandbox *sandbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HostSandbox, host_sandbox_free)

/* This file, or this folder and all below it. A path that is not there is none. */
void host_sandbox_allow_reading(HostSandbox *sandbox, const char *path);

/* A file that can be put in the place of another: everything in its folder can be read. */
void host_sandbox_allow_reading_again(HostSandbox *sandbox, const char *path);

/* Where output goes: the device or pipe itself, or the folder of the file, in which it is made
 * under another name and renamed. "-" needs nothing. */
void host_sandbox_allow_output(HostSandbox *sandbox, const char *path);

/* Files that are made, read, written, renamed and removed in this folder, or in that of this file:
 * a database and what lies beside it, evidence in turns. */
void host_sandbox_allow_upkeep(HostSandbox *sandbox, const char *path);

/* Why it would be of no use, in a sentence that begins with a small letter, or NULL: programs
 * built with the address sanitizer, or running under valgrind, make calls that no list can hold. */
const char *host_sandbox_impossible(void);

/* There is no way back. '*weaker' is set to NULL, or to what is missing and why: kernels before
 * 5.13 have no Landlock. False: it could not be entered, and nothing may be read. Does nothing
 * where it is impossible. */
bool host_sandbox_enter(const HostSandbox *sandbox, unsigned calls, const char **weaker,
                        GError **error);
