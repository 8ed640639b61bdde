/*
 * TCP connections that do not come about.
 */

#include "expect.h"

extern const Rule rule_connect_failed;

#define HEAD           \
    "vantage client\n" \
    "phone 192.168.1.10:49170 transport=tcp\n"

static void fires_when_nobody_answers_the_syn(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 0 phone -> server syn\n"
                                        "at 1 phone -> server syn again\n"
                                        "at 3 phone -> server syn again\n"
                                        "at 7 phone -> server syn again\n"
                                        "end 60\n",
                                   &rule_connect_failed);

    assert_fires(j, FINDING_STRONG,
                 "192.168.1.10 tried to open a TCP connection to 198.51.100.10:5060, sent SYN 4 "
                 "times and got no answer");
    assert_fact(j, 0, "first SYN", 1);
    assert_fact(j, 1, "last SYN", 4);
}

static void fires_when_the_connection_is_refused(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 0     phone -> server syn\n"
                                        "at 0.02  server -> phone reset\n"
                                        "at 30    phone -> server syn\n"
                                        "at 30.02 server -> phone reset\n",
                                   &rule_connect_failed);

    assert_fires(j, FINDING_PROVEN,
                 "192.168.1.10 tried to open a TCP connection to 198.51.100.10:5060, and was "
                 "refused 2 times: nothing listens there, or a firewall answers in its name");
    assert_fact(j, 1, "refusal", 2);
}

static void names_who_says_that_it_cannot_be_reached(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "server gate 203.0.113.1 hops=2\n"
                                        "at 0    phone -> server syn\n"
                                        "at 0.02 gate -> phone icmp prohibited\n"
                                        "end 60\n",
                                   &rule_connect_failed);

    assert_fires(j, FINDING_PROVEN,
                 "192.168.1.10 could not open a TCP connection to 198.51.100.10:5060: 203.0.113.1 "
                 "answers with ICMP communication administratively prohibited");
}

static void fires_on_a_device_that_is_known(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "phone expires=60\n"
                                        "at 0     phone -> server connect\n"
                                        "at 0.1   phone -> server registration\n"
                                        "at 10    phone -> server fin\n"
                                        "at 10.1  server -> phone fin\n"
                                        "at 50    phone -> server syn\n"
                                        "at 50.02 server -> phone reset\n"
                                        "end 300\n",
                                   &rule_connect_failed);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com tried to open a TCP connection to 198.51.100.10:5060, and was "
                 "refused once: nothing listens there, or a firewall answers in its name");
}

static void is_the_only_finding_on_a_device_without_a_name(void **state)
{
    g_autofree char *ids = judge_all(HEAD "at 0    phone -> server syn\n"
                                          "at 0.02 server -> phone reset\n"
                                          "end 60\n");

    assert_string_equal(ids, "connect_failed");
}

static void is_clean_when_the_connection_stands(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 0    phone -> server syn\n"
                                        "at 1    phone -> server syn again\n"
                                        "at 1.02 server -> phone syn-ack\n"
                                        "at 1.03 phone -> server ack\n"
                                        "at 1.1  phone -> server registration\n"
                                        "end 60\n",
                                   &rule_connect_failed);

    assert_clean(j);
}

/* RFC 3263 section 4.3: the next server, or the next transport. */
static void is_clean_when_the_phone_registers_elsewhere(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "phone tcp 192.168.1.10:49170 transport=tcp\n"
                                   "at 0    tcp -> server syn\n"
                                   "at 0.02 server -> tcp reset\n"
                                   "at 1    phone -> server registration\n"
                                   "end 90\n",
                                   &rule_connect_failed);

    assert_clean(j);
}

/* The phone acknowledges something: only the answers were not captured. */
static void is_clean_in_a_capture_of_one_direction(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 0    phone -> server syn\n"
                                        "at 0.02 server -> phone syn-ack unseen\n"
                                        "at 0.03 phone -> server ack\n"
                                        "end 60\n",
                                   &rule_connect_failed);

    assert_int_equal(j->looked, 0);
}

static void the_web_is_no_registration(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "server web 203.0.113.80:443\n"
                                        "at 0    phone -> web syn\n"
                                        "at 0.02 web -> phone reset\n"
                                        "end 60\n",
                                   &rule_connect_failed);

    assert_int_equal(j->looked, 0);
}

/* A server that cannot connect to a phone is no phone without a registrar. */
static void a_server_that_calls_a_phone_is_no_phone(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "phone nat=none 192.168.1.10\n"
                                   "server tcp 198.51.100.10:40000 transport=tcp\n"
                                   "at 0    phone -> server registration\n"
                                   "at 10   tcp -> phone syn\n"
                                   "at 10.1 phone -> tcp reset\n"
                                   "end 60\n",
                                   &rule_connect_failed);

    assert_clean(j);
    assert_int_equal(j->looked, 1);
}

static void abstains_when_the_capture_ends_at_once(void **state)
{
    g_autoptr(Judgement) j = judge(HEAD "at 0 phone -> server syn\n"
                                        "at 1 phone -> server syn again\n"
                                        "end 2\n",
                                   &rule_connect_failed);

    assert_abstains(j, "the capture ends too early after the SYN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_nobody_answers_the_syn),
        cmocka_unit_test(fires_when_the_connection_is_refused),
        cmocka_unit_test(names_who_says_that_it_cannot_be_reached),
        cmocka_unit_test(fires_on_a_device_that_is_known),
        cmocka_unit_test(is_the_only_finding_on_a_device_without_a_name),
        cmocka_unit_test(is_clean_when_the_connection_stands),
        cmocka_unit_test(is_clean_when_the_phone_registers_elsewhere),
        cmocka_unit_test(is_clean_in_a_capture_of_one_direction),
        cmocka_unit_test(the_web_is_no_registration),
        cmocka_unit_test(a_server_that_calls_a_phone_is_no_phone),
        cmocka_unit_test(abstains_when_the_capture_ends_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
