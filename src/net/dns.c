/*
 * DNS messages (RFC 1035 section 4), as far as somebody needs them who asks why
 * a phone does not find its registrar.
 *
 * What is kept is copied, because an answer may be looked at long after its
 * packet is gone; so only the first records are, and of them what SIP asks for.
 */

#include "net/dns.h"

#include <glib.h>
#include <stdio.h>

#include "dns_name.h"
#include "wire.h"

#define CLASS_INTERNET 1
#define TYPE_OPT 41

/* Questions and records looked at: an honest message has a dozen. */
#define MAX_ENTRIES 64

/* A record has eleven bytes at least: the most that a message can hold. */
#define MAX_COUNT (UINT16_MAX / 11)

#define PORT_DNS 53
#define PORT_MULTICAST 5353

typedef enum Section {
    QUESTION,
    ANSWER,
    AUTHORITY,
    ADDITIONAL,
} Section;

typedef struct Parse {
    Str message;
    Reader reader;
    unsigned entries;
    NetDns *out;
} Parse;

/* A record before it is known whether anybody wants it. */
typedef struct Raw {
    size_t owner; /* where the name begins */
    uint16_t type;
    uint16_t class;
    uint32_t ttl;
    Str content;
} Raw;

static size_t position(const Parse *parse, const Reader *reader)
{
    return (size_t)((const char *)reader->next - parse->message.data);
}

/* The name that begins at 'start', as text of the message's own. */
static Str name_at(const Parse *parse, size_t start)
{
    NetDns *out = parse->out;
    char *text = out->text + out->text_len;
    bool room = sizeof(out->text) - out->text_len >= NET_DNS_NAME;
    size_t len = room ? net_dns_name_write(parse->message, start, text) : 0;

    out->text_len += len;
    if (len > 0)
        return (Str){ text, len };
    out->malformed = true;
    return STR_NONE;
}

static Str take_name(const Parse *parse, Reader *reader)
{
    size_t start = position(parse, reader);

    net_dns_name_skip(reader);
    return reader->short_read ? STR_NONE : name_at(parse, start);
}

/* RFC 1035 section 3.3: one byte of length, then the text, kept as it is. */
static Str take_text(const Parse *parse, Reader *reader)
{
    NetDns *out = parse->out;
    Str bytes = reader_take(reader, reader_u8(reader));
    char *text = out->text + out->text_len;

    if (!str_present(bytes))
        return STR_NONE;
    if (sizeof(out->text) - out->text_len < bytes.len) {
        out->malformed = true;
        return STR_NONE;
    }
    memcpy(text, bytes.data, bytes.len);
    out->text_len += bytes.len;
    return (Str){ text, bytes.len };
}

static void take_addr(Reader *reader, uint8_t version, NetAddr *addr)
{
    Str bytes = reader_take(reader, version == 4 ? 4 : 16);

    if (!str_present(bytes))
        return;
    addr->version = version;
    memcpy(addr->bytes, bytes.data, bytes.len);
}

static void read_srv(const Parse *parse, Reader *content, NetDnsRecord *record)
{
    record->priority = reader_be16(content);
    record->weight = reader_be16(content);
    record->port = reader_be16(content);
    record->target = take_name(parse, content);
}

static void read_naptr(const Parse *parse, Reader *content, NetDnsRecord *record)
{
    record->order = reader_be16(content);
    record->preference = reader_be16(content);
    record->flags = take_text(parse, content);
    record->service = take_text(parse, content);
    reader_take(content, reader_u8(content)); /* a pattern to rewrite with: SIP has none */
    record->target = take_name(parse, content);
}

static void read_content(const Parse *parse, Str bytes, NetDnsRecord *record)
{
    Reader content = reader_of(bytes);

    switch (record->type) {
    case NET_DNS_A:
        take_addr(&content, 4, &record->addr);
        break;
    case NET_DNS_AAAA:
        take_addr(&content, 6, &record->addr);
        break;
    case NET_DNS_CNAME:
        record->target = take_name(parse, &content);
        break;
    case NET_DNS_SRV:
        read_srv(parse, &content, record);
        break;
    case NET_DNS_NAPTR:
        read_naptr(parse, &content, record);
        break;
    default:
        return;
    }
    if (content.short_read || reader_left(&content) > 0)
        parse->out->malformed = true;
}

/* Multicast DNS uses the upper bit of the class (RFC 6762 section 10.2). */
static bool is_wanted(const Raw *raw, Section section)
{
    if ((raw->class & 0x7fff) != CLASS_INTERNET || section == AUTHORITY)
        return false;
    return section == ANSWER || raw->type == NET_DNS_A || raw->type == NET_DNS_AAAA;
}

static void read_record(Parse *parse, Section section)
{
    NetDns *out = parse->out;
    Reader *reader = &parse->reader;
    Raw raw = { .owner = position(parse, reader) };

    net_dns_name_skip(reader);
    raw.type = reader_be16(reader);
    raw.class = reader_be16(reader);
    raw.ttl = reader_be32(reader);
    raw.content = reader_take(reader, reader_be16(reader));
    if (reader->short_read)
        return;
    if (raw.type == TYPE_OPT && section == ADDITIONAL)
        out->rcode = (uint16_t)((raw.ttl >> 24) << 4 | (out->rcode & 0xf));
    if (!is_wanted(&raw, section) || out->n_records == NET_DNS_RECORDS)
        return;

    NetDnsRecord *record = &out->records[out->n_records++];

    record->owner = name_at(parse, raw.owner);
    record->type = raw.type;
    record->ttl = raw.ttl > INT32_MAX ? 0 : raw.ttl;
    read_content(parse, raw.content, record);
    out->n_answers += section == ANSWER;
}

static void read_question(Parse *parse, bool first)
{
    Reader *reader = &parse->reader;
    size_t start = position(parse, reader);

    net_dns_name_skip(reader);

    uint16_t type = reader_be16(reader);

    reader_be16(reader); /* the class */
    if (reader->short_read || !first)
        return;
    parse->out->name = name_at(parse, start);
    parse->out->type = type;
}

static void read_section(Parse *parse, Section section)
{
    for (unsigned i = 0; i < parse->out->counts[section]; i++) {
        if (parse->reader.short_read || parse->entries++ >= MAX_ENTRIES)
            return;
        if (section == QUESTION)
            read_question(parse, i == 0);
        else
            read_record(parse, section);
    }
}

bool net_dns_parse(Str message, NetDns *out)
{
    Parse parse = { .message = message, .reader = reader_of(message), .out = out };
    Str header = reader_take(&parse.reader, NET_DNS_HEADER);
    uint16_t flags = net_wire_be16(header, 2);

    /* Not the text: it is written before it is read, and larger than all else. */
    memset(out, 0, offsetof(NetDns, text));
    out->id = net_wire_be16(header, 0);
    out->is_response = (flags & 0x8000) != 0;
    out->opcode = flags >> 11 & 0xf;
    out->truncated = (flags & 0x0200) != 0;
    out->rcode = flags & 0xf;
    for (Section section = QUESTION; section <= ADDITIONAL; section++)
        out->counts[section] = net_wire_be16(header, 4 + 2 * section);
    for (Section section = QUESTION; section <= ADDITIONAL; section++)
        read_section(&parse, section);
    out->malformed |= parse.reader.short_read;
    return str_present(header);
}

static bool is_port(uint16_t port)
{
    return port == PORT_DNS || port == PORT_MULTICAST;
}

bool net_dns_looks_like(Str datagram, const NetFlow *flow)
{
    if (!(is_port(flow->src.port) || is_port(flow->dst.port)) || datagram.len < NET_DNS_HEADER)
        return false;

    uint16_t flags = net_wire_be16(datagram, 2);
    bool is_response = (flags & 0x8000) != 0;
    bool is_query = (flags >> 11 & 0xf) == 0 && (is_response || (flags & 0xf) == 0);

    for (size_t section = QUESTION; section <= ADDITIONAL; section++)
        is_query = is_query && net_wire_be16(datagram, 4 + 2 * section) <= MAX_COUNT;
    return is_query;
}

static const char *word(const char *const *words, size_t n_words, unsigned number,
                        const char *prefix, char text[NET_DNS_WORD])
{
    if (number < n_words && words[number] != NULL)
        g_strlcpy(text, words[number], NET_DNS_WORD);
    else
        snprintf(text, NET_DNS_WORD, "%s%u", prefix, number);
    return text;
}

const char *net_dns_rcode_name(uint16_t rcode, char text[NET_DNS_WORD])
{
    /* RFC 6895 section 2.3 */
    static const char *const words[] = {
        "NOERROR",  "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP",  "REFUSED",
        "YXDOMAIN", "YXRRSET", "NXRRSET",  "NOTAUTH",  "NOTZONE", NULL,
        NULL,       NULL,      NULL,       NULL,       "BADVERS",
    };

    return word(words, G_N_ELEMENTS(words), rcode, "RCODE", text);
}

const char *net_dns_type_name(uint16_t type, char text[NET_DNS_WORD])
{
    static const char *const words[] = {
        [1] = "A",       [2] = "NS",    [5] = "CNAME",  [6] = "SOA",    [12] = "PTR",
        [15] = "MX",     [16] = "TXT",  [28] = "AAAA",  [33] = "SRV",   [35] = "NAPTR",
        [39] = "DNAME",  [41] = "OPT",  [43] = "DS",    [46] = "RRSIG", [47] = "NSEC",
        [48] = "DNSKEY", [64] = "SVCB", [65] = "HTTPS", [255] = "ANY",
    };

    return word(words, G_N_ELEMENTS(words), type, "TYPE", text);
}
