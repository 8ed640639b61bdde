/*
 * Writes a history, for tests that look at it from the outside.
 *
 * usage: scribe PATH rush [ROWS]   tells the time until it is killed: ROWS attempts in a second,
 *                                  or as many as there is room for
 *        scribe PATH story         three phones of an office on one morning; ends as it should
 *        scribe PATH watch         the same, now, and goes on until it is killed
 *        scribe PATH many COUNT    so many devices, now, and goes on until it is killed
 *
 * Those that go on say so in a line: "watch" and "many" when all they told can be read.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/history.h"
#include "store/reader.h"

#define START (INT64_C(1769860800) * NSEC_SEC) /* 2026-01-31T12:00:00Z */

static const Rule refused = {
    .id = "credentials_refused",
    .title = "The registrar refused the credentials",
    .severity = FINDING_FAILURE,
    .advice = "Set the password of the account again, on the phone and on the registrar.",
};
static const Rule late = {
    .id = "refresh_too_late",
    .title = "Refreshes come late",
    .severity = FINDING_WARNING,
    .advice = "Let the phone refresh earlier.",
};

typedef struct Scribe {
    const char *path;
    ReportWriter *writer;
    GPtrArray *captures;
    GPtrArray *none;
    GArray *nothing;
    CaptureInfo info;
    RegCaptureSite site;
    ReportResult result;
    Nsec base; /* where the story begins */
} Scribe;

static Nsec now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return (Nsec)time.tv_sec * NSEC_SEC + time.tv_nsec;
}

static RegDevice device_new(uint64_t id, const char *aor, Nsec seen)
{
    return (RegDevice){
        .id = id,
        .aor = (char *)aor,
        .user_agent = (char *)"ExamplePhone 7.1",
        .contact = (char *)"sip:phone@192.168.1.10:5060",
        .server = { { { 198, 51, 100, 10 }, 4 }, 5060 },
        .addresses = { { { { 192, 168, (uint8_t)(id >> 8), (uint8_t)id }, 4 }, 5060 } },
        .n_addresses = 1,
        .first_seen = seen,
        .last_seen = seen,
        .last_accepted = NSEC_NONE,
    };
}

static void change(Scribe *scribe, const RegDevice *device, RegCondition condition, RegState state,
                   const char *because, Nsec time, const Finding *finding)
{
    scribe->writer->ops->change(
        scribe->writer,
        &(ReportChange){
            .device = device,
            .from = { .since = NSEC_NONE, .until = NSEC_NONE },
            .to = { .condition = condition,
                    .state = state,
                    .because = because,
                    .since = time,
                    .until = condition == REG_CONDITION_LOST ? NSEC_NONE : time + 3600 * NSEC_SEC,
                    .look_again = NSEC_MAX },
            .time = time,
            .finding = finding });
}

static void attempt(Scribe *scribe, const RegDevice *device, uint16_t status, Nsec time,
                    const char *call_id)
{
    RegAttemptStep step = {
        .cseq = 1,
        .request_time = time,
        .answer_time = time,
        .status = status,
        .asked = 3600,
        .granted = status == 200 ? 3600 : REG_EXPIRES_NONE,
        .reason = status == 403 ? (char *)"Forbidden" : NULL,
    };

    scribe->writer->ops->attempt(
        scribe->writer, device,
        &(RegAttempt){ .call_id = (char *)call_id,
                       .outcome = status == 200 ? REG_OUTCOME_ACCEPTED : REG_OUTCOME_REFUSED,
                       .opened = time,
                       .first_opened = time,
                       .closed = time,
                       .repeated = 1,
                       .n_steps = 1,
                       .steps = &step });
}

static void pulse(Scribe *scribe, Nsec time)
{
    scribe->info.packets += 100;
    scribe->info.latest = time;
    scribe->result.end = time;
    scribe->writer->ops->pulse(scribe->writer, &(ReportPulse){ .now = time,
                                                               .wall = time,
                                                               .result = &scribe->result,
                                                               .open = scribe->nothing });
}

static Finding *finding_of(const Rule *rule, const RegDevice *device, Nsec time,
                           const char *summary)
{
    Finding *finding = finding_new(rule);

    finding->device = device->id;
    finding->aor = g_strdup(device->aor);
    finding->from = finding->until = time;
    finding->count = 1;
    finding_grade(finding, FINDING_PROVEN, NULL);
    finding_say(finding, "%s", summary);
    finding_cite(finding, "answer", (CaptureRef){ .frame = 4 }, time, STR("403 Forbidden"), NULL);
    return finding;
}

/* Alice is well; bob was refused for six minutes; carol is refused yet. */
static void tell_story(Scribe *scribe)
{
    Nsec base = scribe->base;
    RegDevice alice = device_new(1, "alice@example.com", base);
    RegDevice bob = device_new(2, "bob@example.com", base);
    RegDevice carol = device_new(3, "carol@example.com", base);
    g_autoptr(Finding) once = finding_of(&refused, &bob, base + 600 * NSEC_SEC,
                                         "bob@example.com was refused with 403 Forbidden");
    g_autoptr(Finding) still = finding_of(&refused, &carol, base + 900 * NSEC_SEC,
                                          "carol@example.com was refused with 403 Forbidden");
    g_autoptr(Finding) sometimes = finding_of(&late, &alice, base, "alice@example.com was late");

    for (unsigned i = 0; i < 3; i++)
        attempt(scribe, i == 0 ? &alice : i == 1 ? &bob : &carol, 200, base, "call1");
    change(scribe, &alice, REG_CONDITION_SETTLING, REG_STATE_REGISTERED, "registered", base, NULL);
    change(scribe, &alice, REG_CONDITION_STABLE, REG_STATE_REGISTERED, "registered",
           base + 300 * NSEC_SEC, NULL);
    change(scribe, &bob, REG_CONDITION_STABLE, REG_STATE_REGISTERED, "registered", base, NULL);
    change(scribe, &carol, REG_CONDITION_STABLE, REG_STATE_REGISTERED, "registered", base, NULL);
    scribe->writer->ops->finding(scribe->writer, sometimes);
    scribe->writer->ops->finding(scribe->writer, once);
    attempt(scribe, &bob, 403, base + 600 * NSEC_SEC, "call2");
    change(scribe, &bob, REG_CONDITION_LOST, REG_STATE_REFUSED, "its REGISTER was refused",
           base + 600 * NSEC_SEC, once);
    attempt(scribe, &bob, 403, base + 800 * NSEC_SEC, "call3");
    scribe->writer->ops->finding(scribe->writer, still);
    change(scribe, &carol, REG_CONDITION_DANGER, REG_STATE_REFUSED, "its REGISTER was refused",
           base + 900 * NSEC_SEC, still);
    scribe->writer->ops->resolved(scribe->writer,
                                  &(ReportResolved){ .finding = once,
                                                     .from = base + 600 * NSEC_SEC,
                                                     .time = base + 960 * NSEC_SEC,
                                                     .because = "the device is registered again" });
    change(scribe, &bob, REG_CONDITION_SETTLING, REG_STATE_REGISTERED, "registered",
           base + 960 * NSEC_SEC, NULL);
    for (unsigned i = 4; i <= 1000; i += 4)
        pulse(scribe, base + i * NSEC_SEC);
}

static bool is_written(const Scribe *scribe, Nsec pulse)
{
    g_autoptr(StoreReader) reader = store_reader_open(scribe->path, NULL);
    StoreRun run;

    return reader != NULL && store_reader_newest_run(reader, &run) && run.heartbeat >= pulse;
}

static void go_on(Scribe *scribe)
{
    Nsec told = now();

    pulse(scribe, told);
    while (!is_written(scribe, told))
        g_usleep(10000);
    printf("watching\n");
    fflush(stdout);
    for (;;) {
        g_usleep(G_USEC_PER_SEC / 4);
        pulse(scribe, now());
    }
}

static void tell_many(Scribe *scribe, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        g_autofree char *aor = g_strdup_printf("%u@example.com", i);
        RegDevice device = device_new(i + 1, aor, scribe->base);

        attempt(scribe, &device, 200, scribe->base, "call");
        change(scribe, &device, REG_CONDITION_STABLE, REG_STATE_REGISTERED, "registered",
               scribe->base, NULL);
        if (i % 100 == 0)
            g_usleep(20000);
    }
}

/* Each attempt is told with the time at which it was told; a hundred phones in turn. */
static void rush(Scribe *scribe, uint64_t rows)
{
    Nsec begun = now(), next = begun + NSEC_SEC;

    printf("watching\n");
    fflush(stdout);
    for (uint64_t told = 0;; told++) {
        Nsec time = now();
        g_autofree char *aor = g_strdup_printf("%u@example.com", (unsigned)(told % 100));
        g_autofree char *call_id = g_strdup_printf("%" G_GUINT64_FORMAT, told);
        RegDevice device = device_new(told % 100 + 1, aor, time);

        attempt(scribe, &device, told % 3 == 0 ? 403 : 200, time, call_id);
        change(scribe, &device, told % 3 == 0 ? REG_CONDITION_LOST : REG_CONDITION_STABLE,
               told % 3 == 0 ? REG_STATE_REFUSED : REG_STATE_REGISTERED, "its REGISTER was refused",
               time, NULL);
        if (time >= next) {
            pulse(scribe, time);
            next += NSEC_SEC;
        }
        while (rows > 0 && (now() - begun) / NSEC_MSEC * (Nsec)rows / 1000 < (Nsec)told)
            g_usleep(1000);
    }
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    const char *what = argc > 2 ? argv[2] : "";
    uint64_t number = argc > 3 ? g_ascii_strtoull(argv[3], NULL, 10) : 0;
    static Scribe scribe;

    if (argc < 3)
        return 2;
    scribe.path = argv[1];
    scribe.base = strcmp(what, "story") == 0 ? START : now() - 1000 * NSEC_SEC;
    scribe.writer =
        store_history_new(argv[1],
                          &(StoreOptions){ .wall = strcmp(what, "rush") == 0 ? 0 : scribe.base,
                                           .version = "0.1",
                                           .description = "-i eth0" },
                          &error);
    if (scribe.writer == NULL) {
        fprintf(stderr, "scribe: %s\n", error->message);
        return 1;
    }
    report_writer_start(scribe.writer);
    scribe.captures = g_ptr_array_new();
    scribe.none = g_ptr_array_new();
    scribe.nothing = g_array_new(FALSE, FALSE, 1);
    scribe.info = (CaptureInfo){ .name = "eth0", .first = START, .latest = START };
    scribe.site = (RegCaptureSite){ .info = &scribe.info, .vantage = { REG_VANTAGE_SERVER, NULL } };
    g_ptr_array_add(scribe.captures, &scribe.site);
    scribe.result = (ReportResult){ .captures = scribe.captures,
                                    .devices = scribe.none,
                                    .findings = scribe.none,
                                    .abstentions = scribe.nothing };
    if (strcmp(what, "rush") == 0)
        rush(&scribe, number);
    if (strcmp(what, "many") == 0)
        tell_many(&scribe, (unsigned)number);
    else
        tell_story(&scribe);
    if (strcmp(what, "story") != 0)
        go_on(&scribe);
    scribe.writer->ops->end(scribe.writer, &scribe.result);
    report_writer_close(scribe.writer, NULL);
    g_ptr_array_unref(scribe.captures);
    g_ptr_array_unref(scribe.none);
    g_array_unref(scribe.nothing);
    return 0;
}
