/*
 * How time was spent.
 */

#include "diary.h"

static void stand(Diary *diary, const RegDevice *device, RegCondition condition, RegState state,
                  double time)
{
    ReportChange change = diary_change(device, condition, state, time);

    diary_apply(diary, row_of_change(&change));
}

/* Registered for 100 s, in danger for 50, lapsed for 30, out of reach for 20, unknown for 1000,
 * removed by itself for 500, registered since. */
static void live(Diary *diary, const RegDevice *device)
{
    stand(diary, device, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 0);
    stand(diary, device, REG_CONDITION_DANGER, REG_STATE_REFUSED, 100);
    stand(diary, device, REG_CONDITION_LOST, REG_STATE_LAPSED, 150);
    stand(diary, device, REG_CONDITION_LOST, REG_STATE_UNREACHABLE, 180);
    stand(diary, device, REG_CONDITION_UNKNOWN, REG_STATE_UNKNOWN, 200);
    stand(diary, device, REG_CONDITION_LOST, REG_STATE_DEREGISTERED, 1200);
    stand(diary, device, REG_CONDITION_SETTLING, REG_STATE_REGISTERED, 1700);
    diary_apply(diary, row_of_pulse(AT(1800), AT(1800)));
}

static void only_what_is_known_counts(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");

    live(&diary, &alice);

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
    g_autoptr(GArray) lives = store_reader_lives(reader, 0, EVER);
    const StoreLife *life = &g_array_index(lives, StoreLife, 0);

    assert_int_equal(lives->len, 1);
    assert_int_equal(life->watched / NSEC_SEC, 300);
    assert_int_equal(life->registered / NSEC_SEC, 270);
    assert_int_equal(life->reachable / NSEC_SEC, 250);
}

static void of_a_period_only_what_reaches_into_it_counts(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");

    live(&diary, &alice);

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
    StorePeriod period = { AT(140), AT(190) };
    g_autoptr(GArray) lives = store_reader_lives(reader, 1, period);
    g_autoptr(GArray) intervals = store_reader_intervals(reader, 1, period);
    const StoreLife *life = store_life_find(lives, 1);

    assert_int_equal(life->watched / NSEC_SEC, 50);
    assert_int_equal(life->registered / NSEC_SEC, 20);
    assert_int_equal(life->reachable / NSEC_SEC, 10);
    assert_int_equal(intervals->len, 3);
    assert_null(store_life_find(lives, 2));
}

static void what_goes_on_reaches_until_now(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");

    live(&diary, &alice);

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
    g_autoptr(GArray) intervals = store_reader_intervals(reader, 1, EVER);
    const StoreInterval *last = &g_array_index(intervals, StoreInterval, intervals->len - 1);

    assert_int_equal(intervals->len, 7);
    assert_true(last->open);
    assert_true(last->until == AT(1800));
    assert_false(g_array_index(intervals, StoreInterval, 0).open);
}

static void findings_come_the_worst_first(void **state)
{
    static const Rule warning = { .id = "late", .severity = FINDING_WARNING };
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com"),
              bob = diary_device(2, "bob@example.com");
    g_autoptr(Finding) late = diary_finding(&warning, &alice, 1);
    g_autoptr(Finding) refused = diary_finding(&diary_rule, &bob, 100);
    g_autoptr(Finding) site = diary_finding(&warning, NULL, 50);
    ReportResolved resolved = { refused, AT(100), AT(200), "over", false };

    diary_apply(&diary, row_of_finding(late));
    diary_apply(&diary, row_of_finding(site));
    diary_apply(&diary, row_of_resolved(&resolved));

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
    g_autoptr(GArray) all = store_reader_findings(reader, 0, EVER);
    g_autoptr(GArray) later = store_reader_findings(reader, 0, (StorePeriod){ AT(300), AT(400) });
    g_autoptr(GArray) lives = store_reader_lives(reader, 0, EVER);

    assert_int_equal(all->len, 3);
    assert_string_equal(g_array_index(all, StoreFinding, 0).rule, "credentials_refused");
    assert_true(g_array_index(all, StoreFinding, 0).resolved == AT(200));
    assert_int_equal(later->len, 2); /* those that stand yet */
    assert_int_equal(lives->len, 2);
    assert_int_equal(g_array_index(lives, StoreLife, 1).failures, 1);
}

static void an_open_binding_lasts_as_long_as_it_was_refreshed(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");
    RegBinding binding = {
        .contact = alice.contact, .since = AT(1), .until = AT(61), .ended = NSEC_NONE, .granted = 60
    };
    RegAttemptStep step;
    RegAttempt attempt = diary_attempt(&step, 500, 200);

    stand(&diary, &alice, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 1);
    diary_apply(&diary, row_of_binding(&alice, &binding));
    binding.until = AT(560);
    alice.bindings = &binding;
    alice.n_bindings = 1;
    diary_apply(&diary, row_of_attempt(&alice, &attempt));

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
    g_autoptr(GArray) bindings =
        store_reader_bindings(reader, 1, (StorePeriod){ AT(400), AT(450) });

    assert_int_equal(bindings->len, 1);
    assert_true(g_array_index(bindings, StoreBinding, 0).until == AT(560));
    assert_true(g_array_index(bindings, StoreBinding, 0).ended == NSEC_NONE);
}

static void refusals_are_counted_by_their_answers(void **state)
{
    static const uint16_t answers[] = { 403, 403, 200, 0, 403 };
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com"),
              bob = diary_device(2, "bob@example.com");
    RegAttemptStep step;

    for (unsigned i = 0; i < G_N_ELEMENTS(answers); i++) {
        RegAttempt attempt = diary_attempt(&step, i, answers[i]);

        diary_apply(&diary, row_of_attempt(i == 4 ? &bob : &alice, &attempt));
    }

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
    g_autoptr(GArray) refusals = store_reader_refusals(reader, EVER);
    const StoreRefusal *first = &g_array_index(refusals, StoreRefusal, 0);

    assert_int_equal(refusals->len, 2);
    assert_string_equal(first->answer, "403 Forbidden");
    assert_int_equal(first->attempts, 3);
    assert_int_equal(first->devices, 2);
    assert_string_equal(g_array_index(refusals, StoreRefusal, 1).answer, "no answer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_known_counts),
        cmocka_unit_test(of_a_period_only_what_reaches_into_it_counts),
        cmocka_unit_test(what_goes_on_reaches_until_now),
        cmocka_unit_test(findings_come_the_worst_first),
        cmocka_unit_test(an_open_binding_lasts_as_long_as_it_was_refreshed),
        cmocka_unit_test(refusals_are_counted_by_their_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
