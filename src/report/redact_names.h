#pragma once

/*
 * The tokens that stand for names.
 */

#include "net/addr.h"
#include "report/redact.h"

typedef enum RedactKind {
    REDACT_USER,
    REDACT_HOST, /* a name, in any case; addresses have redact_addr() */
    REDACT_REALM,
    REDACT_CALL_ID,
    REDACT_INSTANCE,
    REDACT_NONCE,
    REDACT_CNONCE,
    REDACT_RESPONSE,
    REDACT_VALUE, /* whatever else identifies something */
    REDACT_COMMENT,
    REDACT_PUBLIC_4, /* the addresses, by what must stay apart */
    REDACT_PRIVATE_4,
    REDACT_PUBLIC_6,
    REDACT_PRIVATE_6,
    REDACT_KINDS,
} RedactKind;

/* Appends "user1", "host1.example" ...; nothing for an empty text. */
void redact_name(ReportRedactor *redactor, GString *out, RedactKind kind, Str text);

/* Whether the text has a token already. */
bool redact_is_known(const ReportRedactor *redactor, RedactKind kind, Str text);

/* Loopback, multicast and "any" addresses tell nothing and stay. */
NetAddr redact_addr(ReportRedactor *redactor, const NetAddr *addr);
