/*
 * Who is meant.
 */

#include "diary.h"

typedef struct House {
    Diary diary;
    StoreReader *reader;
} House;

static void stand(Diary *diary, RegDevice *device)
{
    ReportChange change = diary_change(device, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 10);

    diary_apply(diary, row_of_change(&change));
}

/* alice and her second phone, bob, and somebody with IPv6. */
static House house_new(void)
{
    House house = { .diary = diary_open() };
    RegDevice alice = diary_device(1, "alice@example.com"), second = diary_device(2, alice.aor);
    RegDevice bob = diary_device(3, "bob@example.com"), carol = diary_device(4, "1001@example.net");

    second.user_agent = (char *)"OtherPhone 2";
    bob.instance = (char *)"urn:uuid:7";
    carol.addresses[0] = (NetEndpoint){ { { 0x20, 1, 0xd, 0xb8, [15] = 9 }, 6 }, 5060 };
    stand(&house.diary, &alice);
    stand(&house.diary, &second);
    stand(&house.diary, &bob);
    stand(&house.diary, &carol);
    house.reader = store_reader_open(house.diary.path, NULL);
    assert_non_null(house.reader);
    return house;
}

static void house_clear(House *house)
{
    store_reader_free(house->reader);
    diary_clear(&house->diary);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(House, house_clear)

static unsigned count(const House *house, const char *pattern)
{
    g_autoptr(GArray) devices = store_reader_find(house->reader, pattern);

    return devices->len;
}

static void accounts_users_and_addresses_are_found(void **state)
{
    g_auto(House) house = house_new();

    assert_int_equal(count(&house, "alice@example.com"), 2);
    assert_int_equal(count(&house, "sip:alice@example.com"), 2);
    assert_int_equal(count(&house, "alice"), 2);
    assert_int_equal(count(&house, "1001"), 1);
    assert_int_equal(count(&house, "192.168.1.11"), 1);
    assert_int_equal(count(&house, "192.168.1.11:5060"), 1);
    assert_int_equal(count(&house, "192.168.1.1"), 0);
    assert_int_equal(count(&house, "203.0.113.2"), 4);
    assert_int_equal(count(&house, "203.0.113.2:18002"), 1);
    assert_int_equal(count(&house, "[2001:db8::9]"), 1);
}

static void other_words_are_compared_with_everything(void **state)
{
    g_auto(House) house = house_new();

    assert_int_equal(count(&house, "*"), 4);
    assert_int_equal(count(&house, "*@example.com"), 3);
    assert_int_equal(count(&house, "10??"), 1);
    assert_int_equal(count(&house, "OtherPhone 2"), 1);
    assert_int_equal(count(&house, "urn:uuid:7"), 1);
    assert_int_equal(count(&house, "192.168.1.*"), 3);
    assert_int_equal(count(&house, "nobody"), 0);
    assert_int_equal(count(&house, "' OR 1=1 --"), 0);
    assert_int_equal(count(&house, ""), 0);
}

/* A dialer asks before each call. */
static void no_table_is_read_through_for_an_account(void **state)
{
    g_auto(House) house = house_new();
    static const char question[] =
        "EXPLAIN QUERY PLAN SELECT d.id FROM devices d LEFT JOIN standing s ON s.device = d.id"
        " WHERE d.aor = ?1 OR d.user = ?1 OR d.address = ?1 OR d.public_address = ?1"
        " OR (d.address >= ?2 AND d.address < ?3)"
        " OR (d.public_address >= ?2 AND d.public_address < ?3)";
    sqlite3_stmt *statement = NULL;

    assert_int_equal(sqlite3_prepare_v2(house.diary.database->db, question, -1, &statement, NULL),
                     SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        assert_null(strstr((const char *)sqlite3_column_text(statement, 3), "SCAN"));
    sqlite3_finalize(statement);
}

static void a_device_has_all_that_is_known_of_it(void **state)
{
    g_auto(House) house = house_new();
    g_autoptr(GArray) devices = store_reader_find(house.reader, "bob");
    const StoreDevice *bob = &g_array_index(devices, StoreDevice, 0);

    assert_string_equal(bob->instance, "urn:uuid:7");
    assert_string_equal(bob->server, "198.51.100.10:5060");
    assert_string_equal(bob->transport, "udp");
    assert_string_equal(bob->state, "registered");
    assert_true(bob->current);
    assert_true(bob->since == AT(10));
    assert_true(bob->good == AT(10));
    assert_null(bob->finding);
}

static void a_device_of_an_earlier_run_is_not_current(void **state)
{
    g_auto(House) house = house_new();

    runs_start(house.diary.database, &(RunsStart){ .wall = AT(100) });

    g_autoptr(StoreReader) reader = store_reader_open(house.diary.path, NULL);
    g_autoptr(GArray) devices = store_reader_find(reader, "bob");

    assert_false(g_array_index(devices, StoreDevice, 0).current);
    assert_string_equal(g_array_index(devices, StoreDevice, 0).condition, "stable");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts_users_and_addresses_are_found),
        cmocka_unit_test(other_words_are_compared_with_everything),
        cmocka_unit_test(no_table_is_read_through_for_an_account),
        cmocka_unit_test(a_device_has_all_that_is_known_of_it),
        cmocka_unit_test(a_device_of_an_earlier_run_is_not_current),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
