/*
 * The server of --listen with something to show, for metrics.py: prints the
 * port, takes a word from each line of standard input ("pulse", "devices",
 * "end"), answers "done", and ends with its input.
 */

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>

#include "host/metrics.h"
#include "told.h"

#define MANY 7000

typedef struct Show {
    ReportWriter *writer;
    CaptureInfo info;
    RegCaptureSite site;
    GPtrArray *captures;
    GArray *open;
    ReportResult result;
    uint64_t devices;
} Show;

static void show_init(Show *show, ReportWriter *writer)
{
    ReportOpen open = { .rule = rule_table[0], .devices = 3 };

    *show = (Show){ .writer = writer };
    show->info = (CaptureInfo){ .name = "eth0\"\\\n", /* as nasty as a label can be */
                                .first = TOLD_AT(0),
                                .latest = TOLD_AT(1),
                                .packets = 1000,
                                .drops_known = true };
    show->site = (RegCaptureSite){ .info = &show->info };
    show->captures = g_ptr_array_new();
    g_ptr_array_add(show->captures, &show->site);
    show->open = g_array_new(FALSE, FALSE, sizeof(ReportOpen));
    g_array_append_val(show->open, open);
    show->result.captures = show->captures;
    show->result.n_tables = 2;
    show->result.tables[0] = (CacheStats){ .name = "net.streams", .items = 5 };
    show->result.tables[1] = (CacheStats){ .name = "reg.devices", .items = 7 };
}

static void change(Show *show, const char *aor, RegCondition to)
{
    RegDevice device = told_device(aor);
    ReportChange change = told_change(&device, REG_CONDITION_UNKNOWN, to);

    device.id = ++show->devices;
    show->writer->ops->change(show->writer, &change);
}

static void happen(Show *show)
{
    Finding finding = told_finding("alice@example.com");
    ReportResolved resolved = { .finding = &finding };
    RegAttemptStep steps[] = { { .status = 401 }, { .status = 200 } };
    RegAttempt attempt = { .outcome = REG_OUTCOME_ACCEPTED, .n_steps = 2, .steps = steps };
    const ReportWriterOps *ops = show->writer->ops;

    finding.rule = rule_table[0];
    ops->attempt(show->writer, NULL, &attempt);
    ops->finding(show->writer, &finding);
    ops->resolved(show->writer, &resolved);
    change(show, "alice@example.com", REG_CONDITION_STABLE);
    change(show, "bob@example.com", REG_CONDITION_LOST);
    ops->forgotten(show->writer, 99);
}

static void pulse(Show *show)
{
    const ReportPulse now = {
        .result = &show->result,
        .conditions[REG_CONDITION_STABLE] = show->devices,
        .open = show->open,
        .wall = TOLD_AT(2),
    };

    show->writer->ops->pulse(show->writer, &now);
}

static void obey(Show *show, const char *word)
{
    if (g_str_equal(word, "pulse\n"))
        pulse(show);
    if (g_str_equal(word, "end\n"))
        show->writer->ops->end(show->writer, &show->result);
    for (unsigned i = 0; g_str_equal(word, "devices\n") && i < MANY; i++)
        change(show, "many@example.com", REG_CONDITION_DANGER);
    printf("done\n");
    fflush(stdout);
}

static void say_port(const ReportWriter *writer)
{
    struct sockaddr_in address;
    socklen_t len = sizeof address;

    if (getsockname(host_metrics_socket(writer), (struct sockaddr *)&address, &len) == 0)
        printf("%u\n", ntohs(address.sin_port));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    char word[32];
    Show show;
    ReportWriter *writer = host_metrics_new(
        &(HostMetricsConfig){
            .version = "1.0", .listen = "127.0.0.1:0", .file = argc > 1 ? argv[1] : NULL },
        &error);

    if (writer == NULL) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    show_init(&show, writer);
    happen(&show);
    report_writer_start(writer);
    say_port(writer);
    while (fgets(word, sizeof word, stdin) != NULL)
        obey(&show, word);
    report_writer_close(writer, NULL);
    g_ptr_array_unref(show.captures);
    g_array_unref(show.open);
    return 0;
}
