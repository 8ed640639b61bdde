/*
 * Each case runs in a process of its own, because there is no way back. What only root can give
 * up is skipped for others.
 */

#include "host/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/check.h"

#define NOBODY "nobody"

typedef bool (*Trial)(void);

static bool holds(Trial trial)
{
    pid_t child = fork();
    int status;

    if (child == 0)
        _exit(trial() ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void as_root(Trial trial)
{
    if (geteuid() != 0)
        skip();
    assert_true(holds(trial));
}

static bool has(unsigned capability)
{
    capng_get_caps_process();
    return capng_have_capability(CAPNG_EFFECTIVE, capability) == 1;
}

/* --- protect -------------------------------------------------------------- */

static char *no_words[] = { NULL };

static bool hides_memory(void)
{
    struct rlimit limit;

    return host_protect(no_words, NULL) && getrlimit(RLIMIT_CORE, &limit) == 0
           && limit.rlim_max == 0 && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static bool forbids_new_privileges(void)
{
    return host_protect(no_words, NULL) && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

/* Three numbers that nobody else uses. */
static bool keeps_what_is_named(void)
{
    char *words[] = { (char *)"whyreg", (char *)"--credentials=fd:61", (char *)"/dev/fd/63",
                      (char *)"fd:none", NULL };

    for (int fd = 61; fd <= 63; fd++)
        dup2(STDERR_FILENO, fd);
    return host_protect(words, NULL) && fcntl(61, F_GETFD) >= 0 && fcntl(63, F_GETFD) >= 0
           && fcntl(62, F_GETFD) < 0;
}

static bool keeps_what_the_service_manager_passes(void)
{
    dup2(STDERR_FILENO, 3);
    dup2(STDERR_FILENO, 4);
    setenv("LISTEN_FDS", "1", 1);
    return host_protect(no_words, NULL) && fcntl(3, F_GETFD) >= 0 && fcntl(4, F_GETFD) < 0;
}

static bool fills_standard_streams(void)
{
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    return host_protect(no_words, NULL) && fcntl(STDIN_FILENO, F_GETFD) >= 0
           && fcntl(STDOUT_FILENO, F_GETFD) >= 0;
}

static bool cleans_environment(void)
{
    setenv("OPENSSL_CONF", "/tmp/mine", 1);
    setenv("LD_LIBRARY_PATH", "/tmp", 1);
    setenv("NOTIFY_SOCKET", "/run/notify", 1);
    setenv("OPENSSL", "kept", 1);
    return host_protect(no_words, NULL) && getenv("OPENSSL_CONF") == NULL
           && getenv("LD_LIBRARY_PATH") == NULL && getenv("NOTIFY_SOCKET") != NULL
           && getenv("OPENSSL") != NULL;
}

static bool writes_for_itself(void)
{
    host_protect_outputs();
    return umask(0) == 077;
}

static void shows_no_memory(void **state)
{
    assert_true(holds(hides_memory));
}

static void gains_no_privileges(void **state)
{
    assert_true(holds(forbids_new_privileges));
}

static void closes_forgotten_descriptors_only(void **state)
{
    assert_true(holds(keeps_what_is_named));
    assert_true(holds(keeps_what_the_service_manager_passes));
}

static void has_standard_streams(void **state)
{
    assert_true(holds(fills_standard_streams));
}

static void drops_dangerous_variables_only(void **state)
{
    assert_true(holds(cleans_environment));
}

static void lets_nobody_read_outputs(void **state)
{
    assert_true(holds(writes_for_itself));
}

/* --- drop ----------------------------------------------------------------- */

static bool drops_all(void)
{
    return host_privileges_drop(NULL, HOST_NEEDS_NOTHING, NULL) && !has(CAP_NET_RAW)
           && !has(CAP_DAC_OVERRIDE) && !has(CAP_SETUID) && !host_privileges_can_capture();
}

static bool keeps_packets(void)
{
    return host_privileges_drop(NULL, HOST_NEEDS_PACKETS, NULL) && host_privileges_can_capture()
           && !has(CAP_SETUID) && !has(CAP_NET_ADMIN);
}

static bool keeps_files(void)
{
    return host_privileges_drop(NULL, HOST_NEEDS_FILES, NULL) && has(CAP_DAC_OVERRIDE)
           && !has(CAP_NET_RAW);
}

static bool changes_user(void)
{
    uid_t real, effective, saved;

    return host_privileges_drop(NOBODY, HOST_NEEDS_PACKETS, NULL)
           && getresuid(&real, &effective, &saved) == 0 && real != 0 && effective == real
           && saved == real && getegid() != 0 && host_privileges_can_capture() && setuid(0) != 0
           && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static bool empties_bounding_set(void)
{
    return host_privileges_drop(NULL, HOST_NEEDS_PACKETS, NULL)
           && prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 0
           && prctl(PR_CAPBSET_READ, CAP_NET_RAW, 0, 0, 0) == 0;
}

static bool drops_twice(void)
{
    return host_privileges_drop(NOBODY, HOST_NEEDS_PACKETS, NULL)
           && host_privileges_drop(NULL, HOST_NEEDS_NOTHING, NULL)
           && !host_privileges_can_capture();
}

static bool refuses_strangers(void)
{
    g_autoptr(GError) error = NULL;

    return !host_privileges_drop("nobody-of-that-name", HOST_NEEDS_NOTHING, &error)
           && strstr(error->message, "there is no user 'nobody-of-that-name'") != NULL;
}

/* An ordinary user who names another one. */
static bool refuses_without_rights(void)
{
    g_autoptr(GError) error = NULL;

    if (!host_privileges_drop(NOBODY, HOST_NEEDS_NOTHING, NULL))
        return false;
    return !host_privileges_drop("root", HOST_NEEDS_NOTHING, &error)
           && strstr(error->message, "only root can") != NULL;
}

static void drops_every_capability(void **state)
{
    assert_true(holds(drops_all));
}

static void keeps_the_one_that_is_needed(void **state)
{
    as_root(keeps_packets);
    as_root(keeps_files);
}

static void becomes_somebody_else_for_good(void **state)
{
    as_root(changes_user);
}

static void leaves_nothing_to_gain(void **state)
{
    as_root(empties_bounding_set);
}

static void can_drop_more_later(void **state)
{
    as_root(drops_twice);
}

static void does_not_go_on_as_who_it_was(void **state)
{
    assert_true(holds(refuses_strangers));
    as_root(refuses_without_rights);
}

static void says_what_to_do(void **state)
{
    g_autofree char *advice = host_privileges_advice("eth0");

    assert_non_null(strstr(advice, "cannot listen on eth0"));
    assert_non_null(strstr(advice, "setcap cap_net_raw+ep /"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_no_memory),
        cmocka_unit_test(gains_no_privileges),
        cmocka_unit_test(closes_forgotten_descriptors_only),
        cmocka_unit_test(has_standard_streams),
        cmocka_unit_test(drops_dangerous_variables_only),
        cmocka_unit_test(lets_nobody_read_outputs),
        cmocka_unit_test(drops_every_capability),
        cmocka_unit_test(keeps_the_one_that_is_needed),
        cmocka_unit_test(becomes_somebody_else_for_good),
        cmocka_unit_test(leaves_nothing_to_gain),
        cmocka_unit_test(can_drop_more_later),
        cmocka_unit_test(does_not_go_on_as_who_it_was),
        cmocka_unit_test(says_what_to_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
