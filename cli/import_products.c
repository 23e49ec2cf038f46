/* `ordermill import products FILE.csv`: all rows or none. */
#include <stdio.h>
#include <string.h>

#include "cli/catalogue.h"
#include "lib/shop/setting.h"

/* Address space for the largest file's rows; memory is taken as it is used. */
static const size_t import_arena = 33UL * CATALOGUE_MAX_FILE;

static int store(struct db *db, const struct catalogue *catalogue)
{
    if (db_begin(db, CLI_LOCK_WAIT_MS) != DB_OK)
        return cli_fail("the database is locked; nothing was changed");
    if (!catalogue_store(db, catalogue)) {
        db_rollback(db);
        return cli_fail("nothing was imported");
    }
    if (!cli_commit(db))
        return CLI_FAILED;
    printf("%zu products imported\n", catalogue->count);
    return CLI_DONE;
}

int import_products_run(const struct cli *cli)
{
    if (cli->argc != 1)
        return CLI_USAGE;
    struct db *db = cli_open_shop(cli);
    if (db == NULL)
        return CLI_FAILED;
    /* The shop's own, whatever the environment says now. */
    const char *currency = setting_get(db, "currency", cli->arena);
    struct arena arena = arena_create(import_arena);
    struct catalogue catalogue;
    int status = catalogue_read(&arena, cli->argv[0], currency, &catalogue)
                     ? store(db, &catalogue)
                     : cli_fail("nothing was imported");
    arena_destroy(&arena);
    db_close(db);
    return status;
}
