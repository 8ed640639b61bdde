#pragma once

/*
 * Header values taken apart (RFC 3261 section 25): a Str in, a struct of Str
 * out, nothing allocated, everything borrowed from the message.
 *
 * The readers are lenient: they take what is there and say with 'ok' whether
 * the grammar was kept.
 */

#include "net/addr.h"
#include "sip/message.h"

/* The next value of a comma-separated list, trimmed; commas inside quotes and
 * angle brackets do not count. False at the end; empty values are skipped. */
bool sip_list_next(Str *rest, Str *value);

/* Every value of every header with that id, one after the other. Start with a
 * zeroed cursor. A header that is no list (RFC 3261 section 7.3.1: Date, the
 * challenges and credentials ...) has one value, commas and all. */
typedef struct SipValues {
    unsigned nth;
    Str rest;
} SipValues;
bool sip_values_next(const SipMessage *message, SipHeaderId id, SipValues *cursor, Str *value);

/* ";name=value" parameters. 'value' is STR_NONE for a bare ";name", and keeps
 * its quotes. */
bool sip_param_next(Str *rest, Str *name, Str *value);
bool sip_param_find(Str params, const char *name, Str *value); /* false: not there */

/* What stands between the quotes, not unescaped; a Str without quotes as is. */
Str sip_unquote(Str value);

typedef struct SipUri {
    Str whole;
    Str scheme; /* "sip", "sips", "tel" ... as written */
    Str user;   /* STR_NONE when there is none; may hold escapes and ";"; the number of a tel: */
    Str password;
    Str host;      /* without brackets */
    uint16_t port; /* 0 when not given */
    Str params;    /* from the first ";", or empty */
    Str headers;
    bool ok;
} SipUri;
SipUri sip_uri_parse(Str text);

/* "user@host" as an address of record: host in lower case, no port, no
 * parameters (RFC 3261 section 10.3 step 5). Escapes of the user part are kept
 * when they are needed and undone when not, so that two spellings of one user
 * are one text; control characters are escaped. "" when there is neither.
 * g_free() it. */
char *sip_uri_to_aor(const SipUri *uri);

/* RFC 3261 section 19.1.4, leaving out what only tells one registration from
 * the next ("expires", "q" do not belong to the URI). IPv6 addresses are
 * compared by value (RFC 5954). */
bool sip_uri_equal(const SipUri *a, const SipUri *b);

/* From, To, Contact, Route and the like: a URI with or without display name. */
typedef struct SipNameAddr {
    Str display; /* keeps its quotes */
    SipUri uri;
    Str params; /* behind the ">" */
    bool star;  /* "*" (RFC 3261 section 10.2.2) */
    bool ok;
} SipNameAddr;
SipNameAddr sip_name_addr_parse(Str value);

typedef enum SipNumber {
    SIP_NUMBER_ABSENT,
    SIP_NUMBER_OK,
    SIP_NUMBER_MALFORMED,
} SipNumber;

/* "3600", also "3600;retry" (Retry-After): the digits in front. Values above
 * 2^32-1 become 2^32-1 (RFC 3261 section 10.2). */
SipNumber sip_number(Str value, uint32_t *out);

typedef struct SipVia {
    Str protocol;  /* "SIP/2.0/UDP" */
    Str transport; /* "UDP" */
    Str host;      /* sent-by, without brackets */
    uint16_t port; /* 0 when not given */
    Str branch;
    Str received;     /* without brackets; STR_NONE: absent */
    bool rport_asked; /* ";rport" with or without a value */
    uint16_t rport;   /* 0: absent or empty */
    Str params;
    bool ok;
} SipVia;
SipVia sip_via_parse(Str value);

/* The topmost Via of the message; 'ok' is false when there is none. */
SipVia sip_message_via(const SipMessage *message);
unsigned sip_message_via_count(const SipMessage *message);

/* One challenge or one set of credentials (RFC 7616, RFC 3261 section 20.7). */
typedef struct SipAuth {
    Str scheme; /* "Digest" */
    Str params; /* everything behind the scheme */
    Str realm;  /* these keep no quotes and are not unescaped; STR_NONE: absent */
    Str nonce;
    Str opaque;
    Str algorithm;
    Str qop; /* a challenge may offer several, separated by commas */
    Str username;
    Str username_ext; /* username* */
    Str uri;
    Str response;
    Str cnonce;
    Str nc;
    Str auts;
    bool stale;
    bool userhash;
    bool ok; /* the grammar was kept */
} SipAuth;
SipAuth sip_auth_parse(Str value);
