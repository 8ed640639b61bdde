/*
 * Builds a message: copies its bytes next to the table of its headers and reads
 * what every message is asked for (RFC 3261 section 8.1.1): who it belongs to,
 * which answer goes with which request.
 */

#include "sip/message.h"

#include "head.h"
#include "lex.h"
#include "name_addr.h"
#include "start_line.h"

static void read_start_line(SipMessage *message, size_t len)
{
    SipStartLine start = sip_start_line_parse(str_first(message->raw, len));
    bool cut = (message->anomalies & SIP_CUT_SHORT) != 0 && len == message->raw.len;

    message->is_request = start.is_request;
    message->status = start.status;
    message->anomalies |= start.ok || cut ? 0 : SIP_BAD_START_LINE;
    if (!start.is_request) {
        message->reason = start.reason;
        return;
    }
    message->method_name = start.method;
    message->method = sip_method_of(start.method);
    message->request_uri = start.uri;
}

/* RFC 3261 section 20.16: a number below 2^32, a method, and nothing else. */
static void read_cseq(SipMessage *message)
{
    Str value = sip_message_first(message, SIP_HEADER_CSEQ);

    if (!str_present(value))
        return;

    size_t digits = 0;
    uint64_t number = 0;

    while (digits < value.len && !sip_lex_is_blank(value.data[digits]))
        digits++;

    Str method = str_trim(str_from(value, digits));
    Str rest = method;

    while (rest.len > 0 && !sip_lex_is_blank(rest.data[0]))
        rest = str_from(rest, 1);
    method.len -= rest.len;
    if (!str_to_uint(str_first(value, digits), UINT32_MAX, &number) || rest.len > 0
        || !sip_lex_is_token(method))
        message->anomalies |= SIP_CSEQ_MALFORMED;
    message->cseq = (uint32_t)number;

    if (!message->is_request) {
        message->method_name = method;
        message->method = sip_method_of(method);
    } else if (!str_equal(method, message->method_name)) {
        message->anomalies |= SIP_CSEQ_METHOD_DIFFERS;
    }
}

/* Behind a name-addr that begins with its bracket, without taking it apart. */
static Str params_of(Str value)
{
    const char *end =
        value.len > 0 && value.data[0] == '<' ? memchr(value.data, '>', value.len) : NULL;
    Str behind = end != NULL ? str_from(value, (size_t)(end - value.data) + 1) : STR_NONE;

    if (end != NULL && (behind.len == 0 || behind.data[0] == ';'))
        return behind;
    return sip_name_addr_cut(value).params;
}

static Str tag_of(const SipMessage *message, SipHeaderId id)
{
    Str tag = STR_NONE;

    sip_param_find(params_of(sip_message_first(message, id)), "tag", &tag);
    return tag;
}

static Str top_branch(const SipMessage *message)
{
    Str vias = sip_message_first(message, SIP_HEADER_VIA);
    Str branch = STR_NONE;
    Str top;

    /* What stands in front of the first ";" is no "branch" either way. */
    if (sip_list_next(&vias, &top))
        sip_param_find(top, "branch", &branch);
    return branch;
}

static void note_missing(SipMessage *message)
{
    static const struct {
        SipHeaderId id;
        SipAnomaly anomaly;
    } mandatory[] = {
        { SIP_HEADER_VIA, SIP_NO_VIA },   { SIP_HEADER_CALL_ID, SIP_NO_CALL_ID },
        { SIP_HEADER_CSEQ, SIP_NO_CSEQ }, { SIP_HEADER_FROM, SIP_NO_FROM },
        { SIP_HEADER_TO, SIP_NO_TO },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(mandatory); i++) {
        if (message->first[mandatory[i].id] == 0)
            message->anomalies |= mandatory[i].anomaly;
    }
}

/* RFC 3261 section 18.3: the bytes behind Content-Length are discarded, and too
 * few are an error; unless it was the capture that lost them. */
static void read_body(SipMessage *message, const SipHead *head)
{
    const NetMeta *meta = &message->meta;
    bool cut = (message->anomalies & SIP_CUT_SHORT) != 0
               || (meta->flow.transport == NET_UDP && (meta->anomalies & NET_TRUNCATED) != 0);
    Str left = str_from(message->raw, head->len);
    uint32_t length = (uint32_t)left.len;

    if (!head->ended)
        message->anomalies |= SIP_NO_END_OF_HEADERS;

    SipNumber said = sip_head_content_length(head, message->raw, &length);

    if (said == SIP_NUMBER_MALFORMED)
        message->anomalies |= SIP_LENGTH_MALFORMED;
    if (length < left.len)
        message->anomalies |= SIP_LENGTH_TOO_SMALL;
    else if (cut && (!head->ended || said != SIP_NUMBER_OK || length > left.len))
        message->anomalies |= SIP_CUT_SHORT;
    else if (length > left.len)
        message->anomalies |= SIP_LENGTH_TOO_LARGE;
    if (left.len > 0 && length > 0)
        message->body = str_first(left, length);
}

SipMessage *sip_message_build(Pool *pool, const NetMeta *meta, Str bytes, const SipHead *head,
                              uint32_t anomalies, bool over_websocket)
{
    size_t table = head->n_headers * sizeof(SipHeader);
    SipMessage *message = pool_take(pool, sizeof(SipMessage) + table + bytes.len);
    char *copy = (char *)(message + 1) + table;

    *message = (SipMessage){
        .references = 1,
        .meta = *meta,
        .raw = { copy, bytes.len },
        .anomalies = head->anomalies | anomalies,
        .over_websocket = over_websocket,
        .n_headers = head->n_headers,
        .headers = (SipHeader *)(message + 1),
    };
    memcpy(message->first, head->first, sizeof(message->first));
    if (table > 0)
        memcpy(message->headers, head->headers, table);
    if (bytes.len > 0)
        memcpy(copy, bytes.data, bytes.len);

    read_start_line(message, head->line_len);
    note_missing(message);
    message->call_id = sip_message_first(message, SIP_HEADER_CALL_ID);
    read_cseq(message);
    message->from_tag = tag_of(message, SIP_HEADER_FROM);
    message->to_tag = tag_of(message, SIP_HEADER_TO);
    message->branch = top_branch(message);
    read_body(message, head);
    return message;
}

SipMessage *sip_message_parse_in(Pool *pool, SipHead *head, const NetMeta *meta, Str bytes,
                                 uint32_t anomalies)
{
    if (bytes.len > SIP_MAX_MESSAGE) {
        bytes = str_first(bytes, SIP_MAX_MESSAGE);
        anomalies |= SIP_CUT_SHORT;
    }
    sip_head_scan(bytes, head);
    return sip_message_build(pool, meta, bytes, head, anomalies, false);
}

SipMessage *sip_message_parse(const NetMeta *meta, Str bytes, uint32_t anomalies)
{
    SipHead head;

    return sip_message_parse_in(NULL, &head, meta, bytes, anomalies);
}

SipMessage *sip_message_ref(SipMessage *message)
{
    message->references++;
    return message;
}

void sip_message_unref(SipMessage *message)
{
    if (message != NULL && --message->references == 0)
        pool_give(message);
}

size_t sip_message_size(const SipMessage *message)
{
    return sizeof(SipMessage) + message->n_headers * sizeof(SipHeader) + message->raw.len;
}

const SipHeader *sip_message_header(const SipMessage *message, SipHeaderId id, unsigned nth)
{
    unsigned i = message->first[id];

    if (i == 0)
        return NULL;
    for (i--; i < message->n_headers; i++) {
        if (message->headers[i].id == id && nth-- == 0)
            return &message->headers[i];
    }
    return NULL;
}

Str sip_message_name(const SipMessage *message, const SipHeader *header)
{
    return str_first(str_from(message->raw, header->name_at), header->name_len);
}

Str sip_message_value(const SipMessage *message, const SipHeader *header)
{
    return str_first(str_from(message->raw, header->value_at), header->value_len);
}

Str sip_message_first(const SipMessage *message, SipHeaderId id)
{
    unsigned i = message->first[id];

    return i > 0 ? sip_message_value(message, &message->headers[i - 1]) : STR_NONE;
}
