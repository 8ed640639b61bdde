/*
 * Go or hold.
 */

#include "app/accounts.h"

#include "support/check.h"

#define NOW (1000 * NSEC_SEC)

static const AccountsQuestion usual = { .watching = true, .now = NOW, .stable = NSEC_NONE };

static StoreDevice device_of(const char *aor, const char *condition)
{
    return (StoreDevice){ .aor = aor,
                          .current = true,
                          .condition = condition,
                          .state = "registered",
                          .good = NSEC_NONE };
}

/* The status for devices of one account with these conditions. */
static int status_of(const AccountsQuestion *question, const char *const *conditions)
{
    g_autoptr(GArray) devices = g_array_new(FALSE, FALSE, sizeof(StoreDevice));

    for (unsigned i = 0; conditions[i] != NULL; i++) {
        StoreDevice device = device_of("alice@example.com", conditions[i]);

        g_array_append_val(devices, device);
    }

    GArray *accounts = accounts_new(question, devices, "alice");
    int status = accounts_status(accounts);

    accounts_free(accounts);
    return status;
}

#define STATUS(...) status_of(&usual, (const char *const[]){ __VA_ARGS__, NULL })

static void an_account_is_as_well_off_as_its_best_device(void **state)
{
    assert_int_equal(STATUS("stable"), 0);
    assert_int_equal(STATUS("lost", "stable"), 0);
    assert_int_equal(STATUS("unknown", "stable"), 0);
    assert_int_equal(STATUS("settling"), 1);
    assert_int_equal(STATUS("danger"), 1);
    assert_int_equal(STATUS("lost"), 1);
    assert_int_equal(STATUS("lost", "settling"), 1);
}

static void what_is_not_known_is_neither(void **state)
{
    AccountsQuestion blind = usual;

    blind.watching = false;
    assert_int_equal(STATUS("unknown"), 2);
    assert_int_equal(STATUS("lost", "unknown"), 2);
    assert_int_equal(status_of(&blind, (const char *const[]){ "stable", NULL }), 2);
    assert_int_equal(status_of(&usual, (const char *const[]){ NULL }), 2); /* nobody is meant */
}

static void a_word_that_is_not_known_is_unknown(void **state)
{
    assert_int_equal(STATUS("excellent"), 2);
}

static void a_device_of_an_earlier_run_is_unknown(void **state)
{
    StoreDevice device = device_of("alice@example.com", "stable");

    assert_int_equal(account_device_condition(&usual, &device), REG_CONDITION_STABLE);
    device.current = false;
    assert_int_equal(account_device_condition(&usual, &device), REG_CONDITION_UNKNOWN);
}

static void who_asks_may_be_more_patient_or_less(void **state)
{
    AccountsQuestion question = usual;
    StoreDevice device = device_of("alice@example.com", "settling");

    device.good = NOW - 60 * NSEC_SEC;
    question.stable = 30 * NSEC_SEC;
    assert_int_equal(account_device_condition(&question, &device), REG_CONDITION_STABLE);
    device.condition = "stable";
    question.stable = 61 * NSEC_SEC;
    assert_int_equal(account_device_condition(&question, &device), REG_CONDITION_SETTLING);
    device.condition = "danger";
    question.stable = 0;
    assert_int_equal(account_device_condition(&question, &device), REG_CONDITION_DANGER);
}

static void of_several_accounts_the_worst_that_is_certain_counts(void **state)
{
    static const struct {
        const char *conditions[3];
        int status;
    } cases[] = {
        { { "stable", "stable", "stable" }, 0 },
        { { "stable", "unknown", "stable" }, 2 },
        { { "unknown", "stable", "lost" }, 1 },
        { { "lost", "unknown", "unknown" }, 1 },
    };
    static const char *const names[] = { "alice", "bob", "carol" };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GArray) devices = g_array_new(FALSE, FALSE, sizeof(StoreDevice));

        for (unsigned k = 0; k < 3; k++) {
            StoreDevice device = device_of(names[k], cases[i].conditions[k]);

            g_array_append_val(devices, device);
        }

        GArray *accounts = accounts_new(&usual, devices, NULL);

        assert_int_equal(accounts->len, 3);
        assert_int_equal(accounts_status(accounts), cases[i].status);
        accounts_free(accounts);
    }
}

static void devices_without_an_account_have_nothing_in_common(void **state)
{
    g_autoptr(GArray) devices = g_array_new(FALSE, FALSE, sizeof(StoreDevice));
    StoreDevice good = device_of("", "stable"), bad = device_of("", "lost");

    g_array_append_val(devices, good);
    g_array_append_val(devices, bad);

    GArray *accounts = accounts_new(&usual, devices, "192.168.1.*");

    assert_int_equal(accounts->len, 2);
    assert_int_equal(accounts_status(accounts), 1);
    accounts_free(accounts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_is_as_well_off_as_its_best_device),
        cmocka_unit_test(what_is_not_known_is_neither),
        cmocka_unit_test(a_word_that_is_not_known_is_unknown),
        cmocka_unit_test(a_device_of_an_earlier_run_is_unknown),
        cmocka_unit_test(who_asks_may_be_more_patient_or_less),
        cmocka_unit_test(of_several_accounts_the_worst_that_is_certain_counts),
        cmocka_unit_test(devices_without_an_account_have_nothing_in_common),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
