/*
 * Of a device's life between its REGISTERs the addresses tell who and where;
 * all else is times and counts.
 */

#include "redact_copy.h"

static RegNat *nat(RedactCopier *copier, const RegNat *original)
{
    if (original == NULL)
        return NULL;

    RegNat *copy = redact_block(copier, original, sizeof(*original));

    copy->address = redact_addr(copier->names, &original->address);
    copy->server = redact_addr(copier->names, &original->server);
    if (original->restart != NULL) {
        RegNatRestart *restart =
            redact_block(copier, original->restart, sizeof(*original->restart));

        restart->address = redact_addr(copier->names, &original->restart->address);
        copy->restart = restart;
    }
    return copy;
}

static void request(RedactCopier *copier, RegInbound *inbound)
{
    redact_endpoints(copier, &inbound->from, 1);
    redact_endpoints(copier, &inbound->to, 1);
    inbound->icmp_reporter = redact_addr(copier->names, &inbound->icmp_reporter);
}

static RegInbound *answered(RedactCopier *copier, const RegInbound *original)
{
    if (original == NULL)
        return NULL;

    RegInbound *copy = redact_block(copier, original, sizeof(*original));

    request(copier, copy);
    return copy;
}

static RegOutage *outages(RedactCopier *copier, const RegLife *life)
{
    if (life->n_outages == 0)
        return NULL;

    RegOutage *copies =
        redact_block(copier, life->outages, life->n_outages * sizeof(*life->outages));

    for (unsigned i = 0; i < life->n_outages; i++) {
        request(copier, &copies[i].first);
        request(copier, &copies[i].last);
    }
    return copies;
}

static RegMove *moves(RedactCopier *copier, const RegLife *life)
{
    if (life->n_moves == 0)
        return NULL;

    RegMove *copies = redact_block(copier, life->moves, life->n_moves * sizeof(*life->moves));

    for (unsigned i = 0; i < life->n_moves; i++) {
        redact_endpoints(copier, &copies[i].from, 1);
        redact_endpoints(copier, &copies[i].to, 1);
    }
    return copies;
}

static RegServerMove *server_move(RedactCopier *copier, const RegServerMove *original)
{
    if (original == NULL)
        return NULL;

    RegServerMove *copy = redact_block(copier, original, sizeof(*original));

    redact_endpoints(copier, &copy->from, 1);
    redact_endpoints(copier, &copy->to, 1);
    return copy;
}

const RegLife *redact_life(RedactCopier *copier, const RegLife *life)
{
    if (life == NULL)
        return NULL;

    RegLife *copy = redact_block(copier, life, sizeof(*life));

    copy->nat = nat(copier, life->nat);
    copy->answered = answered(copier, life->answered);
    copy->outages = outages(copier, life);
    copy->moves = moves(copier, life);
    copy->server_move = server_move(copier, life->server_move);
    return copy;
}
