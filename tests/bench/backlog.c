/* Places orders behind the reaper's back, as POST /orders would, and measures
 * how it takes them to their end. Run by tests/bench/engine.mjs on a shop that
 * is idle.
 *
 *     build/bench/backlog drain HOME COUNT   COUNT orders, all due at once
 *     build/bench/backlog idle HOME COUNT    one after the other, each alone
 *
 * With a further word, `confirmed`, the orders are so from the start: a
 * workflow that does nothing raises no alarm for having sold nothing.
 *
 * `drain` prints the milliseconds from when they are due until every execution
 * has ended and every mail is out; `idle` the median of the microseconds from
 * waking the reaper until its commit shows. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/db/db.h"
#include "lib/base/log/log.h"
#include "lib/base/system/wake.h"
#include "lib/base/time/clock.h"
#include "lib/shop/order/placement.h"

enum {
    BACKLOG_ARENA = 1024 * 1024,
    BACKLOG_LOCK_MS = 5000,
    BACKLOG_AHEAD_MS = 1000, /* and one more for every few orders: */
    BACKLOG_ORDERS_PER_MS = 10,
    BACKLOG_LIMIT_S = 600,
    BACKLOG_LOOK_NS = 500 * 1000,
    BACKLOG_REST_NS = 20 * 1000 * 1000,
    BACKLOG_IDLE_MAX = 10000
};

struct shop {
    struct db *writer;
    struct db *reader;
    struct arena arena;
    int wake_fd;
    const char *reaper;
    bool confirmed;
};

static struct shop open_shop(const char *home)
{
    struct shop shop = {.arena = arena_create(BACKLOG_ARENA)};
    static char file[4096];
    static char reaper[4096];
    snprintf(file, sizeof file, "%s/ordermill.db", home);
    snprintf(reaper, sizeof reaper, "%s/run/reaper.sock", home);
    shop.writer = db_open(file, DB_WRITE);
    shop.reader = db_open(file, DB_READ);
    shop.wake_fd = wake_sender();
    shop.reaper = reaper;
    return shop;
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void rest(long ns)
{
    nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
}

static void place(struct shop *shop)
{
    struct order_request_line mouse = {
        .reference = "mouse", .reference_pointer = "", .quantity = 1};
    struct order_request request = {.lines = &mouse,
                                    .line_count = 1,
                                    .name = "Ada Lovelace",
                                    .email = "ada@example.com"};
    struct order order;
    struct faults faults;
    static const struct settings settings = {
        .currency = "EUR", .gateway_is_local = true, .takes_token = true};
    arena_reset(&shop->arena);
    if (placement_make(shop->writer, &request, &settings, false,
                       clock_wall_ms(), &shop->arena, &order,
                       &faults) != PLACEMENT_PLACED)
        die("the order is refused");
}

/* Stores count orders, due at that time by the work clock. */
static void store(struct shop *shop, long count, int64_t due_work_ms)
{
    if (db_begin(shop->writer, BACKLOG_LOCK_MS) != DB_OK)
        die("the database stays locked");
    for (long i = 0; i < count; i++)
        place(shop);
    struct db_statement *s =
        db_sql(shop->writer, "UPDATE executions SET due_work_ms = $1"
                             " WHERE status = 'RUNNING'");
    db_put_int(s, due_work_ms);
    db_run(s);
    if (shop->confirmed)
        db_run(db_sql(shop->writer, "UPDATE orders SET status = 'CONFIRMED'"
                                    " WHERE status = 'PENDING'"));
    if (db_commit(shop->writer) != DB_OK)
        die("the orders could not be stored");
}

static bool all_done(struct shop *shop)
{
    struct db_statement *s = db_sql(
        shop->reader, "SELECT EXISTS (SELECT 1 FROM executions"
                      "  WHERE status = 'RUNNING')"
                      " OR EXISTS (SELECT 1 FROM outbox WHERE status = 'due')");
    bool done = db_row(s) && db_int(s, 0) == 0;
    db_done(s);
    return done;
}

/* Looks every ns; dies when it takes for ever. */
static int64_t wait_done(struct shop *shop, long ns)
{
    int64_t end_us = now_us() + (int64_t)BACKLOG_LIMIT_S * 1000000;
    while (!all_done(shop)) {
        if (now_us() > end_us)
            die("the orders do not end");
        if (ns > 0)
            rest(ns);
    }
    return now_us();
}

static void drain(struct shop *shop, long count)
{
    int64_t due_ms = db_clock_ms(shop->writer) + BACKLOG_AHEAD_MS +
                     count / BACKLOG_ORDERS_PER_MS;
    store(shop, count, due_ms);
    db_checkpoint(shop->writer);
    wake_send(shop->wake_fd, shop->reaper, "1");
    if (db_clock_ms(shop->writer) >= due_ms)
        die("the orders were not there in time");
    int64_t due_us = now_us() + (due_ms - db_clock_ms(shop->writer)) * 1000;
    int64_t done_us = wait_done(shop, BACKLOG_LOOK_NS);
    printf("%.1f\n", (double)(done_us - due_us) / 1000);
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a;
    const int64_t *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void idle(struct shop *shop, long count)
{
    static int64_t took_us[BACKLOG_IDLE_MAX];
    for (long i = 0; i < count; i++) {
        rest(BACKLOG_REST_NS);
        store(shop, 1, db_clock_ms(shop->writer));
        int64_t began_us = now_us();
        wake_send(shop->wake_fd, shop->reaper, "1");
        took_us[i] = wait_done(shop, 0) - began_us;
    }
    qsort(took_us, (size_t)count, sizeof *took_us, compare);
    printf("%lld\n", (long long)took_us[count / 2]);
}

int main(int argc, char **argv)
{
    log_open("backlog", "warning");
    bool confirmed = argc == 5 && strcmp(argv[4], "confirmed") == 0;
    long count = argc == 4 || confirmed ? atol(argv[3]) : 0;
    if (count <= 0)
        return 2;
    crypto_open();
    struct shop shop = open_shop(argv[2]);
    shop.confirmed = confirmed;
    if (strcmp(argv[1], "drain") == 0)
        drain(&shop, count);
    else if (strcmp(argv[1], "idle") == 0 && count <= BACKLOG_IDLE_MAX)
        idle(&shop, count);
    else
        return 2;
    return 0;
}
