/*
 * Between two REGISTERs, as the tracker sees it: packets, paths, refusals.
 */

#include "reg/state.h"

#include "reg/interval.h"
#include "staged_nat.h"
#include "told.h"

#define BESIDE_SERVER "vantage server\nphone expires=3600\nat 0 phone -> server registration\n"

/* --- packets -------------------------------------------------------------- */

static void told_traffic(GString *text, const RegDevice *device)
{
    const RegTraffic *traffic = &device->life->traffic;

    for (unsigned i = 0; i < G_N_ELEMENTS(traffic->kinds); i++)
        g_string_append_printf(text, "%u ", (unsigned)traffic->kinds[i]);
    g_string_append_printf(text, "and %u pings\n", (unsigned)traffic->pings);
}

static void keep_alives_of_each_kind_are_counted(void **state)
{
    assert_told(
        BESIDE_SERVER
        "at 10 phone -> server keepalive crlf\n"
        "at 20 phone -> server keepalive ping\n"
        "at 20.1 server -> phone keepalive crlf\n"
        "at 30 server -> phone keepalive zeros\n"
        "at 40 phone -> server raw \"\\x00\\x01\\x00\\x00\\x21\\x12\\xa4\\x42abcdefghijkl\"\n"
        "at 50 phone -> server raw \"jaK\"\n"
        "end 100\n",
        told_traffic, "2 1 1 1 1 0 and 0 pings");
}

static void keep_alives_before_the_registration_are_nobodys(void **state)
{
    assert_told("vantage server\n"
                "at 0 phone -> server keepalive crlf\n"
                "at 1 phone -> server registration\n"
                "at 2 phone -> server keepalive crlf\n"
                "end 100\n",
                told_traffic, "1 0 0 0 0 0 and 0 pings");
}

static void an_empty_segment_after_a_silence_is_a_ping(void **state)
{
    assert_told("vantage server\n"
                "phone 192.168.1.10:49170 transport=tcp\n"
                "at 0 phone -> server connect\n"
                "at 0.1 phone -> server registration\n"
                "at 0.2 phone -> server ack\n"
                "at 60 phone -> server ack\n"
                "at 60.02 server -> phone ack\n"
                "at 120 server -> phone ack\n"
                "end 200\n",
                told_traffic, "0 0 0 0 0 0 and 2 pings");
}

/* The kernel does that, whatever has become of the phone. */
static void an_acknowledged_segment_is_no_sign_of_the_device(void **state)
{
    assert_told("vantage server\n"
                "phone 192.168.1.10:49170 transport=tcp\n"
                "at 0 phone -> server connect\n"
                "at 0.1 phone -> server registration\n"
                "at 60 server -> phone INVITE\n"
                "at 60.02 phone -> server ack\n"
                "at 90 server -> phone INVITE\n"
                "at 90.02 phone -> server ack\n"
                "end 200\n",
                told_outages, "2 INVITE to flow at 60 to 90");
}

static void told_heard(GString *text, const RegDevice *device)
{
    told_time(text, "heard", device->last_heard);
    g_string_append_c(text, '\n');
}

static void the_newest_packet_of_the_device_is_known(void **state)
{
    assert_told(BESIDE_SERVER "at 50 phone -> server keepalive crlf\n"
                              "at 60 server -> phone keepalive zeros\n"
                              "end 100\n",
                told_heard, " heard 50");
    assert_told("vantage server\nat 5 phone -> server REGISTER\nend 10\n", told_heard, " heard 5");
}

/* --- the path ------------------------------------------------------------- */

static void told_addresses(GString *text, const RegDevice *device)
{
    char end[NET_ENDPOINT_TEXT];

    for (unsigned i = 0; i < device->n_addresses; i++)
        g_string_append_printf(text, "%s ", net_endpoint_to_text(&device->addresses[i], end));
    for (unsigned i = 0; i < device->n_public_addresses; i++)
        g_string_append_printf(text, "outside %s ",
                               net_endpoint_to_text(&device->public_addresses[i], end));
    told_nat(text, device);
    if (device->life->nat == NULL)
        g_string_append(text, "no NAT\n");
}

static void the_nat_is_known_from_either_side(void **state)
{
    static const char *const places[] = { "client", "middle", "server", "router" };

    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *text = g_strdup_printf("vantage %s\nat 0 phone -> server registration\n"
                                                "end 10\n",
                                                places[i]);

        assert_told(text, told_addresses,
                    "192.168.1.10:5060 outside 203.0.113.2:40001 203.0.113.2");
    }
}

static void without_a_nat_there_is_none(void **state)
{
    assert_told("vantage server\nphone 203.0.113.9\nat 0 phone -> server registration\nend 10\n",
                told_addresses, "203.0.113.9:5060 no NAT");
    assert_told("vantage client\nserver 192.168.1.2\nat 0 phone -> server registration\nend 10\n",
                told_addresses, "192.168.1.10:5060 no NAT");
}

/* Many phones can be told their public address, and write it everywhere. */
static void a_public_address_in_via_is_not_the_phones_own(void **state)
{
    static const char *const rewritten =
        "replace=\"192.168.1.10:5060=>203.0.113.2:5060\" expires=600";
    g_autofree char *text = g_strdup_printf("vantage client\n"
                                            "at 0 phone -> server REGISTER %s\n"
                                            "at 0.1 server -> phone 200 rport=5060\n"
                                            "at 20 server -> phone OPTIONS\n"
                                            "end 30\n",
                                            rewritten);

    assert_told(
        text, told_addresses,
        "192.168.1.10:5060 outside 203.0.113.2:5060 203.0.113.2, stream 1 alive up to 19.9");
    assert_told(text, told_outages, "1 OPTIONS to flow at 20");
}

static void the_nat_goes_with_the_address(void **state)
{
    assert_told(BESIDE_SERVER "at 60 nat 203.0.113.99\n"
                              "at 60 phone -> server registration\n"
                              "end 100\n",
                told_nat, "203.0.113.99");
}

/* --- whether the registrar forgot ----------------------------------------- */

#define CAROL "phone carol 203.0.113.50 user=carol\n"

static void told_forgotten(GString *text, const RegDevice *device)
{
    const RegForgotten *forgotten = device->life != NULL ? device->life->forgotten : NULL;

    if (forgotten == NULL)
        return;
    g_string_append_printf(text, "%s: %u times, %s %u frames %u %u granted %u", device->aor,
                           forgotten->count, sip_method_name(forgotten->method), forgotten->status,
                           (unsigned)forgotten->request.frame, (unsigned)forgotten->answer.frame,
                           (unsigned)forgotten->granted.frame);
    told_time(text, "at", forgotten->time);
    told_time(text, "to", forgotten->last);
    told_time(text, "until", forgotten->until);
    g_string_append_c(text, '\n');
}

static void a_registrar_that_does_not_know_a_bound_device_forgot_it(void **state)
{
    static const unsigned statuses[] = { 404, 410, 480 };

    for (unsigned i = 0; i < G_N_ELEMENTS(statuses); i++) {
        g_autofree char *text = g_strdup_printf(
            BESIDE_SERVER CAROL "at 50 carol -> server INVITE to=sip:alice@example.com\n"
                                "at 50.1 server -> carol %u\n"
                                "at 60 carol -> server INVITE to=sip:alice@example.com\n"
                                "at 60.1 server -> carol %u\n"
                                "end 100\n",
            statuses[i], statuses[i]);
        g_autofree char *expected =
            g_strdup_printf("alice@example.com: 2 times, INVITE %u frames 5 6 "
                            "granted 4 at 50.1 to 60.1 until 3600.05",
                            statuses[i]);

        assert_told(text, told_forgotten, expected);
    }
}

static void callers_may_know_the_registrars_address_only(void **state)
{
    assert_told(BESIDE_SERVER CAROL "at 50 carol -> server OPTIONS to=sip:alice@198.51.100.10\n"
                                    "at 50.1 server -> carol 404\n"
                                    "end 100\n",
                told_forgotten,
                "alice@example.com: 1 times, OPTIONS 404 frames 5 6 granted 4 at 50.1 to 50.1 "
                "until 3600.05");
}

static void nothing_is_forgotten_by(const char *exchange)
{
    g_autofree char *text = g_strconcat(BESIDE_SERVER CAROL, exchange, "end 200\n", NULL);

    assert_told(text, told_forgotten, "");
}

static void what_the_device_refused_itself_is_passed_on(void **state)
{
    nothing_is_forgotten_by("at 50 carol -> server INVITE to=sip:alice@example.com\n"
                            "at 50.1 server -> phone INVITE\n"
                            "at 50.2 phone -> server 404\n"
                            "at 50.3 server -> carol 404\n");
    nothing_is_forgotten_by("at 50 carol -> server INVITE to=sip:alice@example.com\n"
                            "at 50.1 server -> phone INVITE\n"
                            "at 50.2 phone -> server 180\n"
                            "at 120 server -> carol 480\n");
    nothing_is_forgotten_by("at 50 carol -> server INVITE to=sip:alice@example.com\n"
                            "at 50.1 server -> phone INVITE\n"
                            "at 60 server -> carol 480\n");
}

static void other_refusals_have_other_reasons(void **state)
{
    nothing_is_forgotten_by("at 50 carol -> server INVITE to=sip:alice@example.com\n"
                            "at 50.1 server -> carol 486\n");
    nothing_is_forgotten_by("at 50 carol -> server SUBSCRIBE to=sip:alice@example.com\n"
                            "at 50.1 server -> carol 404\n");
    nothing_is_forgotten_by("at 50 carol -> server BYE to=sip:alice@example.com\n"
                            "at 50.1 server -> carol 404\n");
    nothing_is_forgotten_by("at 50 carol -> server INVITE to=sip:dave@example.com\n"
                            "at 50.1 server -> carol 404\n");
}

static void who_calls_itself_is_not_forgotten(void **state)
{
    nothing_is_forgotten_by("at 50 phone -> server INVITE to=sip:alice@example.com\n"
                            "at 50.1 server -> phone 480\n");
}

static void another_server_need_not_know_it(void **state)
{
    nothing_is_forgotten_by("server other 198.51.100.20\n"
                            "at 50 carol -> other INVITE to=sip:alice@example.com\n"
                            "at 50.1 other -> carol 404\n");
}

static void without_a_binding_there_is_nothing_to_forget(void **state)
{
    static const char lapsed[] =
        "vantage server\nphone expires=30\n" CAROL "at 0 phone -> server registration\n"
        "at 50 carol -> server INVITE to=sip:alice@example.com\n"
        "at 50.1 server -> carol 404\n"
        "end 100\n";
    static const char never[] = "vantage server\n" CAROL "at 0 phone -> server REGISTER\n"
                                "at 0.1 server -> phone 403\n"
                                "at 50 carol -> server INVITE to=sip:alice@example.com\n"
                                "at 50.1 server -> carol 404\n"
                                "end 100\n";

    assert_told(lapsed, told_forgotten, "");
    assert_told(never, told_forgotten, "");
}

/* --- NATs that are known inside and out ----------------------------------- */

typedef struct Truth {
    const Staged *staged;
    Nsec length;
    unsigned observations;
} Truth;

/* Registered it is with the first 200. */
#define SLACK (3 * NSEC_SEC)

static void assert_at_least(Nsec bound, unsigned truth)
{
    if (bound != NSEC_NONE)
        assert_true(bound <= truth * NSEC_SEC);
}

static void assert_at_most(Nsec bound, unsigned truth)
{
    if (bound != NSEC_NONE)
        assert_true(bound >= truth * NSEC_SEC);
}

static void compare_with_truth(const RegDevice *device, void *user)
{
    Truth *truth = user;
    const StagedNat *known = truth->staged->nat;
    const RegNat *nat = device->life->nat;
    const RegNatBounds *fresh = &nat->bounds[REG_NAT_FRESH];
    const RegNatBounds *stream = &nat->bounds[REG_NAT_STREAM];
    RegAvailability sums = reg_device_availability(device, START + truth->length);

    assert_at_least(fresh->alive, known->fresh);
    assert_at_most(fresh->dead_once, known->fresh);
    assert_at_least(stream->alive, known->stream);
    assert_at_most(stream->dead_once, known->stream);
    assert_true(sums.reachable_least <= truth->staged->open + SLACK);
    assert_true(sums.reachable_most + SLACK >= truth->staged->open);
    truth->observations += fresh->n_dead + stream->n_alive;
}

static const StagedNat nats_of_all_kinds[] = {
    { 30, 120, false, true }, { 30, 180, false, false }, { 30, 120, true, true },
    { 60, 60, true, true },   { 300, 300, false, true }, { 10, 180, true, false },
};

static const StagedHabits habits_of_all_kinds[] = {
    { .refresh = 540, .slow = 30, .ping = 25 },
    { .refresh = 540, .slow = 30, .ping = 100 },
    { .refresh = 540, .slow = 30, .keepalive = 45, .ping = 70 },
    { .refresh = 100, .slow = 2600, .ping = 40 },
    { .refresh = 300, .slow = 30, .keepalive = 20, .ping = 200, .one_way = 9 },
    { .refresh = 600, .slow = 1500, .one_way = 15, .ping = 130 },
};

static unsigned stage_all(const char *vantage)
{
    unsigned observations = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(nats_of_all_kinds); i++) {
        for (unsigned k = 0; k < G_N_ELEMENTS(habits_of_all_kinds); k++) {
            g_autoptr(GString) text = g_string_new(NULL);
            Staged staged = { .nat = &nats_of_all_kinds[i],
                              .vantage = vantage,
                              .text = text,
                              .seed = 1 + 100 * i + k };
            Truth truth = { .staged = &staged, .length = 3600 * NSEC_SEC };

            staged_play(&staged, &habits_of_all_kinds[k], truth.length);
            judge_devices(text->str, NULL, compare_with_truth, &truth);
            observations += truth.observations;
        }
    }
    return observations;
}

static void beside_the_server_the_bounds_hold_the_truth(void **state)
{
    assert_true(stage_all("server") > 500);
}

static void beside_the_phone_the_bounds_hold_the_truth(void **state)
{
    assert_true(stage_all("client") > 500);
}

static void on_the_router_the_bounds_hold_the_truth(void **state)
{
    assert_true(stage_all("router") > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keep_alives_of_each_kind_are_counted),
        cmocka_unit_test(keep_alives_before_the_registration_are_nobodys),
        cmocka_unit_test(an_empty_segment_after_a_silence_is_a_ping),
        cmocka_unit_test(an_acknowledged_segment_is_no_sign_of_the_device),
        cmocka_unit_test(the_newest_packet_of_the_device_is_known),
        cmocka_unit_test(the_nat_is_known_from_either_side),
        cmocka_unit_test(without_a_nat_there_is_none),
        cmocka_unit_test(a_public_address_in_via_is_not_the_phones_own),
        cmocka_unit_test(the_nat_goes_with_the_address),
        cmocka_unit_test(a_registrar_that_does_not_know_a_bound_device_forgot_it),
        cmocka_unit_test(callers_may_know_the_registrars_address_only),
        cmocka_unit_test(what_the_device_refused_itself_is_passed_on),
        cmocka_unit_test(other_refusals_have_other_reasons),
        cmocka_unit_test(who_calls_itself_is_not_forgotten),
        cmocka_unit_test(another_server_need_not_know_it),
        cmocka_unit_test(without_a_binding_there_is_nothing_to_forget),
        cmocka_unit_test(beside_the_server_the_bounds_hold_the_truth),
        cmocka_unit_test(beside_the_phone_the_bounds_hold_the_truth),
        cmocka_unit_test(on_the_router_the_bounds_hold_the_truth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
