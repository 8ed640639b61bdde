#pragma once

/*
 * Which system calls may be made: seccomp's part of the sandbox.
 */

#include <glib.h>
#include <seccomp.h>
#include <stdbool.h>

/* 'calls': HostCalls. For all threads. '*weaker': as host_sandbox_enter() has it. */
bool sandbox_calls_restrict(unsigned calls, const char **weaker, GError **error);

/* The list itself, not in force yet; NULL when the library refuses it. To be released. */
scmp_filter_ctx sandbox_calls_list(unsigned calls, GError **error);
