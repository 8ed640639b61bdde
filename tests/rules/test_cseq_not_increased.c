/*
 * CSeq within one Call-ID: too low, the same, and what only looks like it.
 */

#include "expect.h"

extern const Rule rule_cseq_not_increased;

#define CALL " call-id=fixed@192.168.1.10 "
#define REGISTERED "at 0 phone -> server registration" CALL "\n"

static void is_proven_when_the_registrar_names_the_order(void **state)
{
    g_autoptr(Judgement) j = judge(
        REGISTERED
        "at 300    phone -> server REGISTER cseq=1" CALL "\n"
        "at 300.02 server -> phone 500 add=\"P-Registrar-Error: Out of order request\"\nend 360\n",
        &rule_cseq_not_increased);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com sent CSeq 1 after CSeq 2 in the same Call-ID, 4 min 59 s "
                 "later, and was refused: 500 Server Internal Error");
    assert_fact(j, 0, "earlier request", 3);
    assert_fact(j, 1, "request", 5);
    assert_fact(j, 2, "answer", 6);
}

static void is_strong_when_it_says_nothing(void **state)
{
    g_autoptr(Judgement) j = judge(REGISTERED "at 300    phone -> server REGISTER cseq=2" CALL "\n"
                                              "at 300.02 server -> phone 400\nend 360\n",
                                   &rule_cseq_not_increased);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com sent CSeq 2 after CSeq 2 in the same Call-ID, 4 min 59 s "
                 "later, and was refused: 400 Bad Request");
}

static void is_clean_when_the_registrar_does_not_mind(void **state)
{
    g_autoptr(Judgement) j = judge(REGISTERED "at 300    phone -> server REGISTER cseq=1" CALL "\n"
                                              "at 300.02 server -> phone 200\nend 360\n",
                                   &rule_cseq_not_increased);

    assert_clean(j);
}

/* That is about something else. */
static void is_clean_when_it_is_forbidden(void **state)
{
    g_autoptr(Judgement) j = judge(REGISTERED "at 300    phone -> server REGISTER cseq=1" CALL "\n"
                                              "at 300.02 server -> phone 403\nend 360\n",
                                   &rule_cseq_not_increased);

    assert_clean(j);
}

static void is_clean_when_a_failing_server_gets_a_higher_one(void **state)
{
    g_autoptr(Judgement) j = judge(REGISTERED "at 300    phone -> server REGISTER cseq=3" CALL "\n"
                                              "at 300.02 server -> phone 500\nend 360\n",
                                   &rule_cseq_not_increased);

    assert_clean(j);
}

static void is_clean_when_the_call_id_is_new(void **state)
{
    g_autoptr(Judgement) j = judge(REGISTERED "at 299 reboot phone\n"
                                              "at 300    phone -> server REGISTER cseq=1\n"
                                              "at 300.02 server -> phone 500\nend 360\n",
                                   &rule_cseq_not_increased);

    assert_clean(j);
}

static void is_clean_on_copies(void **state)
{
    g_autoptr(Judgement) j = judge("at 0   phone -> server REGISTER\n"
                                   "at 0.5 phone -> server copy\n"
                                   "at 1.5 phone -> server copy\n"
                                   "at 1.6 server -> phone 500\nend 60\n",
                                   &rule_cseq_not_increased);

    assert_clean(j);
}

/* Seen inside and outside of the NAT, each request is there twice. */
static void is_clean_when_both_sides_of_a_nat_are_in_the_capture(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER src=192.168.1.10:5060\n"
                                   "at 0.001 phone -> server copy\n"
                                   "at 0.020 server -> phone 500\nend 60\n",
                                   &rule_cseq_not_increased);

    assert_clean(j);
}

static void abstains_when_the_requests_before_are_not_in_the_capture(void **state)
{
    g_autoptr(Judgement) j =
        judge("at 0    phone -> server REGISTER cseq=1\n"
              "at 0.02 server -> phone 500 reason=\"CSeq out of order\"\nend 60\n",
              &rule_cseq_not_increased);

    assert_abstains(j, "the earlier requests of this Call-ID are not in the capture");
}

static void silences_the_umbrellas(void **state)
{
    g_autofree char *ids = judge_all(REGISTERED "at 20    phone -> server REGISTER cseq=1" CALL "\n"
                                                "at 20.02 server -> phone 500\nend 80\n");

    assert_string_equal(ids, "cseq_not_increased");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_proven_when_the_registrar_names_the_order),
        cmocka_unit_test(is_strong_when_it_says_nothing),
        cmocka_unit_test(is_clean_when_the_registrar_does_not_mind),
        cmocka_unit_test(is_clean_when_it_is_forbidden),
        cmocka_unit_test(is_clean_when_a_failing_server_gets_a_higher_one),
        cmocka_unit_test(is_clean_when_the_call_id_is_new),
        cmocka_unit_test(is_clean_on_copies),
        cmocka_unit_test(is_clean_when_both_sides_of_a_nat_are_in_the_capture),
        cmocka_unit_test(abstains_when_the_requests_before_are_not_in_the_capture),
        cmocka_unit_test(silences_the_umbrellas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
