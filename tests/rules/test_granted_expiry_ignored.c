/*
 * A timer that runs by what was asked.
 */

#include "lives.h"

extern const Rule rule_granted_expiry_ignored;

/* Asked for 600 s, granted 120, so many times, so far apart. */
#define ROUNDS(times, gap)                        \
    "phone  192.168.1.10  expires=600\n"          \
    "repeat " times " every " gap " {\n"          \
    "  at 0    phone -> server REGISTER\n"        \
    "  at 0.02 server -> phone 401\n"             \
    "  at 0.03 phone -> server REGISTER auth\n"   \
    "  at 0.05 server -> phone 200 expires=120\n" \
    "}\n"

static void fires_when_it_renews_by_its_own_timer(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" ROUNDS("3", "598") "end 1250\n", &rule_granted_expiry_ignored);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com asks for 600 s and is granted 120 s, but renews only after 9 "
                 "min 58 s (seen 2 times): unreachable for 7 min 58 s in between");
    assert_fact(j, 0, "granted", 8);
    assert_fact(j, 1, "registered again", 12);
    assert_int_equal(j->finding->count, 2);
    assert_rejects(j, "nat_mapping_expired");
}

static void once_is_less_sure(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" ROUNDS("2", "598") "end 620\n", &rule_granted_expiry_ignored);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com asks for 600 s and is granted 120 s, but renews only after 9 "
                 "min 58 s (seen once): unreachable for 7 min 58 s in between");
}

/* Half of what was asked, again and again, is a timer too. */
static void fires_at_half_of_what_was_asked(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" ROUNDS("4", "300") "end 950\n", &rule_granted_expiry_ignored);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_PROVEN);
}

/* It may just have been off: that is what binding_lapsed says. */
static void is_clean_after_half_of_it_once(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" ROUNDS("2", "300") "end 320\n", &rule_granted_expiry_ignored);

    assert_clean(j);
}

static void unless_it_was_alive_meanwhile(void **state)
{
    RegBinding bindings[] = { binding_made(NOON(0), 120, REG_BINDING_LAPSED),
                              binding_made(NOON(300), 120, REG_BINDING_OPEN) };
    RegInbound answered = { .method = SIP_METHOD_OPTIONS, .answered = NOON(250), .status = 200 };
    RegLife life = life_made();
    RegDevice device = device_made(bindings, 2, &life);

    bindings[0].asked = bindings[1].asked = 600;
    life.answered = &answered;

    g_autoptr(Judgement) j = judge_device(&rule_granted_expiry_ignored, &device, NOON(310));

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
}

/* Battery saving: now after five minutes, now after nine. */
static void is_clean_when_the_times_differ(void **state)
{
    RegBinding bindings[] = { binding_made(NOON(0), 120, REG_BINDING_LAPSED),
                              binding_made(NOON(300), 120, REG_BINDING_LAPSED),
                              binding_made(NOON(840), 120, REG_BINDING_OPEN) };
    RegDevice device = device_made(bindings, 3, NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(bindings); i++)
        bindings[i].asked = 600;

    g_autoptr(Judgement) j = judge_device(&rule_granted_expiry_ignored, &device, NOON(900));

    assert_clean(j);
}

static void is_clean_when_it_renews_in_time(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" ROUNDS("5", "108") "end 500\n", &rule_granted_expiry_ignored);

    assert_clean(j);
}

/* It does know what it was granted, and was off for a while. */
static void is_clean_when_it_honours_the_grant_at_other_times(void **state)
{
    RegBinding bindings[] = { binding_made(NOON(0), 120, REG_BINDING_LAPSED),
                              binding_made(NOON(590), 120, REG_BINDING_OPEN) };
    RegDevice device = device_made(bindings, 2, NULL);

    bindings[0].asked = bindings[1].asked = 600;
    bindings[1].refreshes = 3;

    g_autoptr(Judgement) j = judge_device(&rule_granted_expiry_ignored, &device, NOON(900));

    assert_clean(j);
}

static void is_clean_when_it_got_what_it_asked_for(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "phone  192.168.1.10  expires=120\n"
                                   "at 0   phone -> server registration\n"
                                   "at 598 phone -> server registration\n"
                                   "end 620\n",
                                   &rule_granted_expiry_ignored);

    assert_clean(j);
}

static void is_clean_when_it_left_the_time_to_the_registrar(void **state)
{
    RegBinding bindings[] = { binding_made(NOON(0), 120, REG_BINDING_LAPSED),
                              binding_made(NOON(598), 120, REG_BINDING_OPEN) };
    RegDevice device = device_made(bindings, 2, NULL);

    bindings[0].asked = bindings[1].asked = REG_EXPIRES_NONE;

    g_autoptr(Judgement) j = judge_device(&rule_granted_expiry_ignored, &device, NOON(610));

    assert_clean(j);
}

static void is_clean_when_it_comes_back_much_later(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" ROUNDS("2", "5000") "end 5020\n", &rule_granted_expiry_ignored);

    assert_clean(j);
}

static void abstains_when_packets_were_lost(void **state)
{
    RegBinding bindings[] = { binding_made(NOON(0), 120, REG_BINDING_LAPSED),
                              binding_made(NOON(598), 120, REG_BINDING_OPEN) };
    RegDevice device = device_made(bindings, 2, NULL);

    bindings[0].asked = 600;
    device.losses = REG_LOSS_GAP;

    g_autoptr(Judgement) j = judge_device(&rule_granted_expiry_ignored, &device, NOON(610));

    assert_abstains(j, "bytes of a TCP stream are missing at that time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_it_renews_by_its_own_timer),
        cmocka_unit_test(once_is_less_sure),
        cmocka_unit_test(fires_at_half_of_what_was_asked),
        cmocka_unit_test(is_clean_after_half_of_it_once),
        cmocka_unit_test(unless_it_was_alive_meanwhile),
        cmocka_unit_test(is_clean_when_the_times_differ),
        cmocka_unit_test(is_clean_when_it_renews_in_time),
        cmocka_unit_test(is_clean_when_it_honours_the_grant_at_other_times),
        cmocka_unit_test(is_clean_when_it_got_what_it_asked_for),
        cmocka_unit_test(is_clean_when_it_left_the_time_to_the_registrar),
        cmocka_unit_test(is_clean_when_it_comes_back_much_later),
        cmocka_unit_test(abstains_when_packets_were_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
