/*
 * What the JSON report says about captures, counts and findings.
 */

#include "parsed.h"

static void a_capture_has_the_members_of_the_contract(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *capture = item_at(parse_json(parser, text), "captures", 0);

    assert_members(capture, "name format link_types packets bytes first last vantage "
                            "vantage_because complete stopped_because compression interfaces "
                            "filters comments cut_frames dropped path");
    assert_member(capture, "name", "lan.pcap");
    assert_number(capture, "packets", 1234);
    assert_member(capture, "first", "2026-01-31T12:00:00.000000000Z");
    assert_member(capture, "vantage", "client");
    assert_true(json_object_get_boolean_member(capture, "complete"));
    assert_null_member(capture, "stopped_because");
    assert_null_member(capture, "dropped");
    assert_string_equal(
        json_array_get_string_element(json_object_get_array_member(capture, "link_types"), 0),
        "EN10MB");
}

static void a_damaged_capture_says_where_it_stopped_and_what_it_lost(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();

    s->info.complete = false;
    s->info.stopped_because = "cut in the middle of frame 12";
    s->info.drops_known = true;
    s->info.dropped_kernel = 3;
    s->info.dropped_interface = 4;
    s->info.first = s->info.last = NSEC_NONE;

    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *capture = item_at(parse_json(parser, text), "captures", 0);

    assert_false(json_object_get_boolean_member(capture, "complete"));
    assert_member(capture, "stopped_because", "cut in the middle of frame 12");
    assert_number(capture, "dropped", 7);
    assert_null_member(capture, "first");
}

static void a_clock_is_told_where_it_was_compared(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(CaptureClock) clock = capture_clock_own();
    CaptureClockPiece *piece = &g_array_index(clock->pieces, CaptureClockPiece, 0);
    g_autofree char *without = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *capture = item_at(parse_json(parser, without), "captures", 0);

    assert_null_member(capture, "clock_offset_seconds");
    assert_null_member(capture, "clock_drift_ppm");
    assert_null_member(capture, "clock_uncertainty_seconds");
    clock->same = false;
    piece->offset = -1500 * NSEC_MSEC;
    piece->drift = 25e-6;
    piece->uncertainty = 20 * NSEC_MSEC;
    s->info.clock = clock;

    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });

    capture = item_at(parse_json(parser, text), "captures", 0);
    assert_true(json_object_get_double_member(capture, "clock_offset_seconds") == -1.5);
    assert_true(json_object_get_double_member(capture, "clock_drift_ppm") == 25);
    assert_true(json_object_get_double_member(capture, "clock_uncertainty_seconds") == 0.02);
}

static void only_tables_that_were_full_are_forgetful(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *counts = json_object_get_object_member(parse_json(parser, text), "counts");
    JsonObject *forgotten = json_object_get_object_member(counts, "forgotten");

    assert_members(counts, "sip_messages sip_requests sip_responses register_requests "
                           "register_responses retransmissions duplicate_packets "
                           "fragments_reassembled stream_gaps undecoded_packets tls_records");
    assert_number(counts, "register_requests", 18);
    assert_number(forgotten, "reg.chains", 7);
    assert_false(json_object_has_member(forgotten, "net.streams"));
}

static void a_finding_has_the_members_of_the_contract(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *document = parse_json(parser, text);
    JsonObject *finding = item_at(document, "findings", 1);
    JsonObject *fact = item_at(finding, "evidence", 0);
    JsonObject *note = item_at(document, "findings", 2);

    assert_members(finding, "id severity grade device aor from until count summary evidence "
                            "rejected settle advice reference area title");
    assert_member(finding, "id", "credentials_refused");
    assert_member(finding, "severity", "failure");
    assert_member(finding, "grade", "strong");
    assert_member(finding, "device", "d1");
    assert_member(finding, "settle", "the password of the account (--credentials)");
    assert_members(fact, "capture frame time what seen expected");
    assert_number(fact, "frame", 4);
    assert_null_member(fact, "expected");
    assert_member(item_at(finding, "rejected", 0), "because", "there was a challenge in frame 2");
    assert_null_member(note, "device");
    assert_null_member(note, "reference");
}

static void a_fact_of_no_packet_has_no_frame(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    Finding *finding = g_ptr_array_index(s->findings, 0);

    g_array_index(finding->facts, FindingFact, 0).ref = (CaptureRef){ .capture = 7, .frame = 0 };
    g_array_index(finding->facts, FindingFact, 0).time = NSEC_NONE;

    g_autofree char *text = sample_write(s, "json", (ReportOptions){ 0 });
    JsonObject *fact = item_at(item_at(parse_json(parser, text), "findings", 0), "evidence", 0);

    assert_null_member(fact, "capture");
    assert_null_member(fact, "frame");
    assert_null_member(fact, "time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_capture_has_the_members_of_the_contract),
        cmocka_unit_test(a_damaged_capture_says_where_it_stopped_and_what_it_lost),
        cmocka_unit_test(a_clock_is_told_where_it_was_compared),
        cmocka_unit_test(only_tables_that_were_full_are_forgetful),
        cmocka_unit_test(a_finding_has_the_members_of_the_contract),
        cmocka_unit_test(a_fact_of_no_packet_has_no_frame),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
