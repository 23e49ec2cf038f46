/* Refunds over the API: see refund_request.h. */
#include "lib/api/refund_request.h"

#include <string.h>

#include "lib/api/auth.h"
#include "lib/base/text/json_writer.h"
#include "lib/base/time/clock.h"
#include "lib/shop/order/request.h"
#include "lib/web/idempotent.h"
#include "lib/web/json_body.h"
#include "lib/web/problem.h"
#include "lib/workflow/order/refund.h"

enum { REFUND_DEPTH = 4 };

struct asked {
    struct refund_request refund;
    struct idempotent idempotent;
};

static bool is_repeated(const struct refund_line *lines, size_t count,
                        const char *sku)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(lines[i].sku, sku) == 0)
            return true;
    return false;
}

static void read_line(struct arena *arena, const struct json *value, size_t i,
                      struct refund_request *out, struct faults *faults)
{
    struct refund_line *line = &out->lines[i];
    *line = (struct refund_line){.sku = json_string(json_member(value, "sku"))};
    if (line->sku == NULL)
        fault_add(faults, arena_printf(arena, "/lines/%zu/sku", i),
                  "Must be a string.");
    else if (is_repeated(out->lines, i, line->sku))
        fault_add(faults, arena_printf(arena, "/lines/%zu/sku", i),
                  "This stands in the list already.");
    if (!json_integer(json_member(value, "quantity"), &line->quantity) ||
        line->quantity < 1 || line->quantity > ORDER_MAX_QUANTITY)
        fault_add(faults, arena_printf(arena, "/lines/%zu/quantity", i),
                  "Must be a whole number from 1 to 9999.");
    if (line->sku == NULL)
        line->sku = "";
}

static void read_lines(struct arena *arena, const struct json *lines,
                       struct refund_request *out, struct faults *faults)
{
    size_t count = json_count(lines);
    if (json_kind(lines) != JSON_ARRAY || count < 1 ||
        count > ORDER_MAX_LINES) {
        fault_add(faults, "/lines", "Must be a list of 1 to 200 lines.");
        return;
    }
    out->lines = arena_alloc(arena, count * sizeof *out->lines);
    for (const struct json *line = json_first(lines); line != NULL;
         line = json_next(line))
        read_line(arena, line, out->line_count++, out, faults);
}

static void read_words(struct arena *arena, const struct json *body,
                       struct refund_request *out, struct faults *faults)
{
    const struct json *reason = json_body_given(body, "reason");
    const struct json *restock = json_body_given(body, "restock");
    const char *wrong = NULL;
    if (reason != NULL && json_string(reason) == NULL)
        wrong = "Must be a string.";
    else if (reason != NULL)
        wrong = order_reason_fault(json_string(reason));
    if (wrong != NULL)
        fault_add(faults, "/reason", wrong);
    else if (reason != NULL)
        out->reason = text_trim(arena, json_string(reason));
    if (restock != NULL && json_kind(restock) != JSON_BOOL)
        fault_add(faults, "/restock", "Must be true or false.");
    out->restock = json_is_true(restock);
}

/* Neither an amount nor lines: all that is left. A field that is none of a
 * refund may then be an amount by another name. */
static void refuse_unknown(struct arena *arena, const struct json *body,
                           struct faults *faults)
{
    static const char *const known[] = {"amount_minor", "lines", "reason",
                                        "restock", NULL};
    for (const struct json *member = json_first(body); member != NULL;
         member = json_next(member)) {
        const char *const *name = known;
        while (*name != NULL && strcmp(*name, json_name(member)) != 0)
            name++;
        if (*name != NULL)
            continue;
        struct text pointer = text_create(arena, 64);
        text_putc(&pointer, '/');
        text_put_pointer(&pointer, json_name(member));
        fault_add(faults, pointer.bytes,
                  "This is no field of a refund: amount_minor or lines say "
                  "how much.");
    }
}

static void read_fields(struct arena *arena, const struct json *body,
                        struct refund_request *out, struct faults *faults)
{
    const struct json *amount = json_body_given(body, "amount_minor");
    const struct json *lines = json_body_given(body, "lines");
    if (json_kind(body) != JSON_OBJECT)
        fault_add(faults, "", "Must be an object.");
    else if (amount == NULL && lines == NULL)
        refuse_unknown(arena, body, faults);
    if (amount != NULL &&
        (!json_integer(amount, &out->amount_minor) || out->amount_minor < 1))
        fault_add(faults, "/amount_minor",
                  "Must be a whole number of minor units, 1 or more.");
    if (amount != NULL && lines != NULL)
        fault_add(faults, "/lines", "Give either an amount or lines.");
    else if (lines != NULL)
        read_lines(arena, lines, out, faults);
    read_words(arena, body, out, faults);
}

int refund_request_read(struct web *web, struct request *request,
                        struct reply *reply)
{
    if (!auth_is_staff(web, request))
        return auth_refuse(request, reply);
    const struct json *body;
    int status = json_body_read(request, reply, REFUND_DEPTH, &body);
    if (status != WEB_GO_ON)
        return status;
    struct asked *asked = arena_alloc(request->arena, sizeof *asked);
    struct faults faults = {.count = 0};
    read_fields(request->arena, body, &asked->refund, &faults);
    if (faults.count > 0)
        return problem_fields(request, reply, 422, &faults);
    asked->refund.by = auth_who(web, request)->name;
    request->state = asked;
    return idempotent_read(
        web, request, reply,
        arena_printf(request->arena, "refund %s\n", request->param),
        &asked->idempotent);
}

static int refuse(const struct request *request, struct reply *reply,
                  const struct refund_made *made,
                  const struct refund_request *asked)
{
    struct refund_refusal why = refund_refusal(made, asked);
    const char *line = arena_printf(request->arena, "/lines/%zu", why.line);
    const char *pointer = "";
    switch (why.field) {
    case REFUND_OF_ALL:
        break;
    case REFUND_OF_AMOUNT:
        pointer = "/amount_minor";
        break;
    case REFUND_OF_LINES:
        pointer = "/lines";
        break;
    case REFUND_OF_SKU:
        pointer = arena_printf(request->arena, "%s/sku", line);
        break;
    case REFUND_OF_QUANTITY:
        pointer = arena_printf(request->arena, "%s/quantity", line);
        break;
    case REFUND_OF_RESTOCK:
        pointer = "/restock";
        break;
    }
    return problem_field(request, reply,
                         made->outcome == REFUND_NO_LINE ? 422 : 409, pointer,
                         why.detail);
}

static void write_refund(const struct web *web, struct reply *reply,
                         const struct refund *refund)
{
    struct json_writer w = json_writer(&reply->body);
    json_open(&w, '{');
    json_string_member(&w, "refund_id", refund->refund_id);
    json_int_member(&w, "amount_minor", refund->amount_minor);
    json_string_member(&w, "currency", web->settings->currency);
    json_string_member(&w, "status",
                       names_of(&refund_status_names, refund->status));
    json_close(&w, '}');
    text_putc(&reply->body, '\n');
}

int refund_request_write(struct web *web, struct request *request,
                         struct reply *reply)
{
    const struct asked *asked = request->state;
    struct order order;
    if (!order_find(web->writer, request->param, &order, request->arena) ||
        order.hidden)
        return problem(request, reply, 404, NULL);
    int64_t now_ms = clock_wall_ms();
    int status =
        idempotent_replay(web, request, reply, &asked->idempotent, now_ms);
    if (status != 0)
        return status;
    struct refund_made made = order_refund(
        web->writer, order.order_id, &asked->refund, now_ms, request->arena);
    if (made.outcome != REFUND_QUEUED)
        return refuse(request, reply, &made, &asked->refund);
    web->wake = true;
    if (db_refused(web->writer))
        return 503; /* the loop answers for the whole batch */
    write_refund(web, reply, &made.refund);
    idempotent_bind(web, reply, &asked->idempotent, 201, "", now_ms);
    return 201;
}
