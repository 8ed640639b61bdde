/*
 * The server answers and the phone keeps asking: the copies after an answer
 * tell, where the answer can be seen to leave.
 */

#include "expect.h"

extern const Rule rule_answer_lost;

/* The 200 is answered again with every copy, as RFC 3261 section 17.2.2 wants. */
#define LOST_200                                \
    "at 0      phone -> server REGISTER\n"      \
    "at 0.002  server -> phone 401\n"           \
    "at 0.040  phone -> server REGISTER auth\n" \
    "at 0.043  server -> phone 200 lost\n"      \
    "at 0.540  phone -> server copy\n"          \
    "at 0.541  server -> phone copy\n"          \
    "at 1.540  phone -> server copy\n"          \
    "at 1.541  server -> phone copy\n"          \
    "at 3.540  phone -> server copy\n"          \
    "at 3.541  server -> phone copy\n"          \
    "end 60\n"

#define SUMMARY                                                                             \
    "the server answered alice@example.com with 200, but the phone repeated the request 3 " \
    "times in 3.4 s: the answers do not arrive"

static void fires_beside_the_server(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" LOST_200, &rule_answer_lost);

    assert_fires(j, FINDING_STRONG, SUMMARY);
    assert_fact(j, 0, "request", 3);
    assert_fact(j, 1, "answer", 4);
    assert_fact(j, 2, "last copy", 9);
    assert_rejects(j, "challenge_unanswered");
    assert_rejects(j, "register_unanswered");
}

static void fires_on_the_path(void **state)
{
    g_autoptr(Judgement) j = judge("vantage middle\n" LOST_200, &rule_answer_lost);

    assert_fires(j, FINDING_STRONG, SUMMARY);
}

/* Where nobody knows which side of the fault this is, it may be the phone that
 * does not read what it gets. */
static void is_a_hint_where_the_place_is_not_known(void **state)
{
    g_autoptr(Judgement) j = judge("server 198.51.100.10 hops=0\n"
                                   "phone 203.0.113.9 hops=0 nat=none\n" LOST_200,
                                   &rule_answer_lost);

    assert_fires(j, FINDING_WEAK, SUMMARY);
}

static void abstains_beside_the_phone(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n" LOST_200, &rule_answer_lost);

    assert_abstains(j, "needs a capture on the path or beside the server");
}

static void fires_on_a_lost_challenge_too(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "at 0 phone -> server REGISTER\n"
              "at 0.002 server -> phone 401 lost\n" REPEATED("phone") "end 70\n",
              &rule_answer_lost);

    assert_fires(j, FINDING_STRONG,
                 "the server answered alice@example.com with 401, but the phone repeated the "
                 "request 10 times in 31 s: the answers do not arrive");
}

/* In a capture of both sides of the NAT what counts is the side of the server. */
static void fires_when_both_sides_of_the_nat_are_in_the_capture(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "at 0      phone -> server REGISTER src=192.168.1.10:5060\n"
                                   "at 0.0002 phone -> server copy\n"
                                   "at 0.002  server -> phone 401 lost\n"
                                   "at 0.5    phone -> server copy src=192.168.1.10:5060\n"
                                   "at 0.5002 phone -> server copy\n"
                                   "at 0.502  server -> phone copy\n"
                                   "at 1.5    phone -> server copy src=192.168.1.10:5060\n"
                                   "at 1.5002 phone -> server copy\n"
                                   "at 1.502  server -> phone copy\n"
                                   "end 60\n",
                                   &rule_answer_lost);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_checkable(j->finding);
    assert_fact(j, 0, "request inside", 1);
    assert_fact(j, 1, "request", 2);
    assert_fact(j, 2, "answer", 3);
    assert_fact(j, 3, "last copy", 8);
}

static void fires_when_the_request_before_got_no_answer(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "at 0     phone -> server REGISTER\n"
                                   "at 5     phone -> server REGISTER\n"
                                   "at 5.002 server -> phone 401 lost\n"
                                   "at 5.5   phone -> server copy\n"
                                   "at 6.5   phone -> server copy\n"
                                   "end 60\n",
                                   &rule_answer_lost);

    assert_fires(j, FINDING_STRONG,
                 "the server answered alice@example.com with 401, but the phone repeated the "
                 "request 2 times in 1.4 s: the answers do not arrive");
}

static void is_clean_when_the_request_was_not_captured(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server said\n"
                                   "at 0     phone -> server REGISTER unseen\n"
                                   "at 0.002 server -> phone 401 lost\n"
                                   "at 0.502 server -> phone copy\n"
                                   "at 1.502 server -> phone copy\n"
                                   "end 60\n",
                                   &rule_answer_lost);

    assert_clean(j);
}

static void is_clean_when_the_last_request_has_no_answer_yet(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "at 0     phone -> server REGISTER\n"
                                   "at 0.002 server -> phone 401\n"
                                   "at 0.040 phone -> server REGISTER auth\n"
                                   "at 0.540 phone -> server copy\n"
                                   "at 1.540 phone -> server copy\n"
                                   "end 60\n",
                                   &rule_answer_lost);

    assert_clean(j);
}

static void is_clean_when_one_copy_crossed_the_answer(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "at 0 phone -> server REGISTER\n"
                                   "at 0.450 server -> phone 401\n"
                                   "at 0.500 phone -> server copy\n"
                                   "at 0.501 server -> phone copy\n"
                                   "at 0.600 phone -> server REGISTER auth\n"
                                   "at 0.602 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_answer_lost);

    assert_clean(j);
}

/* Over two satellites an answer takes more than a second, and the copies of
 * timer E are all under way before it arrives. */
static void is_clean_over_a_path_with_a_long_round_trip(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "at 0     phone -> server REGISTER\n"
                                   "at 0.002 server -> phone 401\n"
                                   "at 0.500 phone -> server copy\n"
                                   "at 0.502 server -> phone copy\n"
                                   "at 1.500 phone -> server copy\n"
                                   "at 1.502 server -> phone copy\n"
                                   "at 1.700 phone -> server REGISTER auth\n"
                                   "at 1.702 server -> phone 200\n"
                                   "at 2.200 phone -> server copy\n"
                                   "at 2.202 server -> phone copy\n"
                                   "at 3.200 phone -> server copy\n"
                                   "at 3.202 server -> phone copy\n"
                                   "end 60\n",
                                   &rule_answer_lost);

    assert_clean(j);
}

static void is_clean_when_the_phone_went_on_in_the_end(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "at 0 phone -> server REGISTER\n"
                                   "at 0.002 server -> phone 401 lost\n"
                                   "at 0.500 phone -> server copy\n"
                                   "at 0.502 server -> phone copy lost\n"
                                   "at 1.500 phone -> server copy\n"
                                   "at 1.502 server -> phone 401\n"
                                   "at 1.540 phone -> server REGISTER auth\n"
                                   "at 1.542 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_answer_lost);

    assert_clean(j);
}

static void is_clean_when_a_mirror_port_shows_every_packet_twice(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "mirrored 0.0005\n"
                                   "repeat 3 every 30 {\n"
                                   "    at 0 phone -> server registration expires=60\n"
                                   "}\n"
                                   "end 120\n",
                                   &rule_answer_lost);

    assert_clean(j);
}

static void is_clean_when_the_server_never_answers(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "at 0 phone -> server REGISTER\n" REPEATED("phone") "end 70\n",
                                   &rule_answer_lost);

    assert_clean(j);
}

static void abstains_when_the_answers_go_to_another_port(void **state)
{
    g_autoptr(Judgement) j = judge(
        "vantage server\n"
        "at 0 phone -> server REGISTER\n"
        "at 0.002 server -> phone 401 lost dst=203.0.113.2:5062\n" REPEATED("phone") "end 70\n",
        &rule_answer_lost);

    assert_abstains(j, "the answers go to another address or port than they came from");
}

static void abstains_over_tcp(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "phone 192.168.1.10:49170 transport=tcp\n"
                                   "at 0 phone -> server connect\n"
                                   "at 0.1 phone -> server REGISTER\n"
                                   "at 0.101 server -> phone 401\n"
                                   "at 1 phone -> server copy\n"
                                   "at 3 phone -> server copy\n"
                                   "end 60\n",
                                   &rule_answer_lost);

    assert_abstains(j, "over TCP the answer cannot be lost without the connection");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_beside_the_server),
        cmocka_unit_test(fires_on_the_path),
        cmocka_unit_test(is_a_hint_where_the_place_is_not_known),
        cmocka_unit_test(abstains_beside_the_phone),
        cmocka_unit_test(fires_on_a_lost_challenge_too),
        cmocka_unit_test(fires_when_both_sides_of_the_nat_are_in_the_capture),
        cmocka_unit_test(fires_when_the_request_before_got_no_answer),
        cmocka_unit_test(is_clean_when_the_request_was_not_captured),
        cmocka_unit_test(is_clean_when_the_last_request_has_no_answer_yet),
        cmocka_unit_test(is_clean_when_one_copy_crossed_the_answer),
        cmocka_unit_test(is_clean_over_a_path_with_a_long_round_trip),
        cmocka_unit_test(is_clean_when_the_phone_went_on_in_the_end),
        cmocka_unit_test(is_clean_when_a_mirror_port_shows_every_packet_twice),
        cmocka_unit_test(is_clean_when_the_server_never_answers),
        cmocka_unit_test(abstains_when_the_answers_go_to_another_port),
        cmocka_unit_test(abstains_over_tcp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
