/*
 * What decides before a rule is asked.
 */

#include "rules/gate.h"

#include <glib.h>

#include "support/check.h"

static RuleVerdict never(const RegChain *chain, Finding *finding)
{
    return RULE_FIRES;
}

typedef struct Scene {
    SipMessage answer;
    SipTxn txn;
    GArray *steps;
    RegChain chain;
} Scene;

/* One step, answered with 'status'; 0: not answered. */
static void set(Scene *scene, uint16_t status)
{
    RegStep step = { .sightings = { &scene->txn }, .n_sightings = 1 };

    *scene = (Scene){ .answer = { .status = status } };
    scene->txn.answer = status != 0 ? &scene->answer : NULL;
    scene->steps = g_array_new(false, false, sizeof(RegStep));
    g_array_append_val(scene->steps, step);
    scene->chain = (RegChain){ .vantage = REG_VANTAGE_CLIENT, .steps = scene->steps };
}

static Gate gate(uint16_t status, uint32_t needs)
{
    const Rule rule = { .vantage = REG_VANTAGE_ANY, .needs = needs, .check_chain = never };
    const char *because;
    Scene scene;

    set(&scene, status);

    Shown shown = shown_by(&scene.chain);
    Gate gate = gate_of(&rule, &scene.chain, &shown, &because);

    g_array_unref(scene.steps);
    return gate;
}

static void asks_a_rule_about_failures_only_where_there_is_one(void **state)
{
    assert_int_equal(gate(403, RULE_NEEDS_FAILURE), GATE_OPEN);
    assert_int_equal(gate(0, RULE_NEEDS_FAILURE), GATE_OPEN);
    assert_int_equal(gate(200, RULE_NEEDS_FAILURE), GATE_CLEAN);
    assert_int_equal(gate(200, RULE_NEEDS_NOTHING), GATE_OPEN);
}

static void asks_a_rule_about_answers_only_where_there_is_one(void **state)
{
    assert_int_equal(gate(0, RULE_NEEDS_ANSWER), GATE_CLEAN);
    assert_int_equal(gate(403, RULE_NEEDS_ANSWER), GATE_OPEN);
}

/* What cannot be told is said before what is clean: nobody shall think that it was looked at. */
static void abstains_sooner_than_it_finds_a_chain_clean(void **state)
{
    const Rule rule = { .vantage = REG_VANTAGE_SERVER, .needs = RULE_NEEDS_FAILURE };
    const char *because = NULL;
    Scene scene;

    set(&scene, 200);

    Shown shown = shown_by(&scene.chain);

    assert_int_equal(gate_of(&rule, &scene.chain, &shown, &because), GATE_SHUT);
    assert_string_equal(because, "needs a capture beside the server");
    g_array_unref(scene.steps);
}

static void sees_a_message_that_was_cut(void **state)
{
    Scene scene;

    set(&scene, 200);
    assert_false(shown_by(&scene.chain).cut);
    scene.answer.anomalies = SIP_CUT_SHORT;
    assert_true(shown_by(&scene.chain).cut);
    g_array_unref(scene.steps);
}

static void sees_a_message_that_can_be_read_in_two_ways(void **state)
{
    Scene scene;

    set(&scene, 403);
    assert_false(shown_by(&scene.chain).twofold);
    scene.answer.anomalies = SIP_DUPLICATE_HEADER;
    assert_true(shown_by(&scene.chain).twofold);
    scene.answer.anomalies = SIP_FOLDED;
    assert_false(shown_by(&scene.chain).twofold);
    scene.answer.meta.anomalies = NET_OVERLAP;
    assert_true(shown_by(&scene.chain).twofold);
    g_array_unref(scene.steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_a_rule_about_failures_only_where_there_is_one),
        cmocka_unit_test(asks_a_rule_about_answers_only_where_there_is_one),
        cmocka_unit_test(abstains_sooner_than_it_finds_a_chain_clean),
        cmocka_unit_test(sees_a_message_that_was_cut),
        cmocka_unit_test(sees_a_message_that_can_be_read_in_two_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
