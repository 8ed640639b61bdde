/*
 * Between two REGISTERs: silences, moves, connections, servers.
 */

#include "reg/lives.h"

#include "told.h"

#define BESIDE_SERVER "vantage server\nphone expires=3600\nat 0 phone -> server registration\n"
#define BESIDE_PHONE "vantage client\nphone expires=3600\nat 0 phone -> server registration\n"

/* --- silences ------------------------------------------------------------- */

static void packets_either_way_end_a_silence(void **state)
{
    assert_told(BESIDE_SERVER "at 30 server -> phone keepalive zeros\n"
                              "at 70.05 server -> phone keepalive zeros\n"
                              "at 100 phone -> server keepalive crlf\n"
                              "end 110\n",
                told_silence, " longest 40.05 from 30 frame 6 unheard 99.95");
}

static void the_captures_end_ends_a_silence_too(void **state)
{
    assert_told(BESIDE_SERVER "end 100\n", told_silence,
                " longest 99.95 from 0.05 frame 0 unheard 99.95");
}

static void only_the_time_of_a_binding_counts(void **state)
{
    static const char scenario[] = "vantage server\nphone expires=60\n"
                                   "at 0 phone -> server registration\n"
                                   "at 500 phone -> server registration\n"
                                   "at 510 phone -> server REGISTER auth expires=0\n"
                                   "at 510.02 server -> phone 200\n"
                                   "end 1000\n";

    assert_told(scenario, told_silence, " longest 60 from 0.05 frame 0 unheard 60");
}

static void what_only_the_server_sends_is_told(void **state)
{
    assert_told(BESIDE_SERVER "every 20 from 20 to 200 server -> phone keepalive zeros\n"
                              "end 210\n",
                told_silence, " longest 20 from 20 frame 6 unheard 209.95 server only");
    assert_told(BESIDE_SERVER "every 20 from 20 to 200 server -> phone OPTIONS\n"
                              "every 20 from 20.03 to 200.03 phone -> server 200\n"
                              "end 210\n",
                told_silence, " longest 19.97 from 20.03 frame 7 unheard 20");
}

/* Time of which it is certain that the path was open. */
static void an_answered_request_covers_the_silence_before_it(void **state)
{
    assert_told(BESIDE_SERVER "at 20 server -> phone OPTIONS\n"
                              "at 20.03 phone -> server 200\n"
                              "end 30\n",
                told_covered, " covered 19.95");
}

static void nothing_is_covered_twice(void **state)
{
    assert_told(BESIDE_SERVER "at 20 server -> phone OPTIONS as=one\n"
                              "at 20.01 server -> phone OPTIONS as=two\n"
                              "at 20.03 phone -> server 200 for=two\n"
                              "at 20.04 phone -> server 200 for=one\n"
                              "end 30\n",
                told_covered, " covered 19.96");
}

/* The NAT need not count what comes from outside. */
static void pings_that_nobody_answers_cover_nothing(void **state)
{
    assert_told(BESIDE_SERVER "every 5 from 5 to 200 server -> phone keepalive zeros\n"
                              "end 210\n",
                told_covered, " covered 0");
}

/* What survived as a stream says nothing of a single exchange. */
static void a_known_bound_covers_silences_of_the_same_state(void **state)
{
    static const char streaming[] =
        BESIDE_SERVER "at 4 phone -> server keepalive crlf\n" /* a stream now */
                      "at 40 server -> phone OPTIONS\n"
                      "at 40.03 phone -> server 200\n"
                      "at 44 phone -> server keepalive crlf\n"
                      "at 100 phone -> server keepalive crlf\n"
                      "end 101\n";
    static const char open[] = BESIDE_SERVER "at 4 phone -> server keepalive crlf\n"
                                             "at 40 server -> phone OPTIONS\n"
                                             "at 40.03 phone -> server 200\n"
                                             "at 100 phone -> server keepalive crlf\n"
                                             "end 101\n";

    /* The silence before the request; 3.97 and up to 36 s of the next two. */
    assert_told(streaming, told_covered, " covered 36");
    assert_told(open, told_covered, " covered 36");
}

static void a_request_that_found_no_binding_covers_nothing(void **state)
{
    assert_told("vantage server\nphone expires=60\nat 0 phone -> server registration\n"
                "at 100 server -> phone OPTIONS\n"
                "at 100.03 phone -> server 200\n"
                "end 130\n",
                told_covered, " covered 0");
}

/* --- moves ---------------------------------------------------------------- */

static void a_new_port_outside_is_a_new_mapping(void **state)
{
    static const char scenario[] = BESIDE_SERVER "at 60 phone public-port=40713\n"
                                                 "at 60 phone -> server registration\n"
                                                 "end 100\n";

    assert_told(scenario, told_moves,
                "mapping 203.0.113.2:40001 > 203.0.113.2:40713 at 60 after 59.97");
    assert_told(scenario, told_nat, "203.0.113.2, fresh 1 dead from 59.97");
}

static void a_new_address_outside_is_one_of_the_nat(void **state)
{
    static const char scenario[] = BESIDE_SERVER "at 60 nat 203.0.113.99\n"
                                                 "at 60 phone -> server registration\n"
                                                 "end 100\n";

    assert_told(scenario, told_moves,
                "address 203.0.113.2:40001 > 203.0.113.99:40001 at 60 after 59.97");
    assert_told(scenario, told_nat, "203.0.113.99");
}

static void a_new_port_of_its_own_is_the_devices(void **state)
{
    static const char restarted[] = "at 60 phone 192.168.1.10:5070 public-port=40713\n"
                                    "at 60 phone -> server registration\n"
                                    "end 100\n";
    g_autofree char *server = g_strconcat(BESIDE_SERVER, restarted, NULL);
    g_autofree char *phone = g_strconcat(BESIDE_PHONE, restarted, NULL);
    g_autofree char *router =
        g_strconcat("vantage router\nat 0 phone -> server registration\n", restarted, NULL);

    assert_told(server, told_moves,
                "device 203.0.113.2:40001 > 203.0.113.2:40713 at 60 after 59.97");
    assert_told(phone, told_moves,
                "device 192.168.1.10:5060 > 192.168.1.10:5070 at 60 after 59.97");
    assert_told(router, told_moves,
                "device 192.168.1.10:5060 > 192.168.1.10:5070 at 60 after 59.97\n"
                "device 203.0.113.2:40001 > 203.0.113.2:40713 at 60.0001 after 59.97");
    assert_told(server, told_nat, "203.0.113.2");
}

static void both_sides_show_one_new_mapping(void **state)
{
    assert_told("vantage router\n"
                "at 0 phone -> server registration\n"
                "at 60 phone public-port=40713\n"
                "at 60 phone -> server registration\n"
                "end 100\n",
                told_moves, "mapping 203.0.113.2:40001 > 203.0.113.2:40713 at 60.0001 after 59.97");
}

/* A NAT behind another: all addresses are private. */
static void two_private_sides_are_no_moves(void **state)
{
    static const char twice[] = "vantage router\n"
                                "nat 10.0.0.2\n"
                                "at 0 phone -> server registration\n"
                                "at 50 phone -> server registration\n";
    g_autofree char *moved = g_strconcat(twice,
                                         "at 100 phone public-port=40713\n"
                                         "at 100 phone -> server registration\n",
                                         NULL);

    assert_told(twice, told_moves, "");
    assert_told(moved, told_moves, "mapping 10.0.0.2:40001 > 10.0.0.2:40713 at 100 after 49.97");
}

/* Accounts of one gateway come one after the other. */
static void a_mapping_is_new_to_the_first_who_comes_over_it(void **state)
{
    assert_told(
        "vantage server\n"
        "phone one 192.168.1.10 user=one public-port=40001\n"
        "phone two 192.168.1.10 user=two public-port=40001\n"
        "at 0 one -> server registration\n"
        "at 3 two -> server registration\n"
        "at 60 phone one public-port=40713\n"
        "at 60 one -> server registration\n"
        "at 70 phone two public-port=40713\n"
        "at 70 two -> server registration\n"
        "at 100 server -> two OPTIONS\n"
        "at 100.03 two -> server 200\n"
        "end 110\n",
        told_nat,
        "203.0.113.2, fresh 1 dead from 56.97, stream 1 alive up to 29.95 1 dead from 56.97\n"
        "203.0.113.2, fresh 1 dead from 56.97, stream 1 alive up to 29.95 1 dead from 56.97");
}

static void a_mapping_that_saw_one_exchange_is_fresh(void **state)
{
    assert_told(BESIDE_SERVER "at 60 phone public-port=40713\n"
                              "at 60 phone -> server registration\n"
                              "at 80 server -> phone OPTIONS\n"
                              "at 80.03 phone -> server 200\n"
                              "end 110\n",
                told_nat,
                "203.0.113.2, fresh 1 alive up to 19.95 1 dead from 59.97, stream 1 alive up to "
                "19.95");
}

static void another_transport_is_a_new_connection(void **state)
{
    assert_told("vantage server\n"
                "at 0 phone -> server registration\n"
                "at 60 phone transport=tcp public-port=49170\n"
                "at 60 phone -> server connect\n"
                "at 61 phone -> server registration\n"
                "at 120 phone public-port=49171\n"
                "end 200\n",
                told_moves, "stream 203.0.113.2:40001 > 203.0.113.2:49170 at 61 after 60.97");
}

static void the_newest_moves_are_kept(void **state)
{
    enum { MANY = 20 };
    Device device = { .public = { .id = 1 } };
    Flow left = { .last_out = AT(0) }, flow = { .made = AT(0) };

    for (unsigned i = 0; i < MANY; i++)
        life_move(&device, i % 2 == 0 ? REG_MOVE_MAPPING : REG_MOVE_DEVICE, &left, &flow,
                  (CaptureRef){ .frame = i + 1 }, AT(i));

    const RegLife *life = device.public.life;

    assert_int_equal(life->n_moves, REG_MOVES);
    assert_int_equal(life->moves_forgotten, MANY - REG_MOVES);
    assert_int_equal(life->n_mapping_moves, MANY / 2);
    assert_int_equal(life->moves[REG_MOVES - 1].after.frame, MANY);
    assert_int_equal(life_bytes(device.life), sizeof(Life) + REG_MOVES * sizeof(RegMove));
    life_free(device.life);
}

/* --- told by answers ------------------------------------------------------ */

static void beside_the_phone_answers_tell_the_new_port(void **state)
{
    static const char scenario[] = BESIDE_PHONE "at 60 phone public-port=40713\n"
                                                "at 60 phone -> server registration\n"
                                                "end 100\n";

    assert_told(scenario, told_moves,
                "mapping 203.0.113.2:40001 > 203.0.113.2:40713 at 60.02 after 59.97 told");
    assert_told(scenario, told_nat, "203.0.113.2, fresh 1 dead from 59.99");
}

/* The mapping may have gone at any time, and been made anew by a keep-alive. */
static void with_other_packets_in_between_the_silence_is_not_known(void **state)
{
    static const char scenario[] =
        BESIDE_PHONE "every 25 from 25 to 575 phone -> server keepalive crlf\n"
                     "at 600 phone public-port=40713\n"
                     "at 600 phone -> server registration\n"
                     "at 640 server -> phone OPTIONS\n"
                     "at 640.03 phone -> server 200\n"
                     "end 700\n";

    assert_told(scenario, told_moves,
                "mapping 203.0.113.2:40001 > 203.0.113.2:40713 at 600.02 told");
    assert_told(scenario, told_nat, "203.0.113.2, stream 1 alive up to 39.95");
}

static void what_arrives_beside_the_phone_has_passed_the_nat(void **state)
{
    assert_told(
        BESIDE_PHONE "at 60 phone public-port=40713\n"
                     "at 60 phone -> server registration\n"
                     "at 80 server -> phone OPTIONS\n"
                     "at 80.03 phone -> server 200\n"
                     "at 180.03 server -> phone keepalive zeros\n"
                     "end 300\n",
        told_nat,
        "203.0.113.2, fresh 1 alive up to 19.95 1 dead from 59.99, stream 2 alive up to 100");
}

static void two_servers_are_told_two_ports_at_no_move(void **state)
{
    assert_told(BESIDE_PHONE "server other 198.51.100.11\n"
                             "at 30 phone public-port=40713\n"
                             "at 30 phone -> other registration\n"
                             "at 60 phone public-port=40001\n"
                             "at 60 phone -> server registration\n"
                             "end 100\n",
                told_moves, "");
}

/* --- starts, connections, servers ----------------------------------------- */

static void a_new_call_from_another_port_is_a_restart(void **state)
{
    static const char *const starts[][2] = {
        { "reboot phone\nphone port=5070\n", "1 frame 5 at 60" },
        { "reboot phone\n", "0 frame 0" },    /* some trunks do that each time */
        { "phone port=5070\n", "0 frame 0" }, /* a new socket */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(starts); i++) {
        g_autofree char *text = g_strconcat(BESIDE_SERVER, "at 59 ", starts[i][0],
                                            "at 60 phone -> server registration\nend 100\n", NULL);

        assert_told(text, told_boots, starts[i][1]);
    }
}

#define CONNECTED                              \
    "vantage server\n"                         \
    "phone 192.168.1.10:49170 transport=tcp\n" \
    "at 0 phone -> server connect\n"           \
    "at 0.1 phone -> server registration\n"

static void the_end_of_the_connection_is_told(void **state)
{
    assert_told(CONNECTED "at 90 server -> phone reset\n"
                          "at 100 phone 192.168.1.10:49171\n"
                          "at 100 phone -> server connect\n"
                          "at 100.1 phone -> server registration\n"
                          "end 200\n",
                told_disconnect, "reset by server at 90 over 100.1");
    assert_told(CONNECTED "at 90 phone -> server close\nend 200\n", told_disconnect,
                "closed by device at 90");
    assert_told(CONNECTED "at 90 server -> phone close\nend 200\n", told_disconnect,
                "closed by server at 90");
}

static void an_end_after_the_registration_is_none_of_it(void **state)
{
    assert_told(CONNECTED "at 50 phone -> server REGISTER auth expires=0\n"
                          "at 50.02 server -> phone 200\n"
                          "at 90 phone -> server close\nend 200\n",
                told_disconnect, "");
    assert_told(CONNECTED "at 80 phone 192.168.1.10:49171\n"
                          "at 80 phone -> server connect\n"
                          "at 80.1 phone -> server registration\n"
                          "at 90 phone 192.168.1.10:49170\n"
                          "at 90 phone -> server close\nend 200\n",
                told_disconnect, "");
}

static void renewals_that_ask_for_less_each_time_are_a_spiral(void **state)
{
    static const char falling[] = "vantage server\n"
                                  "at 0 phone -> server REGISTER expires=600\n"
                                  "at 0.1 server -> phone 200 expires=590\n"
                                  "at 100 phone -> server REGISTER expires=590\n"
                                  "at 100.1 server -> phone 200 expires=580\n"
                                  "at 200 phone -> server REGISTER expires=580\n"
                                  "at 200.1 server -> phone 200 expires=570\n";
    g_autofree char *back = g_strconcat(falling,
                                        "at 300 phone -> server REGISTER expires=600\n"
                                        "at 300.1 server -> phone 200\n",
                                        NULL);
    g_autofree char *steady = g_strconcat(falling,
                                          "at 300 phone -> server REGISTER expires=580\n"
                                          "at 300.1 server -> phone 200\n",
                                          NULL);
    g_autofree char *removed = g_strconcat(falling,
                                           "at 300 phone -> server REGISTER expires=0\n"
                                           "at 300.1 server -> phone 200\n",
                                           NULL);

    assert_told(falling, told_spiral, "2 falls from 600 to 580, frames 1 to 5");
    assert_told(back, told_spiral, "0 falls from 600 to 600, frames 7 to 7");
    assert_told(steady, told_spiral, "0 falls from 580 to 580, frames 7 to 7");
    assert_told(removed, told_spiral, "2 falls from 600 to 580, frames 1 to 5");
}

#define OTHER_SERVER "server other 198.51.100.20\n"

static void a_server_that_fell_silent_and_answers_elsewhere_has_moved(void **state)
{
    assert_told(BESIDE_PHONE OTHER_SERVER "at 60 phone -> server REGISTER\n"
                                          "at 61 phone -> server copy\n"
                                          "at 120 phone -> server REGISTER\n"
                                          "at 200 phone -> other registration\n"
                                          "end 260\n",
                told_server,
                "198.51.100.10:5060 > 198.51.100.20:5060 worked 0.05 silent 60 moved 200.05");
}

static void a_server_that_answers_in_between_has_not(void **state)
{
    assert_told(BESIDE_PHONE OTHER_SERVER "at 60 phone -> server REGISTER\n"
                                          "at 120 phone -> server REGISTER\n"
                                          "at 120.1 server -> phone 403\n"
                                          "at 200 phone -> other registration\n"
                                          "end 260\n",
                told_server, "");
    assert_told(BESIDE_PHONE OTHER_SERVER "at 200 phone -> other registration\n"
                                          "end 260\n",
                told_server, "");
}

static void the_newest_answer_says_how_often_the_server_wants_to_hear(void **state)
{
    static const char asked[] = "vantage server\n"
                                "at 0 phone -> server REGISTER\n"
                                "at 0.1 server -> phone 200 header=\"Flow-Timer: 120\" "
                                "replace=\";received=>;keep=30;received\"\n";
    g_autofree char *no_more = g_strconcat(asked,
                                           "at 60 phone -> server REGISTER\n"
                                           "at 60.1 server -> phone 200\n",
                                           NULL);

    assert_told(asked, told_timers, "flow timer 120 keep 30");
    assert_told(no_more, told_timers, "flow timer 0 keep 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_either_way_end_a_silence),
        cmocka_unit_test(the_captures_end_ends_a_silence_too),
        cmocka_unit_test(only_the_time_of_a_binding_counts),
        cmocka_unit_test(what_only_the_server_sends_is_told),
        cmocka_unit_test(an_answered_request_covers_the_silence_before_it),
        cmocka_unit_test(nothing_is_covered_twice),
        cmocka_unit_test(pings_that_nobody_answers_cover_nothing),
        cmocka_unit_test(a_known_bound_covers_silences_of_the_same_state),
        cmocka_unit_test(a_request_that_found_no_binding_covers_nothing),
        cmocka_unit_test(a_new_port_outside_is_a_new_mapping),
        cmocka_unit_test(a_new_address_outside_is_one_of_the_nat),
        cmocka_unit_test(a_new_port_of_its_own_is_the_devices),
        cmocka_unit_test(both_sides_show_one_new_mapping),
        cmocka_unit_test(two_private_sides_are_no_moves),
        cmocka_unit_test(a_mapping_is_new_to_the_first_who_comes_over_it),
        cmocka_unit_test(a_mapping_that_saw_one_exchange_is_fresh),
        cmocka_unit_test(another_transport_is_a_new_connection),
        cmocka_unit_test(the_newest_moves_are_kept),
        cmocka_unit_test(beside_the_phone_answers_tell_the_new_port),
        cmocka_unit_test(with_other_packets_in_between_the_silence_is_not_known),
        cmocka_unit_test(what_arrives_beside_the_phone_has_passed_the_nat),
        cmocka_unit_test(two_servers_are_told_two_ports_at_no_move),
        cmocka_unit_test(a_new_call_from_another_port_is_a_restart),
        cmocka_unit_test(the_end_of_the_connection_is_told),
        cmocka_unit_test(an_end_after_the_registration_is_none_of_it),
        cmocka_unit_test(renewals_that_ask_for_less_each_time_are_a_spiral),
        cmocka_unit_test(a_server_that_fell_silent_and_answers_elsewhere_has_moved),
        cmocka_unit_test(a_server_that_answers_in_between_has_not),
        cmocka_unit_test(the_newest_answer_says_how_often_the_server_wants_to_hear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
