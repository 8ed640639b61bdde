/*
 * A message that is passed on must read like the one that was captured, and
 * not tell whose it was.
 *
 * It is written anew from the headers whose grammar is known. A value goes
 * through what hides names in it, a display name goes whole, and what nobody
 * here knows is left out and counted: a header of a vendor may hold anything.
 */

#include "redact_message.h"

#include "redact_words.h"
#include "sip/value.h"

typedef void (*Redact)(ReportRedactor *redactor, GString *out, Str value);

static void append(GString *out, Str text)
{
    g_string_append_len(out, text.data, (gssize)text.len);
}

/* Only the digits: who wrote "3600;alice" meant something else. */
static void number(ReportRedactor *redactor, GString *out, Str value)
{
    uint32_t read;

    if (sip_number(value, &read) == SIP_NUMBER_OK)
        g_string_append_printf(out, "%u", read);
    else
        g_string_append(out, "(not a number)");
}

static void cseq(ReportRedactor *redactor, GString *out, Str value)
{
    Str digits, method;

    str_split(value, ' ', &digits, &method);
    number(redactor, out, digits);
    g_string_append_printf(out, " %s", sip_method_name(sip_method_of(str_trim(method))));
}

static void call_id(ReportRedactor *redactor, GString *out, Str value)
{
    redact_name(redactor, out, REDACT_CALL_ID, value);
}

static void name_addr(ReportRedactor *redactor, GString *out, Str value)
{
    SipNameAddr address = sip_name_addr_parse(value);

    if (address.star) {
        g_string_append_c(out, '*');
        return;
    }
    if (str_present(address.display) && address.display.len > 0) {
        g_string_append_c(out, '"');
        redact_name(redactor, out, REDACT_VALUE, sip_unquote(address.display));
        g_string_append(out, "\" ");
    }
    g_string_append_c(out, '<');
    redact_uri(redactor, out, address.uri.whole);
    g_string_append_c(out, '>');
    redact_params(redactor, out, address.params);
}

static void addresses(ReportRedactor *redactor, GString *out, Str value)
{
    Str one;

    for (unsigned i = 0; sip_list_next(&value, &one); i++) {
        g_string_append(out, i > 0 ? ", " : "");
        name_addr(redactor, out, one);
    }
}

static void via(ReportRedactor *redactor, GString *out, Str value)
{
    Str one;

    for (unsigned i = 0; sip_list_next(&value, &one); i++) {
        SipVia hop = sip_via_parse(one);

        g_string_append_printf(out, "%s%.*s ", i > 0 ? ", " : "", STR_ARG(hop.protocol));
        redact_host(redactor, out, hop.host);
        if (hop.port != 0)
            g_string_append_printf(out, ":%u", hop.port);
        redact_params(redactor, out, hop.params);
    }
}

/* What is no ingredient of a digest is left out: Kerberos tickets stand in
 * the same header. */
static void credentials(ReportRedactor *redactor, GString *out, Str value)
{
    SipAuth auth = sip_auth_parse(value);

    append(out, auth.scheme);
    g_string_append_c(out, ' ');
    if (str_equal_nocase(auth.scheme, STR("Digest")))
        redact_words(redactor, out, auth.params);
    else
        g_string_append(out, "(left out)");
}

static const struct {
    SipHeaderId id;
    Redact redact;
} known[] = {
    { SIP_HEADER_ALLOW, redact_words },
    { SIP_HEADER_AUTHENTICATION_INFO, redact_words },
    { SIP_HEADER_AUTHORIZATION, credentials },
    { SIP_HEADER_CALL_ID, call_id },
    { SIP_HEADER_CONTACT, addresses },
    { SIP_HEADER_CONTENT_LENGTH, number },
    { SIP_HEADER_CONTENT_TYPE, redact_words },
    { SIP_HEADER_CSEQ, cseq },
    { SIP_HEADER_DATE, redact_words },
    { SIP_HEADER_EXPIRES, number },
    { SIP_HEADER_FLOW_TIMER, number },
    { SIP_HEADER_FROM, name_addr },
    { SIP_HEADER_MAX_FORWARDS, number },
    { SIP_HEADER_MIN_EXPIRES, number },
    { SIP_HEADER_PATH, addresses },
    { SIP_HEADER_PROXY_AUTHENTICATE, credentials },
    { SIP_HEADER_PROXY_AUTHORIZATION, credentials },
    { SIP_HEADER_P_REGISTRAR_ERROR, redact_words },
    { SIP_HEADER_REASON, redact_words },
    { SIP_HEADER_RECORD_ROUTE, addresses },
    { SIP_HEADER_REQUIRE, redact_words },
    { SIP_HEADER_RETRY_AFTER, number },
    { SIP_HEADER_ROUTE, addresses },
    { SIP_HEADER_SERVER, redact_words },
    { SIP_HEADER_SERVICE_ROUTE, addresses },
    { SIP_HEADER_SUPPORTED, redact_words },
    { SIP_HEADER_TO, name_addr },
    { SIP_HEADER_UNSUPPORTED, redact_words },
    { SIP_HEADER_USER_AGENT, redact_words },
    { SIP_HEADER_VIA, via },
    { SIP_HEADER_WARNING, redact_words },
    { SIP_HEADER_WWW_AUTHENTICATE, credentials },
};

static Redact find_redact(SipHeaderId id)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (known[i].id == id)
            return known[i].redact;
    }
    return NULL;
}

static void start_line(ReportRedactor *redactor, GString *out, const SipMessage *message)
{
    if (message->is_request) {
        g_string_append_printf(out, "%s ", sip_method_name(message->method));
        redact_uri(redactor, out, message->request_uri);
        g_string_append(out, " SIP/2.0\r\n");
        return;
    }
    g_string_append_printf(out, "SIP/2.0 %u ", message->status);
    redact_words(redactor, out, message->reason);
    g_string_append(out, "\r\n");
}

void redact_message(ReportRedactor *redactor, GString *out, const SipMessage *message)
{
    unsigned left_out = 0;

    start_line(redactor, out, message);
    for (unsigned i = 0; i < message->n_headers; i++) {
        const SipHeader *header = &message->headers[i];
        Redact redact = find_redact(header->id);

        if (redact == NULL) {
            left_out++;
            continue;
        }
        g_string_append_printf(out, "%s: ", sip_header_long_name(header->id));
        redact(redactor, out, sip_message_value(message, header));
        g_string_append(out, "\r\n");
    }
    if (left_out > 0)
        g_string_append_printf(out, "(%u more header%s left out)\r\n", left_out,
                               left_out == 1 ? "" : "s");
    g_string_append(out, "\r\n");
    if (message->body.len > 0)
        g_string_append_printf(out, "(%zu bytes of body left out)\r\n", message->body.len);
}
