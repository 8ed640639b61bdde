/*
 * The beginning and the end of watching.
 */

#include "diary.h"

static void restart(Diary *diary, double time)
{
    diary->run = runs_start(diary->database, &(RunsStart){ .wall = AT(time), .version = "2" });
    assert_true(diary->run != 0);
}

static void a_killed_run_is_closed_at_its_last_sign_of_life(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");
    ReportChange change = diary_change(&alice, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 10);
    g_autoptr(Finding) finding = diary_finding(&diary_rule, &alice, 10);

    diary_apply(&diary, row_of_change(&change));
    diary_apply(&diary, row_of_finding(finding));
    diary_apply(&diary, row_of_pulse(AT(100), AT(100)));
    restart(&diary, 500);
    assert_string_equal(diary_ask(&diary, "SELECT (ended - began) / 1000000000 FROM intervals"),
                        "90");
    assert_string_equal(diary_ask(&diary, "SELECT lost || because FROM findings WHERE resolved IS "
                                          "NOT NULL"),
                        "1whyreg was not watching any more");
    assert_string_equal(diary_ask(&diary, "SELECT (ended - began) / 1000000000 FROM runs WHERE id "
                                          "= 1"),
                        "100");
    assert_string_equal(diary_ask(&diary, "SELECT (ended - began) / 1000000000 FROM ledger WHERE "
                                          "kind = 'blind' AND what = 'whyreg was ended by force'"),
                        "400");
}

static void a_run_that_ended_leaves_nothing_open(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");
    ReportChange change = diary_change(&alice, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 10);

    diary_apply(&diary, row_of_change(&change));
    diary_apply(&diary, row_of_end(AT(100), AT(101)));
    assert_string_equal(diary_ask(&diary, "SELECT (ended - began) / 1000000000 FROM intervals"),
                        "90");
    restart(&diary, 200);
    assert_string_equal(diary_ask(&diary, "SELECT clean FROM runs WHERE id = 1"), "1");
    assert_string_equal(diary_ask(&diary, "SELECT what FROM ledger WHERE kind = 'blind'"),
                        "whyreg was not running");
}

/* Whether it was refreshed while nobody was watching is not known. */
static void of_a_binding_that_stood_the_end_is_not_known(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");
    RegBinding binding = { .contact = alice.contact, .since = AT(1), .until = AT(61) };

    diary_apply(&diary, row_of_binding(&alice, &binding));
    diary_apply(&diary, row_of_end(AT(30), AT(30)));
    assert_string_equal(diary_ask(&diary, "SELECT end FROM bindings WHERE ended - began ="
                                          " 29000000000 AND until - began = 60000000000"),
                        "unknown");
}

/* A standing is worth something only while its run goes on. */
static void a_standing_is_of_its_run(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");
    ReportChange change = diary_change(&alice, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 10);

    diary_apply(&diary, row_of_change(&change));
    restart(&diary, 200);
    assert_string_equal(diary_ask(&diary, "SELECT count(*) FROM standing WHERE run = 2"), "0");
}

static void losses_in_a_row_are_one(void **state)
{
    g_auto(Diary) diary = diary_open();

    for (unsigned i = 0; i < 5; i++)
        diary_apply(&diary, row_of_loss("dropped_kernel", "eth0", AT(i), AT(i + 1), 10));
    diary_apply(&diary, row_of_loss("dropped_kernel", "eth1", AT(5), AT(6), 10));
    diary_apply(&diary, row_of_loss("dropped_kernel", "eth0", AT(60), AT(61), 1));
    assert_string_equal(diary_ask(&diary, "SELECT group_concat(what || ' ' || count || ' in ' ||"
                                          " ((ended - began) / 1000000000)) FROM ledger"),
                        "eth0 50 in 5,eth1 10 in 1,eth0 1 in 1");
}

static void a_capture_is_one_row_whose_numbers_grow(void **state)
{
    g_auto(Diary) diary = diary_open();
    CaptureInfo info = {
        .name = "eth0", .first = AT(1), .latest = AT(2), .packets = 10, .drops_known = true
    };
    RegCaptureSite site = { .info = &info, .vantage = { REG_VANTAGE_SERVER, NULL } };

    diary_apply(&diary, row_of_capture(&site));
    info.packets = 20;
    info.dropped_kernel = 3;
    diary_apply(&diary, row_of_capture(&site));
    assert_string_equal(diary_ask(&diary, "SELECT count(*) || ' ' || sum(packets) || ' ' ||"
                                          " sum(dropped_kernel) || vantage FROM captures"),
                        "1 20 3server");
}

static void without_packets_the_clock_of_the_machine_tells_the_end(void **state)
{
    g_auto(Diary) diary = diary_open();

    diary_apply(&diary, row_of_pulse(NSEC_NONE, AT(5)));
    diary_apply(&diary, row_of_end(NSEC_NONE, AT(6)));
    assert_string_equal(diary_ask(&diary, "SELECT (ended - began) / 1000000000 FROM runs"), "6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_run_is_closed_at_its_last_sign_of_life),
        cmocka_unit_test(a_run_that_ended_leaves_nothing_open),
        cmocka_unit_test(of_a_binding_that_stood_the_end_is_not_known),
        cmocka_unit_test(a_standing_is_of_its_run),
        cmocka_unit_test(losses_in_a_row_are_one),
        cmocka_unit_test(a_capture_is_one_row_whose_numbers_grow),
        cmocka_unit_test(without_packets_the_clock_of_the_machine_tells_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
