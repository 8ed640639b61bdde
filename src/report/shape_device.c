/*
 * The objects of the JSON report that describe a device: its attempts to
 * register, its bindings, its timeline.
 */

#include "part.h"
#include "reg/timeline.h"
#include "shape.h"

static void seconds(ReportShaper *shaper, const char *name, uint32_t value)
{
    if (value != REG_EXPIRES_NONE)
        report_shape_count(shaper, name, value);
    else
        report_shape_text(shaper, name, NULL);
}

static void digest(ReportShaper *shaper, const RegDigestFacts *facts)
{
    if (facts == NULL) {
        report_shape_text(shaper, "digest", NULL);
        return;
    }
    report_shape_open(shaper, "digest");
    report_shape_digest(shaper, facts);
    report_shape_close(shaper);
}

static void step(ReportShaper *shaper, const RegAttemptStep *s)
{
    report_shape_open(shaper, NULL);
    report_shape_count(shaper, "cseq", s->cseq);
    report_shape_packet(shaper, "request", s->request, s->request_time);
    report_shape_count(shaper, "copies", s->copies);
    if (s->status != 0)
        report_shape_count(shaper, "status", s->status);
    else
        report_shape_text(shaper, "status", NULL);
    if (s->reason != NULL)
        report_shape_text(shaper, "reason", s->reason);
    report_shape_packet(shaper, "answer", s->answer, s->answer_time);
    report_shape_text(shaper, "contact", s->contact);
    seconds(shaper, "expires_asked", s->asked);
    seconds(shaper, "expires_granted", s->granted);
    digest(shaper, s->digest);
    report_shape_close(shaper);
}

static void mark(ReportShaper *shaper, const char *name, bool set)
{
    if (!set)
        return;
    report_shape_flag(shaper, name, true);
}

void report_shape_attempt(ReportShaper *shaper, const RegAttempt *attempt)
{
    report_shape_text(shaper, "call_id", attempt->call_id);
    report_shape_text(shaper, "purpose", reg_purpose_name(attempt->purpose));
    report_shape_text(shaper, "outcome", reg_outcome_name(attempt->outcome));
    report_shape_time(shaper, "opened", attempt->opened);
    report_shape_time(shaper, "closed", attempt->closed);
    if (attempt->repeated > 1) {
        report_shape_count(shaper, "repeated", attempt->repeated);
        report_shape_time(shaper, "first_opened", attempt->first_opened);
    }
    mark(shaper, "head_cut", attempt->head_cut);
    mark(shaper, "tail_cut", attempt->tail_cut);
    if (attempt->steps_omitted > 0)
        report_shape_count(shaper, "steps_omitted", attempt->steps_omitted);
    report_shape_open_list(shaper, "steps");
    for (unsigned i = 0; i < attempt->n_steps; i++)
        step(shaper, &attempt->steps[i]);
    report_shape_close_list(shaper);
}

static const char *endpoint_text(const NetEndpoint *endpoint, char text[NET_ENDPOINT_TEXT])
{
    return endpoint->addr.version != 0 ? net_endpoint_to_text(endpoint, text) : NULL;
}

void report_shape_binding(ReportShaper *shaper, const RegBinding *binding)
{
    char source[NET_ENDPOINT_TEXT];

    report_shape_text(shaper, "contact", binding->contact);
    report_shape_text(shaper, "source", endpoint_text(&binding->source, source));
    report_shape_time(shaper, "since", binding->since);
    report_shape_time(shaper, "until", binding->until);
    seconds(shaper, "asked", binding->asked);
    seconds(shaper, "granted", binding->granted);
    report_shape_count(shaper, "refreshes", binding->refreshes);
    report_shape_text(shaper, "end", reg_binding_end_name(binding->end));
}

static void endpoints(ReportShaper *shaper, const char *name, const NetEndpoint *all, unsigned n)
{
    char text[NET_ENDPOINT_TEXT];

    report_shape_open_list(shaper, name);
    for (unsigned i = 0; i < n; i++)
        report_shape_text(shaper, NULL, net_endpoint_to_text(&all[i], text));
    report_shape_close_list(shaper);
}

static void event(ReportShaper *shaper, const RegEvent *e)
{
    report_shape_open(shaper, NULL);
    report_shape_time(shaper, "time", e->time);
    report_shape_text(shaper, "event", reg_event_name(e->kind));
    report_shape_text(shaper, "text", e->text);
    if (e->count > 1) {
        report_shape_count(shaper, "count", e->count);
        report_shape_time(shaper, "until", e->until);
    }
    mark(shaper, "missing", e->missing);
    if (e->n_frames > 0 && report_shape_captures(shaper)->len > 1)
        report_shape_capture_name(shaper, "capture", e->frames[0].capture);
    report_shape_open_list(shaper, "frames");
    for (unsigned i = 0; i < e->n_frames; i++)
        report_shape_count(shaper, NULL, e->frames[i].frame);
    report_shape_close_list(shaper);
    report_shape_close(shaper);
}

static void timeline(ReportShaper *shaper, const RegDevice *device, Nsec end)
{
    g_autoptr(GArray) events = report_part_timeline(report_shaper_part(shaper), device, end);

    report_shape_open_list(shaper, "timeline");
    for (unsigned i = 0; i < events->len; i++)
        event(shaper, &g_array_index(events, RegEvent, i));
    report_shape_close_list(shaper);
}

static void history(ReportShaper *shaper, const RegDevice *device)
{
    const ReportPart *part = report_shaper_part(shaper);

    report_shape_open_list(shaper, "bindings");
    for (unsigned i = 0; i < device->n_bindings; i++) {
        if (!report_part_holds(part, device->bindings[i].since, device->bindings[i].until))
            continue;
        report_shape_open(shaper, NULL);
        report_shape_binding(shaper, &device->bindings[i]);
        report_shape_close(shaper);
    }
    report_shape_close_list(shaper);

    report_shape_open_list(shaper, "attempts");
    for (unsigned i = 0; i < device->n_attempts_kept; i++) {
        if (!report_part_holds_attempt(part, device->attempts[i]))
            continue;
        report_shape_open(shaper, NULL);
        report_shape_attempt(shaper, device->attempts[i]);
        report_shape_close(shaper);
    }
    report_shape_close_list(shaper);
}

void report_shape_device(ReportShaper *shaper, const RegDevice *device, Nsec end)
{
    Nsec now = end != NSEC_NONE ? end : device->last_seen;
    char server[NET_ENDPOINT_TEXT];

    report_shape_device_id(shaper, "id", device->id);
    report_shape_text(shaper, "aor", device->aor);
    report_shape_text(shaper, "user_agent", device->user_agent);
    report_shape_text(shaper, "instance", device->instance);
    report_shape_text(shaper, "transport", device->transport == NET_UDP ? "udp" : "tcp");
    endpoints(shaper, "addresses", device->addresses, device->n_addresses);
    endpoints(shaper, "public_addresses", device->public_addresses, device->n_public_addresses);
    report_shape_text(shaper, "server", endpoint_text(&device->server, server));
    report_shape_time(shaper, "first_seen", device->first_seen);
    report_shape_time(shaper, "last_seen", device->last_seen);
    report_shape_text(shaper, "state", reg_state_name(reg_device_state(device, now)));
    report_shape_life(shaper, device, now);
    report_shape_count(shaper, "keepalives", device->keepalives);
    report_shape_count(shaper, "attempts_forgotten", device->attempts_forgotten);
    history(shaper, device);
    timeline(shaper, device, now);
}
