/*
 * Bindings: how they begin, go on and end.
 */

#include "reg/binding.h"

#include "reg/interval.h"
#include "reg/step.h"
#include "traffic.h"

static const RegDevice *only_device(const Traffic *traffic)
{
    assert_int_equal(traffic->devices->len, 1);
    return device_at(traffic, 0);
}

static void accepts(Traffic *traffic, double time, Ask ask, const char *headers)
{
    asks(traffic, time, ask);
    replies(traffic, time + 0.02, ask, 200, headers);
}

static void a_refresh_on_the_same_terms_prolongs(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned i = 0; i < 5; i++)
        accepts(traffic, 50 * i, (Ask){ .cseq = i + 1 }, "Expires: 60\r\n");
    traffic_end(traffic, 210);

    const RegDevice *device = only_device(traffic);

    assert_int_equal(device->n_bindings, 1);
    assert_int_equal(device->bindings[0].refreshes, 4);
    assert_int_equal(device->bindings[0].since, AT(0.02));
    assert_int_equal(device->bindings[0].until, AT(260.02));
    assert_int_equal(device->bindings[0].end, REG_BINDING_OPEN);
    assert_int_equal(traffic->ends->len, 1);
}

static void a_late_refresh_leaves_a_lapse(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ .cseq = 1 }, "Expires: 60\r\n");
    accepts(traffic, 70, (Ask){ .cseq = 2 }, "Expires: 60\r\n");
    traffic_end(traffic, 80);

    const RegDevice *device = only_device(traffic);

    assert_int_equal(device->n_bindings, 2);
    assert_int_equal(device->bindings[0].end, REG_BINDING_LAPSED);
    assert_int_equal(device->bindings[0].until, AT(60.02));
    assert_int_equal(device->bindings[1].since, AT(70.02));
    assert_int_equal(reg_device_availability(device, AT(80)).registered,
                     60 * NSEC_SEC + 9980 * NSEC_MSEC);
}

static void a_binding_that_nobody_refreshed_lapses_with_the_capture(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ 0 }, "Expires: 60\r\n");
    traffic_end(traffic, 61);
    assert_int_equal(only_device(traffic)->bindings[0].end, REG_BINDING_LAPSED);
    assert_int_equal(reg_device_state(only_device(traffic), AT(61)), REG_STATE_LAPSED);
}

static void a_clock_that_was_set_proves_no_lapse(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ 0 }, "Expires: 60\r\n");
    reg_tracker_loss(traffic->tracker, REG_LOSS_CLOCK, AT(1000));
    traffic_end(traffic, 1000);
    assert_int_equal(only_device(traffic)->bindings[0].end, REG_BINDING_UNKNOWN);
}

static void a_refresh_that_may_be_lost_proves_no_lapse(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ 0 }, "Expires: 60\r\n");
    reg_tracker_blind(traffic->tracker, REG_LOSS_DROPS, AT(40), AT(50));
    traffic_end(traffic, 1000);
    assert_int_equal(only_device(traffic)->bindings[0].end, REG_BINDING_UNKNOWN);
}

static void packets_that_were_lost_before_the_refresh_are_no_excuse(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ .cseq = 1 }, "Expires: 60\r\n");
    reg_tracker_blind(traffic->tracker, REG_LOSS_DROPS, AT(10), AT(15));
    accepts(traffic, 30, (Ask){ .cseq = 2 }, "Expires: 60\r\n");
    traffic_end(traffic, 1000);
    assert_int_equal(only_device(traffic)->bindings[0].end, REG_BINDING_LAPSED);
}

static void another_contact_replaces_and_another_source_goes_on(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ .cseq = 1 }, GRANTS);
    accepts(traffic, 10, (Ask){ .cseq = 2, .from = "192.168.1.10:5062" }, GRANTS);
    accepts(traffic, 20, (Ask){ .cseq = 3, .contact = "<sip:alice@203.0.113.2:1024>" }, GRANTS);
    accepts(traffic, 30, (Ask){ .cseq = 4, .contact = "<sip:alice@203.0.113.2:1024>" },
            "Expires: 60\r\n");
    traffic_end(traffic, 40);

    const RegBinding *bindings = only_device(traffic)->bindings;

    assert_int_equal(only_device(traffic)->n_bindings, 4);
    assert_int_equal(bindings[0].end, REG_BINDING_REFRESHED);
    assert_int_equal(bindings[0].until, AT(10.02));
    assert_int_equal(bindings[1].source.port, 5062);
    assert_int_equal(bindings[1].end, REG_BINDING_REPLACED);
    assert_string_equal(bindings[2].contact, "sip:alice@203.0.113.2:1024");
    assert_int_equal(bindings[2].end, REG_BINDING_REFRESHED);
    assert_int_equal(bindings[3].granted, 60);
}

static void a_removal_ends_it(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ .cseq = 1 }, GRANTS);
    accepts(traffic, 10, (Ask){ .cseq = 2, .more = "Expires: 0\r\n" }, "");
    traffic_end(traffic, 20);
    assert_int_equal(only_device(traffic)->bindings[0].end, REG_BINDING_REMOVED);
    assert_int_equal(only_device(traffic)->bindings[0].until, AT(10.02));
    assert_int_equal(reg_device_state(only_device(traffic), AT(20)), REG_STATE_DEREGISTERED);
}

static void a_removal_of_the_old_contact_leaves_the_new_one(void **state)
{
    const char *new_contact = "<sip:alice@203.0.113.2:1024>";
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ .cseq = 1 }, GRANTS);
    accepts(traffic, 10, (Ask){ .cseq = 2, .contact = new_contact }, GRANTS);
    accepts(traffic, 20, (Ask){ .cseq = 3, .more = "Expires: 0\r\n" },
            "Contact: <sip:alice@203.0.113.2:1024>;expires=3590\r\n");
    traffic_end(traffic, 30);
    assert_int_equal(only_device(traffic)->bindings[1].end, REG_BINDING_OPEN);
    assert_int_equal(reg_device_state(only_device(traffic), AT(30)), REG_STATE_REGISTERED);
}

static void a_removal_after_the_end_does_not_hide_the_lapse(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ .cseq = 1 }, "Expires: 60\r\n");
    accepts(traffic, 100, (Ask){ .cseq = 2, .more = "Expires: 0\r\n" }, "");
    traffic_end(traffic, 110);
    assert_int_equal(only_device(traffic)->bindings[0].end, REG_BINDING_LAPSED);
    assert_int_equal(only_device(traffic)->bindings[0].until, AT(60.02));
}

static void a_star_ends_the_bindings_of_the_whole_account(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    Ask other = { .call_id = "call-2",
                  .tag = "b",
                  .contact = "<sip:alice@192.168.1.20>",
                  .agent = "Softphone",
                  .from = "192.168.1.20:5060" };

    accepts(traffic, 0, (Ask){ .cseq = 1 }, GRANTS);
    accepts(traffic, 1, other, GRANTS);
    other.cseq = 2;
    other.contact = "*";
    other.more = "Expires: 0\r\n";
    accepts(traffic, 10, other, "");
    traffic_end(traffic, 20);
    assert_int_equal(traffic->devices->len, 2);
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(device_at(traffic, i)->bindings[0].end, REG_BINDING_REMOVED);
}

static void a_query_changes_nothing(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ .cseq = 1 }, GRANTS);
    accepts(traffic, 10, (Ask){ .cseq = 2, .contact = "" }, GRANTS);
    traffic_end(traffic, 20);
    assert_int_equal(only_device(traffic)->n_bindings, 1);
    assert_int_equal(only_device(traffic)->bindings[0].refreshes, 0);
}

static void the_newest_bindings_are_kept_and_the_time_of_all(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned i = 0; i < 100; i++) {
        g_autofree char *contact = g_strdup_printf("<sip:alice@192.168.1.10:%u>", 1024 + i);

        accepts(traffic, 10 * i, (Ask){ .cseq = i + 1, .contact = contact }, GRANTS);
    }
    traffic_end(traffic, 1000);

    const RegDevice *device = only_device(traffic);

    assert_int_equal(device->n_bindings, DEVICE_BINDINGS);
    assert_int_equal(device->bindings_forgotten, 100 - DEVICE_BINDINGS);
    assert_string_equal(device->bindings[DEVICE_BINDINGS - 1].contact,
                        "sip:alice@192.168.1.10:1123");
    assert_int_equal(reg_device_availability(device, AT(1000)).registered, 999980 * NSEC_MSEC);
}

static void a_lifetime_of_136_years_fits(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ 0 }, "Expires: 4294967295\r\n");
    traffic_end(traffic, 1);
    assert_int_equal(only_device(traffic)->bindings[0].until,
                     AT(0.02) + (Nsec)(UINT32_MAX - 1) * NSEC_SEC);
    assert_int_equal(only_device(traffic)->bindings[0].end, REG_BINDING_OPEN);
}

/* --- who made it, who ended it -------------------------------------------- */

static void the_answers_that_made_renewed_and_ended_it_are_known(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ .cseq = 1, .more = "Expires: 600\r\n" }, "Expires: 60\r\n");
    accepts(traffic, 40, (Ask){ .cseq = 2, .more = "Expires: 500\r\n" }, "Expires: 60\r\n");
    accepts(traffic, 80, (Ask){ .cseq = 3, .more = "Expires: 0\r\n" }, "");
    traffic_end(traffic, 90);

    const RegBinding *binding = &only_device(traffic)->bindings[0];

    assert_int_equal(binding->made_by.frame, 2);
    assert_int_equal(binding->renewed_by.frame, 4);
    assert_int_equal(binding->renewed, AT(40.02));
    assert_int_equal(binding->ended_by.frame, 6);
    assert_int_equal(binding->ended, AT(80.02));
    assert_int_equal(binding->asked, 500);
    assert_int_equal(binding->taken_by, 0);
}

static void time_alone_ends_it_without_a_frame(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ .cseq = 1 }, "Expires: 60\r\n");
    accepts(traffic, 100, (Ask){ .cseq = 2, .more = "Expires: 0\r\n" }, "");
    traffic_end(traffic, 110);
    assert_int_equal(only_device(traffic)->bindings[0].ended, AT(60.02));
    assert_int_equal(only_device(traffic)->bindings[0].ended_by.frame, 0);
}

static void the_device_may_leave_the_time_to_the_registrar(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ 0 }, "Expires: 60\r\n");
    traffic_end(traffic, 10);
    assert_int_equal(only_device(traffic)->bindings[0].asked, REG_EXPIRES_NONE);
}

/* --- how late ------------------------------------------------------------- */

static void the_shortest_time_left_at_a_refresh_is_kept(void **state)
{
    static const double times[] = { 0, 50, 90, 140 };
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(times); i++)
        accepts(traffic, times[i], (Ask){ .cseq = i + 1 }, "Expires: 60\r\n");
    traffic_end(traffic, 150);
    assert_int_equal(only_device(traffic)->bindings[0].least_left, AT(60.02) - AT(50));
    assert_int_equal(only_device(traffic)->bindings[0].late, 0);
}

static void without_a_refresh_no_time_was_left(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ 0 }, GRANTS);
    traffic_end(traffic, 10);
    assert_int_equal(only_device(traffic)->bindings[0].least_left, NSEC_NONE);
}

static uint32_t late_refreshes(const char *granted, double second, double third)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    accepts(traffic, 0, (Ask){ .cseq = 1 }, granted);
    accepts(traffic, second, (Ask){ .cseq = 2 }, granted);
    accepts(traffic, third, (Ask){ .cseq = 3 }, granted);
    traffic_end(traffic, third + 1);
    return only_device(traffic)->bindings[0].late;
}

/* In the last twentieth of the time, and with less than 64*T1 left. */
static void a_refresh_in_the_last_moments_is_late(void **state)
{
    assert_int_equal(late_refreshes("Expires: 60\r\n", 55, 113), 1);
    assert_int_equal(late_refreshes("Expires: 60\r\n", 58, 117), 2);
    assert_int_equal(late_refreshes("Expires: 3600\r\n", 3540, 7115), 1);
}

/* --- taken and given back ------------------------------------------------- */

static const char soft_contact[] = "<sip:alice@192.168.1.20>";

static void another_device_that_takes_its_place_ends_it(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    Ask other = { .call_id = "call-2",
                  .tag = "b",
                  .contact = soft_contact,
                  .agent = "Softphone",
                  .from = "192.168.1.20:5060" };

    accepts(traffic, 0, (Ask){ .cseq = 1 }, "Contact: <sip:alice@192.168.1.10:5060>\r\n" GRANTS);
    accepts(traffic, 10, other, "Contact: <sip:alice@192.168.1.20>\r\n" GRANTS);
    accepts(traffic, 20, (Ask){ .cseq = 2 }, "Contact: <sip:alice@192.168.1.10:5060>\r\n" GRANTS);
    traffic_end(traffic, 30);

    const RegDevice *first = device_at(traffic, 0), *second = device_at(traffic, 1);

    assert_int_equal(first->n_bindings, 2);
    assert_int_equal(first->bindings[0].end, REG_BINDING_REPLACED);
    assert_int_equal(first->bindings[0].until, AT(10.02));
    assert_int_equal(first->bindings[0].taken_by, second->id);
    assert_int_equal(first->bindings[0].ended_by.frame, 4);
    assert_int_equal(first->bindings[1].end, REG_BINDING_OPEN);
    assert_int_equal(second->bindings[0].taken_by, first->id);
}

static void a_place_can_be_given_back(void **state)
{
    RegBinding binding = { .since = AT(0),
                           .renewed = AT(50),
                           .until = AT(60),
                           .granted = 100,
                           .ended = AT(60),
                           .ended_by.frame = 7,
                           .taken_by = 2,
                           .end = REG_BINDING_REPLACED };
    Device device = { .bindings = &binding, .public = { .bindings = &binding, .n_bindings = 1 } };

    binding_give_back(&device);
    assert_int_equal(binding.end, REG_BINDING_OPEN);
    assert_int_equal(binding.until, AT(150));
    assert_int_equal(binding.taken_by, 0);
    assert_int_equal(binding.ended_by.frame, 0);
    binding.end = REG_BINDING_REMOVED;
    binding_give_back(&device);
    assert_int_equal(binding.end, REG_BINDING_REMOVED);
}

static void lapses_between_bindings_that_are_no_longer_kept_count(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned i = 0; i < 20; i++)
        accepts(traffic, 100 * i, (Ask){ .cseq = i + 1 }, "Expires: 60\r\n");
    traffic_end(traffic, 2000);
    assert_int_equal(only_device(traffic)->bindings_forgotten, 20 - DEVICE_BINDINGS);
    assert_int_equal(only_device(traffic)->lapsed_before, (20 - DEVICE_BINDINGS) * 40 * NSEC_SEC);
    assert_int_equal(only_device(traffic)->registered_before,
                     (20 - DEVICE_BINDINGS) * 60 * NSEC_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refresh_on_the_same_terms_prolongs),
        cmocka_unit_test(a_late_refresh_leaves_a_lapse),
        cmocka_unit_test(a_binding_that_nobody_refreshed_lapses_with_the_capture),
        cmocka_unit_test(a_clock_that_was_set_proves_no_lapse),
        cmocka_unit_test(a_refresh_that_may_be_lost_proves_no_lapse),
        cmocka_unit_test(packets_that_were_lost_before_the_refresh_are_no_excuse),
        cmocka_unit_test(another_contact_replaces_and_another_source_goes_on),
        cmocka_unit_test(a_removal_ends_it),
        cmocka_unit_test(a_removal_of_the_old_contact_leaves_the_new_one),
        cmocka_unit_test(a_removal_after_the_end_does_not_hide_the_lapse),
        cmocka_unit_test(a_star_ends_the_bindings_of_the_whole_account),
        cmocka_unit_test(a_query_changes_nothing),
        cmocka_unit_test(the_newest_bindings_are_kept_and_the_time_of_all),
        cmocka_unit_test(a_lifetime_of_136_years_fits),
        cmocka_unit_test(the_answers_that_made_renewed_and_ended_it_are_known),
        cmocka_unit_test(time_alone_ends_it_without_a_frame),
        cmocka_unit_test(the_device_may_leave_the_time_to_the_registrar),
        cmocka_unit_test(the_shortest_time_left_at_a_refresh_is_kept),
        cmocka_unit_test(without_a_refresh_no_time_was_left),
        cmocka_unit_test(a_refresh_in_the_last_moments_is_late),
        cmocka_unit_test(another_device_that_takes_its_place_ends_it),
        cmocka_unit_test(a_place_can_be_given_back),
        cmocka_unit_test(lapses_between_bindings_that_are_no_longer_kept_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
