/*
 * A promise that the registrar did not keep.
 */

#include "lives.h"

extern const Rule rule_registrar_forgot;

typedef struct Scene {
    RegBinding binding;
    RegForgotten forgotten;
    RegLife life;
    RegDevice device;
} Scene;

/* Granted at noon for ten minutes, called after four. */
static void scene_init(Scene *scene)
{
    scene->binding = binding_made(NOON(0), 600, REG_BINDING_OPEN);
    scene->forgotten = (RegForgotten){ .count = 2,
                                       .method = SIP_METHOD_INVITE,
                                       .status = 404,
                                       .request = FRAME(5),
                                       .answer = FRAME(6),
                                       .time = NOON(240),
                                       .last = NOON(300),
                                       .until = NOON(600),
                                       .granted = FRAME(1) };
    scene->life = life_made();
    scene->life.forgotten = &scene->forgotten;
    scene->device = device_made(&scene->binding, 1, &scene->life);
}

static void fires_when_the_account_is_unknown_all_of_a_sudden(void **state)
{
    Scene scene;

    scene_init(&scene);

    g_autoptr(Judgement) j = judge_device(&rule_registrar_forgot, &scene.device, NOON(400));

    assert_fires(j, FINDING_PROVEN,
                 "the registrar answered a request for alice@example.com (INVITE) with 404 at "
                 "12:04:00.000, although the binding that it had granted ran for another 6 min, 2 "
                 "requests in all");
    assert_fact(j, 0, "granted", 1);
    assert_fact(j, 1, "request", 5);
    assert_fact(j, 2, "answer", 6);
    assert_rejects(j, "account_unknown");
    assert_rejects(j, "deregistered");
    assert_rejects(j, "binding_fight");
    assert_rejects(j, "nat_mapping_expired");
}

static void says_when_the_device_came_back(void **state)
{
    RegAttempt attempt = { .purpose = REG_PURPOSE_REFRESH,
                           .outcome = REG_OUTCOME_ACCEPTED,
                           .opened = NOON(540),
                           .first_opened = NOON(540),
                           .closed = NOON(540) };
    RegAttempt *attempts[] = { &attempt };
    Scene scene;

    scene_init(&scene);
    scene.forgotten.count = 1;
    scene.forgotten.last = scene.forgotten.time;
    scene.device.n_attempts_kept = 1;
    scene.device.attempts = attempts;

    g_autoptr(Judgement) j = judge_device(&rule_registrar_forgot, &scene.device, NOON(600));

    assert_fires(j, FINDING_STRONG,
                 "the registrar answered a request for alice@example.com (INVITE) with 404 at "
                 "12:04:00.000, although the binding that it had granted ran for another 6 min; "
                 "the device registered again at 12:09:00.000");
}

/* RFC 3261 section 21.4.18: the callee may be the one who is unavailable. */
static void is_less_sure_of_480(void **state)
{
    Scene scene;

    scene_init(&scene);
    scene.forgotten.status = 480;

    g_autoptr(Judgement) j = judge_device(&rule_registrar_forgot, &scene.device, NOON(400));

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
    assert_checkable(j->finding);
}

/* It was asked, and does not know its own Contact user. */
static void is_clean_when_the_device_itself_said_so(void **state)
{
    RegInbound answered = { .method = SIP_METHOD_INVITE,
                            .status = 404,
                            .sent = NOON(240) + NSEC_MSEC,
                            .answered = NOON(240) + 50 * NSEC_MSEC };
    Scene scene;

    scene_init(&scene);
    scene.life.answered = &answered;

    g_autoptr(Judgement) j = judge_device(&rule_registrar_forgot, &scene.device, NOON(400));

    assert_clean(j);
}

static void is_clean_when_the_time_was_over(void **state)
{
    Scene scene;

    scene_init(&scene);
    scene.forgotten.until = NOON(200);

    g_autoptr(Judgement) j = judge_device(&rule_registrar_forgot, &scene.device, NOON(400));

    assert_clean(j);
}

static void abstains_away_from_the_server(void **state)
{
    Scene scene;

    scene_init(&scene);
    scene.device.vantage = REG_VANTAGE_CLIENT;

    g_autoptr(Judgement) j = judge_device(&rule_registrar_forgot, &scene.device, NOON(400));

    assert_abstains(j, "needs a capture beside the server");
}

static void abstains_when_packets_were_lost(void **state)
{
    Scene scene;

    scene_init(&scene);
    scene.device.losses = REG_LOSS_DROPS;

    g_autoptr(Judgement) j = judge_device(&rule_registrar_forgot, &scene.device, NOON(400));

    assert_abstains(j, "the capture dropped packets at that time");
}

static void is_clean_without_such_an_answer(void **state)
{
    Scene scene;

    scene_init(&scene);
    scene.life.forgotten = NULL;

    g_autoptr(Judgement) j = judge_device(&rule_registrar_forgot, &scene.device, NOON(400));

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_account_is_unknown_all_of_a_sudden),
        cmocka_unit_test(says_when_the_device_came_back),
        cmocka_unit_test(is_less_sure_of_480),
        cmocka_unit_test(is_clean_when_the_device_itself_said_so),
        cmocka_unit_test(is_clean_when_the_time_was_over),
        cmocka_unit_test(abstains_away_from_the_server),
        cmocka_unit_test(abstains_when_packets_were_lost),
        cmocka_unit_test(is_clean_without_such_an_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
