/* Placing an order: see placement.h. */
#include "lib/shop/order/placement.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/base/text/money.h"
#include "lib/shop/counter.h"
#include "lib/shop/execution/execution.h"
#include "lib/shop/order/words.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/product.h"

static bool is_gateway_token(const char *method)
{
    if (strncmp(method, "pm_", 3) != 0 || strlen(method) > 100)
        return false;
    for (const char *c = method + 3; *c != '\0'; c++)
        if (!((*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') ||
              (*c >= 'a' && *c <= 'z') || *c == '_'))
            return false;
    return method[3] != '\0';
}

/* What an order is paid by that names no way: or "creditCard", which
 * no manual way stands for. */
static const char *default_method(const struct order_request *request,
                                  const struct settings *settings,
                                  bool hosted_only, const char **detail)
{
    if (settings->takes_token && settings->gateway_is_local && !hosted_only)
        return PLACEMENT_LOCAL_METHOD;
    if (settings->takes_hosted)
        return "hosted";
    if (settings->takes_manual && request->payment_method == NULL)
        return "manual";
    *detail = settings->takes_token && !hosted_only
                  ? "Must be a payment method token of the gateway."
                  : "Cards are not taken here at the moment.";
    return NULL;
}

const char *placement_method(const struct order_request *request,
                             const struct settings *settings, bool hosted_only,
                             const char **detail)
{
    const char *method = request->payment_method;
    if (method == NULL || strcmp(method, "creditCard") == 0)
        return default_method(request, settings, hosted_only, detail);
    bool taken = false;
    switch (payment_kind_of(method)) {
    case PAYMENT_HOSTED:
        taken = settings->takes_hosted;
        break;
    case PAYMENT_MANUAL:
        taken = settings->takes_manual;
        break;
    case PAYMENT_TOKEN:
        taken = settings->takes_token && is_gateway_token(method);
        if (!taken || !hosted_only)
            break;
        *detail = "Only the payment page is taken at the moment.";
        return NULL;
    }
    *detail = "This is not a way to pay here.";
    return taken ? method : NULL;
}

static const char *choose_method(const struct order_request *request,
                                 const struct settings *settings,
                                 bool hosted_only, struct faults *faults)
{
    const char *detail;
    const char *method =
        placement_method(request, settings, hosted_only, &detail);
    if (method == NULL)
        fault_add(faults,
                  request->payment_method == NULL
                      ? "/payment_method"
                      : request->payment_method_pointer,
                  detail);
    return method;
}

/* What is short goes into its own list: a price comes first. */
static void check_stock(const struct order_request_line *asked,
                        const struct variant *variant, struct arena *arena,
                        struct faults *shorts)
{
    long long left = variant->available > 0 ? variant->available : 0;
    if (asked->quantity > left)
        fault_add(shorts, asked->quantity_pointer,
                  left == 0 ? "None is left."
                            : arena_printf(arena, "Only %lld %s left.", left,
                                           left == 1 ? "is" : "are"));
}

/* Prices one line; false with the fault added. */
static bool price_line(struct db *db, const struct order_request_line *asked,
                       struct order_line *line, struct arena *arena,
                       struct faults *faults, struct faults *shorts)
{
    struct variant variant;
    switch (variant_match(db, asked->reference, &variant, arena)) {
    case VARIANT_FOUND:
        check_stock(asked, &variant, arena, shorts);
        break;
    case VARIANT_UNKNOWN:
        fault_add(faults, asked->reference_pointer,
                  "This is not a product of this shop.");
        return false;
    case VARIANT_AMBIGUOUS:
        fault_add(faults, asked->reference_pointer,
                  "This names more than one product; give a SKU.");
        return false;
    }
    *line = (struct order_line){.sku = variant.sku,
                                .title = variant.title,
                                .quantity = asked->quantity,
                                .unit_price_minor = variant.price_minor};
    if (money_multiply(variant.price_minor, asked->quantity,
                       &line->total_minor))
        return true;
    fault_add(faults, asked->reference_pointer,
              "This line costs too much to count.");
    return false;
}

static int compare_lines(const void *a, const void *b)
{
    const struct order_line *const *x = a;
    const struct order_line *const *y = b;
    return strcmp((*x)->sku, (*y)->sku);
}

/* Each SKU once: the later of two lines is the faulty one. */
static void check_repeats(const struct order_request *request,
                          const struct order *order, struct arena *arena,
                          struct faults *faults)
{
    const struct order_line **sorted =
        arena_alloc(arena, order->line_count * sizeof *sorted);
    for (size_t i = 0; i < order->line_count; i++)
        sorted[i] = &order->lines[i];
    qsort(sorted, order->line_count, sizeof *sorted, compare_lines);
    for (size_t i = 1; i < order->line_count; i++) {
        if (strcmp(sorted[i - 1]->sku, sorted[i]->sku) != 0)
            continue;
        const struct order_line *later =
            sorted[i] > sorted[i - 1] ? sorted[i] : sorted[i - 1];
        fault_add(faults,
                  request->lines[later - order->lines].reference_pointer,
                  "This product stands on another line already.");
    }
}

static bool price(struct db *db, const struct order_request *request,
                  struct order *order, struct arena *arena,
                  struct faults *faults, struct faults *shorts)
{
    order->line_count = request->line_count;
    order->lines =
        arena_alloc(arena, request->line_count * sizeof *order->lines);
    for (size_t i = 0; i < request->line_count; i++) {
        struct order_line *line = &order->lines[i];
        if (price_line(db, &request->lines[i], line, arena, faults, shorts) &&
            !money_add(order->total_minor, line->total_minor,
                       &order->total_minor))
            fault_add(faults, request->lines[i].reference_pointer,
                      "This makes the total too large to count.");
    }
    if (faults->count == 0)
        check_repeats(request, order, arena, faults);
    return faults->count == 0;
}

/* The total the customer expects must be the one we charge. */
static enum placement_outcome
check_total(const struct order_request *request, const struct order *order,
            const char *currency, struct arena *arena, struct faults *faults)
{
    if (request->stated_total == NULL)
        return PLACEMENT_PLACED;
    int64_t stated;
    if (money_round(request->stated_total, currency, &stated) &&
        stated == order->total_minor)
        return PLACEMENT_PLACED;
    fault_add(faults, request->stated_total_pointer,
              arena_printf(arena, "Differs from the order's total, %s.",
                           money_format(arena, order->total_minor, currency)));
    return PLACEMENT_OTHER_TOTAL;
}

static void store_order(struct db *db, const struct order *order)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO orders (number, order_id, track_token,"
            " payment_method, total_minor, customer_name, customer_email,"
            " profile_id, created_at_ms, updated_at_ms)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT"
            "  CAST(value AS BIGINT) FROM settings"
            "  WHERE name = 'shop_profile'), $8, $8)");
    db_put_int(s, order->number);
    db_put_text(s, order->order_id);
    db_put_text(s, order->track_token);
    db_put_text(s, order->payment_method);
    db_put_int(s, order->total_minor);
    db_put_text(s, order->customer_name);
    db_put_text(s, order->customer_email);
    db_put_int(s, order->created_at_ms);
    db_run(s);
    for (size_t i = 0; i < order->line_count; i++) {
        const struct order_line *line = &order->lines[i];
        s = db_sql(db, "INSERT INTO order_lines (order_id, line_no, sku,"
                       " title, quantity, unit_price_minor)"
                       " VALUES ($1, $2, $3, $4, $5, $6)");
        db_put_text(s, order->order_id);
        db_put_int(s, (int64_t)i + 1);
        db_put_text(s, line->sku);
        db_put_text(s, line->title);
        db_put_int(s, line->quantity);
        db_put_int(s, line->unit_price_minor);
        db_run(s);
    }
}

enum placement_outcome placement_make(struct db *db,
                                      const struct order_request *request,
                                      const struct settings *settings,
                                      bool hosted_only, int64_t now_ms,
                                      struct arena *arena, struct order *out,
                                      struct faults *faults)
{
    assert(db_in_transaction(db));
    struct order order = {.created_at_ms = now_ms, .updated_at_ms = now_ms};
    struct faults *shorts = arena_alloc(arena, sizeof *shorts);
    shorts->count = 0;
    faults->count = 0;
    order.payment_method =
        choose_method(request, settings, hosted_only, faults);
    if (!price(db, request, &order, arena, faults, shorts))
        return PLACEMENT_FAULTY;
    enum placement_outcome outcome =
        check_total(request, &order, settings->currency, arena, faults);
    if (outcome != PLACEMENT_PLACED)
        return outcome;
    if (shorts->count > 0) {
        *faults = *shorts;
        return PLACEMENT_SHORT;
    }

    char id[CRYPTO_UUID_SIZE];
    char token[CRYPTO_TOKEN_SIZE];
    crypto_uuid(now_ms, id);
    crypto_token(token);
    order.order_id = arena_string(arena, id);
    order.number = counter_next(db, COUNTER_ORDER);
    order.track_token =
        arena_printf(arena, "%s%lld", token, (long long)order.number);
    order.status = ORDER_PENDING;
    order.payment_status = PAYMENT_UNPAID;
    order.customer_name = request->name;
    order.customer_email = request->email;
    store_order(db, &order);
    order_words_store(db, &order, arena);
    execution_start(db, order.order_id, now_ms);
    *out = order;
    return PLACEMENT_PLACED;
}
