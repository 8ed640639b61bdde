/*
 * Where the capture was taken, told by TTLs and addresses.
 *
 * A packet leaves its host with a TTL of 64, 128 or 255 and loses one at each
 * router. Who still has the first value is on our own segment. Behind a NAT
 * the phone's address is private and the registrar's is not.
 */

#include "reg/vantage.h"

const char *reg_vantage_name(RegVantage vantage)
{
    switch (vantage) {
    case REG_VANTAGE_CLIENT:
        return "client";
    case REG_VANTAGE_MIDDLE:
        return "middle";
    case REG_VANTAGE_SERVER:
        return "server";
    case REG_VANTAGE_UNKNOWN:
        break;
    }
    return "unknown";
}

/* Routers behind the packet; 0: sent on this segment, -1: not known. */
static int hops_of(const SipMessage *message)
{
    if (message == NULL || message->meta.ttl == 0)
        return -1;

    int ttl = message->meta.ttl;
    int first = ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;

    return first - ttl;
}

static RegVantageVerdict verdict(RegVantage vantage, const char *because)
{
    return (RegVantageVerdict){ vantage, because };
}

RegVantageVerdict reg_vantage_of_txn(const SipTxn *txn)
{
    int client = hops_of(txn->request);
    int server = hops_of(txn->answer);
    bool inside =
        net_addr_is_private(&txn->hop.src.addr) && !net_addr_is_private(&txn->hop.dst.addr);

    if (inside && client == 0 && server > 0)
        return verdict(REG_VANTAGE_CLIENT,
                       "private source with its first TTL, public destination some routers away");
    if (inside)
        return verdict(REG_VANTAGE_CLIENT, "private source, public destination: before the NAT");
    if (client == 0 && server > 0)
        return verdict(REG_VANTAGE_CLIENT,
                       "requests have their first TTL, answers came over routers");
    if (server == 0 && client > 0)
        return verdict(REG_VANTAGE_SERVER,
                       "answers have their first TTL, requests came over routers");
    if (client > 0 && server > 0)
        return verdict(REG_VANTAGE_MIDDLE, "requests and answers both came over routers");
    if (client == 0 && server == 0)
        return verdict(REG_VANTAGE_UNKNOWN,
                       "both ends send with their first TTL: all on one segment, or made up");
    return verdict(REG_VANTAGE_UNKNOWN, "one direction alone does not tell");
}

static unsigned index_of(RegVantage vantage)
{
    unsigned i = 0;

    while (vantage >> (i + 1) != 0)
        i++;
    return i;
}

void reg_vantage_add(RegVantageTally *tally, RegVantageVerdict seen)
{
    unsigned i = index_of(seen.vantage);

    tally->seen[i]++;
    if (tally->because[i] == NULL)
        tally->because[i] = seen.because;
}

RegVantageVerdict reg_vantage_of_capture(const RegVantageTally *tally)
{
    uint64_t known = 0;
    unsigned best = 0;

    for (unsigned i = 1; i < G_N_ELEMENTS(tally->seen); i++) {
        known += tally->seen[i];
        if (tally->seen[i] > tally->seen[best] || best == 0)
            best = i;
    }
    if (known == 0)
        return verdict(REG_VANTAGE_UNKNOWN,
                       tally->because[0] ? tally->because[0] : "no registration to tell by");
    if (tally->seen[best] * 5 < known * 4)
        return verdict(REG_VANTAGE_UNKNOWN, "registrations seen from different sides");
    return verdict((RegVantage)(1u << best), tally->because[best]);
}
