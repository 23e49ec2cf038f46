/* A shop in a temporary folder, for the tests of lib/shop: a real database
 * with db/schema.sql, a few products, a workflow, and helpers that place
 * orders. Each test gets a fresh one with a write transaction open; when it
 * ends, the books must balance. */
#ifndef TESTS_UNIT_SHOP_FIXTURE_H
#define TESTS_UNIT_SHOP_FIXTURE_H

#define _GNU_SOURCE /* included first: mkdtemp */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "lib/adapter/crypto.h"
#include "lib/base/system/file.h"
#include "lib/shop/execution/execution.h"
#include "lib/shop/execution/workflow.h"
#include "lib/shop/order/placement.h"
#include "lib/shop/paper/paper.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/product.h"
#include "lib/shop/product/stock.h"
#include "lib/shop/queue/work.h"
#include "lib/shop/setting.h"
#include "tests/unit/scratch.h"

/* 1 May 2026, noon; tests move on from here, never by waiting. */
#define SHOP_NOW INT64_C(1777636800000)

#define SHOP_TEST(name)                                                        \
    cmocka_unit_test_setup_teardown(name, shop_setup, shop_teardown)

struct shop {
    char folder[SCRATCH_SIZE];
    char path[SCRATCH_SIZE + 20];
    struct arena arena;
    struct db *db;
    bool unbalanced; /* set by a test that breaks the books on purpose */
};

/* One number from a literal statement without parameters. */
static inline int64_t shop_int(struct shop *shop, const char *literal)
{
    struct db_statement *s = db_sql(shop->db, literal);
    assert_true(db_row(s));
    int64_t number = db_int(s, 0);
    db_done(s);
    return number;
}

static inline const char *shop_text(struct shop *shop, const char *literal)
{
    struct db_statement *s = db_sql(shop->db, literal);
    assert_true(db_row(s));
    const char *text = db_text(s, 0, &shop->arena);
    db_done(s);
    return text;
}

static inline void shop_commit(struct shop *shop)
{
    assert_int_equal(db_commit(shop->db), DB_OK);
    assert_int_equal(db_begin(shop->db, 0), DB_OK);
}

/* Another boot of the machine, which was off for so long by the wall clock; its
 * boot clock before stood far beyond ours. */
static inline void shop_reboot(struct shop *shop, int64_t off_ms)
{
    db_clock_keep(shop->db);
    struct db_statement *s =
        db_sql(shop->db, "UPDATE work_clock SET boot_id = 'another',"
                         " offset_ms = offset_ms - 90000000000,"
                         " seen_at_ms = seen_at_ms - $1");
    db_put_int(s, off_ms);
    assert_int_equal(db_run(s), 1);
    assert_int_equal(db_commit(shop->db), DB_OK);
    db_close(shop->db);
    shop->db = db_open(shop->path, DB_WRITE);
    assert_int_equal(db_begin(shop->db, 0), DB_OK);
}

/* Commits, then runs a statement on a connection of its own, as someone with
 * the sqlite3 shell would; SQLite must refuse it with that message. */
static inline void shop_refuses(struct shop *shop, const char *sql,
                                const char *message)
{
    sqlite3 *raw = NULL;
    char *error = NULL;
    assert_int_equal(db_commit(shop->db), DB_OK);
    assert_int_equal(sqlite3_open(shop->path, &raw), SQLITE_OK);
    sqlite3_exec(raw, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
    int code = sqlite3_exec(raw, sql, NULL, NULL, &error);
    if (code == SQLITE_OK || strstr(error, message) == NULL)
        fail_msg("%s: wanted \"%s\", got %d: %s", sql, message, code,
                 error == NULL ? "success" : error);
    sqlite3_free(error);
    sqlite3_close(raw);
    assert_int_equal(db_begin(shop->db, 0), DB_OK);
}

/* Commits, then changes the books past the schema's CHECKs, as a damaged disk
 * or another program would. */
static inline void shop_force(struct shop *shop, const char *sql)
{
    sqlite3 *raw = NULL;
    assert_int_equal(db_commit(shop->db), DB_OK);
    assert_int_equal(sqlite3_open(shop->path, &raw), SQLITE_OK);
    sqlite3_exec(raw, "PRAGMA ignore_check_constraints = ON", NULL, NULL, NULL);
    assert_int_equal(sqlite3_exec(raw, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(raw);
    assert_int_equal(db_begin(shop->db, 0), DB_OK);
}

static inline void shop_put(struct shop *shop, const char *sku,
                            const char *name, int64_t price_minor,
                            int64_t stock)
{
    struct product_row row = {.sku = sku,
                              .name = name,
                              .description = "",
                              .price_minor = price_minor};
    if (product_stored(shop->db, sku, &shop->arena).row.sku == NULL)
        product_add(shop->db, &row, SHOP_NOW, &shop->arena);
    else
        product_change(shop->db, &row, &shop->arena);
    assert_true(stock_set(shop->db, sku, stock, SHOP_NOW));
}

/* laptop 999.00 (5), phone 499.00 (1), mouse 19.99 (100), and two products
 * that share a name. */
static inline void shop_stock_up(struct shop *shop)
{
    struct db *db = shop->db;
    struct shop_profile profile = {
        .name = "Test Shop", .address = "1 Mill Lane", .tax_id = "T1"};
    shop_profile_use(db, &profile, &shop->arena);
    paper_settings_use(db,
                       &(struct paper_settings){"https://shop.example",
                                                "Europe/Berlin",
                                                "Bank transfer"},
                       &shop->arena);
    workflow_use(db, "{\"StartAt\":\"A\"}", SHOP_NOW);
    shop_put(shop, "laptop", "Laptop", 99900, 5);
    shop_put(shop, "phone", "Phone", 49900, 1);
    shop_put(shop, "mouse", "Mouse", 1999, 100);
    shop_put(shop, "cap-s", "Cap", 1500, 3);
    shop_put(shop, "cap-m", "Cap", 1500, 3);
}

static inline int shop_setup(void **state)
{
    struct shop *shop = calloc(1, sizeof *shop);
    assert_non_null(shop);
    crypto_open();
    scratch_make(shop->folder);
    snprintf(shop->path, sizeof shop->path, "%s/ordermill.db", shop->folder);
    shop->arena = arena_create(64 << 20);
    shop->db = db_open(shop->path, DB_WRITE);
    size_t length;
    char *schema = file_read(&shop->arena, "db/schema.sql", 1 << 20, &length);
    assert_non_null(schema);
    assert_int_equal(db_begin(shop->db, 0), DB_OK);
    db_script(shop->db, schema);
    shop_stock_up(shop);
    shop_commit(shop);
    *state = shop;
    return 0;
}

/* What `ordermill verify` would say of the stock. */
static inline void shop_check_books(struct shop *shop)
{
    assert_int_equal(
        shop_int(shop, "SELECT COUNT(*) FROM variants v WHERE v.on_hand <>"
                       " (SELECT COALESCE(SUM(delta), 0) FROM stock_entries e"
                       "  WHERE e.sku = v.sku) /* whole table */"),
        0);
    assert_int_equal(
        shop_int(shop, "SELECT COUNT(*) FROM variants v WHERE v.reserved <>"
                       " (SELECT COALESCE(SUM(quantity), 0)"
                       "  FROM reservations r WHERE r.sku = v.sku)"
                       " /* whole table */"),
        0);
}

static inline int shop_teardown(void **state)
{
    struct shop *shop = *state;
    const char *first;
    if (!shop->unbalanced)
        shop_check_books(shop);
    assert_int_equal(db_commit(shop->db), DB_OK);
    assert_int_equal(db_check(shop->db, &shop->arena, &first), 0);
    db_close(shop->db);
    arena_destroy(&shop->arena);
    scratch_remove(shop->folder);
    free(shop);
    return 0;
}

/* What placing a body comes to. */
struct shop_answer {
    enum order_request_outcome read;
    enum placement_outcome placed;
    struct order order; /* when it was placed */
    struct faults faults;
    const char *detail;
};

static inline struct shop_answer shop_ask_in(struct shop *shop,
                                             const char *body,
                                             const char *currency, bool local)
{
    struct shop_answer answer = {.placed = PLACEMENT_FAULTY};
    struct order_request request;
    answer.read = order_request_read(&shop->arena, body, strlen(body), &request,
                                     &answer.faults, &answer.detail);
    struct settings settings = {.currency = currency,
                                .gateway_is_local = local,
                                .takes_hosted = true,
                                .takes_token = true,
                                .takes_manual = true};
    if (answer.read == ORDER_REQUEST_OK)
        answer.placed =
            placement_make(shop->db, &request, &settings, false, SHOP_NOW,
                           &shop->arena, &answer.order, &answer.faults);
    return answer;
}

static inline struct shop_answer shop_ask(struct shop *shop, const char *body)
{
    return shop_ask_in(shop, body, "EUR", true);
}

/* An order that must be placed; body may also be a SKU, of which one. */
static inline struct order shop_order(struct shop *shop, const char *body)
{
    if (body[0] != '{')
        body = arena_printf(&shop->arena,
                            "{\"item\":\"%s\",\"quantity\":1,"
                            "\"customer_name\":\"Ada Lovelace\","
                            "\"email\":\"ada@example.com\"}",
                            body);
    struct shop_answer answer = shop_ask(shop, body);
    if (answer.read != ORDER_REQUEST_OK || answer.placed != PLACEMENT_PLACED)
        fail_msg("not placed: %s: %s", body,
                 answer.faults.count > 0 ? answer.faults.list[0].detail
                                         : answer.detail);
    return answer.order;
}

/* The order as it now stands in the database. */
static inline struct order shop_find(struct shop *shop, const char *order_id)
{
    struct order order;
    assert_true(order_find(shop->db, order_id, &order, &shop->arena));
    return order;
}

static inline int64_t shop_available(struct shop *shop, const char *sku)
{
    struct variant variant;
    assert_int_equal(variant_match(shop->db, sku, &variant, &shop->arena),
                     VARIANT_FOUND);
    return variant.available;
}

static inline bool shop_reserve(struct shop *shop, const char *order_id)
{
    return stock_reserve(shop->db, order_id, SHOP_NOW, &shop->arena) == NULL;
}

/* Claims work as a reaper does; shop_release gives it back, as others take over
 * from that one. */
enum { SHOP_REAPER = 7 };

static inline size_t shop_claim(struct shop *shop, enum work_kind kind,
                                size_t limit, struct work *list)
{
    return work_claim(shop->db, kind, SHOP_REAPER, (int64_t)limit, 64, list);
}

static inline void shop_release(struct shop *shop)
{
    work_take_over(shop->db, SHOP_REAPER);
}

static inline int64_t shop_next_due(struct shop *shop, enum work_kind kind)
{
    return work_next_due(shop->db, kind, 64);
}

/* The claim on a piece of work that is in hand. */
static inline struct work shop_held(struct shop *shop, enum work_kind kind,
                                    const char *subject)
{
    struct work list[8];
    size_t count = work_held(shop->db, SHOP_REAPER, list, 8);
    for (size_t i = 0; i < count; i++)
        if (list[i].kind == kind && strcmp(list[i].subject, subject) == 0)
            return list[i];
    fail_msg("%s is not in hand", subject);
    return list[0];
}

/* Its claim ends, and it is due again after delay_ms. */
static inline void shop_again(struct shop *shop, enum work_kind kind,
                              const char *subject, int64_t delay_ms,
                              enum work_count count)
{
    struct work work = shop_held(shop, kind, subject);
    assert_true(work_again(shop->db, &work, delay_ms, count));
}

/* Payment attempts that are due, claimed. */
static inline size_t shop_charges(struct shop *shop, size_t limit,
                                  struct payment_attempt *list)
{
    struct work work[8];
    size_t count = shop_claim(shop, WORK_CHARGE, limit, work);
    for (size_t i = 0; i < count; i++) {
        payment_ask(shop->db, work[i].subject);
        assert_true(
            payment_find(shop->db, work[i].subject, &list[i], &shop->arena));
    }
    return count;
}

/* The order's open payment attempt, or a new one, as the reaper asks for it. */
static inline struct payment_attempt shop_attempt(struct shop *shop,
                                                  const char *order_id)
{
    struct payment_attempt list[8];
    payment_begin(shop->db, order_id, PAYMENT_TOKEN, 60000, SHOP_NOW);
    shop_release(shop);
    assert_true(payment_hurry(shop->db, order_id));
    size_t count = shop_charges(shop, 8, list);
    while (count > 0 && strcmp(list[count - 1].order_id, order_id) != 0)
        count--;
    assert_int_not_equal(count, 0);
    return list[count - 1];
}

/* A piece of work is there and due, whether or not someone has it. */
static inline bool shop_is_due(struct shop *shop, enum work_kind kind,
                               const char *subject)
{
    struct db_statement *s =
        db_sql(shop->db, "SELECT 1 FROM work WHERE kind = $1 AND subject = $2"
                         " AND due_work_ms <= $3");
    db_put_name(s, &work_kind_names, kind);
    db_put_text(s, subject);
    db_put_int(s, db_clock_ms(shop->db));
    return db_found(s);
}

/* Whether the next step of the order's open attempt is due. */
static inline bool shop_charge_is_due(struct shop *shop, const char *order_id)
{
    struct payment_attempt attempt;
    return payment_open(shop->db, order_id, &attempt, &shop->arena) &&
           shop_is_due(shop, WORK_CHARGE, attempt.attempt_id);
}

static inline void shop_pay(struct shop *shop, const char *order_id,
                            const char *intent_id)
{
    assert_true(payment_succeeded(
        shop->db, shop_attempt(shop, order_id).attempt_id, intent_id,
        shop_find(shop, order_id).total_minor, SHOP_NOW));
}

/* Ends the order's execution as a failed workflow does; status is the
 * execution's. */
static inline void shop_end(struct shop *shop, const char *order_id,
                            enum execution_status status, const char *error,
                            const char *cause)
{
    struct execution execution;
    assert_true(execution_read(shop->db, order_id, &execution, &shop->arena));
    execution.error = error;
    execution.cause = cause;
    assert_true(execution_end(shop->db, &execution, status, SHOP_NOW));
}

/* Begins the order's next round: its execution, ended before, runs again. */
static inline void shop_reopen(struct shop *shop, const char *order_id)
{
    struct execution execution;
    assert_true(execution_read(shop->db, order_id, &execution, &shop->arena));
    if (execution_is_running(&execution))
        shop_end(shop, order_id, EXECUTION_FAILED, "States.TaskFailed", NULL);
    assert_true(execution_read(shop->db, order_id, &execution, &shop->arena));
    assert_true(execution_reopen(shop->db, &execution));
}

#endif
