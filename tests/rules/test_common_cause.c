/*
 * Many devices, one cause: and when it is none.
 */

#include "expect.h"

extern const Rule rule_common_cause;

/* Three phones behind one NAT, and one elsewhere. */
#define OFFICE                                            \
    "vantage server\n"                                    \
    "phone alice 192.168.1.10 user=alice\n"               \
    "phone bob 192.168.1.11 user=bob agent=\"Other 2\"\n" \
    "phone carol 192.168.1.12 user=carol\n"               \
    "phone dave 192.0.2.50 user=dave nat=none\n"

#define SILENT(time)                           \
    "at " time ".0 alice -> server REGISTER\n" \
    "at " time ".2 bob -> server REGISTER\n"   \
    "at " time ".4 carol -> server REGISTER\n" \
    "at " time ".5 alice -> server copy\n"     \
    "at " time ".7 bob -> server copy\n"       \
    "at " time ".9 carol -> server copy\n"

#define ANSWERED(time, status)                 \
    "at " time ".0 alice -> server REGISTER\n" \
    "at +0.01 server -> alice " status "\n"    \
    "at " time ".2 bob -> server REGISTER\n"   \
    "at +0.01 server -> bob " status "\n"      \
    "at " time ".4 carol -> server REGISTER\n" \
    "at +0.01 server -> carol " status "\n"

static void fires_on_a_registrar_that_falls_silent(void **state)
{
    g_autoptr(Judgement) j = judge(OFFICE "at 0 dave -> server registration\n" SILENT("60") //
                                   "at 120 dave -> server registration\n"
                                   "end 200\n",
                                   &rule_common_cause);

    assert_fires(j, FINDING_STRONG,
                 "3 devices at 203.0.113.2 (alice@example.com, bob@example.com, "
                 "carol@example.com) got no answer from 198.51.100.10:5060, and nobody succeeded "
                 "for 60 s");
    assert_int_equal(j->finding->device, 0);
    assert_fact(j, 0, "first request", 5);
    assert_fact(j, 1, "last request", 7);
    assert_fact(j, 2, "next success", 14);
}

static void icmp_of_the_registrar_itself_proves_it(void **state)
{
    g_autoptr(Judgement) j = judge(OFFICE "at 60 alice -> server REGISTER\n"
                                          "at +0.01 server -> alice icmp port-unreachable\n"
                                          "at +0.49 alice -> server copy\n"
                                          "at 61 bob -> server REGISTER\n"
                                          "at +0.01 server -> bob icmp port-unreachable\n"
                                          "at +0.49 bob -> server copy\n"
                                          "at 62 carol -> server REGISTER\n"
                                          "at +0.01 server -> carol icmp port-unreachable\n"
                                          "at +0.49 carol -> server copy\n"
                                          "end 200\n",
                                   &rule_common_cause);

    assert_fires(j, FINDING_PROVEN,
                 "3 devices at 203.0.113.2 (alice@example.com, bob@example.com, "
                 "carol@example.com) got no answer from 198.51.100.10:5060 within 2.0 s, and "
                 "nobody succeeded meanwhile");
}

static void server_errors_prove_it(void **state)
{
    g_autoptr(Judgement) j = judge(OFFICE ANSWERED("60", "503") "end 200\n", &rule_common_cause);

    assert_fires(j, FINDING_PROVEN,
                 "3 devices at 203.0.113.2 (alice@example.com, bob@example.com, "
                 "carol@example.com) were refused with 503 by 198.51.100.10:5060 within 400 ms, "
                 "and nobody succeeded meanwhile");
}

/* RFC 4320: it comes from a box in between. */
static void a_408_does_not(void **state)
{
    g_autoptr(Judgement) j = judge(OFFICE ANSWERED("60", "408") "end 200\n", &rule_common_cause);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
}

static void fires_when_all_who_were_accepted_are_refused(void **state)
{
    g_autoptr(Judgement) j = judge(OFFICE "at 0 alice -> server registration\n"
                                          "at 1 bob -> server registration\n"
                                          "at 2 carol -> server registration\n" //
                                   ANSWERED("60", "404") "end 200\n",
                                   &rule_common_cause);

    assert_fires(j, FINDING_STRONG,
                 "3 devices at 203.0.113.2 (alice@example.com, bob@example.com, "
                 "carol@example.com) were refused with 404 by 198.51.100.10:5060 within 400 ms, "
                 "and nobody succeeded meanwhile");
}

static void is_clean_when_they_were_never_accepted(void **state)
{
    g_autoptr(Judgement) j = judge(OFFICE ANSWERED("60", "403") "end 200\n", &rule_common_cause);

    assert_clean(j);
}

static void names_the_site_when_the_registrar_answers_others(void **state)
{
    g_autoptr(Judgement) j = judge(OFFICE SILENT("60") //
                                   "at 61 dave -> server registration\n"
                                   "end 200\n",
                                   &rule_common_cause);

    assert_fires(j, FINDING_STRONG,
                 "3 devices at 203.0.113.2 (alice@example.com, bob@example.com, "
                 "carol@example.com) got no answer from 198.51.100.10:5060 within 400 ms, and "
                 "nobody succeeded meanwhile; it answered others meanwhile");
}

static void is_clean_when_one_of_them_succeeds_in_between(void **state)
{
    g_autoptr(Judgement) j = judge(OFFICE "at 60 alice -> server REGISTER\n"
                                          "at 61 bob -> server REGISTER\n"
                                          "at 62 dave -> server registration\n"
                                          "at 63 dave -> server registration\n"
                                          "at 64 alice -> server copy\n"
                                          "at 65 bob -> server copy\n"
                                          "at 66 carol -> server registration\n"
                                          "end 200\n",
                                   &rule_common_cause);

    assert_clean(j);
}

static void is_clean_with_two_devices(void **state)
{
    g_autoptr(Judgement) j = judge(OFFICE "at 60 alice -> server REGISTER\n"
                                          "at 60.5 alice -> server copy\n"
                                          "at 61 bob -> server REGISTER\n"
                                          "at 61.5 bob -> server copy\n"
                                          "end 200\n",
                                   &rule_common_cause);

    assert_clean(j);
}

static void is_clean_when_it_is_a_scan(void **state)
{
    g_autofree char *ids = judge_all("vantage server\n"
                                     "phone a 192.0.2.66:5071 nat=none agent=sipvicious user=1\n"
                                     "phone b 192.0.2.66:5072 nat=none agent=sipvicious user=2\n"
                                     "phone c 192.0.2.66:5073 nat=none agent=sipvicious user=3\n"
                                     "phone d 192.0.2.66:5074 nat=none agent=sipvicious user=4\n"
                                     "at 1 a -> server REGISTER\n"
                                     "at +0.5 a -> server copy\n"
                                     "at 2 b -> server REGISTER\n"
                                     "at +0.5 b -> server copy\n"
                                     "at 3 c -> server REGISTER\n"
                                     "at +0.5 c -> server copy\n"
                                     "at 4 d -> server REGISTER\n"
                                     "at +0.5 d -> server copy\n"
                                     "end 100\n");

    assert_string_equal(ids, "scanner");
}

static void is_clean_when_the_capture_lacks_the_answers(void **state)
{
    g_autoptr(Judgement) j = judge(OFFICE "server captured=no\n"
                                          "at 0 alice -> server registration\n"
                                          "at 1 bob -> server registration\n"
                                          "at 2 carol -> server registration\n"
                                          "at 50 alice -> server registration\n"
                                          "at 51 bob -> server registration\n"
                                          "at 52 carol -> server registration\n"
                                          "end 200\n",
                                   &rule_common_cause);

    assert_clean(j);
}

static void the_devices_keep_their_own_findings(void **state)
{
    g_autofree char *ids = judge_all(OFFICE ANSWERED("60", "503") "end 200\n");

    assert_string_equal(ids, "common_cause server_unavailable server_unavailable "
                             "server_unavailable");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_on_a_registrar_that_falls_silent),
        cmocka_unit_test(icmp_of_the_registrar_itself_proves_it),
        cmocka_unit_test(server_errors_prove_it),
        cmocka_unit_test(a_408_does_not),
        cmocka_unit_test(fires_when_all_who_were_accepted_are_refused),
        cmocka_unit_test(is_clean_when_they_were_never_accepted),
        cmocka_unit_test(names_the_site_when_the_registrar_answers_others),
        cmocka_unit_test(is_clean_when_one_of_them_succeeds_in_between),
        cmocka_unit_test(is_clean_with_two_devices),
        cmocka_unit_test(is_clean_when_it_is_a_scan),
        cmocka_unit_test(is_clean_when_the_capture_lacks_the_answers),
        cmocka_unit_test(the_devices_keep_their_own_findings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
