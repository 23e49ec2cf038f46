/* `ordermill reconcile`: has the running shop hold its books against the
 * gateway's and tells what came of it. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "lib/base/text/money.h"
#include "lib/base/time/clock.h"
#include "lib/shop/books/reconciliation.h"
#include "lib/shop/health/heartbeat.h"

#define DAY_MS INT64_C(86400000)

enum {
    RECONCILE_DAYS = 3,
    RECONCILE_WAIT_MS = 10 * 60 * 1000,
    RECONCILE_LOOK_MS = 50,
    RECONCILE_SILENT_MS = 10000, /* nobody reaps */
    RECONCILE_FINDINGS = 1000
};

static int64_t ask(const struct cli *cli, struct db *db, int64_t since_ms)
{
    if (!cli_begin(db))
        return 0;
    int64_t run = reconciliation_ask(db, since_ms, "operator", clock_wall_ms());
    if (!cli_commit(db))
        return 0;
    cli_wake_reaper(cli);
    return run;
}

/* False, and said so: it did not end. */
static bool wait_for(const struct cli *cli, struct db *db, int64_t run,
                     struct reconciliation *out)
{
    static const struct timespec pause = {0, RECONCILE_LOOK_MS * 1000000};
    struct arena *arena = cli->arena;
    size_t used = arena->used;
    int64_t end_ms = clock_boot_ms() + RECONCILE_WAIT_MS;
    do {
        arena->used = used;
        if (!reconciliation_find(db, run, out, arena)) {
            cli_fail("run %lld is gone", (long long)run);
            return false;
        }
        if (out->ended_at_ms != 0)
            return true;
        if (heartbeat_age_ms(db) > RECONCILE_SILENT_MS) {
            cli_fail("the shop has stopped; run %lld is carried out when it "
                     "is back",
                     (long long)run);
            return false;
        }
        nanosleep(&pause, NULL);
    } while (clock_boot_ms() < end_ms);
    cli_fail("run %lld goes on; its result will stand at %s/admin/books",
             (long long)run, cli->settings->base_url);
    return false;
}

static void print_run(const struct reconciliation *run)
{
    char since[CLOCK_RFC3339_SIZE];
    clock_rfc3339(run->since_ms, since);
    printf("run %lld: %s, %lld intents since %s, %lld differences settled"
           "%s%s\n",
           (long long)run->run,
           names_of(&reconciliation_status_names, run->status),
           (long long)run->seen, since, (long long)run->settled,
           run->message == NULL ? "" : ": ",
           run->message == NULL ? "" : run->message);
}

static void print_findings(const struct cli *cli, struct db *db)
{
    struct finding *list =
        arena_alloc(cli->arena, RECONCILE_FINDINGS * sizeof *list);
    size_t count = finding_list(db, RECONCILE_FINDINGS, list, cli->arena);
    for (size_t i = 0; i < count; i++) {
        printf("%-14s  %s  ", names_of(&finding_kind_names, list[i].kind),
               list[i].reference);
        if (list[i].number != 0)
            printf("order %lld  ", (long long)list[i].number);
        if (list[i].amount_minor != 0)
            printf("%s  ", money_format(cli->arena, list[i].amount_minor,
                                        cli->settings->currency));
        printf("%s\n", list[i].detail);
    }
    printf("open findings: %lld\n", (long long)finding_count(db));
}

static int reconcile(const struct cli *cli, struct db *db, int64_t since_ms)
{
    struct reconciliation run;
    if (!cli->settings->has_gateway)
        return cli_fail("this shop has no payment gateway: there is nothing "
                        "to compare");
    if (heartbeat_age_ms(db) > RECONCILE_SILENT_MS)
        return cli_fail("the shop is not running: start it with "
                        "`ordermill serve`");
    int64_t number = ask(cli, db, since_ms);
    if (number == 0 || !wait_for(cli, db, number, &run))
        return CLI_FAILED;
    print_run(&run);
    print_findings(cli, db);
    return run.status == RECONCILIATION_DONE && finding_count(db) == 0
               ? CLI_DONE
               : CLI_FAILED;
}

int reconcile_run(const struct cli *cli)
{
    int64_t since_ms = clock_wall_ms() - RECONCILE_DAYS * DAY_MS;
    if (cli->argc != 0 &&
        (cli->argc != 2 || strcmp(cli->argv[0], "--since") != 0))
        return CLI_USAGE;
    if (cli->argc == 2 && !cli_read_since("--since", cli->argv[1], &since_ms))
        return CLI_FAILED;
    struct db *db = cli_open_shop(cli);
    if (db == NULL)
        return CLI_FAILED;
    int status = reconcile(cli, db, since_ms);
    db_close(db);
    return status;
}
