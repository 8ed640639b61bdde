/*
 * 400 and its kin, with what is remarkable about the request.
 */

#include "expect.h"

extern const Rule rule_request_refused;

static void fires_and_names_the_defect(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER uri=sip:alice@example.com\n"
                                   "at 0.02 server -> phone 400\nend 60\n",
                                   &rule_request_refused);

    assert_fires(j, FINDING_PROVEN,
                 "the server refused the request of alice@example.com as such: 400 Bad Request; "
                 "its Request-URI has a user part, which a REGISTER must not have");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "remarkable", 1);
    assert_fact(j, 2, "answer", 2);
}

static void names_the_scheme_that_is_not_supported(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER uri=sips:example.com\n"
                                   "at 0.02 server -> phone 416\nend 60\n",
                                   &rule_request_refused);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, "its Request-URI begins with \"sips:\""));
    assert_checkable(j->finding);
}

static void names_the_size_of_what_is_too_large(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 513\nend 60\n",
                                   &rule_request_refused);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, " bytes"));
}

static void claims_no_defect_that_it_does_not_see(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 400\nend 60\n",
                                   &rule_request_refused);

    assert_fires(j, FINDING_PROVEN,
                 "the server refused the request of alice@example.com as such: 400 Bad Request");
}

static void is_clean_on_another_refusal(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 403\nend 60\n",
                                   &rule_request_refused);

    assert_clean(j);
}

static void abstains_when_the_request_is_not_in_the_capture(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER unseen\n"
                                   "at 0.02 server -> phone 400\nend 60\n",
                                   &rule_request_refused);

    assert_abstains(j, "the request that was refused is not in the capture");
}

static void is_silent_when_the_words_name_the_contact(void **state)
{
    g_autofree char *ids =
        judge_all("at 0    phone -> server REGISTER\n"
                  "at 0.02 server -> phone 400 reason=\"Contact parse error\"\nend 60\n");

    assert_string_equal(ids, "contact_refused");
}

static void silences_the_server_error(void **state)
{
    g_autofree char *ids = judge_all("at 0    phone -> server REGISTER\n"
                                     "at 0.02 server -> phone 513\nend 60\n");

    assert_string_equal(ids, "request_refused");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_and_names_the_defect),
        cmocka_unit_test(names_the_scheme_that_is_not_supported),
        cmocka_unit_test(names_the_size_of_what_is_too_large),
        cmocka_unit_test(claims_no_defect_that_it_does_not_see),
        cmocka_unit_test(is_clean_on_another_refusal),
        cmocka_unit_test(abstains_when_the_request_is_not_in_the_capture),
        cmocka_unit_test(is_silent_when_the_words_name_the_contact),
        cmocka_unit_test(silences_the_server_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
