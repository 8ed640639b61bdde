/*
 * Lines as things happen.
 */

#include <signal.h>
#include <sys/resource.h>

#include "parsed.h"

typedef struct Stream {
    SampleFile file;
    ReportWriter *writer;
} Stream;

static Stream stream_new(const Sample *s)
{
    Stream stream = { .file = sample_file_new() };
    ReportOptions options = { .captures = s->infos };
    g_autofree char *spec = g_strconcat("jsonl:", stream.file.path, NULL);

    stream.writer = report_writer_open(spec, &options, NULL);
    assert_non_null(stream.writer);
    return stream;
}

/* The lines that somebody who watches has got so far. */
static GStrv lines_now(const Stream *stream)
{
    g_autofree char *text = NULL;

    assert_true(g_file_get_contents(stream->file.path, &text, NULL, NULL));
    return g_strsplit(text, "\n", -1);
}

static void stream_end(Stream *stream)
{
    assert_true(report_writer_close(stream->writer, NULL));
    g_free(sample_file_take(&stream->file));
}

static void every_line_is_there_at_once(void **state)
{
    g_autoptr(Sample) s = sample_new();
    Stream stream = stream_new(s);
    const ReportWriterOps *ops = stream.writer->ops;

    ops->attempt(stream.writer, &s->devices[0], &s->attempts[0]);

    g_auto(GStrv) one = lines_now(&stream);

    assert_int_equal(g_strv_length(one), 2); /* and the empty one behind the newline */
    ops->binding(stream.writer, &s->devices[1], &s->binding);
    ops->finding(stream.writer, g_ptr_array_index(s->findings, 0));

    g_auto(GStrv) three = lines_now(&stream);

    assert_int_equal(g_strv_length(three), 4);
    stream_end(&stream);
}

#define LIFE                                                                               \
    "device aor state watched_seconds registered_seconds reachable_seconds intervals nat " \
    "inbound outages moves traffic also_bound"

static void lines_have_a_type_and_the_shapes_of_the_document(void **state)
{
    static const struct {
        const char *type;
        const char *members;
    } expected[] = {
        { "attempt", "device aor call_id purpose outcome opened closed steps" },
        { "binding", "device aor contact source since until granted end" },
        { "finding", "id severity grade device aor from until count summary evidence rejected "
                     "settle advice reference" },
        { "device", LIFE },
        { "device", LIFE },
        { "device", LIFE },
        { "device", LIFE },
        { "coverage", "captures counts findings not_judged" },
    };
    g_autoptr(Sample) s = sample_new();
    Stream stream = stream_new(s);
    const ReportWriterOps *ops = stream.writer->ops;

    ops->attempt(stream.writer, &s->devices[0], &s->attempts[0]);
    ops->binding(stream.writer, &s->devices[1], &s->binding);
    ops->finding(stream.writer, g_ptr_array_index(s->findings, 0));
    ops->end(stream.writer, &s->result);

    g_auto(GStrv) lines = lines_now(&stream);

    assert_int_equal(g_strv_length(lines), G_N_ELEMENTS(expected) + 1);
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autoptr(JsonParser) parser = json_parser_new();
        JsonObject *line = parse_json(parser, lines[i]);

        assert_member(line, "type", expected[i].type);
        assert_members(line, expected[i].members);
    }
    stream_end(&stream);
}

static void the_last_line_names_the_findings_that_stand(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *text = sample_write(s, "jsonl", (ReportOptions){ 0 });
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
    JsonObject *coverage = parse_json(parser, lines[g_strv_length(lines) - 1]);
    JsonObject *finding = item_at(coverage, "findings", 0);

    assert_int_equal(length_of(coverage, "findings"), 3);
    assert_member(finding, "id", "challenge_unanswered");
    assert_member(finding, "device", "d3");
    assert_number(finding, "count", 1);
}

static void the_accounts_of_a_scanner_are_no_devices(void **state)
{
    g_autoptr(Sample) s = sample_new();

    for (unsigned i = 1; i < SAMPLE_DEVICES; i++)
        s->devices[i].scanner = true;

    g_autofree char *text = sample_write(s, "jsonl", (ReportOptions){ 0 });
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    assert_int_equal(g_strv_length(lines), 3); /* alice, the coverage, nothing */
}

static void hostile_words_do_not_break_the_line(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    Stream stream = stream_new(s);

    s->attempts[0].call_id = (char *)"a\n{\"type\":\"finding\"}\r\n\342\200\250";
    stream.writer->ops->attempt(stream.writer, &s->devices[0], &s->attempts[0]);

    g_auto(GStrv) lines = lines_now(&stream);

    assert_int_equal(g_strv_length(lines), 2);
    assert_member(parse_json(parser, lines[0]), "call_id", s->attempts[0].call_id);
    stream_end(&stream);
}

/* A limit on the size of files is a full disk that has room again later. */
static void set_room(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void lines_that_are_missing_are_told_in_their_place(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(JsonParser) parser = json_parser_new();
    SampleFile file = sample_file_new();
    g_autofree char *spec = g_strconcat("jsonl:", file.path, NULL);
    ReportWriter *writer =
        report_writer_open(spec, &(ReportOptions){ .captures = s->infos, .live = true }, NULL);
    const Finding *finding = g_ptr_array_index(s->findings, 0);

    signal(SIGXFSZ, SIG_IGN);
    set_room(10);
    writer->ops->finding(writer, finding);
    while (report_writer_dropped(writer) == 0)
        g_usleep(1000);
    set_room(RLIM_INFINITY);
    writer->ops->finding(writer, finding);
    assert_false(report_writer_close(writer, NULL));

    g_autofree char *text = sample_file_take(&file);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    JsonObject *lost = parse_json(parser, lines[0]);

    assert_int_equal(g_strv_length(lines), 3);
    assert_member(lost, "type", "lost");
    assert_member(lost, "because", "File too large");
    assert_number(lost, "records", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_there_at_once),
        cmocka_unit_test(lines_have_a_type_and_the_shapes_of_the_document),
        cmocka_unit_test(the_last_line_names_the_findings_that_stand),
        cmocka_unit_test(the_accounts_of_a_scanner_are_no_devices),
        cmocka_unit_test(hostile_words_do_not_break_the_line),
        cmocka_unit_test(lines_that_are_missing_are_told_in_their_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
