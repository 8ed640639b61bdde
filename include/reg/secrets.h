#pragma once

/*
 * Passwords to check digest answers with.
 *
 * They come from a file that only its owner can read, are wiped when freed,
 * and are never written to a log or a report. What a source may hold is said
 * at reg_secrets_load().
 */

#include <glib.h>
#include <stdbool.h>

#include "base/str.h"

#define REG_SECRETS_ERROR (reg_secrets_error_quark())
GQuark reg_secrets_error_quark(void);

typedef enum RegSecretsError {
    REG_SECRETS_ERROR_OPEN,
    REG_SECRETS_ERROR_MODE,  /* others can read the file: refused */
    REG_SECRETS_ERROR_SYNTAX /* the message names the line, never its text */
} RegSecretsError;

typedef enum RegSecretKind {
    REG_SECRET_PASSWORD,
    REG_SECRET_HA1, /* H(user:realm:password) in lower-case hex */
} RegSecretKind;

/* One account. All text is the table's. */
typedef struct RegSecret {
    RegSecretKind kind;
    Str user;            /* the authentication user */
    Str realm;           /* STR_NONE: any */
    Str secret;          /* the password, or the HA1 */
    Str algorithm;       /* of an HA1: "MD5", "SHA-256", "SHA-512-256"; STR_NONE for a password */
    Str aor;             /* "user@domain", or "user" of any domain, that the source ties it to;
                            STR_NONE when it names none */
    bool user_at_domain; /* the HA1 was made with "user@domain" for the user (Kamailio ha1b) */
} RegSecret;

typedef struct RegSecrets RegSecrets;

RegSecrets *reg_secrets_new(void);
void reg_secrets_free(RegSecrets *secrets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RegSecrets, reg_secrets_free)

/*
 * Adds a source: a path, "env:NAME" or "fd:NUMBER". The variable holds the text
 * itself, and is wiped and removed from the environment; the descriptor is read
 * to its end and closed. Not more than 16 MiB. 'readable_by_others' takes a
 * file that is not its owner's alone. Nothing is added when it fails.
 *
 * The content tells what it is:
 *
 * - Lines "user:realm:password". The password is all behind the second colon,
 *   as it stands. In user and realm "\:", "\\" and "\#" stand for the second
 *   character. Realm "*" is any. Empty lines and lines that begin with "#" are
 *   skipped. "user:realm:ha1:HEX" gives a hash instead: 32 digits are MD5, 64
 *   are SHA-256; "ha1-sha-512-256:HEX" and the like name it. Anything else
 *   behind "ha1:" is a password that begins so, but for hex digits in another
 *   number, which are an error.
 * - An Asterisk pjsip.conf: "type=auth" sections, tied to addresses of record
 *   by "type=endpoint" and "type=registration". Included files are not read.
 * - A Kamailio subscriber table as CSV, with a header row or with the columns
 *   [id,]username,domain,password,ha1,ha1b.
 */
bool reg_secrets_load(RegSecrets *secrets, const char *source, bool readable_by_others,
                      GError **error);

unsigned reg_secrets_size(const RegSecrets *secrets);

/* How many accounts of a realm are few enough to try each of them. */
#define REG_SECRETS_FEW 16

/* The accounts that may belong to a digest answer, best first: those of this
 * user (in this realm, in any, in others), then those tied to the address of
 * record, then those of its user, then (when there are few in the realm) all of
 * the realm. At most 'max'; borrowed. */
unsigned reg_secrets_find(const RegSecrets *secrets, Str user, Str realm, Str aor,
                          const RegSecret **found, unsigned max);
