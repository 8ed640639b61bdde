/*
 * The helper's own work: notes come out of a socket, and go to where they say.
 */

#include "host/attendant_work.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <syslog.h>

#include "host/note.h"
#include "told.h"

static GString *log_of_tools;

static int keep_journal(const struct iovec *fields, int n)
{
    for (int i = 0; i < n; i++) {
        g_string_append_len(log_of_tools, fields[i].iov_base, (gssize)fields[i].iov_len);
        g_string_append_c(log_of_tools, '\n');
    }
    return 0;
}

static void keep_syslog(int priority, const char *message)
{
    g_string_append_printf(log_of_tools, "<%d>%s\n", priority, message);
}

static const AttendantTools tools = { .journal = keep_journal, .log = keep_syslog };

static void send_bytes(int socket, const char *bytes, size_t len)
{
    assert_int_equal(write(socket, bytes, len), len);
}

static void send_note(int socket, Note *note)
{
    send_bytes(socket, note->bytes->str, note->bytes->len);
    note_clear(note);
}

/* What the tools were told; 'send' fills the socket first. */
static char *work(void (*send)(int socket), const HostAttendantConfig *config)
{
    int ends[2];
    sigset_t children;

    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, NULL);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    log_of_tools = g_string_new(NULL);
    send(ends[0]);
    close(ends[0]);
    attendant_work(ends[1], config, &tools);
    close(ends[1]);
    return g_string_free(log_of_tools, FALSE);
}

static void send_entries(int socket)
{
    Note note;

    note_begin(&note, NOTE_JOURNAL);
    note_add(&note, "MESSAGE", "lost");
    note_add(&note, "WHYREG_AOR", "a=b");
    send_note(socket, &note);

    note_begin(&note, NOTE_SYSLOG);
    note_add(&note, "MESSAGE", "100% lost");
    note_add_number(&note, "PRIORITY", LOG_ERR);
    note_add_number(&note, "SYSLOG_FACILITY", LOG_LOCAL3 >> 3);
    send_note(socket, &note);
}

static void entries_go_to_the_journal_and_to_syslog(void **state)
{
    g_autofree char *told = work(send_entries, &(HostAttendantConfig){ 0 });
    g_autofree char *expected =
        g_strdup_printf("MESSAGE=lost\nWHYREG_AOR=a=b\nSYSLOG_IDENTIFIER=whyreg\n<%d>100%% lost\n",
                        LOG_LOCAL3 | LOG_ERR);

    assert_string_equal(told, expected);
}

static void send_nonsense(int socket)
{
    Note note;

    send_bytes(socket, "j", 1);
    send_bytes(socket, "jMESSAGE=x", 10); /* no end */
    send_bytes(socket, "?MESSAGE=x", 11);
    send_bytes(socket, "s\0\0\0", 4);

    note_begin(&note, NOTE_SYSLOG);
    note_add(&note, "MESSAGE", "x");
    note_add(&note, "PRIORITY", "99");
    note_add(&note, "SYSLOG_FACILITY", "-1");
    send_note(socket, &note);
}

static void nonsense_is_passed_over(void **state)
{
    g_autofree char *told = work(send_nonsense, &(HostAttendantConfig){ 0 });
    g_autofree char *expected = g_strdup_printf("<%d>x\n", LOG_DAEMON | LOG_INFO);

    assert_string_equal(told, expected);
}

static void send_changes(int socket)
{
    RegDevice device = told_device("alice@example.com");
    ReportChange change = told_change(&device, REG_CONDITION_STABLE, REG_CONDITION_LOST);
    Note note;

    for (unsigned i = 0; i < 6; i++) {
        note_begin(&note, NOTE_COMMAND);
        note_add_change(&note, &change);
        send_note(socket, &note);
    }
}

static void commands_are_finished_after_the_last_note(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("whyreg-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "out", NULL);
    g_autofree char *text = NULL;

    g_setenv("OUT", path, TRUE);
    g_free(work(send_changes, &(HostAttendantConfig){
                                  .on_change = "sleep 0.1; echo $WHYREG_AOR $WHYREG_TO >> $OUT",
                                  .on_change_rate = 5,
                              }));
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, "alice@example.com lost\nalice@example.com lost\n"
                              "alice@example.com lost\nalice@example.com lost\n"
                              "alice@example.com lost\n");
    g_unlink(path);
    g_rmdir(folder);
}

static void a_command_that_hangs_holds_up_the_end_for_seconds_only(void **state)
{
    gint64 begun = g_get_monotonic_time();

    g_free(work(send_changes, &(HostAttendantConfig){ .on_change = "sleep 1000" }));
    assert_in_range(g_get_monotonic_time() - begun, 2 * G_USEC_PER_SEC, 8 * G_USEC_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_go_to_the_journal_and_to_syslog),
        cmocka_unit_test(nonsense_is_passed_over),
        cmocka_unit_test(commands_are_finished_after_the_last_note),
        cmocka_unit_test(a_command_that_hangs_holds_up_the_end_for_seconds_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
