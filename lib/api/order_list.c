/* GET /orders: see order_list.h. */
#include "lib/api/order_list.h"

#include <stdlib.h>

#include "lib/api/auth.h"
#include "lib/api/order_json.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"

static void write_list(struct web *web, struct request *request,
                       struct reply *reply, struct order *list, size_t count,
                       const char *next)
{
    struct json_writer w = json_writer(&reply->body);
    json_open(&w, '{');
    json_key(&w, "orders");
    json_open(&w, '[');
    for (size_t i = 0; i < count; i++) {
        order_load_lines(web->reader, &list[i], request->arena);
        order_json(web, request->arena, &list[i], &w);
    }
    json_close(&w, ']');
    json_string_member(&w, "next", next);
    json_close(&w, '}');
    text_putc(&reply->body, '\n');
}

int order_list_read(struct web *web, struct request *request,
                    struct reply *reply)
{
    if (!auth_is_staff(web, request))
        return auth_refuse(request, reply);
    struct form form;
    struct order_filter filter = {.status = ORDER_NO_STATUS,
                                  .before = INT64_MAX};
    int status = query_read(request, reply, &form, &filter.limit);
    if (status != 0)
        return status;
    const char *name = query_value(&form, "status");
    const char *cursor = query_value(&form, "cursor");
    if (name != NULL)
        filter.status = order_status_of(name);
    if (name != NULL && filter.status == ORDER_NO_STATUS)
        return problem(request, reply, 400, "status: There is no such one.");
    char *end = NULL;
    if (cursor != NULL)
        filter.before = strtoll(cursor, &end, 10);
    if (cursor != NULL && (*end != '\0' || filter.before < 1))
        return problem(request, reply, 400,
                       "cursor: Must be the `next` of an earlier answer.");
    int64_t limit = filter.limit++;
    struct order *found =
        arena_alloc(request->arena, (size_t)filter.limit * sizeof *found);
    size_t count = order_list(web->reader, &filter, found, request->arena);
    const char *next = NULL;
    if (count > (size_t)limit) {
        count = (size_t)limit;
        next = arena_printf(request->arena, "%lld",
                            (long long)found[count - 1].number);
        reply_header(reply, "Link",
                     arena_printf(request->arena,
                                  "<%s/orders?limit=%lld%s%s&cursor=%s>; "
                                  "rel=\"next\"",
                                  web->settings->base_url, (long long)limit,
                                  name != NULL ? "&status=" : "",
                                  name != NULL ? name : "", next));
    }
    write_list(web, request, reply, found, count, next);
    return 200;
}
