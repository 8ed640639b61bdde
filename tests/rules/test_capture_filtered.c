/*
 * What a capture filter hides: later fragments, tagged frames, ICMP.
 */

#include "expect.h"

extern const Rule rule_capture_filtered;

/* What this run's own filter refused. */
static RuleVerdict look_at_hidden(CaptureHidden hidden, Finding *finding)
{
    CaptureInfo info = { .path = "a.pcap", .hidden = hidden };
    RegCaptureSite capture = { .info = &info };

    return rule_capture_filtered.check_site(
        &(RegSite){ .kind = REG_SITE_CAPTURE, .capture = &capture }, finding);
}

static void fires_when_no_later_fragment_is_in_the_capture(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 401\n"
                                   "at 0.03 phone -> server REGISTER auth mtu=576 lose=2\n"
                                   "at 0.05 server -> phone 200\n"
                                   "end 100\n",
                                   &rule_capture_filtered);

    assert_fires(j, FINDING_STRONG,
                 "1 SIP message came in IP fragments of which the capture holds only the first: "
                 "the capture filter dropped the others");
    assert_fact(j, 0, "first fragment", 3);
}

static void is_clean_when_the_fragments_are_there(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 401\n"
                                   "at 0.03 phone -> server REGISTER auth mtu=576\n"
                                   "at 0.05 server -> phone 200\n"
                                   "end 100\n",
                                   &rule_capture_filtered);

    assert_clean(j);
}

/* A filter loses all later fragments; a network loses some. */
static void is_clean_when_other_fragments_are_there(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER\n"
                                   "at 0.02  server -> phone 401\n"
                                   "at 0.03  phone -> server REGISTER auth mtu=576 lose=2\n"
                                   "at 30    phone -> server REGISTER\n"
                                   "at 30.02 server -> phone 401\n"
                                   "at 30.03 phone -> server REGISTER auth mtu=576\n"
                                   "at 30.05 server -> phone 200\n"
                                   "end 100\n",
                                   &rule_capture_filtered);

    assert_clean(j);
}

static void is_clean_when_a_fragment_is_of_something_else(void **state)
{
    g_autoptr(Judgement) j =
        judge("at 0 phone -> server registration\n"
              "at 1 phone -> server raw \"" /* no SIP, four fragments' worth */
              "0123456789012345678901234567890123456789012345678901234567890123"
              "0123456789012345678901234567890123456789012345678901234567890123"
              "\" mtu=68 lose=2\n"
              "end 100\n",
              &rule_capture_filtered);

    assert_clean(j);
}

static void fires_when_the_filter_of_this_run_refused_fragments(void **state)
{
    g_autoptr(Finding) finding = finding_new(&rule_capture_filtered);
    CaptureHidden hidden = { .fragments = 2, .icmp = 1, .first_frame = 7, .first_time = NSEC_SEC };

    assert_int_equal(look_at_hidden(hidden, finding), RULE_FIRES);
    assert_string_equal(finding->summary,
                        "the filter of this run left out 2 IP fragments, 0 tagged "
                        "frames and 1 ICMP packets");
    assert_int_equal(finding->grade, FINDING_PROVEN);
    assert_checkable(finding);
    assert_int_equal(fact_at(finding, 0)->ref.frame, 7);
    assert_int_equal(finding->from, NSEC_SEC);
}

static void fires_when_the_filter_of_this_run_refused_tagged_frames(void **state)
{
    g_autoptr(Finding) finding = finding_new(&rule_capture_filtered);
    CaptureHidden hidden = { .tagged = 9, .first_frame = 1, .first_time = NSEC_SEC };

    assert_int_equal(look_at_hidden(hidden, finding), RULE_FIRES);
    assert_string_equal(finding->summary,
                        "the filter of this run left out 0 IP fragments, 9 tagged "
                        "frames and 0 ICMP packets");
}

/* ICMP errors are about many things; that some are missing spoils nothing. */
static void is_clean_when_the_filter_of_this_run_refused_icmp_only(void **state)
{
    g_autoptr(Finding) finding = finding_new(&rule_capture_filtered);
    CaptureHidden hidden = { .icmp = 9, .first_frame = 1, .first_time = NSEC_SEC };

    assert_int_equal(look_at_hidden(hidden, finding), RULE_CLEAN);
}

static void is_clean_on_what_is_no_capture(void **state)
{
    g_autoptr(Finding) finding = finding_new(&rule_capture_filtered);
    RegSourceSite source = { .requests = 1 };

    assert_int_equal(rule_capture_filtered.check_site(
                         &(RegSite){ .kind = REG_SITE_SOURCE, .source = &source }, finding),
                     RULE_CLEAN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_no_later_fragment_is_in_the_capture),
        cmocka_unit_test(is_clean_when_the_fragments_are_there),
        cmocka_unit_test(is_clean_when_other_fragments_are_there),
        cmocka_unit_test(is_clean_when_a_fragment_is_of_something_else),
        cmocka_unit_test(fires_when_the_filter_of_this_run_refused_fragments),
        cmocka_unit_test(fires_when_the_filter_of_this_run_refused_tagged_frames),
        cmocka_unit_test(is_clean_when_the_filter_of_this_run_refused_icmp_only),
        cmocka_unit_test(is_clean_on_what_is_no_capture),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
