/*
 * Reading while somebody writes, and what is told of a run.
 */

#include "diary.h"

static void a_reader_sees_one_moment(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com"),
              bob = diary_device(2, "bob@example.com");
    ReportChange change = diary_change(&alice, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 10);

    diary_apply(&diary, row_of_change(&change));

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);

    assert_non_null(reader);
    change.device = &bob;
    diary_apply(&diary, row_of_change(&change));

    g_autoptr(GArray) before = store_reader_devices(reader);
    g_autoptr(StoreReader) later = store_reader_open(diary.path, NULL);
    g_autoptr(GArray) after = store_reader_devices(later);

    assert_int_equal(before->len, 1);
    assert_int_equal(after->len, 2);
    assert_false(store_reader_failed(reader, NULL));
}

static void now_is_the_newest_time_of_the_newest_run(void **state)
{
    g_auto(Diary) diary = diary_open();

    diary_apply(&diary, row_of_pulse(AT(77), AT(80)));

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
    StoreRun run;

    assert_true(store_reader_now(reader) == AT(77));
    assert_true(store_reader_newest_run(reader, &run));
    assert_true(run.heartbeat == AT(80));
    assert_true(run.ended == NSEC_NONE);
    assert_string_equal(run.version, "1");
}

static void a_run_is_alive_while_its_heart_beats(void **state)
{
    StoreRun run = { .ended = NSEC_NONE, .heartbeat = AT(100) };

    assert_true(store_run_is_alive(&run, AT(109)));
    assert_false(store_run_is_alive(&run, AT(111)));
    assert_false(store_run_is_alive(&run, AT(50))); /* the clock was set back */
    run.ended = AT(100);
    assert_false(store_run_is_alive(&run, AT(101)));
}

static void runs_and_losses_of_a_period(void **state)
{
    g_auto(Diary) diary = diary_open();

    diary_apply(&diary, row_of_end(AT(100), AT(100)));
    diary.run = runs_start(diary.database, &(RunsStart){ .wall = AT(200) });
    diary_apply(&diary, row_of_pulse(AT(300), AT(300)));

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
    g_autoptr(GArray) all = store_reader_runs(reader, EVER);
    g_autoptr(GArray) second = store_reader_runs(reader, (StorePeriod){ AT(150), AT(250) });
    g_autoptr(GArray) losses = store_reader_losses(reader, (StorePeriod){ AT(150), AT(160) });
    g_autoptr(GArray) none = store_reader_losses(reader, (StorePeriod){ AT(10), AT(20) });

    assert_int_equal(all->len, 2);
    assert_int_equal(second->len, 1);
    assert_int_equal(losses->len, 1);
    assert_string_equal(g_array_index(losses, StoreLoss, 0).kind, "blind");
    assert_true(g_array_index(losses, StoreLoss, 0).from == AT(100));
    assert_int_equal(none->len, 0);
}

static void captures_of_a_run(void **state)
{
    g_auto(Diary) diary = diary_open();
    CaptureInfo info = { .name = "eth0",
                         .first = AT(1),
                         .latest = AT(2),
                         .packets = 10,
                         .dropped_kernel = 4,
                         .drops_known = true };
    RegCaptureSite site = { .info = &info, .vantage = { REG_VANTAGE_SERVER, NULL } };

    diary_apply(&diary, row_of_capture(&site));

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
    g_autoptr(GArray) captures = store_reader_captures(reader, diary.run);
    const StoreCapture *capture = &g_array_index(captures, StoreCapture, 0);

    assert_int_equal(captures->len, 1);
    assert_string_equal(capture->name, "eth0");
    assert_int_equal(capture->packets, 10);
    assert_int_equal(capture->dropped_kernel, 4);
    assert_null(capture->stopped);
}

static void a_history_that_nobody_wrote_yet_has_no_now(void **state)
{
    g_auto(Diary) diary = diary_new();

    diary.database = database_create(diary.path, NULL);

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
    StoreRun run;

    assert_non_null(reader);
    assert_true(store_reader_now(reader) == NSEC_NONE);
    assert_false(store_reader_newest_run(reader, &run));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_sees_one_moment),
        cmocka_unit_test(now_is_the_newest_time_of_the_newest_run),
        cmocka_unit_test(a_run_is_alive_while_its_heart_beats),
        cmocka_unit_test(runs_and_losses_of_a_period),
        cmocka_unit_test(captures_of_a_run),
        cmocka_unit_test(a_history_that_nobody_wrote_yet_has_no_now),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
