/*
 * Connections that end while the registration goes on.
 */

#include "lives.h"

extern const Rule rule_connection_lost;

#define CONNECTED                                             \
    "phone  192.168.1.10:49170  transport=tcp  expires=600\n" \
    "at 0 phone -> server connect\n"                          \
    "at 0.5 phone -> server registration\n"

static void fires_when_a_phone_behind_a_nat_is_cut_off(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" CONNECTED "at 100 server -> phone reset\n"
                                   "end 300\n",
                                   &rule_connection_lost);

    assert_fires(j, FINDING_STRONG,
                 "the server reset the connection of alice@example.com at 12:01:40.000, while the "
                 "registration ran until 12:10:00.550: unreachable for 3 min 20 s, until the "
                 "capture's end at 12:05:00.000");
    assert_rejects(j, "deregistered");
    assert_rejects(j, "binding_lapsed");
}

static void says_when_the_device_came_back_late(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" CONNECTED "at 100 phone -> server reset\n"
                                   "at 250 phone 192.168.1.10:49171\n"
                                   "at 250 phone -> server connect\n"
                                   "at 251 phone -> server "
                                   "registration\n"
                                   "end 300\n",
                                   &rule_connection_lost);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, "the device reset the connection"));
    assert_non_null(strstr(j->finding->summary, "unreachable for 2 min 31 s, until the device was "
                                                "back at 12:04:11.000"));
}

static void is_clean_when_the_device_comes_back_at_once(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" CONNECTED "at 100 phone -> server reset\n"
                                   "at 105 phone 192.168.1.10:49171\n"
                                   "at 105 phone -> server connect\n"
                                   "at 106 phone -> server "
                                   "registration\n"
                                   "end 300\n",
                                   &rule_connection_lost);

    assert_clean(j);
}

typedef struct Scene {
    RegBinding binding;
    RegDisconnect disconnect;
    RegOutage outage;
    RegLife life;
    RegDevice device;
} Scene;

/* Granted at noon for an hour; closed after a minute. Its Contact is public. */
static void scene_init(Scene *scene)
{
    scene->binding = binding_made(NOON(0), 3600, REG_BINDING_OPEN);
    scene->binding.contact = (char *)"sip:alice@203.0.113.77:5060;transport=tcp";
    scene->disconnect = (RegDisconnect){ .time = NOON(60), .ref = FRAME(9), .over = NSEC_NONE };
    scene->outage = (RegOutage){
        .first = { .method = SIP_METHOD_INVITE, .sent = NOON(100), .request = FRAME(10) }
    };
    scene->life = life_made();
    scene->life.disconnect = &scene->disconnect;
    scene->device = device_made(&scene->binding, 1, &scene->life);
}

/* It opens a connection for each REGISTER and listens at its Contact. */
static void is_clean_for_a_device_that_listens(void **state)
{
    Scene scene;

    scene_init(&scene);

    g_autoptr(Judgement) j = judge_device(&rule_connection_lost, &scene.device, NOON(600));

    assert_clean(j);
}

/* The same in packets: a trunk that closes behind each REGISTER. */
static void is_clean_when_each_register_has_a_connection_of_its_own(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "phone  192.0.2.10:49170  nat=none  transport=tcp  expires=600\n"
              "at 0   phone -> server connect\n"
              "at 0.5 phone -> server REGISTER contact=<sip:alice@192.0.2.10:5060;transport=tcp>\n"
              "at 0.6 server -> phone 200\n"
              "at 1   phone -> server close\n"
              "end 300\n",
              &rule_connection_lost);

    assert_clean(j);
}

static void an_unanswered_request_proves_it(void **state)
{
    Scene scene;

    scene_init(&scene);
    scene.life.outages = &scene.outage;
    scene.life.n_outages = 1;

    g_autoptr(Judgement) j = judge_device(&rule_connection_lost, &scene.device, NOON(600));

    assert_fires(j, FINDING_PROVEN,
                 "the device closed the connection of alice@example.com at 12:01:00.000, while the "
                 "registration ran until 13:00:00.000: unreachable for 9 min, until the capture's "
                 "end at 12:10:00.000");
    assert_fact(j, 0, "registered", 1);
    assert_fact(j, 1, "end of the connection", 9);
    assert_fact(j, 2, "request", 10);
}

/* RFC 5626 section 4.3: requests for it are to come over the flow. */
static void a_contact_that_asks_for_the_connection_needs_it(void **state)
{
    Scene scene;

    scene_init(&scene);
    scene.binding.contact = (char *)"sip:alice@203.0.113.77:5060;transport=tcp;ob";

    g_autoptr(Judgement) ob = judge_device(&rule_connection_lost, &scene.device, NOON(600));

    assert_int_equal(ob->verdict, RULE_FIRES);
    scene.binding.contact = (char *)"sip:x7@0f3.invalid;transport=ws";

    g_autoptr(Judgement) browser = judge_device(&rule_connection_lost, &scene.device, NOON(600));

    assert_int_equal(browser->verdict, RULE_FIRES);
}

/* Both on one network: the server opens a connection of its own. */
static void is_clean_without_a_nat_in_between(void **state)
{
    Scene scene;

    scene_init(&scene);
    scene.binding.contact = (char *)"sip:alice@192.168.1.10:5060;transport=tcp";
    net_addr_parse(STR("192.168.1.1"), &scene.device.server.addr);

    g_autoptr(Judgement) j = judge_device(&rule_connection_lost, &scene.device, NOON(600));

    assert_clean(j);
    net_addr_parse(STR("198.51.100.10"), &scene.device.server.addr);

    g_autoptr(Judgement) outside = judge_device(&rule_connection_lost, &scene.device, NOON(600));

    assert_int_equal(outside->verdict, RULE_FIRES);
}

static void is_clean_when_the_registration_was_over(void **state)
{
    Scene scene;

    scene_init(&scene);
    scene.binding.contact = (char *)"sip:alice@203.0.113.77:5060;ob";
    scene.binding.until = NOON(50);

    g_autoptr(Judgement) j = judge_device(&rule_connection_lost, &scene.device, NOON(600));

    assert_clean(j);
}

static void is_clean_when_the_capture_ends_at_once(void **state)
{
    Scene scene;

    scene_init(&scene);
    scene.binding.contact = (char *)"sip:alice@203.0.113.77:5060;ob";

    g_autoptr(Judgement) j = judge_device(&rule_connection_lost, &scene.device, NOON(80));

    assert_clean(j);
}

static void abstains_when_bytes_are_missing(void **state)
{
    Scene scene;

    scene_init(&scene);
    scene.binding.contact = (char *)"sip:alice@203.0.113.77:5060;ob";
    scene.device.losses = REG_LOSS_GAP;

    g_autoptr(Judgement) j = judge_device(&rule_connection_lost, &scene.device, NOON(600));

    assert_abstains(j, "bytes of a TCP stream are missing at that time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_a_phone_behind_a_nat_is_cut_off),
        cmocka_unit_test(says_when_the_device_came_back_late),
        cmocka_unit_test(is_clean_when_the_device_comes_back_at_once),
        cmocka_unit_test(is_clean_for_a_device_that_listens),
        cmocka_unit_test(is_clean_when_each_register_has_a_connection_of_its_own),
        cmocka_unit_test(an_unanswered_request_proves_it),
        cmocka_unit_test(a_contact_that_asks_for_the_connection_needs_it),
        cmocka_unit_test(is_clean_without_a_nat_in_between),
        cmocka_unit_test(is_clean_when_the_registration_was_over),
        cmocka_unit_test(is_clean_when_the_capture_ends_at_once),
        cmocka_unit_test(abstains_when_bytes_are_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
