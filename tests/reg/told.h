#pragma once

/*
 * What became of the devices of a scenario, in a line for each fact: tests compare
 * texts and can be read. Times are seconds after the scenario's start.
 */

#include "support/judge.h"
#include "words.h"

typedef void Telling(GString *text, const RegDevice *device);

typedef struct Told {
    GString *text;
    Telling *tell;
} Told;

static inline void told_device(const RegDevice *device, void *user)
{
    const Told *told = user;

    told->tell(told->text, device);
}

/* Without the last line end. */
static inline char *told_end(const Told *all)
{
    if (all->text->len > 0)
        g_string_truncate(all->text, all->text->len - 1);
    return g_string_free(all->text, FALSE);
}

static inline char *told(const char *scenario, Telling *tell)
{
    Told all = { g_string_new(NULL), tell };

    judge_devices(scenario, NULL, told_device, &all);
    return told_end(&all);
}

/* Of two captures, one beside the phone and one beyond its NAT. */
static inline char *told_between(const char *inside, const char *outside, Telling *tell)
{
    Told all = { g_string_new(NULL), tell };

    judge_devices_between(inside, outside, told_device, &all);
    return told_end(&all);
}

#define assert_told(scenario, tell, expected)           \
    do {                                                \
        g_autofree char *actual = told(scenario, tell); \
        assert_string_equal(actual, expected);          \
    } while (0)

static inline void told_time(GString *text, const char *before, Nsec time)
{
    if (time != NSEC_NONE)
        g_string_append_printf(text, " %s %.6g", before, (double)(time - START) / 1e9);
}

static inline void told_span(GString *text, const char *before, Nsec span)
{
    if (span != NSEC_NONE)
        g_string_append_printf(text, " %s %.5g", before, (double)span / 1e9);
}

static inline void told_flag(GString *text, bool flag, const char *word)
{
    if (flag)
        g_string_append_printf(text, " %s", word);
}

static inline const char *told_way(RegWay way)
{
    static const char *const names[] = { "flow", "other source", "old flow", "contact" };

    return names[way];
}

/* Requests without an answer: "2 INVITE to flow 110 to 150, back 1800 REGISTER, works 1810". */
static inline void told_outages(GString *text, const RegDevice *device)
{
    const RegLife *life = device->life;

    for (unsigned i = 0; life != NULL && i < life->n_outages; i++) {
        const RegOutage *outage = &life->outages[i];

        g_string_append_printf(text, "%u %s to %s", outage->requests,
                               sip_method_name(outage->first.method), told_way(outage->first.way));
        told_time(text, "at", outage->first.sent);
        if (outage->last.last_sent != outage->first.sent)
            told_time(text, "to", outage->last.last_sent);
        told_time(text, "back", outage->back);
        told_flag(text, outage->back_registers, "REGISTER");
        told_flag(text, outage->back_moved, "moved");
        told_time(text, "works", outage->works);
        told_flag(text, !outage->bound, "unbound");
        told_flag(text, outage->cut, "cut");
        told_flag(text, outage->losses != 0, "losses");
        told_flag(text, outage->inside_silent, "inside silent");
        told_flag(text, outage->measured, "measured");
        g_string_append_c(text, '\n');
    }
}

/* "3 answered, newest OPTIONS 200 at 70 by flow, 1 unanswered". */
static inline void told_inbound(GString *text, const RegDevice *device)
{
    const RegLife *life = device->life;

    if (life == NULL)
        return;
    g_string_append_printf(text, "%u answered", (unsigned)life->inbound_answered);
    if (life->answered != NULL) {
        g_string_append_printf(text, ", newest %s %u", sip_method_name(life->answered->method),
                               life->answered->status);
        told_time(text, "at", life->answered->sent);
        g_string_append_printf(text, " by %s", told_way(life->answered->way));
    }
    g_string_append_printf(text, ", %u unanswered\n", (unsigned)life->inbound_unanswered);
}

static inline void told_moves(GString *text, const RegDevice *device)
{
    static const char *const kinds[] = { "mapping", "address", "device", "stream" };
    const RegLife *life = device->life;

    for (unsigned i = 0; life != NULL && i < life->n_moves; i++) {
        const RegMove *move = &life->moves[i];
        char from[NET_ENDPOINT_TEXT], to[NET_ENDPOINT_TEXT];

        g_string_append_printf(text, "%s %s > %s", kinds[move->kind],
                               net_endpoint_to_text(&move->from, from),
                               net_endpoint_to_text(&move->to, to));
        told_time(text, "at", move->time);
        told_span(text, "after", move->quiet);
        told_flag(text, move->told, "told");
        g_string_append_c(text, '\n');
    }
}

static inline void told_bounds(GString *text, const char *state, const RegNatBounds *bounds)
{
    if (bounds->n_alive + bounds->n_dead == 0)
        return;
    g_string_append_printf(text, ", %s", state);
    if (bounds->n_alive > 0)
        g_string_append_printf(text, " %u alive", bounds->n_alive);
    told_span(text, "up to", bounds->alive);
    if (bounds->n_dead > 0)
        g_string_append_printf(text, " %u dead", bounds->n_dead);
    told_span(text, "from", bounds->dead_once);
}

/* "203.0.113.2, fresh 1 dead from 90, stream 2 alive up to 20". */
static inline void told_nat(GString *text, const RegDevice *device)
{
    const RegNat *nat = device->life != NULL ? device->life->nat : NULL;
    char address[NET_ENDPOINT_TEXT];

    if (nat == NULL)
        return;
    g_string_append(text, net_addr_to_text(&nat->address, address));
    told_bounds(text, "fresh", &nat->bounds[REG_NAT_FRESH]);
    told_bounds(text, "stream", &nat->bounds[REG_NAT_STREAM]);
    g_string_append_c(text, '\n');
}

static inline void told_silence(GString *text, const RegDevice *device)
{
    const RegTraffic *traffic = &device->life->traffic;

    told_span(text, "longest", traffic->longest);
    told_time(text, "from", traffic->longest_from);
    g_string_append_printf(text, " frame %u", (unsigned)traffic->longest_ref.frame);
    told_span(text, "unheard", traffic->longest_unheard);
    told_flag(text, traffic->server_only, "server only");
    g_string_append_c(text, '\n');
}

static inline void told_covered(GString *text, const RegDevice *device)
{
    told_span(text, "covered", device->life->covered);
    g_string_append_c(text, '\n');
}

static inline void told_boots(GString *text, const RegDevice *device)
{
    g_string_append_printf(text, "%u frame %u", device->life->boots,
                           (unsigned)device->life->booted.frame);
    if (device->life->boots > 0)
        told_time(text, "at", device->life->booted_time);
    g_string_append_c(text, '\n');
}

static inline void told_disconnect(GString *text, const RegDevice *device)
{
    const RegDisconnect *gone = device->life->disconnect;

    if (gone == NULL)
        return;
    g_string_append_printf(text, "%s by %s", gone->reset ? "reset" : "closed",
                           gone->by_server ? "server" : "device");
    told_time(text, "at", gone->time);
    told_time(text, "over", gone->over);
    g_string_append_c(text, '\n');
}

static inline void told_spiral(GString *text, const RegDevice *device)
{
    const RegSpiral *spiral = &device->life->spiral;

    g_string_append_printf(text, "%u falls from %u to %u, frames %u to %u\n", spiral->falls,
                           spiral->first, spiral->newest, (unsigned)spiral->first_ref.frame,
                           (unsigned)spiral->newest_ref.frame);
}

static inline void told_server(GString *text, const RegDevice *device)
{
    const RegServerMove *move = device->life->server_move;
    char from[NET_ENDPOINT_TEXT], to[NET_ENDPOINT_TEXT];

    if (move == NULL)
        return;
    g_string_append_printf(text, "%s > %s", net_endpoint_to_text(&move->from, from),
                           net_endpoint_to_text(&move->to, to));
    told_time(text, "worked", move->worked);
    told_time(text, "silent", move->silent);
    told_time(text, "moved", move->moved);
    g_string_append_c(text, '\n');
}

static inline void told_timers(GString *text, const RegDevice *device)
{
    g_string_append_printf(text, "flow timer %u keep %u\n", device->life->traffic.flow_timer,
                           device->life->traffic.keep);
}
