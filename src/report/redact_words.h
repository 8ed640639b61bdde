#pragma once

/*
 * Tokens in the place of names, inside the texts that hold them. Each appends
 * the new text.
 */

#include "redact_names.h"

void redact_host(ReportRedactor *redactor, GString *out, Str host);   /* name or address */
void redact_realm(ReportRedactor *redactor, GString *out, Str realm); /* often a host */

/* "alice", "alice@example.com", "example.com:5060;transport=tcp". */
void redact_account(ReportRedactor *redactor, GString *out, Str account);
void redact_uri(ReportRedactor *redactor, GString *out, Str uri);

/* ";name=value;name": the values. */
void redact_params(ReportRedactor *redactor, GString *out, Str params);

/* A sentence, a header value, a comment. What looks like an address, a URI, a
 * host or a random value goes, and every name that is known by now. */
void redact_words(ReportRedactor *redactor, GString *out, Str text);
