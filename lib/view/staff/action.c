/* The forms of the staff pages: see action.h. */
#include "lib/view/staff/action.h"

#include <assert.h>
#include <string.h>

#include "lib/base/time/clock.h"
#include "lib/view/staff/order.h"
#include "lib/web/auth.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"
#include "lib/workflow/execution/steer.h"
#include "lib/workflow/order/change.h"

struct action {
    struct admin_form own; /* first: the state of admin_form_refuse */
    const char *reason;    /* NULL: none given */
    struct execution_steer change;
};

/* The page to come back to. What is posted to is none, but stands below its
 * form's; the alarms have but one page. */
static const char *page_of(const struct request *request)
{
    static const char alarm[] = "/admin/alarms/";
    const char *path = request->path;
    if (strcmp(request->method, "POST") != 0)
        return path;
    size_t length = strncmp(path, alarm, sizeof alarm - 1) == 0
                        ? sizeof alarm - 2
                        : (size_t)(strrchr(path, '/') - path);
    return arena_copy(request->arena, path, length);
}

static int to_sign_in(const struct request *request, struct reply *reply)
{
    return reply_redirect(reply,
                          arena_printf(request->arena, "/admin/sign-in?next=%s",
                                       page_of(request)));
}

int admin_query_read(struct web *web, struct request *request,
                     struct reply *reply, struct form *query)
{
    int64_t limit;
    return auth_session(web, request) == NULL
               ? to_sign_in(request, reply)
               : query_read(request, reply, query, &limit);
}

static int read_into(struct web *web, struct request *request,
                     struct reply *reply, struct admin_form *out)
{
    request->state = out;
    out->session = auth_session(web, request);
    if (out->session == NULL)
        return to_sign_in(request, reply);
    return auth_form_read(request, reply, out->session, &out->fields);
}

int admin_form_read(struct web *web, struct request *request,
                    struct reply *reply)
{
    struct admin_form *form = arena_alloc(request->arena, sizeof *form);
    return read_into(web, request, reply, form);
}

int admin_form_refuse(struct web *web, struct request *request,
                      struct reply *reply, int status, const char *field,
                      const char *detail)
{
    const struct admin_form *form = request->state;
    assert(form != NULL && form->session != NULL);
    const struct payment_form tried = {
        .fields = form->fields, .field = field, .detail = detail};
    int shown = admin_page_order(
        web, request, reply,
        &(struct admin_order_shown){.events_after = ADMIN_NO_EVENTS,
                                    .refusal = detail,
                                    .tried = field == NULL ? NULL : &tried});
    return shown == 200 ? status : shown;
}

int admin_action_read(struct web *web, struct request *request,
                      struct reply *reply)
{
    struct action *action = arena_alloc(request->arena, sizeof *action);
    int status = read_into(web, request, reply, &action->own);
    if (status != WEB_GO_ON)
        return status;
    const char *reason = form_value(&action->own.fields, "reason");
    if (reason != NULL && *(reason = text_trim(request->arena, reason)) != '\0')
        action->reason = reason;
    const char *wrong =
        action->reason == NULL ? NULL : order_reason_fault(action->reason);
    return wrong == NULL ? WEB_GO_ON
                         : problem_field(request, reply, 422, "/reason", wrong);
}

static int act(struct web *web, struct request *request, struct reply *reply,
               enum order_status to)
{
    static const char *const done[] = {"done", "recorded", "refused"};
    const struct action *action = request->state;
    struct order order;
    if (!order_find(web->writer, request->param, &order, request->arena))
        return problem(request, reply, 404, NULL);
    const struct order_wish wish = {
        .to = to, .reason = action->reason, .by = action->own.session->name};
    enum order_change made = order_change(web->writer, &order, &wish,
                                          clock_wall_ms(), request->arena);
    web->wake = true;
    return reply_redirect(reply, arena_printf(request->arena,
                                              "/admin/orders/%s?done=%s",
                                              order.order_id, done[made]));
}

int admin_action_complete(struct web *web, struct request *request,
                          struct reply *reply)
{
    return act(web, request, reply, ORDER_COMPLETED);
}

int admin_action_cancel(struct web *web, struct request *request,
                        struct reply *reply)
{
    return act(web, request, reply, ORDER_CANCELLED);
}

/* NULL, or the sentence that says what is wrong with the fields. */
static const char *read_steering(const struct form *form, struct arena *arena,
                                 struct execution_steer *out)
{
    const char *fault;
    if (!execution_action_of(form_value(form, "action"), &out->action))
        return "There is no such action.";
    if (!execution_definition_of(query_value(form, "definition"),
                                 &out->current))
        return "There is no such definition.";
    out->reason =
        execution_steer_reason(arena, form_value(form, "reason"), &fault);
    return out->reason != NULL ? NULL
                               : arena_printf(arena, "Reason: %s", fault);
}

int admin_steering_read(struct web *web, struct request *request,
                        struct reply *reply)
{
    struct action *action = arena_alloc(request->arena, sizeof *action);
    int status = read_into(web, request, reply, &action->own);
    if (status != WEB_GO_ON)
        return status;
    const char *why =
        read_steering(&action->own.fields, request->arena, &action->change);
    action->change.by = action->own.session->name;
    return why == NULL ? WEB_GO_ON
                       : admin_form_refuse(web, request, reply, 422, NULL, why);
}

int admin_steering_write(struct web *web, struct request *request,
                         struct reply *reply)
{
    static const char *const done[] = {[EXECUTION_STOP] = "stopped",
                                       [EXECUTION_REDRIVE] = "redriven",
                                       [EXECUTION_RETRY] = "retried"};
    const struct action *action = request->state;
    struct order order;
    if (!order_find(web->writer, request->param, &order, request->arena))
        return problem(request, reply, 404, NULL);
    const char *why = execution_steer(web->writer, &order, &action->change,
                                      clock_wall_ms(), request->arena);
    if (why != NULL)
        return admin_form_refuse(web, request, reply, 409, NULL, why);
    web->wake = true;
    return reply_redirect(
        reply, arena_printf(request->arena, "/admin/orders/%s?done=%s",
                            order.order_id, done[action->change.action]));
}
