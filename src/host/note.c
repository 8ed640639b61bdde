/*
 * What is written here ends up in a shell's environment, in a log and on an
 * operator's screen: each value passes through the escaping of the terminal.
 */

#include "note.h"

#include <string.h>

#include "base/escape.h"

void note_begin(Note *note, NoteKind kind)
{
    note->bytes = g_string_sized_new(1024);
    note->n = 0;
    g_string_append_c(note->bytes, (char)kind);
}

void note_clear(Note *note)
{
    g_string_free(note->bytes, TRUE);
    note->bytes = NULL;
}

/* Not through the middle of a character. */
static void cut(GString *text, size_t max)
{
    if (text->len <= max)
        return;
    while (max > 0 && ((unsigned char)text->str[max] & 0xc0) == 0x80)
        max--;
    g_string_truncate(text, max);
}

void note_add(Note *note, const char *key, const char *text)
{
    if (text == NULL || note->n == NOTE_FIELDS)
        return;

    g_autoptr(GString) value = g_string_new(NULL);

    escape_terminal(value, str_first(str_of(text), NOTE_VALUE));
    cut(value, NOTE_VALUE);
    if (note->bytes->len + strlen(key) + value->len + 2 > NOTE_BYTES)
        return;
    g_string_append_printf(note->bytes, "%s=%s", key, value->str);
    g_string_append_c(note->bytes, '\0');
    note->n++;
}

void note_add_number(Note *note, const char *key, uint64_t number)
{
    char text[24];

    g_snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, number);
    note_add(note, key, text);
}

void note_add_time(Note *note, const char *key, Nsec time)
{
    char text[NSEC_TEXT];

    if (time != NSEC_NONE)
        note_add(note, key, nsec_to_text(time, text));
}

static void add_endpoint(Note *note, const char *key, const NetEndpoint *endpoint)
{
    char text[NET_ENDPOINT_TEXT];

    if (endpoint->port != 0)
        note_add(note, key, net_endpoint_to_text(endpoint, text));
}

void note_add_device_id(Note *note, uint64_t id)
{
    char text[24];

    g_snprintf(text, sizeof text, "d%" G_GUINT64_FORMAT, id);
    note_add(note, "WHYREG_DEVICE", text);
}

void note_add_device(Note *note, const RegDevice *device)
{
    note_add(note, "WHYREG_AOR", device->aor);
    note_add_device_id(note, device->id);
    if (device->n_addresses > 0)
        add_endpoint(note, "WHYREG_ADDRESS", &device->addresses[device->n_addresses - 1]);
    add_endpoint(note, "WHYREG_SERVER", &device->server);
    note_add(note, "WHYREG_USER_AGENT", device->user_agent);
}

void note_add_finding(Note *note, const Finding *finding)
{
    note_add(note, "WHYREG_FINDING", finding->rule->id);
    note_add(note, "WHYREG_SEVERITY", finding_severity_name(finding->rule->severity));
    note_add(note, "WHYREG_GRADE", finding_grade_name(finding->grade));
    note_add(note, "WHYREG_SUMMARY", finding->summary);
    note_add(note, "WHYREG_ADVICE", finding_advice(finding));
}

void note_add_change(Note *note, const ReportChange *change)
{
    note_add_device(note, change->device);
    note_add(note, "WHYREG_FROM", reg_condition_name(change->from.condition));
    note_add(note, "WHYREG_TO", reg_condition_name(change->to.condition));
    note_add(note, "WHYREG_BECAUSE", change->to.because);
    note_add(note, "WHYREG_STATE", reg_state_name(change->to.state));
    note_add_time(note, "WHYREG_TIME", change->time);
    note_add_time(note, "WHYREG_SINCE", change->to.since);
    note_add_time(note, "WHYREG_UNTIL", change->to.until);
    if (change->finding != NULL)
        note_add_finding(note, change->finding);
}

void note_add_resolved(Note *note, const ReportResolved *resolved)
{
    const Finding *finding = resolved->finding;

    note_add_finding(note, finding);
    note_add(note, "WHYREG_AOR", finding->aor);
    if (finding->device != 0)
        note_add_device_id(note, finding->device);
    note_add(note, "WHYREG_BECAUSE", resolved->because);
    note_add_time(note, "WHYREG_TIME", resolved->time);
    note_add_time(note, "WHYREG_SINCE", resolved->from);
}

unsigned note_fields(char *bytes, size_t len, char *fields[NOTE_FIELDS + 1])
{
    unsigned n = 0;

    for (size_t at = 0; at < len && n < NOTE_FIELDS; at += strnlen(bytes + at, len - at) + 1)
        fields[n++] = bytes + at;
    fields[n] = NULL;
    return n;
}
