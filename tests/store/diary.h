#pragma once

/*
 * A history in a folder of its own, and devices to write into it.
 */

#include <glib/gstdio.h>

#include "store/apply.h"
#include "store/database.h"
#include "store/history.h"
#include "store/place.h"
#include "store/reader.h"
#include "store/row.h"
#include "store/runs.h"
#include "support/check.h"

#define START (INT64_C(1769860800) * NSEC_SEC) /* 2026-01-31T12:00:00Z */
#define AT(seconds) (START + (Nsec)((seconds)*1e9))
#define EVER ((StorePeriod){ NSEC_NONE, NSEC_MAX })

typedef struct Diary {
    char *folder;
    char *path;
    Database *database; /* NULL: whoever needs it opens it */
    int64_t run;
} Diary;

static inline Diary diary_new(void)
{
    Diary diary = { .folder = g_dir_make_tmp("whyreg-XXXXXX", NULL) };

    diary.path = g_build_filename(diary.folder, "history.db", NULL);
    return diary;
}

/* A database with a run that began at START. */
static inline Diary diary_open(void)
{
    Diary diary = diary_new();

    diary.database = database_create(diary.path, NULL);
    assert_non_null(diary.database);
    diary.run = runs_start(diary.database, &(RunsStart){ .wall = START, .version = "1" });
    assert_true(diary.run != 0);
    return diary;
}

static inline void diary_clear(Diary *diary)
{
    g_autoptr(GDir) folder = g_dir_open(diary->folder, 0, NULL);
    const char *name;

    if (diary->database != NULL)
        database_free(diary->database);
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(diary->folder, name, NULL);

        g_unlink(path);
    }
    assert_int_equal(g_rmdir(diary->folder), 0);
    g_free(diary->folder);
    g_free(diary->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Diary, diary_clear)

/* Takes the row. */
static inline void diary_apply(Diary *diary, Row *row)
{
    database_begin(diary->database);
    apply_row(diary->database, diary->run, row);
    if (!database_commit(diary->database))
        fail_msg("%s", diary->database->message);
    row_free(row);
}

/* The first column of the first row, as text; "" when there is none. */
static inline const char *diary_ask(Diary *diary, const char *sql)
{
    static char answer[4096];
    sqlite3_stmt *statement = NULL;

    answer[0] = '\0';
    assert_int_equal(sqlite3_prepare_v2(diary->database->db, sql, -1, &statement, NULL), SQLITE_OK);
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0) != NULL)
        g_strlcpy(answer, (const char *)sqlite3_column_text(statement, 0), sizeof(answer));
    sqlite3_finalize(statement);
    return answer;
}

static inline RegDevice diary_device(uint64_t id, const char *aor)
{
    return (RegDevice){
        .id = id,
        .aor = (char *)aor,
        .user_agent = (char *)"ExamplePhone 7.1",
        .contact = (char *)"sip:phone@192.168.1.10:5060",
        .server = { { { 198, 51, 100, 10 }, 4 }, 5060 },
        .addresses = { { { { 192, 168, 1, (uint8_t)(10 + id) }, 4 }, 5060 } },
        .n_addresses = 1,
        .public_addresses = { { { { 203, 0, 113, 2 }, 4 }, (uint16_t)(18000 + id) } },
        .n_public_addresses = 1,
        .first_seen = START,
        .last_seen = AT(60),
        .last_accepted = NSEC_NONE,
    };
}

/* One step, at AT(time). */
static inline RegAttempt diary_attempt(RegAttemptStep *step, double time, uint16_t status)
{
    *step = (RegAttemptStep){
        .cseq = 1,
        .request_time = AT(time),
        .answer_time = status != 0 ? AT(time + 0.02) : NSEC_NONE,
        .status = status,
        .asked = 3600,
        .granted = status == 200 ? 3600 : REG_EXPIRES_NONE,
        .reason = status == 403 ? (char *)"Forbidden" : NULL,
    };
    return (RegAttempt){
        .call_id = (char *)"3848276298220188511@example.com",
        .purpose = REG_PURPOSE_REGISTER,
        .outcome = status == 200 ? REG_OUTCOME_ACCEPTED
                                 : (status == 0 ? REG_OUTCOME_UNANSWERED : REG_OUTCOME_REFUSED),
        .opened = AT(time),
        .first_opened = AT(time),
        .closed = status != 0 ? AT(time + 0.02) : AT(time + 32),
        .repeated = 1,
        .n_steps = 1,
        .steps = step,
    };
}

static inline ReportChange diary_change(const RegDevice *device, RegCondition condition,
                                        RegState state, double time)
{
    return (ReportChange){
        .device = device,
        .from = { .since = NSEC_NONE, .until = NSEC_NONE },
        .to = { .condition = condition,
                .state = state,
                .because = "its REGISTER was refused",
                .since = AT(time),
                .until = AT(time + 3600),
                .look_again = NSEC_MAX },
        .time = AT(time),
    };
}

static const Rule diary_rule = {
    .id = "credentials_refused",
    .area = "chain",
    .title = "The registrar refused the credentials",
    .severity = FINDING_FAILURE,
    .advice = "Set the password of the account again.",
};

static inline Finding *diary_finding(const Rule *rule, const RegDevice *device, double time)
{
    Finding *finding = finding_new(rule);

    finding->device = device != NULL ? device->id : 0;
    finding->aor = device != NULL ? g_strdup(device->aor) : NULL;
    finding->from = finding->until = AT(time);
    finding->count = 1;
    finding_grade(finding, FINDING_PROVEN, NULL);
    finding_say(finding, "%s was refused", device != NULL ? device->aor : "somebody");
    finding_cite(finding, "answer", (CaptureRef){ .frame = 4 }, AT(time), STR("403 Forbidden"),
                 NULL);
    return finding;
}
