#pragma once

/*
 * What a process may still do after its first second.
 *
 * whyreg reads what strangers send, and a defect in it must not hand them the machine. So the
 * first thing of a run is host_protect(); when everything is open that needs a right, the rights
 * go with host_privileges_drop(); then host/sandbox.h closes the door. Each of them either did
 * all of it or says in one line what it could not do, and the run ends: nothing goes on as root
 * because something failed.
 */

#include <glib.h>
#include <stdbool.h>

/* To be called before there is a second thread. No core file and no debugger shows the memory,
 * nothing that is started gains rights, variables that make libraries load or write something are
 * gone, standard input and output are there, and descriptors that somebody forgot are closed:
 * all but those that 'words', the command line, names ("fd:5", "/dev/fd/63") and those that the
 * service manager passed on. */
bool host_protect(char *const *words, GError **error);

/* What is written from now on is for this user alone. For what runs unattended; a file that
 * others are meant to read gets its mode by fchmod(). */
void host_protect_outputs(void);

typedef enum HostNeed {
    HOST_NEEDS_NOTHING,
    HOST_NEEDS_FILES,   /* root's leave to open files of others; the sandbox says which */
    HOST_NEEDS_PACKETS, /* packet sockets, because an interface that comes back needs a new one */
} HostNeed;

/* Becomes 'user', with its groups, for good; NULL: stays who it is. Lets go of every capability
 * but those for 'need'. Asks the system's list of users, so it comes before the sandbox. */
bool host_privileges_drop(const char *user, HostNeed need, GError **error);

/* May this process open packet sockets? */
bool host_privileges_can_capture(void);

/* For somebody who may not: "cannot listen on eth0: ..., run ..." */
char *host_privileges_advice(const char *interface);
