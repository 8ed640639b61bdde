/*
 * Requests for devices, and what became of them.
 */

#include "reg/inbound.h"

#include "told.h"

#define BESIDE_SERVER "vantage server\nphone expires=3600\nat 0 phone -> server registration\n"

/* --- answers -------------------------------------------------------------- */

static void a_request_over_the_path_is_answered(void **state)
{
    static const char scenario[] = BESIDE_SERVER "at 20 server -> phone OPTIONS\n"
                                                 "at 20.03 phone -> server 200\n"
                                                 "end 100\n";

    assert_told(scenario, told_inbound,
                "1 answered, newest OPTIONS 200 at 20 by flow, 0 unanswered");
    assert_told(scenario, told_outages, "");
}

static void a_refusal_of_the_device_is_an_answer_too(void **state)
{
    assert_told(BESIDE_SERVER "at 20 server -> phone INVITE\n"
                              "at 20.03 phone -> server 404\n"
                              "end 100\n",
                told_inbound, "1 answered, newest INVITE 404 at 20 by flow, 0 unanswered");
}

static void nobody_answers_an_ack_or_a_cancel(void **state)
{
    static const char scenario[] = BESIDE_SERVER "at 20 server -> phone INVITE\n"
                                                 "at 21 phone -> server 200\n"
                                                 "at 21.1 server -> phone ACK\n"
                                                 "at 30 server -> phone INVITE as=call\n"
                                                 "at 30.1 phone -> server 180\n"
                                                 "at 35 server -> phone CANCEL\n"
                                                 "at 35.1 phone -> server 487 for=call\n"
                                                 "end 100\n";

    assert_told(scenario, told_inbound,
                "2 answered, newest INVITE 487 at 30 by flow, 0 unanswered");
    assert_told(scenario, told_outages, "");
}

static void what_a_device_asks_is_not_for_it(void **state)
{
    assert_told(BESIDE_SERVER "at 20 phone -> server OPTIONS\n"
                              "at 30 phone -> server INVITE uri=sip:bob@example.com\n"
                              "end 100\n",
                told_inbound, "0 answered, 0 unanswered");
}

static const char gateway[] = "vantage server\n"
                              "phone one 192.168.1.10 user=one public-port=40001\n"
                              "phone two 192.168.1.10 user=two public-port=40001\n"
                              "at 0 one -> server registration\n"
                              "at 5 two -> server registration\n";

static void a_sign_of_life_of_one_account_is_one_of_all(void **state)
{
    g_autofree char *text = g_strconcat(gateway,
                                        "at 20 server -> one INVITE\n"
                                        "at 21 server -> one copy\n"
                                        "at 25 server -> one INVITE\n"
                                        "at 70 two -> server keepalive crlf\n"
                                        "at 80 two -> server keepalive crlf\n"
                                        "end 100\n",
                                        NULL);

    assert_told(text, told_outages, "2 INVITE to flow at 20 to 25 back 70");
}

/* --- what became of it ---------------------------------------------------- */

static void ringing_is_an_answer(void **state)
{
    static const char scenario[] = BESIDE_SERVER "at 20 server -> phone INVITE\n"
                                                 "at 20.2 phone -> server 180\n"
                                                 "end 200\n";

    assert_told(scenario, told_inbound, "1 answered, newest INVITE 0 at 20 by flow, 0 unanswered");
    assert_told(scenario, told_outages, "");
}

static void one_that_got_lost_between_answered_ones_is_no_outage(void **state)
{
    static const char scenario[] = BESIDE_SERVER "at 20 server -> phone OPTIONS\n"
                                                 "at 20.03 phone -> server 200\n"
                                                 "at 30 server -> phone OPTIONS\n"
                                                 "at 40 server -> phone OPTIONS\n"
                                                 "at 40.03 phone -> server 200\n"
                                                 "end 100\n";

    assert_told(scenario, told_outages, "");
    assert_told(scenario, told_inbound,
                "2 answered, newest OPTIONS 200 at 40 by flow, 1 unanswered");
}

/* The same when it had been given up before. */
static void a_late_proof_takes_an_outage_back(void **state)
{
    static const char scenario[] = BESIDE_SERVER "at 20 server -> phone OPTIONS\n"
                                                 "at 80 server -> phone OPTIONS\n"
                                                 "at 80.03 phone -> server 200\n"
                                                 "end 100\n";

    assert_told(scenario, told_outages, "");
    assert_told(scenario, told_inbound,
                "1 answered, newest OPTIONS 200 at 80 by flow, 1 unanswered");
}

static void ringing_proves_it_before_the_call_is_answered(void **state)
{
    assert_told(BESIDE_SERVER "at 20 server -> phone OPTIONS\n"
                              "at 21 server -> phone INVITE\n"
                              "at 21.1 phone -> server 180\n"
                              "at 80 phone -> server keepalive crlf\n"
                              "end 200\n",
                told_outages, "");
}

static void after_a_sign_of_life_it_was_open_again(void **state)
{
    assert_told(BESIDE_SERVER "at 20 server -> phone OPTIONS\n"
                              "at 35 phone -> server keepalive crlf\n"
                              "at 40 server -> phone OPTIONS\n"
                              "at 40.03 phone -> server 200\n"
                              "end 100\n",
                told_outages, "1 OPTIONS to flow at 20 back 35 works 40");
}

/* Which copy was answered is open, and the device had sent something before. */
static void a_copy_that_is_answered_after_a_sign_of_life_proves_nothing_before(void **state)
{
    static const char scenario[] = BESIDE_SERVER "at 60 server -> phone OPTIONS\n"
                                                 "at 70 server -> phone INVITE\n"
                                                 "at 71 server -> phone copy\n"
                                                 "at 72 phone -> server keepalive crlf\n"
                                                 "at 73 server -> phone copy\n"
                                                 "at 73.1 phone -> server 200\n"
                                                 "end 200\n";

    assert_told(scenario, told_outages, "1 OPTIONS to flow at 60 back 72 works 73");
    assert_told(scenario, told_nat, "203.0.113.2");
}

static void two_hops_of_a_request_are_one(void **state)
{
    static const char scenario[] = "vantage router\n"
                                   "at 0 phone -> server registration\n"
                                   "at 20 server -> phone OPTIONS\n"
                                   "at 20.03 phone -> server 200\n"
                                   "at 70 server -> phone INVITE lost\n"
                                   "at 71 server -> phone copy lost\n"
                                   "at 90 phone -> server keepalive crlf\n"
                                   "end 150\n";

    assert_told(scenario, told_inbound,
                "1 answered, newest OPTIONS 200 at 20 by flow, 1 unanswered");
    assert_told(scenario, told_outages, "1 INVITE to flow at 70 to 71 back 90 inside silent");
}

static void one_that_arrives_inside_is_not_silent_there(void **state)
{
    assert_told("vantage router\n"
                "at 0 phone -> server registration\n"
                "at 70 server -> phone INVITE\n"
                "at 71 server -> phone copy\n"
                "at 90 phone -> server keepalive crlf\n"
                "end 150\n",
                told_outages, "1 INVITE to flow at 70 to 71.0001 back 90");
}

#define CALL                              \
    "at 0 phone -> server registration\n" \
    "at 70 server -> phone INVITE%s\n"    \
    "at 71 server -> phone copy%s\n"

static char *capture_of(const char *place, const char *what, const char *more)
{
    g_autofree char *call = g_strdup_printf(CALL, what, what);

    return g_strconcat("vantage ", place, " said\n", call, more, NULL);
}

/* What one capture shows counts only as long as it goes on. */
static void a_capture_beside_the_phone_must_have_looked_on(void **state)
{
    g_autofree char *outside = capture_of("middle", "", "end 200\n");
    g_autofree char *longer = capture_of("client", " unseen", "end 100\n");
    g_autofree char *shorter = capture_of("client", " unseen", "end 60\n");
    g_autofree char *silent = told_between(longer, outside, told_outages);
    g_autofree char *over = told_between(shorter, outside, told_outages);

    assert_string_equal(silent, "1 INVITE to flow at 70 to 71 inside silent");
    assert_string_equal(over, "1 INVITE to flow at 70 to 71");
}

static void the_end_of_the_capture_that_shows_it_cuts_a_request(void **state)
{
    g_autofree char *outside = capture_of("middle", "", "");
    g_autofree char *inside = capture_of("client", " unseen", "end 200\n");
    g_autofree char *cut = told_between(inside, outside, told_outages);

    assert_string_equal(cut, "1 INVITE to flow at 70 to 71 cut inside silent");
}

static void more_than_can_wait_leave_the_first_and_the_newest(void **state)
{
    static const char flood[] = BESIDE_SERVER "every 0.5 from 20 to 44.5 server -> phone OPTIONS\n";
    g_autofree char *silent = g_strconcat(flood, "end 200\n", NULL);
    g_autofree char *answered = g_strconcat(flood,
                                            "at 45 server -> phone OPTIONS\n"
                                            "at 45.03 phone -> server 200\n"
                                            "end 200\n",
                                            NULL);

    assert_told(silent, told_outages, "16 OPTIONS to flow at 20 to 44.5");
    assert_told(answered, told_outages, "");
}

static void a_request_of_the_captures_last_moments_is_cut(void **state)
{
    assert_told(BESIDE_SERVER "at 96 server -> phone OPTIONS\nend 99\n", told_outages,
                "1 OPTIONS to flow at 96 cut");
    assert_told(BESIDE_SERVER "at 94 server -> phone OPTIONS\nend 99\n", told_outages,
                "1 OPTIONS to flow at 94");
}

static void without_a_binding_there_is_no_outage(void **state)
{
    static const char scenario[] = "vantage server\n"
                                   "phone expires=60\n"
                                   "at 0 phone -> server registration\n"
                                   "at 100 server -> phone INVITE\n"
                                   "at 101 server -> phone copy\n"
                                   "end 200\n";

    assert_told(scenario, told_outages, "");
    assert_told(scenario, told_inbound, "0 answered, 1 unanswered");
}

static void lost_packets_are_told(void **state)
{
    g_autofree char *body = g_strnfill(1000, 'x');
    g_autofree char *text =
        g_strconcat("snaplen 1000\n" BESIDE_SERVER, "at 20 server -> phone INVITE body=", body,
                    "\nend 100\n", NULL);

    assert_told(text, told_outages, "1 INVITE to flow at 20 losses");
}

static void an_answer_that_was_captured_before_its_request_decides_nothing(void **state)
{
    assert_told(BESIDE_SERVER "at 20 server -> phone OPTIONS unseen\n"
                              "at 20.03 phone -> server 200\n"
                              "at 20.05 server -> phone copy\n"
                              "end 100\n",
                told_inbound, "0 answered, 0 unanswered");
}

/* --- errors --------------------------------------------------------------- */

static void told_icmp(GString *text, const RegDevice *device)
{
    const RegLife *life = device->life;

    for (unsigned i = 0; i < life->n_outages; i++) {
        const RegInbound *first = &life->outages[i].first;

        g_string_append_printf(text, "frame %u type %u code %u\n", (unsigned)first->icmp.frame,
                               first->icmp_type, first->icmp_code);
    }
}

static void an_error_goes_to_the_request_that_it_quotes(void **state)
{
    assert_told(BESIDE_SERVER "at 20 server -> phone OPTIONS\n"
                              "at 20.1 phone -> server icmp port-unreachable\n"
                              "at 20.2 phone -> server icmp prohibited\n"
                              "end 100\n",
                told_icmp, "frame 6 type 3 code 3");
}

static void an_error_about_an_answer_to_a_register_is_another_matter(void **state)
{
    assert_told(BESIDE_SERVER "at 20 server -> phone OPTIONS\n"
                              "at 21 phone -> server REGISTER\n"
                              "at 21.01 server -> phone 401\n"
                              "at 21.1 phone -> server icmp port-unreachable\n"
                              "end 100\n",
                told_icmp, "frame 0 type 0 code 0");
}

/* --- the end of a device -------------------------------------------------- */

static void count_device(const RegDevice *device, void *user)
{
    (*(unsigned *)user)++;
}

static void a_device_may_be_forgotten_while_requests_wait(void **state)
{
    RegConfig config = reg_config_default;
    g_autofree char *text = g_strconcat(gateway,
                                        "every 1 from 10 to 29 server -> two OPTIONS\n"
                                        "at 20 server -> one OPTIONS as=slow\n"
                                        "phone three 192.168.1.13 user=three\n"
                                        "at 25 three -> server registration\n"
                                        "at 30 one -> server 200 for=slow\n"
                                        "at 31 nat -> server icmp port-unreachable\n"
                                        "end 100\n",
                                        NULL);
    unsigned n = 0;

    config.max_devices = 1;
    judge_devices(text, &config, count_device, &n);
    assert_int_equal(n, 1);
    config.max_devices = 2;
    judge_devices(text, &config, count_device, &n);
    assert_int_equal(n, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_over_the_path_is_answered),
        cmocka_unit_test(a_refusal_of_the_device_is_an_answer_too),
        cmocka_unit_test(nobody_answers_an_ack_or_a_cancel),
        cmocka_unit_test(what_a_device_asks_is_not_for_it),
        cmocka_unit_test(a_sign_of_life_of_one_account_is_one_of_all),
        cmocka_unit_test(ringing_is_an_answer),
        cmocka_unit_test(one_that_got_lost_between_answered_ones_is_no_outage),
        cmocka_unit_test(a_late_proof_takes_an_outage_back),
        cmocka_unit_test(ringing_proves_it_before_the_call_is_answered),
        cmocka_unit_test(after_a_sign_of_life_it_was_open_again),
        cmocka_unit_test(a_copy_that_is_answered_after_a_sign_of_life_proves_nothing_before),
        cmocka_unit_test(two_hops_of_a_request_are_one),
        cmocka_unit_test(one_that_arrives_inside_is_not_silent_there),
        cmocka_unit_test(a_capture_beside_the_phone_must_have_looked_on),
        cmocka_unit_test(the_end_of_the_capture_that_shows_it_cuts_a_request),
        cmocka_unit_test(more_than_can_wait_leave_the_first_and_the_newest),
        cmocka_unit_test(a_request_of_the_captures_last_moments_is_cut),
        cmocka_unit_test(without_a_binding_there_is_no_outage),
        cmocka_unit_test(lost_packets_are_told),
        cmocka_unit_test(an_answer_that_was_captured_before_its_request_decides_nothing),
        cmocka_unit_test(an_error_goes_to_the_request_that_it_quotes),
        cmocka_unit_test(an_error_about_an_answer_to_a_register_is_another_matter),
        cmocka_unit_test(a_device_may_be_forgotten_while_requests_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
