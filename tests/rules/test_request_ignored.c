/*
 * The server answers everybody else: a silence that can be told from a dead
 * server, beside the server only.
 */

#include "expect.h"

extern const Rule rule_request_ignored;

#define TWO_PHONES                          \
    "nat   home  203.0.113.77\n"            \
    "phone alice 192.168.1.10 user=alice\n" \
    "phone bob   192.168.7.20 user=bob nat=home\n"

#define BOB_IS_ANSWERED                  \
    "at 1  bob -> server registration\n" \
    "at 21 bob -> server registration\n"

#define IGNORED "at 0 alice -> server REGISTER\n" REPEATED("alice") "end 70\n"

static void fires_when_others_are_answered(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" TWO_PHONES BOB_IS_ANSWERED IGNORED, &rule_request_ignored);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
    assert_checkable(j->finding);
    assert_true(g_str_has_prefix(j->finding->summary,
                                 "198.51.100.10:5060 answers others but not alice@example.com: 11 "
                                 "requests in "));
    assert_fact(j, 0, "request", 1);
}

static void names_the_defect_of_the_request(void **state)
{
    static const struct {
        const char *request;
        const char *defect;
    } defects[] = {
        { "REGISTER", " without an answer" },
        { "REGISTER uri=sip:alice@example.com",
          "; its Request-URI has a user part, which a REGISTER must not have" },
        { "REGISTER drop=From", "; a mandatory header is missing" },
        { "REGISTER replace=\"CSeq: 1 =>CSeq: one \"", "; a header breaks the grammar" },
        { "REGISTER header=\"Content-Length: 99\"",
          "; its Content-Length asks for more bytes than it has" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(defects); i++) {
        g_autofree char *scenario =
            g_strconcat("vantage server\n" TWO_PHONES BOB_IS_ANSWERED "at 0 alice -> server ",
                        defects[i].request, "\n" REPEATED("alice") "end 70\n", NULL);
        g_autoptr(Judgement) j = judge(scenario, &rule_request_ignored);

        assert_int_equal(j->verdict, RULE_FIRES);
        assert_true(g_str_has_suffix(j->finding->summary, defects[i].defect));
    }
}

static void silences_the_general_finding(void **state)
{
    g_autofree char *ids = judge_all("vantage server\n" TWO_PHONES BOB_IS_ANSWERED IGNORED);

    assert_string_equal(ids, "request_ignored");
}

static void abstains_beside_the_phone(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client said\n" TWO_PHONES BOB_IS_ANSWERED IGNORED, &rule_request_ignored);

    assert_abstains(j, "needs a capture beside the server");
}

static void abstains_when_nobody_else_is_answered(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server said\n" TWO_PHONES IGNORED, &rule_request_ignored);

    assert_abstains(j, "nobody else was answered at that time");
}

static void abstains_when_others_were_answered_before_only(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server said\n" TWO_PHONES "at 0     bob -> server registration\n"
              "at 100   alice -> server REGISTER\n"
              "at 100.5 alice -> server copy\n"
              "at 101.5 alice -> server copy\n"
              "end 170\n",
              &rule_request_ignored);

    assert_abstains(j, "nobody else was answered at that time");
}

static void abstains_when_the_phone_does_not_insist(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" TWO_PHONES BOB_IS_ANSWERED "at 0 alice -> server REGISTER\n"
              "end 70\n",
              &rule_request_ignored);

    assert_abstains(j, "the phone did not insist: it may have got an answer");
}

static void is_clean_when_the_phone_gets_in_soon_after(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" TWO_PHONES BOB_IS_ANSWERED "at 0   alice -> server REGISTER\n"
              "at 0.5 alice -> server copy\n"
              "at 1.5 alice -> server copy\n"
              "reboot alice\n"
              "at 3   alice -> server registration\n"
              "end 70\n",
              &rule_request_ignored);

    assert_clean(j);
}

static void is_clean_when_the_server_is_busy_with_it(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" TWO_PHONES BOB_IS_ANSWERED "at 0    alice -> server REGISTER\n"
              "at 0.02 server -> alice 100\n" REPEATED("alice") "end 70\n",
              &rule_request_ignored);

    assert_clean(j);
}

static void is_clean_when_the_request_is_answered(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" TWO_PHONES BOB_IS_ANSWERED "at 0 alice -> server registration\n"
              "end 70\n",
              &rule_request_ignored);

    assert_clean(j);
}

static void abstains_when_frames_were_cut(void **state)
{
    g_autoptr(Judgement) j = judge(
        "snaplen 400\nvantage server\n" TWO_PHONES BOB_IS_ANSWERED IGNORED, &rule_request_ignored);

    assert_abstains(j, "frames were cut by the snapshot length at that time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_others_are_answered),
        cmocka_unit_test(names_the_defect_of_the_request),
        cmocka_unit_test(silences_the_general_finding),
        cmocka_unit_test(abstains_beside_the_phone),
        cmocka_unit_test(abstains_when_nobody_else_is_answered),
        cmocka_unit_test(abstains_when_others_were_answered_before_only),
        cmocka_unit_test(abstains_when_the_phone_does_not_insist),
        cmocka_unit_test(abstains_when_frames_were_cut),
        cmocka_unit_test(is_clean_when_the_phone_gets_in_soon_after),
        cmocka_unit_test(is_clean_when_the_server_is_busy_with_it),
        cmocka_unit_test(is_clean_when_the_request_is_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
