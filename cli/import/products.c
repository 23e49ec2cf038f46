/* `ordermill import products FILE.csv`: all rows or none. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/import/catalogue.h"
#include "lib/base/time/clock.h"
#include "lib/shop/product/import.h"
#include "lib/shop/setting.h"

enum {
    IMPORT_TURN_MS = 5,
    IMPORT_PAUSE_NS = 3000000, /* ten times what those sleep who wait */
    APPLY_ARENA = 64 * 1024 * 1024
};

/* Address space for the largest file's rows; memory is taken as it is used. */
static const size_t import_arena = (size_t)CATALOGUE_ARENA * CATALOGUE_MAX_FILE;

/* Applies the import that waits, in short turns; false, and said so, when what
 * is left of it must wait for another. */
static bool apply(struct db *db)
{
    struct arena arena = arena_create(APPLY_ARENA);
    struct timespec pause = {.tv_nsec = IMPORT_PAUSE_NS};
    bool more = true;
    while (more && db_begin(db, CLI_LOCK_WAIT_MS) == DB_OK) {
        int64_t end_ms = clock_boot_ms() + IMPORT_TURN_MS;
        do {
            arena_reset(&arena);
            more = import_go_on(db, clock_wall_ms(), &arena);
        } while (more && clock_boot_ms() < end_ms);
        if (db_commit(db) != DB_OK) {
            more = true;
            break;
        }
        db_checkpoint(db); /* or a commit would have to, with the lock */
        nanosleep(&pause, NULL);
    }
    arena_destroy(&arena);
    if (more)
        cli_fail("the database is locked, or the disk is full: an import that "
                 "was taken is not applied to its end yet; the shop, or the "
                 "next import, goes on with it");
    return !more;
}

enum outcome { FAILED, AGAIN, TAKEN };

/* Checks the rows, while nothing is locked, and takes those that change
 * anything under *number, which is 0 where none does. Another import comes
 * first: then all is to be done again. */
static enum outcome take(struct db *db, struct catalogue *catalogue,
                         int64_t *number, struct arena *arena)
{
    bool waits;
    db_read_begin(db);
    int64_t last = import_last(db, &waits);
    bool fits = waits || catalogue_check(db, catalogue);
    db_read_end(db);
    if (waits && apply(db))
        return AGAIN;
    if (waits || !fits) {
        cli_fail("nothing was imported");
        return FAILED;
    }
    *number = catalogue->changing_count == 0 ? 0 : last + 1;
    if (*number == 0)
        return TAKEN;
    struct import import =
        import_pack(catalogue->changing, catalogue->changing_count, arena);
    if (!cli_begin(db))
        return FAILED;
    bool taken = import_take(db, &import, last, clock_wall_ms());
    return !cli_commit(db) ? FAILED : taken ? TAKEN : AGAIN;
}

static int tell(struct db *db, const struct catalogue *catalogue,
                int64_t number, struct arena *arena)
{
    const char *why;
    int64_t left_out = import_left_out(db, number, &why, arena);
    printf("%zu products imported\n", catalogue->count - (size_t)left_out);
    if (catalogue->left_alone > 0)
        printf("the stock of %zu products was left as it is: give "
               "stock_change, or stock_seen beside stock, or --recount\n",
               catalogue->left_alone);
    if (left_out > 0)
        return cli_fail("rows no longer fitted and were left out. %s", why);
    return CLI_DONE;
}

static int store(struct db *db, struct catalogue *catalogue)
{
    struct arena arena = arena_create(import_arena);
    enum outcome outcome;
    int64_t number;
    do {
        arena_reset(&arena);
        outcome = take(db, catalogue, &number, &arena);
    } while (outcome == AGAIN);
    int status = outcome == TAKEN && (number == 0 || apply(db))
                     ? tell(db, catalogue, number, &arena)
                     : CLI_FAILED;
    arena_destroy(&arena);
    return status;
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
