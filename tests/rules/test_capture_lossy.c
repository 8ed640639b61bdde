/*
 * Packets that were on the wire and are not in the capture: by its own count,
 * or by what the receiver acknowledged.
 */

#include "expect.h"

extern const Rule rule_capture_lossy;

static RuleVerdict look_at_drops(uint64_t kernel, uint64_t interface, Finding *finding)
{
    CaptureInfo info = { .path = "a.pcap",
                         .first = NSEC_SEC,
                         .last = 9 * NSEC_SEC,
                         .dropped_kernel = kernel,
                         .dropped_interface = interface };
    RegCaptureSite capture = {
        .info = &info,
        .messages = { .count = 1, .first = { .frame = 3 }, .first_time = 2 * NSEC_SEC },
    };

    return rule_capture_lossy.check_site(
        &(RegSite){ .kind = REG_SITE_CAPTURE, .capture = &capture }, finding);
}

static void fires_when_the_receiver_has_bytes_that_the_capture_has_not(void **state)
{
    g_autoptr(Judgement) j = judge("phone 192.168.1.10:49170 transport=tcp\n"
                                   "at 0    phone -> server connect\n"
                                   "at 0.02 phone -> server REGISTER\n"
                                   "at 0.03 server -> phone ack\n"
                                   "at 0.04 server -> phone 401\n"
                                   "at 0.05 phone -> server ack\n"
                                   "at 0.06 phone -> server REGISTER auth unseen\n"
                                   "at 0.07 server -> phone ack\n"
                                   "at 0.08 server -> phone 200\n"
                                   "at 0.09 phone -> server ack\n"
                                   "at 50   phone -> server registration\n"
                                   "end 100\n",
                                   &rule_capture_lossy);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_string_equal(j->finding->summary, "1 hole in SIP connections that the receiver did get");
    assert_int_equal(j->finding->grade, FINDING_PROVEN);
    assert_checkable(j->finding);
}

/* Bytes that their receiver never acknowledged were lost on the way. */
static void is_clean_when_the_network_lost_a_segment(void **state)
{
    g_autoptr(Finding) finding = finding_new(&rule_capture_lossy);
    CaptureInfo info = { .path = "a.pcap" };
    RegCaptureSite capture = { .info = &info,
                               .gaps = { .count = 1, .first = { .frame = 3 }, .first_time = 1 } };

    assert_int_equal(rule_capture_lossy.check_site(
                         &(RegSite){ .kind = REG_SITE_CAPTURE, .capture = &capture }, finding),
                     RULE_CLEAN);
}

static void is_clean_when_a_datagram_is_missing(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 401 unseen\n"
                                   "at 0.03 phone -> server REGISTER auth\n"
                                   "at 0.05 server -> phone 200\n"
                                   "end 100\n",
                                   &rule_capture_lossy);

    assert_clean(j);
}

static void fires_when_the_kernel_says_so(void **state)
{
    g_autoptr(Finding) finding = finding_new(&rule_capture_lossy);

    assert_int_equal(look_at_drops(1000, 0, finding), RULE_FIRES);
    assert_string_equal(finding->summary, "the capture dropped 1000 packets");
    assert_checkable(finding);
    assert_int_equal(fact_at(finding, 0)->ref.frame, 3);
    assert_int_equal(finding->from, NSEC_SEC);
    assert_int_equal(finding->until, 9 * NSEC_SEC);
}

static void adds_up_what_kernel_and_interface_dropped(void **state)
{
    g_autoptr(Finding) finding = finding_new(&rule_capture_lossy);

    assert_int_equal(look_at_drops(2, 5, finding), RULE_FIRES);
    assert_string_equal(finding->summary, "the capture dropped 7 packets");
}

static void is_clean_when_nothing_was_dropped(void **state)
{
    g_autoptr(Finding) finding = finding_new(&rule_capture_lossy);

    assert_int_equal(look_at_drops(0, 0, finding), RULE_CLEAN);
}

/* What the snapshot length cut off is a hole too, and no packet is missing. */
static void abstains_when_the_holes_may_be_what_was_cut_off(void **state)
{
    g_autoptr(Finding) finding = finding_new(&rule_capture_lossy);
    CaptureInfo info = { .path = "a.pcap", .cut_frames = 1 };
    RegFact hole = { .count = 1, .first = { .frame = 3 }, .first_time = 1 };
    RegCaptureSite capture = { .info = &info, .gaps = hole, .gaps_by_capture = hole };

    assert_int_equal(rule_capture_lossy.check_site(
                         &(RegSite){ .kind = REG_SITE_CAPTURE, .capture = &capture }, finding),
                     RULE_ABSTAINS);
    assert_string_equal(finding->abstained_because,
                        "frames were cut: the holes may be what was cut off");
}

static void is_clean_on_what_is_no_capture(void **state)
{
    g_autoptr(Finding) finding = finding_new(&rule_capture_lossy);
    RegSourceSite source = { .requests = 1 };

    assert_int_equal(rule_capture_lossy.check_site(
                         &(RegSite){ .kind = REG_SITE_SOURCE, .source = &source }, finding),
                     RULE_CLEAN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_receiver_has_bytes_that_the_capture_has_not),
        cmocka_unit_test(is_clean_when_the_network_lost_a_segment),
        cmocka_unit_test(is_clean_when_a_datagram_is_missing),
        cmocka_unit_test(fires_when_the_kernel_says_so),
        cmocka_unit_test(adds_up_what_kernel_and_interface_dropped),
        cmocka_unit_test(is_clean_when_nothing_was_dropped),
        cmocka_unit_test(abstains_when_the_holes_may_be_what_was_cut_off),
        cmocka_unit_test(is_clean_on_what_is_no_capture),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
