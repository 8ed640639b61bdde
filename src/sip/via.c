/*
 * Via: which way a request came, and what the next hop thought of its sender
 * (RFC 3261 section 20.42, rport in RFC 3581).
 */

#include "host.h"
#include "lex.h"
#include "sip/value.h"

static bool take_slash(Str s, size_t *at)
{
    if (*at == s.len || s.data[*at] != '/')
        return false;
    *at = sip_lex_skip_blank(s, *at + 1);
    return true;
}

/* "SIP / 2.0 / UDP": three tokens, with blanks around the slashes if somebody
 * likes. The place behind it. */
static size_t skip_protocol(Str s, SipVia *via)
{
    size_t at = 0;

    for (unsigned part = 0; part < 3; part++) {
        size_t start = sip_lex_skip_blank(s, at);

        if (part > 0 && !take_slash(s, &start))
            return at;
        at = start;
        while (at < s.len && sip_lex_is_token_char(s.data[at]))
            at++;
        if (at == start)
            return at;
        if (part == 2)
            via->transport = str_first(str_from(s, start), at - start);
    }
    via->ok = true;
    return at;
}

static void read_params(SipVia *via)
{
    Str rest = via->params;

    for (Str name, value; sip_param_next(&rest, &name, &value);) {
        if (!str_present(via->branch) && str_equal_nocase(name, STR("branch"))) {
            via->branch = value;
        } else if (!str_present(via->received) && str_equal_nocase(name, STR("received"))) {
            via->received = sip_host_parse(value).name;
        } else if (!via->rport_asked && str_equal_nocase(name, STR("rport"))) {
            uint64_t port = 0;

            via->rport_asked = true;
            if (value.len > 0)
                via->ok &= str_to_uint(value, UINT16_MAX, &port);
            via->rport = (uint16_t)port;
        }
    }
}

SipVia sip_via_parse(Str value)
{
    SipVia via = { .ok = false };
    Str s = str_trim(value);
    size_t at = skip_protocol(s, &via);
    Str rest = str_from(s, at);
    size_t end = sip_lex_find(rest, ';');
    SipHost host = sip_host_parse(str_first(rest, end));

    via.protocol = str_first(s, at);
    via.params = str_from(rest, end);
    via.host = host.name;
    via.port = host.port;
    via.ok &= host.ok;
    read_params(&via);
    return via;
}

SipVia sip_message_via(const SipMessage *message)
{
    Str rest = sip_message_first(message, SIP_HEADER_VIA);
    Str value;

    return sip_list_next(&rest, &value) ? sip_via_parse(value) : (SipVia){ .ok = false };
}

unsigned sip_message_via_count(const SipMessage *message)
{
    SipValues cursor = { 0 };
    unsigned n = 0;

    for (Str value; sip_values_next(message, SIP_HEADER_VIA, &cursor, &value);)
        n++;
    return n;
}
