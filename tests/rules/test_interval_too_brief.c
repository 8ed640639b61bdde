/*
 * 423 and what the phone makes of it.
 */

#include "expect.h"

extern const Rule rule_interval_too_brief;

#define TOO_BRIEF                                    \
    "at 0     phone -> server REGISTER expires=60\n" \
    "at 0.020 server -> phone 423 min-expires=300\n"

static void fires_when_the_phone_gives_up(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" TOO_BRIEF "end 60\n", &rule_interval_too_brief);

    assert_fires(
        j, FINDING_STRONG,
        "alice@example.com asked for 60 s, the registrar demands at least 300 s (423), and "
        "the phone did not try again");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "answer", 2);
}

static void is_proven_when_the_phone_asks_for_too_little_again(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" TOO_BRIEF "at 2    phone -> server REGISTER expires=60\n"
              "at 2.02 server -> phone 401\n"
              "end 60\n",
              &rule_interval_too_brief);

    assert_fires(
        j, FINDING_PROVEN,
        "alice@example.com asked for 60 s, the registrar demands at least 300 s (423), and "
        "the phone asked for too little again");
    assert_fact(j, 2, "next request", 3);
}

static void fires_when_every_try_is_too_brief(void **state)
{
    g_autoptr(Judgement) j = judge(TOO_BRIEF "at 2    phone -> server REGISTER expires=120\n"
                                             "at 2.02 server -> phone 423 min-expires=300\n"
                                             "end 60\n",
                                   &rule_interval_too_brief);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com asked for 120 s, the registrar demands at least 300 s (423), "
                 "and the phone did not try again");
}

static void is_proven_when_the_next_interval_is_longer_and_still_too_brief(void **state)
{
    g_autoptr(Judgement) j = judge(TOO_BRIEF "at 2    phone -> server REGISTER expires=120\n"
                                             "at 2.02 server -> phone 401\n"
                                             "end 60\n",
                                   &rule_interval_too_brief);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_PROVEN);
    assert_true(g_str_has_suffix(j->finding->summary, "the phone asked for too little again"));
}

static void is_clean_when_the_phone_takes_the_longer_interval(void **state)
{
    g_autoptr(Judgement) j = judge(TOO_BRIEF "at 0.03 phone -> server REGISTER expires=300\n"
                                             "at 0.05 server -> phone 200\n"
                                             "end 60\n",
                                   &rule_interval_too_brief);

    assert_clean(j);
}

static void is_clean_when_the_longer_interval_is_challenged(void **state)
{
    g_autoptr(Judgement) j = judge(TOO_BRIEF "at 0.03 phone -> server REGISTER expires=600\n"
                                             "at 0.05 server -> phone 401\n"
                                             "end 60\n",
                                   &rule_interval_too_brief);

    assert_clean(j);
}

/* What is not said, the registrar may choose (RFC 3261 section 10.2.1.1). */
static void is_clean_when_the_phone_leaves_the_interval_to_the_registrar(void **state)
{
    g_autoptr(Judgement) j = judge(TOO_BRIEF "at 0.03 phone -> server REGISTER expires=none\n"
                                             "at 0.05 server -> phone 401\n"
                                             "end 60\n",
                                   &rule_interval_too_brief);

    assert_clean(j);
}

static void says_so_when_the_registrar_does_not_name_its_least(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER expires=60\n"
                                   "at 0.02 server -> phone 423 drop=Min-Expires\n"
                                   "end 60\n",
                                   &rule_interval_too_brief);

    assert_fires(j, FINDING_STRONG,
                 "the registrar answered alice@example.com with 423 Interval Too Brief, without "
                 "saying what it demands");
}

static void is_clean_when_the_phone_guesses_a_longer_interval(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER expires=60\n"
                                   "at 0.02 server -> phone 423 drop=Min-Expires\n"
                                   "at 0.03 phone -> server REGISTER expires=3600\n"
                                   "at 0.05 server -> phone 401\n"
                                   "end 60\n",
                                   &rule_interval_too_brief);

    assert_clean(j);
}

static void abstains_when_the_capture_ends_too_early(void **state)
{
    g_autoptr(Judgement) j = judge(TOO_BRIEF "end 1\n", &rule_interval_too_brief);

    assert_abstains(j, "the capture ends too early after the 423");
}

static void abstains_when_the_phone_goes_on_under_another_call_id(void **state)
{
    g_autoptr(Judgement) j = judge(TOO_BRIEF "reboot phone\n"
                                             "at 1 phone -> server registration expires=300\n"
                                             "end 60\n",
                                   &rule_interval_too_brief);

    assert_abstains(j, "the phone went on under another Call-ID");
}

static void abstains_when_the_phone_tries_anew_in_vain(void **state)
{
    g_autoptr(Judgement) j = judge(TOO_BRIEF "reboot phone\n"
                                             "at 1   phone -> server REGISTER expires=300\n"
                                             "at 1.5 phone -> server copy\n"
                                             "end 60\n",
                                   &rule_interval_too_brief);

    assert_abstains(j, "the phone went on under another Call-ID");
}

static void abstains_when_messages_were_cut(void **state)
{
    g_autoptr(Judgement) j = judge("snaplen 360\n"
                                   "at 0    phone -> server REGISTER expires=60\n"
                                   "at 0.02 server -> phone 423 min-expires=300\n"
                                   "end 60\n",
                                   &rule_interval_too_brief);

    assert_abstains(j, "messages were cut by the snapshot length");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_phone_gives_up),
        cmocka_unit_test(is_proven_when_the_phone_asks_for_too_little_again),
        cmocka_unit_test(fires_when_every_try_is_too_brief),
        cmocka_unit_test(is_proven_when_the_next_interval_is_longer_and_still_too_brief),
        cmocka_unit_test(is_clean_when_the_phone_takes_the_longer_interval),
        cmocka_unit_test(is_clean_when_the_longer_interval_is_challenged),
        cmocka_unit_test(is_clean_when_the_phone_leaves_the_interval_to_the_registrar),
        cmocka_unit_test(says_so_when_the_registrar_does_not_name_its_least),
        cmocka_unit_test(is_clean_when_the_phone_guesses_a_longer_interval),
        cmocka_unit_test(abstains_when_the_capture_ends_too_early),
        cmocka_unit_test(abstains_when_messages_were_cut),
        cmocka_unit_test(abstains_when_the_phone_goes_on_under_another_call_id),
        cmocka_unit_test(abstains_when_the_phone_tries_anew_in_vain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
