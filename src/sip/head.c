/*
 * Finds the header lines (RFC 3261 section 7.3).
 *
 * Phones and boxes on the way send line feeds without carriage returns, lines
 * without colons, folded lines and names nobody has heard of. A line that makes
 * no sense is counted and the next one is read: it is the header behind it that
 * explains the failure.
 */

#include "head.h"

#include "lex.h"

typedef struct Line {
    size_t start;
    size_t end;  /* without its line end */
    size_t next; /* where the next line begins */
    bool whole;  /* has a line end */
} Line;

static Line line_at(Str bytes, size_t start, uint32_t *anomalies)
{
    const char *newline = memchr(bytes.data + start, '\n', bytes.len - start);

    if (newline == NULL)
        return (Line){ .start = start, .end = bytes.len, .next = bytes.len };

    Line line = { .start = start, .end = (size_t)(newline - bytes.data), .whole = true };

    line.next = line.end + 1;
    if (line.end == start || bytes.data[line.end - 1] != '\r')
        *anomalies |= SIP_BARE_LF;
    while (line.end > start && bytes.data[line.end - 1] == '\r')
        line.end--;
    return line;
}

static void set_value(SipHeader *header, Str bytes, size_t start, size_t end)
{
    while (start < end && sip_lex_is_blank(bytes.data[start]))
        start++;
    while (end > start && sip_lex_is_blank(bytes.data[end - 1]))
        end--;
    header->value_at = (uint16_t)start;
    header->value_len = (uint16_t)(end - start);
}

/* The new header, or NULL when the line holds none. */
static SipHeader *add_header(SipHead *head, Str bytes, const Line *line)
{
    const char *start = bytes.data + line->start;
    const char *colon = memchr(start, ':', line->end - line->start);
    Str name = str_trim((Str){ start, colon != NULL ? (size_t)(colon - start) : 0 });

    if (name.len == 0 || name.len > UINT8_MAX) {
        /* A last line without line end may have had its colon behind the cut. */
        head->anomalies |= line->whole ? SIP_BAD_HEADER_LINE : 0;
        return NULL;
    }
    if (head->n_headers == SIP_MAX_HEADERS) {
        head->anomalies |= SIP_TOO_MANY_HEADERS;
        return NULL;
    }

    SipHeaderId id = sip_header_id_of(name);
    SipHeader *header = &head->headers[head->n_headers++];

    if (id == SIP_HEADER_OTHER && !sip_lex_is_token(name))
        head->anomalies |= SIP_BAD_HEADER_LINE;
    if (head->first[id] == 0)
        head->first[id] = head->n_headers;
    else
        head->repeats = true;
    header->id = (uint8_t)id;
    header->name_at = (uint16_t)line->start;
    header->name_len = (uint8_t)name.len;
    set_value(header, bytes, (size_t)(colon + 1 - bytes.data), line->end);
    return header;
}

/* RFC 3261 section 7.3.1: a line that begins with a blank goes on with the value
 * of the line before. Only the new line is looked at. */
static void fold(SipHead *head, SipHeader *header, Str bytes, const Line *line)
{
    SipHeader more = { .value_len = 0 };

    head->anomalies |= SIP_FOLDED;
    if (header == NULL) {
        head->anomalies |= SIP_BAD_HEADER_LINE;
        return;
    }
    set_value(&more, bytes, line->start, line->end);
    if (more.value_len == 0)
        return;
    if (header->value_len == 0)
        header->value_at = more.value_at;
    header->value_len = (uint16_t)(more.value_at + more.value_len - header->value_at);
}

/* The headers that a message has once (RFC 3261 section 20) and that somebody
 * would be misled by. */
static bool is_single(SipHeaderId id)
{
    switch (id) {
    case SIP_HEADER_CALL_ID:
    case SIP_HEADER_CONTENT_LENGTH:
    case SIP_HEADER_CONTENT_TYPE:
    case SIP_HEADER_CSEQ:
    case SIP_HEADER_DATE:
    case SIP_HEADER_EXPIRES:
    case SIP_HEADER_FLOW_TIMER:
    case SIP_HEADER_FROM:
    case SIP_HEADER_MAX_FORWARDS:
    case SIP_HEADER_MIN_EXPIRES:
    case SIP_HEADER_RETRY_AFTER:
    case SIP_HEADER_TO:
        return true;
    default:
        return false;
    }
}

static Str value_of(Str bytes, const SipHeader *header)
{
    return str_first(str_from(bytes, header->value_at), header->value_len);
}

static void find_contradictions(SipHead *head, Str bytes)
{
    for (unsigned i = 0; i < head->n_headers; i++) {
        const SipHeader *header = &head->headers[i];
        unsigned first = head->first[header->id] - 1U;

        if (first != i && is_single((SipHeaderId)header->id)
            && !str_equal(value_of(bytes, header), value_of(bytes, &head->headers[first])))
            head->anomalies |= SIP_DUPLICATE_HEADER;
    }
}

void sip_head_scan(Str bytes, SipHead *head)
{
    memset(head, 0, offsetof(SipHead, headers));
    if (bytes.len == 0)
        return;

    SipHeader *last = NULL;
    Line line = line_at(bytes, 0, &head->anomalies);

    head->line_len = (uint32_t)line.end;
    while (line.next < bytes.len && !head->ended) {
        line = line_at(bytes, line.next, &head->anomalies);
        if (line.whole && line.end == line.start)
            head->ended = true;
        else if (bytes.data[line.start] == ' ' || bytes.data[line.start] == '\t')
            fold(head, last, bytes, &line);
        else
            last = add_header(head, bytes, &line);
    }
    head->len = (uint32_t)line.next;
    if (memchr(bytes.data, '\0', head->len) != NULL)
        head->anomalies |= SIP_NUL_BYTE;
    if (head->repeats)
        find_contradictions(head, bytes);
}

SipNumber sip_head_content_length(const SipHead *head, Str bytes, uint32_t *length)
{
    unsigned first = head->first[SIP_HEADER_CONTENT_LENGTH];

    if (first == 0)
        return SIP_NUMBER_ABSENT;

    /* Digits and nothing else: "10;x" is a number in Retry-After, not here. */
    Str value = value_of(bytes, &head->headers[first - 1]);

    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] < '0' || value.data[i] > '9')
            return SIP_NUMBER_MALFORMED;
    }
    return sip_number(value, length);
}

bool sip_head_find_end(Str bytes, SipHeadSearch *search)
{
    while (search->at < bytes.len) {
        const char *newline = memchr(bytes.data + search->at, '\n', bytes.len - search->at);

        if (newline == NULL) {
            search->at = bytes.len;
            return false;
        }

        size_t start = search->line;
        size_t end = (size_t)(newline - bytes.data);

        search->line = search->at = end + 1;
        while (end > start && bytes.data[end - 1] == '\r')
            end--;
        if (end == start)
            return true;
    }
    return false;
}
