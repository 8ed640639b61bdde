/*
 * No report says who it is about, in any format.
 */

#include "sample.h"

static void assert_anonymous(const char *text)
{
    static const char *const names[] = { "alice",        "bob@",          "carol@",
                                         "dave@",        "example.com",   "192.168.1.",
                                         "203.0.113.2:", "198.51.100.10", "3848276298220188511",
                                         "lan.pcap",     SAMPLE_NONCE,    SAMPLE_RESPONSE,
                                         "asterisk" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        assert_lacks(text, names[i]);
}

static void no_format_has_names(void **state)
{
    static const char *const formats[] = { "text", "json", "jsonl" };
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportRedactor) redactor = report_redactor_new();

    sample_detail(s);
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autofree char *text =
            sample_write(s, formats[i], (ReportOptions){ .redactor = redactor, .verbose = true });

        assert_contains(text, "capture1.pcap");
        assert_anonymous(text);
    }
}

static void reports_of_one_run_use_the_same_tokens(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportRedactor) redactor = report_redactor_new();
    ReportOptions options = { .redactor = redactor };
    g_autofree char *first = sample_write(s, "json", options);
    g_autofree char *again = sample_write(s, "json", options);
    g_autofree char *text = sample_write(s, "text", options);

    assert_string_equal(first, again);
    assert_contains(first, "\"aor\":\"user1@host1.example\"");
    assert_contains(text, "user1@host1.example: refused");
}

static void the_story_stays(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportRedactor) redactor = report_redactor_new();
    g_autofree char *text = sample_write(s, "text", (ReportOptions){ .redactor = redactor });

    assert_contains(text, "ExamplePhone 7.1");
    assert_contains(text, "12:00:00.120");
    assert_contains(text, "403 Forbidden");
    assert_contains(text, "The registrar refused the credentials [credentials_refused, strong]");
}

static void what_happens_meanwhile_is_redacted_too(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autoptr(ReportRedactor) redactor = report_redactor_new();
    SampleFile file = sample_file_new();
    g_autofree char *spec = g_strconcat("jsonl:", file.path, NULL);
    ReportWriter *writer = report_writer_open(
        spec, &(ReportOptions){ .captures = s->infos, .redactor = redactor }, NULL);

    sample_detail(s);
    writer->ops->finding(writer, g_ptr_array_index(s->findings, 1));
    writer->ops->attempt(writer, &s->devices[0], s->attempt_list[0]);
    writer->ops->binding(writer, &s->devices[1], &s->binding);
    assert_true(report_writer_close(writer, NULL));

    g_autofree char *text = sample_file_take(&file);

    assert_anonymous(text);
    assert_contains(text, "\"type\":\"attempt\",\"device\":\"d1\",\"aor\":\"user1@host1.example\"");
    assert_contains(text, "\"contact\":\"sip:user");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_format_has_names),
        cmocka_unit_test(reports_of_one_run_use_the_same_tokens),
        cmocka_unit_test(the_story_stays),
        cmocka_unit_test(what_happens_meanwhile_is_redacted_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
