/*
 * What ICMP errors mean, of both versions (RFC 792, RFC 1812 section 5.2.7.1,
 * RFC 4443 section 3).
 */

#include "icmp.h"

typedef struct Meaning {
    uint8_t version;
    uint8_t type;
    uint8_t code;
    RegIcmpKind kind;
    const char *name;
} Meaning;

static const Meaning meanings[] = {
    { 4, 3, 0, REG_ICMP_NO_ROUTE, "network unreachable" },
    { 4, 3, 1, REG_ICMP_NO_ROUTE, "host unreachable" },
    { 4, 3, 2, REG_ICMP_PORT, "protocol unreachable" },
    { 4, 3, 3, REG_ICMP_PORT, "port unreachable" },
    { 4, 3, 4, REG_ICMP_TOO_BIG, "fragmentation needed" },
    { 4, 3, 5, REG_ICMP_NO_ROUTE, "source route failed" },
    { 4, 3, 6, REG_ICMP_NO_ROUTE, "network unknown" },
    { 4, 3, 7, REG_ICMP_NO_ROUTE, "host unknown" },
    { 4, 3, 9, REG_ICMP_PROHIBITED, "network administratively prohibited" },
    { 4, 3, 10, REG_ICMP_PROHIBITED, "host administratively prohibited" },
    { 4, 3, 13, REG_ICMP_PROHIBITED, "communication administratively prohibited" },
    { 4, 11, 0, REG_ICMP_EXPIRED, "time to live exceeded" },
    { 6, 1, 0, REG_ICMP_NO_ROUTE, "no route to destination" },
    { 6, 1, 1, REG_ICMP_PROHIBITED, "communication administratively prohibited" },
    { 6, 1, 2, REG_ICMP_NO_ROUTE, "beyond scope of source address" },
    { 6, 1, 3, REG_ICMP_NO_ROUTE, "address unreachable" },
    { 6, 1, 4, REG_ICMP_PORT, "port unreachable" },
    { 6, 1, 5, REG_ICMP_PROHIBITED, "source address failed policy" },
    { 6, 1, 6, REG_ICMP_NO_ROUTE, "reject route to destination" },
    { 6, 2, 0, REG_ICMP_TOO_BIG, "packet too big" },
    { 6, 3, 0, REG_ICMP_EXPIRED, "hop limit exceeded" },
};

static const Meaning *find_meaning(uint8_t version, uint8_t type, uint8_t code)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(meanings); i++) {
        const Meaning *m = &meanings[i];

        if (m->version == version && m->type == type && m->code == code)
            return m;
    }
    return NULL;
}

RegIcmpKind icmp_kind_of(const NetEvent *event)
{
    const Meaning *meaning =
        find_meaning(event->reporter.version, event->icmp_type, event->icmp_code);

    return meaning != NULL ? meaning->kind : REG_ICMP_OTHER;
}

RegIcmpKind reg_icmp_kind(const RegIcmp *icmp)
{
    const Meaning *meaning = find_meaning(icmp->reporter.version, icmp->type, icmp->code);

    return meaning != NULL ? meaning->kind : REG_ICMP_OTHER;
}

const char *reg_icmp_name(const RegIcmp *icmp)
{
    const Meaning *meaning = find_meaning(icmp->reporter.version, icmp->type, icmp->code);

    return meaning != NULL ? meaning->name : "another error";
}

void icmp_add(RegIcmp *icmp, const NetEvent *event)
{
    if (icmp->seen.count == 0) {
        icmp->reporter = event->reporter;
        icmp->type = event->icmp_type;
        icmp->code = event->icmp_code;
        icmp->mtu = event->icmp_mtu;
    }
    if (icmp->type == event->icmp_type && icmp->code == event->icmp_code
        && net_addr_equal(&icmp->reporter, &event->reporter))
        reg_fact_add(&icmp->seen, event->meta.ref, event->meta.time);
}
