/*
 * What is changed between two places, added up.
 */

#include "reg/rewrite_table.h"
#include "sight.h"

#define INSIDE CAPTURE_PLACE_CLIENT
#define OUTSIDE CAPTURE_PLACE_SERVER

static void add(RewriteTable *table, Sight inside, Sight outside, bool outward)
{
    g_autoptr(SipMessage) in = sight_message(&inside);
    g_autoptr(SipMessage) out = sight_message(&outside);

    rewrite_table_add(table, in, out, outward);
}

static RegRewrites *find(const RewriteTable *table)
{
    NetEndpoint phone = sight_endpoint(PHONE);

    return rewrite_table_find(table, &phone, INSIDE, OUTSIDE);
}

static Sight edited(Sight sight)
{
    sight.host = NAT;
    return sight;
}

static void what_is_the_same_counts_as_clean(void **state)
{
    g_autoptr(RewriteTable) table = rewrite_table_new();

    assert_null(find(table));
    add(table, sight_request(INSIDE, 0), sight_request(OUTSIDE, 1), true);
    assert_int_equal(find(table)->pairs, 1);
    assert_int_equal(find(table)->classes[SIP_DIFF_CLEAN], 1);
    assert_int_equal(find(table)->n_changes, 0);
}

static void changes_are_counted_by_header_and_direction(void **state)
{
    g_autoptr(RewriteTable) table = rewrite_table_new();

    add(table, sight_request(INSIDE, 0), edited(sight_request(OUTSIDE, 1)), true);
    add(table, sight_request(INSIDE, 2), edited(sight_request(OUTSIDE, 3)), true);
    add(table, sight_answer(INSIDE, 5, 200), edited(sight_answer(OUTSIDE, 4, 200)), false);

    const RegRewrites *rewrites = find(table);
    g_autofree char *message = reg_pair_message(&rewrites->changes[2].first);

    assert_int_equal(rewrites->pairs, 3);
    assert_int_equal(rewrites->algs, 3);
    assert_int_equal(rewrites->classes[SIP_DIFF_ALG], 3);
    assert_int_equal(rewrites->n_changes, 4);
    assert_string_equal(rewrites->changes[0].name, "Via");
    assert_string_equal(rewrites->changes[0].inside, PHONE ":5060");
    assert_string_equal(rewrites->changes[0].outside, NAT ":5060");
    assert_int_equal(rewrites->changes[0].count, 2);
    assert_true(rewrites->changes[0].outward);
    assert_false(rewrites->changes[2].outward);
    assert_string_equal(message, "200 to REGISTER");
}

static void damage_is_kept_with_the_first_frames(void **state)
{
    g_autoptr(RewriteTable) table = rewrite_table_new();
    Sight broken = edited(sight_request(OUTSIDE, 1));

    broken.host = NAT ":5060:";
    add(table, sight_request(INSIDE, 0), broken, true);
    assert_int_equal(find(table)->damage.count, 1);
    assert_int_equal(find(table)->damage.kinds, SIP_DAMAGE_ADDRESS);
    assert_int_equal(find(table)->classes[SIP_DIFF_CORRUPTING], 1);
    assert_true(find(table)->damage.first.outward);
}

static void many_kinds_of_changes_end_somewhere(void **state)
{
    g_autoptr(RewriteTable) table = rewrite_table_new();

    for (unsigned i = 0; i < 100; i++) {
        g_autofree char *extra = g_strdup_printf("X-%u: 1", i);
        Sight outside = sight_request(OUTSIDE, 1);

        outside.extra = extra;
        add(table, sight_request(INSIDE, 0), outside, true);
    }
    assert_int_equal(find(table)->n_changes, REG_REWRITES);
    assert_true(find(table)->more);
}

static void a_record_outlives_the_table_for_who_keeps_it(void **state)
{
    g_autoptr(RegRewrites) kept = NULL;
    g_autoptr(RewriteTable) table = rewrite_table_new();

    add(table, sight_request(INSIDE, 0), edited(sight_request(OUTSIDE, 1)), true);
    kept = reg_rewrites_ref(find(table));
    g_clear_pointer(&table, rewrite_table_free);
    assert_string_equal(kept->changes[0].name, "Via");
    table = rewrite_table_new();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_the_same_counts_as_clean),
        cmocka_unit_test(changes_are_counted_by_header_and_direction),
        cmocka_unit_test(damage_is_kept_with_the_first_frames),
        cmocka_unit_test(many_kinds_of_changes_end_somewhere),
        cmocka_unit_test(a_record_outlives_the_table_for_who_keeps_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
