#pragma once

/*
 * What comes up from below SIP, made by hand: questions to a name server and
 * their answers, segments of connections, ICMP errors.
 */

#include "net/dns.h"
#include "words.h"

#define PHONE "192.168.1.10:40000"
#define RESOLVER "198.51.100.53:53"
#define SERVER "198.51.100.10:5061"

static inline NetMeta meta_of(const char *from, const char *to, NetTransport transport, double time,
                              uint64_t frame)
{
    return (NetMeta){
        .ref = { .frame = frame },
        .first_ref = { .frame = frame },
        .time = AT(time),
        .flow = { endpoint_of(from), endpoint_of(to), transport },
        .ttl = 64,
    };
}

/* A question of the phone, or the answer to it with this rcode. */
static inline NetDns *dns_of(const char *name, uint16_t type, bool is_response, uint16_t rcode)
{
    NetDns *dns = g_new0(NetDns, 1);

    dns->is_response = is_response;
    dns->rcode = rcode;
    dns->type = type;
    dns->name = str_of(name);
    return dns;
}

static inline void dns_add_address(NetDns *dns, const char *addr)
{
    NetDnsRecord *record = &dns->records[dns->n_records++];

    record->type = NET_DNS_A;
    assert_true(net_addr_parse(str_of(addr), &record->addr));
    dns->n_answers = dns->n_records;
}

static inline void dns_add_target(NetDns *dns, uint16_t type, const char *target)
{
    NetDnsRecord *record = &dns->records[dns->n_records++];

    record->type = type;
    record->target = str_of(target);
    dns->n_answers = dns->n_records;
}

static inline NetEvent segment_of(NetEventKind kind, bool by_server, double time, uint64_t frame)
{
    return (NetEvent){
        .kind = kind,
        .meta =
            meta_of(by_server ? SERVER : PHONE, by_server ? PHONE : SERVER, NET_TCP, time, frame),
    };
}

static inline NetEvent icmp_of(const char *reporter, uint8_t type, uint8_t code, double time,
                               uint64_t frame)
{
    NetEvent event = {
        .kind = NET_EVENT_ICMP,
        .meta = meta_of("192.168.1.10:5060", "198.51.100.10:5060", NET_UDP, time, frame),
        .icmp_type = type,
        .icmp_code = code,
    };

    assert_true(net_addr_parse(str_of(reporter), &event.reporter));
    return event;
}
