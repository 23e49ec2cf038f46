/* What the tests of executions and their history share. */
#ifndef TESTS_UNIT_EXECUTION_FIXTURE_H
#define TESTS_UNIT_EXECUTION_FIXTURE_H

#include "tests/unit/shop_fixture.h"

#include "lib/base/time/clock.h"
#include "lib/shop/execution/execution.h"
#include "lib/shop/execution/history.h"
#include "lib/shop/execution/task_token.h"

#define NOT_YET INT64_MAX /* a delay: until it is woken */

static inline struct execution execution_now(struct shop *shop,
                                             const char *order_id)
{
    struct execution execution;
    assert_true(execution_read(shop->db, order_id, &execution, &shop->arena));
    return execution;
}

/* That of a new order. */
static inline struct execution execution_new(struct shop *shop)
{
    return execution_now(shop, shop_order(shop, "mouse").order_id);
}

static inline bool execution_put(struct shop *shop, struct execution *execution,
                                 int64_t delay_ms, int64_t reaper)
{
    return execution_save(
        shop->db, execution,
        (struct execution_wait){.delay_ms = delay_ms, .reaper = reaper});
}

/* How many will be due by then, unless something wakes more. */
static inline size_t due_count(struct shop *shop, int64_t until_work_ms)
{
    struct db_statement *s = db_sql(
        shop->db, "SELECT COUNT(*) FROM executions WHERE status = 'RUNNING'"
                  " AND due_work_ms <= $1"
                  " AND due_work_ms < 9223372036854775806");
    db_put_int(s, until_work_ms);
    assert_true(db_row(s));
    int64_t count = db_int(s, 0);
    db_done(s);
    return (size_t)count;
}

static inline size_t due_now(struct shop *shop)
{
    char order_ids[8][CRYPTO_UUID_SIZE];
    return execution_due(shop->db, SHOP_REAPER, 8, order_ids);
}

/* All events of an order, at most HISTORY_PAGE. */
static inline size_t history_all(struct shop *shop, const char *order_id,
                                 struct history_event **events)
{
    bool more;
    size_t count = history_read(shop->db, order_id, 0, 1 << 20, events, &more,
                                &shop->arena);
    assert_false(more);
    return count;
}

/* Changes a row as if another process, boot or time had written it; literal is
 * an UPDATE with the order as $1. */
static inline void execution_alter(struct shop *shop, const char *literal,
                                   const char *order_id)
{
    struct db_statement *s = db_sql(shop->db, literal);
    db_put_text(s, order_id);
    assert_int_equal(db_run(s), 1);
}

#endif
