/*
 * Defects of messages, the gravest first. Whether a defect is the reason for
 * anything is for the rule to say that asks.
 */

#include "defects.h"

#include "sip/value.h"

#define SIP_PORT 5060
#define NO_MANDATORY (SIP_NO_CALL_ID | SIP_NO_CSEQ | SIP_NO_FROM | SIP_NO_TO | SIP_NO_VIA)

/* What either kind of message may have. */
static const char *defect_of_text(uint32_t anomalies)
{
    if (anomalies & NO_MANDATORY)
        return "a mandatory header is missing";
    if (anomalies & (SIP_BAD_HEADER_LINE | SIP_CSEQ_MALFORMED | SIP_LENGTH_MALFORMED))
        return "a header breaks the grammar";
    if (anomalies & SIP_LENGTH_TOO_LARGE)
        return "its Content-Length asks for more bytes than it has";
    if (anomalies & SIP_CSEQ_METHOD_DIFFERS)
        return "the method in CSeq is another one";
    if (anomalies & SIP_NUL_BYTE)
        return "it holds a NUL byte";
    if (anomalies & SIP_DUPLICATE_HEADER)
        return "a header that may come once is there twice and says two things";
    return NULL;
}

static bool has_broken_contact(const SipMessage *message)
{
    SipValues cursor = { 0 };
    Str value;

    while (sip_values_next(message, SIP_HEADER_CONTACT, &cursor, &value)) {
        if (!sip_name_addr_parse(value).ok)
            return true;
    }
    return false;
}

/* RFC 3261 section 10.2.2: "*" stands alone and only with Expires: 0. */
static bool misuses_star(const SipMessage *request)
{
    SipValues cursor = { 0 };
    bool star = false;
    unsigned n = 0;
    uint32_t seconds = 0;
    Str value;

    while (sip_values_next(request, SIP_HEADER_CONTACT, &cursor, &value)) {
        star |= sip_name_addr_parse(value).star;
        n++;
    }
    return star
           && (n > 1
               || sip_number(sip_message_first(request, SIP_HEADER_EXPIRES), &seconds)
                      != SIP_NUMBER_OK
               || seconds != 0);
}

const char *defect_of_request(const SipMessage *request)
{
    SipUri uri = sip_uri_parse(request->request_uri);

    if (request->anomalies & SIP_CUT_SHORT)
        return NULL;
    /* RFC 3261 section 10.2: the Request-URI of a REGISTER has no user part. */
    if (uri.ok && str_present(uri.user))
        return "its Request-URI has a user part, which a REGISTER must not have";

    const char *defect = defect_of_text(request->anomalies);

    if (defect != NULL)
        return defect;
    if (misuses_star(request))
        return "its Contact is \"*\" without Expires: 0, or not alone";
    if (has_broken_contact(request))
        return "a Contact breaks the grammar";
    if (!str_present(request->from_tag))
        return "From has no tag";
    if (!uri.ok)
        return "its Request-URI breaks the grammar";
    return NULL;
}

/* A box may write the usual port out, or an IPv6 address another way. */
static bool same_sent_by(const SipVia *a, const SipVia *b)
{
    uint16_t port_a = a->port != 0 ? a->port : SIP_PORT;
    uint16_t port_b = b->port != 0 ? b->port : SIP_PORT;
    NetAddr addr_a, addr_b;

    if (port_a != port_b)
        return false;
    if (net_addr_parse(a->host, &addr_a) && net_addr_parse(b->host, &addr_b))
        return net_addr_equal(&addr_a, &addr_b);
    return str_equal_nocase(a->host, b->host);
}

/* RFC 3261 section 18.1.2: an answer whose topmost Via is not the one that was
 * sent is dropped without a word. */
static const char *defect_of_via(const SipMessage *request, const SipMessage *answer)
{
    SipVia sent = sip_message_via(request);
    SipVia back = sip_message_via(answer);
    Str received;

    if (sip_message_via_count(answer) > sip_message_via_count(request))
        return "it has more Via headers than the request, and a phone drops it (RFC 3261 section "
               "8.1.3.3)";
    if (!back.ok)
        return "its Via breaks the grammar";
    if (sip_param_find(back.params, "received", &received) && received.len > 0
        && received.data[0] == '[')
        return "the address in received= has brackets, which the grammar of Via does not have "
               "(RFC 5118 section 4.5)";
    if (sent.ok && !same_sent_by(&sent, &back))
        return "its Via names another address or port than the phone wrote (RFC 3261 section "
               "18.1.2)";
    return NULL;
}

static bool has_broken_challenge(const SipMessage *answer)
{
    static const SipHeaderId headers[] = { SIP_HEADER_WWW_AUTHENTICATE,
                                           SIP_HEADER_PROXY_AUTHENTICATE };

    for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
        const SipHeader *header;

        for (unsigned n = 0; (header = sip_message_header(answer, headers[i], n)) != NULL; n++) {
            if (!sip_auth_parse(sip_message_value(answer, header)).ok)
                return true;
        }
    }
    return false;
}

const char *defect_of_answer(const SipMessage *request, const SipMessage *answer)
{
    if (answer->anomalies & SIP_CUT_SHORT)
        return NULL;

    const char *defect = defect_of_text(answer->anomalies);

    if (defect == NULL)
        defect = defect_of_via(request, answer);
    if (defect != NULL)
        return defect;
    if (has_broken_contact(answer))
        return "a Contact breaks the grammar";
    if (has_broken_challenge(answer))
        return "its challenge breaks the grammar";
    if (!str_equal(request->from_tag, answer->from_tag))
        return "the tag in From is not the phone's";
    return NULL;
}
