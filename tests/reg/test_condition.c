/* How devices stand, moment by moment. */

#include "reg/condition.h"

#include "reg/review.h"
#include "support/check.h"
#include "traffic.h"

static const RegStability five_minutes = { .settle = 300 * NSEC_SEC };

static RegConfig watched(void)
{
    RegConfig config = reg_config_default;

    config.stability = &five_minutes;
    return config;
}

static void take_look(RegReview *review, void *user)
{
    *(RegStanding *)user = review->standing;
}

/* How the only device stands; an empty standing when nobody had to look. */
static RegStanding look(Traffic *traffic, double time)
{
    RegStanding standing = { .because = "" };

    traffic_wait(traffic, time);
    reg_tracker_review(traffic->tracker, AT(time), 16, take_look, &standing);
    return standing;
}

static void assert_stands(const RegStanding *actual, RegCondition condition, double since)
{
    assert_string_equal(reg_condition_name(actual->condition), reg_condition_name(condition));
    assert_int_equal(actual->since, AT(since));
}

#define NEW_TRAFFIC(name)         \
    RegConfig config = watched(); \
    g_autoptr(Traffic) name = traffic_new(&config)

static void a_phone_settles_and_is_stable_after_five_minutes(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    registers(traffic, 0, (Ask){ 0 });
    standing = look(traffic, 1);
    assert_stands(&standing, REG_CONDITION_SETTLING, 0.06);
    assert_int_equal(standing.ref.frame, 4);
    assert_int_equal(standing.until, AT(3600.06));
    look(traffic, 299); /* its attempt was closed meanwhile */
    assert_string_equal(look(traffic, 300).because, "");
    standing = look(traffic, 300.07);
    assert_stands(&standing, REG_CONDITION_STABLE, 300.06);
    assert_int_equal(standing.state, REG_STATE_REGISTERED);
}

static void nothing_is_known_before_the_first_answer(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    asks(traffic, 0, (Ask){ 0 });
    standing = look(traffic, 1);
    assert_stands(&standing, REG_CONDITION_UNKNOWN, 0);
    assert_string_equal(standing.because, "no answer to it was seen");
    standing = look(traffic, 100); /* perhaps the capture shows no answers at all */
    assert_stands(&standing, REG_CONDITION_UNKNOWN, 0);
}

static void an_attempt_that_was_answered_is_waited_for(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    asks(traffic, 0, (Ask){ 0 });
    replies(traffic, 0.1, (Ask){ 0 }, 401, CHALLENGE("new"));
    standing = look(traffic, 1);
    assert_stands(&standing, REG_CONDITION_UNKNOWN, 0);
    assert_string_equal(standing.because, "its attempt is not over yet");
}

static void a_silent_server_that_answers_others_loses_a_phone(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    asks(traffic, 0, (Ask){ .call_id = "a" });
    look(traffic, 1);
    registers(traffic, 2,
              (Ask){ .aor = "bob@example.com", .call_id = "b", .from = "192.0.2.77:5060" });
    look(traffic, 10);
    standing = look(traffic, 40);
    assert_stands(&standing, REG_CONDITION_LOST, 32);
    assert_int_equal(standing.state, REG_STATE_UNANSWERED);
    assert_int_equal(standing.ref.frame, 0);
}

static void a_refused_refresh_is_dangerous_at_once(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    registers(traffic, 0, (Ask){ 0 });
    look(traffic, 1);
    asks(traffic, 400, (Ask){ .cseq = 5 });
    replies(traffic, 400.5, (Ask){ .cseq = 5 }, 403, "");
    standing = look(traffic, 401);
    assert_stands(&standing, REG_CONDITION_DANGER, 400.5);
    assert_int_equal(standing.state, REG_STATE_REFUSED);
    assert_int_equal(standing.until, AT(3600.06));
    standing = look(traffic, 500); /* its chain is closed: the same */
    assert_stands(&standing, REG_CONDITION_DANGER, 400.5);
}

static void a_refusal_that_lasts_loses_the_phone_when_its_time_is_over(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    registers(traffic, 0, (Ask){ 0 });
    asks(traffic, 3000, (Ask){ .cseq = 5 });
    replies(traffic, 3000.5, (Ask){ .cseq = 5 }, 403, "");
    look(traffic, 3600);
    standing = look(traffic, 3600.07);
    assert_stands(&standing, REG_CONDITION_LOST, 3600.06);
    assert_int_equal(standing.state, REG_STATE_REFUSED);
}

static void an_unanswered_refresh_is_dangerous_after_timer_f(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    registers(traffic, 0, (Ask){ 0 });
    look(traffic, 301);
    asks(traffic, 1000, (Ask){ .cseq = 5 });
    standing = look(traffic, 1001);
    assert_stands(&standing, REG_CONDITION_STABLE, 300.06);
    assert_int_equal(standing.look_again, AT(1032) + 1);
    standing = look(traffic, 1033);
    assert_stands(&standing, REG_CONDITION_DANGER, 1032);
}

static void after_a_failure_it_settles_with_the_answer_that_accepts_it(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    registers(traffic, 0, (Ask){ 0 });
    asks(traffic, 1000, (Ask){ .cseq = 5 });
    replies(traffic, 1000.5, (Ask){ .cseq = 5 }, 503, "");
    look(traffic, 1001);
    registers(traffic, 1030, (Ask){ .cseq = 6 });
    standing = look(traffic, 1031);
    assert_stands(&standing, REG_CONDITION_SETTLING, 1030.06);
    registers(traffic, 1100, (Ask){ .cseq = 8 }); /* one more changes nothing */
    standing = look(traffic, 1101);
    assert_stands(&standing, REG_CONDITION_SETTLING, 1030.06);
    standing = look(traffic, 1331);
    assert_stands(&standing, REG_CONDITION_STABLE, 1330.06);
}

static void a_challenge_alone_is_no_failure(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    registers(traffic, 0, (Ask){ 0 });
    look(traffic, 301);
    asks(traffic, 1000, (Ask){ .cseq = 5 });
    replies(traffic, 1000.1, (Ask){ .cseq = 5 }, 401, CHALLENGE("new"));
    standing = look(traffic, 1010);
    assert_stands(&standing, REG_CONDITION_STABLE, 300.06);
    standing = look(traffic, 1033);
    assert_stands(&standing, REG_CONDITION_DANGER, 1032.1);
    assert_string_equal(standing.because, "it did not answer a challenge");
}

static void a_phone_that_does_not_come_back_is_lost_when_its_time_is_over(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    registers(traffic, 0, (Ask){ 0 });
    look(traffic, 301);
    look(traffic, 3500);
    standing = look(traffic, 3537); /* two rows of retries are left: 64 s */
    assert_stands(&standing, REG_CONDITION_DANGER, 3536.06);
    assert_string_equal(standing.because, "its refresh is overdue");
    standing = look(traffic, 3600.06);
    assert_string_equal(standing.because, ""); /* to the nanosecond */
    standing = look(traffic, 3600.07);
    assert_stands(&standing, REG_CONDITION_LOST, 3600.06);
    assert_int_equal(standing.state, REG_STATE_LAPSED);
    assert_int_equal(standing.look_again, NSEC_MAX);
}

static void a_phone_that_misses_its_usual_time_is_in_danger_long_before(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    for (unsigned i = 0; i < 6; i++)
        registers(traffic, 600.0 * i, (Ask){ .cseq = 1 + 2 * i });
    look(traffic, 3400);
    standing = look(traffic, 3790); /* 600 s, and a third of that */
    assert_string_equal(standing.because, "");
    standing = look(traffic, 3801);
    assert_int_equal(standing.condition, REG_CONDITION_DANGER);
    assert_int_equal(standing.since / NSEC_SEC, AT(3800) / NSEC_SEC);
}

static void a_refresh_that_was_overdue_settles_anew(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    registers(traffic, 0, (Ask){ 0 });
    look(traffic, 3590);
    registers(traffic, 3595, (Ask){ .cseq = 5 });
    standing = look(traffic, 3596);
    assert_stands(&standing, REG_CONDITION_SETTLING, 3595.06);
}

static void a_phone_that_leaves_is_lost_with_the_answer(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    registers(traffic, 0, (Ask){ 0 });
    asks(traffic, 100, (Ask){ .cseq = 5, .more = "Expires: 0\r\n" });
    replies(traffic, 100.1, (Ask){ .cseq = 5, .more = "Expires: 0\r\n" }, 200, "");
    standing = look(traffic, 101);
    assert_stands(&standing, REG_CONDITION_LOST, 100.1);
    assert_int_equal(standing.state, REG_STATE_DEREGISTERED);
    assert_int_not_equal(standing.ref.frame, 0);
}

static void lost_packets_make_a_silence_mean_nothing(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    registers(traffic, 0, (Ask){ 0 });
    look(traffic, 301);
    reg_tracker_loss(traffic->tracker, REG_LOSS_DROPS, AT(2000));
    look(traffic, 3500);
    standing = look(traffic, 3550); /* what was granted stands, and nobody knows more */
    assert_int_not_equal(standing.condition, REG_CONDITION_DANGER);
    standing = look(traffic, 3601);
    assert_stands(&standing, REG_CONDITION_UNKNOWN, 3600.06);
}

static void losses_before_the_newest_answer_are_forgiven(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    registers(traffic, 0, (Ask){ 0 });
    reg_tracker_loss(traffic->tracker, REG_LOSS_DROPS, AT(500));
    registers(traffic, 1000, (Ask){ .cseq = 5 });
    look(traffic, 4599);
    standing = look(traffic, 4601);
    assert_stands(&standing, REG_CONDITION_LOST, 4600.06);
}

static void a_capture_that_shows_nothing_is_given_a_minute(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    traffic->info.packets = 1;
    registers(traffic, 0, (Ask){ 0 });
    traffic->info.latest = AT(3590);
    look(traffic, 3590);
    standing = look(traffic, 3610); /* as it stood when it was seen last */
    assert_int_equal(standing.condition, REG_CONDITION_DANGER);
    standing = look(traffic, 3700);
    assert_stands(&standing, REG_CONDITION_UNKNOWN, 3600.06);
    traffic->info.latest = AT(3705);
    standing = look(traffic, 3711); /* and it did not register meanwhile */
    assert_stands(&standing, REG_CONDITION_LOST, 3600.06);
}

static void a_refresh_on_its_way_is_waited_for(void **state)
{
    NEW_TRAFFIC(traffic);
    RegStanding standing;

    registers(traffic, 0, (Ask){ 0 });
    look(traffic, 3550);
    asks(traffic, 3599, (Ask){ .cseq = 5 });
    standing = look(traffic, 3602);
    assert_int_equal(standing.condition, REG_CONDITION_DANGER);
    replies(traffic, 3603, (Ask){ .cseq = 5 }, 200, GRANTS);
    standing = look(traffic, 3604);
    assert_stands(&standing, REG_CONDITION_SETTLING, 3603);
}

static void what_is_overdue_depends_on_habit(void **state)
{
    RegBinding binding = {
        .since = AT(0), .until = AT(3600), .granted = 3600, .least_left = NSEC_NONE
    };

    assert_int_equal(reg_binding_overdue(&binding), AT(3536));
    binding.refreshes = 3;
    binding.least_left = 1800 * NSEC_SEC; /* three times is no habit */
    assert_int_equal(reg_binding_overdue(&binding), AT(3536));
    binding.refreshes = 4;
    assert_int_equal(reg_binding_overdue(&binding), AT(2400));
    binding.least_left = 40 * NSEC_SEC; /* who is always late is not late */
    assert_int_equal(reg_binding_overdue(&binding), AT(3580));
    binding = (RegBinding){ .until = AT(60), .granted = 60, .least_left = NSEC_NONE };
    assert_int_equal(reg_binding_overdue(&binding), AT(57));
}

static void a_forgotten_device_is_told_and_leaves_the_counts(void **state)
{
    RegConfig config = watched();
    RegStanding standing;
    const uint64_t *conditions;

    config.max_devices = 1;
    g_autoptr(Traffic) traffic = traffic_new(&config);

    registers(traffic, 0, (Ask){ .call_id = "a" });
    look(traffic, 1);
    conditions = reg_tracker_conditions(traffic->tracker);
    assert_int_equal(conditions[REG_CONDITION_SETTLING], 1);
    registers(traffic, 2, (Ask){ .aor = "bob@example.com", .call_id = "b" });
    standing = look(traffic, 3);
    assert_int_equal(standing.condition, REG_CONDITION_SETTLING);
    assert_int_equal(conditions[REG_CONDITION_SETTLING], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phone_settles_and_is_stable_after_five_minutes),
        cmocka_unit_test(nothing_is_known_before_the_first_answer),
        cmocka_unit_test(an_attempt_that_was_answered_is_waited_for),
        cmocka_unit_test(a_silent_server_that_answers_others_loses_a_phone),
        cmocka_unit_test(a_refused_refresh_is_dangerous_at_once),
        cmocka_unit_test(a_refusal_that_lasts_loses_the_phone_when_its_time_is_over),
        cmocka_unit_test(an_unanswered_refresh_is_dangerous_after_timer_f),
        cmocka_unit_test(after_a_failure_it_settles_with_the_answer_that_accepts_it),
        cmocka_unit_test(a_challenge_alone_is_no_failure),
        cmocka_unit_test(a_phone_that_does_not_come_back_is_lost_when_its_time_is_over),
        cmocka_unit_test(a_phone_that_misses_its_usual_time_is_in_danger_long_before),
        cmocka_unit_test(a_refresh_that_was_overdue_settles_anew),
        cmocka_unit_test(a_phone_that_leaves_is_lost_with_the_answer),
        cmocka_unit_test(lost_packets_make_a_silence_mean_nothing),
        cmocka_unit_test(losses_before_the_newest_answer_are_forgiven),
        cmocka_unit_test(a_capture_that_shows_nothing_is_given_a_minute),
        cmocka_unit_test(a_refresh_on_its_way_is_waited_for),
        cmocka_unit_test(what_is_overdue_depends_on_habit),
        cmocka_unit_test(a_forgotten_device_is_told_and_leaves_the_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
