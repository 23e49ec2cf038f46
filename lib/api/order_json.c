/* The order in JSON: see order_json.h. */
#include "lib/api/order_json.h"

#include <assert.h>

#include "lib/base/text/money.h"
#include "lib/shop/order/link.h"

/* The amount as an integer and as the text people read. */
static void write_amount(struct json_writer *w, const char *name,
                         int64_t amount_minor, const char *currency,
                         struct arena *arena)
{
    json_int_member(w, arena_printf(arena, "%s_minor", name), amount_minor);
    json_string_member(w, arena_printf(arena, "%s_text", name),
                       money_format(arena, amount_minor, currency));
}

static void write_lines(const struct order *order, const char *currency,
                        struct arena *arena, struct json_writer *w)
{
    json_key(w, "lines");
    json_open(w, '[');
    for (size_t i = 0; i < order->line_count; i++) {
        const struct order_line *line = &order->lines[i];
        json_open(w, '{');
        json_string_member(w, "sku", line->sku);
        json_string_member(w, "title", line->title);
        json_int_member(w, "quantity", line->quantity);
        write_amount(w, "unit_price", line->unit_price_minor, currency, arena);
        write_amount(w, "total", line->total_minor, currency, arena);
        json_close(w, '}');
    }
    json_close(w, ']');
}

void order_json(const struct web *web, struct arena *arena,
                const struct order *order, struct json_writer *w)
{
    const char *currency = web->settings->currency;
    /* Of a batch that was refused nothing is read, nor sent. */
    assert(order->line_count > 0 ||
           (web->writer != NULL && db_refused(web->writer)));
    json_open(w, '{');
    json_string_member(w, "order_id", order->order_id);
    json_int_member(w, "number", order->number);
    json_string_member(w, "status", order_status_name(order->status));
    json_string_member(w, "payment_status",
                       names_of(&payment_status_names, order->payment_status));
    json_string_member(w, "reason", order->reason);
    json_string_member(w, "currency", currency);
    json_int_member(w, "exponent", money_exponent(currency));
    write_amount(w, "subtotal", order->total_minor, currency, arena);
    write_amount(w, "total", order->total_minor, currency, arena);
    write_lines(order, currency, arena, w);
    json_key(w, "customer");
    json_open(w, '{');
    json_string_member(w, "name", order->customer_name);
    json_string_member(w, "email", order->customer_email);
    json_close(w, '}');
    json_key(w, "created_at");
    json_put_time(w, order->created_at_ms);
    json_key(w, "updated_at");
    json_put_time(w, order->updated_at_ms);
    json_string_member(w, "track_url", link_track(web->settings, arena, order));
    json_string_member(w, "payment_url",
                       link_payment(web->settings, arena, order));
    json_string_member(
        w, "receipt_url",
        link_receipt(web->settings, web->signing_key, arena, order));
    json_close(w, '}');
}
