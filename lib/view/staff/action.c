/* The forms of the staff pages: see action.h. */
#include "lib/view/staff/action.h"

#include <string.h>

#include "lib/api/execution_request.h"
#include "lib/api/order_change.h"
#include "lib/view/staff/order.h"
#include "lib/web/auth.h"
#include "lib/web/problem.h"

struct action {
    struct admin_form own;
    const char *reason; /* NULL: none given */
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

int admin_to_sign_in(const struct request *request, struct reply *reply)
{
    return reply_redirect(reply,
                          arena_printf(request->arena, "/admin/sign-in?next=%s",
                                       page_of(request)));
}

int admin_form_read(struct web *web, struct request *request,
                    struct reply *reply, struct admin_form *out)
{
    out->session = auth_session(web, request);
    if (out->session == NULL)
        return admin_to_sign_in(request, reply);
    return auth_form_read(request, reply, out->session, &out->fields);
}

/* Signed in, with the session's own form. */
static int read_own_form(struct web *web, struct request *request,
                         struct reply *reply)
{
    struct action *action = arena_alloc(request->arena, sizeof *action);
    request->state = action;
    return admin_form_read(web, request, reply, &action->own);
}

int admin_action_read(struct web *web, struct request *request,
                      struct reply *reply)
{
    int status = read_own_form(web, request, reply);
    if (status != WEB_GO_ON)
        return status;
    struct action *action = request->state;
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
    enum order_change made =
        order_change(web, &order, to, action->reason, action->own.session->name,
                     request->arena);
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

/* The page again, with the sentence that says why not. */
static int refuse(struct web *web, struct request *request, struct reply *reply,
                  int status, const char *why)
{
    const struct action *action = request->state;
    int shown = admin_page_order(web, request, reply, action->own.session, NULL,
                                 -1, why, NULL);
    return shown == 200 ? status : shown;
}

int admin_steering_read(struct web *web, struct request *request,
                        struct reply *reply)
{
    int status = read_own_form(web, request, reply);
    if (status != WEB_GO_ON)
        return status;
    struct action *action = request->state;
    const char *why = execution_request_form(&action->own.fields,
                                             request->arena, &action->change);
    action->change.by = action->own.session->name;
    return why == NULL ? WEB_GO_ON : refuse(web, request, reply, 422, why);
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
    const char *why =
        execution_request_act(web, request, &order, &action->change);
    if (why != NULL)
        return refuse(web, request, reply, 409, why);
    return reply_redirect(
        reply, arena_printf(request->arena, "/admin/orders/%s?done=%s",
                            order.order_id, done[action->change.action]));
}
