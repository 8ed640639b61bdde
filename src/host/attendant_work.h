#pragma once

/*
 * What the helper process does, from its first message to its last.
 */

#include <sys/uio.h>

#include "host/attendant.h"

typedef struct AttendantTools {
    int (*journal)(const struct iovec *fields, int n); /* sd_journal_sendv() */
    void (*log)(int priority, const char *message);    /* syslog() */
} AttendantTools;

extern const AttendantTools attendant_tools_default;

/* Reads notes from 'socket' until it is closed at the other end, and does what they say. SIGCHLD
 * must be blocked. What it started has three seconds after that. */
void attendant_work(int socket, const HostAttendantConfig *config, const AttendantTools *tools);
