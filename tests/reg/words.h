#pragma once

/*
 * REGISTER requests and their answers, put together by hand: what a test does
 * not say is alice's usual. Times are seconds after START.
 */

#include <glib.h>

#include "sip/txn.h"
#include "support/check.h"

#define START (INT64_C(1769860800) * NSEC_SEC) /* 2026-01-31T12:00:00Z */

static inline Nsec at_seconds(double seconds)
{
    return START + (Nsec)(seconds * 1e6 + (seconds < 0 ? -0.5 : 0.5)) * NSEC_USEC;
}

#define AT(seconds) at_seconds((double)(seconds))

typedef struct Ask {
    const char *aor;
    const char *call_id;
    const char *tag;
    const char *contact; /* "": none */
    const char *agent;   /* "": none */
    const char *nonce;   /* NULL: no credentials */
    const char *via;     /* another one, of a proxy, on top */
    const char *more;    /* headers, each with its line end */
    const char *from;    /* where the packet comes from and goes to */
    const char *to;
    unsigned cseq;
} Ask;

static inline NetEndpoint endpoint_of(const char *text)
{
    Str addr, port;
    NetEndpoint endpoint = { 0 };
    uint64_t number = 0;

    assert_true(str_split(str_of(text), ':', &addr, &port));
    assert_true(net_addr_parse(addr, &endpoint.addr));
    assert_true(str_to_uint(port, UINT16_MAX, &number));
    endpoint.port = (uint16_t)number;
    return endpoint;
}

/* The same with everything said. */
static inline Ask ask_whole(Ask ask)
{
    return (Ask){
        .aor = ask.aor ? ask.aor : "alice@example.com",
        .call_id = ask.call_id ? ask.call_id : "call-1",
        .tag = ask.tag ? ask.tag : "tag-1",
        .contact = ask.contact ? ask.contact : "<sip:alice@192.168.1.10:5060>",
        .agent = ask.agent ? ask.agent : "Phone 1.0",
        .nonce = ask.nonce,
        .via = ask.via,
        .more = ask.more ? ask.more : "",
        .from = ask.from ? ask.from : "192.168.1.10:5060",
        .to = ask.to ? ask.to : "198.51.100.10:5060",
        .cseq = ask.cseq ? ask.cseq : 1,
    };
}

static inline void add_via(GString *text, const Ask *ask)
{
    if (ask->via != NULL)
        g_string_append_printf(text, "Via: SIP/2.0/UDP %s;branch=z9hG4bK-p-%s-%u\r\n", ask->via,
                               ask->call_id, ask->cseq);
    g_string_append_printf(text,
                           "Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK-%s-%u;rport\r\n",
                           ask->call_id, ask->cseq);
}

/* 'status' 0: the request. Takes no part in the wire: made of one block. */
static inline SipMessage *message_of(const Ask *ask, unsigned status, const char *headers,
                                     double time, uint64_t frame)
{
    NetMeta meta = { .time = AT(time), .ref.frame = frame, .ttl = 64 };
    g_autoptr(GString) text = g_string_new(NULL);

    meta.first_ref = meta.ref;
    meta.flow.src = endpoint_of(status == 0 ? ask->from : ask->to);
    meta.flow.dst = endpoint_of(status == 0 ? ask->to : ask->from);
    if (status == 0)
        g_string_append(text, "REGISTER sip:example.com SIP/2.0\r\n");
    else
        g_string_append_printf(text, "SIP/2.0 %u Words\r\n", status);
    add_via(text, ask);
    g_string_append_printf(text,
                           "From: <sip:%s>;tag=%s\r\nTo: <sip:%s>%s\r\nCall-ID: %s\r\n"
                           "CSeq: %u REGISTER\r\n",
                           ask->aor, ask->tag, ask->aor, status == 0 ? "" : ";tag=server",
                           ask->call_id, ask->cseq);
    if (status == 0 && *ask->contact != '\0')
        g_string_append_printf(text, "Contact: %s\r\n", ask->contact);
    if (status == 0 && *ask->agent != '\0')
        g_string_append_printf(text, "User-Agent: %s\r\n", ask->agent);
    if (status == 0 && ask->nonce != NULL)
        g_string_append_printf(text,
                               "Authorization: Digest username=\"alice\", realm=\"example.com\", "
                               "nonce=\"%s\", uri=\"sip:example.com\", response=\"00\"\r\n",
                               ask->nonce);
    g_string_append_printf(text, "%sContent-Length: 0\r\n\r\n", headers);
    return sip_message_parse(&meta, (Str){ text->str, text->len }, 0);
}

static inline SipMessage *request_of(Ask ask)
{
    Ask whole = ask_whole(ask);

    return message_of(&whole, 0, whole.more, 0, 1);
}

static inline SipMessage *answer_of(Ask ask, unsigned status, const char *headers)
{
    Ask whole = ask_whole(ask);

    return message_of(&whole, status, headers, 0.02, 2);
}

/* A transaction that no table knows; takes both, either may be NULL. */
static inline SipTxn *txn_of(SipMessage *request, SipMessage *answer)
{
    SipTxn *txn = g_rc_box_new0(SipTxn);

    txn->hop = request != NULL ? request->meta.flow : net_flow_reverse(&answer->meta.flow);
    txn->method = SIP_METHOD_REGISTER;
    txn->request = request;
    txn->answer = answer;
    txn->request_seen = request != NULL;
    txn->status = answer != NULL ? answer->status : 0;
    txn->opened = txn->touched = request != NULL ? request->meta.time : answer->meta.time;
    txn->answered = answer != NULL ? answer->meta.time : NSEC_NONE;
    return txn;
}
