/*
 * Small requests are answered and large ones are not.
 */

#include "expect.h"

extern const Rule rule_large_register_lost;

#define SMALL                            \
    "at 0    phone -> server REGISTER\n" \
    "at 0.02 server -> phone 401\n"

#define LARGE                                         \
    "at 0.04 phone -> server REGISTER auth mtu=576\n" \
    "at 0.54 phone -> server copy mtu=576\n"          \
    "at 1.54 phone -> server copy mtu=576\n"          \
    "at 3.54 phone -> server copy mtu=576\n"

#define SUMMARY                                                                                 \
    "alice@example.com got an answer to its REGISTER of 388 bytes, but none to the larger one " \
    "of 624 bytes in 2 fragments, sent 4 times"

static void fires_on_fragments_that_nobody_answers(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" SMALL LARGE "end 60\n", &rule_large_register_lost);

    assert_fires(j, FINDING_STRONG, SUMMARY);
    assert_fact(j, 0, "answered request", 1);
    assert_fact(j, 1, "large request", 4);
    assert_rejects(j, "request_ignored");
}

static void silences_the_umbrella(void **state)
{
    g_autofree char *ids = judge_all("vantage client\n" SMALL LARGE "end 60\n");

    assert_string_equal(ids, "large_register_lost");
}

/* The router says it itself. */
static void is_proven_by_an_error_that_names_the_size(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n"
              "server gate 203.0.113.1 hops=2\n" SMALL "at 0.04 phone -> server REGISTER auth\n"
              "at 0.05 gate -> phone icmp too-big next-hop=500\n"
              "at 0.54 phone -> server copy\n"
              "end 60\n",
              &rule_large_register_lost);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com got an answer to its REGISTER of 388 bytes, but none to the "
                 "larger one of 624 bytes in one packet, sent 2 times");
    assert_fact(j, 2, "ICMP error", 4);
}

/* 1,300 bytes are the limit of RFC 3261 section 18.1.1, and no proof. */
static void is_a_hint_for_one_large_packet(void **state)
{
    g_autofree char *padding = g_strnfill(900, 'x');
    g_autofree char *text = g_strdup_printf("vantage client\n" SMALL
                                            "at 0.04 phone -> server REGISTER auth add=\"X: %s\"\n"
                                            "at 0.54 phone -> server copy\n"
                                            "end 60\n",
                                            padding);
    g_autoptr(Judgement) j = judge(text, &rule_large_register_lost);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_WEAK);
}

static void is_clean_when_a_small_one_is_lost_as_well(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" SMALL "at 0.04 phone -> server REGISTER auth\n"
              "at 0.54 phone -> server copy\n"
              "end 60\n",
              &rule_large_register_lost);

    assert_clean(j);
}

static void is_clean_when_fragments_are_answered(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n" SMALL LARGE "at 3.6 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_large_register_lost);

    assert_clean(j);
}

/* "udp port 5060" keeps the first fragment only: there is nothing to judge. */
static void is_silent_when_the_filter_hid_the_fragments(void **state)
{
    g_autofree char *ids =
        judge_all("vantage client\n" SMALL "at 0.04 phone -> server REGISTER auth mtu=576 lose=2\n"
                  "at 0.54 phone -> server copy mtu=576 lose=2\n"
                  "at 1.54 phone -> server copy mtu=576 lose=2\n"
                  "end 90\n");

    assert_string_equal(ids, "capture_filtered");
}

static void abstains_beside_the_server(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server said\n" SMALL LARGE "end 60\n", &rule_large_register_lost);

    assert_abstains(j, "needs a capture beside the phone or on the path");
}

static void abstains_when_the_capture_ends_at_once(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" SMALL LARGE "end 4\n", &rule_large_register_lost);

    assert_abstains(j, "the capture ends too early after the last message");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_on_fragments_that_nobody_answers),
        cmocka_unit_test(silences_the_umbrella),
        cmocka_unit_test(is_proven_by_an_error_that_names_the_size),
        cmocka_unit_test(is_a_hint_for_one_large_packet),
        cmocka_unit_test(is_clean_when_a_small_one_is_lost_as_well),
        cmocka_unit_test(is_clean_when_fragments_are_answered),
        cmocka_unit_test(is_silent_when_the_filter_hid_the_fragments),
        cmocka_unit_test(abstains_beside_the_server),
        cmocka_unit_test(abstains_when_the_capture_ends_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
