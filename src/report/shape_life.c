/*
 * The members of the JSON report that tell how a registration went on: for how
 * long it stood and could be reached, and what is known of the path.
 */

#include "part.h"
#include "reg/interval.h"
#include "shape.h"
#include "sip/framer.h"

static void seconds(ReportShaper *shaper, const char *name, Nsec span)
{
    if (span != NSEC_NONE)
        report_shape_number(shaper, name, (double)span / NSEC_SEC);
    else
        report_shape_text(shaper, name, NULL);
}

static void count_or_none(ReportShaper *shaper, const char *name, uint32_t count)
{
    if (count != 0)
        report_shape_count(shaper, name, count);
    else
        report_shape_text(shaper, name, NULL);
}

static void range(ReportShaper *shaper, Nsec at_least, Nsec at_most)
{
    seconds(shaper, "at_least", at_least);
    seconds(shaper, "at_most", at_most);
}

static void shares(ReportShaper *shaper, const RegDevice *device, Nsec end)
{
    RegAvailability life = reg_device_availability(device, end);

    seconds(shaper, "watched_seconds", life.watched);
    seconds(shaper, "registered_seconds", life.registered);
    seconds(shaper, "lapsed_seconds", life.lapsed);
    seconds(shaper, "unreachable_seconds", life.lapsed + life.unreachable);
    report_shape_open(shaper, "reachable_seconds");
    range(shaper, life.reachable_least, life.reachable_most);
    report_shape_close(shaper);
}

static void intervals(ReportShaper *shaper, const RegDevice *device, Nsec end)
{
    g_autoptr(GArray) row = report_part_intervals(report_shaper_part(shaper), device, end);

    report_shape_open_list(shaper, "intervals");
    for (unsigned i = 0; i < row->len; i++) {
        const RegInterval *interval = &g_array_index(row, RegInterval, i);

        report_shape_open(shaper, NULL);
        report_shape_text(shaper, "state", reg_interval_state_name(interval->state));
        report_shape_time(shaper, "from", interval->from);
        report_shape_time(shaper, "until", interval->until);
        report_shape_text(shaper, "opened_by", interval->opened_by);
        report_shape_text(shaper, "closed_by", interval->closed_by);
        report_shape_packet(shaper, "opened", interval->opened_ref, interval->from);
        report_shape_packet(shaper, "closed", interval->closed_ref, interval->until);
        report_shape_close(shaper);
    }
    report_shape_close_list(shaper);
}

static void nat_state(ReportShaper *shaper, const char *name, const RegNat *nat, RegNatState state)
{
    Nsec at_least, at_most;
    bool agree = reg_nat_bounds(nat, state, &at_least, &at_most);

    report_shape_open(shaper, name);
    range(shaper, at_least, at_most);
    report_shape_count(shaper, "alive", nat->bounds[state].n_alive);
    report_shape_count(shaper, "dead", nat->bounds[state].n_dead);
    report_shape_flag(shaper, "contradictory", !agree);
    report_shape_close(shaper);
}

static const char *transport_name(NetTransport transport)
{
    return transport == NET_UDP ? "udp" : "tcp";
}

static void nat(ReportShaper *shaper, const RegNat *nat)
{
    char text[NET_ENDPOINT_TEXT];

    if (nat == NULL) {
        report_shape_text(shaper, "nat", NULL);
        return;
    }
    report_shape_open(shaper, "nat");
    report_shape_text(shaper, "address", net_addr_to_text(&nat->address, text));
    report_shape_text(shaper, "server", net_addr_to_text(&nat->server, text));
    report_shape_text(shaper, "transport", transport_name(nat->transport));
    nat_state(shaper, "fresh", nat, REG_NAT_FRESH);
    nat_state(shaper, "stream", nat, REG_NAT_STREAM);
    report_shape_close(shaper);
}

static void inbound(ReportShaper *shaper, const RegLife *life)
{
    report_shape_open(shaper, "inbound");
    report_shape_count(shaper, "answered", life != NULL ? life->inbound_answered : 0);
    report_shape_count(shaper, "unanswered", life != NULL ? life->inbound_unanswered : 0);
    report_shape_close(shaper);
}

static const char *way_name(RegWay way)
{
    static const char *const names[] = {
        [REG_WAY_FLOW] = "flow",
        [REG_WAY_OTHER_SOURCE] = "other_source",
        [REG_WAY_OLD_FLOW] = "old_flow",
        [REG_WAY_CONTACT] = "contact",
    };

    return names[way];
}

static void outage(ReportShaper *shaper, const RegOutage *o)
{
    char text[NET_ENDPOINT_TEXT];

    report_shape_open(shaper, NULL);
    report_shape_time(shaper, "from", o->first.sent);
    report_shape_time(shaper, "until", o->back);
    report_shape_count(shaper, "requests", o->requests);
    report_shape_text(shaper, "method", sip_method_name(o->first.method));
    report_shape_text(shaper, "to", net_endpoint_to_text(&o->first.to, text));
    report_shape_text(shaper, "way", way_name(o->first.way));
    report_shape_flag(shaper, "certain", !o->cut && o->losses == 0);
    report_shape_packet(shaper, "worked", o->worked_ref, o->worked_until);
    report_shape_packet(shaper, "first", o->first.request, o->first.sent);
    report_shape_packet(shaper, "last", o->last.request, o->last.sent);
    report_shape_packet(shaper, "back", o->back_ref, o->back);
    report_shape_packet(shaper, "works", o->works_ref, o->works);
    report_shape_close(shaper);
}

static void outages(ReportShaper *shaper, const RegLife *life)
{
    report_shape_open_list(shaper, "outages");
    for (unsigned i = 0; life != NULL && i < life->n_outages; i++)
        outage(shaper, &life->outages[i]);
    report_shape_close_list(shaper);
}

static const char *move_name(RegMoveKind kind)
{
    static const char *const names[] = {
        [REG_MOVE_MAPPING] = "mapping",
        [REG_MOVE_ADDRESS] = "address",
        [REG_MOVE_DEVICE] = "device",
        [REG_MOVE_STREAM] = "connection",
    };

    return names[kind];
}

static void moves(ReportShaper *shaper, const RegLife *life)
{
    char text[NET_ENDPOINT_TEXT];

    report_shape_open_list(shaper, "moves");
    for (unsigned i = 0; life != NULL && i < life->n_moves; i++) {
        const RegMove *move = &life->moves[i];

        report_shape_open(shaper, NULL);
        report_shape_text(shaper, "kind", move_name(move->kind));
        report_shape_time(shaper, "time", move->time);
        report_shape_text(shaper, "from", net_endpoint_to_text(&move->from, text));
        report_shape_text(shaper, "to", net_endpoint_to_text(&move->to, text));
        seconds(shaper, "quiet_seconds", move->quiet);
        report_shape_flag(shaper, "told", move->told);
        report_shape_packet(shaper, "before", move->before, NSEC_NONE);
        report_shape_packet(shaper, "after", move->after, move->time);
        report_shape_close(shaper);
    }
    report_shape_close_list(shaper);
}

static void traffic(ReportShaper *shaper, const RegLife *life)
{
    static const char *const kinds[] = {
        [SIP_KEEPALIVE_CRLF] = "crlf",   [SIP_KEEPALIVE_CRLFCRLF] = "double_crlf",
        [SIP_KEEPALIVE_ZEROS] = "zeros", [SIP_KEEPALIVE_STUN] = "stun",
        [SIP_KEEPALIVE_OTHER] = "other", [SIP_KEEPALIVE_WEBSOCKET] = "websocket",
    };

    if (life == NULL) {
        report_shape_text(shaper, "traffic", NULL);
        return;
    }
    report_shape_open(shaper, "traffic");
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
        report_shape_count(shaper, kinds[i], life->traffic.kinds[i]);
    report_shape_count(shaper, "tcp", life->traffic.pings);
    seconds(shaper, "longest_silence_seconds", life->traffic.longest);
    report_shape_time(shaper, "longest_silence_from",
                      life->traffic.longest != NSEC_NONE ? life->traffic.longest_from : NSEC_NONE);
    seconds(shaper, "longest_unheard_seconds", life->traffic.longest_unheard);
    report_shape_flag(shaper, "server_only", life->traffic.server_only);
    count_or_none(shaper, "flow_timer", life->traffic.flow_timer);
    count_or_none(shaper, "keep", life->traffic.keep);
    report_shape_close(shaper);
}

void report_shape_life(ReportShaper *shaper, const RegDevice *device, Nsec end)
{
    const RegLife *life = device->life;

    shares(shaper, device, end);
    intervals(shaper, device, end);
    nat(shaper, life != NULL ? life->nat : NULL);
    inbound(shaper, life);
    outages(shaper, life);
    moves(shaper, life);
    traffic(shaper, life);
    report_shape_count(shaper, "restarts", life != NULL ? life->boots : 0);
    report_shape_open(shaper, "also_bound");
    report_shape_count(shaper, "others", device->listed_others);
    report_shape_count(shaper, "own_old", device->listed_stale);
    report_shape_packet(shaper, "listed", device->listed, NSEC_NONE);
    report_shape_close(shaper);
}
