/*
 * Two devices that take turns, and all those that only share an account.
 */

#include "lives.h"

extern const Rule rule_binding_fight;

#define TWO                                                               \
    "vantage server\n"                                                    \
    "phone desk 192.168.1.10 user=alice expires=60\n"                     \
    "phone desk instance=urn:uuid:00000000-0000-4000-8000-00000000000a\n" \
    "phone soft 192.168.1.11 user=alice expires=60\n"                     \
    "phone soft instance=urn:uuid:00000000-0000-4000-8000-00000000000b\n" \
    "phone soft agent=\"Example Softphone 3.1\"\n"

static void fires_when_they_take_turns(void **state)
{
    g_autoptr(Judgement) j = judge(TWO "repeat 5 every 54 {\n"
                                       "  at 0  desk -> server registration\n"
                                       "  at 20 soft -> server registration\n"
                                       "}\nend 280\n",
                                   &rule_binding_fight);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com: d1 (Example Phone 1.0 at 192.168.1.10:5060) lost its binding "
                 "5 times to d2 and took it back, every 54 s");
    assert_rejects(j, "binding_lapsed");
    assert_int_equal(j->finding->rule->severity, FINDING_WARNING);
}

static void names_both_and_the_period(void **state)
{
    RegBinding binding = binding_made(NOON(0), 60, REG_BINDING_OPEN);
    RegEviction evicted = { .count = 2,
                            .by = 7,
                            .first = FRAME(8),
                            .last = FRAME(16),
                            .first_time = NOON(30),
                            .last_time = NOON(84) };
    RegLife life = life_made();
    RegDevice device = device_made(&binding, 1, &life);

    life.evicted = &evicted;

    g_autoptr(Judgement) j = judge_device(&rule_binding_fight, &device, NOON(100));

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com: d1 (no User-Agent) lost its binding 2 times to d7 and took it "
                 "back, every 54 s");
    assert_fact(j, 0, "first time", 8);
    assert_fact(j, 1, "last time", 16);
    assert_int_equal(j->finding->from, NOON(30));
    assert_int_equal(j->finding->until, NOON(84));
}

/* A new phone for an old one. */
static void once_is_a_replacement(void **state)
{
    g_autoptr(Judgement) j = judge(TWO "at 0  desk -> server registration\n"
                                       "at 20 soft -> server registration\n"
                                       "at 70 soft -> server registration\n"
                                       "end 100\n",
                                   &rule_binding_fight);

    assert_clean(j);
}

static void is_clean_when_the_registrar_keeps_both(void **state)
{
    g_autoptr(Judgement) j = judge(TWO "repeat 4 every 54 {\n"
                                       "  at 0     desk -> server REGISTER\n"
                                       "  at 0.02  server -> desk 401\n"
                                       "  at 0.03  desk -> server REGISTER auth\n"
                                       "  at 0.05  server -> desk 200 add=\"Contact: "
                                       "<sip:alice@192.168.1.11:5060>;expires=20\"\n"
                                       "  at 20    soft -> server REGISTER\n"
                                       "  at 20.02 server -> soft 401\n"
                                       "  at 20.03 soft -> server REGISTER auth\n"
                                       "  at 20.05 server -> soft 200 add=\"Contact: "
                                       "<sip:alice@192.168.1.10:5060>;expires=20\"\n"
                                       "}\nend 280\n",
                                   &rule_binding_fight);

    assert_clean(j);
}

/* The same instance: it moves between two networks. */
static void one_phone_with_two_addresses_fights_nobody(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "phone home 192.168.1.10 user=alice expires=60\n"
              "phone home instance=urn:uuid:00000000-0000-4000-8000-00000000000a\n"
              "phone away 192.168.2.20 user=alice expires=60\n"
              "phone away instance=urn:uuid:00000000-0000-4000-8000-00000000000a\n"
              "repeat 5 every 54 {\n"
              "  at 0  home -> server registration\n"
              "  at 20 away -> server registration\n"
              "}\nend 280\n",
              &rule_binding_fight);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_they_take_turns),
        cmocka_unit_test(names_both_and_the_period),
        cmocka_unit_test(once_is_a_replacement),
        cmocka_unit_test(is_clean_when_the_registrar_keeps_both),
        cmocka_unit_test(one_phone_with_two_addresses_fights_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
