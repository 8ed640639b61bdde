#pragma once

/*
 * One source of passwords while it is read, line by line and in place: what an
 * account points to are the bytes of the source itself, so that there is only
 * one copy to wipe.
 */

#include <glib.h>

#include "reg/secrets.h"

/* No device takes a longer password, and no server a longer user name. */
#define REG_SECRETS_LINE_MAX 4096

typedef struct RegSecretsReader {
    const char *source; /* its name, for messages */
    char *text;
    size_t len;
    size_t at;
    unsigned line;    /* of what was read last, from 1 */
    GArray *accounts; /* of RegSecret: what was found */
} RegSecretsReader;

/* The next line without its line end, CR LF or LF; false at the end. */
bool reg_secrets_reader_next(RegSecretsReader *reader, Str *line);

/* Where a part of the text can be written to. */
char *reg_secrets_reader_writable(const RegSecretsReader *reader, Str part);

void reg_secrets_reader_add(RegSecretsReader *reader, RegSecret secret);

/* Always false. 'line' 0 stands for the line read last. */
bool reg_secrets_reader_fail(const RegSecretsReader *reader, unsigned line, const char *what,
                             GError **error);

/* The algorithm whose HA1 has so many hex digits: "MD5" or "SHA-256"; NULL for
 * anything else. */
const char *reg_secrets_ha1_algorithm(Str hex);
bool reg_secrets_is_hex(Str text);

/* Writes the hash in lower case, as accounts have it. */
Str reg_secrets_reader_lower(const RegSecretsReader *reader, Str hex);

/* The formats. Each reads all of the source. */
bool reg_secrets_lines_read(RegSecretsReader *reader, GError **error);
bool reg_secrets_pjsip_read(RegSecretsReader *reader, GError **error);
bool reg_secrets_csv_read(RegSecretsReader *reader, GError **error);

/* Whether the first line that is no comment is of that format. */
bool reg_secrets_pjsip_begins(Str line);
bool reg_secrets_csv_begins(Str line);
