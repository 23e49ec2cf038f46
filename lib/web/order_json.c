/* The order in JSON: see order_json.h. */
#include "lib/web/order_json.h"

#include "lib/web/link.h"

static void write_lines(const struct order *order, struct json_writer *w)
{
    json_key(w, "lines");
    json_open(w, '[');
    for (size_t i = 0; i < order->line_count; i++) {
        const struct order_line *line = &order->lines[i];
        json_open(w, '{');
        json_string_member(w, "sku", line->sku);
        json_string_member(w, "title", line->title);
        json_int_member(w, "quantity", line->quantity);
        json_int_member(w, "unit_price_minor", line->unit_price_minor);
        json_int_member(w, "total_minor", line->total_minor);
        json_close(w, '}');
    }
    json_close(w, ']');
}

void order_json(const struct web *web, struct arena *arena,
                const struct order *order, struct json_writer *w)
{
    json_open(w, '{');
    json_string_member(w, "order_id", order->order_id);
    json_int_member(w, "number", order->number);
    json_string_member(w, "status", order_status_name(order->status));
    json_string_member(w, "payment_status", order->payment_status);
    json_string_member(w, "reason", order->reason);
    json_string_member(w, "currency", web->settings->currency);
    json_int_member(w, "subtotal_minor", order->total_minor);
    json_int_member(w, "total_minor", order->total_minor);
    write_lines(order, w);
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
    json_string_member(w, "receipt_url", link_receipt(web, arena, order));
    json_close(w, '}');
}
