/*
 * The server's own host says that nothing listens.
 */

#include "expect.h"

extern const Rule rule_port_unreachable;
extern const Rule rule_path_blocked;

#define REFUSED                                        \
    "at 0     phone -> server REGISTER\n"              \
    "at 0.02  server -> phone icmp port-unreachable\n" \
    "at 0.5   phone -> server copy\n"                  \
    "at 0.52  server -> phone icmp port-unreachable\n"

#define SUMMARY                                                                                \
    "alice@example.com sent REGISTER 2 times to 198.51.100.10:5060, and that host answered 2 " \
    "times with ICMP port unreachable: no program listens there"

static void fires_beside_the_phone(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n" REFUSED "end 60\n", &rule_port_unreachable);

    assert_fires(j, FINDING_PROVEN, SUMMARY);
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "ICMP error", 2);
    assert_rejects(j, "path_blocked");
}

static void is_weaker_where_the_server_itself_was_captured(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server said\n" REFUSED "end 60\n", &rule_port_unreachable);

    assert_fires(j, FINDING_STRONG, SUMMARY);
}

/* An error is an observation: nothing has to be waited for. */
static void fires_when_the_capture_ends_at_once(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n" REFUSED, &rule_port_unreachable);

    assert_fires(j, FINDING_PROVEN, SUMMARY);
}

static void fires_over_ipv6(void **state)
{
    g_autoptr(Judgement) j = judge("phone 2001:db8::10\n"
                                   "server 2001:db8::1\n"
                                   "at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone icmp port-unreachable\n"
                                   "end 60\n",
                                   &rule_port_unreachable);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com sent REGISTER once to [2001:db8::1]:5060, and that host "
                 "answered once with ICMP port unreachable: no program listens there");
}

static void silences_the_umbrella(void **state)
{
    g_autofree char *ids = judge_all("vantage client\n" REFUSED "end 60\n");

    assert_string_equal(ids, "port_unreachable");
}

static void is_clean_when_the_server_comes_back(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n" REFUSED "at 1.5  phone -> server copy\n"
                                   "at 1.52 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_port_unreachable);

    assert_clean(j);
}

/* A phone that is done closes its port: a late answer is refused there. */
static void is_clean_when_the_phone_refuses_a_late_answer(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0    phone -> server registration\n"
                                   "at 1    server -> phone copy\n"
                                   "at 1.01 phone -> server icmp port-unreachable\n"
                                   "end 60\n",
                                   &rule_port_unreachable);

    assert_clean(j);
}

/* What is quoted is RTP, or anything else but the REGISTER. */
static void is_clean_when_something_else_is_quoted(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0    phone -> server REGISTER\n"
                                   "at 0.1  phone -> server OPTIONS\n"
                                   "at 0.12 server -> phone icmp port-unreachable\n"
                                   "end 60\n",
                                   &rule_port_unreachable);

    assert_clean(j);
}

static void leaves_other_senders_to_path_blocked(void **state)
{
    static const char scenario[] = "vantage client\n"
                                   "server gate 192.168.1.1\n"
                                   "at 0    phone -> server REGISTER\n"
                                   "at 0.02 gate -> phone icmp port-unreachable\n"
                                   "end 60\n";
    g_autoptr(Judgement) server = judge(scenario, &rule_port_unreachable);
    g_autoptr(Judgement) gate = judge(scenario, &rule_path_blocked);

    assert_clean(server);
    assert_int_equal(gate->verdict, RULE_FIRES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_beside_the_phone),
        cmocka_unit_test(is_weaker_where_the_server_itself_was_captured),
        cmocka_unit_test(fires_when_the_capture_ends_at_once),
        cmocka_unit_test(fires_over_ipv6),
        cmocka_unit_test(silences_the_umbrella),
        cmocka_unit_test(is_clean_when_the_server_comes_back),
        cmocka_unit_test(is_clean_when_the_phone_refuses_a_late_answer),
        cmocka_unit_test(is_clean_when_something_else_is_quoted),
        cmocka_unit_test(leaves_other_senders_to_path_blocked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
