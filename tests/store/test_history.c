/*
 * The writer from the outside: what it is told stands in the database.
 */

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diary.h"

static const StoreOptions options = { .version = "0.1", .description = "-i eth0" };

typedef struct Told {
    GPtrArray *captures;
    GPtrArray *none;
    GArray *nothing;
    ReportResult result;
} Told;

static Told told_new(void)
{
    Told told = { g_ptr_array_new(), g_ptr_array_new(), g_array_new(FALSE, FALSE, 1), { 0 } };

    told.result = (ReportResult){ .captures = told.captures,
                                  .devices = told.none,
                                  .findings = told.none,
                                  .abstentions = told.nothing,
                                  .end = AT(100) };
    return told;
}

static void told_clear(Told *told)
{
    g_ptr_array_unref(told->captures);
    g_ptr_array_unref(told->none);
    g_array_unref(told->nothing);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Told, told_clear)

static void pulse(ReportWriter *writer, const Told *told, double time)
{
    writer->ops->pulse(writer, &(ReportPulse){ .now = AT(time),
                                               .wall = AT(time),
                                               .result = &told->result,
                                               .open = told->nothing });
}

static ReportWriter *begin(const Diary *diary)
{
    g_autoptr(GError) error = NULL;
    ReportWriter *writer = store_history_new(diary->path, &options, &error);

    if (writer == NULL)
        fail_msg("%s", error->message);
    report_writer_start(writer);
    return writer;
}

static void everything_that_is_told_can_be_read(void **state)
{
    g_auto(Diary) diary = diary_new();
    g_auto(Told) told = told_new();
    ReportWriter *writer = begin(&diary);
    RegDevice alice = diary_device(1, "alice@example.com");
    RegAttemptStep step;
    RegAttempt attempt = diary_attempt(&step, 10, 403);
    RegBinding binding = { .contact = alice.contact,
                           .since = AT(1),
                           .until = AT(61),
                           .granted = 60,
                           .asked = 60,
                           .ended = NSEC_NONE };
    g_autoptr(Finding) finding = diary_finding(&diary_rule, &alice, 10);
    ReportChange change = diary_change(&alice, REG_CONDITION_DANGER, REG_STATE_REFUSED, 10);

    change.finding = finding;
    writer->ops->binding(writer, &alice, &binding);
    writer->ops->finding(writer, finding);
    writer->ops->attempt(writer, &alice, &attempt);
    writer->ops->change(writer, &change);
    pulse(writer, &told, 20);
    writer->ops->end(writer, &told.result);
    assert_true(report_writer_close(writer, NULL));

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);

    assert_non_null(reader);

    g_autoptr(GArray) devices = store_reader_devices(reader);
    const StoreDevice *device = &g_array_index(devices, StoreDevice, 0);

    assert_int_equal(devices->len, 1);
    assert_string_equal(device->aor, "alice@example.com");
    assert_string_equal(device->condition, "danger");
    assert_string_equal(device->finding, "credentials_refused");

    g_autoptr(GArray) attempts = store_reader_attempts(reader, device->id, EVER);
    g_autoptr(GArray) bindings = store_reader_bindings(reader, device->id, EVER);
    g_autoptr(GArray) findings = store_reader_findings(reader, device->id, EVER);
    g_autoptr(GArray) intervals = store_reader_intervals(reader, device->id, EVER);

    assert_int_equal(attempts->len, 1);
    assert_int_equal(bindings->len, 1);
    assert_int_equal(findings->len, 1);
    assert_int_equal(intervals->len, 1);
    assert_true(g_array_index(intervals, StoreInterval, 0).until == AT(100));
    assert_string_equal(g_array_index(attempts, StoreAttempt, 0).answers, "403");
}

static void a_pulse_makes_what_was_told_safe(void **state)
{
    g_auto(Diary) diary = diary_new();
    g_auto(Told) told = told_new();
    ReportWriter *writer = begin(&diary);
    RegDevice alice = diary_device(1, "alice@example.com");
    ReportChange change = diary_change(&alice, REG_CONDITION_STABLE, REG_STATE_REGISTERED, 10);
    unsigned seen = 0;

    writer->ops->change(writer, &change);
    pulse(writer, &told, 11);
    for (unsigned i = 0; i < 500 && seen == 0; i++) {
        g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
        g_autoptr(GArray) devices = store_reader_devices(reader);

        seen = devices->len;
        g_usleep(10000);
    }
    assert_int_equal(seen, 1);
    assert_true(report_writer_close(writer, NULL));
}

static void a_second_writer_is_refused(void **state)
{
    g_auto(Diary) diary = diary_new();
    g_autoptr(GError) error = NULL;
    ReportWriter *writer = begin(&diary);

    assert_null(store_history_new(diary.path, &options, &error));
    assert_non_null(strstr(error->message, "another whyreg is writing"));
    assert_true(report_writer_close(writer, NULL));
    writer = begin(&diary);
    assert_true(report_writer_close(writer, NULL));
}

static void nobody_else_can_read_the_files(void **state)
{
    g_auto(Diary) diary = diary_new();
    static const char *const names[] = { "", "-wal", "-shm", "-lock" };
    ReportWriter *writer = begin(&diary);

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat(diary.path, names[i], NULL);
        struct stat status;

        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
    assert_true(report_writer_close(writer, NULL));
}

static void a_folder_that_is_not_there_is_told(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_null(store_history_new("/nonexistent/history.db", &options, &error));
    assert_non_null(strstr(error->message, "/nonexistent/history.db"));
}

static void scanners_leave_no_trace(void **state)
{
    g_auto(Diary) diary = diary_new();
    ReportWriter *writer = begin(&diary);
    RegDevice scanner = diary_device(1, "100@example.com");
    RegAttemptStep step;
    RegAttempt attempt = diary_attempt(&step, 10, 403);

    scanner.scanner = true;
    writer->ops->attempt(writer, &scanner, &attempt);
    assert_true(report_writer_close(writer, NULL));

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
    g_autoptr(GArray) devices = store_reader_devices(reader);

    assert_int_equal(devices->len, 0);
}

static bool has_loss(const GArray *losses, const char *kind)
{
    for (unsigned i = 0; i < losses->len; i++) {
        if (g_str_equal(g_array_index(losses, StoreLoss, i).kind, kind))
            return true;
    }
    return false;
}

/* Somebody holds the database for longer than a statement waits. */
static void a_locked_database_costs_nothing_when_it_is_free_again(void **state)
{
    g_auto(Diary) diary = diary_new();
    g_auto(Told) told = told_new();
    ReportWriter *writer = begin(&diary);
    RegDevice alice = diary_device(1, "alice@example.com");
    ReportChange change = diary_change(&alice, REG_CONDITION_LOST, REG_STATE_LAPSED, 10);
    sqlite3 *other = NULL;

    assert_int_equal(sqlite3_open(diary.path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    writer->ops->change(writer, &change);
    pulse(writer, &told, 11);
    g_usleep(1200000);
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    g_usleep(600000);
    assert_int_equal(report_writer_dropped(writer), 0);
    assert_true(report_writer_close(writer, NULL));

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
    g_autoptr(GArray) devices = store_reader_devices(reader);
    g_autoptr(GArray) losses = store_reader_losses(reader, EVER);

    assert_int_equal(devices->len, 1);
    assert_true(has_loss(losses, "history_stuck"));
}

/* The files may not grow any more, which is what a full disk looks like. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = MIN(bytes, limit.rlim_max);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void what_a_full_disk_refuses_is_written_when_there_is_room(void **state)
{
    g_auto(Diary) diary = diary_new();
    g_auto(Told) told = told_new();
    ReportWriter *writer = begin(&diary);
    RegDevice alice = diary_device(1, "alice@example.com");
    RegAttemptStep step;

    signal(SIGXFSZ, SIG_IGN);
    limit_files(150000);
    for (unsigned i = 0; i < 3000; i++) {
        RegAttempt attempt = diary_attempt(&step, i, i % 2 ? 403 : 503);

        writer->ops->attempt(writer, &alice, &attempt);
    }
    pulse(writer, &told, 3000);
    g_usleep(1000000);
    limit_files(RLIM_INFINITY);
    g_usleep(600000);
    assert_int_equal(report_writer_dropped(writer), 0);
    assert_true(report_writer_close(writer, NULL));

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
    g_autoptr(GArray) attempts = store_reader_attempts(reader, 1, EVER);
    g_autoptr(GArray) losses = store_reader_losses(reader, EVER);

    assert_int_equal(attempts->len, 3000);
    assert_true(has_loss(losses, "history_stuck"));
}

/* Nobody can write it, and whoever ends the watch does not wait for that to change. */
static void an_end_while_the_disk_is_full_does_not_take_long(void **state)
{
    g_auto(Diary) diary = diary_new();
    g_auto(Told) told = told_new();
    ReportWriter *writer = begin(&diary);
    RegDevice alice = diary_device(1, "alice@example.com");
    RegAttemptStep step;

    signal(SIGXFSZ, SIG_IGN);
    limit_files(150000);
    for (unsigned i = 0; i < 3000; i++) {
        RegAttempt attempt = diary_attempt(&step, i, i % 2 ? 403 : 503);

        writer->ops->attempt(writer, &alice, &attempt);
    }
    pulse(writer, &told, 3000);

    gint64 begun = g_get_monotonic_time();

    writer->ops->end(writer, &told.result);
    report_writer_close(writer, NULL);
    assert_true(g_get_monotonic_time() - begun < 3 * G_USEC_PER_SEC);
    limit_files(RLIM_INFINITY);
    diary.database = database_create(diary.path, NULL);
    assert_string_equal(diary_ask(&diary, "PRAGMA integrity_check"), "ok");
}

/* The queue holds next to nothing, and the database is locked: attempts get lost and are
 * counted, changes are handed over later. */
static void a_full_queue_costs_attempts_but_no_changes(void **state)
{
    g_auto(Diary) diary = diary_new();
    g_auto(Told) told = told_new();
    StoreOptions small = options;
    sqlite3 *other = NULL;
    RegDevice devices[50];
    RegAttemptStep step;
    RegAttempt attempt = diary_attempt(&step, 10, 403);

    small.queue_bytes = 4096;

    ReportWriter *writer = store_history_new(diary.path, &small, NULL);

    assert_int_equal(sqlite3_open(diary.path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    pulse(writer, &told, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(devices); i++) {
        g_autofree char *aor = g_strdup_printf("%u@example.com", i);

        devices[i] = diary_device(i + 1, aor);
        devices[i].contact = NULL;

        ReportChange change = diary_change(&devices[i], REG_CONDITION_LOST, REG_STATE_LAPSED, 10);

        writer->ops->attempt(writer, &devices[i], &attempt);
        writer->ops->change(writer, &change);
    }
    assert_true(report_writer_dropped(writer) > 0);
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    for (unsigned i = 0; i < 60; i++) {
        g_usleep(50000);
        pulse(writer, &told, 2 + i);
    }
    assert_true(report_writer_close(writer, NULL));

    g_autoptr(StoreReader) reader = store_reader_open(diary.path, NULL);
    g_autoptr(GArray) read = store_reader_devices(reader);
    g_autoptr(GArray) losses = store_reader_losses(reader, EVER);

    assert_int_equal(read->len, G_N_ELEMENTS(devices));
    for (unsigned i = 0; i < read->len; i++)
        assert_string_equal(g_array_index(read, StoreDevice, i).condition, "lost");
    assert_true(has_loss(losses, "history_dropped"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_that_is_told_can_be_read),
        cmocka_unit_test(a_pulse_makes_what_was_told_safe),
        cmocka_unit_test(a_second_writer_is_refused),
        cmocka_unit_test(nobody_else_can_read_the_files),
        cmocka_unit_test(a_folder_that_is_not_there_is_told),
        cmocka_unit_test(scanners_leave_no_trace),
        cmocka_unit_test(a_locked_database_costs_nothing_when_it_is_free_again),
        cmocka_unit_test(what_a_full_disk_refuses_is_written_when_there_is_room),
        cmocka_unit_test(an_end_while_the_disk_is_full_does_not_take_long),
        cmocka_unit_test(a_full_queue_costs_attempts_but_no_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
