/* `ordermill import products FILE.csv`: all rows are taken, or none; one that
 * no longer fits when it is applied is left out and named. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#include "cli/import/catalogue.h"
#include "lib/base/time/clock.h"
#include "lib/shop/product/import.h"
#include "lib/shop/setting.h"

enum {
    IMPORT_TURN_MS = 5,
    IMPORT_PAUSE_NS = 3000000, /* those who wait for the lock sleep less */
    APPLY_ARENA = 64 * 1024 * 1024
};

/* Address space for the largest file's rows; memory is taken as it is used. */
static const size_t import_arena = (size_t)CATALOGUE_ARENA * CATALOGUE_MAX_FILE;

/* For as long as the process lives, no other command imports. So one whose
 * result nobody was told has died. */
static bool queue_up(const struct cli *cli)
{
    const char *path =
        arena_printf(cli->arena, "%s/import.lock", cli->settings->run);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int held = fd < 0 ? -1 : flock(fd, LOCK_EX | LOCK_NB);
    if (fd >= 0 && held != 0 && errno == EWOULDBLOCK) {
        fprintf(stderr, "another import is under way: waiting for its end\n");
        held = flock(fd, LOCK_EX);
    }
    if (held != 0)
        cli_fail("%s: %s", path, strerror(errno));
    return held == 0;
}

/* Applies the import that waits, in short turns; false: what is left of it must
 * wait, as the database is locked, or the disk is full. */
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
    return !more;
}

enum outcome { FAILED, AGAIN, TAKEN };

struct taken {
    int64_t number; /* 0: no row changes anything */
    bool before;    /* by a command that was interrupted */
};

static enum outcome take_changing(struct db *db,
                                  const struct catalogue *catalogue,
                                  const char *asked, int64_t last,
                                  struct arena *arena)
{
    struct import import =
        import_pack(catalogue->changing, catalogue->changing_count, arena);
    import.asked = asked;
    import.left_alone = (int64_t)catalogue->left_alone;
    if (!cli_begin(db))
        return FAILED;
    bool taken = import_take(db, &import, last, clock_wall_ms());
    return !cli_commit(db) ? FAILED : taken ? TAKEN : AGAIN;
}

/* Checks the rows, while nothing is locked, and takes those that change
 * anything. What was taken before, and nobody was told of, is not taken anew.
 * Another import comes first: then all is to be done again. */
static enum outcome take(struct db *db, struct catalogue *catalogue,
                         struct taken *out, struct arena *arena)
{
    const char *asked = arena_printf(arena, "%s%s", catalogue->sha256,
                                     catalogue->recount ? " --recount" : "");
    bool waits;
    db_read_begin(db);
    out->number = import_untold(db, asked);
    out->before = out->number != 0;
    int64_t last = import_last(db, &waits);
    bool fits = out->before || waits || catalogue_check(db, catalogue);
    db_read_end(db);
    if (out->before)
        return TAKEN;
    if (waits && apply(db))
        return AGAIN;
    if (waits)
        cli_fail("an import before this one is not applied to its end yet: the "
                 "database is locked, or the disk is full");
    if (waits || !fits) {
        cli_fail("nothing was imported");
        return FAILED;
    }
    if (catalogue->changing_count == 0)
        return TAKEN;
    out->number = last + 1;
    return take_changing(db, catalogue, asked, last, arena);
}

static bool note_told(struct db *db, int64_t number)
{
    if (!cli_begin(db))
        return false;
    import_told(db, number);
    return cli_commit(db);
}

/* The result is told once it is printed: who dies before is asked again. */
static int tell(struct db *db, const struct catalogue *catalogue,
                const struct taken *taken, struct arena *arena)
{
    struct import_result result = import_result(db, taken->number, arena);
    int64_t left_alone =
        taken->number == 0 ? (int64_t)catalogue->left_alone : result.left_alone;
    printf("%lld products imported\n",
           (long long)catalogue->count - (long long)result.left_out);
    if (left_alone > 0)
        printf("the stock of %lld products was left as it is: give "
               "stock_change, or stock_seen beside stock, or --recount\n",
               (long long)left_alone);
    if (taken->before) {
        char when[CLOCK_LOCAL_SIZE];
        clock_local(result.taken_at_ms, when);
        printf("they had been taken on %s by an import that was interrupted: "
               "to import them once more, run it again\n",
               when);
    }
    if (result.left_out > 0)
        cli_fail("rows were left out. %s", result.why);
    if (fflush(stdout) != 0)
        return cli_fail("the result cannot be written: %s", strerror(errno));
    if (taken->number != 0 && !note_told(db, taken->number))
        return CLI_FAILED;
    return result.left_out > 0 ? CLI_FAILED : CLI_DONE;
}

static int store(struct db *db, struct catalogue *catalogue)
{
    struct arena arena = arena_create(import_arena);
    enum outcome outcome;
    struct taken taken;
    int status = CLI_FAILED;
    do {
        arena_reset(&arena);
        outcome = take(db, catalogue, &taken, &arena);
    } while (outcome == AGAIN);
    if (outcome == TAKEN && (taken.number == 0 || apply(db)))
        status = tell(db, catalogue, &taken, &arena);
    else if (outcome == TAKEN)
        cli_fail("all rows are taken, but not yet applied to their end, as the "
                 "database is locked, or the disk is full: the shop goes on "
                 "with them, and so does this import, when it is run again");
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
        if (queue_up(cli))
            status = store(db, &catalogue);
    } else {
        cli_fail("nothing was imported");
    }
    arena_destroy(&arena);
    db_close(db);
    return status;
}
