#pragma once

/*
 * One message to the attendant: what is to be done with it, and "KEY=value"
 * fields. These are the fields of a journal entry, the variables of a
 * command's environment, and what a line of syslog is made of.
 *
 * Text from the wire is harmless in it: valid UTF-8, nothing that a terminal
 * obeys, no end of line, and not longer than NOTE_VALUE bytes.
 */

#include <glib.h>

#include "report/live.h"

typedef enum NoteKind {
    NOTE_JOURNAL = 'j',
    NOTE_SYSLOG = 's',
    NOTE_COMMAND = 'c',
} NoteKind;

#define NOTE_BYTES 16384 /* of a whole message at most */
#define NOTE_VALUE 1024
#define NOTE_FIELDS 40

typedef struct Note {
    GString *bytes; /* the kind, then each field with its NUL */
    unsigned n;
} Note;

void note_begin(Note *note, NoteKind kind);
void note_clear(Note *note);

/* A NULL text is no field; what does not fit is left out. */
void note_add(Note *note, const char *key, const char *text);
void note_add_number(Note *note, const char *key, uint64_t number);
void note_add_time(Note *note, const char *key, Nsec time); /* NSEC_NONE: no field */

/* The fields that tell who, how and why: WHYREG_... */
void note_add_device_id(Note *note, uint64_t id);
void note_add_device(Note *note, const RegDevice *device);
void note_add_finding(Note *note, const Finding *finding);
void note_add_change(Note *note, const ReportChange *change);
void note_add_resolved(Note *note, const ReportResolved *resolved);

/* As one reads it: the fields, NULL-terminated, pointing into 'bytes', which ends in a NUL. */
unsigned note_fields(char *bytes, size_t len, char *fields[NOTE_FIELDS + 1]);
