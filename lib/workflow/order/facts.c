/* The facts of an order: see facts.h. The same fact goes by the names that
 * definitions written elsewhere select it by; what is not known is null, never
 * absent. The order's row is never found by these. */
#include "lib/workflow/order/facts.h"

#include <math.h>

#include "lib/base/text/money.h"

static void put_text(struct arena *arena, struct json *facts, const char *name,
                     const char *text)
{
    json_add(arena, facts, name,
             text == NULL ? json_make_null(arena)
                          : json_make_string(arena, text));
}

static void put_number(struct arena *arena, struct json *facts,
                       const char *name, int64_t number)
{
    json_add(arena, facts, name, json_make_integer(arena, number));
}

static struct json *items(struct arena *arena, const struct order *order)
{
    struct json *list = json_make_array(arena);
    for (size_t i = 0; i < order->line_count; i++) {
        const struct order_line *line = &order->lines[i];
        struct json *item = json_make_object(arena);
        put_text(arena, item, "sku", line->sku);
        put_text(arena, item, "productId", line->sku);
        put_text(arena, item, "title", line->title);
        put_number(arena, item, "quantity", line->quantity);
        put_number(arena, item, "unit_price_minor", line->unit_price_minor);
        put_number(arena, item, "total_minor", line->total_minor);
        json_append(arena, list, item);
    }
    return list;
}

struct json *order_facts(struct db *db, const char *currency,
                         struct order *order, struct arena *arena)
{
    struct json *facts = json_make_object(arena);
    if (order->lines == NULL)
        order_load_lines(db, order, arena);
    const struct order_line *first =
        order->line_count > 0 ? &order->lines[0] : NULL;
    put_text(arena, facts, "orderId", order->order_id);
    put_text(arena, facts, "OrderId", order->order_id);
    put_text(arena, facts, "order_id", order->order_id);
    put_number(arena, facts, "number", order->number);
    put_text(arena, facts, "productId", first == NULL ? NULL : first->sku);
    if (first != NULL)
        put_number(arena, facts, "quantity", first->quantity);
    else
        put_text(arena, facts, "quantity", NULL);
    json_add(arena, facts, "amount",
             json_make_double(arena, (double)order->total_minor /
                                         pow(10, money_exponent(currency))));
    put_number(arena, facts, "amount_minor", order->total_minor);
    put_text(arena, facts, "currency", currency);
    put_text(arena, facts, "paymentMethod", order->payment_method);
    put_text(arena, facts, "customerName", order->customer_name);
    put_text(arena, facts, "email", order->customer_email);
    put_text(arena, facts, "customerEmail", order->customer_email);
    json_add(arena, facts, "items", items(arena, order));
    put_text(arena, facts, "status", order_status_name(order->status));
    put_text(arena, facts, "payment_status",
             names_of(&payment_status_names, order->payment_status));
    return facts;
}
