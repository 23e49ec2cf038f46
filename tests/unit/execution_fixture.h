/* What the tests of executions and their history share. */
#ifndef TESTS_UNIT_EXECUTION_FIXTURE_H
#define TESTS_UNIT_EXECUTION_FIXTURE_H

#include "tests/unit/shop_fixture.h"

#include "lib/base/clock.h"
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
                                 int64_t delay_ms, int64_t fence)
{
    return execution_save(
        shop->db, execution,
        (struct execution_wait){.delay_ms = delay_ms, .fence = fence});
}

static inline size_t due_count(struct shop *shop, int64_t now_work_ms)
{
    char order_ids[8][CRYPTO_UUID_SIZE];
    return execution_due(shop->db, now_work_ms, 8, order_ids);
}

static inline size_t due_now(struct shop *shop)
{
    return due_count(shop, db_clock_ms(shop->db));
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
