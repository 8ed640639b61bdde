/*
 * One value of a header on both sides: which part of it was changed.
 *
 * Addresses are told apart from the rest, because that is what a box edits
 * that wants to help with NAT.
 */

#include "diff_value.h"

#include "host.h"
#include "sip/value.h"

void diff_note(const DiffScene *scene, SipChange change)
{
    SipDiff *diff = scene->diff;

    if (diff->n == SIP_DIFF_CHANGES)
        diff->more = true;
    else
        diff->changes[diff->n++] = change;
}

static bool is_at(Str text, const NetAddr *addr)
{
    NetAddr written;

    return net_addr_parse(text, &written) && net_addr_equal(&written, addr);
}

static bool is_translated(Str from, Str to, const NetAddr *inside, const NetAddr *outside)
{
    return !net_addr_equal(inside, outside) && is_at(from, inside) && is_at(to, outside);
}

/* Whether the text says inside what the packet's header said there, and outside
 * what it said there: that is a box which knows the mapping. Of a packet that also
 * goes to another host somebody was addressed, who may do what he likes. */
static bool is_mapping(const DiffScene *scene, Str inside, Str outside)
{
    const NetFlow *in = &scene->inside->meta.flow;
    const NetFlow *out = &scene->outside->meta.flow;
    Str from = sip_host_parse(inside).name;
    Str to = sip_host_parse(outside).name;

    if (net_addr_equal(&in->dst.addr, &out->dst.addr))
        return is_translated(from, to, &in->src.addr, &out->src.addr);
    return net_addr_equal(&in->src.addr, &out->src.addr)
           && is_translated(from, to, &in->dst.addr, &out->dst.addr);
}

/* False: they are the same. */
static bool note_part(const DiffScene *scene, SipChange about, SipPart part, Str inside,
                      Str outside)
{
    if (str_equal(inside, outside) && str_present(inside) == str_present(outside))
        return false;
    about.part = part;
    about.inside = inside;
    about.outside = outside;
    about.mapping = is_mapping(scene, inside, outside);
    diff_note(scene, about);
    return true;
}

static bool is_address_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '.'
           || c == ':' || c == '[' || c == ']';
}

/* What is left of two texts without their common beginning and end, which may
 * not go through the middle of an address. */
static void find_core(Str *inside, Str *outside)
{
    size_t shortest = inside->len < outside->len ? inside->len : outside->len;
    size_t head = 0, tail = 0;

    while (head < shortest && inside->data[head] == outside->data[head])
        head++;
    while (head > 0 && is_address_char(inside->data[head - 1]))
        head--;
    while (tail < shortest - head
           && inside->data[inside->len - 1 - tail] == outside->data[outside->len - 1 - tail])
        tail++;
    while (tail > 0 && is_address_char(inside->data[inside->len - tail]))
        tail--;
    *inside = (Str){ inside->data + head, inside->len - head - tail };
    *outside = (Str){ outside->data + head, outside->len - head - tail };
}

static bool is_address(Str text)
{
    NetAddr addr;

    return net_addr_parse(sip_host_parse(text).name, &addr);
}

void diff_text(const DiffScene *scene, SipChange about, Str inside, Str outside)
{
    Str from = inside, to = outside;

    if (str_equal(inside, outside))
        return;
    if (inside.len > 0 && outside.len > 0)
        find_core(&from, &to);
    if (from.len > 0 && to.len > 0 && is_address(from) && is_address(to))
        note_part(scene, about, SIP_PART_ADDRESS, from, to);
    else
        note_part(scene, about, SIP_PART_VALUE, inside, outside);
}

static void diff_param(const DiffScene *scene, SipChange about, Str name, Str inside, Str outside)
{
    about.param = name;
    note_part(scene, about, SIP_PART_PARAM, inside, outside);
}

/* A parameter without a value is there all the same. */
static Str value_or_empty(Str name, Str value)
{
    return str_present(value) ? value : str_from(name, name.len);
}

static bool find_param(Str params, Str wanted, Str *value)
{
    for (Str name; sip_param_next(&params, &name, value);) {
        if (str_equal_nocase(name, wanted)) {
            *value = value_or_empty(name, *value);
            return true;
        }
    }
    return false;
}

/* More parameters than this are not compared. */
#define MAX_PARAMS 32

static void diff_params(const DiffScene *scene, SipChange about, Str inside, Str outside)
{
    Str rest = inside, name, value, other;

    for (unsigned i = 0; i < MAX_PARAMS && sip_param_next(&rest, &name, &value); i++) {
        if (!find_param(outside, name, &other))
            other = STR_NONE;
        diff_param(scene, about, name, value_or_empty(name, value), other);
    }
    rest = outside;
    for (unsigned i = 0; i < MAX_PARAMS && sip_param_next(&rest, &name, &value); i++) {
        if (!find_param(inside, name, &other))
            diff_param(scene, about, name, STR_NONE, value_or_empty(name, value));
    }
}

/* "192.0.2.1:5060" as it is written. */
static Str host_port_of_via(const SipVia *via)
{
    const char *start = via->protocol.data + via->protocol.len;

    return str_trim((Str){ start, (size_t)(via->params.data - start) });
}

static Str host_port_of_uri(const SipUri *uri)
{
    if (!str_present(uri->host) || !str_present(uri->params))
        return uri->host;

    bool bracket = uri->host.data > uri->whole.data && uri->host.data[-1] == '[';
    const char *start = uri->host.data - (bracket ? 1 : 0);

    return str_trim((Str){ start, (size_t)(uri->params.data - start) });
}

static void diff_via(const DiffScene *scene, SipChange about, Str inside, Str outside)
{
    SipVia from = sip_via_parse(inside);
    SipVia to = sip_via_parse(outside);

    if (!str_equal_nocase(from.transport, to.transport))
        note_part(scene, about, SIP_PART_VALUE, from.transport, to.transport);
    note_part(scene, about, SIP_PART_ADDRESS, host_port_of_via(&from), host_port_of_via(&to));
    diff_params(scene, about, from.params, to.params);
}

void diff_uri(const DiffScene *scene, SipChange about, Str inside, Str outside)
{
    SipUri from = sip_uri_parse(inside);
    SipUri to = sip_uri_parse(outside);

    if (!str_equal_nocase(from.scheme, to.scheme) || !str_equal(from.headers, to.headers)
        || !str_equal(from.password, to.password)) {
        note_part(scene, about, SIP_PART_VALUE, inside, outside);
        return;
    }
    note_part(scene, about, SIP_PART_USER, from.user, to.user);
    note_part(scene, about, SIP_PART_ADDRESS, host_port_of_uri(&from), host_port_of_uri(&to));
    diff_params(scene, about, from.params, to.params);
}

static void diff_name_addr(const DiffScene *scene, SipChange about, Str inside, Str outside)
{
    SipNameAddr from = sip_name_addr_parse(inside);
    SipNameAddr to = sip_name_addr_parse(outside);

    if (from.star || to.star) {
        note_part(scene, about, SIP_PART_VALUE, inside, outside);
        return;
    }
    if (!str_equal(from.display, to.display))
        note_part(scene, about, SIP_PART_VALUE, from.display, to.display);
    diff_uri(scene, about, from.uri.whole, to.uri.whole);
    diff_params(scene, about, from.params, to.params);
}

/* "a1b2c3@192.0.2.1": two parts by custom, not by the grammar. */
static void diff_call_id(const DiffScene *scene, SipChange about, Str inside, Str outside)
{
    Str from, from_host, to, to_host;

    str_split(inside, '@', &from, &from_host);
    str_split(outside, '@', &to, &to_host);
    note_part(scene, about, SIP_PART_USER, from, to);
    note_part(scene, about, SIP_PART_ADDRESS, from_host, to_host);
}

static bool find_auth_param(Str list, Str wanted, Str *value)
{
    Str param, name;

    while (sip_list_next(&list, &param)) {
        if (str_split(param, '=', &name, value) && str_equal_nocase(str_trim(name), wanted)) {
            *value = str_trim(*value);
            return true;
        }
    }
    return false;
}

static void diff_auth(const DiffScene *scene, SipChange about, Str inside, Str outside)
{
    SipAuth credentials = sip_auth_parse(inside);
    SipAuth others = sip_auth_parse(outside);
    Str from = credentials.params, to = others.params;
    Str rest = from, param, name, value, other;

    if (!str_equal_nocase(credentials.scheme, others.scheme))
        note_part(scene, about, SIP_PART_VALUE, credentials.scheme, others.scheme);
    for (unsigned i = 0; i < MAX_PARAMS && sip_list_next(&rest, &param); i++) {
        if (!str_split(param, '=', &name, &value))
            continue;
        name = str_trim(name);
        if (!find_auth_param(to, name, &other))
            other = STR_NONE;
        diff_param(scene, about, name, str_trim(value), other);
    }
    rest = to;
    for (unsigned i = 0; i < MAX_PARAMS && sip_list_next(&rest, &param); i++) {
        if (str_split(param, '=', &name, &value) && !find_auth_param(from, str_trim(name), &other))
            diff_param(scene, about, str_trim(name), STR_NONE, str_trim(value));
    }
}

void diff_value(const DiffScene *scene, SipChange about, Str inside, Str outside)
{
    switch (about.header) {
    case SIP_HEADER_VIA:
        diff_via(scene, about, inside, outside);
        break;
    case SIP_HEADER_CONTACT:
    case SIP_HEADER_FROM:
    case SIP_HEADER_PATH:
    case SIP_HEADER_RECORD_ROUTE:
    case SIP_HEADER_ROUTE:
    case SIP_HEADER_SERVICE_ROUTE:
    case SIP_HEADER_TO:
        diff_name_addr(scene, about, inside, outside);
        break;
    case SIP_HEADER_CALL_ID:
        diff_call_id(scene, about, inside, outside);
        break;
    case SIP_HEADER_AUTHORIZATION:
    case SIP_HEADER_PROXY_AUTHENTICATE:
    case SIP_HEADER_PROXY_AUTHORIZATION:
    case SIP_HEADER_WWW_AUTHENTICATE:
        diff_auth(scene, about, inside, outside);
        break;
    default:
        diff_text(scene, about, inside, outside);
        break;
    }
}
