/*
 * Renewals at the last moment, and short times that only look like it.
 */

#include "lives.h"

extern const Rule rule_refresh_late;

#define EVERY(expires, gap)                      \
    "vantage client\n"                           \
    "phone  192.168.1.10  expires=" expires "\n" \
    "repeat 6 every " gap " {\n"                 \
    "  at 0 phone -> server registration\n"      \
    "}\nend 30000\n"

static void fires_when_it_is_always_late(void **state)
{
    g_autoptr(Judgement) j = judge(EVERY("600", "595"), &rule_refresh_late);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com renewed 5 of 5 times in the last 5 % of its time, once when "
                 "only 5.0 s of 600 s were left");
    assert_fact(j, 0, "renewed", 24);
    assert_int_equal(j->finding->rule->severity, FINDING_WARNING);
}

/* baresip and linphone. */
static void is_clean_at_nine_tenths(void **state)
{
    g_autoptr(Judgement) half_a_minute = judge(EVERY("30", "27"), &rule_refresh_late);
    g_autoptr(Judgement) hour = judge(EVERY("3600", "3240"), &rule_refresh_late);

    assert_clean(half_a_minute);
    assert_clean(hour);
}

/* twinkle. */
static void is_clean_five_seconds_before_a_minute_is_over(void **state)
{
    g_autoptr(Judgement) j = judge(EVERY("60", "55"), &rule_refresh_late);

    assert_clean(j);
}

/* A timer that ticks every five seconds, as in Kamailio's uac. */
static void is_clean_when_a_tick_comes_late_now_and_then(void **state)
{
    RegBinding binding = binding_made(NOON(0), 60, REG_BINDING_OPEN);
    RegDevice device = device_made(&binding, 1, NULL);

    binding.refreshes = 20;
    binding.late = 7;
    binding.least_left = NSEC_SEC;

    g_autoptr(Judgement) j = judge_device(&rule_refresh_late, &device, NOON(1300));

    assert_clean(j);
}

static void once_is_chance(void **state)
{
    RegBinding binding = binding_made(NOON(0), 600, REG_BINDING_OPEN);
    RegDevice device = device_made(&binding, 1, NULL);

    binding.refreshes = 1;
    binding.late = 1;
    binding.least_left = NSEC_SEC;

    g_autoptr(Judgement) j = judge_device(&rule_refresh_late, &device, NOON(900));

    assert_clean(j);
}

static void is_clean_without_a_renewal(void **state)
{
    RegBinding binding = binding_made(NOON(0), 600, REG_BINDING_OPEN);
    RegDevice device = device_made(&binding, 1, NULL);
    g_autoptr(Judgement) j = judge_device(&rule_refresh_late, &device, NOON(900));

    assert_clean(j);
}

static void abstains_when_packets_were_lost(void **state)
{
    RegBinding binding = binding_made(NOON(0), 600, REG_BINDING_OPEN);
    RegDevice device = device_made(&binding, 1, NULL);

    binding.refreshes = binding.late = 3;
    binding.least_left = NSEC_SEC;
    device.losses = REG_LOSS_DROPS;

    g_autoptr(Judgement) j = judge_device(&rule_refresh_late, &device, NOON(2900));

    assert_abstains(j, "the capture dropped packets at that time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_it_is_always_late),
        cmocka_unit_test(is_clean_at_nine_tenths),
        cmocka_unit_test(is_clean_five_seconds_before_a_minute_is_over),
        cmocka_unit_test(is_clean_when_a_tick_comes_late_now_and_then),
        cmocka_unit_test(once_is_chance),
        cmocka_unit_test(is_clean_without_a_renewal),
        cmocka_unit_test(abstains_when_packets_were_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
