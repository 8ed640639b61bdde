/*
 * Copies of what the analysis tells, made in its thread and as cheap as that
 * asks for: a struct, and a string in which all texts stand one after the other.
 *
 * Of a digest only the verdict is copied: a history lives for months, and what
 * an attacker could try passwords on has no place in it.
 */

#include "row.h"

#include "base/escape.h"
#include "base/json.h"

/* Of one text; what is longer comes from somebody who wants to fill the disk. */
#define MAX_TEXT 512

/* Of an attempt that goes on and on, the newest. */
#define MAX_STEPS 16

static Row *row_new(RowKind kind)
{
    Row *row = g_new0(Row, 1);

    row->kind = kind;
    row->texts = g_string_sized_new(256);
    g_string_append_c(row->texts, '\0'); /* so that no text begins at 0 */
    return row;
}

void row_free(Row *row)
{
    g_string_free(row->texts, TRUE);
    g_free(row);
}

size_t row_size(const Row *row)
{
    return sizeof(Row) + row->texts->allocated_len;
}

const char *row_text(const Row *row, RowText text)
{
    return text != 0 ? row->texts->str + text : NULL;
}

static RowText begin_text(const Row *row)
{
    return (RowText)row->texts->len;
}

static RowText add_text(Row *row, const char *text)
{
    RowText at = begin_text(row);

    if (text == NULL)
        return 0;
    escape_utf8(row->texts, str_first(str_of(text), MAX_TEXT));
    g_string_append_c(row->texts, '\0');
    return at;
}

static RowText add_endpoint(Row *row, const NetEndpoint *endpoint)
{
    char text[NET_ENDPOINT_TEXT];

    return endpoint->addr.version != 0 ? add_text(row, net_endpoint_to_text(endpoint, text)) : 0;
}

static RowText add_user(Row *row, const char *aor)
{
    const char *at = aor != NULL ? strchr(aor, '@') : NULL;

    if (at == NULL)
        return 0;

    g_autofree char *user = g_strndup(aor, (gsize)(at - aor));

    return add_text(row, user);
}

static Nsec bound_until(const RegDevice *device)
{
    const RegBinding *newest =
        device->n_bindings > 0 ? &device->bindings[device->n_bindings - 1] : NULL;

    return newest != NULL && newest->end == REG_BINDING_OPEN ? newest->until : NSEC_NONE;
}

static void add_device(Row *row, const RegDevice *device)
{
    unsigned n = device->n_addresses, n_public = device->n_public_addresses;

    row->device = (RowDevice){
        .number = device->id,
        .known = true,
        .aor = add_text(row, device->aor != NULL ? device->aor : ""),
        .user = add_user(row, device->aor),
        .instance = add_text(row, device->instance),
        .contact = add_text(row, device->contact),
        .user_agent = add_text(row, device->user_agent),
        .address = n > 0 ? add_endpoint(row, &device->addresses[n - 1]) : 0,
        .public_address =
            n_public > 0 ? add_endpoint(row, &device->public_addresses[n_public - 1]) : 0,
        .server = add_endpoint(row, &device->server),
        .transport = device->transport == NET_UDP ? "udp" : "tcp",
        .first_seen = device->first_seen,
        .last_seen = device->last_seen,
        .bound = bound_until(device),
    };
}

/* "401 200": the answers of an attempt in a row, "-" where there was none. Attempts that went
 * alike have the same one. */
static RowText add_answers(Row *row, const RegAttempt *attempt)
{
    RowText at = begin_text(row);
    unsigned first = attempt->n_steps > MAX_STEPS ? attempt->n_steps - MAX_STEPS : 0;

    for (unsigned i = first; i < attempt->n_steps; i++) {
        if (i > first)
            g_string_append_c(row->texts, ' ');
        if (attempt->steps[i].status != 0)
            g_string_append_printf(row->texts, "%u", attempt->steps[i].status);
        else
            g_string_append_c(row->texts, '-');
    }
    g_string_append_c(row->texts, '\0');
    return at;
}

static void add_step(Json *json, const RegAttemptStep *step)
{
    json_open(json, NULL);
    json_count(json, "cseq", step->cseq);
    json_time(json, "sent", step->request_time);
    json_time(json, "answered", step->answer_time);
    if (step->status != 0)
        json_count(json, "status", step->status);
    if (step->copies > 0)
        json_count(json, "copies", step->copies);
    if (step->asked != REG_EXPIRES_NONE)
        json_count(json, "asked", step->asked);
    if (step->granted != REG_EXPIRES_NONE)
        json_count(json, "granted", step->granted);
    if (step->digest != NULL)
        json_text(json, "digest", reg_digest_verdict_name(step->digest->verdict));
    json_close(json);
}

static RowText add_steps(Row *row, const RegAttempt *attempt)
{
    RowText at = begin_text(row);
    Json json = json_begin(row->texts);
    unsigned first = attempt->n_steps > MAX_STEPS ? attempt->n_steps - MAX_STEPS : 0;

    json_open_list(&json, NULL);
    for (unsigned i = first; i < attempt->n_steps; i++)
        add_step(&json, &attempt->steps[i]);
    json_close_list(&json);
    g_string_append_c(row->texts, '\0');
    return at;
}

Row *row_of_attempt(const RegDevice *device, const RegAttempt *attempt)
{
    Row *row = row_new(ROW_ATTEMPT);
    const RegAttemptStep *last =
        attempt->n_steps > 0 ? &attempt->steps[attempt->n_steps - 1] : NULL;

    add_device(row, device);
    row->attempt = (RowAttempt){
        .first_opened = attempt->first_opened,
        .opened = attempt->opened,
        .closed = attempt->closed,
        .repeated = attempt->repeated,
        .answers = add_answers(row, attempt),
        .purpose = reg_purpose_name(attempt->purpose),
        .outcome = reg_outcome_name(attempt->outcome),
        .reason = last != NULL ? add_text(row, last->reason) : 0,
        .remark = last != NULL ? add_text(row, last->remark) : 0,
        .call_id = add_text(row, attempt->call_id),
        .steps = add_steps(row, attempt),
    };
    return row;
}

Row *row_of_binding(const RegDevice *device, const RegBinding *binding)
{
    Row *row = row_new(ROW_BINDING);

    add_device(row, device);
    row->binding = (RowBinding){
        .contact = add_text(row, binding->contact),
        .source = add_endpoint(row, &binding->source),
        .since = binding->since,
        .until = binding->until,
        .ended = binding->end != REG_BINDING_OPEN ? binding->ended : NSEC_NONE,
        .granted = binding->granted,
        .asked = binding->asked,
        .refreshes = binding->refreshes,
        .end = reg_binding_end_name(binding->end),
    };
    return row;
}

static RowText add_evidence(Row *row, const Finding *finding)
{
    RowText at = begin_text(row);
    Json json = json_begin(row->texts);

    json_open_list(&json, NULL);
    for (unsigned i = 0; i < finding->facts->len; i++) {
        const FindingFact *fact = &g_array_index(finding->facts, FindingFact, i);

        json_open(&json, NULL);
        json_text(&json, "what", fact->name);
        if (fact->ref.frame != 0) {
            json_count(&json, "capture", fact->ref.capture);
            json_count(&json, "frame", fact->ref.frame);
        }
        json_time(&json, "time", fact->time);
        json_text(&json, "seen", fact->seen);
        if (fact->expected != NULL)
            json_text(&json, "expected", fact->expected);
        json_close(&json);
    }
    json_close_list(&json);
    g_string_append_c(row->texts, '\0');
    return at;
}

static void add_finding(Row *row, const Finding *finding)
{
    row->device.number = finding->device;
    row->finding = (RowFinding){
        .rule = finding->rule->id,
        .severity = finding_severity_name(finding->rule->severity),
        .grade = finding_grade_name(finding->grade),
        .aor = add_text(row, finding->aor),
        .from = finding->from,
        .until = finding->until,
        .count = finding->count,
        .summary = add_text(row, finding->summary),
        .advice = add_text(row, finding_advice(finding)),
        .settle = add_text(row, finding->settle),
        .evidence = add_evidence(row, finding),
        .resolved = NSEC_NONE,
    };
}

Row *row_of_finding(const Finding *finding)
{
    Row *row = row_new(ROW_FINDING);

    add_finding(row, finding);
    return row;
}

Row *row_of_resolved(const ReportResolved *resolved)
{
    Row *row = row_new(ROW_RESOLVED);

    add_finding(row, resolved->finding);
    row->finding.resolved = resolved->time;
    row->finding.because = resolved->because;
    row->finding.lost = resolved->lost;
    return row;
}

Row *row_of_change(const ReportChange *change)
{
    Row *row = row_new(ROW_CHANGE);
    const RegStanding *to = &change->to;

    add_device(row, change->device);
    row->change = (RowChange){
        .condition = reg_condition_name(to->condition),
        .state = reg_state_name(to->state),
        .because = to->because,
        .since = to->since,
        .until = to->until,
        .noticed = change->time,
        .finding = change->finding != NULL ? change->finding->rule->id : NULL,
        .summary = change->finding != NULL ? add_text(row, change->finding->summary) : 0,
    };
    return row;
}

Row *row_of_forgotten(uint64_t device, Nsec now)
{
    Row *row = row_new(ROW_FORGOTTEN);

    row->device.number = device;
    row->time = (RowTime){ now, now };
    return row;
}

Row *row_of_capture(const RegCaptureSite *site)
{
    Row *row = row_new(ROW_CAPTURE);
    const CaptureInfo *info = site->info;

    row->capture = (RowCapture){
        .number = site->index,
        .name = add_text(row, info->name),
        .stopped = add_text(row, info->stopped_because),
        .first = info->first,
        .last = info->latest,
        .packets = info->packets,
        .bytes = info->bytes,
        .drops_known = info->drops_known,
        .dropped_kernel = info->dropped_kernel,
        .dropped_interface = info->dropped_interface,
        .vantage = reg_vantage_name(site->vantage.vantage),
    };
    return row;
}

Row *row_of_loss(const char *kind, const char *what, Nsec from, Nsec until, uint64_t count)
{
    Row *row = row_new(ROW_LOSS);

    row->loss = (RowLoss){ kind, add_text(row, what), from, until, count };
    return row;
}

static Row *row_of_time(RowKind kind, Nsec now, Nsec wall)
{
    Row *row = row_new(kind);

    row->time = (RowTime){ now, wall };
    return row;
}

Row *row_of_unsure(Nsec now)
{
    return row_of_time(ROW_UNSURE, now, now);
}

Row *row_of_pulse(Nsec now, Nsec wall)
{
    return row_of_time(ROW_PULSE, now, wall);
}

Row *row_of_end(Nsec now, Nsec wall)
{
    return row_of_time(ROW_END, now, wall);
}
