/*
 * Which device a failure below SIP belongs to.
 */

#include "from_below.h"
#include "traffic.h"

#define CONFIG(the_vantage)                      \
    (&(RegConfig){ .max_chains = 100,            \
                   .max_devices = 100,           \
                   .max_attempts_kept = 8,       \
                   .chain_idle = 32 * NSEC_SEC,  \
                   .settled_idle = 8 * NSEC_SEC, \
                   .vantage = (the_vantage) })

static void is_refused_a_name(Traffic *traffic, double time, const char *from, const char *name)
{
    g_autofree NetDns *question = dns_of(name, NET_DNS_SRV, false, 0);
    g_autofree NetDns *answer = dns_of(name, NET_DNS_SRV, true, NET_DNS_NXDOMAIN);
    NetMeta there = meta_of(from, RESOLVER, NET_UDP, time, ++traffic->frame);
    NetMeta back = meta_of(RESOLVER, from, NET_UDP, time + 0.02, ++traffic->frame);

    reg_tracker_dns(traffic->tracker, &there, question);
    reg_tracker_dns(traffic->tracker, &back, answer);
}

static void is_refused_a_connection(Traffic *traffic, double time, const char *from, const char *to)
{
    NetEvent syn = { .kind = NET_EVENT_CONNECT,
                     .meta = meta_of(from, to, NET_TCP, time, ++traffic->frame) };
    NetEvent reset = { .kind = NET_EVENT_RESET,
                       .meta = meta_of(to, from, NET_TCP, time + 0.02, ++traffic->frame) };

    reg_tracker_event(traffic->tracker, &syn);
    reg_tracker_event(traffic->tracker, &reset);
}

static void a_host_without_register_becomes_a_device(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    char text[NET_ENDPOINT_TEXT];

    is_refused_a_name(traffic, 5, PHONE, "_sip._udp.example.com");
    traffic_end(traffic, 60);
    assert_int_equal(traffic->devices->len, 1);

    const RegDevice *device = device_at(traffic, 0);

    assert_string_equal(device->aor, "");
    assert_int_equal(device->n_addresses, 1);
    assert_string_equal(net_endpoint_to_text(&device->addresses[0], text), "192.168.1.10");
    assert_string_equal(device->lookup->name, "example.com");
    assert_null(device->link);
    assert_int_equal(device->first_seen, AT(5));
    assert_int_equal(device->lookup->watched, AT(60));
    assert_int_equal(reg_device_state(device, AT(60)), REG_STATE_UNANSWERED);
}

static void hosts_without_name_do_not_push_each_other_out(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned i = 1; i <= 100; i++) {
        g_autofree char *from = g_strdup_printf("192.168.1.%u:40000", i);

        is_refused_a_connection(traffic, i, from, SERVER);
    }
    traffic_end(traffic, 200);
    assert_int_equal(traffic->devices->len, 100);
    assert_int_equal(device_at(traffic, 0)->server.port, 5061);
    assert_int_equal(device_at(traffic, 0)->transport, NET_TCP);
}

static void the_account_of_that_domain_has_it(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    registers(traffic, 0, (Ask){ .aor = "alice@example.com", .call_id = "one" });
    registers(traffic, 1, (Ask){ .aor = "bob@example.net", .call_id = "two" });
    is_refused_a_name(traffic, 100, PHONE, "_sip._udp.example.net");
    traffic_end(traffic, 4000);
    assert_int_equal(traffic->devices->len, 2);
    assert_null(device_at(traffic, 0)->lookup);
    assert_non_null(device_at(traffic, 1)->lookup);
}

/* An outbound proxy has another name than the account. */
static void else_a_device_that_lost_its_registration_has_it(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    registers(traffic, 0, (Ask){ .aor = "alice@example.com", .call_id = "one" });
    registers(traffic, 1, (Ask){ .aor = "bob@example.net", .call_id = "two" });
    is_refused_a_name(traffic, 100, PHONE, "_sip._udp.proxy.example.org");
    is_refused_a_connection(traffic, 101, PHONE, "203.0.113.77:5060");
    asks(traffic, 3000,
         (Ask){
             .aor = "bob@example.net", .call_id = "two", .cseq = 3, .from = "192.168.1.11:5060" });
    replies(
        traffic, 3000.1,
        (Ask){ .aor = "bob@example.net", .call_id = "two", .cseq = 3, .from = "192.168.1.11:5060" },
        200, GRANTS);
    traffic_end(traffic, 4000);
    assert_int_equal(traffic->devices->len, 2);
    assert_non_null(device_at(traffic, 0)->lookup);
    assert_non_null(device_at(traffic, 0)->link);
    assert_null(device_at(traffic, 1)->lookup);
    assert_null(device_at(traffic, 1)->link);
}

static void a_device_that_has_no_trouble_does_not(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    registers(traffic, 0, (Ask){ .aor = "alice@example.com", .call_id = "one" });
    is_refused_a_name(traffic, 100, PHONE, "_sip._udp.proxy.example.org");
    is_refused_a_connection(traffic, 101, PHONE, "203.0.113.77:5060");
    traffic_end(traffic, 200);
    assert_int_equal(traffic->devices->len, 1);
    assert_null(device_at(traffic, 0)->lookup);
    assert_null(device_at(traffic, 0)->link);
}

static void the_devices_of_that_server_have_it(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    registers(traffic, 0, (Ask){ .aor = "alice@example.com", .call_id = "one" });
    registers(traffic, 1,
              (Ask){ .aor = "bob@example.net", .call_id = "two", .to = "203.0.113.77:5060" });
    is_refused_a_connection(traffic, 100, PHONE, "203.0.113.77:5061");
    traffic_end(traffic, 4000);
    assert_null(device_at(traffic, 0)->link);
    assert_non_null(device_at(traffic, 1)->link);
}

static void away_from_the_phone_a_question_is_nobodys(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(CONFIG(REG_VANTAGE_SERVER));

    is_refused_a_name(traffic, 5, PHONE, "_sip._udp.example.com");
    traffic_end(traffic, 60);
    assert_int_equal(traffic->devices->len, 0);
}

static void a_server_is_no_device(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    registers(traffic, 0, (Ask){ .call_id = "one" });
    is_refused_a_connection(traffic, 100, "198.51.100.10:40000", "192.168.1.10:5060");
    is_refused_a_connection(traffic, 101, "198.51.100.10:40001", "203.0.113.88:5060");
    is_refused_a_name(traffic, 102, "198.51.100.10:40002", "_sip._udp.example.org");
    traffic_end(traffic, 200);
    assert_int_equal(traffic->devices->len, 1);
    assert_null(device_at(traffic, 0)->link);
}

static void a_name_server_is_no_device(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(CONFIG(REG_VANTAGE_CLIENT));

    is_refused_a_name(traffic, 5, PHONE, "_sip._udp.example.com");
    is_refused_a_name(traffic, 5, "198.51.100.53:40000", "_sip._udp.example.com");
    traffic_end(traffic, 60);
    assert_int_equal(traffic->devices->len, 1);
}

static void losses_meanwhile_are_told(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    is_refused_a_name(traffic, 5, PHONE, "_sip._udp.example.com");
    reg_tracker_loss(traffic->tracker, REG_LOSS_DROPS, AT(20));
    traffic_end(traffic, 60);
    assert_int_equal(device_at(traffic, 0)->lookup->losses, REG_LOSS_DROPS);
}

/* New devices make room for themselves among the old ones. */
static void the_table_of_devices_stays_bounded(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(CONFIG(REG_VANTAGE_CLIENT));

    for (unsigned i = 0; i < 100; i++) {
        g_autofree char *from = g_strdup_printf("10.0.0.%u:5060", i);
        g_autofree char *aor = g_strdup_printf("user%u@example.com", i);

        asks(traffic, i, (Ask){ .aor = aor, .call_id = aor, .from = from });
    }
    for (unsigned i = 0; i < 200; i++) {
        g_autofree char *from = g_strdup_printf("192.168.1.%u:40000", i);

        is_refused_a_connection(traffic, 200 + i, from, "203.0.113.77:5060");
    }
    traffic_end(traffic, 500);
    assert_int_equal(traffic->devices->len, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_without_register_becomes_a_device),
        cmocka_unit_test(hosts_without_name_do_not_push_each_other_out),
        cmocka_unit_test(the_account_of_that_domain_has_it),
        cmocka_unit_test(else_a_device_that_lost_its_registration_has_it),
        cmocka_unit_test(a_device_that_has_no_trouble_does_not),
        cmocka_unit_test(the_devices_of_that_server_have_it),
        cmocka_unit_test(away_from_the_phone_a_question_is_nobodys),
        cmocka_unit_test(a_server_is_no_device),
        cmocka_unit_test(a_name_server_is_no_device),
        cmocka_unit_test(losses_meanwhile_are_told),
        cmocka_unit_test(the_table_of_devices_stays_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
