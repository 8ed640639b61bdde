#pragma once

/*
 * One message at several places, with what boxes on the way make of it.
 */

#include "capture/set.h"
#include "reg/rewrites.h"
#include "support/check.h"

#define PHONE "192.168.1.10"
#define NAT "203.0.113.2"
#define SERVER "198.51.100.10"

/* What is not said is as in 'usual'. */
typedef struct Sight {
    uint32_t place; /* CapturePlace */
    Nsec time;
    const char *from; /* of the packet */
    const char *to;
    uint16_t status; /* 0: a request */
    const char *method;
    unsigned cseq;
    const char *host; /* of Via and Contact */
    const char *call_id;
    const char *branch;
    const char *from_tag;
    const char *to_tag;
    const char *user;
    const char *extra; /* further header lines */
    uint8_t ttl;
    uint16_t ip_id;
} Sight;

static inline Sight sight_request(uint32_t place, Nsec time)
{
    bool inside = place <= CAPTURE_PLACE_CLIENT;

    return (Sight){ .place = place,
                    .time = time,
                    .from = inside ? PHONE : NAT,
                    .to = SERVER,
                    .method = "REGISTER",
                    .cseq = 1,
                    .host = PHONE,
                    .call_id = "call1@192.168.1.10",
                    .branch = "z9hG4bKone",
                    .from_tag = "from1",
                    .user = "alice",
                    .ttl = inside ? 64 : 63 };
}

static inline Sight sight_answer(uint32_t place, Nsec time, uint16_t status)
{
    Sight sight = sight_request(place, time);

    sight.to = sight.from;
    sight.from = SERVER;
    sight.status = status;
    sight.to_tag = "to01";
    sight.ttl = place <= CAPTURE_PLACE_CLIENT ? 56 : 57;
    return sight;
}

static inline NetEndpoint sight_endpoint(const char *addr)
{
    NetEndpoint endpoint = { .port = 5060 };

    net_addr_parse(str_of(addr), &endpoint.addr);
    return endpoint;
}

static inline SipMessage *sight_message(const Sight *sight)
{
    static uint64_t frame = 0;
    g_autoptr(GString) text = g_string_new(NULL);
    NetMeta meta = { .ref = { .frame = ++frame, .place = sight->place },
                     .time = sight->time,
                     .ttl = sight->ttl,
                     .ip_id = sight->ip_id,
                     .flow = { sight_endpoint(sight->from), sight_endpoint(sight->to), NET_UDP } };

    if (sight->status == 0)
        g_string_append_printf(text, "%s sip:example.com SIP/2.0\r\n", sight->method);
    else
        g_string_append_printf(text, "SIP/2.0 %u Reason\r\n", sight->status);
    g_string_append_printf(text,
                           "Via: SIP/2.0/UDP %s:5060;branch=%s\r\n"
                           "From: <sip:%s@example.com>;tag=%s\r\n"
                           "To: <sip:%s@example.com>%s%s\r\n"
                           "Call-ID: %s\r\nCSeq: %u %s\r\n%s%s"
                           "Contact: <sip:%s@%s:5060>\r\nContent-Length: 0\r\n\r\n",
                           sight->host, sight->branch, sight->user, sight->from_tag, sight->user,
                           sight->to_tag ? ";tag=" : "", sight->to_tag ? sight->to_tag : "",
                           sight->call_id, sight->cseq, sight->method,
                           sight->extra ? sight->extra : "", sight->extra ? "\r\n" : "",
                           sight->user, sight->host);
    return sip_message_parse(&meta, (Str){ text->str, text->len }, 0);
}
