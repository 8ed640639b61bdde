/*
 * The shares, in thousandths. They follow from what floods and large sites
 * really need: the records of devices are the memory of the program, open
 * transactions and attempts its breath. Tables that strangers fill without a
 * word of SIP get little.
 */

#include "budget.h"

#include <string.h>

/* The program, its libraries, stacks and the ring of duplicates. */
#define PROGRAM ((size_t)20 << 20)

/* Bytes of the process for each byte that tables count: what malloc() adds to a block and
 * loses between them, the buckets, names of devices. Measured with floods of every kind. */
#define PROCESS_PARTS 12
#define COUNTED_PARTS 10

/* One finding that stands: its texts and facts are a copy. */
#define STANDING_BYTES 2048

typedef struct Share {
    const char *table;
    unsigned thousandths;
} Share;

static const Share shares[] = {
    { "net.fragments", 24 },      { "net.streams", 50 },
    { "net.half_open", 13 },      { "bytes behind holes", 50 }, /* of TCP streams */
    { "sip.streams", 25 },        { "sip.unfinished", 30 },
    { "sip.handshakes", 15 },     { "sip.transactions", 140 },
    { "reg.chains", 100 },        { "reg.settled_chains", 40 },
    { "reg.devices", 340 }, /* with reg.flows, their names and the requests toward them */
    { "reg.nats", 15 },           { "reg.pairs", 25 },
    { "reg.rewrites", 8 },        { "reg.paths", 6 },
    { "reg.servers", 4 },         { "reg.sources", 20 },
    { "reg.failing_servers", 5 }, { "reg.failing_addresses", 15 },
    { "reg.clients", 15 },        { "rules.findings", 40 },
    { "rules.standing", 20 },
};

/* What may be counted in tables. */
static size_t countable(const BudgetWants *wants)
{
    size_t others = MIN(PROGRAM + wants->others, wants->bytes / 4 * 3);

    return (wants->bytes - others) / PROCESS_PARTS * COUNTED_PARTS;
}

size_t budget_share(const BudgetWants *wants, const char *table)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(shares); i++) {
        if (strcmp(shares[i].table, table) == 0)
            return countable(wants) / 1000 * shares[i].thousandths;
    }
    return 0;
}

static size_t share_of_place(const BudgetWants *wants, const char *table)
{
    return budget_share(wants, table) / MAX(wants->places, 1);
}

static void divide_below(const BudgetWants *wants, Budget *budget)
{
    size_t connections = share_of_place(wants, "net.streams");

    budget->net.max_fragment_bytes = share_of_place(wants, "net.fragments");
    budget->net.max_connection_bytes = connections;
    budget->net.max_stream_bytes = share_of_place(wants, "bytes behind holes");
    budget->framer.stream_bytes = share_of_place(wants, "sip.streams");
    budget->framer.buffered_bytes = share_of_place(wants, "sip.unfinished");
    budget->framer.handshake_bytes = share_of_place(wants, "sip.handshakes");
    budget->txns.max_bytes = budget_share(wants, "sip.transactions");
}

static RegRoom room_of(const BudgetWants *wants)
{
    return (RegRoom){
        .chains = budget_share(wants, "reg.chains"),
        .settled_chains = budget_share(wants, "reg.settled_chains"),
        .sources = budget_share(wants, "reg.sources"),
        .paths = budget_share(wants, "reg.paths"),
        .servers = budget_share(wants, "reg.servers"),
        .failing_servers = budget_share(wants, "reg.failing_servers"),
        .failing_addresses = budget_share(wants, "reg.failing_addresses"),
        .clients = budget_share(wants, "reg.clients"),
        .nats = budget_share(wants, "reg.nats"),
        .pairs = budget_share(wants, "reg.pairs"),
        .rewrites = budget_share(wants, "reg.rewrites"),
    };
}

Budget budget_divide(const BudgetWants *wants)
{
    Budget budget = {
        .net = net_config_default,
        .framer = sip_framer_config_default,
        .txns = sip_txn_config_default,
        .reg = reg_config_default,
    };

    if (wants->bytes == 0)
        return budget;
    divide_below(wants, &budget);
    budget.reg.max_bytes = budget_share(wants, "reg.devices");
    budget.reg.room = room_of(wants);
    budget.findings = budget_share(wants, "rules.findings");
    budget.standing = budget_share(wants, "rules.standing") / STANDING_BYTES;
    return budget;
}
