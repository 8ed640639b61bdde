/*
 * The two pages in JSON. How a device is written agrees with "whyreg state".
 */

#include "base/json.h"
#include "http.h"

static bool is_asked_for(const RosterRow *row, const char *condition, const char *aor)
{
    return (condition == NULL || g_str_equal(reg_condition_name(row->condition), condition))
           && (aor == NULL || g_strcmp0(row->aor, aor) == 0);
}

static void put_finding(Json *json, const RosterRow *row)
{
    if (row->finding == NULL)
        return;
    json_text(json, "finding", row->finding);
    json_text(json, "summary", row->summary);
}

static void put_row(Json *json, const RosterRow *row)
{
    char id[24];

    g_snprintf(id, sizeof id, "d%" G_GUINT64_FORMAT, row->device);
    json_open(json, NULL);
    json_text(json, "device", id);
    json_text(json, "aor", row->aor);
    json_text(json, "condition", reg_condition_name(row->condition));
    json_text(json, "state", row->state);
    json_text(json, "because", row->because);
    json_time(json, "since", row->since);
    json_time(json, "until", row->until);
    json_text(json, "user_agent", row->user_agent);
    json_text(json, "contact", row->contact);
    json_text(json, "address", row->address);
    json_text(json, "public_address", row->public_address);
    json_text(json, "server", row->server);
    put_finding(json, row);
    json_close(json);
}

char *http_devices(Roster *roster, uint64_t known, const char *condition, const char *aor)
{
    g_autoptr(GPtrArray) rows = roster_rows(roster);
    GString *text = g_string_new(NULL);
    Json json = json_begin(text);
    unsigned matching = 0;

    json_open(&json, NULL);
    json_count(&json, "schema", 1);
    json_open_list(&json, "devices");
    /* What changed last is what somebody wants to see first. */
    for (unsigned i = rows->len; i > 0; i--) {
        const RosterRow *row = g_ptr_array_index(rows, i - 1);

        if (is_asked_for(row, condition, aor) && matching++ < HTTP_ROWS)
            put_row(&json, row);
    }
    json_close_list(&json);
    json_count(&json, "matching", matching);
    json_count(&json, "left_out", matching > HTTP_ROWS ? matching - HTTP_ROWS : 0);
    json_count(&json, "not_listed", known > rows->len ? known - rows->len : 0);
    json_close(&json);
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}

char *http_health(const BoardState *state, const char *version)
{
    GString *text = g_string_new(NULL);
    Json json = json_begin(text);

    json_open(&json, NULL);
    json_text(&json, "status", board_health_name(state->health));
    json_seconds(&json, "seconds_since_pulse", state->silence);
    json_count(&json, "devices", state->devices);
    json_count(&json, "outputs_dropped", state->dropped);
    json_text(&json, "version", version);
    json_close(&json);
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}
