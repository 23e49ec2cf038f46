/* A product in JSON: see product_json.h. */
#include "lib/api/product_json.h"

#include "lib/base/text/money.h"

void product_json(const char *currency, const struct product *product,
                  struct arena *arena, struct json_writer *w)
{
    int64_t available = 0;
    int64_t price_minor = product->variants[0].price_minor;
    for (size_t i = 0; i < product->variant_count; i++) {
        available += product->variants[i].available;
        if (product->variants[i].price_minor < price_minor)
            price_minor = product->variants[i].price_minor;
    }
    struct money_style style = money_style(arena, currency);
    json_open(w, '{');
    json_string_member(w, "id", product->product_id);
    json_string_member(w, "name", product->name);
    json_string_member(w, "description", product->description);
    json_int_member(w, "price_minor", price_minor);
    json_string_member(w, "price_text",
                       money_format(arena, price_minor, currency));
    json_string_member(w, "currency", currency);
    json_int_member(w, "exponent", style.exponent);
    json_string_member(w, "amount_before", style.before);
    json_string_member(w, "amount_after", style.after);
    json_int_member(w, "available", available);
    json_key(w, "variants");
    json_open(w, '[');
    for (size_t i = 0; i < product->variant_count; i++) {
        const struct variant *variant = &product->variants[i];
        json_open(w, '{');
        json_string_member(w, "sku", variant->sku);
        json_string_member(w, "title", variant->title);
        json_int_member(w, "price_minor", variant->price_minor);
        json_string_member(w, "price_text",
                           money_format(arena, variant->price_minor, currency));
        json_int_member(w, "available", variant->available);
        json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
}
