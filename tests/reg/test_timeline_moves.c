/*
 * What became of a device's path: addresses, connections, keep-alives.
 */

#include "record.h"
#include "sip/framer.h"

static RegDevice with_life(const RegLife *life)
{
    RegDevice device = device_of(NULL, 0);

    device.life = life;
    return device;
}

static RegMove move_of(RegMoveKind kind)
{
    return (RegMove){
        .kind = kind,
        .from = { { { 203, 0, 113, 2 }, 4 }, 5060 },
        .to = { { { 203, 0, 113, 2 }, 4 }, 1672 },
        .time = AT(30),
        .quiet = 20 * NSEC_SEC,
        .before = { .frame = 5 },
        .after = { .frame = 9 },
    };
}

static void assert_move(RegMove move, const char *words)
{
    RegLife life = { .moves = &move, .n_moves = 1 };
    RegDevice device = with_life(&life);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(60));

    assert_int_equal(events->len, 1);
    assert_event(events, 0, REG_EVENT_MOVED, words);
    assert_int_equal(event_at(events, 0)->time, AT(30));
    assert_int_equal(event_at(events, 0)->n_frames, 2);
}

static void tells_why_the_address_changed(void **state)
{
    RegMove move = move_of(REG_MOVE_MAPPING);

    assert_move(move, "comes from 203.0.113.2:1672, before from 203.0.113.2:5060: its own port is "
                      "the same, the NAT made a new mapping, after 20 s of silence");
    move.quiet = NSEC_NONE;
    move.told = true;
    assert_move(move, "comes from 203.0.113.2:1672, before from 203.0.113.2:5060: its own port is "
                      "the same, the NAT made a new mapping; told by the answer's received and "
                      "rport");
    move.told = false;
    move.kind = REG_MOVE_ADDRESS;
    assert_move(move, "comes from 203.0.113.2:1672, before from 203.0.113.2:5060: the NAT has "
                      "another address");
    move.kind = REG_MOVE_DEVICE;
    assert_move(move, "comes from 203.0.113.2:1672, before from 203.0.113.2:5060: its own address "
                      "or port is another");
    move.kind = REG_MOVE_STREAM;
    assert_move(move, "comes from 203.0.113.2:1672, before from 203.0.113.2:5060: a new "
                      "connection");
}

static void says_that_older_moves_are_not_kept(void **state)
{
    RegMove move = move_of(REG_MOVE_MAPPING);
    RegLife life = { .moves = &move, .n_moves = 1, .moves_forgotten = 3 };
    RegDevice device = with_life(&life);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(60));

    assert_int_equal(events->len, 2);
    assert_event(events, 0, REG_EVENT_FORGOTTEN, "3 earlier changes of address are not kept");
}

static void tells_who_ended_the_connection(void **state)
{
    RegDisconnect disconnect = {
        .time = AT(10), .ref = { .frame = 7 }, .reset = true, .by_server = true, .over = AT(25)
    };
    RegLife life = { .disconnect = &disconnect };
    RegDevice device = with_life(&life);
    g_autoptr(GArray) again = reg_timeline_new(&device, AT(60));

    assert_event(again, 0, REG_EVENT_DISCONNECTED,
                 "the server reset the connection; next REGISTER after 15 s");
    assert_int_equal(event_at(again, 0)->direction, REG_DIRECTION_TO_DEVICE);
    disconnect.reset = disconnect.by_server = false;
    disconnect.over = NSEC_NONE;

    g_autoptr(GArray) over = reg_timeline_new(&device, AT(60));

    assert_event(over, 0, REG_EVENT_DISCONNECTED,
                 "the device closed the connection, and no REGISTER follows");
    assert_int_equal(event_at(over, 0)->direction, REG_DIRECTION_TO_SERVER);
}

static void tells_where_the_registrar_went(void **state)
{
    RegServerMove move = { .from = { { { 198, 51, 100, 10 }, 4 }, 5060 },
                           .to = { { { 198, 51, 100, 11 }, 4 }, 5060 },
                           .silent_ref = { .frame = 8 },
                           .moved = AT(40),
                           .moved_ref = { .frame = 12 } };
    RegLife life = { .server_move = &move };
    RegDevice device = with_life(&life);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(60));

    assert_int_equal(events->len, 1);
    assert_event(events, 0, REG_EVENT_SERVER_MOVED,
                 "the registrar answers at 198.51.100.11:5060, and no longer at "
                 "198.51.100.10:5060");
    assert_int_equal(event_at(events, 0)->frames[1].frame, 12);
}

static void tells_a_restart(void **state)
{
    RegLife life = { .boots = 1, .booted = { .frame = 11 }, .booted_time = AT(20) };
    RegDevice device = with_life(&life);
    g_autoptr(GArray) once = reg_timeline_new(&device, AT(60));

    assert_int_equal(once->len, 1);
    assert_event(once, 0, REG_EVENT_RESTARTED, "a new Call-ID and tag: it started anew");
    assert_int_equal(event_at(once, 0)->time, AT(20));
    life.boots = 4;

    g_autoptr(GArray) often = reg_timeline_new(&device, AT(60));

    assert_event(often, 0, REG_EVENT_RESTARTED,
                 "a new Call-ID and tag: it started anew, 4 times in all");
}

static void sums_up_keepalives_by_kind(void **state)
{
    RegLife life = { .traffic.kinds[SIP_KEEPALIVE_CRLF] = 21 };
    RegDevice device = with_life(&life);

    device.keepalives = 21;
    device.first_keepalive = AT(7);
    device.last_keepalive = AT(147);

    g_autoptr(GArray) one_kind = reg_timeline_new(&device, AT(150));

    assert_int_equal(one_kind->len, 1);
    assert_event(one_kind, 0, REG_EVENT_KEEPALIVES,
                 "21 keep-alives (CRLF), every 7.0 s on average");
    assert_int_equal(event_at(one_kind, 0)->count, 21);
    assert_int_equal(event_at(one_kind, 0)->until, AT(147));
    life.traffic.kinds[SIP_KEEPALIVE_CRLF] = 18;
    life.traffic.kinds[SIP_KEEPALIVE_STUN] = 3;
    life.traffic.server_only = true;

    g_autoptr(GArray) two_kinds = reg_timeline_new(&device, AT(150));

    assert_event(two_kinds, 0, REG_EVENT_KEEPALIVES,
                 "21 keep-alives (18 CRLF, 3 STUN), every 7.0 s on average, only from the server");
    device.keepalives = 1;
    device.life = NULL;

    g_autoptr(GArray) single = reg_timeline_new(&device, AT(150));

    assert_event(single, 0, REG_EVENT_KEEPALIVES, "one keep-alive");
}

static void counts_what_keeps_a_connection_open(void **state)
{
    RegLife life = { .traffic.pings = 6 };
    RegDevice device = with_life(&life);

    device.last_heard = AT(90);

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(150));

    assert_int_equal(events->len, 1);
    assert_event(events, 0, REG_EVENT_KEEPALIVES, "6 TCP keep-alives");
    assert_int_equal(event_at(events, 0)->time, AT(90));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_why_the_address_changed),
        cmocka_unit_test(says_that_older_moves_are_not_kept),
        cmocka_unit_test(tells_who_ended_the_connection),
        cmocka_unit_test(tells_where_the_registrar_went),
        cmocka_unit_test(tells_a_restart),
        cmocka_unit_test(sums_up_keepalives_by_kind),
        cmocka_unit_test(counts_what_keeps_a_connection_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
