/*
 * Text that somebody replaced in part.
 *
 * A box that edits messages with search and replace leaves marks that no grammar
 * allows and no phone writes: the new address with the rest of the old one behind
 * it, a port that was added where one stood, a parameter that was added twice.
 */

#include "alg_damage.h"

#include <glib.h>

#include "sip/value.h"

/* More values or parameters are not looked through to their end. */
#define MAX_VALUES 16
#define MAX_PARAMS 24

const char *alg_damage_text(AlgDamageKind kind)
{
    static const char *const texts[] = {
        [ALG_DAMAGE_NONE] = "nothing is damaged",
        [ALG_DAMAGE_PORT] = "a port stands behind a port",
        [ALG_DAMAGE_HOST] = "an address has too many or too few digits",
        [ALG_DAMAGE_PARAM] = "a parameter stands twice",
        [ALG_DAMAGE_CUT] = "the text breaks off",
        [ALG_DAMAGE_LENGTH] = "Content-Length does not fit the body",
    };

    return texts[kind];
}

const char *alg_damage_header(const AlgDamage *damage)
{
    if (damage->kind == ALG_DAMAGE_LENGTH)
        return "Content-Length";
    if (damage->id == SIP_HEADER_OTHER)
        return damage->kind == ALG_DAMAGE_CUT ? "header" : "Request-URI";
    return sip_header_long_name(damage->id);
}

static bool is_number(Str s)
{
    uint64_t number;

    return str_to_uint(s, UINT32_MAX, &number);
}

/* "203.0.113.9:5060:5060", and not an IPv6 address without its brackets. */
static bool has_second_port(Str host)
{
    Str name, port, second;

    return str_split(host, ':', &name, &port) && memchr(name.data, '.', name.len) != NULL
           && str_split(port, ':', &port, &second) && is_number(port) && is_number(second);
}

static bool is_made_of_numbers(Str host)
{
    unsigned dots = 0;

    for (size_t i = 0; i < host.len; i++) {
        if (!g_ascii_isdigit(host.data[i]) && host.data[i] != '.')
            return false;
        dots += host.data[i] == '.';
    }
    return dots > 0;
}

/* Four numbers below 256; some phones write leading zeros. */
static bool is_dotted_quad(Str host)
{
    Str rest = host, part;
    unsigned n = 0;

    for (bool more = true; more && n < 5; n++) {
        uint64_t number;

        more = str_split(rest, '.', &part, &rest);
        if (!str_to_uint(part, 255, &number))
            return false;
    }
    return n == 4;
}

static AlgDamageKind damage_of_host(Str host)
{
    if (has_second_port(host))
        return ALG_DAMAGE_PORT;
    return is_made_of_numbers(host) && !is_dotted_quad(host) ? ALG_DAMAGE_HOST : ALG_DAMAGE_NONE;
}

/* Those that boxes add and change; of others, some phones do send two. */
static bool is_edited(Str name)
{
    static const char *const names[] = { "rport", "received", "branch",    "expires",
                                         "tag",   "maddr",    "transport", "q" };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (str_equal_nocase(name, str_of(names[i])))
            return true;
    }
    return false;
}

static AlgDamageKind damage_of_params(Str params)
{
    Str names[MAX_PARAMS];
    Str value;

    for (unsigned n = 0; n < MAX_PARAMS && sip_param_next(&params, &names[n], &value); n++) {
        for (unsigned i = 0; i < n; i++) {
            if (str_equal_nocase(names[i], names[n]) && is_edited(names[n]))
                return ALG_DAMAGE_PARAM;
        }
    }
    return ALG_DAMAGE_NONE;
}

static AlgDamageKind damage_of_uri(const SipUri *uri)
{
    AlgDamageKind kind = damage_of_host(uri->host);

    return kind != ALG_DAMAGE_NONE ? kind : damage_of_params(uri->params);
}

static AlgDamageKind damage_of_via(Str value)
{
    SipVia via = sip_via_parse(value);
    AlgDamageKind kind = damage_of_host(via.host);

    return kind != ALG_DAMAGE_NONE ? kind : damage_of_params(via.params);
}

/* "<sip:alice@192.168.1" */
static bool is_left_open(Str value)
{
    bool quoted = false, open = false;

    for (size_t i = 0; i < value.len; i++) {
        char c = value.data[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == '<')
            open = true;
        else if (!quoted && c == '>')
            open = false;
    }
    return open && !quoted;
}

static AlgDamageKind damage_of_address(Str value)
{
    SipNameAddr address = sip_name_addr_parse(value);

    if (address.star)
        return ALG_DAMAGE_NONE;
    if (is_left_open(value))
        return ALG_DAMAGE_CUT;

    AlgDamageKind kind = damage_of_uri(&address.uri);

    return kind != ALG_DAMAGE_NONE ? kind : damage_of_params(address.params);
}

/* Whether digits and dots begin at 'at' that are no address. */
static bool is_odd_number(Str value, size_t at)
{
    size_t end = at;
    bool dotted = false;

    while (end < value.len && (g_ascii_isdigit(value.data[end]) || value.data[end] == '.'))
        dotted |= value.data[end++] == '.';
    return dotted && !is_dotted_quad(str_first(str_from(value, at), end - at));
}

/* ":5060:" */
static bool is_port_before_colon(Str value, size_t at)
{
    size_t i = at + 1;

    while (i < value.len && g_ascii_isdigit(value.data[i]))
        i++;
    return i > at + 1 && i < value.len && value.data[i] == ':';
}

/* The first letters of a parameter's name, as one of 64 bits; the usual names all
 * have one of their own. */
static uint64_t mark_of_name(Str value, size_t at)
{
    unsigned letters[3] = { 0 };

    for (size_t i = 0; i < G_N_ELEMENTS(letters) && at + 1 + i < value.len; i++)
        letters[i] = (unsigned)value.data[at + 1 + i] & 0x1f;
    return UINT64_C(1) << ((letters[0] + letters[1] + letters[2] * 50) & 63);
}

/* Around which something can be wrong. */
static const bool marks[256] = {
    [' '] = true, [':'] = true, [';'] = true, ['<'] = true, ['>'] = true, ['@'] = true,
};

/* In one go, and rather too often "no": nearly every value of nearly every message
 * is whole, and taking it apart costs ten times as much. */
static bool looks_whole(Str value)
{
    uint64_t names = 0;
    int open = 0;

    for (size_t i = 0; i < value.len; i++) {
        char c = value.data[i];

        if (!marks[(uint8_t)c])
            continue;

        uint64_t mark = c == ';' ? mark_of_name(value, i) : 0;
        bool before_host = c == '@' || c == ':' || c == ' ';

        if ((names & mark) != 0 || (c == ':' && is_port_before_colon(value, i))
            || (before_host && is_odd_number(value, i + 1)))
            return false;
        names |= mark;
        open += (c == '<') - (c == '>');
    }
    return open == 0;
}

static size_t count_params(Str value)
{
    size_t n = 0;

    for (size_t i = 0; i < value.len; i++)
        n += value.data[i] == ';';
    return n;
}

/* The same sent-by, and no more parameters but the one that a server adds. */
static bool is_like_via(Str value, Str seen)
{
    size_t added = memmem(value.data, value.len, ";received=", 10) != NULL;
    Str one, other, rest;

    str_split(value, ';', &one, &rest);
    str_split(seen, ';', &other, &rest);
    return str_equal(one, other) && count_params(value) <= count_params(seen) + added;
}

/* What a message that was looked at before has as well is passed over; an answer puts
 * its tag behind the To of the request. */
static bool was_seen(const SipMessage *seen, SipHeaderId id, unsigned nth, Str value)
{
    const SipHeader *header = seen != NULL ? sip_message_header(seen, id, nth) : NULL;
    Str known = header != NULL ? sip_message_value(seen, header) : STR_NONE;

    if (id == SIP_HEADER_VIA && known.len > 0)
        return is_like_via(value, known);
    return known.len > 0 && str_starts(value, known);
}

G_STATIC_ASSERT(SIP_HEADER_COUNT <= 64);

static bool has_address(SipHeaderId id)
{
    const uint64_t ids = UINT64_C(1) << SIP_HEADER_VIA | UINT64_C(1) << SIP_HEADER_FROM
                         | UINT64_C(1) << SIP_HEADER_TO | UINT64_C(1) << SIP_HEADER_CONTACT;

    return ids >> id & 1;
}

static AlgDamage damage_in(const SipMessage *message, SipHeaderId id)
{
    SipValues cursor = { 0 };
    Str value;

    for (unsigned i = 0; i < MAX_VALUES && sip_values_next(message, id, &cursor, &value); i++) {
        AlgDamageKind kind = id == SIP_HEADER_VIA ? damage_of_via(value) : damage_of_address(value);

        if (kind != ALG_DAMAGE_NONE)
            return (AlgDamage){ kind, id, value };
    }
    return (AlgDamage){ ALG_DAMAGE_NONE, id, STR_NONE };
}

static AlgDamage damage_of_start(const SipMessage *message, const SipMessage *seen)
{
    AlgDamage damage = { ALG_DAMAGE_NONE, SIP_HEADER_OTHER, message->request_uri };
    bool known = seen != NULL && str_equal(seen->request_uri, message->request_uri);

    if (message->is_request && !known && !looks_whole(message->request_uri)) {
        SipUri uri = sip_uri_parse(message->request_uri);

        damage.kind = damage_of_uri(&uri);
    }
    return damage;
}

static bool is_blank(Str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] != '\0' && !g_ascii_isspace(s.data[i]))
            return false;
    }
    return true;
}

/* What stands behind the body, or behind the headers when there is none. */
static Str tail_of(const SipMessage *message)
{
    const SipHeader *last = &message->headers[message->n_headers - 1];

    if (str_present(message->body))
        return str_from(message->raw,
                        (size_t)(message->body.data - message->raw.data) + message->body.len);
    return str_from(message->raw, (size_t)last->value_at + last->value_len);
}

/* Many phones send line ends or a NUL byte behind their body, which no length
 * counts and nobody minds. Over a stream the length is what cuts the messages, so
 * nothing can be told there. */
static bool has_wrong_length(const SipMessage *message)
{
    const NetMeta *meta = &message->meta;

    if (meta->flow.transport != NET_UDP || message->over_websocket || message->n_headers == 0
        || (meta->anomalies & (NET_TRUNCATED | NET_OVERLAP | NET_LENGTH_LIES)))
        return false;
    if (message->anomalies & SIP_LENGTH_TOO_LARGE)
        return true;
    return (message->anomalies & SIP_LENGTH_TOO_SMALL) && !is_blank(tail_of(message));
}

/* The datagram ends in the middle of a header line. Content-Length is the last one
 * of most messages: where it is there, only the line ends are missing. */
static bool breaks_off(const SipMessage *message)
{
    return message->meta.flow.transport == NET_UDP && message->raw.len > 0
           && (message->anomalies & SIP_NO_END_OF_HEADERS)
           && message->raw.data[message->raw.len - 1] != '\n'
           && !str_present(sip_message_first(message, SIP_HEADER_CONTENT_LENGTH));
}

static Str last_line(Str text)
{
    size_t start = text.len;

    while (start > 0 && text.data[start - 1] != '\n')
        start--;
    return str_from(text, start);
}

static AlgDamage damage_of_frame(const SipMessage *message)
{
    if (breaks_off(message))
        return (AlgDamage){ ALG_DAMAGE_CUT, SIP_HEADER_OTHER, last_line(message->raw) };
    if (has_wrong_length(message))
        return (AlgDamage){ ALG_DAMAGE_LENGTH, SIP_HEADER_CONTENT_LENGTH,
                            sip_message_first(message, SIP_HEADER_CONTENT_LENGTH) };
    return (AlgDamage){ ALG_DAMAGE_NONE, SIP_HEADER_OTHER, STR_NONE };
}

static AlgDamage damage_of_headers(const SipMessage *message, const SipMessage *seen)
{
    unsigned counts[SIP_HEADER_COUNT] = { 0 };

    for (unsigned i = 0; i < message->n_headers; i++) {
        SipHeaderId id = message->headers[i].id;

        if (!has_address(id) || counts[id] == MAX_VALUES)
            continue;

        Str value = sip_message_value(message, &message->headers[i]);

        if (was_seen(seen, id, counts[id]++, value) || looks_whole(value))
            continue;

        AlgDamage damage = damage_in(message, id);

        if (damage.kind != ALG_DAMAGE_NONE)
            return damage;
    }
    return (AlgDamage){ ALG_DAMAGE_NONE, SIP_HEADER_OTHER, STR_NONE };
}

AlgDamage alg_damage_find(const SipMessage *message, const SipMessage *seen)
{
    AlgDamage damage = { ALG_DAMAGE_NONE, SIP_HEADER_OTHER, STR_NONE };

    if (message->anomalies & SIP_CUT_SHORT)
        return damage;
    damage = damage_of_start(message, seen);
    if (damage.kind == ALG_DAMAGE_NONE)
        damage = damage_of_headers(message, seen);
    return damage.kind != ALG_DAMAGE_NONE ? damage : damage_of_frame(message);
}

bool alg_damage_spares(const SipMessage *message, const AlgDamage *damage)
{
    if (message->anomalies & SIP_CUT_SHORT)
        return false;
    if (damage->id == SIP_HEADER_CONTENT_LENGTH)
        return sip_message_header(message, damage->id, 0) != NULL && !has_wrong_length(message);
    if (damage->id == SIP_HEADER_OTHER)
        return damage_of_start(message, NULL).kind == ALG_DAMAGE_NONE && !breaks_off(message);
    return sip_message_header(message, damage->id, 0) != NULL
           && damage_in(message, damage->id).kind == ALG_DAMAGE_NONE;
}

/* The bytes behind the blank line. */
static size_t body_size(const SipMessage *message)
{
    Str tail = tail_of(message);

    if (str_present(message->body))
        return message->body.len + tail.len;
    for (unsigned i = 0; i < 2 && tail.len > 0; i++) {
        const char *newline = memchr(tail.data, '\n', tail.len);

        tail = str_from(tail, newline != NULL ? (size_t)(newline - tail.data) + 1 : tail.len);
    }
    return tail.len;
}

char *alg_damage_expected(const SipMessage *message, const AlgDamage *damage)
{
    switch (damage->kind) {
    case ALG_DAMAGE_LENGTH:
        return g_strdup_printf("%zu, the bytes that follow", body_size(message));
    case ALG_DAMAGE_PORT:
        return g_strdup("one port");
    case ALG_DAMAGE_HOST:
        return g_strdup("an address");
    case ALG_DAMAGE_PARAM:
        return g_strdup("each parameter once");
    case ALG_DAMAGE_CUT:
        return g_strdup("the rest of it");
    case ALG_DAMAGE_NONE:
        break;
    }
    return NULL;
}
