/* When the database is checked: see checkup.h. */
#define _GNU_SOURCE
#include "cli/serve/checkup.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/serve/spawn.h"
#include "lib/base/system/file.h"
#include "lib/base/time/clock.h"
#include "lib/shop/health/damage.h"

enum {
    CHECKUP_LOOK_MS = 60 * 1000,
    CHECKUP_AGAIN_MS = 60 * 60 * 1000 /* also when it cannot be recorded */
};

static const char *note_path(const struct cli *cli)
{
    return arena_printf(cli->arena, "%s/serving", cli->settings->run);
}

bool checkup_open(struct checkup *checkup, const struct cli *cli)
{
    const char *path = note_path(cli);
    *checkup = (struct checkup){.now = access(path, F_OK) == 0};
    if (file_write_aside(path, "", 0) && file_put_in_place(path) &&
        file_sync_folder(cli->settings->run))
        return true;
    cli_fail("%s: %s", path, strerror(errno));
    return false;
}

void checkup_look(struct checkup *checkup, const struct cli *cli)
{
    static const char *const words[] = {"check", NULL};
    int64_t now_boot_ms = clock_boot_ms();
    if (checkup->pid != 0 || now_boot_ms < checkup->next_boot_ms)
        return;
    checkup->next_boot_ms = now_boot_ms + CHECKUP_LOOK_MS;
    size_t used = cli->arena->used;
    if (checkup->now ||
        damage_check_due(cli->settings, clock_wall_ms(), cli->arena)) {
        checkup->now = false;
        checkup->next_boot_ms = now_boot_ms + CHECKUP_AGAIN_MS;
        checkup->pid = spawn_verb(cli->settings, words, SPAWN_IDLE);
    }
    cli->arena->used = used;
}

bool checkup_ended(struct checkup *checkup, const struct cli *cli, pid_t pid,
                   int status)
{
    if (checkup->pid == 0 || pid != checkup->pid)
        return false;
    checkup->pid = 0;
    size_t used = cli->arena->used;
    const char *damage = damage_text(cli->settings, cli->arena);
    if (damage != NULL)
        cli_fail("the database is damaged, and no orders are taken: %s; "
                 "README.md tells how to put a whole one back",
                 damage);
    else if (status != 0)
        cli_fail("`ordermill check` did not come to its end");
    cli->arena->used = used;
    return true;
}

void checkup_stop(const struct checkup *checkup)
{
    if (checkup->pid > 0)
        kill(checkup->pid, SIGTERM);
}

void checkup_close(const struct cli *cli)
{
    unlink(note_path(cli));
}
