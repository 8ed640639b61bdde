/*
 * One crowd: who is in it, and what all of them share.
 */

#include "reg/crowd.h"

#include "words.h"

/* A device that got no answer; each has a port of its own behind one address. */
static Failure failure_at(const RegDevice *device, double time)
{
    return (Failure){
        .kind = FAILURE_SILENCE,
        .device = device,
        .client = { { { 203, 0, 113, 2 }, 4 }, (uint16_t)(10000 + device->id) },
        .server = { { { 198, 51, 100, 10 }, 4 }, 5060 },
        .address = { { 203, 0, 113, 2 }, 4 },
        .from = AT(time),
        .until = AT(time + 31.5),
        .ref = { .frame = (uint64_t)(time * 10) + 1 },
    };
}

static RegDevice device_of(uint64_t id, const char *aor)
{
    return (RegDevice){ .id = id, .aor = (char *)aor, .user_agent = (char *)"Phone 1.0" };
}

static void is_of_three_different_devices_at_least(void **state)
{
    RegDevice alice = device_of(1, "alice@example.com");
    RegDevice bob = device_of(2, "bob@example.com");
    RegDevice carol = device_of(3, "carol@example.com");
    Crowd *crowd = NULL;

    for (unsigned i = 0; i < 4; i++) {
        Failure again = failure_at(&alice, i * 40);
        Failure other = failure_at(&bob, i * 40);

        crowd_add(&crowd, &again);
        crowd_add(&crowd, &other);
    }
    assert_int_equal(crowd->public.devices, 2);
    assert_int_equal(crowd->public.failures.count, 8);
    assert_false(crowd_is_one(crowd));

    Failure third = failure_at(&carol, 50);

    crowd_add(&crowd, &third);
    assert_true(crowd_is_one(crowd));
    crowd_free(crowd);
}

/* Three accounts over one socket fail together whatever the reason. */
static void the_accounts_of_a_gateway_are_one_device(void **state)
{
    RegDevice devices[3];
    Crowd *crowd = NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(devices); i++) {
        devices[i] = device_of(i + 1, "line@example.com");

        Failure failure = failure_at(&devices[i], i);

        failure.client.port = 5060;
        crowd_add(&crowd, &failure);
    }
    assert_int_equal(crowd->public.devices, 1);
    crowd_free(crowd);
}

static void tells_what_all_of_them_share(void **state)
{
    RegDevice alice = device_of(1, "alice@example.com");
    RegDevice bob = device_of(2, "bob@example.com");
    Failure first = failure_at(&alice, 10);
    Failure second = failure_at(&bob, 5);
    Crowd *crowd = NULL;

    crowd_add(&crowd, &first);
    crowd_add(&crowd, &second);
    assert_true(crowd->public.one_server && crowd->public.one_address);
    assert_string_equal(crowd->public.user_agent, "Phone 1.0");
    /* In order of time, whichever closed first. */
    assert_int_equal(crowd->public.failures.first_time, AT(5));
    assert_int_equal(crowd->public.failures.first.frame, 51);
    assert_int_equal(crowd->public.failures.last_time, AT(10));
    assert_int_equal(crowd->public.failures.last.frame, 101);
    assert_int_equal(crowd->public.until, AT(41.5));

    RegDevice carol = device_of(3, "carol@example.com");
    Failure third = failure_at(&carol, 12);

    carol.user_agent = (char *)"Other 2";
    third.server.port = 5070;
    third.address.bytes[3] = 9;
    third.losses = REG_LOSS_DROPS;
    crowd_add(&crowd, &third);
    assert_false(crowd->public.one_server || crowd->public.one_address);
    assert_null(crowd->public.user_agent);
    assert_int_equal(crowd->public.losses, REG_LOSS_DROPS);
    crowd_free(crowd);
}

static void several_server_errors_are_one_failure(void **state)
{
    RegDevice alice = device_of(1, "alice@example.com");
    Failure failure = failure_at(&alice, 1);
    Crowd *crowd = NULL;

    failure.kind = FAILURE_SERVER;
    failure.status = 503;
    failure.explained = true;
    crowd_add(&crowd, &failure);
    assert_int_equal(crowd->public.status, 503);
    assert_int_equal(crowd->public.outcome, REG_OUTCOME_REFUSED);
    failure.status = 500;
    crowd_add(&crowd, &failure);
    assert_int_equal(crowd->public.status, 0);
    assert_int_equal(crowd->public.explained, 2);
    crowd_free(crowd);
}

/* One phone's 403 does not hide that all the others get a 404. */
static void another_refusal_begins_another_crowd(void **state)
{
    RegDevice devices[4];
    Crowd *crowd = NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(devices); i++) {
        devices[i] = device_of(i + 1, "somebody@example.com");

        Failure failure = failure_at(&devices[i], i);

        failure.kind = FAILURE_STATUS;
        failure.status = i == 0 ? 403 : 404;
        crowd_add(&crowd, &failure);
    }
    assert_int_equal(crowd->public.status, 404);
    assert_int_equal(crowd->public.devices, 3);

    Failure late = failure_at(&devices[0], 20);

    late.kind = FAILURE_STATUS;
    late.status = 403;
    crowd_add(&crowd, &late);
    assert_int_equal(crowd->public.status, 404);
    assert_int_equal(crowd->public.failures.count, 3);
    crowd_free(crowd);
}

static RegAttempt attempt_at(double time, RegOutcome outcome)
{
    return (RegAttempt){
        .outcome = outcome, .opened = AT(time), .first_opened = AT(time), .closed = AT(time)
    };
}

/* It had its trouble before the others had theirs. */
static void who_failed_before_has_a_reason_of_its_own(void **state)
{
    RegAttempt attempts[] = { attempt_at(10, REG_OUTCOME_REFUSED),
                              attempt_at(20, REG_OUTCOME_ACCEPTED),
                              attempt_at(30, REG_OUTCOME_UNANSWERED) };
    RegAttempt *list[] = { &attempts[0], &attempts[1], &attempts[2] };
    RegDevice device = device_of(1, "alice@example.com");

    device.attempts = list;
    device.n_attempts_kept = 3;
    device.last_accepted = AT(20);
    assert_false(crowd_failed_before(&device, NSEC_NONE));
    assert_false(crowd_failed_before(&device, AT(25)));
    assert_true(crowd_failed_before(&device, AT(35)));
    device.n_attempts_kept = 1;
    assert_false(crowd_failed_before(&device, AT(15)));
    device.last_accepted = NSEC_NONE;
    assert_true(crowd_failed_before(&device, AT(15)));
    device.n_attempts_kept = 0;
    device.attempts_forgotten = 40;
    device.first_seen = AT(5);
    assert_true(crowd_failed_before(&device, AT(15)));
}

static const RegDevice *device_from(uint64_t id, void *user)
{
    const RegDevice *devices = user;

    return id <= 4 ? &devices[id - 1] : NULL;
}

static void who_goes_on_failing_is_left_out(void **state)
{
    static const char *const aors[] = { "alice@example.com", "bob@example.com", "carol@example.com",
                                        "dave@example.com" };
    RegAttempt failed = attempt_at(70, REG_OUTCOME_REFUSED);
    RegAttempt accepted = attempt_at(70, REG_OUTCOME_ACCEPTED);
    RegAttempt *again[] = { &failed };
    RegAttempt *well[] = { &accepted, &failed };
    RegDevice devices[4];
    Crowd *crowd = NULL;

    for (unsigned i = 0; i < 5; i++) {
        RegDevice forgotten = device_of(5, "erin@example.com");

        if (i < 4)
            devices[i] = device_of(i + 1, aors[i]);

        Failure failure = failure_at(i < 4 ? &devices[i] : &forgotten, i);

        crowd_add(&crowd, &failure);
    }
    devices[0].attempts = again;
    devices[0].n_attempts_kept = 1;
    devices[1].attempts = well;
    devices[1].n_attempts_kept = 2;
    crowd->public.recovered = AT(60);
    crowd_settle(crowd, device_from, devices);
    assert_int_equal(crowd->public.devices, 4);
    assert_string_equal(crowd->public.example_aors,
                        "bob@example.com, carol@example.com, dave@example.com");
    crowd_free(crowd);
}

static void counts_no_further_than_it_can(void **state)
{
    Crowd *crowd = NULL;

    for (unsigned i = 0; i < 2 * REG_CROWD_DEVICES; i++) {
        RegDevice device = device_of(i + 1, "somebody@example.com");
        Failure failure = failure_at(&device, i);

        crowd_add(&crowd, &failure);
    }
    assert_int_equal(crowd->public.devices, REG_CROWD_DEVICES);
    assert_int_equal(crowd->public.failures.count, 2 * REG_CROWD_DEVICES);
    crowd_free(crowd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_of_three_different_devices_at_least),
        cmocka_unit_test(the_accounts_of_a_gateway_are_one_device),
        cmocka_unit_test(tells_what_all_of_them_share),
        cmocka_unit_test(several_server_errors_are_one_failure),
        cmocka_unit_test(another_refusal_begins_another_crowd),
        cmocka_unit_test(who_failed_before_has_a_reason_of_its_own),
        cmocka_unit_test(who_goes_on_failing_is_left_out),
        cmocka_unit_test(counts_no_further_than_it_can),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
