/* Refunds: see refund.h. Here they are put down; answer.c ends them. */
#include <assert.h>
#include <string.h>

#include "lib/shop/health/alarm.h"
#include "lib/shop/order/order.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"
#include "lib/shop/queue/work.h"
#include "lib/shop/refund/private.h"

static const char *const statuses[] = {"due", "succeeded", "failed"};
const struct names refund_status_names = NAMES("refund status", statuses);

/* Money that was paid by hand goes back by hand. Staff who asked for it know;
 * what the shop decides by itself they must be told. */
static void give_by_hand(struct db *db, const struct refund_order *order,
                         const char *refund_id, int64_t now_ms)
{
    char gateway_id[sizeof "manual-refund-" + CRYPTO_UUID_SIZE] =
        "manual-refund-";
    strcat(gateway_id, refund_id);
    refund_succeeded(db, refund_id, gateway_id, now_ms);
    if (order->by == NULL)
        alarm_raise_about(db, ALARM_MANUAL_REFUND, order->order_id, refund_id,
                          "This order was paid by hand: give the customer the "
                          "money back by hand as well, then close this. The "
                          "order's page has the amount.",
                          now_ms);
}

int64_t refund_put(struct db *db, const struct refund_order *order,
                   int64_t now_ms, char refund_id[CRYPTO_UUID_SIZE])
{
    char intent_id[256];
    assert(order->amount_minor > 0);
    crypto_uuid(now_ms, refund_id);
    /* clang-format off */
    struct db_statement *s = db_sql(
        db, "INSERT INTO refunds (refund_id, order_id, intent_id, amount_minor,"
            " reason, requested_by, restock, status, created_at_ms,"
            " updated_at_ms) SELECT CAST($1 AS TEXT), c.order_id, c.intent_id,"
            "  CASE WHEN c.left_minor < $2 THEN c.left_minor"
            "  ELSE CAST($2 AS BIGINT) END, CAST($3 AS TEXT), CAST($4 AS TEXT),"
            "  CAST($5 AS BIGINT), 'due',"
            "  " REFUND_MADE_AT("c.order_id", "$6") ", CAST($6 AS BIGINT)"
            " FROM charge_balances c WHERE c.order_id = $7"
            " AND ($8 = '' OR c.intent_id = $8) AND c.left_minor > 0"
            " ORDER BY c.entry_id DESC LIMIT 1"
            " RETURNING amount_minor, intent_id");
    /* clang-format on */
    db_put_text(s, refund_id);
    db_put_int(s, order->amount_minor);
    db_put_text(s, order->reason);
    db_put_text(s, order->by);
    db_put_int(s, order->restock ? 1 : 0);
    db_put_int(s, now_ms);
    db_put_text(s, order->order_id);
    db_put_text(s, order->intent_id);
    int64_t put_minor = 0;
    if (db_row(s)) {
        put_minor = db_int(s, 0);
        db_copy(s, 1, intent_id, sizeof intent_id);
    }
    db_done(s);
    if (put_minor > 0 && payment_is_manual(intent_id))
        give_by_hand(db, order, refund_id, now_ms);
    else if (put_minor > 0)
        work_queue(db, &(struct work_order){.kind = WORK_REFUND,
                                            .subject = refund_id,
                                            .order_id = order->order_id,
                                            .host = WORK_GATEWAY,
                                            .due_work_ms = db_clock_ms(db)});
    return put_minor;
}

void refund_queue(struct db *db, const char *order_id, int64_t amount_minor,
                  const char *reason, int64_t now_ms)
{
    char refund_id[CRYPTO_UUID_SIZE];
    struct refund_order order = {.order_id = order_id,
                                 .intent_id = "",
                                 .amount_minor = amount_minor,
                                 .reason = reason};
    int64_t put_minor;
    do {
        put_minor = refund_put(db, &order, now_ms, refund_id);
        order.amount_minor -= put_minor;
    } while (order.amount_minor > 0 && put_minor > 0);
}

void refund_queue_charge(struct db *db, const char *order_id,
                         const char *intent_id, int64_t amount_minor,
                         const char *reason, int64_t now_ms)
{
    char refund_id[CRYPTO_UUID_SIZE];
    refund_put(db,
               &(struct refund_order){.order_id = order_id,
                                      .intent_id = intent_id,
                                      .amount_minor = amount_minor,
                                      .reason = reason},
               now_ms, refund_id);
}

bool refund_find_due(struct db *db, const char *refund_id, struct refund *out,
                     struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT refund_id, order_id, amount_minor, intent_id,"
                   " created_at_ms, refusals FROM refunds WHERE refund_id = $1"
                   " AND status = 'due'");
    db_put_text(s, refund_id);
    bool found = db_row(s);
    if (found)
        *out = (struct refund){.refund_id = db_text(s, 0, arena),
                               .order_id = db_text(s, 1, arena),
                               .amount_minor = db_int(s, 2),
                               .intent_id = db_text(s, 3, arena),
                               .created_at_ms = db_int(s, 4),
                               .refusals = db_int(s, 5),
                               .status = REFUND_DUE};
    db_done(s);
    return found;
}

bool refund_under_way(struct db *db, const char *order_id)
{
    struct db_statement *s = db_sql(
        db, "SELECT 1 FROM refunds r LEFT JOIN credit_notes n"
            " ON n.refund_id = r.refund_id WHERE r.order_id = $1"
            " AND (r.status = 'due' OR (n.number > 0 AND n.sha256 IS NULL))"
            " LIMIT 1");
    db_put_text(s, order_id);
    return db_found(s);
}

bool refund_by_staff(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM refunds WHERE order_id = $1"
                   " AND requested_by IS NOT NULL LIMIT 1");
    db_put_text(s, order_id);
    return db_found(s);
}

/* One of the order's that is still to be made; false: there is none. */
static bool find_waiting(struct db *db, const char *order_id,
                         char refund_id[CRYPTO_UUID_SIZE])
{
    struct db_statement *s =
        db_sql(db, "SELECT refund_id FROM refunds WHERE order_id = $1"
                   " AND status = 'due' LIMIT 1");
    db_put_text(s, order_id);
    return db_found_copy(s, refund_id, CRYPTO_UUID_SIZE);
}

void refund_give_up(struct db *db, const char *order_id, const char *message,
                    int64_t now_ms)
{
    char refund_id[CRYPTO_UUID_SIZE];
    while (find_waiting(db, order_id, refund_id)) {
        struct db_statement *s =
            db_sql(db, "UPDATE refunds SET status = 'failed', message = $1,"
                       " updated_at_ms = $2 WHERE refund_id = $3");
        db_put_text(s, message);
        db_put_int(s, now_ms);
        db_put_text(s, refund_id);
        db_run(s);
        work_drop(db, WORK_REFUND, refund_id);
    }
}

static const struct order_line *find_line(const struct order *order,
                                          const char *sku)
{
    for (size_t i = 0; i < order->line_count; i++)
        if (strcmp(order->lines[i].sku, sku) == 0)
            return &order->lines[i];
    return NULL;
}

int64_t refund_line_left(struct db *db, const char *order_id,
                         const struct order_line *line)
{
    struct db_statement *s = db_sql(
        db, "SELECT COALESCE(SUM(l.quantity), 0) FROM refunds r"
            " JOIN refund_lines l ON l.refund_id = r.refund_id AND l.sku = $1"
            " WHERE r.order_id = $2 AND r.status <> 'failed'");
    db_put_text(s, line->sku);
    db_put_text(s, order_id);
    return line->quantity - db_found_int(s, 0);
}

/* What the lines come to. They were a part of the order's total, so that the
 * sum fits. */
static enum refund_outcome add_lines(struct db *db, const struct order *order,
                                     const struct refund_request *request,
                                     int64_t *amount_minor, size_t *fault)
{
    *amount_minor = 0;
    for (size_t i = 0; i < request->line_count; i++) {
        const struct refund_line *wanted = &request->lines[i];
        const struct order_line *line = find_line(order, wanted->sku);
        assert(wanted->quantity > 0);
        *fault = i;
        if (line == NULL)
            return REFUND_NO_LINE;
        if (wanted->quantity > refund_line_left(db, order->order_id, line))
            return REFUND_LINE_BEYOND;
        *amount_minor += wanted->quantity * line->unit_price_minor;
    }
    return REFUND_QUEUED;
}

/* Whether the goods that are to go back to stock are out. */
static bool goods_are_out(struct db *db, const struct order *order,
                          const struct refund_request *request)
{
    if (request->line_count == 0)
        return stock_is_sold(db, order->order_id);
    for (size_t i = 0; i < request->line_count; i++)
        if (stock_out(db, order->order_id, request->lines[i].sku) <
            request->lines[i].quantity)
            return false;
    return true;
}

static void restock(struct db *db, const struct order *order,
                    const struct refund_request *request, const char *refund_id,
                    int64_t now_ms)
{
    for (size_t i = 0; i < request->line_count; i++)
        stock_return_line(db, order->order_id, request->lines[i].sku,
                          request->lines[i].quantity, refund_id, now_ms);
    for (size_t i = 0; request->line_count == 0 && i < order->line_count; i++) {
        const char *sku = order->lines[i].sku;
        int64_t out = stock_out(db, order->order_id, sku);
        if (out > 0)
            stock_return_line(db, order->order_id, sku, out, refund_id, now_ms);
    }
}

static void note_lines(struct db *db, const struct refund_request *request,
                       const char *refund_id)
{
    for (size_t i = 0; i < request->line_count; i++) {
        struct db_statement *s =
            db_sql(db, "INSERT INTO refund_lines (refund_id, sku, quantity)"
                       " VALUES ($1, $2, $3)");
        db_put_text(s, refund_id);
        db_put_text(s, request->lines[i].sku);
        db_put_int(s, request->lines[i].quantity);
        db_run(s);
    }
}

/* As many refunds as charges must bear it. The lines are the first one's. */
static void put_all(struct db *db, const char *order_id,
                    const struct refund_request *request, int64_t amount_minor,
                    int64_t now_ms, char first_id[CRYPTO_UUID_SIZE])
{
    struct refund_order rest = {.order_id = order_id,
                                .intent_id = "",
                                .amount_minor = amount_minor,
                                .reason = request->reason,
                                .by = request->by,
                                .restock = request->restock};
    rest.amount_minor -= refund_put(db, &rest, now_ms, first_id);
    note_lines(db, request, first_id);
    rest.restock = false;
    for (int64_t put_minor = 1; rest.amount_minor > 0 && put_minor > 0;
         rest.amount_minor -= put_minor) {
        char refund_id[CRYPTO_UUID_SIZE];
        put_minor = refund_put(db, &rest, now_ms, refund_id);
    }
}

static void read_back(struct db *db, const char *refund_id, struct refund *out,
                      struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT refund_id, order_id, intent_id, status, gateway_id,"
                   " created_at_ms FROM refunds WHERE refund_id = $1");
    db_put_text(s, refund_id);
    if (!db_row(s))
        return;
    *out = (struct refund){
        .refund_id = db_text(s, 0, arena),
        .order_id = db_text(s, 1, arena),
        .intent_id = db_text(s, 2, arena),
        .status = (enum refund_status)db_value(s, 3, &refund_status_names),
        .gateway_id = db_text(s, 4, arena),
        .created_at_ms = db_int(s, 5)};
    db_done(s);
}

enum refund_outcome refund_make(struct db *db, const char *order_id,
                                const struct refund_request *request,
                                int64_t now_ms, struct refund *out,
                                size_t *fault, struct arena *arena)
{
    assert(db_in_transaction(db));
    assert(request->amount_minor >= 0 &&
           (request->amount_minor == 0 || request->line_count == 0));
    struct order order;
    char refund_id[CRYPTO_UUID_SIZE];
    *fault = 0;
    *out = (struct refund){0};
    if (!order_find(db, order_id, &order, arena))
        return REFUND_NOTHING_LEFT;
    if (order.status == ORDER_PENDING || order.status == ORDER_PROCESSING)
        return REFUND_IN_PROGRESS;
    order_load_lines(db, &order, arena);
    int64_t left_minor = payment_left_minor(db, order_id);
    int64_t amount_minor = request->amount_minor;
    if (request->line_count > 0) {
        enum refund_outcome read =
            add_lines(db, &order, request, &amount_minor, fault);
        if (read != REFUND_QUEUED)
            return read;
    } else if (amount_minor == 0) {
        amount_minor = left_minor;
    }
    if (left_minor <= 0 || amount_minor <= 0)
        return REFUND_NOTHING_LEFT;
    if (amount_minor > left_minor)
        return REFUND_BEYOND;
    if (request->restock && !goods_are_out(db, &order, request))
        return REFUND_NO_GOODS;
    put_all(db, order_id, request, amount_minor, now_ms, refund_id);
    if (request->restock)
        restock(db, &order, request, refund_id, now_ms);
    read_back(db, refund_id, out, arena);
    out->amount_minor = amount_minor;
    return REFUND_QUEUED;
}

size_t refund_lines(struct db *db, const char *refund_id,
                    struct order_line *list, struct arena *arena)
{
    struct db_statement *s = db_sql(
        db, "SELECT o.sku, o.title, l.quantity, o.unit_price_minor"
            " FROM refunds r JOIN refund_lines l ON l.refund_id = r.refund_id"
            " JOIN order_lines o ON o.order_id = r.order_id AND o.sku = l.sku"
            " WHERE r.refund_id = $1 ORDER BY o.line_no");
    db_put_text(s, refund_id);
    size_t count = 0;
    while (db_row(s)) {
        list[count] = (struct order_line){.sku = db_text(s, 0, arena),
                                          .title = db_text(s, 1, arena),
                                          .quantity = db_int(s, 2),
                                          .unit_price_minor = db_int(s, 3)};
        list[count].total_minor =
            list[count].quantity * list[count].unit_price_minor;
        count++;
    }
    return count;
}
