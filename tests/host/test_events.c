/*
 * Which events go to the journal, to syslog and to a command, and in which
 * words.
 */

#include "host/events.h"

#include "host/attendant_post.h"
#include "told.h"

/* --- the journal and syslog ------------------------------------------------ */

typedef struct Desk {
    HostAttendant *attendant;
    ReportWriter *writer;
    int socket;
    char bytes[NOTE_BYTES]; /* of the newest note */
    char *fields[NOTE_FIELDS + 1];
} Desk;

static void desk_init(Desk *desk, const char *spec)
{
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
    desk->socket = ends[0];
    desk->attendant = attendant_of_socket(ends[1], 0);
    desk->writer = host_events_open(spec, desk->attendant, NULL);
    assert_non_null(desk->writer);
}

static void desk_clear(Desk *desk)
{
    assert_true(report_writer_close(desk->writer, NULL));
    host_attendant_free(desk->attendant);
    close(desk->socket);
}

static bool next_note(Desk *desk)
{
    ssize_t len = read(desk->socket, desk->bytes, sizeof desk->bytes);

    if (len <= 0)
        return false;
    note_fields(desk->bytes + 1, (size_t)len - 1, desk->fields);
    return true;
}

static void check_field(const Desk *desk, const char *expected)
{
    for (char *const *field = desk->fields; *field != NULL; field++) {
        if (g_str_equal(*field, expected))
            return;
    }
    fail_msg("there is no %s", expected);
}

static void a_finding_is_a_line_and_fields(void **state)
{
    Desk desk;
    Finding finding = told_finding("alice@example.com");

    desk_init(&desk, "syslog:local3");
    desk.writer->ops->finding(desk.writer, &finding);
    assert_true(next_note(&desk));
    assert_int_equal(desk.bytes[0], NOTE_SYSLOG);
    check_field(&desk, "MESSAGE=alice@example.com: 403 after 2 requests with credentials. "
                       "(failure, proven) [credentials_refused]");
    check_field(&desk, "PRIORITY=3");
    check_field(&desk, "SYSLOG_FACILITY=19");
    check_field(&desk, "WHYREG_FINDING=credentials_refused");
    check_field(&desk, "WHYREG_AOR=alice@example.com");
    check_field(&desk, "WHYREG_DEVICE=d7");
    assert_false(next_note(&desk));
    desk_clear(&desk);
}

static void a_finding_about_no_account_names_none(void **state)
{
    Desk desk;
    Finding finding = told_finding(NULL);

    finding.device = 0;
    desk_init(&desk, "syslog");
    desk.writer->ops->finding(desk.writer, &finding);
    assert_true(next_note(&desk));
    check_field(&desk, "MESSAGE=403 after 2 requests with credentials. (failure, proven) "
                       "[credentials_refused]");
    desk_clear(&desk);
}

static void an_account_is_named_once(void **state)
{
    Desk desk;
    Finding finding = told_finding("alice@example.com");

    finding.summary = (char *)"alice@example.com was refused.";
    desk_init(&desk, "syslog");
    desk.writer->ops->finding(desk.writer, &finding);
    assert_true(next_note(&desk));
    check_field(&desk, "MESSAGE=alice@example.com was refused. (failure, proven) "
                       "[credentials_refused]");
    desk_clear(&desk);
}

static void what_is_over_is_told_with_its_time(void **state)
{
    Desk desk;
    Finding finding = told_finding("alice@example.com");
    ReportResolved resolved = { .finding = &finding,
                                .from = TOLD_AT(0),
                                .time = TOLD_AT(360),
                                .because = "the device is registered again" };

    desk_init(&desk, "syslog");
    desk.writer->ops->resolved(desk.writer, &resolved);
    assert_true(next_note(&desk));
    check_field(&desk, "MESSAGE=alice@example.com: resolved after 6 min: the device is registered "
                       "again [credentials_refused]");
    check_field(&desk, "PRIORITY=5");
    desk_clear(&desk);
}

static void only_what_was_lost_comes_back(void **state)
{
    Desk desk;
    RegDevice device = told_device("alice@example.com");
    static const struct {
        RegCondition to;
        const char *message; /* NULL: nothing is said */
    } steps[] = {
        { REG_CONDITION_STABLE, NULL }, /* it was never lost */
        { REG_CONDITION_DANGER, NULL },
        { REG_CONDITION_LOST, "MESSAGE=alice@example.com: lost: the newest refresh was refused" },
        { REG_CONDITION_LOST, NULL }, /* for another reason */
        { REG_CONDITION_SETTLING, NULL },
        { REG_CONDITION_STABLE,
          "MESSAGE=alice@example.com: stable again: the newest refresh was refused" },
        { REG_CONDITION_STABLE, NULL },
    };

    desk_init(&desk, "syslog");
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        ReportChange change = told_change(&device, REG_CONDITION_SETTLING, steps[i].to);

        desk.writer->ops->change(desk.writer, &change);
        assert_int_equal(next_note(&desk), steps[i].message != NULL);
        if (steps[i].message != NULL)
            check_field(&desk, steps[i].message);
    }
    desk_clear(&desk);
}

static void one_that_is_forgotten_does_not_come_back(void **state)
{
    Desk desk;
    RegDevice device = told_device("alice@example.com");
    ReportChange lost = told_change(&device, REG_CONDITION_DANGER, REG_CONDITION_LOST);
    ReportChange stable = told_change(&device, REG_CONDITION_SETTLING, REG_CONDITION_STABLE);

    desk_init(&desk, "syslog");
    desk.writer->ops->change(desk.writer, &lost);
    assert_true(next_note(&desk));
    desk.writer->ops->forgotten(desk.writer, device.id);
    desk.writer->ops->change(desk.writer, &stable);
    assert_false(next_note(&desk));
    desk_clear(&desk);
}

static void what_the_attendant_does_not_take_is_counted(void **state)
{
    Desk desk;
    Finding finding = told_finding("alice@example.com");

    desk_init(&desk, "syslog");
    for (unsigned i = 0; i < 100000 && report_writer_dropped(desk.writer) < 3; i++)
        desk.writer->ops->finding(desk.writer, &finding);
    assert_int_equal(report_writer_dropped(desk.writer), 3);
    desk_clear(&desk);
}

/* --- the command ------------------------------------------------------------ */

/* Commands write one line for each event that reaches them. */
static HostAttendant *attend(void)
{
    return host_attendant_new(
        &(HostAttendantConfig){ .on_change = "echo $WHYREG_TO >> $OUT", .on_change_rate = 100 },
        NULL);
}

static void check_changes(const RegCondition *steps, size_t n, bool appears, const char *expected)
{
    g_autofree char *folder = g_dir_make_tmp("whyreg-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "out", NULL);
    g_autofree char *text = NULL;

    g_setenv("OUT", path, TRUE);

    HostAttendant *attendant = attend();
    ReportWriter *writer = host_on_change_new(attendant);
    RegDevice device = told_device("alice@example.com");

    for (size_t i = 0; i + 1 < n; i++) {
        ReportChange change = told_change(&device, steps[i], steps[i + 1]);

        if (i == 0 && appears)
            change.from.since = NSEC_NONE;
        writer->ops->change(writer, &change);
        g_usleep(20000); /* in the order of the changes */
    }
    assert_true(report_writer_close(writer, NULL));
    host_attendant_free(attendant);
    g_file_get_contents(path, &text, NULL, NULL);
    assert_string_equal(text != NULL ? text : "", expected);
    unlink(path);
    rmdir(folder);
}

static void a_command_hears_of_every_change_but_not_of_new_devices(void **state)
{
    static const RegCondition usual[] = { REG_CONDITION_UNKNOWN, REG_CONDITION_SETTLING,
                                          REG_CONDITION_STABLE, REG_CONDITION_DANGER };
    static const RegCondition bad[] = { REG_CONDITION_UNKNOWN, REG_CONDITION_LOST };

    check_changes(usual, G_N_ELEMENTS(usual), true, "stable\ndanger\n");
    check_changes(usual, G_N_ELEMENTS(usual), false, "settling\nstable\ndanger\n");
    check_changes(bad, G_N_ELEMENTS(bad), true, "lost\n");
}

static void knows_its_outputs(void **state)
{
    assert_true(host_events_knows("journal"));
    assert_true(host_events_knows("syslog"));
    assert_true(host_events_knows("syslog:local3"));
    assert_false(host_events_knows("journal:x"));
    assert_false(host_events_knows("jsonl"));
    assert_false(host_events_knows("syslogs"));
}

static void refuses_a_facility_that_is_none(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_null(host_events_open("syslog:kern", NULL, &error));
    assert_true(g_error_matches(error, HOST_ERROR, HOST_ERROR_FORMAT));
    assert_string_equal(error->message,
                        "there is no syslog facility \"kern\" for programs; there are daemon, "
                        "user, auth and local0 to local7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finding_is_a_line_and_fields),
        cmocka_unit_test(a_finding_about_no_account_names_none),
        cmocka_unit_test(an_account_is_named_once),
        cmocka_unit_test(what_is_over_is_told_with_its_time),
        cmocka_unit_test(only_what_was_lost_comes_back),
        cmocka_unit_test(one_that_is_forgotten_does_not_come_back),
        cmocka_unit_test(what_the_attendant_does_not_take_is_counted),
        cmocka_unit_test(a_command_hears_of_every_change_but_not_of_new_devices),
        cmocka_unit_test(knows_its_outputs),
        cmocka_unit_test(refuses_a_facility_that_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
