/*
 * Answers to a port on which nobody listens: who asked for what, and where the
 * answer went.
 */

#include "expect.h"

extern const Rule rule_answer_to_wrong_port;

/* Each copy of the request gets its answer at the same place. */
#define ANSWERED(where)                             \
    "at 0      phone -> server REGISTER\n"          \
    "at 0.002  server -> phone 401 lost" where "\n" \
    "at 0.500  phone -> server copy\n"              \
    "at 0.502  server -> phone copy" where "\n"     \
    "at 1.500  phone -> server copy\n"              \
    "at 1.502  server -> phone copy" where "\n"     \
    "at 3.500  phone -> server copy\n"              \
    "end 60\n"

#define NO_RPORT "phone 192.168.1.10 rport=no\n"
#define NO_NAT "phone 203.0.113.9 nat=none "

static void fires_when_the_phone_behind_a_nat_does_not_ask_for_rport(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" NO_RPORT ANSWERED(" dst=203.0.113.2:5060"),
                                   &rule_answer_to_wrong_port);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com sends from 203.0.113.2:40001, names 192.168.1.10:5060 in Via, "
                 "and the answers go to 203.0.113.2:5060: it does not ask for rport, so they go to "
                 "the port in its Via; the phone repeated the request 3 times");
    assert_fact(j, 0, "Via of the request", 1);
    assert_fact(j, 1, "answer sent to", 2);
    assert_fact(j, 2, "last copy", 7);
    assert_non_null(strstr(finding_advice(j->finding), "force_rport=yes"));
}

static void fires_when_the_server_ignores_rport(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage middle\n" ANSWERED(" dst=203.0.113.2:5060"), &rule_answer_to_wrong_port);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, "although that asks for rport"));
    assert_checkable(j->finding);
}

static void fires_when_the_server_sends_to_the_private_address(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" ANSWERED(" dst=192.168.1.10:5060"), &rule_answer_to_wrong_port);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, "the server sends to the address in Via"));
}

/* Some Cisco phones send from any port and listen on the one in Via. */
static void fires_when_the_phone_listens_elsewhere_than_it_sends_from(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" NO_NAT "rport=no\n"
                                   "at 0     phone -> server REGISTER src=203.0.113.9:50933\n"
                                   "at 0.002 server -> phone 401 lost dst=203.0.113.9:50933\n"
                                   "at 0.500 phone -> server copy src=203.0.113.9:50933\n"
                                   "at 1.500 phone -> server copy src=203.0.113.9:50933\n"
                                   "end 60\n",
                                   &rule_answer_to_wrong_port);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com sends from 203.0.113.9:50933, names 203.0.113.9:5060 in Via, "
                 "and the answers go to 203.0.113.9:50933: the server answers to the port that it "
                 "saw, and not to the one in Via; the phone repeated the request 2 times");
    assert_non_null(strstr(finding_advice(j->finding), "symmetric"));
}

/* The same path as answer_lost: the port is right, and the answer is lost. */
static void is_clean_when_the_port_is_right(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" ANSWERED(""), &rule_answer_to_wrong_port);

    assert_clean(j);
}

/* A NAT that keeps the port, or a server that was told to force rport. */
static void is_clean_when_the_answer_arrives(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" NO_RPORT "at 0 phone -> server registration\n"
                                   "end 60\n",
                                   &rule_answer_to_wrong_port);

    assert_clean(j);
}

static void is_clean_after_a_single_copy(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" NO_RPORT "at 0     phone -> server REGISTER\n"
                                   "at 0.002 server -> phone 401 dst=203.0.113.2:5060\n"
                                   "at 0.500 phone -> server copy\n"
                                   "end 60\n",
                                   &rule_answer_to_wrong_port);

    assert_clean(j);
}

static void abstains_beside_the_phone(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" NO_RPORT ANSWERED(""), &rule_answer_to_wrong_port);

    assert_abstains(j, "needs a capture on the path or beside the server");
}

static void abstains_when_no_via_explains_the_target(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" ANSWERED(" dst=203.0.113.2:7777"), &rule_answer_to_wrong_port);

    assert_abstains(j, "the answers go to an address or port that no Via explains");
}

static void writes_addresses_of_version_6_in_brackets(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\nphone [2001:db8::9]:5060 nat=none rport=no\n"
                                   "server [2001:db8::1]:5060\n"
                                   "at 0     phone -> server REGISTER src=[2001:db8::9]:50933\n"
                                   "at 0.002 server -> phone 401 lost dst=[2001:db8::9]:50933\n"
                                   "at 0.500 phone -> server copy src=[2001:db8::9]:50933\n"
                                   "at 1.500 phone -> server copy src=[2001:db8::9]:50933\n"
                                   "end 60\n",
                                   &rule_answer_to_wrong_port);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, "names [2001:db8::9]:5060 in Via"));
}

static void silences_the_lost_answer(void **state)
{
    g_autofree char *ids = judge_all("vantage server\n" NO_NAT "rport=no\n"
                                     "at 0     phone -> server REGISTER src=203.0.113.9:50933\n"
                                     "at 0.002 server -> phone 401 lost dst=203.0.113.9:50933\n"
                                     "at 0.500 phone -> server copy src=203.0.113.9:50933\n"
                                     "at 1.500 phone -> server copy src=203.0.113.9:50933\n"
                                     "end 60\n");

    assert_string_equal(ids, "answer_to_wrong_port");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_phone_behind_a_nat_does_not_ask_for_rport),
        cmocka_unit_test(fires_when_the_server_ignores_rport),
        cmocka_unit_test(fires_when_the_server_sends_to_the_private_address),
        cmocka_unit_test(fires_when_the_phone_listens_elsewhere_than_it_sends_from),
        cmocka_unit_test(is_clean_when_the_port_is_right),
        cmocka_unit_test(is_clean_when_the_answer_arrives),
        cmocka_unit_test(is_clean_after_a_single_copy),
        cmocka_unit_test(abstains_beside_the_phone),
        cmocka_unit_test(abstains_when_no_via_explains_the_target),
        cmocka_unit_test(writes_addresses_of_version_6_in_brackets),
        cmocka_unit_test(silences_the_lost_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
