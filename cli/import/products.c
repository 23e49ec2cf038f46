/* `ordermill import products FILE.csv`: all rows or none. */
#include <stdio.h>
#include <string.h>

#include "cli/import/catalogue.h"
#include "lib/shop/setting.h"

/* Address space for the largest file's rows; memory is taken as it is used. */
static const size_t import_arena = (size_t)CATALOGUE_ARENA * CATALOGUE_MAX_FILE;

static int store(struct db *db, struct catalogue *catalogue)
{
    if (!cli_begin(db))
        return CLI_FAILED;
    if (!catalogue_store(db, catalogue)) {
        db_rollback(db);
        return cli_fail("nothing was imported");
    }
    if (!cli_commit(db))
        return CLI_FAILED;
    printf("%zu products imported\n", catalogue->count);
    if (catalogue->left_alone > 0)
        printf("the stock of %zu products was left as it is: give "
               "stock_change, or stock_seen beside stock, or --recount\n",
               catalogue->left_alone);
    return CLI_DONE;
}

/* FILE.csv and, before or behind it, --recount. */
static bool read_words(const struct cli *cli, const char **path, bool *recount)
{
    *path = NULL;
    *recount = false;
    for (int i = 0; i < cli->argc; i++) {
        if (strcmp(cli->argv[i], "--recount") == 0)
            *recount = true;
        else if (*path == NULL && strncmp(cli->argv[i], "--", 2) != 0)
            *path = cli->argv[i];
        else
            return false;
    }
    return *path != NULL;
}

int import_products_run(const struct cli *cli)
{
    const char *path;
    bool recount;
    if (!read_words(cli, &path, &recount))
        return CLI_USAGE;
    struct db *db = cli_open_shop(cli);
    if (db == NULL)
        return CLI_FAILED;
    /* The shop's own, whatever the environment says now. */
    const char *currency = setting_get(db, "currency", cli->arena);
    struct arena arena = arena_create(import_arena);
    struct catalogue catalogue;
    int status = CLI_FAILED;
    if (catalogue_read(&arena, path, currency, &catalogue)) {
        catalogue.recount = recount;
        status = store(db, &catalogue);
    } else {
        cli_fail("nothing was imported");
    }
    arena_destroy(&arena);
    db_close(db);
    return status;
}
