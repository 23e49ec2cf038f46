/* /admin/: the staff's list of orders and the page of one order, with
 * Complete, Cancel, Refund, Mark as paid and the steering of its execution;
 * alarms, the inbox of webhooks, the books. Signing in is sign-in.c's. */
#include "lib/site/site.h"
#include "lib/view/staff/action.h"
#include "lib/view/staff/alarm.h"
#include "lib/view/staff/books.h"
#include "lib/view/staff/mail.h"
#include "lib/view/staff/order.h"
#include "lib/view/staff/payment_form.h"
#include "lib/view/staff/webhook.h"
#include "lib/web/auth.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"

static int home(struct web *web, struct request *request, struct reply *reply)
{
    (void)web;
    (void)request;
    return reply_redirect(reply, "/admin/orders");
}

/* Who asks and for what; 0, or a status with the reply filled in. */
static int read_page(struct web *web, struct request *request,
                     struct reply *reply, const struct web_session **session,
                     struct form *form)
{
    int64_t limit;
    *session = auth_session(web, request);
    if (*session == NULL)
        return admin_to_sign_in(request, reply);
    return query_read(request, reply, form, &limit);
}

static int list(struct web *web, struct request *request, struct reply *reply)
{
    const struct web_session *session;
    struct form form;
    int status = read_page(web, request, reply, &session, &form);
    return status != 0 ? status
                       : admin_page_list(web, request, reply, session, &form);
}

static int show(struct web *web, struct request *request, struct reply *reply)
{
    const struct web_session *session;
    struct form form;
    int64_t after;
    int status = read_page(web, request, reply, &session, &form);
    if (status != 0)
        return status;
    if (!query_number(&form, "events", &after))
        return problem(request, reply, 400, "events: Must be a whole number.");
    if (query_value(&form, "events") == NULL)
        after = -1;
    return admin_page_order(web, request, reply, session,
                            query_value(&form, "done"), after, NULL, NULL);
}

static int list_webhooks(struct web *web, struct request *request,
                         struct reply *reply)
{
    const struct web_session *session;
    struct form form;
    int status = read_page(web, request, reply, &session, &form);
    return status != 0 ? status
                       : webhook_page_list(web, request, reply, session, &form);
}

static int show_webhook(struct web *web, struct request *request,
                        struct reply *reply)
{
    const struct web_session *session;
    struct form form;
    int status = read_page(web, request, reply, &session, &form);
    return status != 0 ? status
                       : webhook_page_event(web, request, reply, session,
                                            query_value(&form, "done") != NULL);
}

static int show_alarms(struct web *web, struct request *request,
                       struct reply *reply)
{
    const struct web_session *session;
    struct form form;
    int status = read_page(web, request, reply, &session, &form);
    return status != 0 ? status
                       : alarm_page_list(web, request, reply, session,
                                         query_value(&form, "sent"));
}

static int show_books(struct web *web, struct request *request,
                      struct reply *reply)
{
    const struct web_session *session;
    struct form form;
    int status = read_page(web, request, reply, &session, &form);
    return status != 0 ? status
                       : books_page_show(web, request, reply, session,
                                         query_value(&form, "done") != NULL);
}

int main(void)
{
    static const char *const templates[] = {
        "admin.html",         "admin-header.html",
        "admin-order.html",   "admin-webhooks.html",
        "admin-webhook.html", "admin-alarms.html",
        "admin-books.html",   NULL};
    static const struct route routes[] = {
        {"GET", "/admin/", home, NULL},
        {"GET", "/admin/orders", list, NULL},
        {"GET", "/admin/orders/{}", show, NULL},
        {"POST", "/admin/orders/{}/complete", admin_action_read,
         admin_action_complete},
        {"POST", "/admin/orders/{}/cancel", admin_action_read,
         admin_action_cancel},
        {"POST", "/admin/orders/{}/execution", admin_steering_read,
         admin_steering_write},
        {"POST", "/admin/orders/{}/refund", admin_form_read,
         payment_form_refund},
        {"POST", "/admin/orders/{}/paid", admin_form_read, payment_form_paid},
        {"POST", "/admin/orders/{}/window", admin_form_read,
         payment_form_window},
        {"GET", "/admin/webhooks", list_webhooks, NULL},
        {"GET", "/admin/webhooks/{}", show_webhook, NULL},
        {"POST", "/admin/webhooks/{}/apply", admin_action_read,
         webhook_page_apply},
        {"GET", "/admin/alarms", show_alarms, NULL},
        {"POST", "/admin/orders/{}/mail", admin_form_read, mail_page_send},
        {"POST", "/admin/alarms/mails", admin_form_read, mail_page_send_all},
        {"POST", "/admin/alarms/{}/close", admin_form_read, alarm_page_close},
        {"GET", "/admin/books", show_books, NULL},
        {"POST", "/admin/books/reconcile", admin_form_read,
         books_page_reconcile},
        {0}};
    return site_main(&(struct web_program){
        .name = "admin", .routes = routes, .templates = templates});
}
