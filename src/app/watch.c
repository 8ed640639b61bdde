/*
 * Beside a registrar for months. What needs a right is opened first; then rights
 * are given up; then threads begin and frames are read.
 */

#include "watch.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "capture/filter.h"
#include "confine.h"
#include "host/privileges.h"
#include "net/decoder.h"
#include "pipeline.h"
#include "say.h"
#include "session.h"
#include "watch_guard.h"
#include "watch_keeper.h"
#include "watch_loop.h"
#include "watch_outputs.h"

typedef struct Watch {
    const Options *options;
    HostService *service;
    HostAttendant *attendant; /* NULL: nothing needs it */
    CaptureLive *live;
    WatchOutputs outputs;
    Pipeline *pipeline;
    uint64_t dropped; /* that were not said yet */
    Nsec said;        /* CLOCK_REALTIME: when drops were said last; NSEC_NONE: never */
} Watch;

/* Under a load that is too high for long, packets are dropped each second. */
#define DROPS_INTERVAL (60 * NSEC_SEC)

/* --- what the capture tells ----------------------------------------------- */

static void say_drops(Watch *watch, const CaptureEvent *event)
{
    watch->dropped += event->dropped;
    if (watch->said != NSEC_NONE && nsec_since(watch->said, event->until) < DROPS_INTERVAL
        && event->until >= watch->said)
        return;
    say("%s: %" G_GUINT64_FORMAT " packets were dropped", event->info->name, watch->dropped);
    watch->dropped = 0;
    watch->said = event->until;
}

static void say_event(Watch *watch, const CaptureEvent *event)
{
    const char *name = event->info != NULL ? event->info->name : "";
    char span[NSEC_TEXT];

    nsec_to_span(nsec_since(event->from, event->until), span);
    switch (event->kind) {
    case CAPTURE_EVENT_DROPS:
        say_drops(watch, event);
        break;
    case CAPTURE_EVENT_DOWN:
        say("%s: nothing can be seen any more: %s", name, event->because);
        break;
    case CAPTURE_EVENT_UP:
        say("%s is back: nothing was seen for %s", name, span);
        break;
    case CAPTURE_EVENT_CLOCK:
        nsec_to_span(event->step < 0 ? -event->step : event->step, span);
        say("the clock was set %s by %s", event->step < 0 ? "back" : "ahead", span);
        break;
    case CAPTURE_EVENT_ASLEEP:
        say("the machine was suspended for %s", span);
        break;
    }
}

static void on_capture_event(const CaptureEvent *event, void *user)
{
    Watch *watch = user;
    RegLoss loss = event->kind == CAPTURE_EVENT_CLOCK ? REG_LOSS_CLOCK : REG_LOSS_DROPS;

    if (!watch->options->quiet)
        say_event(watch, event);
    if (watch->pipeline != NULL)
        pipeline_loss(watch->pipeline, loss, event->from, event->until);
}

/* --- what the loop tells --------------------------------------------------- */

/* What was given in the environment or by a descriptor can be had only once. */
static bool can_be_read_again(const Options *options)
{
    for (unsigned i = 0; i < options->credentials->len; i++) {
        const char *source = g_ptr_array_index(options->credentials, i);

        if (g_str_has_prefix(source, "env:") || g_str_has_prefix(source, "fd:"))
            return false;
    }
    return options->credentials->len > 0;
}

static void reload_accounts(const Watch *watch)
{
    g_autoptr(GError) error = NULL;

    if (!can_be_read_again(watch->options))
        return;

    RegSecrets *secrets = session_load_secrets(watch->options, &error);

    if (secrets != NULL)
        pipeline_use_secrets(watch->pipeline, secrets);
    else
        say("the accounts stay as they were: %s", error->message);
}

static void on_reload(void *user)
{
    Watch *watch = user;

    host_service_reloading(watch->service);
    reload_accounts(watch);
    pipeline_reopen(watch->pipeline);
    host_service_ready(watch->service);
}

static void on_statistics(void *user)
{
    Watch *watch = user;

    watch_keeper_ask(watch->outputs.keeper);
    pipeline_pulse(watch->pipeline, nsec_now(CLOCK_REALTIME));
}

static void on_second(void *user)
{
    Watch *watch = user;

    pipeline_pulse(watch->pipeline, nsec_now(CLOCK_REALTIME));
}

static void on_note(const NetMeta *meta, void *user)
{
    recent_note(((Watch *)user)->outputs.recent, meta);
}

/* --- start and end --------------------------------------------------------- */

static bool can_decode(const CaptureInfo *info, GError **error)
{
    uint16_t link = g_array_index(info->links, uint16_t, 0);
    char text[NET_LINK_TEXT];

    if (net_link_is_known(link))
        return true;
    g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_FORMAT,
                "cannot listen on %s: its frames are of link type %s, which whyreg does not know",
                info->path, net_link_name(link, text));
    return false;
}

static CaptureLive *open_interfaces(Watch *watch, GError **error)
{
    const WatchOptions *o = &watch->options->watch;
    g_autoptr(CaptureLive) live = capture_live_new(
        &(CaptureListen){
            .interfaces = o->interfaces,
            .filter = watch->options->filter,
            .ports = o->ports,
            .buffer_bytes = o->buffer_bytes,
            .snaplen = o->snaplen,
            .promiscuous = !o->not_promiscuous,
            .event = on_capture_event,
            .user = watch,
        },
        error);

    for (unsigned i = 0; live != NULL && i < capture_live_size(live); i++) {
        if (!can_decode(capture_live_info(live, i), error))
            return NULL;
    }
    return g_steal_pointer(&live);
}

static void say_start(const Watch *watch)
{
    const char *filter = watch->options->filter;
    g_autofree char *warning = filter != NULL ? filter_warning(filter) : NULL;

    if (warning != NULL)
        say("%s", warning);
    for (unsigned i = 0; i < capture_live_size(watch->live); i++) {
        g_autofree char *text = capture_live_describe(watch->live, i);

        say("listening on %s", text);
    }
}

static void say_end(const Watch *watch, uint64_t taken)
{
    uint64_t received;
    uint64_t dropped;

    capture_live_counts(watch->live, &received, &dropped);
    say("%" G_GUINT64_FORMAT " captured, %" G_GUINT64_FORMAT
        " received by filter, %" G_GUINT64_FORMAT " dropped",
        taken, received, dropped);
}

/* What of --memory does not go into tables. */
static size_t memory_of_others(const Watch *watch)
{
    const WatchOptions *o = &watch->options->watch;

    return o->queue_bytes + watch_outputs_bytes(&watch->outputs, o);
}

static void start_pipeline(Watch *watch, const CaptureSet *captures, const RegSecrets *secrets)
{
    const Options *options = watch->options;

    watch_outputs_start(&watch->outputs);
    watch->pipeline = pipeline_new(
        &(PipelineConfig){
            .memory = { .bytes = options->watch.memory_bytes, .others = memory_of_others(watch) },
            .vantage = options->vantage,
            .secrets = secrets,
            .selection = { options->devices, options->findings, options->since, options->until },
            .live = true,
            .stability = { options->watch.stable },
            .note = watch->outputs.recent != NULL ? on_note : NULL,
            .user = watch,
            .queue_bytes = options->watch.queue_bytes,
        },
        captures, watch->outputs.writers);
}

/* Everything is open, and no right is left. */
static int run(Watch *watch, const CaptureSet *captures, const RegSecrets *secrets, int signals)
{
    const WatchOptions *o = &watch->options->watch;
    WatchGuard *guard = watch_guard_new();

    start_pipeline(watch, captures, secrets);
    if (!watch->options->quiet)
        say_start(watch);
    host_service_ready(watch->service);

    uint64_t taken = watch_loop_run(&(WatchLoop){
        .live = watch->live,
        .pipeline = watch->pipeline,
        .recent = watch->outputs.recent,
        .guard = guard,
        .signals = signals,
        .count = o->count,
        .duration = o->duration,
        .reload = on_reload,
        .statistics = on_statistics,
        .second = on_second,
        .user = watch,
    });

    host_service_stopping(watch->service);
    watch_guard_free(guard);
    pipeline_finish(watch->pipeline);

    bool found = pipeline_found_failure(watch->pipeline);
    int status = watch_outputs_close(&watch->outputs, found ? EXIT_FOUND : EXIT_CLEAN);

    if (!watch->options->quiet)
        say_end(watch, taken);
    pipeline_free(watch->pipeline);
    return status;
}

/* The user changes for everything; the outputs are the new user's. */
static int open_outputs(Watch *watch, const RegSecrets *secrets, int signals)
{
    const Options *options = watch->options;
    g_autoptr(GError) error = NULL;
    g_autoptr(CaptureSet) captures = capture_set_of_live(watch->live);
    g_autoptr(ReportRedactor) redactor = options->redact ? report_redactor_new() : NULL;
    g_autoptr(GPtrArray) infos = g_ptr_array_new();

    for (unsigned i = 0; i < capture_set_size(captures); i++)
        g_ptr_array_add(infos, (gpointer)capture_set_info(captures, i));
    if (!confine_watching(options, &error)
        || !watch_outputs_open(&watch->outputs,
                               &(WatchAround){ .options = options,
                                               .infos = infos,
                                               .redactor = redactor,
                                               .attendant = watch->attendant,
                                               .service = watch->service },
                               &error))
        return session_complain(error);
    return run(watch, captures, secrets, signals);
}

static bool start_attendant(Watch *watch, GError **error)
{
    const Options *options = watch->options;

    if (!watch_outputs_need_attendant(options))
        return true;
    watch->attendant =
        host_attendant_new(&(HostAttendantConfig){ .on_change = options->watch.on_change,
                                                   .on_change_rate = options->watch.on_change_rate,
                                                   .user = options->watch.user },
                           error);
    return watch->attendant != NULL;
}

/* What is missing, and how to get it. */
static int advise(const Watch *watch)
{
    const GPtrArray *interfaces = watch->options->watch.interfaces;
    g_autofree char *advice = host_privileges_advice(g_ptr_array_index(interfaces, 0));

    fprintf(stderr, "whyreg: %s\n", advice);
    return EXIT_TROUBLE;
}

static int watch_all(Watch *watch, int signals)
{
    g_autoptr(GError) error = NULL;

    if (!start_attendant(watch, &error))
        return session_complain(error);

    if (!host_privileges_can_capture())
        return advise(watch);

    g_autoptr(CaptureLive) live = open_interfaces(watch, &error);

    if (live == NULL)
        return session_complain(error);
    watch->live = live;

    g_autoptr(RegSecrets) secrets = session_load_secrets(watch->options, &error);

    if (secrets == NULL)
        return session_complain(error);
    return open_outputs(watch, secrets, signals);
}

int watch(const Options *options)
{
    g_autoptr(GError) error = NULL;

    if (!confine_begin(options, &error))
        return session_complain(error);

    int signals = watch_loop_take_signals();

    if (signals < 0) {
        fprintf(stderr, "whyreg: cannot take signals: %s\n", g_strerror(errno));
        return EXIT_TROUBLE;
    }

    g_autoptr(HostService) service = host_service_new();
    Watch watch = { .options = options, .service = service, .said = NSEC_NONE };
    int status = watch_all(&watch, signals);

    g_clear_pointer(&watch.attendant, host_attendant_free);
    close(signals);
    return status;
}
