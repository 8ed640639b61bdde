/*
 * Devices that fail while nobody succeeds, and those that only look like it.
 */

#include "reg/crowds.h"

#include "traffic.h"

static const char *const ports[] = { "203.0.113.2:10001", "203.0.113.2:10002", "203.0.113.2:10003",
                                     "203.0.113.2:10004" };
static const char *const sites[] = { "203.0.113.2:10001", "203.0.113.3:10001", "203.0.113.4:10001",
                                     "203.0.113.5:10001" };

/* The n-th phone, which comes from there. */
static Ask phone(const char *const *from, unsigned n, unsigned cseq)
{
    static const char *const aors[] = { "alice@example.com", "bob@example.com", "carol@example.com",
                                        "dave@example.com" };
    static const char *const calls[] = { "call-a", "call-b", "call-c", "call-d" };
    static const char *const tags[] = { "tag-a", "tag-b", "tag-c", "tag-d" };
    static const char *const contacts[] = { "<sip:alice@192.168.1.10>", "<sip:bob@192.168.1.11>",
                                            "<sip:carol@192.168.1.12>", "<sip:dave@192.168.1.13>" };

    return (Ask){ .aor = aors[n],
                  .call_id = calls[n],
                  .tag = tags[n],
                  .contact = contacts[n],
                  .from = from[n],
                  .cseq = cseq };
}

static const RegCrowd *crowd_at(const Traffic *traffic, unsigned index)
{
    for (unsigned i = 0; i < traffic->sites->len; i++) {
        const RegSite *site = &g_array_index(traffic->sites, RegSite, i);

        if (site->kind == REG_SITE_CROWD && index-- == 0)
            return site->crowd;
    }
    return NULL;
}

/* Repeats its request once, and nothing comes. */
static void insists(Traffic *traffic, double time, Ask ask)
{
    asks(traffic, time, ask);
    asks(traffic, time + 0.5, ask);
}

static void fail_in_silence(Traffic *traffic, const char *const *from, unsigned n, double time)
{
    for (unsigned i = 0; i < n; i++)
        insists(traffic, time + i, phone(from, i, 5));
}

static void a_registrar_that_falls_silent_is_one_cause(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    registers(traffic, 0, phone(sites, 3, 1));
    fail_in_silence(traffic, sites, 3, 60);
    registers(traffic, 200, phone(sites, 3, 7));
    traffic_end(traffic, 300);

    const RegCrowd *crowd = crowd_at(traffic, 0);

    assert_non_null(crowd);
    assert_null(crowd_at(traffic, 1));
    assert_int_equal(crowd->devices, 3);
    assert_true(crowd->one_server);
    assert_false(crowd->one_address);
    assert_int_equal(crowd->outcome, REG_OUTCOME_UNANSWERED);
    assert_int_equal(crowd->failures.first_time, AT(60));
    assert_int_equal(crowd->failures.last_time, AT(62));
    assert_int_equal(crowd->last_success, AT(0.06));
    assert_int_equal(crowd->recovered, AT(200.06));
    assert_true(crowd->recovered_ref.frame > 0);
    assert_string_equal(crowd->example_aors,
                        "alice@example.com, bob@example.com, carol@example.com");
}

static void two_devices_are_no_crowd(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    fail_in_silence(traffic, sites, 2, 60);
    fail_in_silence(traffic, sites, 2, 160);
    traffic_end(traffic, 300);
    assert_null(crowd_at(traffic, 0));
}

/* A silence is told half a minute later than the success within it. */
static void a_success_in_between_makes_them_faults_of_their_own(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    fail_in_silence(traffic, sites, 2, 60);
    registers(traffic, 62, phone(sites, 3, 1));
    insists(traffic, 63, phone(sites, 2, 5));
    traffic_end(traffic, 300);
    assert_null(crowd_at(traffic, 0));
}

static void a_copy_after_the_success_counts_as_well(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    fail_in_silence(traffic, sites, 3, 60);
    registers(traffic, 64, phone(sites, 3, 1));
    for (unsigned i = 0; i < 3; i++)
        asks(traffic, 66 + i, phone(sites, i, 5));
    traffic_end(traffic, 300);
    assert_null(crowd_at(traffic, 0));
}

static void a_site_that_reaches_nobody_is_one_cause(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    registers(traffic, 55, phone(sites, 3, 1));
    fail_in_silence(traffic, ports, 3, 60);
    registers(traffic, 61.5,
              (Ask){ .aor = "erin@example.com",
                     .call_id = "call-e",
                     .tag = "tag-e",
                     .contact = "<sip:erin@192.168.1.10>",
                     .from = "203.0.113.77:5060" });
    traffic_end(traffic, 300);

    const RegCrowd *crowd = crowd_at(traffic, 0);

    assert_non_null(crowd);
    assert_null(crowd_at(traffic, 1));
    assert_true(crowd->one_address);
    assert_true(crowd->one_server);
    assert_true(crowd->server_answers_others);
    assert_int_equal(crowd->recovered, NSEC_NONE);
}

/* Nobody else is in the capture: registrar and site alike may be the cause, and
 * it is told once. */
static void one_site_at_one_registrar_is_told_once(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    fail_in_silence(traffic, ports, 4, 60);
    traffic_end(traffic, 300);
    assert_non_null(crowd_at(traffic, 0));
    assert_null(crowd_at(traffic, 1));
    assert_true(crowd_at(traffic, 0)->one_address && crowd_at(traffic, 0)->one_server);
    assert_int_equal(crowd_at(traffic, 0)->devices, 4);
}

static void a_site_that_misses_two_registrars_is_told_once(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned i = 0; i < 4; i++) {
        Ask ask = phone(ports, i, 5);

        ask.to = i < 1 ? "198.51.100.10:5060" : "198.51.100.20:5060";
        insists(traffic, 60 + i, ask);
    }
    traffic_end(traffic, 300);

    const RegCrowd *crowd = crowd_at(traffic, 0);

    assert_non_null(crowd);
    assert_null(crowd_at(traffic, 1));
    assert_true(crowd->one_address);
    assert_false(crowd->one_server);
}

static void server_errors_are_one_cause(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned i = 0; i < 3; i++) {
        asks(traffic, 60 + i, phone(sites, i, 5));
        replies(traffic, 60.02 + i, phone(sites, i, 5), 503, "");
    }
    traffic_end(traffic, 300);

    const RegCrowd *crowd = crowd_at(traffic, 0);

    assert_non_null(crowd);
    assert_int_equal(crowd->status, 503);
    assert_int_equal(crowd->explained, 3);
}

/* Three phones with a wrong password each are three faults. */
static void refusals_count_only_of_those_who_were_accepted_before(void **state)
{
    for (unsigned accepted = 0; accepted < 2; accepted++) {
        g_autoptr(Traffic) traffic = traffic_new(NULL);

        for (unsigned i = 0; accepted && i < 3; i++)
            registers(traffic, i, phone(sites, i, 1));
        for (unsigned i = 0; i < 3; i++) {
            asks(traffic, 60 + i, phone(sites, i, 5));
            replies(traffic, 60.02 + i, phone(sites, i, 5), 403, "");
        }
        traffic_end(traffic, 300);
        assert_int_equal(crowd_at(traffic, 0) != NULL, accepted);
    }
}

/* Three phones that nobody answers, ever, beside others that are well. */
static void who_always_fails_is_no_crowd_between_two_successes(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned round = 0; round < 8; round++) {
        double begin = 100 * round;

        for (unsigned i = 0; i < 3; i++)
            insists(traffic, begin + i, phone(sites, i, 5 + round));
        registers(traffic, begin + 60, phone(sites, 3, 2 * round + 1));
    }
    traffic_end(traffic, 1000);
    assert_null(crowd_at(traffic, 0));
}

static void a_request_that_is_not_repeated_may_have_been_answered(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned i = 0; i < 3; i++)
        asks(traffic, 60 + i, phone(sites, i, 5));
    traffic_end(traffic, 300);
    assert_null(crowd_at(traffic, 0));
}

static void who_leaves_is_not_missed(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned i = 0; i < 3; i++) {
        Ask ask = phone(sites, i, 5);

        ask.more = "Expires: 0\r\n";
        insists(traffic, 60 + i, ask);
    }
    traffic_end(traffic, 300);
    assert_null(crowd_at(traffic, 0));
}

static void scanners_are_no_crowd(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned i = 0; i < 4; i++) {
        Ask ask = phone(ports, i, 5);

        ask.agent = "friendly-scanner";
        insists(traffic, 60 + i, ask);
    }
    traffic_end(traffic, 300);
    assert_null(crowd_at(traffic, 0));
}

static void the_end_of_the_capture_is_no_silence(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    fail_in_silence(traffic, sites, 4, 60);
    traffic_end(traffic, 64);
    assert_null(crowd_at(traffic, 0));
}

/* The pauses of a busy registrar are shorter than what it takes to fail. */
static void each_time_is_a_story_of_its_own(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned round = 0; round < 3; round++) {
        double begin = 1000 * round;

        for (unsigned i = 0; i < 30; i++)
            registers(traffic, begin + 2 * i, phone(sites, 3, 100 * round + 2 * i + 1));
        for (unsigned i = 0; i < 3; i++)
            insists(traffic, begin + 100 + i, phone(sites, i, 100 * round + 5));
        for (unsigned i = 0; i < 3; i++)
            registers(traffic, begin + 200 + i, phone(sites, i, 100 * round + 7));
    }
    traffic_end(traffic, 3000);
    assert_non_null(crowd_at(traffic, 2));
    assert_null(crowd_at(traffic, 3));
    assert_int_equal(crowd_at(traffic, 0)->failures.first_time, AT(100));
    assert_int_equal(crowd_at(traffic, 2)->failures.first_time, AT(2100));
    assert_int_equal(crowd_at(traffic, 2)->last_success, AT(2058.06));
    assert_int_equal(crowd_at(traffic, 0)->recovered, AT(200.06));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registrar_that_falls_silent_is_one_cause),
        cmocka_unit_test(two_devices_are_no_crowd),
        cmocka_unit_test(a_success_in_between_makes_them_faults_of_their_own),
        cmocka_unit_test(a_copy_after_the_success_counts_as_well),
        cmocka_unit_test(a_site_that_reaches_nobody_is_one_cause),
        cmocka_unit_test(one_site_at_one_registrar_is_told_once),
        cmocka_unit_test(a_site_that_misses_two_registrars_is_told_once),
        cmocka_unit_test(server_errors_are_one_cause),
        cmocka_unit_test(refusals_count_only_of_those_who_were_accepted_before),
        cmocka_unit_test(who_always_fails_is_no_crowd_between_two_successes),
        cmocka_unit_test(a_request_that_is_not_repeated_may_have_been_answered),
        cmocka_unit_test(who_leaves_is_not_missed),
        cmocka_unit_test(scanners_are_no_crowd),
        cmocka_unit_test(the_end_of_the_capture_is_no_silence),
        cmocka_unit_test(each_time_is_a_story_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
