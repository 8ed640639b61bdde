/*
 * What belongs to no single device: facts about a capture, directions that it
 * lacks, servers and whom they answer.
 */

#include "reg/sites.h"

#include "words.h"

typedef struct Desk {
    Sites *sites;
    CaptureInfo info;
} Desk;

static void desk_init(Desk *desk)
{
    *desk = (Desk){ .sites = sites_new(), .info = { .path = (char *)"test.pcap" } };
    sites_add_capture(desk->sites, &desk->info);
}

/* A request, its answer or both. */
static void see(Desk *desk, Ask ask, bool request, unsigned status)
{
    g_autoptr(SipTxn) txn =
        txn_of(request ? request_of(ask) : NULL, status != 0 ? answer_of(ask, status, "") : NULL);

    if (request)
        sites_request(desk->sites, txn, "alice@example.com");
    if (status != 0)
        sites_answer(desk->sites, txn);
}

static NetFlow hop_of(Ask ask)
{
    Ask whole = ask_whole(ask);

    return (NetFlow){ .src = endpoint_of(whole.from), .dst = endpoint_of(whole.to) };
}

static bool is_one_way(const Desk *desk)
{
    NetFlow hop = hop_of((Ask){ 0 });

    return sites_one_way(desk->sites, &hop);
}

static void witness(Desk *desk, bool certain)
{
    g_autoptr(SipMessage) request = request_of((Ask){ 0 });

    sites_witness(desk->sites, request, certain);
}

static void who_sends_to_a_server_without_being_known_is_a_stranger(void **state)
{
    Desk desk;
    NetFlow known = hop_of((Ask){ 0 });
    NetFlow unknown = hop_of((Ask){ .from = "198.18.0.1:5060" });
    NetFlow back = net_flow_reverse(&unknown);

    desk_init(&desk);
    assert_false(sites_is_stranger(desk.sites, &unknown)); /* nothing is known of the server */
    see(&desk, (Ask){ 0 }, true, 200);
    assert_false(sites_is_stranger(desk.sites, &known));
    assert_true(sites_is_stranger(desk.sites, &unknown));
    assert_false(sites_is_stranger(desk.sites, &back));
    sites_free(desk.sites);
}

static const RegCaptureSite *finish(Desk *desk)
{
    NetStats net = { .later_fragments = 3 };

    sites_finish(desk->sites, &net);
    return sites_capture(desk->sites, 0);
}

static void a_fact_knows_its_first_and_its_last(void **state)
{
    RegFact fact = { 0 };

    reg_fact_add(&fact, (CaptureRef){ .frame = 3 }, AT(1));
    reg_fact_add(&fact, (CaptureRef){ .frame = 5 }, AT(2));
    reg_fact_add(&fact, (CaptureRef){ .frame = 9 }, AT(4));
    assert_int_equal(fact.count, 3);
    assert_int_equal(fact.first.frame, 3);
    assert_int_equal(fact.first_time, AT(1));
    assert_int_equal(fact.last.frame, 9);
    assert_int_equal(fact.last_time, AT(4));
}

static void one_nonce_from_an_unseen_answer_makes_one_way(void **state)
{
    Desk desk;

    desk_init(&desk);
    see(&desk, (Ask){ 0 }, true, 0);
    assert_false(is_one_way(&desk));
    witness(&desk, true);
    assert_true(is_one_way(&desk));
    sites_free(desk.sites);
}

static void three_requests_that_came_too_early_make_one_way(void **state)
{
    Desk desk;

    desk_init(&desk);
    see(&desk, (Ask){ 0 }, true, 0);
    witness(&desk, false);
    witness(&desk, false);
    assert_false(is_one_way(&desk));
    witness(&desk, false);
    assert_true(is_one_way(&desk));
    sites_free(desk.sites);
}

static void one_answer_is_enough_for_both_ways(void **state)
{
    Desk desk;

    desk_init(&desk);
    witness(&desk, true);
    see(&desk, (Ask){ 0 }, true, 401);
    assert_false(is_one_way(&desk));
    assert_int_equal(finish(&desk)->n_one_ways, 0);
    sites_free(desk.sites);
}

static void two_answers_without_requests_make_one_way(void **state)
{
    Desk desk;

    desk_init(&desk);
    see(&desk, (Ask){ 0 }, false, 401);
    assert_false(is_one_way(&desk));
    see(&desk, (Ask){ .cseq = 2 }, false, 200);
    assert_true(is_one_way(&desk));

    const RegCaptureSite *site = finish(&desk);

    assert_int_equal(site->n_one_ways, 1);
    assert_false(site->one_ways[0].answers_missing);
    assert_int_equal(site->one_ways[0].transactions, 2);
    sites_free(desk.sites);
}

static void a_late_answer_whose_request_was_seen_is_not_headless(void **state)
{
    Desk desk;

    desk_init(&desk);
    for (unsigned i = 0; i < 3; i++) {
        g_autoptr(SipTxn) txn = txn_of(NULL, answer_of((Ask){ 0 }, 200, ""));

        txn->request_seen = true;
        sites_answer(desk.sites, txn);
    }
    assert_false(is_one_way(&desk));
    sites_free(desk.sites);
}

static void a_server_that_answers_somebody_else_is_alive(void **state)
{
    Desk desk;
    NetFlow alice = hop_of((Ask){ 0 }), bob = hop_of((Ask){ .from = "192.168.1.20:5060" });

    desk_init(&desk);
    assert_false(sites_server_answers_others(desk.sites, &alice, AT(0)));
    see(&desk, (Ask){ 0 }, true, 200);
    assert_false(sites_server_answers_others(desk.sites, &alice, AT(0)));
    assert_true(sites_server_answers_others(desk.sites, &bob, AT(0)));
    assert_false(sites_server_answers_others(desk.sites, &bob, AT(1)));
    see(&desk, (Ask){ .from = "192.168.1.20:5060" }, true, 200);
    see(&desk, (Ask){ .from = "192.168.1.20:5060" }, true, 200);
    assert_true(sites_server_answers_others(desk.sites, &alice, AT(0)));
    sites_free(desk.sites);
}

static void a_server_that_marks_where_others_come_from_is_known(void **state)
{
    Desk desk;
    NetFlow alice = hop_of((Ask){ 0 }), bob = hop_of((Ask){ .from = "192.168.1.20:5060" });
    NetFlow elsewhere = hop_of((Ask){ .to = "198.51.100.11:5060" });

    desk_init(&desk);
    see(&desk, (Ask){ 0 }, true, 401);
    see(&desk, (Ask){ .from = "192.168.1.20:5060" }, true, 401);
    assert_false(sites_server_marks_others(desk.sites, &alice));
    see(&desk, (Ask){ .via = "192.168.1.10;rport=5060;received=203.0.113.2" }, true, 401);
    assert_false(sites_server_marks_others(desk.sites, &bob));
    see(&desk, (Ask){ .via = "192.168.1.10;received=203.0.113.2" }, true, 401);
    assert_false(sites_server_marks_others(desk.sites, &alice));
    assert_true(sites_server_marks_others(desk.sites, &bob));
    assert_false(sites_server_marks_others(desk.sites, &elsewhere));
    see(&desk, (Ask){ .via = "192.168.1.20;received=203.0.113.2", .from = "192.168.1.20:5060" },
        true, 401);
    assert_true(sites_server_marks_others(desk.sites, &alice));
    sites_free(desk.sites);
}

static void events_become_facts_of_their_capture(void **state)
{
    Desk desk;
    NetEvent gap = { .kind = NET_EVENT_GAP, .meta.ref.frame = 7, .by_capture = true };
    NetEvent lone = { .kind = NET_EVENT_FRAGMENTS,
                      .meta = { .first_ref.frame = 8 },
                      .first_only = true,
                      .bytes = STR("REGISTER sip:example.com SIP/2.0\r\n") };
    NetEvent elsewhere = { .kind = NET_EVENT_GAP, .meta.ref.capture = 5 };

    desk_init(&desk);
    sites_event(desk.sites, &gap);
    gap.by_capture = false;
    sites_event(desk.sites, &gap);
    sites_event(desk.sites, &lone);
    lone.bytes = STR("something else");
    sites_event(desk.sites, &lone);
    sites_event(desk.sites, &elsewhere);

    const RegCaptureSite *site = finish(&desk);

    assert_int_equal(site->gaps.count, 2);
    assert_int_equal(site->gaps_by_capture.count, 1);
    assert_int_equal(site->lone_fragments.count, 1);
    assert_int_equal(site->lone_fragments.first.frame, 8);
    assert_int_equal(site->later_fragments, 3);
    sites_free(desk.sites);
}

static void messages_that_the_snapshot_cut_are_counted(void **state)
{
    Desk desk;
    g_autoptr(SipMessage) whole = request_of((Ask){ 0 });
    g_autoptr(SipMessage) cut = sip_message_parse(&whole->meta, whole->raw, SIP_CUT_SHORT);

    desk_init(&desk);
    sites_message(desk.sites, whole);
    sites_message(desk.sites, cut);
    assert_int_equal(finish(&desk)->messages.count, 2);
    assert_int_equal(finish(&desk)->cut_messages.count, 1);
    sites_free(desk.sites);
}

static void the_place_is_what_the_user_said_of_the_capture(void **state)
{
    Desk desk;
    g_autoptr(SipTxn) txn = txn_of(request_of((Ask){ 0 }), NULL);

    desk_init(&desk);
    assert_int_equal(sites_place(desk.sites, txn), REG_VANTAGE_UNKNOWN);
    desk.info.place = CAPTURE_PLACE_SERVER;
    assert_int_equal(sites_place(desk.sites, txn), REG_VANTAGE_SERVER);
    txn->request->meta.ref.capture = 9;
    assert_int_equal(sites_place(desk.sites, txn), REG_VANTAGE_UNKNOWN);
    sites_free(desk.sites);
}

static void a_place_looks_on_while_its_captures_run(void **state)
{
    Desk desk;
    CaptureInfo other = { .path = (char *)"other.pcap", .place = CAPTURE_PLACE_SERVER };

    desk_init(&desk);
    desk.info.place = CAPTURE_PLACE_CLIENT;
    desk.info.packets = other.packets = 9;
    desk.info.first = 10 * NSEC_SEC;
    desk.info.latest = 60 * NSEC_SEC;
    other.first = NSEC_NONE;
    other.latest = NSEC_NONE;
    other.packets = 0;
    sites_add_capture(desk.sites, &other);

    uint32_t client = 1u << CAPTURE_PLACE_CLIENT;

    assert_int_equal(sites_looked_on(desk.sites, 11 * NSEC_SEC, 59 * NSEC_SEC), client);
    /* Half a second of the schedule may be missing at either end. */
    assert_int_equal(sites_looked_on(desk.sites, 10 * NSEC_SEC - 400 * NSEC_MSEC, 60 * NSEC_SEC),
                     client);
    assert_int_equal(sites_looked_on(desk.sites, 9 * NSEC_SEC, 20 * NSEC_SEC), 0);
    assert_int_equal(sites_looked_on(desk.sites, 20 * NSEC_SEC, 61 * NSEC_SEC), 0);
    other.first = 0;
    other.latest = INT64_MAX;
    other.packets = 1;
    assert_int_equal(sites_looked_on(desk.sites, 20 * NSEC_SEC, 30 * NSEC_SEC),
                     client | 1u << CAPTURE_PLACE_SERVER);
    sites_free(desk.sites);
}

static void clocks_that_were_not_compared_are_not_trusted(void **state)
{
    g_autoptr(CaptureClock) own = capture_clock_own();
    CaptureInfo other = { .path = (char *)"other.pcap" };
    Desk desk;

    desk_init(&desk);
    assert_int_equal(sites_clock_uncertainty(desk.sites), 0);
    sites_add_capture(desk.sites, &other);
    assert_int_equal(sites_clock_uncertainty(desk.sites), 0);
    desk.info.clock = own;
    assert_int_equal(sites_clock_uncertainty(desk.sites), NSEC_NONE);
    other.clock = own;
    assert_int_equal(sites_clock_uncertainty(desk.sites), 0);
    sites_free(desk.sites);
}

static void paths_and_servers_are_bounded(void **state)
{
    Desk desk;
    CacheStats tables[3];
    g_autoptr(SipTxn) txn = txn_of(request_of((Ask){ 0 }), answer_of((Ask){ 0 }, 200, ""));

    desk_init(&desk);
    for (uint32_t i = 0; i < 40000; i++) {
        memcpy(txn->hop.dst.addr.bytes, &i, sizeof(i));
        sites_request(desk.sites, txn, "alice@example.com");
        sites_answer(desk.sites, txn);
    }
    assert_int_equal(sites_tables(desk.sites, tables, 3), 3);
    for (unsigned i = 0; i < 3; i++)
        assert_true(tables[i].items <= 16384);
    assert_int_equal(sites_tables(desk.sites, tables, 1), 1);
    sites_free(desk.sites);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fact_knows_its_first_and_its_last),
        cmocka_unit_test(who_sends_to_a_server_without_being_known_is_a_stranger),
        cmocka_unit_test(one_nonce_from_an_unseen_answer_makes_one_way),
        cmocka_unit_test(three_requests_that_came_too_early_make_one_way),
        cmocka_unit_test(one_answer_is_enough_for_both_ways),
        cmocka_unit_test(two_answers_without_requests_make_one_way),
        cmocka_unit_test(a_late_answer_whose_request_was_seen_is_not_headless),
        cmocka_unit_test(a_server_that_answers_somebody_else_is_alive),
        cmocka_unit_test(a_server_that_marks_where_others_come_from_is_known),
        cmocka_unit_test(events_become_facts_of_their_capture),
        cmocka_unit_test(messages_that_the_snapshot_cut_are_counted),
        cmocka_unit_test(the_place_is_what_the_user_said_of_the_capture),
        cmocka_unit_test(a_place_looks_on_while_its_captures_run),
        cmocka_unit_test(clocks_that_were_not_compared_are_not_trusted),
        cmocka_unit_test(paths_and_servers_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
