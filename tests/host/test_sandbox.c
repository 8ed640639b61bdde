/*
 * Each case enters the sandbox in a process of its own, tries something, and says by its exit
 * status what came of it: 0 it worked, the errno when it was refused, a signal when it was fatal.
 */

#include "host/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/check.h"

#define OUTSIDE 200   /* the sandbox cannot be entered here */
#define FORBIDDEN 201 /* it could not be entered at all */
#define KILLED (256 + SIGSYS)

typedef struct Place {
    char *folder;
    char *capture; /* may be read */
    char *other;   /* may not */
    char *output;  /* may be written, in a folder of its own */
} Place;

static int set_up(void **state)
{
    Place *place = g_new0(Place, 1);
    g_autofree char *outputs = NULL;

    place->folder = g_dir_make_tmp("sandbox-XXXXXX", NULL);
    place->capture = g_build_filename(place->folder, "capture", NULL);
    place->other = g_build_filename(place->folder, "other", NULL);
    outputs = g_build_filename(place->folder, "outputs", NULL);
    place->output = g_build_filename(outputs, "report", NULL);
    g_mkdir(outputs, 0700);
    g_file_set_contents(place->capture, "capture", -1, NULL);
    g_file_set_contents(place->other, "other", -1, NULL);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    Place *place = *state;
    g_autofree char *outputs = g_path_get_dirname(place->output);

    g_unlink(place->capture);
    g_unlink(place->other);
    g_unlink(place->output);
    g_rmdir(outputs);
    g_rmdir(place->folder);
    g_free(place->capture);
    g_free(place->other);
    g_free(place->output);
    g_free(place->folder);
    g_free(place);
    return 0;
}

typedef int (*Attempt)(const Place *place);

static int enter(const Place *place, unsigned calls)
{
    g_autoptr(HostSandbox) sandbox = host_sandbox_new();
    const char *weaker;

    host_sandbox_allow_reading(sandbox, place->capture);
    host_sandbox_allow_output(sandbox, place->output);
    host_sandbox_allow_reading(sandbox, "/nowhere/at/all");
    if (!host_sandbox_enter(sandbox, calls, &weaker, NULL))
        return FORBIDDEN;
    return host_sandbox_impossible() != NULL || weaker != NULL ? OUTSIDE : 0;
}

/* The exit status, or 256 and the number of the signal. */
static int tried(const Place *place, unsigned calls, Attempt attempt)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        struct rlimit none = { 0 };
        int entered;

        setrlimit(RLIMIT_CORE, &none);
        entered = enter(place, calls);
        _exit(entered != 0 ? entered : attempt(place));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void check(void **state, unsigned calls, Attempt attempt, int expected)
{
    int result = tried(*state, calls, attempt);

    if (result == OUTSIDE)
        skip();
    assert_int_equal(result, expected);
}

static int outcome(long result)
{
    return result < 0 ? errno : 0;
}

/* --- files ---------------------------------------------------------------- */

static int read_capture(const Place *place)
{
    return outcome(open(place->capture, O_RDONLY));
}

static int read_other(const Place *place)
{
    return outcome(open(place->other, O_RDONLY));
}

static int write_capture(const Place *place)
{
    return outcome(open(place->capture, O_WRONLY));
}

static int read_passwords(const Place *place)
{
    return outcome(open("/etc/passwd", O_RDONLY));
}

static int list_folder(const Place *place)
{
    return outcome(open(place->folder, O_RDONLY | O_DIRECTORY));
}

static int make_other(const Place *place)
{
    g_autofree char *path = g_strconcat(place->folder, "/new", NULL);

    return outcome(open(path, O_WRONLY | O_CREAT, 0600));
}

static int replace_output(const Place *place)
{
    g_autofree char *temporary = g_strconcat(place->output, ".XXXXXX", NULL);
    int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0666);

    if (fd < 0 || write(fd, "report", 6) != 6 || fsync(fd) != 0 || ftruncate(fd, 3) != 0)
        return errno;
    close(fd);
    return outcome(rename(temporary, place->output));
}

static void reads_the_captures_it_was_given(void **state)
{
    check(state, HOST_CALLS_FILES, read_capture, 0);
}

static void reads_no_other_file(void **state)
{
    check(state, HOST_CALLS_FILES, read_other, EACCES);
    check(state, HOST_CALLS_FILES, read_passwords, EACCES);
    check(state, HOST_CALLS_WATCH | HOST_CALLS_SERVE, read_passwords, EACCES);
}

static void writes_no_capture(void **state)
{
    check(state, HOST_CALLS_FILES, write_capture, EACCES);
}

static void lists_no_folder(void **state)
{
    check(state, HOST_CALLS_FILES, list_folder, EACCES);
}

static void makes_files_where_output_goes(void **state)
{
    check(state, HOST_CALLS_FILES, replace_output, 0);
}

static void makes_files_nowhere_else(void **state)
{
    check(state, HOST_CALLS_FILES, make_other, EACCES);
}

/* --- programs ------------------------------------------------------------- */

static int start_program(const Place *place)
{
    return outcome(execl("/bin/true", "true", (char *)NULL));
}

static int start_process(const Place *place)
{
    return outcome(fork());
}

static int trace(const Place *place)
{
    return outcome(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int load_program(const Place *place)
{
    return outcome(syscall(SYS_bpf, 0, NULL, 0));
}

static int make_ring(const Place *place)
{
    return outcome(syscall(SYS_io_uring_setup, 1, NULL));
}

static int open_by_handle(const Place *place)
{
    return outcome(syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0));
}

static int map_code(const Place *place)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return page == MAP_FAILED ? errno : 0;
}

static int signal_parent(const Place *place)
{
    return outcome(kill(getppid(), 0));
}

static void starts_no_program(void **state)
{
    check(state, HOST_CALLS_FILES, start_program, KILLED);
    check(state, HOST_CALLS_WATCH | HOST_CALLS_SERVE, start_program, KILLED);
}

static void starts_no_process(void **state)
{
    check(state, HOST_CALLS_FILES, start_process, KILLED);
    check(state, HOST_CALLS_WATCH | HOST_CALLS_SERVE, start_process, KILLED);
}

static void reaches_for_nothing_in_the_kernel(void **state)
{
    check(state, HOST_CALLS_FILES, trace, KILLED);
    check(state, HOST_CALLS_FILES, load_program, KILLED);
    check(state, HOST_CALLS_FILES, make_ring, KILLED);
    check(state, HOST_CALLS_FILES, open_by_handle, KILLED);
}

static void brings_no_code_to_life(void **state)
{
    check(state, HOST_CALLS_FILES, map_code, EPERM);
}

static void signals_nobody_else(void **state)
{
    check(state, HOST_CALLS_FILES, signal_parent, KILLED);
}

/* --- the network ---------------------------------------------------------- */

static int make_internet_socket(const Place *place)
{
    return outcome(socket(AF_INET, SOCK_DGRAM, 0));
}

static int make_server_socket(const Place *place)
{
    return outcome(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int make_local_socket(const Place *place)
{
    return outcome(socket(AF_UNIX, SOCK_DGRAM, 0));
}

static int make_packet_socket(const Place *place)
{
    int result = outcome(socket(AF_PACKET, SOCK_RAW, 0));

    return result == EPERM ? 0 : result; /* an ordinary user may not, and may ask */
}

static int connect_somewhere(const Place *place)
{
    return outcome(connect(STDOUT_FILENO, NULL, 0));
}

static int send_something(const Place *place)
{
    return outcome(sendto(STDOUT_FILENO, "", 0, 0, NULL, 0));
}

static void looks_up_no_name(void **state)
{
    check(state, HOST_CALLS_FILES, make_internet_socket, EPERM);
    check(state, HOST_CALLS_WATCH, make_internet_socket, EPERM);
    check(state, HOST_CALLS_WATCH | HOST_CALLS_SERVE, make_internet_socket, EPERM);
}

static void connects_to_nobody(void **state)
{
    check(state, HOST_CALLS_FILES, connect_somewhere, EPERM);
    check(state, HOST_CALLS_WATCH | HOST_CALLS_SERVE, connect_somewhere, EPERM);
}

static void sends_nothing_while_it_watches(void **state)
{
    check(state, HOST_CALLS_FILES, send_something, EPERM);
    check(state, HOST_CALLS_WATCH, send_something, EPERM);
}

static void reads_files_without_sockets(void **state)
{
    check(state, HOST_CALLS_FILES, make_local_socket, EPERM);
    check(state, HOST_CALLS_FILES, make_packet_socket, KILLED);
}

static void opens_packet_sockets_to_watch(void **state)
{
    check(state, HOST_CALLS_WATCH, make_packet_socket, 0);
}

static void listens_only_to_serve(void **state)
{
    check(state, HOST_CALLS_WATCH, make_server_socket, EPERM);
    check(state, HOST_CALLS_WATCH | HOST_CALLS_SERVE, make_server_socket, 0);
}

/* --- threads -------------------------------------------------------------- */

static void *read_other_there(void *place)
{
    return GINT_TO_POINTER(read_other(place));
}

static int read_other_in_thread(const Place *place)
{
    pthread_t thread;
    void *result;

    if (pthread_create(&thread, NULL, read_other_there, (void *)place) != 0)
        return FORBIDDEN;
    pthread_join(thread, &result);
    return GPOINTER_TO_INT(result);
}

static void holds_in_threads(void **state)
{
    check(state, HOST_CALLS_FILES, read_other_in_thread, EACCES);
}

static int abort_itself(const Place *place)
{
    abort();
}

static void still_ends_with_the_signal_of_an_abort(void **state)
{
    check(state, HOST_CALLS_FILES, abort_itself, 256 + SIGABRT);
}

/* Newer C libraries try newer calls first. */
static int call_unknown(const Place *place)
{
    return outcome(syscall(470, 0, 0, 0));
}

static void answers_calls_of_the_future(void **state)
{
    check(state, HOST_CALLS_FILES, call_unknown, ENOSYS);
}

/* --- other kernels --------------------------------------------------------- */

/* As an older kernel answers, or a container. */
static bool forbid_landlock(int why)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool good = seccomp_rule_add(filter, SCMP_ACT_ERRNO((uint32_t)why), 444, 0) == 0
                && seccomp_load(filter) == 0;

    seccomp_release(filter);
    return good;
}

static int without_landlock(int why)
{
    g_autoptr(HostSandbox) sandbox = host_sandbox_new();
    const char *weaker = NULL;

    if (host_sandbox_impossible() != NULL)
        return OUTSIDE;
    if (!forbid_landlock(why) || !host_sandbox_enter(sandbox, HOST_CALLS_FILES, &weaker, NULL))
        return FORBIDDEN;
    if (weaker == NULL || strstr(weaker, "which files could be opened is not limited") == NULL)
        return 1;
    execl("/bin/true", "true", (char *)NULL);
    return 2;
}

static int ended(int why)
{
    pid_t child = fork();
    int status;

    if (child == 0)
        _exit(without_landlock(why));
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void goes_on_without_landlock_and_says_so(void **state)
{
    static const int answers[] = { ENOSYS, EOPNOTSUPP, EPERM };

    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        int status = ended(answers[i]);

        if (status == OUTSIDE)
            skip();
        assert_int_equal(status, KILLED);
    }
}

static void does_not_go_on_when_it_cannot_tell_why(void **state)
{
    int status = ended(EIO);

    if (status == OUTSIDE)
        skip();
    assert_int_equal(status, FORBIDDEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_the_captures_it_was_given, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_no_other_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writes_no_capture, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_no_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(makes_files_where_output_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(makes_files_nowhere_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(starts_no_program, set_up, tear_down),
        cmocka_unit_test_setup_teardown(starts_no_process, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reaches_for_nothing_in_the_kernel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(brings_no_code_to_life, set_up, tear_down),
        cmocka_unit_test_setup_teardown(signals_nobody_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(looks_up_no_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(connects_to_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sends_nothing_while_it_watches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_files_without_sockets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(opens_packet_sockets_to_watch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(listens_only_to_serve, set_up, tear_down),
        cmocka_unit_test_setup_teardown(holds_in_threads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(still_ends_with_the_signal_of_an_abort, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_calls_of_the_future, set_up, tear_down),
        cmocka_unit_test(goes_on_without_landlock_and_says_so),
        cmocka_unit_test(does_not_go_on_when_it_cannot_tell_why),
    };

    /* Meson takes a test all of whose cases are skipped for one that failed. */
    if (host_sandbox_impossible() != NULL) {
        printf("1..0 # SKIP %s\n", host_sandbox_impossible());
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
