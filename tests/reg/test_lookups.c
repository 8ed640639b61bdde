/*
 * Questions for a registrar's name, and which of their failures count.
 */

#include "reg/lookups.h"

#include "from_below.h"

#define SRV "_sip._udp.sip.example.com"
#define NAME "sip.example.com"

typedef struct Desk {
    Clients *clients;
    uint64_t frame;
} Desk;

static void desk_clear(Desk *desk)
{
    clients_free(desk->clients);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

/* Takes the message. */
static void push(Desk *desk, NetDns *dns, double time)
{
    NetMeta meta = dns->is_response ? meta_of(RESOLVER, PHONE, NET_UDP, time, ++desk->frame)
                                    : meta_of(PHONE, RESOLVER, NET_UDP, time, ++desk->frame);

    lookups_take(desk->clients, &meta, dns, REG_VANTAGE_CLIENT);
    g_free(dns);
}

static void ask(Desk *desk, double time, const char *name, uint16_t type)
{
    push(desk, dns_of(name, type, false, 0), time);
}

static void refuse(Desk *desk, double time, const char *name, uint16_t type, uint16_t rcode)
{
    push(desk, dns_of(name, type, true, rcode), time);
}

static void resolve(Desk *desk, double time, const char *name, const char *addr)
{
    NetDns *dns = dns_of(name, NET_DNS_A, true, 0);

    dns_add_address(dns, addr);
    push(desk, dns, time);
}

static void point(Desk *desk, double time, const char *name, uint16_t type, const char *target)
{
    NetDns *dns = dns_of(name, type, true, 0);

    dns_add_target(dns, type, target);
    push(desk, dns, time);
}

static const Client *client_of(const Desk *desk)
{
    NetEndpoint phone = endpoint_of(PHONE);

    return clients_find(desk->clients, &phone.addr, 0);
}

static const Lookup *lookup_at(const Desk *desk, unsigned index)
{
    const Client *client = client_of(desk);

    assert_non_null(client);
    assert_true(index < client->n_lookups);
    return client->lookups[index];
}

static void all_questions_for_a_name_are_one_lookup(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };

    ask(&desk, 0, NAME, NET_DNS_NAPTR);
    refuse(&desk, 0.1, NAME, NET_DNS_NAPTR, NET_DNS_NXDOMAIN);
    ask(&desk, 0.2, SRV, NET_DNS_SRV);
    refuse(&desk, 0.3, SRV, NET_DNS_SRV, NET_DNS_NXDOMAIN);
    ask(&desk, 0.4, NAME, NET_DNS_A);
    refuse(&desk, 0.5, NAME, NET_DNS_A, NET_DNS_SERVFAIL);
    assert_int_equal(client_of(&desk)->n_lookups, 1);

    const RegLookup *lookup = &lookup_at(&desk, 0)->public;

    assert_string_equal(lookup->name, NAME);
    assert_int_equal(lookup->types, REG_QUESTION_NAPTR | REG_QUESTION_SRV | REG_QUESTION_A);
    assert_int_equal(lookup->asked.count, 3);
    assert_int_equal(lookup->refused.count, 3);
    assert_int_equal(lookup->rcode, NET_DNS_SERVFAIL);
    assert_int_equal(lookup->type, NET_DNS_A);
    assert_int_equal(lookup->vantage, REG_VANTAGE_CLIENT);
    assert_true(lookup_has_failed(lookup_at(&desk, 0)));
}

static void one_address_is_enough(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };

    refuse(&desk, 0, SRV, NET_DNS_SRV, NET_DNS_NXDOMAIN);
    assert_true(lookup_has_failed(lookup_at(&desk, 0)));
    resolve(&desk, 1, NAME, "198.51.100.10");
    assert_false(lookup_has_failed(lookup_at(&desk, 0)));
    /* There is no IPv6, which nobody needs now. */
    ask(&desk, 2, NAME, NET_DNS_AAAA);
    refuse(&desk, 3, NAME, NET_DNS_AAAA, NET_DNS_REFUSED);
    assert_false(lookup_has_failed(lookup_at(&desk, 0)));
}

static void what_worked_an_hour_ago_may_fail_now(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };

    ask(&desk, 0, SRV, NET_DNS_SRV);
    resolve(&desk, 1, NAME, "198.51.100.10");
    refuse(&desk, 3600, NAME, NET_DNS_A, NET_DNS_NXDOMAIN);
    assert_true(lookup_has_failed(lookup_at(&desk, 0)));
}

static void an_srv_record_leads_to_another_name(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };

    ask(&desk, 0, SRV, NET_DNS_SRV);
    point(&desk, 1, SRV, NET_DNS_SRV, "one.example.net");
    assert_false(lookup_has_failed(lookup_at(&desk, 0)));
    refuse(&desk, 2, "one.example.net", NET_DNS_A, NET_DNS_NXDOMAIN);
    assert_true(lookup_has_failed(lookup_at(&desk, 0)));
    resolve(&desk, 3, "one.example.net", "198.51.100.10");
    assert_false(lookup_has_failed(lookup_at(&desk, 0)));
    assert_int_equal(client_of(&desk)->n_lookups, 1);
}

static void a_naptr_record_leads_to_srv(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };

    ask(&desk, 0, "example.com", NET_DNS_NAPTR);
    point(&desk, 1, "example.com", NET_DNS_NAPTR, "_sip._udp.other.example.net");
    refuse(&desk, 2, "_sip._udp.other.example.net", NET_DNS_SRV, NET_DNS_NXDOMAIN);
    assert_int_equal(client_of(&desk)->n_lookups, 1);
    assert_true(lookup_has_failed(lookup_at(&desk, 0)));
}

/* RFC 2782: "." says that the service is not there. */
static void a_target_of_nothing_is_a_refusal(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };

    point(&desk, 0, SRV, NET_DNS_SRV, ".");
    assert_true(lookup_has_failed(lookup_at(&desk, 0)));
}

/* The resolver followed it and found no address. */
static void an_alias_without_address_is_a_refusal(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };

    refuse(&desk, 0, SRV, NET_DNS_SRV, NET_DNS_NXDOMAIN);
    point(&desk, 1, NAME, NET_DNS_CNAME, "gone.example.net");
    assert_true(lookup_has_failed(lookup_at(&desk, 0)));
}

static void a_truncated_answer_is_none(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };
    NetDns *dns = dns_of(SRV, NET_DNS_SRV, true, 0);

    dns->truncated = true;
    ask(&desk, 0, SRV, NET_DNS_SRV);
    push(&desk, dns, 1);
    assert_false(lookup_has_failed(lookup_at(&desk, 0)));
}

static void other_names_are_nobodys_business(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };

    refuse(&desk, 0, "www.example.com", NET_DNS_A, NET_DNS_NXDOMAIN);
    refuse(&desk, 0, "_xmpp-client._tcp.example.com", NET_DNS_SRV, NET_DNS_NXDOMAIN);
    refuse(&desk, 0, "4.3.2.1.e164.arpa", NET_DNS_NAPTR, NET_DNS_NXDOMAIN);
    refuse(&desk, 0, "sip.example.com", 16, NET_DNS_NXDOMAIN);
    refuse(&desk, 0, "", NET_DNS_SRV, NET_DNS_NXDOMAIN);
    assert_null(client_of(&desk));
}

static void a_register_within_a_minute_clears_it(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };
    NetEndpoint phone = endpoint_of(PHONE);

    refuse(&desk, 0, SRV, NET_DNS_SRV, NET_DNS_NXDOMAIN);
    clients_go_on(desk.clients, &phone.addr, AT(50));
    assert_false(lookup_has_failed(lookup_at(&desk, 0)));
}

static void a_register_later_ends_it(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };
    NetEndpoint phone = endpoint_of(PHONE);

    refuse(&desk, 0, SRV, NET_DNS_SRV, NET_DNS_NXDOMAIN);
    clients_go_on(desk.clients, &phone.addr, AT(500));
    assert_true(lookup_has_failed(lookup_at(&desk, 0)));
    assert_int_equal(lookup_at(&desk, 0)->public.over, AT(500));
    /* The next failure is another one. */
    ask(&desk, 600, SRV, NET_DNS_SRV);
    assert_int_equal(lookup_at(&desk, 0)->public.over, NSEC_NONE);
    assert_int_equal(lookup_at(&desk, 0)->public.refused.count, 0);
}

static void the_quietest_name_makes_room(void **state)
{
    g_auto(Desk) desk = { .clients = clients_new() };

    for (unsigned i = 0; i < CLIENT_LOOKUPS + 3; i++) {
        g_autofree char *name = g_strdup_printf("_sip._udp.%u.example.com", i);

        ask(&desk, i, name, NET_DNS_SRV);
    }
    assert_int_equal(client_of(&desk)->n_lookups, CLIENT_LOOKUPS);
    for (unsigned i = 0; i < CLIENT_LOOKUPS; i++)
        assert_true(lookup_at(&desk, i)->public.asked.first_time >= AT(3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_questions_for_a_name_are_one_lookup),
        cmocka_unit_test(one_address_is_enough),
        cmocka_unit_test(what_worked_an_hour_ago_may_fail_now),
        cmocka_unit_test(an_srv_record_leads_to_another_name),
        cmocka_unit_test(a_naptr_record_leads_to_srv),
        cmocka_unit_test(a_target_of_nothing_is_a_refusal),
        cmocka_unit_test(an_alias_without_address_is_a_refusal),
        cmocka_unit_test(a_truncated_answer_is_none),
        cmocka_unit_test(other_names_are_nobodys_business),
        cmocka_unit_test(a_register_within_a_minute_clears_it),
        cmocka_unit_test(a_register_later_ends_it),
        cmocka_unit_test(the_quietest_name_makes_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
