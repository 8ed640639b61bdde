/*
 * The tracker as a whole: what it remembers, and what it forgets when there is
 * too much.
 */

#include "traffic.h"

/* Phone number 'number' of its own account at its own address. */
static void phone_registers(Traffic *traffic, unsigned number, unsigned cseq, double time)
{
    g_autofree char *aor = g_strdup_printf("%u@example.com", number);
    g_autofree char *call_id = g_strdup_printf("call-%u", number);
    g_autofree char *contact = g_strdup_printf("<sip:%s>", aor);
    g_autofree char *from =
        g_strdup_printf("10.%u.%u.%u:5060", number >> 16, number >> 8 & 255, number & 255);

    registers(
        traffic, time,
        (Ask){ .aor = aor, .call_id = call_id, .contact = contact, .from = from, .cseq = cseq });
}

static CacheStats table_of(const Traffic *traffic, const char *name)
{
    CacheStats tables[16];
    unsigned n = reg_tracker_tables(traffic->tracker, tables, G_N_ELEMENTS(tables));

    for (unsigned i = 0; i < n; i++) {
        if (strcmp(tables[i].name, name) == 0)
            return tables[i];
    }
    fail_msg("no table %s", name);
    return (CacheStats){ 0 };
}

static void a_hundred_thousand_refreshes_of_ten_phones_do_not_grow(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    size_t after_some = 0;

    for (unsigned i = 0; i < 10000; i++) {
        for (unsigned phone = 0; phone < 10; phone++)
            phone_registers(traffic, phone, 2 * i + 1, 600.0 * i + phone);
        if (i == 100)
            after_some = table_of(traffic, "reg.devices").bytes;
    }
    assert_int_equal(table_of(traffic, "reg.devices").bytes, after_some);
    traffic_end(traffic, 600.0 * 10000);
    assert_int_equal(traffic->devices->len, 10);

    const RegDevice *device = device_at(traffic, 3);

    assert_int_equal(device->n_attempts, 10000);
    assert_int_equal(device->n_accepted, 10000);
    assert_int_equal(device->n_attempts_kept, 2);
    assert_int_equal(device->attempts[1]->repeated, 9999);
    assert_int_equal(device->n_bindings, 1);
    assert_int_equal(device->bindings[0].refreshes, 9999);
    assert_int_equal(table_of(traffic, "reg.chains").items, 0);
}

static void too_many_open_chains_push_out_the_oldest(void **state)
{
    RegConfig config = reg_config_default;

    config.max_chains = 4;

    g_autoptr(Traffic) traffic = traffic_new(&config);

    for (unsigned i = 0; i < 100; i++) {
        g_autofree char *aor = g_strdup_printf("%u@example.com", i);
        g_autofree char *call_id = g_strdup_printf("call-%u", i);

        asks(traffic, 0.001 * i, (Ask){ .aor = aor, .call_id = call_id });
    }
    assert_int_equal(traffic->closed->len, 96);
    assert_int_equal(table_of(traffic, "reg.chains").dropped_full, 96);
    assert_true(closed_at(traffic, 0)->chain.tail_cut);
    assert_int_equal(closed_at(traffic, 0)->chain.outcome, REG_OUTCOME_UNKNOWN);
    for (unsigned i = 0; i < 100; i++) { /* most of these attempts are forgotten */
        g_autofree char *aor = g_strdup_printf("%u@example.com", i);
        g_autofree char *call_id = g_strdup_printf("call-%u", i);

        replies(traffic, 1 + 0.001 * i, (Ask){ .aor = aor, .call_id = call_id }, 200, GRANTS);
    }
    traffic_end(traffic, 60);
    assert_int_equal(traffic->devices->len, 100);
}

static void settled_chains_are_pushed_out_too(void **state)
{
    RegConfig config = reg_config_default;

    config.max_chains = 2;

    g_autoptr(Traffic) traffic = traffic_new(&config);

    for (unsigned i = 0; i < 50; i++)
        phone_registers(traffic, i, 1, 0.1 * i);
    assert_int_equal(table_of(traffic, "reg.settled_chains").dropped_full, 48);
    traffic_end(traffic, 60);
    for (unsigned i = 0; i < 50; i++)
        assert_int_equal(closed_at(traffic, i)->chain.outcome, REG_OUTCOME_ACCEPTED);
}

static void too_many_devices_push_out_the_quietest_with_its_open_chains(void **state)
{
    RegConfig config = reg_config_default;

    config.max_devices = 3;

    g_autoptr(Traffic) traffic = traffic_new(&config);

    for (unsigned i = 0; i < 50; i++)
        phone_registers(traffic, i, 1, 0.1 * i);
    assert_int_equal(table_of(traffic, "reg.devices").items, 3);
    assert_int_equal(table_of(traffic, "reg.flows").items, 3);
    for (unsigned i = 0; i < 50; i++) /* late copies of what is forgotten */
        phone_registers(traffic, i, 1, 5 + 0.1 * i);
    traffic_end(traffic, 60);
    assert_int_equal(traffic->devices->len, 3);
    assert_int_equal(reg_tracker_stats(traffic->tracker)->devices, 3);
    assert_int_equal(reg_tracker_stats(traffic->tracker)->devices_forgotten,
                     table_of(traffic, "reg.devices").dropped_full);
    assert_true(closed_at(traffic, 0)->chain.losses & REG_LOSS_FORGOTTEN);
}

static void one_account_with_many_phones_is_bounded(void **state)
{
    RegConfig config = reg_config_default;

    config.max_devices = 2;

    g_autoptr(Traffic) traffic = traffic_new(&config);

    for (unsigned i = 0; i < 200; i++) {
        g_autofree char *name = g_strdup_printf("p%u", i);
        g_autofree char *contact = g_strdup_printf("<sip:%s@198.18.0.%u>", name, i % 250 + 1);
        g_autofree char *from = g_strdup_printf("198.18.0.%u:5060", i % 250 + 1);

        registers(
            traffic, 0.1 * i,
            (Ask){ .call_id = name, .tag = name, .agent = name, .contact = contact, .from = from });
    }
    traffic_end(traffic, 60);
    assert_int_equal(traffic->devices->len, 2);
    assert_int_equal(table_of(traffic, "reg.flows").items, 2);
}

static void a_tracker_may_be_freed_before_its_end(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    registers(traffic, 0, (Ask){ 0 });
    asks(traffic, 1, (Ask){ .aor = "bob@example.com", .call_id = "bob" });
    reg_tracker_free(NULL);
}

static void nothing_at_all_is_a_capture_too(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    NetStats net = { 0 };

    assert_int_equal(reg_tracker_now(traffic->tracker), NSEC_NONE);
    reg_tracker_finish(traffic->tracker, &net);
    reg_tracker_each_site(traffic->tracker, keep_site, traffic->sites);
    assert_int_equal(traffic->sites->len, 1);
    assert_int_equal(g_array_index(traffic->sites, RegSite, 0).kind, REG_SITE_CAPTURE);
}

static void keep_alives_of_a_registered_flow_are_the_devices(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    NetMeta meta = { .flow = { .src = endpoint_of("192.168.1.10:5060"),
                               .dst = endpoint_of("198.51.100.10:5060") } };

    registers(traffic, 0, (Ask){ 0 });
    for (unsigned i = 1; i <= 3; i++) {
        meta.time = AT(20 * i);
        reg_tracker_keepalive(traffic->tracker, &meta, SIP_KEEPALIVE_CRLFCRLF);
    }
    traffic_end(traffic, 100);
    assert_int_equal(device_at(traffic, 0)->keepalives, 3);
    assert_int_equal(device_at(traffic, 0)->first_keepalive, AT(20));
    assert_int_equal(device_at(traffic, 0)->last_keepalive, AT(60));
}

#define SCANNED(number)                                                                         \
    (Ask)                                                                                       \
    {                                                                                           \
        .aor = number "@198.51.100.10", .call_id = "scan-" number, .from = "203.0.113.66:5060", \
        .contact = "<sip:" number "@203.0.113.66>"                                              \
    }

static void scan(Traffic *traffic)
{
    const Ask tries[] = { SCANNED("100"), SCANNED("101"), SCANNED("102"), SCANNED("103") };

    for (unsigned i = 0; i < G_N_ELEMENTS(tries); i++) {
        asks(traffic, i, tries[i]);
        replies(traffic, i + 0.1, tries[i], 401, CHALLENGE("n"));
    }
}

static void the_accounts_that_a_scanner_tries_are_no_devices(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    scan(traffic);
    traffic_end(traffic, 60);
    for (unsigned i = 0; i < 4; i++)
        assert_true(device_at(traffic, i)->scanner);
}

static void a_gateway_that_failed_at_first_is_no_scanner(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    Ask again = SCANNED("100");

    scan(traffic);
    traffic_wait(traffic, 60);
    again.cseq = 2;
    registers(traffic, 61, again);
    traffic_end(traffic, 100);
    assert_int_equal(traffic->devices->len, 4);
    for (unsigned i = 0; i < 4; i++)
        assert_false(device_at(traffic, i)->scanner);
}

static void losses_are_taken_from_events_and_messages(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    NetEvent gap = { .kind = NET_EVENT_GAP, .meta.time = AT(1) };
    NetEvent fragments = { .kind = NET_EVENT_FRAGMENTS, .meta.time = AT(2) };
    g_autoptr(SipMessage) whole = request_of((Ask){ 0 });
    g_autoptr(SipMessage) cut = sip_message_parse(&whole->meta, whole->raw, SIP_CUT_SHORT);

    asks(traffic, 0, (Ask){ 0 });
    reg_tracker_event(traffic->tracker, &gap);
    reg_tracker_event(traffic->tracker, &fragments);
    reg_tracker_message(traffic->tracker, cut);
    traffic_end(traffic, 60);
    assert_int_equal(closed_at(traffic, 0)->chain.losses,
                     REG_LOSS_GAP | REG_LOSS_FRAGMENTS | REG_LOSS_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_thousand_refreshes_of_ten_phones_do_not_grow),
        cmocka_unit_test(too_many_open_chains_push_out_the_oldest),
        cmocka_unit_test(settled_chains_are_pushed_out_too),
        cmocka_unit_test(too_many_devices_push_out_the_quietest_with_its_open_chains),
        cmocka_unit_test(one_account_with_many_phones_is_bounded),
        cmocka_unit_test(a_tracker_may_be_freed_before_its_end),
        cmocka_unit_test(nothing_at_all_is_a_capture_too),
        cmocka_unit_test(keep_alives_of_a_registered_flow_are_the_devices),
        cmocka_unit_test(the_accounts_that_a_scanner_tries_are_no_devices),
        cmocka_unit_test(a_gateway_that_failed_at_first_is_no_scanner),
        cmocka_unit_test(losses_are_taken_from_events_and_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
