/*
 * Answers that arrive beside the phone and change nothing, because of a defect.
 */

#include "expect.h"

extern const Rule rule_answer_unparsed;

#define ANSWERED(how)                             \
    "at 0     phone -> server REGISTER\n"         \
    "at 0.020 server -> phone 401 lost " how "\n" \
    "at 0.500 phone -> server copy\n"             \
    "at 0.520 server -> phone copy\n"             \
    "at 1.500 phone -> server copy\n"             \
    "at 1.520 server -> phone copy\n"             \
    "at 3.500 phone -> server copy\n"             \
    "end 60\n"

#define SECOND_VIA "add=\"Via: SIP/2.0/UDP 10.0.0.7;branch=z9hG4bKinner\""

static void fires_when_the_phone_does_not_read_a_defective_answer(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n" ANSWERED(SECOND_VIA), &rule_answer_unparsed);

    assert_fires(j, FINDING_STRONG,
                 "the answer 401 Unauthorized reached alice@example.com, which repeated the "
                 "request 3 times all the same: it has more Via headers than the request, and a "
                 "phone drops it (RFC 3261 section 8.1.3.3)");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "answer", 2);
    assert_fact(j, 2, "defect", 2);
}

static void names_a_contact_that_breaks_the_grammar(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n"
              "at 0     phone -> server REGISTER\n"
              "at 0.020 server -> phone 200 lost header=\"Contact: <sip:alice@192.168.1.10:5060\"\n"
              "at 0.500 phone -> server copy\n"
              "at 1.500 phone -> server copy\n"
              "end 60\n",
              &rule_answer_unparsed);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, "a Contact breaks the grammar"));
    assert_checkable(j->finding);
}

static void is_clean_when_the_phone_reads_it_all_the_same(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 401 " SECOND_VIA "\n"
                                   "at 0.03 phone -> server REGISTER auth\n"
                                   "at 0.05 server -> phone 200 " SECOND_VIA "\n"
                                   "end 60\n",
                                   &rule_answer_unparsed);

    assert_clean(j);
}

/* One copy may have crossed the answer on its way. */
static void is_clean_after_a_single_copy(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0    phone -> server REGISTER\n"
                                   "at 0.49 server -> phone 401 " SECOND_VIA "\n"
                                   "at 0.5  phone -> server copy\n"
                                   "at 0.6  phone -> server REGISTER auth\n"
                                   "at 0.7  server -> phone 200\n"
                                   "end 60\n",
                                   &rule_answer_unparsed);

    assert_clean(j);
}

static void abstains_when_the_answer_is_sound(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n" ANSWERED(""), &rule_answer_unparsed);

    assert_abstains(j, "the phone goes on although the answer looks sound");
}

static void abstains_beside_the_server(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" ANSWERED(SECOND_VIA), &rule_answer_unparsed);

    assert_abstains(j, "needs a capture beside the phone");
}

/* What the capture cut off, the phone may have got whole. */
static void abstains_when_the_snapshot_length_cut_the_answer(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\nsnaplen 480\n" ANSWERED(SECOND_VIA), &rule_answer_unparsed);

    assert_abstains(j, "the answer was cut by the snapshot length");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_phone_does_not_read_a_defective_answer),
        cmocka_unit_test(names_a_contact_that_breaks_the_grammar),
        cmocka_unit_test(is_clean_when_the_phone_reads_it_all_the_same),
        cmocka_unit_test(is_clean_after_a_single_copy),
        cmocka_unit_test(abstains_when_the_answer_is_sound),
        cmocka_unit_test(abstains_beside_the_server),
        cmocka_unit_test(abstains_when_the_snapshot_length_cut_the_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
