/* Refunds that staff ask for: see refund_make in refund.h. */
#include <string.h>

#include "lib/shop/order/order.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"
#include "lib/shop/refund/private.h"

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
    int64_t refunded = db_row(s) ? db_int(s, 0) : 0;
    db_done(s);
    return line->quantity - refunded;
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
    *out = (struct refund){.refund_id = db_text(s, 0, arena),
                           .order_id = db_text(s, 1, arena),
                           .intent_id = db_text(s, 2, arena),
                           .status = db_text(s, 3, arena),
                           .gateway_id = db_text(s, 4, arena),
                           .created_at_ms = db_int(s, 5)};
    db_done(s);
}

enum refund_outcome refund_make(struct db *db, const char *order_id,
                                const struct refund_request *request,
                                int64_t now_ms, struct refund *out,
                                size_t *fault, struct arena *arena)
{
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
