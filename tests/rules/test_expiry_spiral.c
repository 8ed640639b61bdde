/*
 * A little less each time.
 */

#include "lives.h"

extern const Rule rule_expiry_spiral;

#define ASKS(at, seconds)                                        \
    "at " at ".0 phone -> server REGISTER expires=" seconds "\n" \
    "at " at ".1 server -> phone 200\n"

#define HEAD "vantage client\n"

static void fires_when_it_goes_down_and_down(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD ASKS("0", "3600") ASKS("900", "2700") ASKS("1800", "1800")
                                       ASKS("2700", "900") "end 2800\n",
                                   &rule_expiry_spiral);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com asks for less time at each renewal: for 3600 s at first and "
                 "for 900 s after 3 more requests, 45 min later");
    assert_fact(j, 0, "first request", 1);
    assert_fact(j, 1, "newest request", 7);
    assert_int_equal(j->finding->rule->severity, FINDING_WARNING);
}

/* It takes over what it was granted. */
static void is_clean_after_one_step(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD ASKS("0", "3600") ASKS("900", "600") ASKS("1400", "600")
                                       ASKS("1900", "600") "end 2000\n",
                                   &rule_expiry_spiral);

    assert_clean(j);
}

static void is_clean_when_it_goes_up_again(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD ASKS("0", "3600") ASKS("900", "2700") ASKS("1800", "1800")
                                       ASKS("2700", "3600") "end 2800\n",
                                   &rule_expiry_spiral);

    assert_clean(j);
}

static void is_clean_when_it_always_asks_for_the_same(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD ASKS("0", "600") ASKS("500", "600") ASKS("1000", "600")
                                       ASKS("1500", "600") "end 1600\n",
                                   &rule_expiry_spiral);

    assert_clean(j);
}

/* The end of a registration is no lesser time. */
static void is_clean_when_it_takes_its_leave(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD ASKS("0", "3600") ASKS("900", "2700") ASKS("1800", "1800")
                                       ASKS("2700", "0") "end 2800\n",
                                   &rule_expiry_spiral);

    assert_clean(j);
}

static void is_clean_without_a_registration(void **state)
{
    RegDevice device = device_made(NULL, 0, NULL);
    g_autoptr(Judgement) j = judge_device(&rule_expiry_spiral, &device, NOON(600));

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_it_goes_down_and_down),
        cmocka_unit_test(is_clean_after_one_step),
        cmocka_unit_test(is_clean_when_it_goes_up_again),
        cmocka_unit_test(is_clean_when_it_always_asks_for_the_same),
        cmocka_unit_test(is_clean_when_it_takes_its_leave),
        cmocka_unit_test(is_clean_without_a_registration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
