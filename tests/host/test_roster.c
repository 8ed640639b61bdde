/*
 * The newest of each device, as many as may be, for readers in other threads.
 */

#include "host/roster.h"

#include "told.h"

static void change(Roster *roster, uint64_t id, RegCondition to)
{
    RegDevice device = told_device("alice@example.com");
    ReportChange change = told_change(&device, REG_CONDITION_UNKNOWN, to);

    device.id = id;
    roster_change(roster, &change);
}

static void keeps_the_newest_of_each(void **state)
{
    g_autoptr(Roster) roster = roster_new(10);

    change(roster, 1, REG_CONDITION_STABLE);
    change(roster, 2, REG_CONDITION_STABLE);
    change(roster, 1, REG_CONDITION_LOST);

    g_autoptr(GPtrArray) rows = roster_rows(roster);
    const RosterRow *newest = g_ptr_array_index(rows, 1);

    assert_int_equal(rows->len, 2);
    assert_int_equal(newest->device, 1);
    assert_int_equal(newest->condition, REG_CONDITION_LOST);
    assert_string_equal(newest->aor, "alice@example.com");
    assert_string_equal(newest->because, "the newest refresh was refused");
    assert_null(newest->address);
}

static void rows_outlive_what_happens_next(void **state)
{
    g_autoptr(Roster) roster = roster_new(10);

    change(roster, 1, REG_CONDITION_STABLE);

    g_autoptr(GPtrArray) rows = roster_rows(roster);

    change(roster, 1, REG_CONDITION_LOST);
    roster_forget(roster, 1);
    roster_forget(roster, 99);
    assert_int_equal(((const RosterRow *)g_ptr_array_index(rows, 0))->condition,
                     REG_CONDITION_STABLE);

    g_autoptr(GPtrArray) later = roster_rows(roster);

    assert_int_equal(later->len, 0);
}

static void has_its_limit(void **state)
{
    g_autoptr(Roster) roster = roster_new(10);

    for (uint64_t i = 1; i <= 100; i++)
        change(roster, i, REG_CONDITION_STABLE);

    g_autoptr(GPtrArray) rows = roster_rows(roster);

    assert_int_equal(rows->len, 10);
    assert_int_equal(((const RosterRow *)g_ptr_array_index(rows, 9))->device, 100);
}

static void long_texts_are_cut(void **state)
{
    g_autoptr(Roster) roster = roster_new(10);
    g_autofree char *aor = g_strnfill(5000, 'a');
    RegDevice device = told_device(aor);
    ReportChange change = told_change(&device, REG_CONDITION_UNKNOWN, REG_CONDITION_STABLE);

    roster_change(roster, &change);

    g_autoptr(GPtrArray) rows = roster_rows(roster);

    assert_in_range(strlen(((const RosterRow *)g_ptr_array_index(rows, 0))->aor), 1, 256);
}

static void long_texts_take_the_room_of_others(void **state)
{
    g_autoptr(Roster) roster = roster_new(100);
    g_autofree char *aor = g_strnfill(256, 'a');

    for (uint64_t i = 1; i <= 100; i++) {
        RegDevice device = told_device(aor);
        ReportChange change = told_change(&device, REG_CONDITION_UNKNOWN, REG_CONDITION_STABLE);

        device.id = i;
        device.user_agent = device.contact = aor;
        roster_change(roster, &change);
    }

    g_autoptr(GPtrArray) rows = roster_rows(roster);

    assert_in_range(rows->len, 20, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_newest_of_each),
        cmocka_unit_test(rows_outlive_what_happens_next),
        cmocka_unit_test(has_its_limit),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(long_texts_take_the_room_of_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
