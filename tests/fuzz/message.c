/*
 * One SIP message: whatever the bytes, every part lies inside them, and what
 * was read, written down plainly and read again, is the same.
 */

#include <glib.h>

#include "fuzz.h"
#include "sip/message.h"
#include "sip/value.h"

static void check_parts(const SipMessage *message)
{
    const Str parts[] = { message->body,   message->method_name, message->request_uri,
                          message->reason, message->call_id,     message->from_tag,
                          message->to_tag, message->branch };

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        fuzz_check(fuzz_inside(parts[i], message->raw));
    fuzz_check(message->n_headers <= SIP_MAX_HEADERS);
    for (unsigned i = 0; i < message->n_headers; i++) {
        fuzz_check(fuzz_inside(sip_message_name(message, &message->headers[i]), message->raw));
        fuzz_check(fuzz_inside(sip_message_value(message, &message->headers[i]), message->raw));
        fuzz_check(message->headers[i].id < SIP_HEADER_COUNT);
    }
}

static void check_index(const SipMessage *message)
{
    for (unsigned id = 1; id < SIP_HEADER_COUNT; id++) {
        const SipHeader *first = sip_message_header(message, (SipHeaderId)id, 0);

        fuzz_check((first != NULL) == (message->first[id] > 0));
        fuzz_check(first == NULL || first->id == id);
    }
}

/* The headers with one blank behind the colon, and the body. */
static GString *written(const SipMessage *message, Str start_line)
{
    GString *text = g_string_new_len(start_line.data, (gssize)start_line.len);

    g_string_append(text, "\r\n");
    for (unsigned i = 0; i < message->n_headers; i++) {
        Str name = sip_message_name(message, &message->headers[i]);
        Str value = sip_message_value(message, &message->headers[i]);

        g_string_append_len(text, name.data, (gssize)name.len);
        g_string_append(text, ": ");
        g_string_append_len(text, value.data, (gssize)value.len);
        g_string_append(text, "\r\n");
    }
    g_string_append(text, "\r\n");
    return text;
}

/* Lines that are none are left out when it is written, and a CR alone may end up elsewhere. */
static bool is_plain(const SipMessage *message)
{
    for (size_t i = 0; i < message->raw.len; i++) {
        bool ends = i + 1 < message->raw.len && message->raw.data[i + 1] == '\n';

        if (message->raw.data[i] == '\r' && !ends)
            return false;
    }
    return (message->anomalies & (SIP_BAD_START_LINE | SIP_BAD_HEADER_LINE | SIP_TOO_MANY_HEADERS))
           == 0;
}

static void check_again(const SipMessage *message)
{
    Str line, rest;

    if (!is_plain(message) || !str_split(message->raw, '\n', &line, &rest))
        return;

    g_autoptr(GString) text = written(message, str_trim(line));

    if (text->len > SIP_MAX_MESSAGE)
        return;

    g_autoptr(SipMessage) again =
        sip_message_parse(&message->meta, (Str){ text->str, text->len }, 0);

    fuzz_check(again->n_headers == message->n_headers);
    fuzz_check(again->method == message->method && again->status == message->status);
    for (unsigned i = 0; i < message->n_headers; i++) {
        fuzz_check(again->headers[i].id == message->headers[i].id);
        fuzz_check(str_equal(sip_message_value(again, &again->headers[i]),
                             sip_message_value(message, &message->headers[i])));
    }
    fuzz_check(str_equal(again->call_id, message->call_id) && again->cseq == message->cseq);
}

static void walk_values(const SipMessage *message)
{
    for (unsigned id = 0; id < SIP_HEADER_COUNT; id++) {
        SipValues cursor = { 0 };
        Str value;
        unsigned n = 0;

        while (sip_values_next(message, (SipHeaderId)id, &cursor, &value)) {
            fuzz_check(fuzz_inside(value, message->raw));
            fuzz_check(++n <= message->raw.len);
        }
    }
    fuzz_check(sip_message_via_count(message) <= message->raw.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str bytes = { (const char *)data, MIN(size, SIP_MAX_MESSAGE) };
    NetMeta meta = { 0 };
    g_autoptr(SipMessage) message = sip_message_parse(&meta, bytes, 0);

    sip_looks_like_message(bytes);
    check_parts(message);
    check_index(message);
    walk_values(message);
    check_again(message);
    return 0;
}
