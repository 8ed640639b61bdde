#pragma once

/*
 * One digest, from the password to the response.
 */

#include <stdio.h>

#include "reg/digest.h"

typedef struct DigestCase {
    const RegDigestInput *input;
    const RegDigestResult *result; /* verdict NONE: there is no response to compare with */
    const SipAuth *challenge;      /* that was answered; NULL: not known */
} DigestCase;

/* 'show_secrets': passwords, and hashes that are as good as one. */
void digest_working_print(FILE *stream, RegDigest *digest, const DigestCase *shown,
                          bool show_secrets);

/* "mismatch", "other_input (qop_quoted)" ...; g_free() it. */
char *digest_verdict_text(const RegDigestResult *result);

/* "label       text" with whatever came from the wire escaped. */
void digest_line_print(FILE *stream, const char *label, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
