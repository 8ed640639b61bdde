/*
 * From root, or from a user with a capability, to somebody who can do no harm.
 *
 * The order is that of credentials(7): the bounding set while it may still be changed, groups
 * before the user, the user before the capabilities that the change would have needed. And then
 * a look at whether it is really so.
 */

#include "host/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "host/error.h"

static bool fail(GError **error, const char *what, const char *why)
{
    g_set_error(error, HOST_ERROR, HOST_ERROR_PRIVILEGES, "cannot %s: %s", what, why);
    return false;
}

static bool is_kept(unsigned capability, HostNeed need)
{
    switch (need) {
    case HOST_NEEDS_FILES:
        return capability == CAP_DAC_OVERRIDE || capability == CAP_DAC_READ_SEARCH;
    case HOST_NEEDS_PACKETS:
        return capability == CAP_NET_RAW;
    case HOST_NEEDS_NOTHING:
        break;
    }
    return false;
}

/* --- who ------------------------------------------------------------------ */

/* What of root's rights outlives the change is decided after it. */
static bool become(const struct passwd *account, GError **error)
{
    g_autofree char *what = g_strdup_printf("become the user '%s'", account->pw_name);

    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0
        || initgroups(account->pw_name, account->pw_gid) != 0
        || setresgid(account->pw_gid, account->pw_gid, account->pw_gid) != 0
        || setresuid(account->pw_uid, account->pw_uid, account->pw_uid) != 0)
        return fail(error, what, g_strerror(errno));
    return true;
}

static bool change_user(const char *user, GError **error)
{
    const struct passwd *account;

    errno = 0;
    account = getpwnam(user);
    if (account == NULL) {
        g_set_error(error, HOST_ERROR, HOST_ERROR_PRIVILEGES, "there is no user '%s'%s%s", user,
                    errno != 0 ? ": " : "", errno != 0 ? g_strerror(errno) : "");
        return false;
    }
    if (account->pw_uid == geteuid() && account->pw_uid == getuid())
        return true;
    if (geteuid() != 0) {
        g_set_error(error, HOST_ERROR, HOST_ERROR_PRIVILEGES,
                    "cannot become the user '%s': only root can", user);
        return false;
    }
    return become(account, error);
}

/* --- what ----------------------------------------------------------------- */

/* Only who has CAP_SETPCAP can; for the others no_new_privs says the same. */
static bool drop_bounding_set(GError **error)
{
    capng_get_caps_process();
    if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
        return true;
    capng_clear(CAPNG_SELECT_BOUNDS);
    if (capng_apply(CAPNG_SELECT_BOUNDS) != 0)
        return fail(error, "drop the bounding set of capabilities", g_strerror(errno));
    return true;
}

/* What is needed is kept only by those who have it. */
static bool drop_capabilities(HostNeed need, GError **error)
{
    bool had[CAP_LAST_CAP + 1];

    capng_get_caps_process();
    for (unsigned i = 0; i <= CAP_LAST_CAP; i++)
        had[i] = capng_have_capability(CAPNG_PERMITTED, i) == 1;
    capng_clear(CAPNG_SELECT_CAPS);
    for (unsigned i = 0; i <= CAP_LAST_CAP; i++) {
        if (had[i] && is_kept(i, need))
            capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, i);
    }
    if (capng_apply(CAPNG_SELECT_CAPS) != 0)
        return fail(error, "drop capabilities", g_strerror(errno));
    /* Kernels before 4.3 have no such set. */
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL)
        return fail(error, "drop ambient capabilities", g_strerror(errno));
    return true;
}

static bool is_settled(HostNeed need, GError **error)
{
    capng_get_caps_process();
    for (unsigned i = 0; i <= CAP_LAST_CAP; i++) {
        if (is_kept(i, need))
            continue;
        if (capng_have_capability(CAPNG_EFFECTIVE, i) || capng_have_capability(CAPNG_PERMITTED, i))
            return fail(error, "drop capabilities", capng_capability_to_name(i));
    }
    if (getuid() != 0 && (setresuid(0, 0, 0) == 0 || geteuid() == 0))
        return fail(error, "give up being root", "the way back is open");
    return true;
}

bool host_privileges_drop(const char *user, HostNeed need, GError **error)
{
    return drop_bounding_set(error) && (user == NULL || change_user(user, error))
           && drop_capabilities(need, error)
           && is_settled(need, error)
           /* A change of user makes the memory visible again, or not, as the system is set. */
           && (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0
               || fail(error, "keep debuggers away", g_strerror(errno)));
}

/* --- for whoever lacks it ------------------------------------------------- */

bool host_privileges_can_capture(void)
{
    capng_get_caps_process();
    return capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_RAW) == 1;
}

char *host_privileges_advice(const char *interface)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);

    return g_strdup_printf("cannot listen on %s: that needs CAP_NET_RAW. Run whyreg with sudo, or "
                           "allow it once: sudo setcap cap_net_raw+ep %s",
                           interface, program != NULL ? program : "whyreg");
}
