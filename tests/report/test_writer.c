/*
 * What may stand after -o.
 */

#include "sample.h"

static void knows_the_formats(void **state)
{
    static const char *const specs[] = { "text:/dev/null", "json:/dev/null", "jsonl:/dev/null",
                                         "html:/dev/null", "csv:/dev/null" };
    g_autoptr(Sample) s = sample_new();
    ReportOptions options = { .captures = s->infos };

    for (size_t i = 0; i < G_N_ELEMENTS(specs); i++) {
        ReportWriter *writer = report_writer_open(specs[i], &options, NULL);

        assert_non_null(writer);
        assert_true(g_str_has_prefix(specs[i], writer->ops->name));
        assert_ptr_equal(writer->captures, s->infos);
        writer->ops->end(writer, &s->result);
        assert_true(report_writer_close(writer, NULL));
    }
}

static void check_refused(const char *spec, ReportError code, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    ReportOptions options = { .captures = captures };

    assert_null(report_writer_open(spec, &options, &error));
    assert_true(g_error_matches(error, REPORT_ERROR, (int)code));
    assert_string_equal(error->message, message);
}

static void names_the_formats_when_it_refuses_one(void **state)
{
    check_refused(
        "yaml:out", REPORT_ERROR_FORMAT,
        "there is no report format \"yaml\"; the formats are text, html, json, jsonl, csv");
    check_refused(
        "report.json", REPORT_ERROR_FORMAT,
        "there is no report format \"report.json\"; the formats are text, html, json, jsonl, csv");
    check_refused("", REPORT_ERROR_FORMAT,
                  "there is no report format \"\"; the formats are text, html, json, jsonl, csv");
    check_refused("json:", REPORT_ERROR_FORMAT, "\"json:\" names no file");
}

static void refuses_a_file_that_cannot_be_written(void **state)
{
    check_refused("json:/no/such/folder/out", REPORT_ERROR_OPEN,
                  "cannot write /no/such/folder/out: No such file or directory");
}

static void colons_in_the_file_name_are_kept(void **state)
{
    check_refused("json:/no/such/folder/a:b", REPORT_ERROR_OPEN,
                  "cannot write /no/such/folder/a:b: No such file or directory");
}

static void a_failing_output_fails_at_close(void **state)
{
    static const char *const specs[] = { "text:/dev/full", "json:/dev/full", "jsonl:/dev/full" };
    g_autoptr(Sample) s = sample_new();
    ReportOptions options = { .captures = s->infos };

    for (size_t i = 0; i < G_N_ELEMENTS(specs); i++) {
        g_autoptr(GError) error = NULL;
        ReportWriter *writer = report_writer_open(specs[i], &options, NULL);

        writer->ops->end(writer, &s->result);
        assert_false(report_writer_close(writer, &error));
        assert_true(g_error_matches(error, REPORT_ERROR, REPORT_ERROR_WRITE));
    }
}

static void a_file_gets_no_colour(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *text = sample_write(s, "text", (ReportOptions){ .color = true, .width = 140 });

    assert_null(strchr(text, '\033'));
}

static void an_abandoned_report_replaces_nothing(void **state)
{
    SampleFile file = sample_file_new();
    g_autofree char *spec = g_strconcat("json:", file.path, NULL);
    g_autoptr(Sample) s = sample_new();
    ReportOptions options = { .captures = s->infos };

    assert_true(g_file_set_contents(file.path, "old", -1, NULL));

    ReportWriter *writer = report_writer_open(spec, &options, NULL);

    writer->ops->end(writer, &s->result);
    report_writer_abandon(writer);

    g_autofree char *text = sample_file_take(&file);

    assert_string_equal(text, "old");
}

static char *content(const char *path)
{
    char *text = NULL;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void while_a_capture_is_watched_a_stream_goes_on_and_begins_anew(void **state)
{
    g_autoptr(Sample) s = sample_new();
    SampleFile file = sample_file_new();
    g_autofree char *spec = g_strconcat("jsonl:", file.path, NULL);
    g_autofree char *old = g_strconcat(file.path, ".1", NULL);
    ReportOptions options = { .captures = s->infos, .live = true };

    assert_true(g_file_set_contents(file.path, "before\n{\"torn", -1, NULL));

    ReportWriter *writer = report_writer_open(spec, &options, NULL);

    report_writer_start(writer);
    writer->ops->finding(writer, g_ptr_array_index(s->findings, 0));
    assert_int_equal(g_rename(file.path, old), 0);
    report_writer_reopen(writer);
    writer->ops->finding(writer, g_ptr_array_index(s->findings, 0));
    assert_int_equal(report_writer_dropped(writer), 0);
    assert_true(report_writer_close(writer, NULL));

    g_autofree char *first = content(old);
    g_unlink(old);

    g_autofree char *second = sample_file_take(&file);

    assert_true(g_str_has_prefix(first, "before\n{\"type\":\"finding\""));
    assert_string_equal(first + strlen("before\n"), second);
}

static void what_is_written_at_the_end_only_is_whole_in_a_watch_too(void **state)
{
    g_autoptr(Sample) s = sample_new();
    SampleFile file = sample_file_new();
    g_autofree char *spec = g_strconcat("json:", file.path, NULL);
    ReportOptions options = { .captures = s->infos, .live = true };
    ReportWriter *writer = report_writer_open(spec, &options, NULL);

    assert_false(g_file_test(file.path, G_FILE_TEST_EXISTS));
    report_writer_start(writer);
    report_writer_reopen(writer);
    writer->ops->end(writer, &s->result);
    assert_true(report_writer_close(writer, NULL));
    g_free(sample_file_take(&file));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_formats),
        cmocka_unit_test(names_the_formats_when_it_refuses_one),
        cmocka_unit_test(refuses_a_file_that_cannot_be_written),
        cmocka_unit_test(colons_in_the_file_name_are_kept),
        cmocka_unit_test(a_failing_output_fails_at_close),
        cmocka_unit_test(a_file_gets_no_colour),
        cmocka_unit_test(an_abandoned_report_replaces_nothing),
        cmocka_unit_test(while_a_capture_is_watched_a_stream_goes_on_and_begins_anew),
        cmocka_unit_test(what_is_written_at_the_end_only_is_whole_in_a_watch_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
