/* The staff page's forms about money: see payment_form.h. */
#include "lib/view/staff/payment_form.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/text/money.h"
#include "lib/base/time/clock.h"
#include "lib/shop/order/request.h"
#include "lib/view/staff/action.h"
#include "lib/view/staff/order.h"
#include "lib/web/idempotent.h"
#include "lib/web/problem.h"
#include "lib/workflow/order/refund.h"
#include "lib/workflow/payment/by_hand.h"

static const char QUANTITY[] = "quantity ";

static bool read_quantity(const char *text, int64_t *out)
{
    char *end;
    *out = strtoll(text, &end, 10);
    return *end == '\0' && *out >= 0 && *out <= ORDER_MAX_QUANTITY;
}

/* The lines of which some are to be refunded; false: one is not a number. */
static bool read_lines(const struct form *form, struct refund_request *out,
                       struct arena *arena)
{
    out->lines = arena_alloc(arena, form->count * sizeof *out->lines);
    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *field = &form->fields[i];
        int64_t quantity;
        if (strncmp(field->name, QUANTITY, sizeof QUANTITY - 1) != 0)
            continue;
        if (!read_quantity(field->value, &quantity))
            return false;
        if (quantity > 0)
            out->lines[out->line_count++] = (struct refund_line){
                .sku = field->name + sizeof QUANTITY - 1, .quantity = quantity};
    }
    return true;
}

static const char *trimmed(const struct form *form, const char *name,
                           struct arena *arena)
{
    const char *value = form_value(form, name);
    return value == NULL ? "" : text_trim(arena, value);
}

/* NULL, or what is wrong with *field. */
static const char *read_refund(const struct web *web, const struct form *form,
                               struct refund_request *out, const char **field,
                               struct arena *arena)
{
    const char *amount = trimmed(form, "amount", arena);
    *field = "amount";
    if (amount[0] != '\0' &&
        (!money_parse(amount, web->settings->currency, &out->amount_minor) ||
         out->amount_minor < 1))
        return "Write the amount in digits, with a point before decimals.";
    *field = "lines";
    if (!read_lines(form, out, arena))
        return "A quantity must be a whole number from 0 to 9999.";
    if (out->line_count > 0 && out->amount_minor > 0)
        return "Give either an amount or quantities.";
    if (out->line_count == 0 && out->amount_minor == 0)
        return "Say how much, or how many of what.";
    *field = "reason";
    out->reason = trimmed(form, "reason", arena);
    if (out->reason[0] == '\0')
        return "Say why; the customer reads it on the credit note.";
    const char *wrong = order_reason_fault(out->reason);
    out->restock = form_value(form, "restock") != NULL;
    return wrong;
}

static const char *field_of(enum refund_field field)
{
    static const char *const names[] = {
        [REFUND_OF_ALL] = "",           [REFUND_OF_AMOUNT] = "amount",
        [REFUND_OF_LINES] = "lines",    [REFUND_OF_SKU] = "lines",
        [REFUND_OF_QUANTITY] = "lines", [REFUND_OF_RESTOCK] = "restock"};
    return names[field];
}

/* Makes it and leads back to the page; where it was sent before, only that. */
static int refund_once(struct web *web, struct request *request,
                       struct reply *reply, const struct refund_request *asked,
                       const struct idempotent *own)
{
    const char *back = arena_printf(
        request->arena, "/admin/orders/%s?done=refunded", request->param);
    int64_t now_ms = clock_wall_ms();
    int status;
    switch (idempotent_find(web, request, reply, own, now_ms, &status)) {
    case IDEMPOTENT_NEW:
        break;
    case IDEMPOTENT_REPLAY:
        return status;
    case IDEMPOTENT_OTHER_BODY:
        return admin_form_refuse(
            web, request, reply, 409, "",
            "This form was sent before and made a refund. Look at "
            "the payments, then fill it in anew.");
    }
    struct refund_made made = order_refund(web->writer, request->param, asked,
                                           now_ms, request->arena);
    if (made.outcome != REFUND_QUEUED) {
        struct refund_refusal why = refund_refusal(&made, asked);
        return admin_form_refuse(web, request, reply,
                                 made.outcome == REFUND_NO_LINE ? 422 : 409,
                                 field_of(why.field), why.detail);
    }
    web->wake = true;
    idempotent_bind(web, reply, own, 303, back, now_ms);
    return reply_redirect(reply, back);
}

int payment_form_refund(struct web *web, struct request *request,
                        struct reply *reply)
{
    const struct admin_form *own = request->state;
    struct arena *arena = request->arena;
    struct refund_request asked = {.by = own->session->name};
    struct order order;
    const char *field;
    if (!order_find(web->writer, request->param, &order, arena))
        return problem(request, reply, 404, NULL);
    struct idempotent idempotent;
    int status = idempotent_read_form(
        web, request, reply, arena_printf(arena, "refund %s", order.order_id),
        &own->fields, &idempotent);
    if (status != WEB_GO_ON)
        return status;
    const char *wrong = read_refund(web, &own->fields, &asked, &field, arena);
    if (wrong != NULL)
        return admin_form_refuse(web, request, reply, 422, field, wrong);
    return refund_once(web, request, reply, &asked, &idempotent);
}

int payment_form_paid(struct web *web, struct request *request,
                      struct reply *reply)
{
    const struct admin_form *own = request->state;
    struct order order;
    if (!order_find(web->writer, request->param, &order, request->arena))
        return problem(request, reply, 404, NULL);
    const char *note = trimmed(&own->fields, "note", request->arena);
    const char *wrong = order_reason_fault(note);
    if (wrong != NULL)
        return admin_form_refuse(web, request, reply, 422, "note", wrong);
    static const char *const done[] = {[BY_HAND_PAID] = "paid",
                                       [BY_HAND_REOPENED] = "reopened",
                                       [BY_HAND_TO_PAY_BACK] = "to-pay-back"};
    enum by_hand outcome =
        by_hand_paid(web->writer, &order, note, own->session->name,
                     clock_wall_ms(), request->arena);
    if (outcome == BY_HAND_REFUSED)
        return admin_form_refuse(web, request, reply, 409, "",
                                 BY_HAND_NOT_AWAITED);
    web->wake = true;
    return reply_redirect(reply, arena_printf(request->arena,
                                              "/admin/orders/%s?done=%s",
                                              request->param, done[outcome]));
}

/* The form's days; 0: none. */
static int64_t read_days(const struct form *form)
{
    char *end;
    const char *days = form_value(form, "days");
    int64_t count = days == NULL ? 0 : strtoll(days, &end, 10);
    return count != 0 && *end == '\0' ? count : 0;
}

int payment_form_window(struct web *web, struct request *request,
                        struct reply *reply)
{
    const struct admin_form *own = request->state;
    struct arena *arena = request->arena;
    struct payment_attempt attempt;
    struct order order;
    int64_t now_ms = clock_wall_ms();
    int64_t closes_at_ms = 0;
    if (!order_find(web->writer, request->param, &order, arena))
        return problem(request, reply, 404, NULL);
    if (!payment_open(web->writer, order.order_id, &attempt, arena))
        return admin_form_refuse(web, request, reply, 409, "",
                                 BY_HAND_NOT_AWAITED);
    const char *action = form_value(&own->fields, "action");
    if (action == NULL || strcmp(action, "no-end") != 0)
        closes_at_ms =
            by_hand_extended_ms(payment_closes_at_ms(web->writer, &attempt),
                                read_days(&own->fields), now_ms);
    if (closes_at_ms == -1)
        return admin_form_refuse(web, request, reply, 422, "days",
                                 "Give a number of days; it waits for a "
                                 "year from now at most.");
    if (!by_hand_set_window(web->writer, order.order_id, closes_at_ms,
                            own->session->name, now_ms, arena))
        return admin_form_refuse(web, request, reply, 409, "",
                                 BY_HAND_NOT_AWAITED);
    web->wake = true;
    return reply_redirect(
        reply,
        arena_printf(arena, "/admin/orders/%s?done=window", request->param));
}
