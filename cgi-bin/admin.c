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

static int home(struct web *web, struct request *request, struct reply *reply)
{
    (void)web;
    (void)request;
    return reply_redirect(reply, "/admin/orders");
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
        {"GET", "/admin/orders", admin_page_list, NULL},
        {"GET", "/admin/orders/{}", admin_page_show, NULL},
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
        {"GET", "/admin/webhooks", webhook_page_list, NULL},
        {"GET", "/admin/webhooks/{}", webhook_page_event, NULL},
        {"POST", "/admin/webhooks/{}/apply", admin_action_read,
         webhook_page_apply},
        {"GET", "/admin/alarms", alarm_page_list, NULL},
        {"POST", "/admin/orders/{}/mail", admin_form_read, mail_page_send},
        {"POST", "/admin/alarms/mails", admin_form_read, mail_page_send_all},
        {"POST", "/admin/alarms/{}/close", admin_form_read, alarm_page_close},
        {"GET", "/admin/books", books_page_show, NULL},
        {"POST", "/admin/books/reconcile", admin_form_read,
         books_page_reconcile},
        {0}};
    return site_main(&(struct web_program){
        .name = "admin", .routes = routes, .templates = templates});
}
