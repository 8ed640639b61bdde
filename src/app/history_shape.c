/*
 * One JSON object for each kind of thing. Their members have the names that
 * they have in the reports, where a report has the same thing.
 */

#include "history_shape.h"

void history_shape_period(Json *json, StorePeriod period)
{
    json_time(json, "since", period.since);
    json_time(json, "until", period.until != NSEC_MAX ? period.until : NSEC_NONE);
}

/* "d7": the row of the table, so that a name stays for years. */
static void put_id(Json *json, const char *name, int64_t device)
{
    g_autofree char *id = g_strdup_printf("d%" G_GINT64_FORMAT, device);

    json_text(json, name, device != 0 ? id : NULL);
}

void history_shape_device(Json *json, const StoreDevice *device, const StoreLife *life)
{
    put_id(json, "id", device->id);
    json_text(json, "aor", device->aor);
    json_text(json, "user_agent", device->user_agent);
    json_text(json, "instance", device->instance);
    json_text(json, "contact", device->contact);
    json_text(json, "address", device->address);
    json_text(json, "public_address", device->public_address);
    json_text(json, "server", device->server);
    json_text(json, "transport", device->transport);
    json_time(json, "first_seen", device->first_seen);
    json_time(json, "last_seen", device->last_seen);
    json_text(json, "condition", device->condition);
    json_text(json, "state", device->state);
    json_text(json, "because", device->because);
    json_time(json, "condition_since", device->since);
    json_seconds(json, "watched_seconds", life->watched);
    json_seconds(json, "registered_seconds", life->registered);
    json_seconds(json, "reachable_seconds", life->reachable);
    json_count(json, "findings_counted", life->findings);
    json_count(json, "failures_counted", life->failures);
}

static void put_intervals(Json *json, const GArray *intervals)
{
    json_open_list(json, "intervals");
    for (unsigned i = 0; i < intervals->len; i++) {
        const StoreInterval *interval = &g_array_index(intervals, StoreInterval, i);

        json_open(json, NULL);
        json_text(json, "condition", interval->condition);
        json_text(json, "state", interval->state);
        json_text(json, "because", interval->because);
        json_time(json, "from", interval->from);
        json_time(json, "until", interval->until);
        json_flag(json, "open", interval->open);
        json_close(json);
    }
    json_close_list(json);
}

static void put_attempts(Json *json, const GArray *attempts)
{
    json_open_list(json, "attempts");
    for (unsigned i = 0; i < attempts->len; i++) {
        const StoreAttempt *attempt = &g_array_index(attempts, StoreAttempt, i);

        json_open(json, NULL);
        json_text(json, "purpose", attempt->purpose);
        json_text(json, "outcome", attempt->outcome);
        json_text(json, "answers", attempt->answers);
        json_text(json, "reason", attempt->reason);
        json_text(json, "remark", attempt->remark);
        json_time(json, "first_opened", attempt->first_opened);
        json_time(json, "opened", attempt->opened);
        json_time(json, "closed", attempt->closed);
        json_count(json, "repeated", attempt->repeated);
        json_text(json, "call_id", attempt->call_id);
        json_raw(json, "steps", attempt->steps);
        json_close(json);
    }
    json_close_list(json);
}

static void put_bindings(Json *json, const GArray *bindings)
{
    json_open_list(json, "bindings");
    for (unsigned i = 0; i < bindings->len; i++) {
        const StoreBinding *binding = &g_array_index(bindings, StoreBinding, i);

        json_open(json, NULL);
        json_text(json, "contact", binding->contact);
        json_text(json, "source", binding->source);
        json_time(json, "since", binding->since);
        json_time(json, "until", binding->until);
        json_time(json, "ended", binding->ended);
        json_count(json, "granted", binding->granted);
        json_text(json, "end", binding->end);
        json_close(json);
    }
    json_close_list(json);
}

void history_shape_findings(Json *json, const GArray *findings)
{
    json_open_list(json, "findings");
    for (unsigned i = 0; i < findings->len; i++) {
        const StoreFinding *finding = &g_array_index(findings, StoreFinding, i);

        json_open(json, NULL);
        json_text(json, "id", finding->rule);
        json_text(json, "severity", finding->severity);
        json_text(json, "grade", finding->grade);
        put_id(json, "device", finding->device);
        json_text(json, "aor", finding->aor);
        json_time(json, "from", finding->from);
        json_time(json, "until", finding->until);
        json_count(json, "count", finding->count);
        json_text(json, "summary", finding->summary);
        json_text(json, "settle", finding->settle);
        json_text(json, "advice", finding->advice);
        json_time(json, "resolved", finding->resolved);
        json_text(json, "resolved_because", finding->because);
        json_flag(json, "lost", finding->lost);
        json_raw(json, "evidence", finding->evidence);
        json_close(json);
    }
    json_close_list(json);
}

void history_shape_chronicle(Json *json, const Chronicle *chronicle)
{
    history_shape_device(json, chronicle->device, &chronicle->life);
    put_intervals(json, chronicle->intervals);
    put_bindings(json, chronicle->bindings);
    put_attempts(json, chronicle->attempts);
    history_shape_findings(json, chronicle->findings);
}

void history_shape_runs(Json *json, const GArray *runs)
{
    json_open_list(json, "runs");
    for (unsigned i = 0; i < runs->len; i++) {
        const StoreRun *run = &g_array_index(runs, StoreRun, i);

        json_open(json, NULL);
        json_time(json, "began", run->began);
        json_time(json, "seen", run->seen);
        json_time(json, "heartbeat", run->heartbeat);
        json_time(json, "ended", run->ended);
        json_flag(json, "clean", run->clean);
        json_text(json, "version", run->version);
        json_text(json, "host", run->host);
        json_text(json, "watched", run->description);
        json_close(json);
    }
    json_close_list(json);
}

void history_shape_losses(Json *json, const GArray *losses)
{
    json_open_list(json, "losses");
    for (unsigned i = 0; i < losses->len; i++) {
        const StoreLoss *loss = &g_array_index(losses, StoreLoss, i);

        json_open(json, NULL);
        json_text(json, "kind", loss->kind);
        json_text(json, "what", loss->what);
        json_time(json, "from", loss->from);
        json_time(json, "until", loss->until);
        json_count(json, "count", loss->count);
        json_close(json);
    }
    json_close_list(json);
}
