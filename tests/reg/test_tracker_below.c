/*
 * Which attempt an error of the network is about.
 */

#include "from_below.h"
#include "traffic.h"

#define QUOTE(user, call)                                                              \
    "REGISTER sip:example.com SIP/2.0\r\n"                                             \
    "Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK-" call "-1;rport\r\n"           \
    "From: <sip:" user "@example.com>;tag=tag-1\r\nTo: <sip:" user "@example.com>\r\n" \
    "Call-ID: " call "\r\nCSeq: 1 REG"

static void hears(Traffic *traffic, NetEvent event, Str quoted)
{
    event.meta.ref.frame = ++traffic->frame;
    event.bytes = quoted;
    reg_tracker_event(traffic->tracker, &event);
}

static void an_error_finds_its_attempt_by_what_it_quotes(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, (Ask){ .call_id = "one" });
    asks(traffic, 0.1, (Ask){ .aor = "bob@example.com", .call_id = "two" });
    hears(traffic, icmp_of("198.51.100.10", 3, 3, 0.2, 0), STR(QUOTE("alice", "one")));
    hears(traffic, icmp_of("198.51.100.10", 3, 3, 0.3, 0), STR(QUOTE("alice", "one")));
    traffic_end(traffic, 60);
    assert_int_equal(closed_at(traffic, 0)->chain.icmp.seen.count, 2);
    assert_int_equal(closed_at(traffic, 0)->chain.icmp.seen.first.frame, 3);
    assert_int_equal(reg_icmp_kind(&closed_at(traffic, 0)->chain.icmp), REG_ICMP_PORT);
    assert_int_equal(closed_at(traffic, 1)->chain.icmp.seen.count, 0);
}

/* RFC 792 asks for eight bytes behind the IP header and no more. */
static void an_error_that_quotes_little_finds_it_by_the_flow(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, (Ask){ .call_id = "one" });
    hears(traffic, icmp_of("203.0.113.1", 3, 13, 0.2, 0), STR_NONE);
    traffic_end(traffic, 60);
    assert_int_equal(closed_at(traffic, 0)->chain.icmp.seen.count, 1);
    assert_int_equal(reg_icmp_kind(&closed_at(traffic, 0)->chain.icmp), REG_ICMP_PROHIBITED);
}

static void an_error_about_the_way_back_is_not_the_requests(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    NetEvent event = icmp_of("192.168.1.10", 3, 3, 0.2, 0);

    event.meta.flow = net_flow_reverse(&event.meta.flow);
    asks(traffic, 0, (Ask){ .call_id = "one" });
    hears(traffic, event, STR_NONE);
    traffic_end(traffic, 60);
    assert_int_equal(closed_at(traffic, 0)->chain.icmp.seen.count, 0);
}

static void an_error_about_another_request_is_not_the_registers(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, (Ask){ .call_id = "one" });
    hears(traffic, icmp_of("198.51.100.10", 3, 3, 0.2, 0),
          STR("OPTIONS sip:example.com SIP/2.0\r\nCall-ID: one\r\n"));
    hears(traffic, icmp_of("198.51.100.10", 3, 3, 0.2, 0),
          STR("SIP/2.0 200 OK\r\nCall-ID: one\r\n"));
    traffic_end(traffic, 60);
    assert_int_equal(closed_at(traffic, 0)->chain.icmp.seen.count, 0);
}

static void sizes_are_kept_apart(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    NetEvent event = icmp_of("203.0.113.1", 3, 4, 0.2, 0);

    event.icmp_mtu = 1400;
    asks(traffic, 0, (Ask){ .call_id = "one" });
    hears(traffic, event, STR_NONE);
    hears(traffic, icmp_of("198.51.100.10", 3, 3, 0.3, 0), STR_NONE);
    traffic_end(traffic, 60);
    assert_int_equal(closed_at(traffic, 0)->chain.too_big.seen.count, 1);
    assert_int_equal(closed_at(traffic, 0)->chain.too_big.mtu, 1400);
    assert_int_equal(closed_at(traffic, 0)->chain.icmp.seen.count, 1);
}

static void what_nobody_sent_makes_no_device(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    hears(traffic, icmp_of("198.51.100.10", 3, 3, 0, 0), STR(QUOTE("alice", "one")));
    hears(traffic, icmp_of("198.51.100.10", 3, 3, 1, 0), STR_NONE);
    traffic_end(traffic, 60);
    assert_int_equal(traffic->devices->len, 0);
}

/* Every prefix of a quote, in a block of its own size. */
static void survives_any_cut(void **state)
{
    Str quote = STR(QUOTE("alice", "one"));

    for (size_t len = 0; len <= quote.len; len++) {
        g_autoptr(Traffic) traffic = traffic_new(NULL);
        g_autofree char *copy = g_memdup2(quote.data, len);

        asks(traffic, 0, (Ask){ .call_id = "one" });
        hears(traffic, icmp_of("198.51.100.10", 3, 3, 0.2, 0), (Str){ copy, len });
        traffic_end(traffic, 60);
        assert_int_equal(closed_at(traffic, 0)->chain.icmp.seen.count, 1);
    }
}

static void only_tls_that_may_hold_sip_is_looked_into(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    NetMeta sips = meta_of(PHONE, SERVER, NET_TCP, 0, 1);
    NetMeta back = meta_of(SERVER, PHONE, NET_TCP, 0, 2);
    NetMeta web = meta_of(PHONE, "198.51.100.10:443", NET_TCP, 0, 3);

    reg_tracker_tls(traffic->tracker, &sips);
    reg_tracker_tls(traffic->tracker, &back);
    reg_tracker_tls(traffic->tracker, &web);
    assert_true(reg_tracker_wants_handshake(&sips.flow));
    assert_true(reg_tracker_wants_handshake(&back.flow));
    assert_false(reg_tracker_wants_handshake(&web.flow));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_finds_its_attempt_by_what_it_quotes),
        cmocka_unit_test(an_error_that_quotes_little_finds_it_by_the_flow),
        cmocka_unit_test(an_error_about_the_way_back_is_not_the_requests),
        cmocka_unit_test(an_error_about_another_request_is_not_the_registers),
        cmocka_unit_test(sizes_are_kept_apart),
        cmocka_unit_test(what_nobody_sent_makes_no_device),
        cmocka_unit_test(survives_any_cut),
        cmocka_unit_test(only_tls_that_may_hold_sip_is_looked_into),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
