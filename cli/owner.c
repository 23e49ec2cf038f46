/* Whose the shop is: see owner.h. */
#define _GNU_SOURCE
#include "cli/owner.h"

#include <errno.h>
#include <fts.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "lib/base/log.h"

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
    if (home.st_uid == 0 && !give_away(settings->home, user))
        return false;
    if (initgroups(user->pw_name, user->pw_gid) != 0)
        die("initgroups: %s", strerror(errno));
    owner_be_user(settings);
    return true;
}

void owner_be_root(const struct settings *settings)
{
    if (user_of(settings) != NULL && (seteuid(0) != 0 || setegid(0) != 0))
        die("seteuid: %s", strerror(errno));
}

void owner_be_user(const struct settings *settings)
{
    const struct passwd *user = user_of(settings);
    if (user != NULL &&
        (setegid(user->pw_gid) != 0 || seteuid(user->pw_uid) != 0))
        die("seteuid: %s", strerror(errno));
}

void owner_become_user(const struct settings *settings)
{
    const struct passwd *user = user_of(settings);
    owner_be_root(settings);
    if (user != NULL && (setresgid(user->pw_gid, user->pw_gid, user->pw_gid) ||
                         setresuid(user->pw_uid, user->pw_uid, user->pw_uid)))
        die("setresuid: %s", strerror(errno));
}

const char *owner_nginx_user(struct arena *arena,
                             const struct settings *settings)
{
    const struct passwd *user = user_of(settings);
    if (user == NULL)
        return "root";
    const struct group *group = getgrgid(user->pw_gid);
    return group == NULL
               ? user->pw_name
               : arena_printf(arena, "%s %s", user->pw_name, group->gr_name);
}
