/* /products: the catalogue with prices and what is left. */
#include "lib/base/json_writer.h"
#include "lib/shop/product.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"

static void write_product(const struct web *web, const struct product *product,
                          struct json_writer *w)
{
    int64_t available = 0;
    int64_t price_minor = product->variants[0].price_minor;
    for (size_t i = 0; i < product->variant_count; i++) {
        available += product->variants[i].available;
        if (product->variants[i].price_minor < price_minor)
            price_minor = product->variants[i].price_minor;
    }
    json_open(w, '{');
    json_string_member(w, "id", product->product_id);
    json_string_member(w, "name", product->name);
    json_string_member(w, "description", product->description);
    json_int_member(w, "price_minor", price_minor);
    json_string_member(w, "currency", web->settings->currency);
    json_int_member(w, "available", available);
    json_key(w, "variants");
    json_open(w, '[');
    for (size_t i = 0; i < product->variant_count; i++) {
        const struct variant *variant = &product->variants[i];
        json_open(w, '{');
        json_string_member(w, "sku", variant->sku);
        json_string_member(w, "title", variant->title);
        json_int_member(w, "price_minor", variant->price_minor);
        json_int_member(w, "available", variant->available);
        json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
}

static int list(struct web *web, struct request *request, struct reply *reply)
{
    struct form form;
    int64_t limit;
    int status = query_read(request, reply, &form, &limit);
    if (status != 0)
        return status;
    struct product *found =
        arena_alloc(request->arena, (size_t)(limit + 1) * sizeof *found);
    size_t count = product_list(web->reader, query_value(&form, "q"),
                                query_value(&form, "cursor"), limit + 1, found,
                                request->arena);
    const char *next = NULL;
    if (count > (size_t)limit) {
        count = (size_t)limit;
        next = found[count - 1].product_id;
    }
    struct json_writer w = json_writer(&reply->body);
    json_open(&w, '{');
    json_string_member(&w, "next", next);
    json_key(&w, "products");
    json_open(&w, '[');
    for (size_t i = 0; i < count; i++)
        write_product(web, &found[i], &w);
    json_close(&w, ']');
    json_close(&w, '}');
    text_putc(&reply->body, '\n');
    return 200;
}

static int get(struct web *web, struct request *request, struct reply *reply)
{
    struct product product;
    if (!product_find(web->reader, request->param, &product, request->arena))
        return problem(request, reply, 404, NULL);
    struct json_writer w = json_writer(&reply->body);
    write_product(web, &product, &w);
    text_putc(&reply->body, '\n');
    return 200;
}

int main(void)
{
    static const struct route routes[] = {{"GET", "/products", list, NULL},
                                          {"GET", "/products/{}", get, NULL}};
    return web_main(
        &(struct web_program){.name = "products",
                              .routes = routes,
                              .route_count = sizeof routes / sizeof routes[0]});
}
