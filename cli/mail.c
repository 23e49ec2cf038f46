/* `ordermill mail list` and `ordermill mail resend`: mails that could not be
 * sent, and sending them again. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "lib/base/time/clock.h"
#include "lib/shop/mail/again.h"
#include "lib/shop/order/order.h"
#include "lib/shop/order/request.h"

enum { MAIL_CHUNK = 200 }; /* mails in one transaction */

static void print_failure(const struct outbox_failure *mail)
{
    char when[CLOCK_RFC3339_SIZE];
    clock_rfc3339(mail->failed_at_ms, when);
    printf("%s  %s  order %lld  %s  %s  %s\n", mail->outbox_id, when,
           (long long)mail->number, names_of(&mail_kind_names, mail->kind),
           mail->recipient, mail->message == NULL ? "" : mail->message);
}

int mail_list_run(const struct cli *cli)
{
    struct db *db = cli_open_shop(cli);
    if (db == NULL)
        return CLI_FAILED;
    int64_t first_ms;
    int64_t count = outbox_failure_count(db, &first_ms);
    struct outbox_failure *list =
        arena_alloc(cli->arena, (size_t)(count + 1) * sizeof *list);
    size_t found =
        outbox_failures(db, NULL, 0, INT64_MAX, count, list, cli->arena);
    for (size_t i = 0; i < found; i++)
        print_failure(&list[i]);
    db_close(db);
    return CLI_DONE;
}

static bool begin(struct db *db)
{
    if (db_begin(db, CLI_LOCK_WAIT_MS) == DB_OK)
        return true;
    cli_fail("the database is locked; no further mail is sent again");
    return false;
}

/* Those listed, in one transaction; false: it could not be stored. */
static bool resend(const struct cli *cli, struct db *db,
                   const struct outbox_failure *list, size_t count,
                   const char *to)
{
    int64_t now_ms = clock_wall_ms();
    if (!begin(db))
        return false;
    for (size_t i = 0; i < count; i++)
        outbox_send_again(db, list[i].outbox_id, to, "operator", now_ms,
                          cli->arena);
    if (!cli_commit(db))
        return false;
    cli_wake_reaper(cli);
    for (size_t i = 0; i < count; i++)
        printf("order %lld: %s to %s is sent again\n",
               (long long)list[i].number,
               names_of(&mail_kind_names, list[i].kind),
               to == NULL ? list[i].recipient : to);
    return true;
}

/* What fails anew meanwhile is not taken once more. */
static int resend_since(const struct cli *cli, struct db *db, const char *since)
{
    int64_t since_ms, before_ms = clock_wall_ms() + 1;
    struct outbox_failure list[MAIL_CHUNK];
    size_t used = cli->arena->used, all = 0, count;
    if (!cli_read_since("--failed-since", since, &since_ms))
        return CLI_FAILED;
    while ((count = outbox_failures(db, NULL, since_ms, before_ms, MAIL_CHUNK,
                                    list, cli->arena)) > 0) {
        if (!resend(cli, db, list, count, NULL))
            return CLI_FAILED;
        all += count;
        cli->arena->used = used;
    }
    printf("mails sent again: %zu\n", all);
    return CLI_DONE;
}

/* By the order's number or id. */
static const char *find_order(const struct cli *cli, struct db *db,
                              const char *name)
{
    struct order order;
    char *end;
    long long number = strtoll(name, &end, 10);
    return (*end == '\0' && end != name &&
            order_find_by_number(db, number, &order, cli->arena)) ||
                   order_find(db, name, &order, cli->arena)
               ? order.order_id
               : NULL;
}

static int resend_one(const struct cli *cli, struct db *db, const char *name,
                      const char *to)
{
    struct outbox_failure list[MAIL_CHUNK];
    size_t count = outbox_failure_find(db, name, list, cli->arena) ? 1 : 0;
    const char *order_id = count > 0 ? NULL : find_order(cli, db, name);
    if (to != NULL && order_request_email_fault(to) != NULL)
        return cli_fail("--to: `%s` is not an e-mail address", to);
    if (order_id != NULL)
        count = outbox_failures(db, order_id, 0, INT64_MAX, MAIL_CHUNK, list,
                                cli->arena);
    if (count == 0)
        return cli_fail("%s: neither a mail that failed nor an order with one; "
                        "`ordermill mail list` shows them",
                        name);
    return resend(cli, db, list, count, to) ? CLI_DONE : CLI_FAILED;
}

int mail_resend_run(const struct cli *cli)
{
    bool since = cli->argc == 2 && strcmp(cli->argv[0], "--failed-since") == 0;
    bool corrected = cli->argc == 3 && strcmp(cli->argv[1], "--to") == 0;
    if (!since && !corrected && cli->argc != 1)
        return CLI_USAGE;
    struct db *db = cli_open_shop(cli);
    if (db == NULL)
        return CLI_FAILED;
    int status = since ? resend_since(cli, db, cli->argv[1])
                       : resend_one(cli, db, cli->argv[0],
                                    corrected ? cli->argv[2] : NULL);
    db_close(db);
    return status;
}
