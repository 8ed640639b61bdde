/*
 * One budget: that each table has a share of it, and that all of them together
 * are no more than it.
 */

#include "support/check.h"

#include "app/budget.h"
#include "rules/engine.h"

#define MANY 64
#define MIB ((size_t)1 << 20)

/* Bounded by other means: a fixed ring, the devices that point at them, a fixed number. */
static const char *const bounded[] = { "net.duplicates", "reg.flows", "reg.crowds" };

typedef struct Tables {
    CacheStats all[MANY];
    unsigned n;
} Tables;

static void collect(const Budget *budget, Tables *tables)
{
    CacheStats *all = tables->all;
    g_autoptr(NetDecoder) net = net_decoder_new(&budget->net, &(NetSink){ .user = NULL });
    g_autoptr(SipFramer) framer = sip_framer_new(&budget->framer, &(SipSink){ .user = NULL });
    g_autoptr(SipTxnTable) txns = sip_txn_table_new(&budget->txns, &(SipTxnSink){ .user = NULL });
    g_autoptr(RegTracker) tracker = reg_tracker_new(&budget->reg, &(RegSink){ .user = NULL });
    g_autoptr(RuleEngine) rules = rule_engine_new(rule_table, &(RuleSink){ .user = NULL });

    rule_engine_limit(rules, budget->findings);
    tables->n = net_decoder_tables(net, all, MANY);
    tables->n += sip_framer_tables(framer, all + tables->n, MANY - tables->n);
    all[tables->n++] = sip_txn_table_stats(txns);
    tables->n += reg_tracker_tables(tracker, all + tables->n, MANY - tables->n);
    all[tables->n++] = rule_engine_table(rules);
}

static bool is_bounded(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(bounded); i++) {
        if (strcmp(name, bounded[i]) == 0)
            return true;
    }
    return false;
}

static void every_table_keeps_to_its_share(void **state)
{
    for (size_t bytes = BUDGET_LEAST; bytes <= 4096 * MIB; bytes *= 2) {
        BudgetWants wants = { .bytes = bytes, .places = 1 };
        Budget budget = budget_divide(&wants);
        Tables tables;

        collect(&budget, &tables);
        assert_true(tables.n > 15);
        for (unsigned i = 0; i < tables.n; i++) {
            const CacheStats *table = &tables.all[i];

            if (is_bounded(table->name))
                continue;
            if (table->max_bytes == 0 || table->max_bytes > budget_share(&wants, table->name))
                fail_msg("%s has no share, or takes more", table->name);
        }
    }
}

static void all_shares_together_are_less_than_the_budget(void **state)
{
    for (size_t bytes = BUDGET_LEAST; bytes <= 4096 * MIB; bytes *= 2) {
        BudgetWants wants = { .bytes = bytes, .places = 1, .others = bytes / 8 };
        Budget budget = budget_divide(&wants);
        size_t sum = wants.others + budget.net.max_stream_bytes;
        Tables tables;

        collect(&budget, &tables);
        for (unsigned i = 0; i < tables.n; i++)
            sum += tables.all[i].max_bytes;
        assert_true(sum < bytes);
    }
}

static void places_share_what_lies_below_sip(void **state)
{
    BudgetWants one = { .bytes = 256 * MIB, .places = 1 };
    BudgetWants three = { .bytes = 256 * MIB, .places = 3 };
    Budget alone = budget_divide(&one);
    Budget shared = budget_divide(&three);

    assert_int_equal(shared.net.max_fragment_bytes, alone.net.max_fragment_bytes / 3);
    assert_int_equal(shared.framer.buffered_bytes, alone.framer.buffered_bytes / 3);
    assert_int_equal(shared.reg.max_bytes, alone.reg.max_bytes);
}

static void without_a_budget_tables_are_as_large_as_ever(void **state)
{
    Budget budget = budget_divide(&(BudgetWants){ .places = 1 });

    assert_memory_equal(&budget.net, &net_config_default, sizeof(budget.net));
    assert_memory_equal(&budget.txns, &sip_txn_config_default, sizeof(budget.txns));
    assert_memory_equal(&budget.reg.room, &reg_config_default.room, sizeof(budget.reg.room));
    assert_int_equal(budget.reg.max_bytes, reg_config_default.max_bytes);
    assert_int_equal(budget.findings + budget.standing, 0);
}

static void what_has_no_share_gets_nothing(void **state)
{
    assert_int_equal(budget_share(&(BudgetWants){ .bytes = 256 * MIB }, "reg.unheard_of"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_keeps_to_its_share),
        cmocka_unit_test(all_shares_together_are_less_than_the_budget),
        cmocka_unit_test(places_share_what_lies_below_sip),
        cmocka_unit_test(without_a_budget_tables_are_as_large_as_ever),
        cmocka_unit_test(what_has_no_share_gets_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
