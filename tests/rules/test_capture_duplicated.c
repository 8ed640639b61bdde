/*
 * The same packets more than once: a mirror port, not a phone that repeats
 * itself.
 */

#include "expect.h"

extern const Rule rule_capture_duplicated;

static void fires_when_every_packet_is_there_twice(void **state)
{
    g_autoptr(Judgement) j = judge("mirrored 0.0002\n"
                                   "at 0 phone -> server registration\n"
                                   "end 60\n",
                                   &rule_capture_duplicated);

    assert_fires(j, FINDING_PROVEN,
                 "the capture holds 4 packets once more: it was taken at several points of one "
                 "path");
    assert_fact(j, 0, "first copy", 2);
    assert_true(j->finding->from < j->finding->until);
}

static void fires_when_the_copies_come_from_behind_a_router(void **state)
{
    g_autoptr(Judgement) j = judge("at 0      phone -> server REGISTER\n"
                                   "at 0.0001 phone -> server duplicate routed\n"
                                   "at 0.02   server -> phone 401\n"
                                   "at 0.0201 server -> phone duplicate routed\n"
                                   "at 0.03   phone -> server REGISTER auth\n"
                                   "at 0.0301 phone -> server duplicate routed\n"
                                   "at 0.05   server -> phone 200\n"
                                   "end 60\n",
                                   &rule_capture_duplicated);

    assert_fires(j, FINDING_PROVEN,
                 "the capture holds 3 packets once more: it was taken at several points of one "
                 "path");
}

static void is_clean_when_a_phone_repeats_its_request(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server REGISTER\n" REPEATED("phone") "end 70\n",
                                   &rule_capture_duplicated);

    assert_clean(j);
}

/* A phone with a timer T1 of 100 ms is hasty, and sends every copy itself. */
static void is_clean_when_a_hasty_phone_repeats_its_request(void **state)
{
    g_autoptr(Judgement) j = judge("at 0   phone -> server REGISTER\n"
                                   "at 0.1 phone -> server copy\n"
                                   "at 0.3 phone -> server copy\n"
                                   "at 0.7 phone -> server copy\n"
                                   "end 60\n",
                                   &rule_capture_duplicated);

    assert_clean(j);
}

static void is_clean_when_a_single_packet_came_twice(void **state)
{
    g_autoptr(Judgement) j = judge("at 0      phone -> server REGISTER\n"
                                   "at 0.0001 phone -> server duplicate\n"
                                   "at 0.02   server -> phone 401\n"
                                   "at 0.03   phone -> server REGISTER auth\n"
                                   "at 0.05   server -> phone 200\n"
                                   "end 60\n",
                                   &rule_capture_duplicated);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_every_packet_is_there_twice),
        cmocka_unit_test(fires_when_the_copies_come_from_behind_a_router),
        cmocka_unit_test(is_clean_when_a_phone_repeats_its_request),
        cmocka_unit_test(is_clean_when_a_hasty_phone_repeats_its_request),
        cmocka_unit_test(is_clean_when_a_single_packet_came_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
