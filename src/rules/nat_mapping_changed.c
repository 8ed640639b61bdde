/*
 * The phone is the same, its door is another one.
 *
 * A NAT that forgot a mapping gives the next packet of the phone a new public
 * port, or another address. Until the phone registered again over it, calls
 * went to the old one. The phone learns of it by 'rport' and 'received' in an
 * answer (RFC 3581), if it looks.
 */

#include "below.h"
#include "mapping.h"

static const char *const narrower[] = { "nat_mapping_expired", NULL };

/* When the silence before it began. */
static Nsec began(const RegMove *move)
{
    Nsec time;

    if (move->quiet == NSEC_NONE)
        return move->time;
    return __builtin_sub_overflow(move->time, move->quiet, &time) ? move->time : time;
}

/* What happened to the whole site is not told of each of its devices again. */
static bool is_of_nat(const RegLife *life, const RegMove *move)
{
    if (move->kind == REG_MOVE_MAPPING)
        return life->nat == NULL || !mapping_was_cleared(life->nat, began(move), move->time);
    return move->kind == REG_MOVE_ADDRESS;
}

/* The one that tells most: told by the server rather than concluded, after a known silence. */
static const RegMove *best_move(const RegLife *life)
{
    const RegMove *best = NULL;

    for (unsigned i = 0; i < life->n_moves; i++) {
        const RegMove *move = &life->moves[i];

        if (is_of_nat(life, move)
            && (best == NULL || (!best->told && move->told)
                || (best->told == move->told && best->quiet == NSEC_NONE
                    && move->quiet != NSEC_NONE)))
            best = move;
    }
    return best;
}

static void say(const RegDevice *device, const RegMove *move, Finding *finding)
{
    uint64_t n = device->life->n_mapping_moves;
    char who[NET_ENDPOINT_TEXT], from[NET_ENDPOINT_TEXT], to[NET_ENDPOINT_TEXT], span[NSEC_TEXT];
    char time[NSEC_TEXT], times[BELOW_TIMES];
    g_autofree char *silence =
        move->quiet != NSEC_NONE
            ? g_strdup_printf(" after %s of silence", nsec_to_span(move->quiet, span))
            : NULL;
    g_autofree char *all =
        n > 1 ? g_strdup_printf("; this happened %s", below_times(n, times)) : NULL;

    finding_say(finding, "the NAT in front of %s gave it another public %s%s: %s became %s at %s%s",
                below_who(device, who), move->kind == REG_MOVE_ADDRESS ? "address" : "port",
                silence ? silence : "", net_endpoint_to_text(&move->from, from),
                net_endpoint_to_text(&move->to, to), nsec_to_clock(move->time, time),
                all ? all : "");
}

static void cite(const RegMove *move, Finding *finding)
{
    char from[NET_ENDPOINT_TEXT], to[NET_ENDPOINT_TEXT];
    g_autofree char *before = g_strdup_printf("%s", net_endpoint_to_text(&move->from, from));
    g_autofree char *after =
        g_strdup_printf("%s%s", move->told ? "received and rport say " : "it comes from ",
                        net_endpoint_to_text(&move->to, to));

    if (move->before.frame != 0)
        finding_cite(finding, "before", move->before, began(move), str_of(before), NULL);
    finding_cite(finding, "after", move->after, move->time, str_of(after), before);
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    const RegLife *life = device->life;
    const RegMove *move = life != NULL ? best_move(life) : NULL;

    if (move == NULL)
        return RULE_CLEAN;
    say(device, move, finding);
    cite(move, finding);
    finding_reject(finding, "binding_fight", "the device sends from the same port of its own");
    if (!move->told)
        finding_grade(finding, FINDING_STRONG,
                      "A capture beside the phone: whether its own port stayed the same.");
    finding->from = began(move);
    finding->until = life->moves[life->n_moves - 1].time;
    finding->count = (uint32_t)MIN(life->n_mapping_moves, UINT32_MAX);
    return RULE_FIRES;
}

const Rule rule_nat_mapping_changed = {
    .id = "nat_mapping_changed",
    .area = "life",
    .title = "The NAT gave the phone another public address or port",
    .severity = FINDING_WARNING,
    .vantage = REG_VANTAGE_ANY,
    .silenced_by = narrower,
    .meaning =
        "The phone's own address and port stayed the same, and its packets came from another "
        "public one. What was sent to the old one in between did not arrive.",
    .advice =
        "Keep the mapping open: a keep-alive every 25 s suits nearly all NATs. If the address "
        "itself changes, look at the site's connection to the Internet.",
    .confusion = "A phone that restarted or opened a new socket has another port of its own. The "
                 "same public port after a silence does not show that the mapping lived.",
    .should = "The public address and port of a phone stay the same from one REGISTER to the next.",
    .seen = {
        .client = "The phone's own port is the same, and rport or received in the answers is "
                  "another one.",
        .middle = "Outside the NAT the source port changes, inside it does not.",
        .server = "The same device (Call-ID, instance) comes from another port.",
    },
    .fix = {
        .phone = "NAT keep-alive every 25 s.",
        .router = "Longer UDP timeouts; look for a forced reconnect when the address itself "
                  "changes.",
        .asterisk = "aor: qualify_frequency=25; remove_existing=yes clears old contacts.",
        .kamailio = "nathelper: natping_interval=25.",
    },
    .reference = "RFC 3581 section 4; RFC 4787 section 4.3",
    .check_device = check,
};
