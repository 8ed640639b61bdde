/*
 * Where the REGISTER went after a redirect, and from where that can be seen.
 */

#include "expect.h"

extern const Rule rule_redirect_not_followed;

#define REDIRECTED                        \
    "at 0     phone -> server REGISTER\n" \
    "at 0.020 server -> phone 302 reason=Moved contact=<sip:198.51.100.20:5070>\n"

static void fires_when_nothing_follows(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" REDIRECTED "end 60\n", &rule_redirect_not_followed);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com was redirected to sip:198.51.100.20:5070 (302 Moved) and sent "
                 "no REGISTER there in 59 s");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "redirect", 2);
    assert_fact(j, 2, "Contact", 2);
}

static void is_proven_when_the_old_address_is_asked_again(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" REDIRECTED "at 20    phone -> server REGISTER\n"
              "at 20.02 server -> phone 302 contact=<sip:198.51.100.20>\n"
              "end 60\n",
              &rule_redirect_not_followed);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com was redirected to sip:198.51.100.20:5070 (302 Moved) and asked "
                 "the old address again");
    assert_fact(j, 4, "next request", 3);
}

static void is_strong_under_another_call_id(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n" REDIRECTED "at 4  reboot phone\n"
                                   "at 5    phone -> server REGISTER\n"
                                   "at 5.02 server -> phone 302 contact=<sip:198.51.100.20>\n"
                                   "end 60\n",
                                   &rule_redirect_not_followed);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
}

/* The way to the other server does not pass here, and it may have failed. */
static void is_a_hint_beside_the_server(void **state)
{
    g_autoptr(Judgement) silent =
        judge("vantage server\n" REDIRECTED "end 60\n", &rule_redirect_not_followed);
    g_autoptr(Judgement) again =
        judge("vantage server\n" REDIRECTED "at 20 phone -> server REGISTER\n"
              "at 20.02 server -> phone 302 contact=<sip:198.51.100.20:5070>\nend 60\n",
              &rule_redirect_not_followed);

    assert_int_equal(silent->verdict, RULE_FIRES);
    assert_int_equal(silent->finding->grade, FINDING_WEAK);
    assert_int_equal(again->verdict, RULE_FIRES);
    assert_int_equal(again->finding->grade, FINDING_WEAK);
}

static void says_so_when_the_redirect_names_nothing(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 302 reason=Moved\nend 60\n",
                                   &rule_redirect_not_followed);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com was redirected (302 Moved) and the answer does not say where "
                 "to");
}

static void is_clean_when_the_phone_goes_there(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\nserver other 198.51.100.20:5070\n" REDIRECTED
                                   "at 0.04 phone -> other REGISTER\n"
                                   "at 0.06 other -> phone 403\nend 60\n",
                                   &rule_redirect_not_followed);

    assert_clean(j);
}

static void is_clean_when_it_goes_there_under_another_call_id(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\nserver other 198.51.100.20:5070\n" REDIRECTED
                                   "at 0.03 reboot phone\n"
                                   "at 0.04 phone -> other REGISTER\n"
                                   "at 0.06 other -> phone 403\nend 60\n",
                                   &rule_redirect_not_followed);

    assert_clean(j);
}

/* A proxy between them is asked as before; the Request-URI is what changes. */
static void is_clean_when_the_request_names_the_new_address(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n" REDIRECTED
                                   "at 0.04 phone -> server REGISTER uri=sip:198.51.100.20:5070\n"
                                   "at 0.06 server -> phone 403\nend 60\n",
                                   &rule_redirect_not_followed);

    assert_clean(j);
}

static void fires_on_the_second_redirect_when_only_the_first_is_followed(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\nserver other 198.51.100.20:5070\n" REDIRECTED
                                   "at 0.04 phone -> other REGISTER\n"
                                   "at 0.06 other -> phone 301 reason=Gone "
                                   "contact=<sip:198.51.100.30>\nend 60\n",
                                   &rule_redirect_not_followed);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(j->finding->summary, "sip:198.51.100.30 (301 Gone)"));
}

static void abstains_when_the_capture_ends_too_early(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" REDIRECTED "end 1\n", &rule_redirect_not_followed);

    assert_abstains(j, "the capture ends too early after the last message");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_nothing_follows),
        cmocka_unit_test(is_proven_when_the_old_address_is_asked_again),
        cmocka_unit_test(is_strong_under_another_call_id),
        cmocka_unit_test(is_a_hint_beside_the_server),
        cmocka_unit_test(says_so_when_the_redirect_names_nothing),
        cmocka_unit_test(is_clean_when_the_phone_goes_there),
        cmocka_unit_test(is_clean_when_it_goes_there_under_another_call_id),
        cmocka_unit_test(is_clean_when_the_request_names_the_new_address),
        cmocka_unit_test(fires_on_the_second_redirect_when_only_the_first_is_followed),
        cmocka_unit_test(abstains_when_the_capture_ends_too_early),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
