/*
 * The names of headers.
 *
 * Every header line of every message comes by here, so the name is looked up
 * with one probe: its length, first and last letter are different for all the
 * names we know. The compiler refuses two names in one slot.
 */

#include <glib.h>

#include "sip/message.h"

static const Str long_names[SIP_HEADER_COUNT] = {
    [SIP_HEADER_ALLOW] = { "Allow", 5 },
    [SIP_HEADER_AUTHENTICATION_INFO] = { "Authentication-Info", 19 },
    [SIP_HEADER_AUTHORIZATION] = { "Authorization", 13 },
    [SIP_HEADER_CALL_ID] = { "Call-ID", 7 },
    [SIP_HEADER_CONTACT] = { "Contact", 7 },
    [SIP_HEADER_CONTENT_LENGTH] = { "Content-Length", 14 },
    [SIP_HEADER_CONTENT_TYPE] = { "Content-Type", 12 },
    [SIP_HEADER_CSEQ] = { "CSeq", 4 },
    [SIP_HEADER_DATE] = { "Date", 4 },
    [SIP_HEADER_EXPIRES] = { "Expires", 7 },
    [SIP_HEADER_FLOW_TIMER] = { "Flow-Timer", 10 },
    [SIP_HEADER_FROM] = { "From", 4 },
    [SIP_HEADER_MAX_FORWARDS] = { "Max-Forwards", 12 },
    [SIP_HEADER_MIN_EXPIRES] = { "Min-Expires", 11 },
    [SIP_HEADER_PATH] = { "Path", 4 },
    [SIP_HEADER_PROXY_AUTHENTICATE] = { "Proxy-Authenticate", 18 },
    [SIP_HEADER_PROXY_AUTHORIZATION] = { "Proxy-Authorization", 19 },
    [SIP_HEADER_P_REGISTRAR_ERROR] = { "P-Registrar-Error", 17 },
    [SIP_HEADER_REASON] = { "Reason", 6 },
    [SIP_HEADER_RECORD_ROUTE] = { "Record-Route", 12 },
    [SIP_HEADER_REQUIRE] = { "Require", 7 },
    [SIP_HEADER_RETRY_AFTER] = { "Retry-After", 11 },
    [SIP_HEADER_ROUTE] = { "Route", 5 },
    [SIP_HEADER_SECURITY_CLIENT] = { "Security-Client", 15 },
    [SIP_HEADER_SECURITY_SERVER] = { "Security-Server", 15 },
    [SIP_HEADER_SECURITY_VERIFY] = { "Security-Verify", 15 },
    [SIP_HEADER_SERVER] = { "Server", 6 },
    [SIP_HEADER_SERVICE_ROUTE] = { "Service-Route", 13 },
    [SIP_HEADER_SUPPORTED] = { "Supported", 9 },
    [SIP_HEADER_TO] = { "To", 2 },
    [SIP_HEADER_UNSUPPORTED] = { "Unsupported", 11 },
    [SIP_HEADER_USER_AGENT] = { "User-Agent", 10 },
    [SIP_HEADER_VIA] = { "Via", 3 },
    [SIP_HEADER_WARNING] = { "Warning", 7 },
    [SIP_HEADER_WWW_AUTHENTICATE] = { "WWW-Authenticate", 16 },
};

#define SLOTS 128
#define SLOT(len, first, last) (((len) + 27 * (first) + (last)) & (SLOTS - 1))

static const uint8_t slots[SLOTS] = {
    [SLOT(5, 'a', 'w')] = SIP_HEADER_ALLOW,
    [SLOT(19, 'a', 'o')] = SIP_HEADER_AUTHENTICATION_INFO,
    [SLOT(13, 'a', 'n')] = SIP_HEADER_AUTHORIZATION,
    [SLOT(7, 'c', 'd')] = SIP_HEADER_CALL_ID,
    [SLOT(7, 'c', 't')] = SIP_HEADER_CONTACT,
    [SLOT(14, 'c', 'h')] = SIP_HEADER_CONTENT_LENGTH,
    [SLOT(12, 'c', 'e')] = SIP_HEADER_CONTENT_TYPE,
    [SLOT(4, 'c', 'q')] = SIP_HEADER_CSEQ,
    [SLOT(4, 'd', 'e')] = SIP_HEADER_DATE,
    [SLOT(7, 'e', 's')] = SIP_HEADER_EXPIRES,
    [SLOT(10, 'f', 'r')] = SIP_HEADER_FLOW_TIMER,
    [SLOT(4, 'f', 'm')] = SIP_HEADER_FROM,
    [SLOT(12, 'm', 's')] = SIP_HEADER_MAX_FORWARDS,
    [SLOT(11, 'm', 's')] = SIP_HEADER_MIN_EXPIRES,
    [SLOT(4, 'p', 'h')] = SIP_HEADER_PATH,
    [SLOT(18, 'p', 'e')] = SIP_HEADER_PROXY_AUTHENTICATE,
    [SLOT(19, 'p', 'n')] = SIP_HEADER_PROXY_AUTHORIZATION,
    [SLOT(17, 'p', 'r')] = SIP_HEADER_P_REGISTRAR_ERROR,
    [SLOT(6, 'r', 'n')] = SIP_HEADER_REASON,
    [SLOT(12, 'r', 'e')] = SIP_HEADER_RECORD_ROUTE,
    [SLOT(7, 'r', 'e')] = SIP_HEADER_REQUIRE,
    [SLOT(11, 'r', 'r')] = SIP_HEADER_RETRY_AFTER,
    [SLOT(5, 'r', 'e')] = SIP_HEADER_ROUTE,
    [SLOT(15, 's', 't')] = SIP_HEADER_SECURITY_CLIENT,
    [SLOT(15, 's', 'r')] = SIP_HEADER_SECURITY_SERVER,
    [SLOT(15, 's', 'y')] = SIP_HEADER_SECURITY_VERIFY,
    [SLOT(6, 's', 'r')] = SIP_HEADER_SERVER,
    [SLOT(13, 's', 'e')] = SIP_HEADER_SERVICE_ROUTE,
    [SLOT(9, 's', 'd')] = SIP_HEADER_SUPPORTED,
    [SLOT(2, 't', 'o')] = SIP_HEADER_TO,
    [SLOT(11, 'u', 'd')] = SIP_HEADER_UNSUPPORTED,
    [SLOT(10, 'u', 't')] = SIP_HEADER_USER_AGENT,
    [SLOT(3, 'v', 'a')] = SIP_HEADER_VIA,
    [SLOT(7, 'w', 'g')] = SIP_HEADER_WARNING,
    [SLOT(16, 'w', 'e')] = SIP_HEADER_WWW_AUTHENTICATE,
};

/* RFC 3261 section 7.3.3: the short names. Those that nobody here asks for, as
 * "s" for Subject, are not in the list. */
static SipHeaderId compact_id_of(char letter)
{
    switch (g_ascii_tolower(letter)) {
    case 'c':
        return SIP_HEADER_CONTENT_TYPE;
    case 'f':
        return SIP_HEADER_FROM;
    case 'i':
        return SIP_HEADER_CALL_ID;
    case 'k':
        return SIP_HEADER_SUPPORTED;
    case 'l':
        return SIP_HEADER_CONTENT_LENGTH;
    case 'm':
        return SIP_HEADER_CONTACT;
    case 't':
        return SIP_HEADER_TO;
    case 'v':
        return SIP_HEADER_VIA;
    default:
        return SIP_HEADER_OTHER;
    }
}

SipHeaderId sip_header_id_of(Str name)
{
    if (name.len < 2)
        return name.len == 1 ? compact_id_of(name.data[0]) : SIP_HEADER_OTHER;

    /* In lower case when they are letters. Whatever else they are, the comparison
     * below will tell. */
    uint8_t first = (uint8_t)name.data[0] | 0x20;
    uint8_t last = (uint8_t)name.data[name.len - 1] | 0x20;
    SipHeaderId id = slots[SLOT(name.len, first, last)];

    /* Nearly everybody writes the name as the RFC does. */
    if (str_equal(name, long_names[id]) || str_equal_nocase(name, long_names[id]))
        return id;
    return SIP_HEADER_OTHER;
}

const char *sip_header_long_name(SipHeaderId id)
{
    return id < SIP_HEADER_COUNT ? long_names[id].data : NULL;
}
