/*
 * Takes "host:port" apart. The hard part is an IPv6 address without brackets:
 * what stands behind its last colon may be a port or not. It is taken for a
 * part of the address, as RFC 5118 section 4.4 advises, and the grammar counts
 * as broken.
 */

#include "host.h"

#include "lex.h"

/* 'n': letters, digits, "-" and "."; and "_", which is in no host name by the grammar and in
 * many by custom. */
static const char host_classes[256] = "................................"
                                      ".............nn."  /*  !"#$%&'()*+,-./ */
                                      "nnnnnnnnnn......"  /* 0123456789:;<=>? */
                                      ".nnnnnnnnnnnnnnn"  /* @ABCDEFGHIJKLMNO */
                                      "nnnnnnnnnnn....n"  /* PQRSTUVWXYZ[\]^_ */
                                      ".nnnnnnnnnnnnnnn"  /* `abcdefghijklmno */
                                      "nnnnnnnnnnn....."; /* pqrstuvwxyz{|}~ */

static bool is_name(Str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (host_classes[(uint8_t)s.data[i]] != 'n')
            return false;
    }
    return s.len > 0;
}

static bool is_ipv6(Str s)
{
    size_t colons = 0;

    for (size_t i = 0; i < s.len; i++) {
        colons += s.data[i] == ':';
        if (s.data[i] != ':' && s.data[i] != '.' && sip_lex_hex(s.data[i]) < 0)
            return false;
    }
    return colons >= 2;
}

/* Blanks may stand around the colon: RFC 3261 section 20.42 shows it. */
static bool read_port(Str text, uint16_t *port)
{
    uint64_t number = 0;

    if (!str_to_uint(str_trim(text), UINT16_MAX, &number) || number == 0)
        return false;
    *port = (uint16_t)number;
    return true;
}

static SipHost parse_reference(Str text)
{
    SipHost host = { .ok = true };
    Str rest;

    if (!str_split(str_from(text, 1), ']', &host.name, &rest)) {
        host.ok = false;
        return host;
    }

    rest = str_trim(rest);
    host.ok = is_ipv6(host.name);
    if (rest.len > 0)
        host.ok &= rest.data[0] == ':' && read_port(str_from(rest, 1), &host.port);
    return host;
}

SipHost sip_host_parse(Str text)
{
    SipHost host = { .ok = true };
    Str rest;

    text = str_trim(text);
    if (text.len > 0 && text.data[0] == '[')
        return parse_reference(text);

    bool has_port = str_split(text, ':', &host.name, &rest);

    if (has_port && memchr(rest.data, ':', rest.len) != NULL)
        return (SipHost){ .name = text, .ok = false };
    host.name = str_trim(host.name);
    host.ok = is_name(host.name);
    if (has_port)
        host.ok &= read_port(rest, &host.port);
    return host;
}
