/*
 * Nobody answered. Lost, unheard or ignored: from here it all looks the same,
 * and often it is the capture that lacks the answer.
 */

#include "expect.h"

extern const Rule rule_register_unanswered;

#define SILENCE "at 0 phone -> server REGISTER\n" REPEATED("phone") "end 70\n"

static void fires_when_every_copy_is_in_vain(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n" SILENCE, &rule_register_unanswered);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
    assert_checkable(j->finding);
    assert_true(
        g_str_has_prefix(j->finding->summary,
                         "alice@example.com sent REGISTER 11 times to 198.51.100.10:5060 and no "
                         "answer was seen for "));
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "last copy", 11);
    assert_true(g_str_has_prefix(j->finding->settle, "A capture outside the NAT"));
    assert_int_equal(j->finding->rejected->len, 0);
}

static void asks_for_the_log_of_the_server_beside_it(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server said\n" SILENCE, &rule_register_unanswered);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_true(g_str_has_prefix(j->finding->settle, "The log of the server"));
}

static void asks_for_a_capture_beside_the_registrar_on_the_path(void **state)
{
    g_autoptr(Judgement) j = judge("vantage middle said\n" SILENCE, &rule_register_unanswered);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_true(g_str_has_prefix(j->finding->settle, "A capture beside the registrar"));
}

/* Over UDP a phone without an answer repeats its request. */
static void is_a_hint_when_the_phone_does_not_insist(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server REGISTER\n"
                                   "end 70\n",
                                   &rule_register_unanswered);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_WEAK);
    assert_checkable(j->finding);
    assert_true(g_str_has_prefix(j->finding->settle, "A capture of both directions"));
}

static void is_strong_over_tcp_where_nothing_is_repeated(void **state)
{
    g_autoptr(Judgement) j = judge("phone 192.168.1.10:49170 transport=tcp\n"
                                   "at 0 phone -> server connect\n"
                                   "at 0.1 phone -> server REGISTER\n"
                                   "end 70\n",
                                   &rule_register_unanswered);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
}

static void takes_a_provisional_answer_for_a_sign_of_life(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 100\n" REPEATED("phone") "end 70\n",
                                   &rule_register_unanswered);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->rejected->len, 1);
    assert_string_equal(g_array_index(j->finding->rejected, FindingRejected, 0).id, "request lost");
}

static void is_clean_when_any_copy_is_answered(void **state)
{
    g_autoptr(Judgement) j = judge("at 0   phone -> server REGISTER\n"
                                   "at 0.5 phone -> server copy\n"
                                   "at 1.5 phone -> server copy\n"
                                   "at 1.6 server -> phone 401\n"
                                   "end 70\n",
                                   &rule_register_unanswered);

    assert_clean(j);
}

/* The first one was answered: what follows has a finding of its own. */
static void is_clean_when_only_the_credentials_get_no_answer(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 401\n"
                                   "at 0.030 phone -> server REGISTER auth\n"
                                   "at 0.530 phone -> server copy\n"
                                   "end 70\n",
                                   &rule_register_unanswered);

    assert_clean(j);
}

/* A registrar with two addresses answers from the other one. */
static void is_clean_when_another_address_of_the_server_answers(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 401 src=198.51.100.11:5060\n"
                                   "at 0.03 phone -> server REGISTER auth\n"
                                   "at 0.05 server -> phone 200 src=198.51.100.11:5060\n"
                                   "end 70\n",
                                   &rule_register_unanswered);

    assert_clean(j);
}

static void is_clean_when_the_phone_finds_another_server(void **state)
{
    g_autoptr(Judgement) j = judge("server b 198.51.100.11\n"
                                   "at 0   phone -> server REGISTER\n"
                                   "at 0.5 phone -> server copy\n"
                                   "at 1.5 phone -> server copy\n"
                                   "at 3.5 phone -> server copy\n"
                                   "at 7.5 phone -> server copy\n"
                                   "at 9   phone -> b registration\n"
                                   "end 70\n",
                                   &rule_register_unanswered);

    assert_clean(j);
}

static void is_clean_when_the_answer_goes_to_another_port(void **state)
{
    g_autoptr(Judgement) j = judge(
        "vantage server\n"
        "at 0 phone -> server REGISTER\n"
        "at 0.02 server -> phone 401 lost dst=203.0.113.2:5062\n" REPEATED("phone") "end 70\n",
        &rule_register_unanswered);

    assert_clean(j);
}

static void abstains_when_the_capture_ends_too_early(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server REGISTER\n"
                                   "at 0.5 phone -> server copy\n"
                                   "end 2\n",
                                   &rule_register_unanswered);

    assert_abstains(j, "the capture ends too early after the last message");
}

static void abstains_when_the_phone_evidently_got_an_answer(void **state)
{
    g_autoptr(Judgement) j = judge("server captured=no\n"
                                   "at 0 phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 401\n"
                                   "at 0.03 phone -> server REGISTER auth\n"
                                   "end 70\n",
                                   &rule_register_unanswered);

    assert_abstains(j, "the phone got answers that are not in the capture");
}

static void abstains_when_only_one_direction_is_in_the_capture(void **state)
{
    g_autofree char *ids = judge_all("server captured=no\n"
                                     "repeat 4 every 54 {\n"
                                     "    at 0 phone -> server registration expires=60\n"
                                     "}\n"
                                     "end 300\n");

    assert_string_equal(ids, "capture_one_way");
}

static void abstains_when_frames_were_cut(void **state)
{
    g_autoptr(Judgement) j = judge("snaplen 400\n" SILENCE, &rule_register_unanswered);

    assert_abstains(j, "frames were cut by the snapshot length at that time");
}

static void abstains_when_an_answer_came_in_pieces(void **state)
{
    g_autoptr(Judgement) j = judge("at 0   phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 401 mtu=300 lose=2\n"
                                   "at 0.5 phone -> server copy\n"
                                   "end 70\n",
                                   &rule_register_unanswered);

    assert_abstains(j, "IP fragments are missing at that time");
}

static void abstains_on_an_answer_without_its_request(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER unseen\n"
                                   "at 0.02 server -> phone 401\n"
                                   "end 70\n",
                                   &rule_register_unanswered);

    assert_abstains(j, "the capture does not hold the beginning of the attempt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_every_copy_is_in_vain),
        cmocka_unit_test(asks_for_the_log_of_the_server_beside_it),
        cmocka_unit_test(asks_for_a_capture_beside_the_registrar_on_the_path),
        cmocka_unit_test(is_a_hint_when_the_phone_does_not_insist),
        cmocka_unit_test(is_strong_over_tcp_where_nothing_is_repeated),
        cmocka_unit_test(takes_a_provisional_answer_for_a_sign_of_life),
        cmocka_unit_test(is_clean_when_any_copy_is_answered),
        cmocka_unit_test(is_clean_when_only_the_credentials_get_no_answer),
        cmocka_unit_test(is_clean_when_another_address_of_the_server_answers),
        cmocka_unit_test(is_clean_when_the_phone_finds_another_server),
        cmocka_unit_test(is_clean_when_the_answer_goes_to_another_port),
        cmocka_unit_test(abstains_when_the_capture_ends_too_early),
        cmocka_unit_test(abstains_when_the_phone_evidently_got_an_answer),
        cmocka_unit_test(abstains_when_only_one_direction_is_in_the_capture),
        cmocka_unit_test(abstains_when_frames_were_cut),
        cmocka_unit_test(abstains_when_an_answer_came_in_pieces),
        cmocka_unit_test(abstains_on_an_answer_without_its_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
