/* /admin/: the staff's list of orders and the page of one order, with
 * Complete and Cancel. Signing in is sign-in.c's. */
#include <string.h>

#include "lib/web/admin_page.h"
#include "lib/web/auth.h"
#include "lib/web/order_change.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"

struct action {
    struct staff_session session;
    const char *reason; /* NULL: none given */
};

static int redirect(struct reply *reply, const char *path)
{
    reply_header(reply, "Location", path);
    return 303;
}

static int home(struct web *web, struct request *request, struct reply *reply)
{
    (void)web;
    (void)request;
    return redirect(reply, "/admin/orders");
}

static int to_sign_in(const struct request *request, struct reply *reply)
{
    return redirect(
        reply,
        arena_printf(request->arena, "/admin/sign-in?next=%s", request->path));
}

static int list(struct web *web, struct request *request, struct reply *reply)
{
    struct staff_session session;
    struct form form;
    int64_t limit;
    if (!auth_session(web, request, &session))
        return to_sign_in(request, reply);
    int status = query_read(request, reply, &form, &limit);
    if (status != 0)
        return status;
    return admin_page_list(web, request, reply, &session, &form);
}

static int show(struct web *web, struct request *request, struct reply *reply)
{
    struct staff_session session;
    struct form form;
    int64_t limit;
    if (!auth_session(web, request, &session))
        return to_sign_in(request, reply);
    int status = query_read(request, reply, &form, &limit);
    if (status != 0)
        return status;
    return admin_page_order(web, request, reply, &session,
                            query_value(&form, "done"));
}

/* Signed in, with the session's own form, and a reason that can be kept. */
static int read_action(struct web *web, struct request *request,
                       struct reply *reply)
{
    struct action *action = arena_alloc(request->arena, sizeof *action);
    struct form form;
    const char *fault;
    if (!auth_session(web, request, &action->session))
        return to_sign_in(request, reply);
    if (!form_read(request->arena, request->body, request->body_length, &form,
                   &fault))
        return problem(request, reply, 400, fault);
    if (!auth_csrf_ok(&action->session, &form))
        return problem(request, reply, 403, NULL);
    const char *reason = form_value(&form, "reason");
    if (reason != NULL && *(reason = text_trim(request->arena, reason)) != '\0')
        action->reason = reason;
    const char *wrong =
        action->reason == NULL ? NULL : order_reason_fault(action->reason);
    if (wrong != NULL)
        return problem_field(request, reply, 422, "/reason", wrong);
    request->state = action;
    return WEB_GO_ON;
}

static int act(struct web *web, struct request *request, struct reply *reply,
               enum order_status to)
{
    static const char *const done[] = {"done", "recorded", "refused"};
    const struct action *action = request->state;
    struct order order;
    if (!order_find(web->writer, request->param, &order, request->arena))
        return problem(request, reply, 404, NULL);
    enum order_change made = order_change(
        web, &order, to, action->reason, action->session.email, request->arena);
    return redirect(reply,
                    arena_printf(request->arena, "/admin/orders/%s?done=%s",
                                 order.order_id, done[made]));
}

static int complete(struct web *web, struct request *request,
                    struct reply *reply)
{
    return act(web, request, reply, ORDER_COMPLETED);
}

static int cancel(struct web *web, struct request *request, struct reply *reply)
{
    return act(web, request, reply, ORDER_CANCELLED);
}

int main(void)
{
    static const char *const templates[] = {"admin.html", "admin-order.html",
                                            NULL};
    static const struct route routes[] = {
        {"GET", "/admin/", home, NULL},
        {"GET", "/admin/orders", list, NULL},
        {"GET", "/admin/orders/{}", show, NULL},
        {"POST", "/admin/orders/{}/complete", read_action, complete},
        {"POST", "/admin/orders/{}/cancel", read_action, cancel}};
    return web_main(
        &(struct web_program){.name = "admin",
                              .routes = routes,
                              .route_count = sizeof routes / sizeof routes[0],
                              .templates = templates});
}
