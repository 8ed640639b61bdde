/*
 * What becomes one row, and what another.
 */

#include "diary.h"

/* Behind START. */
#define SECONDS(column) "((" column " - 1769860800000000000) / 1000000000)"

static void stand(Diary *diary, const RegDevice *device, RegCondition condition, RegState state,
                  double time)
{
    ReportChange change = diary_change(device, condition, state, time);

    diary_apply(diary, row_of_change(&change));
}

static void try(Diary *diary, const RegDevice *device, double time, uint16_t status)
{
    RegAttemptStep step;
    RegAttempt attempt = diary_attempt(&step, time, status);

    diary_apply(diary, row_of_attempt(device, &attempt));
}

static void attempts_of_a_day_that_went_alike_are_one_row(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");

    for (unsigned i = 0; i < 10; i++)
        try(&diary, &alice, 60 * i, 200);
    assert_string_equal(diary_ask(&diary, "SELECT count(*) FROM attempts"), "1");
    assert_string_equal(diary_ask(&diary, "SELECT repeated || ' in ' ||"
                                          " ((opened - first_opened) / 1000000000) FROM attempts"),
                        "10 in 540");
}

static void another_answer_begins_another_row(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");
    static const uint16_t answers[] = { 200, 200, 403, 0, 0, 503, 200 };

    for (unsigned i = 0; i < G_N_ELEMENTS(answers); i++)
        try(&diary, &alice, 60 * i, answers[i]);
    assert_string_equal(diary_ask(&diary, "SELECT group_concat(answers || 'x' || repeated) FROM "
                                          "attempts"),
                        "200x2,403x1,-x2,503x1,200x1");
}

static void another_day_begins_another_row(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");

    try(&diary, &alice, 12 * 3600 - 30, 200);
    try(&diary, &alice, 12 * 3600 + 30, 200);
    assert_string_equal(diary_ask(&diary, "SELECT count(*) FROM attempts"), "2");
}

static void a_refresh_prolongs_what_stands(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");
    RegBinding binding = { .since = AT(0), .until = AT(9999), .end = REG_BINDING_OPEN };

    stand(&diary, &alice, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 0);
    alice.bindings = &binding;
    alice.n_bindings = 1;
    alice.last_seen = AT(777);
    try(&diary, &alice, 777, 200);
    assert_string_equal(diary_ask(&diary, "SELECT " SECONDS("until") " || ' ' || " SECONDS(
                                              "seen") " FROM standing"),
                        "9999 777");
}

static void a_binding_is_one_row_from_beginning_to_end(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");
    RegBinding binding = { .contact = alice.contact,
                           .since = AT(1),
                           .until = AT(61),
                           .ended = NSEC_NONE,
                           .granted = 60,
                           .asked = REG_EXPIRES_NONE };

    diary_apply(&diary, row_of_binding(&alice, &binding));
    assert_string_equal(diary_ask(&diary, "SELECT end FROM bindings WHERE ended IS NULL"), "open");
    binding.end = REG_BINDING_LAPSED;
    binding.ended = AT(121);
    binding.refreshes = 1;
    diary_apply(&diary, row_of_binding(&alice, &binding));
    assert_string_equal(diary_ask(&diary, "SELECT count(*) || end || refreshes FROM bindings"),
                        "1lapsed1");
}

static void intervals_follow_each_other(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");

    stand(&diary, &alice, REG_CONDITION_SETTLING, REG_STATE_REGISTERED, 0);
    stand(&diary, &alice, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 300);
    stand(&diary, &alice, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 400); /* the same */
    stand(&diary, &alice, REG_CONDITION_LOST, REG_STATE_LAPSED, 500);
    assert_string_equal(
        diary_ask(
            &diary,
            "SELECT group_concat(condition || " SECONDS("began") " || '-' || coalesce(" SECONDS(
                "ended") ", ''), ' ') FROM intervals"),
        "settling0-300 stable300-500 lost500-");
}

static void an_interval_does_not_begin_before_the_one_before_it(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");

    stand(&diary, &alice, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 100);
    stand(&diary, &alice, REG_CONDITION_LOST, REG_STATE_LAPSED, 50);
    assert_string_equal(
        diary_ask(&diary, "SELECT group_concat(condition || " SECONDS("began") ") FROM intervals"),
        "lost100");
}

static void good_since(Diary *diary, const char *seconds)
{
    assert_string_equal(diary_ask(diary, "SELECT " SECONDS("good") " FROM standing"), seconds);
}

static void it_has_gone_well_since_it_began_to_settle(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");

    stand(&diary, &alice, REG_CONDITION_SETTLING, REG_STATE_REGISTERED, 100);
    good_since(&diary, "100");
    stand(&diary, &alice, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 400);
    good_since(&diary, "100");
    stand(&diary, &alice, REG_CONDITION_DANGER, REG_STATE_REFUSED, 500);
    good_since(&diary, "");
    stand(&diary, &alice, REG_CONDITION_SETTLING, REG_STATE_REGISTERED, 600);
    good_since(&diary, "600");
    stand(&diary, &alice, REG_CONDITION_SETTLING, REG_STATE_REGISTERED, 650);
    good_since(&diary, "650");
}

static void a_finding_that_is_told_again_is_one_row(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");
    g_autoptr(Finding) finding = diary_finding(&diary_rule, &alice, 10);

    diary_apply(&diary, row_of_finding(finding));
    finding->count = 5;
    finding->until = AT(90);
    diary_apply(&diary, row_of_finding(finding));
    assert_string_equal(diary_ask(&diary, "SELECT count(*) || ' ' || sum(count) FROM findings"),
                        "1 5");
}

static void a_resolved_finding_that_comes_back_is_another(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");
    g_autoptr(Finding) finding = diary_finding(&diary_rule, &alice, 10);
    ReportResolved resolved = { finding, AT(10), AT(370), "it is registered again", false };

    diary_apply(&diary, row_of_finding(finding));
    diary_apply(&diary, row_of_resolved(&resolved));
    assert_string_equal(diary_ask(&diary, "SELECT because FROM findings WHERE resolved - began ="
                                          " 360000000000"),
                        "it is registered again");
    diary_apply(&diary, row_of_finding(finding));
    assert_string_equal(diary_ask(&diary, "SELECT count(*) || ' ' || sum(resolved IS NULL) FROM "
                                          "findings"),
                        "2 1");
}

static void an_end_without_a_beginning_makes_both(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");
    g_autoptr(Finding) finding = diary_finding(&diary_rule, &alice, 10);
    ReportResolved resolved = { finding, AT(10), AT(20), "over", true };

    diary_apply(&diary, row_of_resolved(&resolved));
    assert_string_equal(diary_ask(&diary, "SELECT count(*) FROM findings WHERE lost AND resolved "
                                          "IS NOT NULL"),
                        "1");
}

static void findings_about_captures_are_kept_apart_by_their_times(void **state)
{
    g_auto(Diary) diary = diary_open();

    for (unsigned i = 0; i < 3; i++) {
        g_autoptr(Finding) finding = diary_finding(&diary_rule, NULL, i);

        diary_apply(&diary, row_of_finding(finding));
        diary_apply(&diary, row_of_finding(finding));
    }
    assert_string_equal(diary_ask(&diary, "SELECT count(*) FROM findings WHERE device IS NULL"),
                        "3");
}

static void of_a_forgotten_device_nothing_is_known_any_more(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");

    stand(&diary, &alice, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 0);
    diary_apply(&diary, row_of_forgotten(1, AT(100)));
    assert_string_equal(diary_ask(&diary, "SELECT condition FROM standing"), "unknown");
    assert_string_equal(diary_ask(&diary, "SELECT (ended - began) / 1000000000 FROM intervals"),
                        "100");
}

static void lost_changes_make_all_standings_unknown(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");

    stand(&diary, &alice, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 0);
    diary_apply(&diary, row_of_unsure(AT(50)));
    assert_string_equal(diary_ask(&diary, "SELECT condition FROM standing"), "unknown");
    assert_string_equal(diary_ask(&diary, "SELECT count(*) FROM intervals WHERE ended IS NULL"),
                        "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attempts_of_a_day_that_went_alike_are_one_row),
        cmocka_unit_test(another_answer_begins_another_row),
        cmocka_unit_test(another_day_begins_another_row),
        cmocka_unit_test(a_refresh_prolongs_what_stands),
        cmocka_unit_test(a_binding_is_one_row_from_beginning_to_end),
        cmocka_unit_test(intervals_follow_each_other),
        cmocka_unit_test(an_interval_does_not_begin_before_the_one_before_it),
        cmocka_unit_test(it_has_gone_well_since_it_began_to_settle),
        cmocka_unit_test(a_finding_that_is_told_again_is_one_row),
        cmocka_unit_test(a_resolved_finding_that_comes_back_is_another),
        cmocka_unit_test(an_end_without_a_beginning_makes_both),
        cmocka_unit_test(findings_about_captures_are_kept_apart_by_their_times),
        cmocka_unit_test(of_a_forgotten_device_nothing_is_known_any_more),
        cmocka_unit_test(lost_changes_make_all_standings_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
