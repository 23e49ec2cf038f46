/* Looking before opening: see home_look.h. */
#define _GNU_SOURCE
#include "cli/serve/home_look.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/text/text.h"

#define WAY_BACK                                                               \
    "put a whole copy of ordermill.db back (README.md, \"A damaged disk\")"

static bool can_be_written(const char *path)
{
    if (access(path, W_OK) == 0 || errno == ENOENT)
        return true;
    if (errno == EROFS)
        cli_fail("%s is on a read-only file system, and the shop has to write "
                 "there: mount it for writing",
                 path);
    else
        cli_fail("%s is read-only for this user: %s", path, strerror(errno));
    return false;
}

bool home_can_be_written(const struct settings *settings)
{
    return can_be_written(settings->home) && can_be_written(settings->database);
}

static long files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    long count = 0;
    if (dir == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

/* Nothing but folders that init makes before the database, or mkfs. */
static bool holds_no_others(const char *home)
{
    static const char *const names[] = {".",   "..",  "receipts",   "mail",
                                        "run", "log", "lost+found", NULL};
    DIR *dir = opendir(home);
    bool none = dir != NULL;
    for (struct dirent *entry; none && (entry = readdir(dir)) != NULL;) {
        size_t i = 0;
        while (names[i] != NULL && strcmp(names[i], entry->d_name) != 0)
            i++;
        none = names[i] != NULL;
    }
    if (dir != NULL)
        closedir(dir);
    return none;
}

static bool is_there(const char *folder, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

bool home_is_for_a_shop(const struct settings *settings)
{
    if (is_there(settings->home, "ordermill.db") ||
        is_there(settings->run, "serve.lock") ||
        holds_no_others(settings->home))
        return true;
    cli_fail("%s holds other files and no shop: name a folder of the shop's "
             "own, new or empty",
             settings->home);
    return false;
}

static bool has_bytes(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 && file.st_size > 0;
}

bool home_is_new(const struct cli *cli, const char *state)
{
    const struct settings *settings = cli->settings;
    struct text found = text_create(cli->arena, 128);
    long receipts = files_in(settings->receipts);
    long mails = files_in(settings->mail);
    if (receipts > 0)
        text_printf(&found, ", %ld in receipts/", receipts);
    if (mails > 0)
        text_printf(&found, ", %ld in mail/", mails);
    if (has_bytes(settings->gateway_database))
        text_puts(&found, ", gateway.db");
    if (found.length == 0)
        return true;
    cli_fail("%s: %s, but this is not a new shop, since there are files of one "
             "(%s): " WAY_BACK ", or name another folder for a new shop",
             settings->database, state, found.bytes + 2);
    return false;
}

bool home_database_fits(const struct cli *cli)
{
    const char *path = cli->settings->database;
    const char *why;
    enum db_file state = db_look(path, cli->arena, &why);
    if (state == DB_FILE_NONE &&
        has_bytes(arena_printf(cli->arena, "%s-wal", path))) {
        cli_fail("%s is missing or empty, but its journal %s-wal is there: put "
                 "the file back that belongs to it, or move the journal away "
                 "and " WAY_BACK,
                 path, path);
        return false;
    }
    switch (state) {
    case DB_FILE_NONE:
        return home_is_new(cli,
                           access(path, F_OK) == 0 ? "is empty" : "is missing");
    case DB_FILE_SOUND:
        return true;
    case DB_FILE_DAMAGED:
        cli_fail("%s is damaged, or is no database (%s): " WAY_BACK, path, why);
        return false;
    case DB_FILE_CLOSED:
        cli_fail("%s cannot be opened: %s", path, why);
        return false;
    }
    return false;
}
