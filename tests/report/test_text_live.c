/* A watched capture as a person reads it. */

#include <glib/gstdio.h>

#include "report/formats.h"
#include "report/writer.h"
#include "support/check.h"

#define START (INT64_C(1769860800) * NSEC_SEC) /* 2026-01-31T12:00:00Z */

typedef struct Paper {
    char *folder;
    char *file;
    ReportWriter *writer;
    GPtrArray *captures;
} Paper;

static void paper_open(Paper *paper, ReportOptions options)
{
    g_autofree char *spec = NULL;

    paper->folder = g_dir_make_tmp(NULL, NULL);
    paper->file = g_build_filename(paper->folder, "out", NULL);
    paper->captures = g_ptr_array_new();
    spec = g_strdup_printf("text:%s", paper->file);
    options.captures = paper->captures;
    options.live = true;
    paper->writer = report_writer_open(spec, &options, NULL);
    assert_non_null(paper->writer);
    report_writer_start(paper->writer);
}

static void assert_reads(Paper *paper, const char *expected)
{
    g_autofree char *text = NULL;

    assert_true(report_writer_close(paper->writer, NULL));
    assert_true(g_file_get_contents(paper->file, &text, NULL, NULL));
    assert_string_equal(text, expected);
    g_unlink(paper->file);
    g_rmdir(paper->folder);
    g_free(paper->file);
    g_free(paper->folder);
    g_ptr_array_unref(paper->captures);
}

static const char *const reasons[REG_CONDITIONS] = { "unknown now", "fine", "back", "refused",
                                                     "silent" };

static void changes(Paper *paper, uint64_t id, RegCondition from, RegCondition to, unsigned second)
{
    RegDevice device = { .id = id,
                         .aor = (char *)"al\x1b[2Jice@example.com",
                         .server = { .addr = { .version = 4, .bytes = { 203, 0, 113, 1 } },
                                     .port = 5060 } };
    Nsec time = START + second * NSEC_SEC;
    ReportChange change = {
        .device = &device,
        .from = { .condition = from, .since = START, .until = NSEC_NONE },
        .to = { .condition = to, .because = reasons[to], .since = time, .until = NSEC_NONE },
        .time = time,
    };

    paper->writer->ops->change(paper->writer, &change);
}

static void pulses(Paper *paper)
{
    paper->writer->ops->pulse(paper->writer, &(ReportPulse){ 0 });
}

static void a_phone_that_works_is_no_news(void **state)
{
    Paper paper;

    paper_open(&paper, (ReportOptions){ 0 });
    changes(&paper, 1, REG_CONDITION_UNKNOWN, REG_CONDITION_SETTLING, 1);
    changes(&paper, 1, REG_CONDITION_SETTLING, REG_CONDITION_STABLE, 301);
    assert_reads(&paper, "");
}

static void one_trouble_is_told_once_until_it_is_over(void **state)
{
    Paper paper;

    paper_open(&paper, (ReportOptions){ 0 });
    changes(&paper, 1, REG_CONDITION_STABLE, REG_CONDITION_DANGER, 10);
    changes(&paper, 1, REG_CONDITION_DANGER, REG_CONDITION_LOST, 20);
    changes(&paper, 1, REG_CONDITION_LOST, REG_CONDITION_SETTLING, 30);
    changes(&paper, 1, REG_CONDITION_SETTLING, REG_CONDITION_LOST, 40);
    changes(&paper, 1, REG_CONDITION_LOST, REG_CONDITION_SETTLING, 50);
    changes(&paper, 1, REG_CONDITION_SETTLING, REG_CONDITION_STABLE, 350);
    changes(&paper, 1, REG_CONDITION_STABLE, REG_CONDITION_LOST, 400);
    assert_reads(&paper,
                 "2026-01-31T12:00:10Z DANGER   al\\x1b[2Jice@example.com d1: refused\n"
                 "2026-01-31T12:00:20Z LOST     al\\x1b[2Jice@example.com d1: silent\n"
                 "2026-01-31T12:05:50Z STABLE   al\\x1b[2Jice@example.com d1: fine, after 5 min "
                 "40 s of trouble\n"
                 "2026-01-31T12:06:40Z LOST     al\\x1b[2Jice@example.com d1: silent\n");
}

static void what_cannot_be_known_any_more_is_said(void **state)
{
    Paper paper;

    paper_open(&paper, (ReportOptions){ 0 });
    changes(&paper, 1, REG_CONDITION_UNKNOWN, REG_CONDITION_UNKNOWN, 1);
    changes(&paper, 1, REG_CONDITION_STABLE, REG_CONDITION_UNKNOWN, 2);
    assert_reads(&paper,
                 "2026-01-31T12:00:02Z UNKNOWN  al\\x1b[2Jice@example.com d1: unknown now\n");
}

static void a_crowd_is_counted(void **state)
{
    g_autoptr(GString) expected = g_string_new(NULL);
    Paper paper;

    paper_open(&paper, (ReportOptions){ 0 });
    for (unsigned i = 1; i <= 412; i++)
        changes(&paper, i, REG_CONDITION_STABLE, REG_CONDITION_LOST, 7);
    pulses(&paper);
    pulses(&paper);
    for (unsigned i = 1; i <= 100; i++)
        g_string_append_printf(expected,
                               "2026-01-31T12:00:07Z LOST     al\\x1b[2Jice@example.com d%u: "
                               "silent\n",
                               i);
    g_string_append(expected, "2026-01-31T12:00:07Z LOST     412 devices, 312 of them not listed: "
                              "silent (server 203.0.113.1:5060)\n");
    assert_reads(&paper, expected->str);
}

static void findings_are_all_that_a_quiet_reader_gets(void **state)
{
    static const Rule rule = { .id = "some_rule",
                               .title = "Something is wrong",
                               .severity = FINDING_FAILURE };
    g_autoptr(Finding) finding = finding_new(&rule);
    ReportResolved resolved = {
        .finding = finding, .from = START, .time = START + 360 * NSEC_SEC, .because = "it is back"
    };
    Paper paper;

    paper_open(&paper, (ReportOptions){ .quiet = true });
    finding->device = 1;
    finding->aor = g_strdup("a\nb@example.com");
    finding->from = finding->until = START;
    finding_say(finding, "Something\x07 is wrong.");
    changes(&paper, 1, REG_CONDITION_STABLE, REG_CONDITION_LOST, 7);
    paper.writer->ops->finding(paper.writer, finding);
    paper.writer->ops->resolved(paper.writer, &resolved);
    resolved.lost = true;
    paper.writer->ops->resolved(paper.writer, &resolved);
    assert_reads(&paper, "2026-01-31T12:00:00Z FINDING  a\\x0ab@example.com d1: Something\\x07 is "
                         "wrong. [some_rule]\n"
                         "2026-01-31T12:06:00Z RESOLVED a\\x0ab@example.com d1: Something is "
                         "wrong, after 6 min: it is back [some_rule]\n"
                         "2026-01-31T12:06:00Z GIVEN UP a\\x0ab@example.com d1: Something is "
                         "wrong, after 6 min: it is back [some_rule]\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phone_that_works_is_no_news),
        cmocka_unit_test(one_trouble_is_told_once_until_it_is_over),
        cmocka_unit_test(what_cannot_be_known_any_more_is_said),
        cmocka_unit_test(a_crowd_is_counted),
        cmocka_unit_test(findings_are_all_that_a_quiet_reader_gets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
