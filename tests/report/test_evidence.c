/*
 * The frames behind the findings, as a capture file.
 */

#include "report/evidence.h"

#include "capture/set.h"
#include "sample.h"

static const char frame[] = "a frame of 23 bytes....";

static CapturePacket packet(uint64_t number)
{
    return (CapturePacket){ .ref = { .frame = number },
                            .time = AT((double)number) + 7,
                            .wire_len = 1000,
                            .link = 1,
                            .bytes = STR(frame) };
}

/* What is written of these packets for the sample's findings. */
static char *write_packets(const Sample *s, const CapturePacket *packets, unsigned n, size_t *len)
{
    SampleFile file = sample_file_new();
    ReportEvidence *evidence = report_evidence_open(file.path, NULL);
    char *bytes = NULL;

    assert_non_null(evidence);
    report_evidence_choose(evidence, s->findings, s->infos);
    for (unsigned i = 0; i < n; i++)
        report_evidence_add(evidence, &packets[i], packets[i].ref);
    assert_true(report_evidence_close(evidence, NULL));
    assert_true(g_file_get_contents(file.path, &bytes, len, NULL));
    g_free(sample_file_take(&file));
    return bytes;
}

static uint32_t word(const char *bytes, size_t at)
{
    uint32_t value;

    memcpy(&value, bytes + at, sizeof(value));
    return value;
}

/* Where the block begins that is the 'n'th of this type. */
static size_t find_block(const char *bytes, size_t len, uint32_t type, unsigned n)
{
    for (size_t at = 0; at < len; at += word(bytes, at + 4)) {
        assert_int_equal(word(bytes, at + 4) % 4, 0);
        assert_int_equal(word(bytes, at + 4), word(bytes, at + word(bytes, at + 4) - 4));
        if (word(bytes, at) == type && n-- == 0)
            return at;
    }
    fail_msg("no block %u", type);
    return 0;
}

/* The comment of the 'n'th packet: its first option. */
static char *comment(const char *bytes, size_t len, unsigned n)
{
    size_t at = find_block(bytes, len, 6, n) + 28 + 24;

    assert_int_equal(word(bytes, at) & 0xffff, 1);
    return g_strndup(bytes + at + 4, word(bytes, at) >> 16);
}

static void chooses_the_frames_that_findings_cite(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportEvidence) evidence = report_evidence_open("/dev/null", NULL);

    report_evidence_choose(evidence, s->findings, s->infos);
    for (unsigned i = 0; i < s->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(s->findings, i);
        const FindingFact *fact = &g_array_index(finding->facts, FindingFact, 0);

        assert_int_equal(report_evidence_wants(evidence, fact->ref), fact->ref.frame != 0);
    }
    assert_false(report_evidence_wants(evidence, (CaptureRef){ .frame = 999 }));
    assert_false(report_evidence_wants(evidence, (CaptureRef){ .frame = 4, .capture = 1 }));
    assert_true(report_evidence_size(evidence) > 0);
}

static void writes_the_frame_as_it_was_with_a_comment(void **state)
{
    g_autoptr(Sample) s = sample_new();
    CapturePacket packets[] = { packet(4) };
    size_t len;
    g_autofree char *bytes = write_packets(s, packets, 1, &len);
    size_t at = find_block(bytes, len, 6, 0);
    uint64_t time = (uint64_t)word(bytes, at + 12) << 32 | word(bytes, at + 16);
    g_autofree char *text = comment(bytes, len, 0);

    assert_int_equal(time, packets[0].time);
    assert_int_equal(word(bytes, at + 20), sizeof(frame) - 1);
    assert_int_equal(word(bytes, at + 24), 1000);
    assert_memory_equal(bytes + at + 28, frame, sizeof(frame) - 1);
    assert_contains(text, "lan.pcap, frame 4\ncredentials_refused (failure, ");
    assert_contains(text, "; answer: 401 Unauthorized");
}

static void is_read_again_as_a_capture(void **state)
{
    g_autoptr(Sample) s = sample_new();
    CapturePacket packets[] = { packet(4), packet(9), packet(11) };
    SampleFile file = sample_file_new();
    ReportEvidence *evidence = report_evidence_open(file.path, NULL);
    g_autoptr(CaptureSet) set = capture_set_new(&(CaptureOptions){ 0 });
    CapturePacket again;

    packets[2].link = 276; /* another interface */
    report_evidence_choose(evidence, s->findings, s->infos);
    for (unsigned i = 0; i < 3; i++)
        report_evidence_add(evidence, &packets[i], packets[i].ref);
    assert_true(report_evidence_close(evidence, NULL));
    assert_true(capture_set_add(set, file.path, CAPTURE_PLACE_UNSAID, NULL));
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(capture_set_next(set, &again), CAPTURE_FRAME);
        assert_int_equal(again.time, packets[i].time);
        assert_int_equal(again.link, packets[i].link);
        assert_int_equal(again.wire_len, 1000);
        assert_true(str_equal(again.bytes, packets[i].bytes));
    }
    assert_int_equal(capture_set_next(set, &again), CAPTURE_END);
    assert_true(capture_set_info(set, 0)->complete);
    g_free(sample_file_take(&file));
}

static void says_which_frame_a_part_belongs_to(void **state)
{
    g_autoptr(Sample) s = sample_new();
    CapturePacket part = packet(3);
    SampleFile file = sample_file_new();
    ReportEvidence *evidence = report_evidence_open(file.path, NULL);
    g_autofree char *bytes = NULL;
    size_t len;

    report_evidence_choose(evidence, s->findings, s->infos);
    report_evidence_add(evidence, &part, (CaptureRef){ .frame = 4 });
    assert_true(report_evidence_close(evidence, NULL));
    assert_true(g_file_get_contents(file.path, &bytes, &len, NULL));
    g_free(sample_file_take(&file));

    g_autofree char *text = comment(bytes, len, 0);

    assert_string_equal(text, "lan.pcap, frame 3\npart of the message that frame 4 completes");
}

static void shows_words_from_the_wire_harmless_and_short(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(GString) longest = g_string_new("\033[2Jnew\nline ");
    Finding *finding = g_ptr_array_index(s->findings, 0);
    CapturePacket packets[] = { packet(77) };
    size_t len;

    while (longest->len < 5000)
        g_string_append(longest, "\303\244");
    finding_cite(finding, "reason", packets[0].ref, AT(1), str_of(longest->str), NULL);

    g_autofree char *bytes = write_packets(s, packets, 1, &len);
    g_autofree char *text = comment(bytes, len, 0);

    assert_contains(text, "reason: \\x1b[2Jnew\\x0aline \303\244");
    assert_true(strlen(text) < 2100);
    assert_true(g_utf8_validate(text, -1, NULL));
}

static void many_findings_on_one_frame_fit_its_comment(void **state)
{
    g_autoptr(Sample) s = sample_new();
    CapturePacket packets[] = { packet(77) };
    size_t len;

    for (unsigned i = 0; i < 2000; i++) {
        Finding *finding = sample_finding(&sample_refused, &s->devices[0], "refused once more",
                                          packets[0].ref, AT(1));

        g_ptr_array_add(s->findings, finding);
    }

    g_autofree char *bytes = write_packets(s, packets, 1, &len);
    g_autofree char *text = comment(bytes, len, 0);

    assert_contains(text, "refused once more");
    assert_true(strlen(text) > 50000 && strlen(text) < 65535);
}

static void says_what_cannot_be_written_at_once(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_null(report_evidence_open("/no/such/folder/x", &error));
    assert_string_equal(error->message,
                        "cannot write /no/such/folder/x: No such file or directory");
}

static void leaves_the_old_file_when_it_is_abandoned(void **state)
{
    SampleFile file = sample_file_new();

    assert_true(g_file_set_contents(file.path, "old", -1, NULL));
    report_evidence_abandon(report_evidence_open(file.path, NULL));

    g_autofree char *text = sample_file_take(&file);

    assert_string_equal(text, "old");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses_the_frames_that_findings_cite),
        cmocka_unit_test(writes_the_frame_as_it_was_with_a_comment),
        cmocka_unit_test(is_read_again_as_a_capture),
        cmocka_unit_test(says_which_frame_a_part_belongs_to),
        cmocka_unit_test(shows_words_from_the_wire_harmless_and_short),
        cmocka_unit_test(many_findings_on_one_frame_fit_its_comment),
        cmocka_unit_test(says_what_cannot_be_written_at_once),
        cmocka_unit_test(leaves_the_old_file_when_it_is_abandoned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
