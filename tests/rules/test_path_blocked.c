/*
 * Somebody on the way refuses: by ICMP, or by a reset in the server's name.
 */

#include "expect.h"

extern const Rule rule_path_blocked;

#define HEAD                           \
    "vantage client\n"                 \
    "server gate 203.0.113.1 hops=2\n" \
    "at 0 phone -> server REGISTER\n"

static void fires_on_a_firewall_that_says_so(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 0.01 gate -> phone icmp prohibited\n"
                                        "end 60\n",
                                   &rule_path_blocked);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com sent REGISTER to 198.51.100.10:5060, and 203.0.113.1 answered "
                 "once with ICMP communication administratively prohibited: a firewall there "
                 "rejects it");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "ICMP error", 2);
    assert_non_null(strstr(finding_advice(j->finding), "203.0.113.1"));
}

static void fires_on_a_router_without_a_way(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 0.01 gate -> phone icmp host-unreachable\n"
                                        "end 60\n",
                                   &rule_path_blocked);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com sent REGISTER to 198.51.100.10:5060, and 203.0.113.1 answered "
                 "once with ICMP host unreachable: it knows no way to the server");
}

static void fires_on_a_loop_of_routes(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 0.01 gate -> phone icmp expired\n"
                                        "end 60\n",
                                   &rule_path_blocked);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com sent REGISTER to 198.51.100.10:5060, and 203.0.113.1 answered "
                 "once with ICMP time to live exceeded: the packets go in a circle");
}

static void tells_the_servers_own_firewall(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 0.01 server -> phone icmp prohibited\n"
                                        "end 60\n",
                                   &rule_path_blocked);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com sent REGISTER to 198.51.100.10:5060, and 198.51.100.10 "
                 "answered once with ICMP communication administratively prohibited: the server's "
                 "own firewall rejects it");
}

/* The server is seven hops away, the reset came from next door. */
#define OVER_TCP                               \
    "vantage client\n"                         \
    "phone 192.168.1.10:49170 transport=tcp\n" \
    "at 0    phone -> server connect\n"        \
    "at 0.1  phone -> server REGISTER\n"

static void fires_on_a_reset_that_came_another_way(void **state)
{
    g_autoptr(Judgement) j = judge(OVER_TCP "at 0.11 server -> phone reset ttl=63\n"
                                            "end 60\n",
                                   &rule_path_blocked);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com sent REGISTER over TCP to 198.51.100.10:5060, and a box on the "
                 "way reset the connection in the name of the server");
    assert_fact(j, 1, "reset", 5);
}

static void a_reset_of_the_server_blocks_no_path(void **state)
{
    g_autoptr(Judgement) j = judge(OVER_TCP "at 0.11 server -> phone reset\n"
                                            "end 60\n",
                                   &rule_path_blocked);

    assert_clean(j);
}

/* Some systems send a RST with a TTL of 255: seven hops as well. */
static void another_first_ttl_is_no_other_way(void **state)
{
    g_autoptr(Judgement) j = judge(OVER_TCP "at 0.11 server -> phone reset ttl=248\n"
                                            "end 60\n",
                                   &rule_path_blocked);

    assert_clean(j);
}

static void silences_the_umbrella(void **state)
{
    g_autofree char *ids = judge_all(HEAD "at 0.01 gate -> phone icmp prohibited\n"
                                          "at 0.5  phone -> server copy\n"
                                          "at 1.5  phone -> server copy\n"
                                          "end 60\n");

    assert_string_equal(ids, "path_blocked");
}

static void is_clean_when_the_answer_came_after_all(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 0.01 gate -> phone icmp host-unreachable\n"
                                        "at 0.5  phone -> server copy\n"
                                        "at 0.52 server -> phone 200\n"
                                        "end 60\n",
                                   &rule_path_blocked);

    assert_clean(j);
}

/* The server reaches out to a phone that is gone: that is not the phone's way. */
static void is_clean_when_the_way_back_is_meant(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "server gate 203.0.113.1\n"
                                   "at 0    phone -> server registration\n"
                                   "at 10   server -> phone OPTIONS\n"
                                   "at 10.1 gate -> server icmp host-unreachable\n"
                                   "end 60\n",
                                   &rule_path_blocked);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_on_a_firewall_that_says_so),
        cmocka_unit_test(fires_on_a_router_without_a_way),
        cmocka_unit_test(fires_on_a_loop_of_routes),
        cmocka_unit_test(tells_the_servers_own_firewall),
        cmocka_unit_test(fires_on_a_reset_that_came_another_way),
        cmocka_unit_test(a_reset_of_the_server_blocks_no_path),
        cmocka_unit_test(another_first_ttl_is_no_other_way),
        cmocka_unit_test(silences_the_umbrella),
        cmocka_unit_test(is_clean_when_the_answer_came_after_all),
        cmocka_unit_test(is_clean_when_the_way_back_is_meant),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
