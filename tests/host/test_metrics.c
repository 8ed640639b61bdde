/*
 * The writer behind the metrics: its file is whole at any time, and what it
 * cannot do is told before the first packet.
 */

#include "host/metrics.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include "told.h"

typedef struct Place {
    char *folder;
    char *path;
} Place;

static Place place_new(void)
{
    Place place = { .folder = g_dir_make_tmp("whyreg-XXXXXX", NULL) };

    place.path = g_build_filename(place.folder, "whyreg.prom", NULL);
    return place;
}

static void place_clear(Place *place)
{
    g_unlink(place->path);
    assert_int_equal(g_rmdir(place->folder), 0); /* no temporary file is left */
    g_free(place->folder);
    g_free(place->path);
}

static char *content(const Place *place)
{
    char *text = NULL;

    assert_true(g_file_get_contents(place->path, &text, NULL, NULL));
    assert_true(g_str_has_suffix(text, "\n# EOF\n"));
    return text;
}

static ReportWriter *open_writer(const Place *place)
{
    g_autoptr(GError) error = NULL;
    ReportWriter *writer =
        host_metrics_new(&(HostMetricsConfig){ .version = "1.0", .file = place->path }, &error);

    if (writer == NULL)
        fail_msg("%s", error->message);
    return writer;
}

static void await_text(const Place *place, const char *expected)
{
    for (unsigned i = 0; i < 5000; i++) {
        g_autofree char *text = content(place);

        if (strstr(text, expected) != NULL)
            return;
        g_usleep(1000);
    }
    fail_msg("%s never came", expected);
}

static void the_file_is_there_from_start_to_end(void **state)
{
    Place place = place_new();
    mode_t before = umask(077);
    ReportWriter *writer = open_writer(&place);
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    ReportResult result = { .captures = captures };
    struct stat found;

    await_text(&place, "whyreg_build_info{version=\"1.0\"} 1\n");
    report_writer_start(writer);
    writer->ops->pulse(writer, &(ReportPulse){ .result = &result,
                                               .conditions[REG_CONDITION_STABLE] = 5,
                                               .wall = TOLD_AT(1) });
    await_text(&place, "whyreg_devices{condition=\"stable\"} 5\n");
    writer->ops->attempt(writer, NULL, &(RegAttempt){ .outcome = REG_OUTCOME_ACCEPTED });
    writer->ops->end(writer, &result);
    assert_int_equal(report_writer_dropped(writer), 0);
    assert_true(report_writer_close(writer, NULL));

    g_autofree char *text = content(&place);

    assert_non_null(strstr(text, "whyreg_attempts_total{outcome=\"accepted\"} 1\n"));
    /* A collector is another user. */
    assert_int_equal(g_stat(place.path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0644);
    umask(before);
    place_clear(&place);
}

static void what_cannot_be_written_is_counted(void **state)
{
    Place place = place_new();
    ReportWriter *writer = open_writer(&place);
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    ReportResult result = { .captures = captures };

    assert_int_equal(g_unlink(place.path), 0);
    assert_int_equal(g_mkdir(place.path, 0700), 0);
    writer->ops->pulse(writer, &(ReportPulse){ .result = &result });
    for (unsigned i = 0; i < 5000 && report_writer_dropped(writer) == 0; i++)
        g_usleep(1000);
    assert_int_equal(report_writer_dropped(writer), 1);
    assert_true(report_writer_close(writer, NULL));
    assert_int_equal(g_rmdir(place.path), 0);
    place_clear(&place);
}

static void refuses_at_the_start_what_cannot_be(void **state)
{
    g_autoptr(GError) file = NULL;
    g_autoptr(GError) address = NULL;

    assert_null(host_metrics_new(&(HostMetricsConfig){ .file = "/no/such/folder/x" }, &file));
    assert_string_equal(file->message, "cannot write /no/such/folder/x: No such file or directory");
    assert_null(host_metrics_new(&(HostMetricsConfig){ .listen = "example.com:1" }, &address));
    assert_true(g_str_has_prefix(address->message, "cannot listen on \"example.com:1\""));
}

/* What a server on that socket answers to one request. */
static char *ask(int listening, const char *request)
{
    struct sockaddr_in address;
    socklen_t len = sizeof address;
    GString *answer = g_string_new(NULL);
    char buffer[4096];

    assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &len), 0);

    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(write(fd, request, strlen(request)), strlen(request));
    for (ssize_t n = read(fd, buffer, sizeof buffer); n > 0; n = read(fd, buffer, sizeof buffer))
        g_string_append_len(answer, buffer, n);
    close(fd);
    return g_string_free(answer, FALSE);
}

static void the_pages_are_served_and_say_when_it_ends(void **state)
{
    ReportWriter *writer =
        host_metrics_new(&(HostMetricsConfig){ .version = "1.0", .listen = "127.0.0.1:0" }, NULL);
    CaptureInfo info = { .name = "eth0", .first = NSEC_NONE };
    RegCaptureSite site = { .info = &info };
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    ReportResult result = { .captures = captures };
    static const char health[] = "GET /healthz HTTP/1.0\r\n\r\n";

    g_ptr_array_add(captures, &site);
    report_writer_start(writer);

    int listening = host_metrics_socket(writer);
    g_autofree char *starting = ask(listening, health);

    writer->ops->pulse(writer, &(ReportPulse){ .result = &result });

    g_autofree char *well = ask(listening, health);

    writer->ops->end(writer, &result);

    g_autofree char *stopping = ask(listening, health);

    assert_true(report_writer_close(writer, NULL));
    assert_non_null(strstr(starting, " 503 "));
    assert_non_null(strstr(starting, "\"starting\""));
    assert_non_null(strstr(well, " 200 "));
    assert_non_null(strstr(well, "\"ok\""));
    assert_non_null(strstr(stopping, " 503 "));
    assert_non_null(strstr(stopping, "\"stopping\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_is_there_from_start_to_end),
        cmocka_unit_test(what_cannot_be_written_is_counted),
        cmocka_unit_test(refuses_at_the_start_what_cannot_be),
        cmocka_unit_test(the_pages_are_served_and_say_when_it_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
