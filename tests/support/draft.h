#pragma once

/*
 * A SIP message while it is being written: a start line and headers in order.
 */

#include <glib.h>
#include <stdbool.h>

typedef struct Draft {
    char *start;
    GPtrArray *headers; /* "Name: value" */
    char *body;         /* NULL: none */
} Draft;

Draft *draft_new(char *start); /* takes it */
Draft *draft_copy(const Draft *draft);
void draft_free(Draft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Draft, draft_free)

/* 'header' is "Name: value". Setting replaces the first header of that name,
 * or adds one; inserting puts it first of all. */
void draft_add(Draft *draft, const char *format, ...) G_GNUC_PRINTF(2, 3);
void draft_set(Draft *draft, const char *header);
void draft_insert(Draft *draft, const char *header);
void draft_drop(Draft *draft, const char *name);       /* every header of that name */
void draft_drop_first(Draft *draft, const char *name); /* only the first */

/* The value of the nth header of that name, from 0, or NULL. */
const char *draft_get(const Draft *draft, const char *name, unsigned nth);

/* With Content-Length, unless one was given. */
GString *draft_write(const Draft *draft);
