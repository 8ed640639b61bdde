/*
 * What goes, and in which order.
 */

#include "diary.h"
#include "store/retention.h"

#define DAY (24 * 3600)

static void try(Diary *diary, const RegDevice *device, double time, uint16_t status)
{
    RegAttemptStep step;
    RegAttempt attempt = diary_attempt(&step, time, status);

    diary_apply(diary, row_of_attempt(device, &attempt));
}

static void stand(Diary *diary, const RegDevice *device, RegCondition condition, double time)
{
    ReportChange change = diary_change(device, condition, REG_STATE_REGISTERED, time);

    diary_apply(diary, row_of_change(&change));
}

static void steps(Diary *diary, RetentionConfig config, double now, unsigned n)
{
    g_autoptr(Retention) retention = retention_new(diary->database, &config);

    for (unsigned i = 0; i < n; i++)
        retention_step(retention, diary->run, AT(now));
}

static void what_is_older_than_allowed_goes(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");

    for (unsigned i = 0; i < 10; i++) {
        try(&diary, &alice, i * DAY, 200);
        stand(&diary, &alice, i % 2 ? REG_CONDITION_STABLE : REG_CONDITION_LOST, i * DAY);
        diary_apply(&diary, row_of_loss("gap", NULL, AT(i * DAY), AT(i * DAY + 1), 0));
    }
    steps(&diary, (RetentionConfig){ .max_age = 3 * DAY * NSEC_SEC }, 9.5 * DAY, 4);
    assert_string_equal(diary_ask(&diary, "SELECT count(*) FROM attempts"), "3");
    assert_string_equal(diary_ask(&diary, "SELECT count(*) FROM intervals"), "4");
    assert_string_equal(diary_ask(&diary, "SELECT count(*) FROM ledger"), "3");
}

static void what_goes_on_is_never_too_old(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");
    g_autoptr(Finding) finding = diary_finding(&diary_rule, &alice, 0);

    stand(&diary, &alice, REG_CONDITION_STABLE, 0);
    diary_apply(&diary, row_of_finding(finding));
    steps(&diary, (RetentionConfig){ .max_age = DAY * NSEC_SEC }, 1000.0 * DAY, 4);
    assert_string_equal(diary_ask(&diary, "SELECT (SELECT count(*) FROM intervals) || (SELECT "
                                          "count(*) FROM findings) || (SELECT count(*) FROM "
                                          "devices) || (SELECT count(*) FROM standing)"),
                        "1111");
}

static void a_device_goes_when_nothing_is_left_of_it(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");

    stand(&diary, &alice, REG_CONDITION_STABLE, 0);
    try(&diary, &alice, 10, 200);
    diary_apply(&diary, row_of_end(AT(60), AT(60)));
    diary.run = runs_start(diary.database, &(RunsStart){ .wall = AT(100.0 * DAY) });
    steps(&diary, (RetentionConfig){ .max_age = DAY * NSEC_SEC }, 100.0 * DAY, 4);
    assert_string_equal(diary_ask(&diary, "SELECT (SELECT count(*) FROM devices) || (SELECT "
                                          "count(*) FROM standing) || (SELECT count(*) FROM runs)"),
                        "001");
}

/* A hundred bytes of text in each row, and other answers in turn so that each is a row. */
static void fill(Diary *diary, unsigned rows, double first, double apart)
{
    RegDevice alice = diary_device(1, "alice@example.com");

    database_begin(diary->database);
    for (unsigned i = 0; i < rows; i++) {
        RegAttemptStep step;
        RegAttempt attempt = diary_attempt(&step, first + i * apart, i % 2 ? 403 : 503);
        g_autoptr(Row) row = row_of_attempt(&alice, &attempt);

        apply_row(diary->database, diary->run, row);
    }
    database_commit(diary->database);
}

static void room_is_made_with_the_oldest_details(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");

    for (unsigned i = 0; i < 50; i++)
        stand(&diary, &alice, i % 2 ? REG_CONDITION_STABLE : REG_CONDITION_LOST, i * 600);
    fill(&diary, 6000, 0, 600);
    steps(&diary, (RetentionConfig){ .max_bytes = 1 << 20 }, 6000 * 600, 20);
    assert_string_equal(diary_ask(&diary, "SELECT count(*) FROM intervals"), "50");
    assert_string_equal(diary_ask(&diary, "SELECT count(*) BETWEEN 500 AND 5500 FROM attempts"),
                        "1");
    assert_string_equal(diary_ask(&diary, "SELECT max(id) FROM attempts"), "6000");
    assert_string_equal(diary_ask(&diary, "SELECT count(*) = 6001 - min(id) FROM attempts"), "1");
}

static void when_all_is_of_today_even_that_makes_room(void **state)
{
    g_auto(Diary) diary = diary_open();

    fill(&diary, 6000, 0, 1);
    steps(&diary, (RetentionConfig){ .max_bytes = 1 << 20 }, 6000, 40);
    assert_string_equal(diary_ask(&diary, "SELECT count(*) BETWEEN 1 AND 5500 FROM attempts"), "1");
}

static void the_file_does_not_grow_over_its_limit(void **state)
{
    g_auto(Diary) diary = diary_open();
    g_autoptr(Retention) retention =
        retention_new(diary.database, &(RetentionConfig){ .max_bytes = 1 << 20 });
    unsigned full = 0;

    for (unsigned i = 0; i < 40; i++) {
        fill(&diary, 500, 600.0 * 500 * i, 600);
        full += (diary.database->error & 0xff) == SQLITE_FULL;
        retention_step(retention, diary.run, AT(600.0 * 500 * (i + 1)));
    }
    assert_string_equal(diary_ask(&diary, "SELECT page_count * page_size <= 1048576 FROM "
                                          "pragma_page_count, pragma_page_size"),
                        "1");
    assert_string_equal(diary_ask(&diary, "SELECT count(*) > 500 FROM attempts"), "1");
    assert_true(full < 10);
}

static void a_limit_that_was_lowered_gives_room_back(void **state)
{
    g_auto(Diary) diary = diary_open();

    fill(&diary, 10000, 0, 600);
    steps(&diary, (RetentionConfig){ .max_age = DAY * NSEC_SEC }, 10000 * 600, 100);
    assert_string_equal(diary_ask(&diary, "SELECT count(*) <= 145 FROM attempts"), "1");
    assert_string_equal(diary_ask(&diary, "SELECT freelist_count < 1100 FROM "
                                          "pragma_freelist_count"),
                        "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_older_than_allowed_goes),
        cmocka_unit_test(what_goes_on_is_never_too_old),
        cmocka_unit_test(a_device_goes_when_nothing_is_left_of_it),
        cmocka_unit_test(room_is_made_with_the_oldest_details),
        cmocka_unit_test(when_all_is_of_today_even_that_makes_room),
        cmocka_unit_test(the_file_does_not_grow_over_its_limit),
        cmocka_unit_test(a_limit_that_was_lowered_gives_room_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
