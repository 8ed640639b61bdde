/*
 * What a datagram is when it is no SIP message.
 *
 * Between two registrations a phone sends next to nothing, and this next to
 * nothing decides whether it can be reached: line ends, four zeros, "jaK", an
 * empty datagram, a STUN request.
 */

#include "datagram.h"

#include "base/reader.h"
#include "lex.h"

/* Nothing longer is taken for a keep-alive without knowing it. */
#define TINY 8

/* The port that phones use for SIP unless told otherwise (RFC 3261 section
 * 19.1.2). What comes there is looked at, whatever it begins with. */
#define SIP_PORT 5060

static bool is_made_of(Str bytes, char a, char b)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.data[i] != a && bytes.data[i] != b)
            return false;
    }
    return bytes.len > 0;
}

/* RFC 3489 section 11.1: without a cookie only a known type and a length that
 * fits are proof. */
static bool is_classic_type(uint16_t type)
{
    return type == 0x0001 || type == 0x0101 || type == 0x0111 || type == 0x0002 || type == 0x0102
           || type == 0x0112;
}

/* RFC 5389 section 6: two zero bits, a length in steps of four, the cookie. */
static bool is_stun(Str bytes)
{
    const uint32_t magic_cookie = 0x2112a442;
    Reader reader = reader_of(bytes);
    uint16_t type = reader_be16(&reader);
    uint16_t len = reader_be16(&reader);
    uint32_t cookie = reader_be32(&reader);

    reader_take(&reader, 12);
    if (reader.short_read || (type & 0xc000) != 0 || len % 4 != 0)
        return false;
    if (cookie == magic_cookie)
        return true;
    return is_classic_type(type) && len == reader_left(&reader);
}

bool sip_datagram_is_keepalive(Str bytes, SipKeepalive *kind)
{
    if (is_made_of(bytes, '\r', '\n'))
        *kind = bytes.len < 4 ? SIP_KEEPALIVE_CRLF : SIP_KEEPALIVE_CRLFCRLF;
    else if (bytes.len <= TINY && is_made_of(bytes, '\0', '\0'))
        *kind = SIP_KEEPALIVE_ZEROS;
    else if (bytes.len <= TINY)
        *kind = SIP_KEEPALIVE_OTHER;
    else if (is_stun(bytes))
        *kind = SIP_KEEPALIVE_STUN;
    else
        return false;
    return true;
}

/* Text of a start line, or line ends in front of one. RTP and RTCP begin with a
 * byte from 0x80 to 0xbf (RFC 3550 section 5.1). */
static bool begins_like_text(Str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        char c = bytes.data[i];

        if (!sip_lex_is_token_char(c) && !sip_lex_is_blank(c) && c != '/')
            return false;
    }
    return true;
}

bool sip_framer_wants(Str bytes, const NetFlow *flow)
{
    return bytes.len <= TINY || begins_like_text(str_first(bytes, 4)) || flow->src.port == SIP_PORT
           || flow->dst.port == SIP_PORT || is_stun(bytes);
}
