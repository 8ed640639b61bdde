/*
 * The table of hosts that look for a registrar.
 */

#include "reg/clients.h"

#include "from_below.h"
#include "reg/links.h"

static NetAddr addr_of(unsigned number)
{
    return (
        NetAddr){ .bytes = { 10, (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number },
                  .version = 4 };
}

static void a_host_has_one_record(void **state)
{
    g_autoptr(Clients) clients = clients_new();
    NetAddr addr = addr_of(1), other = addr_of(2);
    Client *client = clients_take(clients, &addr, AT(0));

    assert_ptr_equal(clients_take(clients, &addr, AT(1)), client);
    assert_ptr_equal(clients_find(clients, &addr, AT(2)), client);
    assert_null(clients_find(clients, &other, AT(3)));
    assert_int_equal(clients_stats(clients).items, 1);
    assert_string_equal(clients_stats(clients).name, "reg.clients");
}

static void the_table_is_bounded_in_items(void **state)
{
    g_autoptr(Clients) clients = clients_new();

    for (unsigned i = 0; i < 20000; i++) {
        NetAddr addr = addr_of(i);

        clients_take(clients, &addr, AT(i));
    }
    assert_true(clients_stats(clients).items <= 16384);
    assert_true(clients_stats(clients).dropped_full > 0);
}

static void the_table_is_bounded_in_bytes(void **state)
{
    g_autoptr(Clients) clients = clients_new();

    for (unsigned i = 0; i < 100; i++) {
        NetAddr addr = addr_of(i);

        clients_grow(clients, clients_take(clients, &addr, AT(i)), 1024 * 1024);
    }
    assert_true(clients_stats(clients).items < 20);
}

static void a_register_of_somebody_else_changes_nothing(void **state)
{
    g_autoptr(Clients) clients = clients_new();
    NetEndpoint phone = endpoint_of(PHONE);
    NetAddr other = addr_of(1);
    NetEvent event = segment_of(NET_EVENT_CONNECT, false, 0, 1);

    links_event(clients, &event);
    clients_go_on(clients, &other, AT(1));

    const Client *client = clients_find(clients, &phone.addr, AT(2));

    assert_true(link_has_failed(client->links[0]));
    clients_go_on(clients, &phone.addr, AT(3));
    assert_false(link_has_failed(client->links[0]));
}

static void count(Client *client, void *user)
{
    ++*(unsigned *)user;
}

static void each_is_visited(void **state)
{
    g_autoptr(Clients) clients = clients_new();
    unsigned n = 0;

    for (unsigned i = 0; i < 5; i++) {
        NetAddr addr = addr_of(i);

        clients_take(clients, &addr, AT(i));
    }
    clients_each(clients, count, &n);
    assert_int_equal(n, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_has_one_record),
        cmocka_unit_test(the_table_is_bounded_in_items),
        cmocka_unit_test(the_table_is_bounded_in_bytes),
        cmocka_unit_test(a_register_of_somebody_else_changes_nothing),
        cmocka_unit_test(each_is_visited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
