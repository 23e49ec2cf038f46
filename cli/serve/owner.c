/* Whose the shop is: see owner.h. */
#define _GNU_SOURCE
#include "cli/serve/owner.h"

#include <errno.h>
#include <fts.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/serve/home_look.h"
#include "lib/base/log/log.h"

enum {
    OWNER_FREE_PORTS = 1024, /* from here on they are anybody's */
    LISTEN_LOW = 1 << CAP_NET_BIND_SERVICE
};

/* The user that we, as root, act for; NULL when there is none. */
static const struct passwd *user_of(const struct settings *settings)
{
    if (settings->user == NULL || getuid() != 0)
        return NULL;
    const struct passwd *user = getpwnam(settings->user);
    return user == NULL || user->pw_uid == 0 ? NULL : user;
}

/* HOME itself goes last: a walk that was broken off begins again. Nobody but
 * root could put links into a folder that was root's. */
static bool give_away(const char *home, const struct passwd *user)
{
    char *path = strdup(home);
    char *const paths[] = {path, NULL};
    FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    bool given = walk != NULL;
    const FTSENT *entry;
    while (given && (entry = fts_read(walk)) != NULL)
        if (entry->fts_info != FTS_D)
            given = lchown(entry->fts_path, user->pw_uid, user->pw_gid) == 0;
    if (!given)
        cli_fail("%s: %s", home, strerror(errno));
    if (walk != NULL)
        fts_close(walk);
    free(path);
    return given;
}

bool owner_check(const struct settings *settings)
{
    struct stat home;
    if (settings->user == NULL)
        return true;
    const struct passwd *user = getpwnam(settings->user);
    if (user == NULL)
        cli_fail("ORDERMILL_USER: there is no user %s", settings->user);
    else if (getuid() != 0 && user->pw_uid != getuid())
        cli_fail("ORDERMILL_USER: only root can run the shop as another user; "
                 "start it as root or as %s",
                 settings->user);
    else if (stat(settings->home, &home) == 0 && home.st_uid != 0 &&
             home.st_uid != user->pw_uid)
        cli_fail("%s belongs to another user than ORDERMILL_USER=%s",
                 settings->home, settings->user);
    else
        return true;
    return false;
}

/* A port below 1024, which the kernel keeps for root. */
static bool is_low(const char *address)
{
    return strtol(strrchr(address, ':') + 1, NULL, 10) < OWNER_FREE_PORTS;
}

/* What is left of root's power, as a set of capabilities: nginx must listen. */
static uint32_t power_kept(const struct settings *settings)
{
    bool low = is_low(settings->listen) ||
               (settings->gateway_is_local && is_low(settings->gateway_listen));
    return low ? LISTEN_LOW : 0;
}

struct power {
    struct __user_cap_header_struct header;
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
};

static void power_read(struct power *power)
{
    power->header =
        (struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, 0};
    if (syscall(SYS_capget, &power->header, power->sets) != 0)
        die("capget: %s", strerror(errno));
}

static void power_set(struct power *power)
{
    if (syscall(SYS_capset, &power->header, power->sets) != 0)
        die("capset: %s", strerror(errno));
}

/* All of kept that we have: in a container even root may have little. */
static void keep_power(uint32_t kept)
{
    struct power power;
    power_read(&power);
    kept &= power.sets[0].permitted;
    power.sets[0] = (struct __user_cap_data_struct){kept, kept, 0};
    power.sets[1] = (struct __user_cap_data_struct){0, 0, 0};
    power_set(&power);
}

/* For good: no user id that we could go back to stays. A name of NULL: the id
 * has none, and so no further groups. */
static void become(const struct passwd *user, uint32_t kept)
{
    uid_t uid = user->pw_uid;
    gid_t gid = user->pw_gid;
    int grouped = user->pw_name == NULL ? setgroups(0, NULL)
                                        : initgroups(user->pw_name, gid);
    if (grouped != 0 || prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 ||
        setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
        die("cannot become the user %lld: %s", (long long)uid, strerror(errno));
    keep_power(kept);
}

bool owner_act(const struct settings *settings)
{
    struct stat home, database;
    if (getuid() != 0 || stat(settings->home, &home) != 0 || home.st_uid == 0)
        return true;
    if (lstat(settings->database, &database) == 0 && database.st_uid == 0)
        return true; /* root runs the shop, in somebody's folder */
    if (!owner_check(settings))
        return false;
    const struct passwd nameless = {.pw_uid = home.st_uid,
                                    .pw_gid = home.st_gid};
    const struct passwd *user = getpwuid(home.st_uid);
    become(user == NULL ? &nameless : user, 0);
    return true;
}

bool owner_take_home(const struct settings *settings)
{
    struct stat home;
    const struct passwd *user = user_of(settings);
    if (user == NULL)
        return true;
    if (stat(settings->home, &home) != 0) {
        cli_fail("%s: %s", settings->home, strerror(errno));
        return false;
    }
    if (home.st_uid == 0 &&
        (!home_is_for_a_shop(settings) || !give_away(settings->home, user)))
        return false;
    become(user, power_kept(settings));
    return true;
}

void owner_hand_on_ports(void)
{
    struct power power;
    power_read(&power);
    uint32_t ports = power.sets[0].permitted & LISTEN_LOW;
    if (ports == 0)
        return;
    power.sets[0].inheritable |= ports;
    power_set(&power);
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_BIND_SERVICE, 0,
              0) != 0)
        die("ambient capability: %s", strerror(errno));
}
