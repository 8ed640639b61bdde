/*
 * A registrar that went to another address.
 */

#include "lives.h"

extern const Rule rule_registrar_moved;

#define MOVES                              \
    "vantage client\n"                     \
    "phone 192.168.1.10 expires=60\n"      \
    "phone bob 192.168.1.11 user=bob\n"    \
    "server other 198.51.100.20\n"         \
    "at 0  phone -> server registration\n" \
    "at 50 phone -> server REGISTER\n"     \
    "at 50.5 phone -> server copy\n"       \
    "at 51.5 phone -> server copy\n"       \
    "at 53.5 phone -> server copy\n"       \
    "at 57.5 phone -> server copy\n"       \
    "at 110 bob -> other registration\n"

static void fires_when_another_address_answers(void **state)
{
    g_autoptr(Judgement) j =
        judge(MOVES "at 120 phone -> other registration\nend 140\n", &rule_registrar_moved);

    assert_fires(j, FINDING_STRONG,
                 "the registrar of alice@example.com answered at 198.51.100.10:5060 until "
                 "12:00:00.050, was silent there from 12:00:50.000 on, and answers at "
                 "198.51.100.20:5060 since 12:02:00.050");
    assert_fact(j, 0, "last answer there", 4);
    assert_fact(j, 1, "silence", 5);
    assert_fact(j, 2, "first answer here", 17);
    assert_rejects(j, "register_unanswered");
}

static void is_clean_when_the_same_one_answers_again(void **state)
{
    g_autoptr(Judgement) j =
        judge(MOVES "at 120 phone -> server registration\nend 140\n", &rule_registrar_moved);

    assert_clean(j);
}

/* Two servers, both of them alive: load balancing. */
static void is_clean_without_a_silence(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "phone 192.168.1.10 expires=60\n"
                                   "server other 198.51.100.20\n"
                                   "at 0   phone -> server registration\n"
                                   "at 50  phone -> other registration\n"
                                   "at 100 phone -> server registration\n"
                                   "end 120\n",
                                   &rule_registrar_moved);

    assert_clean(j);
}

static void abstains_away_from_the_phone(void **state)
{
    RegBinding binding = binding_made(NOON(0), 60, REG_BINDING_OPEN);
    RegServerMove move = { .worked = NOON(0),
                           .worked_ref = FRAME(1),
                           .silent = NOON(50),
                           .silent_ref = FRAME(2),
                           .moved = NOON(120),
                           .moved_ref = FRAME(3) };
    RegLife life = life_made();
    RegDevice device = device_made(&binding, 1, &life);

    life.server_move = &move;

    g_autoptr(Judgement) j = judge_device(&rule_registrar_moved, &device, NOON(140));

    assert_abstains(j, "needs a capture beside the phone");
}

static void abstains_when_packets_were_lost(void **state)
{
    RegBinding binding = binding_made(NOON(0), 60, REG_BINDING_OPEN);
    RegServerMove move = { .worked = NOON(0), .silent = NOON(50), .moved = NOON(120) };
    RegLife life = life_made();
    RegDevice device = device_made(&binding, 1, &life);

    life.server_move = &move;
    device.vantage = REG_VANTAGE_CLIENT;
    device.losses = REG_LOSS_ONE_WAY;

    g_autoptr(Judgement) j = judge_device(&rule_registrar_moved, &device, NOON(140));

    assert_abstains(j, "one direction between these hosts is not in the capture");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_another_address_answers),
        cmocka_unit_test(is_clean_when_the_same_one_answers_again),
        cmocka_unit_test(is_clean_without_a_silence),
        cmocka_unit_test(abstains_away_from_the_phone),
        cmocka_unit_test(abstains_when_packets_were_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
