#pragma once

/*
 * JSON text (RFC 8259), member by member, straight to where it goes: for what
 * is printed, answered over HTTP, or kept in a column of the history.
 *
 * 'name' is a constant of ours that needs no escapes; NULL in a list, and for
 * what stands alone. Commas come by themselves. Objects and lists are closed by
 * whoever opened them.
 */

#include <glib.h>
#include <stdbool.h>

#include "base/nsec.h"

/* Appends to 'text', which it borrows; a copy of it goes on where it stands. */
typedef struct Json {
    GString *text;
    size_t begin; /* ours is behind it */
    Nsec second;  /* that 'stamp' begins with; -1: none */
    char stamp[NSEC_TEXT];
} Json;

Json json_begin(GString *text);

void json_open(Json *json, const char *name);
void json_close(Json *json);
void json_open_list(Json *json, const char *name);
void json_close_list(Json *json);

/* NULL is null. What is not UTF-8 is replaced, as escape_utf8() does. */
void json_text(Json *json, const char *name, const char *text);

/* As nsec_to_text() writes it; NSEC_NONE is null. */
void json_time(Json *json, const char *name, Nsec time);

/* Seconds, with thousandths; NSEC_NONE is null. */
void json_seconds(Json *json, const char *name, Nsec span);

/* A text that reads back as the same number, and as no integer. */
void json_number(Json *json, const char *name, double number);

/* Counts end at 2^63 - 1, where others can still read them. */
void json_count(Json *json, const char *name, uint64_t count);
void json_integer(Json *json, const char *name, int64_t number);
void json_flag(Json *json, const char *name, bool flag);

/* Text that is JSON already; NULL is null. */
void json_raw(Json *json, const char *name, const char *text);
