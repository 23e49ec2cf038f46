/* /products: the catalogue with prices and what is left. */
#include "lib/api/product_json.h"
#include "lib/base/text/json_writer.h"
#include "lib/site/site.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"

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
        product_json(web->settings->currency, &found[i], request->arena, &w);
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
    product_json(web->settings->currency, &product, request->arena, &w);
    text_putc(&reply->body, '\n');
    return 200;
}

int main(void)
{
    static const struct route routes[] = {{"GET", "/products", list, NULL},
                                          {"GET", "/products/{}", get, NULL},
                                          {0}};
    return site_main(
        &(struct web_program){.name = "products", .routes = routes});
}
