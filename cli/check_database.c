/* `ordermill check`: looks whether the whole database can be read and is
 * sound, and records it for the shop that runs. serve runs it after an unclean
 * end and once a night, beside everything else. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/base/time/clock.h"
#include "lib/shop/health/damage.h"

/* NULL: it is whole. */
static const char *look(const struct cli *cli, int64_t *tables)
{
    const char *first;
    const char *database = cli->settings->database;
    if (db_look(database, cli->arena, &first) != DB_FILE_SOUND)
        return arena_printf(cli->arena, "%s: %s", database, first);
    struct db *db = db_open(database, DB_READ);
    int64_t faults = db_check_tables(db, cli->arena, tables, &first);
    db_close(db);
    return faults == 0 ? NULL
                       : arena_printf(cli->arena, "%lld faults, first: %s",
                                      (long long)faults, first);
}

int check_run(const struct cli *cli)
{
    const char *why;
    int64_t tables = 0;
    if (db_look(cli->settings->database, cli->arena, &why) == DB_FILE_NONE)
        return cli_fail("%s: there is no shop here: run `ordermill init`",
                        cli->settings->home);
    const char *damage = look(cli, &tables);
    if (!damage_record(cli->settings, damage, clock_wall_ms(), cli->arena))
        cli_fail("%s: what was found cannot be recorded: %s",
                 cli->settings->home, strerror(errno));
    if (damage != NULL) {
        printf("DAMAGED %s\n", damage);
        return CLI_FAILED;
    }
    printf("ok      %lld tables\n", (long long)tables);
    return CLI_DONE;
}
