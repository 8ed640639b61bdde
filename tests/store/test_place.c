/*
 * The same phone is the same row.
 */

#include "diary.h"

/* Its row of the table. */
static int64_t see(Diary *diary, const RegDevice *device)
{
    ReportChange change = diary_change(device, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 60);

    diary_apply(diary, row_of_change(&change));
    return place_find(diary->database, diary->run, device->id);
}

static void restart(Diary *diary)
{
    diary->run = runs_start(diary->database, &(RunsStart){ .wall = AT(1000) });
}

static void a_number_is_one_device_during_a_run(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com"), second = diary_device(2, alice.aor);
    int64_t row = see(&diary, &alice);

    assert_true(row != 0);
    assert_true(see(&diary, &alice) == row);
    assert_true(see(&diary, &second) != row);
    assert_string_equal(diary_ask(&diary, "SELECT count(*) FROM devices"), "2");
}

static void an_instance_is_recognised_with_everything_else_changed(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice before = diary_device(1, "alice@example.com"), after = diary_device(9, before.aor);

    before.instance = after.instance = (char *)"urn:uuid:1";
    after.contact = (char *)"sip:x@10.0.0.1";
    after.user_agent = (char *)"OtherPhone";

    int64_t row = see(&diary, &before);

    restart(&diary);
    assert_true(see(&diary, &after) == row);
    assert_string_equal(diary_ask(&diary, "SELECT user_agent FROM devices"), "OtherPhone");
}

static void another_instance_is_another_phone(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice before = diary_device(1, "alice@example.com"), after = before;

    before.instance = (char *)"urn:uuid:1";
    after.instance = (char *)"urn:uuid:2";

    int64_t row = see(&diary, &before);

    restart(&diary);
    assert_true(see(&diary, &after) != row);
}

static void a_phone_that_moved_is_known_by_its_user_agent(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice before = diary_device(1, "alice@example.com"), after = diary_device(40, before.aor);

    after.contact = (char *)"sip:phone@10.0.0.1:40000";

    int64_t row = see(&diary, &before);

    restart(&diary);
    assert_true(see(&diary, &after) == row);
}

static void a_phone_of_another_make_is_another(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice before = diary_device(1, "alice@example.com"), after = diary_device(40, before.aor);

    after.contact = (char *)"sip:phone@10.0.0.1:40000";
    after.user_agent = (char *)"OtherPhone";

    int64_t row = see(&diary, &before);

    restart(&diary);
    assert_true(see(&diary, &after) != row);
}

static void of_two_alike_each_keeps_its_own_row(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice desk = diary_device(1, "alice@example.com"), home = diary_device(2, desk.aor);

    desk.contact = (char *)"sip:desk@192.168.1.11";
    home.contact = (char *)"sip:home@192.168.1.12";

    int64_t desk_row = see(&diary, &desk), home_row = see(&diary, &home);

    restart(&diary);
    desk.id = 2;
    home.id = 1;
    assert_true(see(&diary, &home) == home_row);
    assert_true(see(&diary, &desk) == desk_row);
}

static void a_forgotten_device_that_comes_back_is_the_same(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");
    int64_t row = see(&diary, &alice);

    diary_apply(&diary, row_of_forgotten(1, AT(100)));
    assert_int_equal(place_find(diary.database, diary.run, 1), 0);
    alice.id = 77;
    assert_true(see(&diary, &alice) == row);
}

static void a_finding_that_comes_first_belongs_to_the_device_that_is_recognised_later(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");
    int64_t row = see(&diary, &alice);

    restart(&diary);
    alice.id = 5;

    g_autoptr(Finding) finding = diary_finding(&diary_rule, &alice, 1010);

    diary_apply(&diary, row_of_finding(finding));
    assert_string_equal(diary_ask(&diary, "SELECT count(*) FROM devices"), "2");
    assert_true(see(&diary, &alice) == row);
    assert_string_equal(diary_ask(&diary, "SELECT count(*) FROM devices"), "1");
    assert_int_equal(g_ascii_strtoll(diary_ask(&diary, "SELECT device FROM findings"), NULL, 10),
                     row);
}

static void without_an_account_an_address_is_not_enough(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice before = diary_device(1, ""), after = before;

    before.contact = NULL;
    after.contact = (char *)"sip:other@192.168.1.11";
    after.user_agent = NULL;

    int64_t row = see(&diary, &before);

    restart(&diary);
    assert_true(see(&diary, &after) != row);
}

static void what_a_message_lacks_stays_as_it_was(void **state)
{
    g_auto(Diary) diary = diary_open();
    RegDevice alice = diary_device(1, "alice@example.com");

    see(&diary, &alice);
    alice.user_agent = NULL;
    alice.n_public_addresses = 0;
    alice.last_seen = AT(7200);
    see(&diary, &alice);
    assert_string_equal(diary_ask(&diary, "SELECT user_agent FROM devices"), "ExamplePhone 7.1");
    assert_string_equal(diary_ask(&diary, "SELECT public_address FROM devices"),
                        "203.0.113.2:18001");
    assert_string_equal(diary_ask(&diary, "SELECT (last_seen - first_seen) / 1000000000 FROM "
                                          "devices"),
                        "7200");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_one_device_during_a_run),
        cmocka_unit_test(an_instance_is_recognised_with_everything_else_changed),
        cmocka_unit_test(another_instance_is_another_phone),
        cmocka_unit_test(a_phone_that_moved_is_known_by_its_user_agent),
        cmocka_unit_test(a_phone_of_another_make_is_another),
        cmocka_unit_test(of_two_alike_each_keeps_its_own_row),
        cmocka_unit_test(a_forgotten_device_that_comes_back_is_the_same),
        cmocka_unit_test(a_finding_that_comes_first_belongs_to_the_device_that_is_recognised_later),
        cmocka_unit_test(without_an_account_an_address_is_not_enough),
        cmocka_unit_test(what_a_message_lacks_stays_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
