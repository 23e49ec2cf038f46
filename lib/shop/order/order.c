/* Orders: see order.h. */
#include "lib/shop/order/order.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/unicode.h"
#include "lib/base/text/text.h"
#include "lib/shop/order/words.h"
#include "lib/shop/paper/paper.h"

static const char *const statuses[] = {"PENDING",   "PROCESSING", "CONFIRMED",
                                       "COMPLETED", "CANCELLED",  "FAILED"};
static const char *const payment_statuses[] = {
    "unpaid", "pending", "paid", "partially_refunded", "refunded", "failed"};
const struct names order_status_names = NAMES("order status", statuses);
const struct names payment_status_names =
    NAMES("payment status", payment_statuses);

const char *order_status_name(enum order_status status)
{
    return status == ORDER_NO_STATUS ? ""
                                     : names_of(&order_status_names, status);
}

enum order_status order_status_of(const char *name)
{
    int status = names_find(&order_status_names, name);
    return status < 0 ? ORDER_NO_STATUS : (enum order_status)status;
}

bool order_status_is_final(enum order_status status)
{
    return status == ORDER_COMPLETED || status == ORDER_CANCELLED ||
           status == ORDER_FAILED;
}

const char *order_reason_fault(const char *reason)
{
    if (text_has_control(reason))
        return "Must not hold control characters.";
    if (text_count(reason) > ORDER_MAX_REASON)
        return "Must have at most 500 characters.";
    if (text_has_card_number(reason))
        return "Must not hold a card number.";
    return NULL;
}

#define ORDER_COLUMNS                                                          \
    "SELECT o.number, o.order_id, o.track_token, o.status, o.payment_status,"  \
    " o.reason, o.payment_method, o.total_minor, o.customer_name,"             \
    " o.customer_email, o.profile_id, o.cancel_reason, o.hidden,"              \
    " o.confirmed_at_ms, o.created_at_ms, o.updated_at_ms,"                    \
    " (SELECT r.file FROM receipts r WHERE r.order_id = o.order_id"            \
    "  AND r.sha256 IS NOT NULL ORDER BY r.created_at_ms DESC LIMIT 1),"       \
    " (SELECT a.payment_url FROM payment_attempts a"                           \
    "  WHERE a.order_id = o.order_id AND a.status = 'open')"                   \
    " FROM orders o"

static struct order read_order(struct db_statement *s, struct arena *arena)
{
    struct order order = {.number = db_int(s, 0)};
    order.order_id = db_text(s, 1, arena);
    order.track_token = db_text(s, 2, arena);
    order.status = (enum order_status)db_value(s, 3, &order_status_names);
    order.payment_status =
        (enum payment_status)db_value(s, 4, &payment_status_names);
    order.reason = db_text(s, 5, arena);
    order.payment_method = db_text(s, 6, arena);
    order.total_minor = db_int(s, 7);
    order.customer_name = db_text(s, 8, arena);
    order.customer_email = db_text(s, 9, arena);
    order.profile_id = db_int(s, 10);
    order.cancel_reason = db_text(s, 11, arena);
    order.hidden = db_int(s, 12) != 0;
    order.confirmed_at_ms = db_int(s, 13);
    order.created_at_ms = db_int(s, 14);
    order.updated_at_ms = db_int(s, 15);
    order.receipt_file = db_text(s, 16, arena);
    order.payment_url = db_text(s, 17, arena);
    return order;
}

static bool read_one(struct db_statement *s, struct order *out,
                     struct arena *arena)
{
    if (!db_row(s))
        return false;
    *out = read_order(s, arena);
    db_done(s);
    return true;
}

bool order_find(struct db *db, const char *order_id, struct order *out,
                struct arena *arena)
{
    struct db_statement *s = db_sql(db, ORDER_COLUMNS " WHERE o.order_id = $1");
    db_put_text(s, order_id);
    return read_one(s, out, arena);
}

bool order_find_by_number(struct db *db, int64_t number, struct order *out,
                          struct arena *arena)
{
    struct db_statement *s = db_sql(db, ORDER_COLUMNS " WHERE o.number = $1");
    db_put_int(s, number);
    return read_one(s, out, arena);
}

/* The number at a token's end spares an index over random values. */
bool order_find_by_token(struct db *db, const char *token, struct order *out,
                         struct arena *arena)
{
    char *end;
    if (strlen(token) < CRYPTO_TOKEN_SIZE)
        return false;
    const char *digits = token + CRYPTO_TOKEN_SIZE - 1;
    long long number = strtoll(digits, &end, 10);
    if (*digits < '1' || *digits > '9' || *end != '\0')
        return false;
    return order_find_by_number(db, number, out, arena) &&
           crypto_equal(out->track_token, token);
}

bool order_was_paid(const struct order *order)
{
    return order->payment_status == PAYMENT_PAID ||
           order->payment_status == PAYMENT_PARTIALLY_REFUNDED ||
           order->payment_status == PAYMENT_REFUNDED;
}

void order_load_lines(struct db *db, struct order *order, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT sku, title, quantity, unit_price_minor,"
                   " COUNT(*) OVER () FROM order_lines"
                   " WHERE order_id = $1 ORDER BY line_no");
    db_put_text(s, order->order_id);
    order->line_count = 0;
    while (db_row(s)) {
        if (order->line_count == 0)
            order->lines =
                arena_alloc(arena, (size_t)db_int(s, 4) * sizeof *order->lines);
        struct order_line *line = &order->lines[order->line_count++];
        line->sku = db_text(s, 0, arena);
        line->title = db_text(s, 1, arena);
        line->quantity = db_int(s, 2);
        line->unit_price_minor = db_int(s, 3);
        line->total_minor = line->quantity * line->unit_price_minor;
    }
}

/* A search for digits alone means the order's number. */
static int64_t searched_number(const char *search)
{
    char *end;
    long long number = strtoll(search, &end, 10);
    return end != search && *end == '\0' && number > 0 ? number : -1;
}

static struct db_statement *list_statement(struct db *db,
                                           const struct order_filter *filter,
                                           struct arena *arena)
{
    struct db_statement *s;
    if (filter->search != NULL) {
        s = db_sql(db, ORDER_COLUMNS
                   " WHERE o.number IN (SELECT number FROM order_words"
                   "   WHERE word >= $1 AND word < $2"
                   "  UNION SELECT CAST($3 AS BIGINT))"
                   " AND o.number < $4 AND ($5 = '' OR o.status = $5)"
                   " AND o.hidden = 0 ORDER BY o.number DESC LIMIT $6");
        char *word = unicode_fold(arena, filter->search);
        db_put_text(s, word);
        db_put_text(s, arena_printf(arena, "%s\xf4\x8f\xbf\xbf", word));
        db_put_int(s, searched_number(filter->search));
        db_put_int(s, filter->before);
        db_put_text(s, order_status_name(filter->status));
    } else if (filter->status != ORDER_NO_STATUS) {
        s = db_sql(db, ORDER_COLUMNS
                   " WHERE o.status = $1 AND o.number < $2 AND o.hidden = 0"
                   " ORDER BY o.number DESC LIMIT $3");
        db_put_name(s, &order_status_names, filter->status);
        db_put_int(s, filter->before);
    } else {
        s = db_sql(db, ORDER_COLUMNS " WHERE o.number < $1 AND o.hidden = 0"
                                     " ORDER BY o.number DESC LIMIT $2");
        db_put_int(s, filter->before);
    }
    db_put_int(s, filter->limit);
    return s;
}

size_t order_list(struct db *db, const struct order_filter *filter,
                  struct order *list, struct arena *arena)
{
    size_t count = 0;
    struct db_statement *s = list_statement(db, filter, arena);
    while (db_row(s))
        list[count++] = read_order(s, arena);
    return count;
}

bool order_move(struct db *db, const char *order_id, enum order_status from,
                enum order_status to, const char *reason, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "UPDATE orders SET status = $1, reason = COALESCE($2, reason),"
            " confirmed_at_ms = CASE WHEN $1 = 'CONFIRMED'"
            "  THEN CAST($3 AS BIGINT) ELSE confirmed_at_ms END,"
            " updated_at_ms = $3 WHERE order_id = $4 AND status = $5");
    db_put_name(s, &order_status_names, to);
    db_put_text(s, reason);
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    db_put_name(s, &order_status_names, from);
    return db_run(s) == 1;
}

bool order_reopen(struct db *db, const char *order_id, enum order_status from,
                  int64_t now_ms)
{
    assert(from == ORDER_FAILED || from == ORDER_CANCELLED);
    struct db_statement *s =
        db_sql(db, "UPDATE orders SET status = 'PROCESSING', reason = NULL,"
                   " cancel_reason = NULL, updated_at_ms = $1"
                   " WHERE order_id = $2 AND status = $3");
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    db_put_name(s, &order_status_names, from);
    return db_run(s) == 1;
}

void order_ask_cancel(struct db *db, const char *order_id, const char *reason,
                      int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE orders SET cancel_reason = $1, updated_at_ms = $2"
                   " WHERE order_id = $3");
    db_put_text(s, reason);
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    db_run(s);
}

void order_hide(struct db *db, const char *order_id, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE orders SET hidden = 1, updated_at_ms = $1"
                   " WHERE order_id = $2");
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    db_run(s);
}

void order_correct_email(struct db *db, const struct order *order,
                         const char *email, int64_t now_ms, struct arena *arena)
{
    assert(order->customer_email != NULL);
    paper_keep_email(db, order->order_id, order->customer_email);
    struct db_statement *s =
        db_sql(db, "UPDATE orders SET customer_email = $1, updated_at_ms = $2"
                   " WHERE order_id = $3");
    db_put_text(s, email);
    db_put_int(s, now_ms);
    db_put_text(s, order->order_id);
    db_run(s);
    order_words_change_email(db, order, email, arena);
}
