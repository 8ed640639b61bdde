/*
 * The packets of a scenario, as the program's own decoder and framer see them.
 */

#include "support/stage.h"

#include "sip/value.h"
#include "support/check.h"
#include "support/seen.h"

static void assert_endpoint(const NetEndpoint *endpoint, const char *text)
{
    char actual[NET_ENDPOINT_TEXT];

    assert_string_equal(net_endpoint_to_text(endpoint, actual), text);
}

static void the_vantage_decides_addresses_and_ttls(void **state)
{
    static const struct {
        const char *vantage;
        const char *phone;
        unsigned phone_ttl;
        unsigned server_ttl;
    } views[] = {
        { "client", "192.168.1.10:5060", 64, 57 },
        { "middle", "203.0.113.2:40001", 63, 58 },
        { "server", "203.0.113.2:40001", 57, 64 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(views); i++) {
        g_autofree char *text =
            g_strdup_printf("vantage %s\nat 0 phone -> server registration\n", views[i].vantage);
        g_autoptr(Seen) seen = seen_new(text);
        const NetMeta *request = &seen_message(seen, 0)->meta;
        const NetMeta *answer = &seen_message(seen, 1)->meta;

        assert_endpoint(&request->flow.src, views[i].phone);
        assert_endpoint(&request->flow.dst, "198.51.100.10:5060");
        assert_endpoint(&answer->flow.dst, views[i].phone);
        assert_int_equal(request->ttl, views[i].phone_ttl);
        assert_int_equal(answer->ttl, views[i].server_ttl);
    }
}

static void a_router_sees_both_sides_of_its_nat(void **state)
{
    static const char *const froms[] = { "192.168.1.10:5060", "203.0.113.2:40001",
                                         "198.51.100.10:5060", "198.51.100.10:5060",
                                         "198.51.100.10:5060" };
    static const char *const tos[] = { "198.51.100.10:5060", "198.51.100.10:5060",
                                       "203.0.113.2:40001", "192.168.1.10:5060",
                                       "203.0.113.2:40001" };
    g_autoptr(Seen) seen = seen_new("vantage router\n"
                                    "at 0 phone -> server REGISTER\n"
                                    "at 1 server -> phone 401\n"
                                    "at 2 server -> phone OPTIONS lost\n");

    assert_int_equal(seen->messages->len, G_N_ELEMENTS(froms));
    for (unsigned i = 0; i < G_N_ELEMENTS(froms); i++) {
        const NetMeta *meta = &seen_message(seen, i)->meta;

        assert_endpoint(&meta->flow.src, froms[i]);
        assert_endpoint(&meta->flow.dst, tos[i]);
    }
    assert_int_equal(seen_message(seen, 0)->meta.ip_id, seen_message(seen, 1)->meta.ip_id);
    assert_int_equal(seen_message(seen, 0)->meta.ttl, seen_message(seen, 1)->meta.ttl + 1);
    assert_int_equal(seen_message(seen, 2)->meta.ttl, seen_message(seen, 3)->meta.ttl + 1);
    assert_int_equal(net_decoder_stats(seen->net)->duplicates, 0);
}

static void a_copy_is_a_packet_of_its_own_and_a_duplicate_is_not(void **state)
{
    g_autoptr(Seen) seen = seen_new("at 0 phone -> server REGISTER\n"
                                    "at 0.5 phone -> server copy\n"
                                    "at 0.500020 phone -> server duplicate\n"
                                    "at 0.500040 phone -> server duplicate routed\n");

    assert_int_equal(seen->messages->len, 2);
    assert_true(str_equal(seen_message(seen, 0)->raw, seen_message(seen, 1)->raw));
    assert_true(seen_message(seen, 0)->meta.ip_id != seen_message(seen, 1)->meta.ip_id);
    assert_int_equal(net_decoder_stats(seen->net)->duplicates, 2);
    assert_int_equal(net_decoder_stats(seen->net)->duplicates_routed, 1);
}

static void a_mirrored_capture_holds_every_frame_twice(void **state)
{
    g_autoptr(Seen) seen = seen_new("mirrored 0.000020\nat 0 phone -> server registration\n");

    assert_int_equal(seen->messages->len, 4);
    assert_int_equal(net_decoder_stats(seen->net)->frames, 8);
    assert_int_equal(net_decoder_stats(seen->net)->duplicates, 4);
}

static void what_is_unseen_has_happened(void **state)
{
    g_autoptr(Seen) seen = seen_new("server captured=no\n"
                                    "at 0 phone -> server registration\n"
                                    "at 1 phone -> server REGISTER unseen\n"
                                    "at 2 phone -> server REGISTER\n");

    assert_int_equal(seen->messages->len, 3);
    assert_true(str_present(sip_message_first(seen_message(seen, 1), SIP_HEADER_AUTHORIZATION)));
    assert_int_equal(seen_message(seen, 2)->cseq, 4);
}

static void fragments_are_one_datagram_again(void **state)
{
    static const char *const families[] = {
        "",
        "phone [2001:db8:1::10]:5060\nserver 2001:db8:2::10\n",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(families); i++) {
        g_autofree char *text =
            g_strconcat(families[i], "at 0 phone -> server REGISTER mtu=200\n", NULL);
        g_autofree char *lossy = g_strconcat(text, "at 1 phone -> server copy mtu=200 lose=2\n",
                                             "at 100 phone -> server keepalive ping\n", NULL);
        g_autoptr(Seen) whole = seen_new(text);
        g_autoptr(Seen) holed = seen_new(lossy);

        assert_int_equal(whole->messages->len, 1);
        assert_int_equal(seen_message(whole, 0)->anomalies, 0);
        assert_true(seen_message(whole, 0)->meta.fragments >= 3);
        assert_int_equal(holed->messages->len, 1);
        assert_int_equal(net_decoder_stats(holed->net)->fragments_incomplete, 1);
    }
}

static void a_connection_carries_messages_in_segments(void **state)
{
    g_autoptr(Seen) seen = seen_new("phone 192.168.1.10:49170 transport=tcp\n"
                                    "at 0 phone -> server connect\n"
                                    "at 1 phone -> server registration segment=100\n"
                                    "at 2 phone -> server keepalive ping\n"
                                    "at 3 phone -> server close\n");

    assert_int_equal(seen->messages->len, 4);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(seen_message(seen, i)->anomalies, 0);
    assert_str_equal(sip_message_via(seen_message(seen, 0)).transport, "TCP");
    assert_int_equal(seen->keepalives->len, 1);
    assert_int_equal(seen_events(seen, NET_EVENT_CONNECT), 1);
    assert_int_equal(seen_events(seen, NET_EVENT_ACCEPT), 1);
    assert_int_equal(seen_events(seen, NET_EVENT_CLOSE), 2);
    assert_int_equal(net_decoder_stats(seen->net)->gaps, 0);
    assert_int_equal(net_decoder_stats(seen->net)->tcp_copies, 0);
}

static void bytes_that_only_the_receiver_saw_leave_a_gap(void **state)
{
    g_autoptr(Seen) seen = seen_new("phone 192.168.1.10:49170 transport=tcp\n"
                                    "at 0 phone -> server connect\n"
                                    "at 1 phone -> server REGISTER\n"
                                    "at 2 phone -> server REGISTER unseen\n"
                                    "at 3 server -> phone 403\n"
                                    "at 4 phone -> server REGISTER\n"
                                    "at 5 server -> phone 403\n"
                                    "at 100 phone -> server close\n");

    assert_int_equal(seen->messages->len, 4);
    assert_int_equal(net_decoder_stats(seen->net)->gaps_by_capture, 1);
}

static void an_icmp_error_quotes_the_request(void **state)
{
    static const char *const families[] = {
        "",
        "phone 2001:db8:1::10\nserver 2001:db8:2::10\n",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(families); i++) {
        g_autofree char *text = g_strconcat(families[i], "at 0 phone -> server REGISTER\n",
                                            "at 0.1 server -> phone icmp port-unreachable\n", NULL);
        g_autoptr(Seen) seen = seen_new(text);

        assert_int_equal(seen->messages->len, 1);
        assert_int_equal(seen_events(seen, NET_EVENT_ICMP), 1);

        const NetEvent *event = &g_array_index(seen->events, NetEvent, 0);

        assert_true(net_flow_equal(&event->meta.flow, &seen_message(seen, 0)->meta.flow));
        assert_true(net_addr_equal(&event->reporter, &seen_message(seen, 0)->meta.flow.dst.addr));
        assert_int_equal(event->icmp_type, i == 0 ? 3 : 1);
        assert_int_equal(event->icmp_code, i == 0 ? 3 : 4);
    }
}

static void keepalives_and_tls_are_recognised(void **state)
{
    static const SipKeepalive kinds[] = { SIP_KEEPALIVE_CRLF, SIP_KEEPALIVE_CRLFCRLF,
                                          SIP_KEEPALIVE_ZEROS };
    g_autoptr(Seen) seen = seen_new("at 0 phone -> server keepalive crlf\n"
                                    "at 1 phone -> server keepalive ping\n"
                                    "at 2 phone -> server keepalive zeros\n"
                                    "phone tls 192.168.1.11:49170\n"
                                    "server secure 198.51.100.10:5061\n"
                                    "at 3 tls -> secure connect\n"
                                    "at 4 tls -> secure tls client-hello\n"
                                    "at 5 secure -> tls tls server-hello\n"
                                    "at 6 tls -> secure tls data\n");

    assert_int_equal(seen->keepalives->len, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(g_array_index(seen->keepalives, SipKeepalive, i), kinds[i]);
    assert_int_equal(seen->tls, 2);
}

/* RFC 1071: with its checksum in place, a header sums up to all ones. */
static unsigned sum_of(Str bytes, unsigned sum)
{
    for (size_t i = 0; i < bytes.len; i++)
        sum += (unsigned)(uint8_t)bytes.data[i] << (i % 2 == 0 ? 8 : 0);
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

static void checksums_are_right(void **state)
{
    g_autoptr(Scenario) scenario = seen_scenario("phone tcp 192.168.1.11 transport=tcp\n"
                                                 "at 0 phone -> server registration\n"
                                                 "at 1 tcp -> server registration\n"
                                                 "at 2 phone -> server duplicate routed\n");

    for (unsigned i = 0; i < scenario_size(scenario); i++) {
        Str ip = str_from(scenario_packet(scenario, i).bytes, 14);
        Str above = str_from(ip, 20);
        unsigned pseudo = (unsigned)(uint8_t)ip.data[9] + (unsigned)above.len;

        assert_int_equal(sum_of(str_first(ip, 20), 0), 0xffff);
        pseudo = sum_of(str_first(str_from(ip, 12), 8), pseudo);
        assert_int_equal(sum_of(above, pseudo), 0xffff);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vantage_decides_addresses_and_ttls),
        cmocka_unit_test(a_router_sees_both_sides_of_its_nat),
        cmocka_unit_test(a_copy_is_a_packet_of_its_own_and_a_duplicate_is_not),
        cmocka_unit_test(a_mirrored_capture_holds_every_frame_twice),
        cmocka_unit_test(what_is_unseen_has_happened),
        cmocka_unit_test(fragments_are_one_datagram_again),
        cmocka_unit_test(a_connection_carries_messages_in_segments),
        cmocka_unit_test(bytes_that_only_the_receiver_saw_leave_a_gap),
        cmocka_unit_test(an_icmp_error_quotes_the_request),
        cmocka_unit_test(keepalives_and_tls_are_recognised),
        cmocka_unit_test(checksums_are_right),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
