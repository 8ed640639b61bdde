/*
 * Connections to a server for SIP, and how they end.
 */

#include "reg/links.h"

#include "from_below.h"

typedef struct Desk {
    Clients *clients;
    uint64_t frame;
} Desk;

static void desk_clear(Desk *desk)
{
    clients_free(desk->clients);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

static void tell(Desk *desk, double time, NetEventKind kind, bool by_server)
{
    NetEvent event = segment_of(kind, by_server, time, ++desk->frame);

    links_event(desk->clients, &event);
}

static void connects(Desk *desk, double time)
{
    tell(desk, time, NET_EVENT_CONNECT, false);
    tell(desk, time + 0.02, NET_EVENT_ACCEPT, true);
}

static const Link *only_link(const Desk *desk)
{
    NetEndpoint phone = endpoint_of(PHONE);
    const Client *client = clients_find(desk->clients, &phone.addr, 0);

    assert_non_null(client);
    assert_int_equal(client->n_links, 1);
    return client->links[0];
}

static bool shows(Desk *desk, double time, bool by_server, uint32_t fresh, const NetTlsSeen *seen,
                  const NetTlsSeen *other)
{
    NetMeta meta = meta_of(by_server ? SERVER : PHONE, by_server ? PHONE : SERVER, NET_TCP, time,
                           ++desk->frame);

    return links_tls(desk->clients, &(SipTlsSight){ &meta, fresh, seen, other });
}

static NetTlsSeen client_hello(void)
{
    return (
        NetTlsSeen){ .sights = NET_TLS_CLIENT_HELLO,
                     .client = { .version = NET_TLS_12, .server_name = STR("sip.example.com") } };
}

static NetTlsSeen server_hello(uint16_t version)
{
    return (NetTlsSeen){ .sights = NET_TLS_SERVER_HELLO, .server = { .version = version } };
}

static void a_syn_without_answer_is_a_failure(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };
    NetEvent copy = segment_of(NET_EVENT_CONNECT, false, 1, 9);

    tell(&desk, 0, NET_EVENT_CONNECT, false);
    copy.copy = true;
    links_event(desk.clients, &copy);
    assert_true(link_has_failed(only_link(&desk)));
    assert_int_equal(only_link(&desk)->public.tried.count, 2);
    assert_int_equal(only_link(&desk)->public.attempts, 1);
    assert_int_equal(only_link(&desk)->public.tried.last.frame, 9);
}

static void a_reset_refuses_it(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };

    tell(&desk, 0, NET_EVENT_CONNECT, false);
    tell(&desk, 0.02, NET_EVENT_RESET, true);
    assert_true(link_has_failed(only_link(&desk)));
    assert_int_equal(only_link(&desk)->public.refused.count, 1);
    assert_int_equal(only_link(&desk)->public.refused_ttl, 64);
}

static void an_icmp_error_is_kept_with_it(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };
    NetEvent event = icmp_of("203.0.113.1", 3, 13, 0.1, 7);

    tell(&desk, 0, NET_EVENT_CONNECT, false);
    event.meta.flow = meta_of(PHONE, SERVER, NET_TCP, 0, 0).flow;
    links_event(desk.clients, &event);
    assert_int_equal(only_link(&desk)->public.icmp.seen.count, 1);
    assert_int_equal(reg_icmp_kind(&only_link(&desk)->public.icmp), REG_ICMP_PROHIBITED);
}

static void an_accepted_connection_is_none(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };

    tell(&desk, 0, NET_EVENT_CONNECT, false);
    tell(&desk, 0.02, NET_EVENT_RESET, true);
    connects(&desk, 10);
    assert_false(link_has_failed(only_link(&desk)));
    assert_int_equal(links_usual_ttl(desk.clients,
                                     &(NetFlow){ endpoint_of(PHONE), endpoint_of(SERVER), NET_TCP },
                                     AT(11)),
                     64);
}

static void an_acknowledgment_shows_that_it_was_accepted(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };

    tell(&desk, 0, NET_EVENT_CONNECT, false);
    tell(&desk, 0.03, NET_EVENT_ALIVE, false);
    assert_false(link_has_failed(only_link(&desk)));
}

static void other_ports_are_nobodys_business(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };
    NetEndpoint phone = endpoint_of(PHONE);
    NetEvent event = {
        .kind = NET_EVENT_CONNECT,
        .meta = meta_of(PHONE, "198.51.100.10:443", NET_TCP, 0, 1),
    };

    links_event(desk.clients, &event);
    assert_null(clients_find(desk.clients, &phone.addr, 0));
}

static void whoever_sends_the_alert_objects(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };
    NetTlsSeen client = client_hello();
    NetTlsSeen server = { .sights = NET_TLS_ALERT, .alert = { 2, 40 } };

    connects(&desk, 0);
    assert_false(shows(&desk, 0.1, false, NET_TLS_CLIENT_HELLO, &client, NULL));
    assert_false(shows(&desk, 0.2, true, NET_TLS_ALERT, &server, &client));
    assert_true(link_has_failed(only_link(&desk)));

    const RegTls *tls = &only_link(&desk)->public.tls;

    assert_int_equal(tls->end, REG_TLS_ALERT);
    assert_true(tls->by_server);
    assert_int_equal(tls->alert, 40);
    assert_string_equal(tls->server_name, "sip.example.com");
    assert_int_equal(tls->failed.last.frame, 4);
    /* That the connection is closed then is a matter of course. */
    tell(&desk, 0.3, NET_EVENT_CLOSE, false);
    assert_int_equal(tls->end, REG_TLS_ALERT);
}

static void warnings_and_goodbyes_are_no_objection(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };
    NetTlsSeen client = client_hello();
    NetTlsSeen server = { .sights = NET_TLS_ALERT, .alert = { 1, 112 } };

    connects(&desk, 0);
    shows(&desk, 0.1, false, NET_TLS_CLIENT_HELLO, &client, NULL);
    shows(&desk, 0.2, true, NET_TLS_ALERT, &server, &client);
    assert_false(link_has_failed(only_link(&desk)));
}

static void an_end_in_the_middle_is_a_failure(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };
    NetTlsSeen client = client_hello();

    connects(&desk, 0);
    shows(&desk, 0.1, false, NET_TLS_CLIENT_HELLO, &client, NULL);
    tell(&desk, 0.2, NET_EVENT_CLOSE, true);
    tell(&desk, 0.3, NET_EVENT_CLOSE, false);
    assert_int_equal(only_link(&desk)->public.tls.end, REG_TLS_CLOSED);
    assert_true(only_link(&desk)->public.tls.by_server);
    assert_int_equal(only_link(&desk)->public.tls.failed.count, 1);
}

static void tls_12_is_up_when_both_have_changed_to_cipher(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };
    NetTlsSeen client = client_hello();
    NetTlsSeen server = server_hello(NET_TLS_12);

    connects(&desk, 0);
    shows(&desk, 0.1, false, NET_TLS_CLIENT_HELLO, &client, NULL);
    shows(&desk, 0.2, true, NET_TLS_SERVER_HELLO, &server, &client);
    client.sights |= NET_TLS_CHANGE_CIPHER;
    assert_false(shows(&desk, 0.3, false, NET_TLS_CHANGE_CIPHER, &client, &server));
    server.sights |= NET_TLS_CHANGE_CIPHER;
    assert_true(shows(&desk, 0.4, true, NET_TLS_CHANGE_CIPHER, &server, &client));
    tell(&desk, 60, NET_EVENT_RESET, true);
    assert_false(link_has_failed(only_link(&desk)));
}

static void tls_13_hides_the_phones_alert(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };
    NetTlsSeen client = client_hello();
    NetTlsSeen server = server_hello(NET_TLS_13);

    connects(&desk, 0);
    shows(&desk, 0.1, false, NET_TLS_CLIENT_HELLO, &client, NULL);
    server.n_data = 1;
    shows(&desk, 0.2, true, NET_TLS_SERVER_HELLO | NET_TLS_DATA, &server, &client);
    client.n_data = 1;
    client.first_data_len = client.last_data_len = 19;
    assert_false(shows(&desk, 0.3, false, NET_TLS_DATA, &client, &server));
    assert_int_equal(only_link(&desk)->public.tls.end, REG_TLS_GAVE_UP);
    /* The next try gets through. */
    shows(&desk, 1.1, false, NET_TLS_CLIENT_HELLO, &client, NULL);
    client.first_data_len = 53;
    assert_true(shows(&desk, 1.3, false, NET_TLS_DATA, &client, &server));
    assert_false(link_has_failed(only_link(&desk)));
}

static void a_register_within_a_minute_clears_it(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };
    NetEndpoint phone = endpoint_of(PHONE);

    tell(&desk, 0, NET_EVENT_CONNECT, false);
    clients_go_on(desk.clients, &phone.addr, AT(30));
    assert_false(link_has_failed(only_link(&desk)));
    tell(&desk, 100, NET_EVENT_CONNECT, false);
    clients_go_on(desk.clients, &phone.addr, AT(400));
    assert_true(link_has_failed(only_link(&desk)));
    assert_int_equal(only_link(&desk)->public.over, AT(400));
}

static void the_quietest_server_makes_room(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };
    NetEndpoint phone = endpoint_of(PHONE);

    for (unsigned i = 0; i < CLIENT_LINKS + 3; i++) {
        g_autofree char *server = g_strdup_printf("198.51.100.%u:5060", i + 1);
        NetEvent event = {
            .kind = NET_EVENT_CONNECT,
            .meta = meta_of(PHONE, server, NET_TCP, i, i + 1),
        };

        links_event(desk.clients, &event);
    }

    const Client *client = clients_find(desk.clients, &phone.addr, 0);

    assert_int_equal(client->n_links, CLIENT_LINKS);
    for (unsigned i = 0; i < CLIENT_LINKS; i++)
        assert_true(client->links[i]->public.tried.first_time >= AT(3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_syn_without_answer_is_a_failure),
        cmocka_unit_test(a_reset_refuses_it),
        cmocka_unit_test(an_icmp_error_is_kept_with_it),
        cmocka_unit_test(an_accepted_connection_is_none),
        cmocka_unit_test(an_acknowledgment_shows_that_it_was_accepted),
        cmocka_unit_test(other_ports_are_nobodys_business),
        cmocka_unit_test(whoever_sends_the_alert_objects),
        cmocka_unit_test(warnings_and_goodbyes_are_no_objection),
        cmocka_unit_test(an_end_in_the_middle_is_a_failure),
        cmocka_unit_test(tls_12_is_up_when_both_have_changed_to_cipher),
        cmocka_unit_test(tls_13_hides_the_phones_alert),
        cmocka_unit_test(a_register_within_a_minute_clears_it),
        cmocka_unit_test(the_quietest_server_makes_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
