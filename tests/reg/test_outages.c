/*
 * Times without an answer: what belongs together, how it ends, and what it
 * tells of the NAT.
 */

#include "reg/outages.h"

#include "told.h"

/* --- the list, by hand ---------------------------------------------------- */

static Unanswered unanswered_of(const RegInbound *request, double epoch)
{
    return (Unanswered){
        .request = request,
        .epoch = AT(epoch),
        .around = { .back = NSEC_NONE, .works = NSEC_NONE, .bound = true },
    };
}

static RegInbound request_at(double time, RegWay way)
{
    return (RegInbound){ .method = SIP_METHOD_OPTIONS,
                         .way = way,
                         .sent = AT(time),
                         .last_sent = AT(time),
                         .answered = NSEC_NONE,
                         .quiet = NSEC_NONE,
                         .unheard = NSEC_NONE };
}

static void add(Device *device, double time, double epoch)
{
    RegInbound request = request_at(time, REG_WAY_FLOW);
    Unanswered unanswered = unanswered_of(&request, epoch);

    outages_add(device, &unanswered);
}

static void add_back(Device *device, double time, double epoch, double back)
{
    RegInbound request = request_at(time, REG_WAY_FLOW);
    Unanswered unanswered = unanswered_of(&request, epoch);

    request.copies = 1;
    unanswered.around.back = AT(back);
    outages_add(device, &unanswered);
}

static void requests_of_one_silence_are_one_outage(void **state)
{
    Device device = { 0 };

    add(&device, 20, 0);
    add(&device, 40, 0);
    add(&device, 30, 0);
    add(&device, 10, 0);
    add(&device, 80, 70);

    const RegLife *life = device.public.life;

    assert_int_equal(life->n_outages, 2);
    assert_int_equal(life->outages[0].requests, 4);
    assert_int_equal(life->outages[0].first.sent, AT(10));
    assert_int_equal(life->outages[0].last.sent, AT(40));
    assert_int_equal(life->outages[0].worked_until, AT(0));
    assert_int_equal(life->outages[1].first.sent, AT(80));
    assert_int_equal(life->inbound_unanswered, 5);
    life_free(device.life);
}

static void outages_stand_in_the_order_of_time(void **state)
{
    static const double starts[] = { 50, 10, 90, 30, 70 };
    Device device = { 0 };

    for (unsigned i = 0; i < G_N_ELEMENTS(starts); i++)
        add(&device, starts[i], starts[i] - 5);
    for (unsigned i = 0; i < G_N_ELEMENTS(starts); i++)
        assert_int_equal(device.public.life->outages[i].first.sent, AT(10 + 20 * i));
    life_free(device.life);
}

static void the_newest_are_kept_and_the_time_of_all(void **state)
{
    enum { MANY = 100 };
    Device device = { 0 };

    for (unsigned i = 0; i < MANY; i++)
        add_back(&device, 100 * i + 10, 100 * i, 100 * i + 30);

    const RegLife *life = device.public.life;

    assert_int_equal(life->n_outages, REG_OUTAGES);
    assert_int_equal(life->outages_forgotten, MANY - REG_OUTAGES);
    assert_int_equal(life->dark_before, (MANY - REG_OUTAGES) * 20 * NSEC_SEC);
    assert_int_equal(life->outages[REG_OUTAGES - 1].first.sent, AT(100 * MANY - 90));
    assert_true(life_bytes(device.life) < sizeof(Life) + (REG_OUTAGES + 1) * sizeof(RegOutage));
    life_free(device.life);
}

/* What is not certain was not dark. */
static void forgotten_doubts_are_no_proven_time(void **state)
{
    Device device = { 0 };

    for (unsigned i = 0; i < 4 * REG_OUTAGES; i++) {
        RegInbound request = request_at(100 * i + 10, REG_WAY_FLOW);
        Unanswered unanswered = unanswered_of(&request, 100 * i);

        request.copies = i % 5 != 0;
        unanswered.around.back = i % 4 == 3 ? NSEC_NONE : AT(100 * i + 30);
        unanswered.around.cut = i % 4 == 0;
        unanswered.around.bound = i % 4 != 1;
        unanswered.around.losses = i % 4 == 2;
        outages_add(&device, &unanswered);
    }
    assert_int_equal(device.public.life->dark_before, 0);
    life_free(device.life);
}

static bool proves(RegOutage outage)
{
    return reg_outage_is_proof(&outage);
}

static void more_than_one_packet_to_where_it_is_proves_an_outage(void **state)
{
    assert_true(proves((RegOutage){ .requests = 2 }));
    assert_true(proves((RegOutage){ .requests = 1, .first.copies = 1 }));
    assert_true(proves((RegOutage){ .requests = 2, .first.way = REG_WAY_CONTACT }));
    assert_false(proves((RegOutage){ .requests = 1 }));
    assert_false(proves((RegOutage){ .requests = 2, .first.way = REG_WAY_OTHER_SOURCE }));
    assert_false(proves((RegOutage){ .requests = 2, .first.way = REG_WAY_OLD_FLOW }));
    assert_false(proves((RegOutage){ .requests = 2, .cut = true }));
    assert_false(proves((RegOutage){ .requests = 2, .losses = REG_LOSS_DROPS }));
}

static void requests_to_elsewhere_are_one_outage_until_one_is_answered(void **state)
{
    Device device = { 0 };
    RegInbound requests[] = { request_at(10, REG_WAY_CONTACT), request_at(50, REG_WAY_CONTACT),
                              request_at(60, REG_WAY_FLOW), request_at(90, REG_WAY_CONTACT),
                              request_at(95, REG_WAY_OLD_FLOW) };
    Delivered delivered = { .request = &requests[2], .sent = AT(60) };
    Unanswered unanswered;

    for (unsigned i = 0; i < 2; i++) {
        unanswered = unanswered_of(&requests[i], 10 * i);
        outages_add(&device, &unanswered);
    }
    outages_delivered(&device, &delivered);
    for (unsigned i = 3; i < 5; i++) {
        unanswered = unanswered_of(&requests[i], 10 * i);
        outages_add(&device, &unanswered);
    }

    const RegLife *life = device.public.life;

    assert_int_equal(life->n_outages, 3);
    assert_int_equal(life->outages[0].requests, 2);
    assert_int_equal(life->outages[0].works, AT(60));
    assert_int_equal(life->outages[1].first.sent, AT(90));
    assert_int_equal(life->outages[2].first.way, REG_WAY_OLD_FLOW);
    life_free(device.life);
}

static void what_is_doubted_of_one_is_doubted_of_all(void **state)
{
    Device device = { 0 };
    RegInbound first = request_at(10, REG_WAY_FLOW), second = request_at(20, REG_WAY_FLOW);
    Unanswered clean = unanswered_of(&first, 0), doubted = unanswered_of(&second, 0);
    const RegOutage *outage;

    clean.around.inside_silent = clean.around.cut = true;
    outages_add(&device, &clean);
    outage = &device.public.life->outages[0];
    assert_true(outage->inside_silent && outage->bound && outage->cut);
    doubted.around.bound = false;
    doubted.around.losses = 2;
    outages_add(&device, &doubted);
    outage = &device.public.life->outages[0];
    assert_false(outage->inside_silent || outage->bound || outage->cut);
    assert_int_equal(outage->losses, 2);
    life_free(device.life);
}

/* --- how it ends ---------------------------------------------------------- */

#define BESIDE_SERVER "vantage server\nphone expires=3600\nat 0 phone -> server registration\n"
#define REACHED "at 6 server -> phone OPTIONS\nat 6.03 phone -> server 200\n"
#define CALLED "at 70 server -> phone OPTIONS\nat 71 server -> phone copy\n"

static void a_device_that_never_comes_back_stays_dark(void **state)
{
    assert_told(BESIDE_SERVER CALLED "end 4000\n", told_outages, "1 OPTIONS to flow at 70 to 71");
}

static void back_over_the_same_port(void **state)
{
    assert_told(BESIDE_SERVER CALLED "at 100 phone -> server registration\n"
                                     "at 110 server -> phone INVITE\n"
                                     "at 110.1 phone -> server 180\n"
                                     "end 200\n",
                told_outages, "1 OPTIONS to flow at 70 to 71 back 100 REGISTER works 110");
}

static void back_over_another_port(void **state)
{
    assert_told(BESIDE_SERVER CALLED "at 100 phone public-port=40713\n"
                                     "at 100 phone -> server registration\n"
                                     "at 110 server -> phone OPTIONS\n"
                                     "at 110.1 phone -> server 200\n"
                                     "end 200\n",
                told_outages, "1 OPTIONS to flow at 70 to 71 back 100 REGISTER moved works 110");
}

static void back_from_another_address(void **state)
{
    assert_told(BESIDE_SERVER CALLED "at 100 nat 203.0.113.99\n"
                                     "at 100 phone -> server registration\n"
                                     "end 200\n",
                told_outages, "1 OPTIONS to flow at 70 to 71 back 100 REGISTER moved");
}

static void both_sides_of_the_nat_show_the_new_port_together(void **state)
{
    assert_told("vantage router\n"
                "at 0 phone -> server registration\n"
                "at 70 server -> phone INVITE lost\n"
                "at 71 server -> phone copy lost\n"
                "at 100 phone public-port=40713\n"
                "at 100 phone -> server registration\n"
                "end 200\n",
                told_outages, "1 INVITE to flow at 70 to 71 back 100 REGISTER moved inside silent");
}

static void given_up_or_not_the_end_is_the_same(void **state)
{
    assert_told(BESIDE_SERVER CALLED "at 75 phone -> server keepalive crlf\n"
                                     "end 200\n",
                told_outages, "1 OPTIONS to flow at 70 to 71 back 75");
    assert_told(BESIDE_SERVER CALLED "at 175 phone -> server keepalive crlf\n"
                                     "end 200\n",
                told_outages, "1 OPTIONS to flow at 70 to 71 back 175");
}

static void a_binding_that_ran_out_meanwhile_did_not_stand_all_the_while(void **state)
{
    assert_told("vantage server\nphone expires=90\nat 0 phone -> server registration\n" CALLED
                "at 120 phone -> server registration\n"
                "end 200\n",
                told_outages, "1 OPTIONS to flow at 70 to 71 back 120 REGISTER unbound");
}

/* --- what it tells of the NAT --------------------------------------------- */

static void a_silence_that_ended_a_mapping_bounds_its_life(void **state)
{
    static const char scenario[] =
        BESIDE_SERVER REACHED CALLED "at 100 phone -> server registration\n"
                                     "end 200\n";

    assert_told(scenario, told_outages, "1 OPTIONS to flow at 70 to 71 back 100 REGISTER measured");
    assert_told(scenario, told_nat,
                "203.0.113.2, fresh 1 dead from 63.97, stream 1 alive up to 5.95");
}

static void one_loss_is_told_once(void **state)
{
    assert_told(BESIDE_SERVER REACHED "at 70 server -> phone OPTIONS\n"
                                      "at 75 server -> phone OPTIONS\n"
                                      "at 80 server -> phone OPTIONS\n"
                                      "at 100 phone -> server keepalive crlf\n"
                                      "at 130 phone -> server keepalive crlf\n"
                                      "at 160 phone -> server keepalive crlf\n"
                                      "end 300\n",
                told_nat, "203.0.113.2, fresh 1 dead from 63.97, stream 1 alive up to 5.95");
}

static void the_last_one_is_told_at_the_end(void **state)
{
    assert_told(BESIDE_SERVER REACHED CALLED "at 100 phone -> server keepalive crlf\n"
                                             "end 101\n",
                told_nat, "203.0.113.2, fresh 1 dead from 63.97, stream 1 alive up to 5.95");
}

/* Both sides captured, and the new port shows outside only. */
static void a_new_port_is_told_by_the_move_alone(void **state)
{
    assert_told("vantage router\n"
                "at 0 phone -> server registration\n" REACHED "at 70 server -> phone INVITE lost\n"
                "at 71 server -> phone copy lost\n"
                "at 120 phone public-port=40713\n"
                "at 120 phone -> server registration\n"
                "at 125 phone -> server keepalive crlf\n"
                "end 200\n",
                told_nat, "203.0.113.2, fresh 1 dead from 113.97, stream 1 alive up to 5.95");
}

static void a_new_port_was_needed_since_the_first_request_failed(void **state)
{
    assert_told(BESIDE_SERVER REACHED CALLED "at 200 phone public-port=40713\n"
                                             "at 200 phone -> server registration\n"
                                             "end 300\n",
                told_nat, "203.0.113.2, fresh 1 dead from 63.97, stream 1 alive up to 5.95");
    /* Another address tells nothing of lifetimes. */
    assert_told(BESIDE_SERVER REACHED CALLED "at 200 nat 203.0.113.99\n"
                                             "at 200 phone -> server registration\n"
                                             "end 300\n",
                told_nat, "203.0.113.99");
}

static void no_mapping_is_told_dead_by(const char *after)
{
    g_autofree char *text = g_strconcat(BESIDE_SERVER REACHED, after, "end 300\n", NULL);
    g_autofree char *nat = told(text, told_nat);

    assert_null(strstr(nat, "dead"));
}

static void a_single_lost_packet_tells_nothing(void **state)
{
    no_mapping_is_told_dead_by("at 70 server -> phone OPTIONS\n"
                               "at 100 phone -> server registration\n"
                               "at 130 phone -> server registration\n");
}

/* Then it was not silence that kept the request from it. */
static void a_request_that_goes_on_unanswered_tells_nothing(void **state)
{
    no_mapping_is_told_dead_by("at 70 server -> phone OPTIONS as=ping\n"
                               "at 71 server -> phone copy of=ping\n"
                               "at 72 phone -> server registration\n"
                               "at 74 server -> phone copy of=ping\n"
                               "at 100 phone -> server keepalive crlf\n");
}

static void a_device_that_ignores_such_requests_tells_nothing(void **state)
{
    no_mapping_is_told_dead_by("at 70 server -> phone NOTIFY\n"
                               "at 71 server -> phone copy\n"
                               "at 100 phone -> server registration\n"
                               "at 130 phone -> server registration\n");
}

static void a_device_that_stays_away_tells_nothing(void **state)
{
    no_mapping_is_told_dead_by("at 70 server -> phone OPTIONS\n"
                               "at 71 server -> phone copy\n");
}

static void requests_from_elsewhere_tell_nothing(void **state)
{
    no_mapping_is_told_dead_by("server other 198.51.100.20\n"
                               "at 70 other -> phone OPTIONS\n"
                               "at 71 other -> phone copy\n"
                               "at 80 server -> phone OPTIONS dst=192.168.1.10:5060\n"
                               "at 81 server -> phone copy dst=192.168.1.10:5060\n"
                               "at 100 phone -> server registration\n"
                               "at 130 phone -> server registration\n");
}

static void beside_the_phone_nothing_is_told_dead(void **state)
{
    g_autofree char *nat = told("vantage client\n"
                                "at 0 phone -> server registration\n" REACHED CALLED
                                "at 100 phone -> server registration\n"
                                "at 130 phone -> server registration\n"
                                "end 300\n",
                                told_nat);

    assert_null(strstr(nat, "dead"));
}

static void a_mapping_that_streamed_is_told_so(void **state)
{
    assert_told(
        BESIDE_SERVER "at 4 server -> phone OPTIONS\n"
                      "at 4.03 phone -> server 200\n" CALLED "at 100 phone -> server registration\n"
                      "at 130 phone -> server keepalive crlf\n"
                      "end 200\n",
        told_nat,
        "203.0.113.2, fresh 1 dead from 65.97, stream 1 alive up to 3.95 1 dead from 65.97");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_of_one_silence_are_one_outage),
        cmocka_unit_test(outages_stand_in_the_order_of_time),
        cmocka_unit_test(the_newest_are_kept_and_the_time_of_all),
        cmocka_unit_test(forgotten_doubts_are_no_proven_time),
        cmocka_unit_test(more_than_one_packet_to_where_it_is_proves_an_outage),
        cmocka_unit_test(requests_to_elsewhere_are_one_outage_until_one_is_answered),
        cmocka_unit_test(what_is_doubted_of_one_is_doubted_of_all),
        cmocka_unit_test(a_device_that_never_comes_back_stays_dark),
        cmocka_unit_test(back_over_the_same_port),
        cmocka_unit_test(back_over_another_port),
        cmocka_unit_test(back_from_another_address),
        cmocka_unit_test(both_sides_of_the_nat_show_the_new_port_together),
        cmocka_unit_test(given_up_or_not_the_end_is_the_same),
        cmocka_unit_test(a_binding_that_ran_out_meanwhile_did_not_stand_all_the_while),
        cmocka_unit_test(a_silence_that_ended_a_mapping_bounds_its_life),
        cmocka_unit_test(one_loss_is_told_once),
        cmocka_unit_test(the_last_one_is_told_at_the_end),
        cmocka_unit_test(a_new_port_is_told_by_the_move_alone),
        cmocka_unit_test(a_new_port_was_needed_since_the_first_request_failed),
        cmocka_unit_test(a_single_lost_packet_tells_nothing),
        cmocka_unit_test(a_request_that_goes_on_unanswered_tells_nothing),
        cmocka_unit_test(a_device_that_ignores_such_requests_tells_nothing),
        cmocka_unit_test(a_device_that_stays_away_tells_nothing),
        cmocka_unit_test(requests_from_elsewhere_tell_nothing),
        cmocka_unit_test(beside_the_phone_nothing_is_told_dead),
        cmocka_unit_test(a_mapping_that_streamed_is_told_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
