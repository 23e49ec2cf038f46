/* The staff pages: see order.h. */
#include "lib/view/staff/order.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/text/money.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/order/link.h"
#include "lib/shop/payment/payment.h"
#include "lib/view/execution/page.h"
#include "lib/view/order_page.h"
#include "lib/view/staff/action.h"
#include "lib/view/staff/alarm.h"
#include "lib/view/staff/mail.h"
#include "lib/view/staff/page.h"
#include "lib/view/staff/payment.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"

enum { ADMIN_PAGE_ORDERS = 25, ADMIN_PAGE_ALARMS = 5 };

/* The list's URL with its filters; cursor 0: its first page. */
static const char *list_url(struct arena *arena,
                            const struct order_filter *filter, int64_t cursor)
{
    struct text url = text_create(arena, 64);
    text_puts(&url, "/admin/orders?");
    if (filter->search != NULL)
        text_printf(&url, "q=%s&", form_escape(arena, filter->search));
    if (filter->status != ORDER_NO_STATUS)
        text_printf(&url, "status=%s&", order_status_name(filter->status));
    if (cursor != 0)
        text_printf(&url, "cursor=%lld&", (long long)cursor);
    return arena_copy(arena, url.bytes, url.length - 1);
}

static void fill_filter(struct page *page, const struct order_filter *filter)
{
    page_set(page, "QUERY", filter->search == NULL ? "" : filter->search);
    for (int i = -1; i < ORDER_NO_STATUS; i++) {
        enum order_status status =
            i < 0 ? ORDER_NO_STATUS : (enum order_status)i;
        struct page *option = page_section(page, "STATUS_OPTION");
        page_set(option, "OPTION_VALUE", order_status_name(status));
        page_set(option, "OPTION_LABEL",
                 i < 0 ? "All" : order_status_title(status));
        if (status == filter->status)
            page_section(option, "OPTION_SELECTED");
    }
    if (filter->search != NULL || filter->status != ORDER_NO_STATUS)
        page_section(page, "FILTERED");
}

static void fill_alarms(struct page *page, struct db *db, struct arena *arena)
{
    struct alarm alarms[ADMIN_PAGE_ALARMS];
    size_t count = alarm_list(db, NULL, ADMIN_PAGE_ALARMS, alarms, arena);
    if (count == 0)
        return;
    struct page *box = page_section(page, "ALARMS");
    int64_t all = alarm_count(db);
    page_set(box, "ALARM_TITLE",
             arena_printf(arena, "%lld alarm%s", (long long)all,
                          all == 1 ? "" : "s"));
    for (size_t i = 0; i < count; i++)
        alarm_page_fill(page_section(box, "ALARM"), &alarms[i], "/admin/orders",
                        arena);
    if (all > ADMIN_PAGE_ALARMS)
        page_section(box, "ALARMS_MORE");
}

static void fill_row(struct page *row, const struct settings *settings,
                     const struct order *order, struct arena *arena)
{
    page_set(row, "ORDER_URL",
             arena_printf(arena, "/admin/orders/%s", order->order_id));
    page_set(row, "NUMBER",
             arena_printf(arena, "%lld", (long long)order->number));
    order_page_time(row, "PLACED_AT", order->created_at_ms, arena);
    page_set(row, "CUSTOMER_TITLE",
             order->customer_name != NULL    ? order->customer_name
             : order->customer_email != NULL ? order->customer_email
                                             : "Guest");
    page_set(row, "STATUS", order_status_name(order->status));
    page_set(row, "STATUS_TITLE", order_status_title(order->status));
    page_set(row, "PAYMENT_TITLE", order_payment_title(order));
    page_set(row, "TOTAL",
             money_format(arena, order->total_minor, settings->currency));
}

/* ORDER_NO_STATUS: all. */
static enum order_status read_status(const struct form *query)
{
    const char *status = query_value(query, "status");
    return status == NULL ? ORDER_NO_STATUS : order_status_of(status);
}

int admin_page_list(struct web *web, struct request *request,
                    struct reply *reply)
{
    struct form query;
    int status = admin_query_read(web, request, reply, &query);
    if (status != 0)
        return status;
    struct arena *arena = request->arena;
    const char *cursor = query_value(&query, "cursor");
    struct order_filter filter = {
        .status = read_status(&query),
        .search = query_value(&query, "q"),
        .before = cursor == NULL ? INT64_MAX : strtoll(cursor, NULL, 10),
        .limit = ADMIN_PAGE_ORDERS + 1};
    struct order list[ADMIN_PAGE_ORDERS + 1];
    size_t count = order_list(web->reader, &filter, list, arena);

    struct page *page = staff_page_create(web, request, "/admin/orders");
    fill_filter(page, &filter);
    fill_alarms(page, web->reader, arena);
    for (size_t i = 0; i < count && i < ADMIN_PAGE_ORDERS; i++)
        fill_row(page_section(page, "ORDER"), web->settings, &list[i], arena);
    if (count == 0)
        page_section(page, "NO_ORDERS");
    if (cursor != NULL)
        page_set(page_section(page, "NEWER"), "NEWER_URL",
                 list_url(arena, &filter, 0));
    if (count > ADMIN_PAGE_ORDERS)
        page_set(page_section(page, "OLDER"), "OLDER_URL",
                 list_url(arena, &filter, list[ADMIN_PAGE_ORDERS - 1].number));
    return reply_page(reply, 200, page, "admin.html");
}

static const char *cancel_hint(const struct web *web, const struct order *order,
                               struct arena *arena)
{
    struct payment_attempt attempt;
    if (payment_open(web->reader, order->order_id, &attempt, arena) &&
        attempt.kind != PAYMENT_MANUAL)
        return "Happens as soon as the payment's outcome is known.";
    int64_t left_minor = payment_left_minor(web->reader, order->order_id);
    if (left_minor > 0)
        return arena_printf(
            arena,
            "Refunds %s, returns the goods to stock and tells the customer.",
            money_format(arena, left_minor, web->settings->currency));
    if (order->total_minor == 0)
        return "Returns the goods to stock and tells the customer.";
    return order->payment_status == PAYMENT_REFUNDED
               ? "Nothing is left to refund. Returns the goods to stock and "
                 "tells the customer."
               : "Nothing was charged. The customer is told.";
}

static void fill_actions(struct page *page, const struct web *web,
                         const struct order *order, struct arena *arena)
{
    if (order_status_is_final(order->status))
        return;
    struct page *actions = page_section(page, "CAN_ACT");
    if (order->status == ORDER_CONFIRMED)
        page_set(
            page_section(actions, "CAN_COMPLETE"), "COMPLETE_URL",
            arena_printf(arena, "/admin/orders/%s/complete", order->order_id));
    struct page *cancel = page_section(actions, "CAN_CANCEL");
    page_set(cancel, "CANCEL_URL",
             arena_printf(arena, "/admin/orders/%s/cancel", order->order_id));
    page_set(cancel, "CANCEL_HINT", cancel_hint(web, order, arena));
}

static void fill_message(struct page *page, const char *done)
{
    static const char *const words[][2] = {
        {"done", "Done."},
        {"recorded", "The order is cancelled as soon as the payment's outcome "
                     "is known."},
        {"stopped", "The execution was stopped."},
        {"redriven", "The execution goes on."},
        {"retried", "It is tried now."},
        {"refunded", "The refund is under way."},
        {"mailed", "The mail is sent again."},
        {"paid", "The payment is booked; the order goes on."},
        {"reopened", "The payment is booked. The goods were still there: the "
                     "order goes on."},
        {"to-pay-back",
         "The payment is booked, but the order could not be taken up "
         "again. Please pay the money back; the customer is told."},
        {"window", "Saved."}};
    for (size_t i = 0; done != NULL && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(done, words[i][0]) == 0)
            page_set(page_section(page, "DONE"), "MESSAGE", words[i][1]);
}

static void fill_refusal(struct page *page, const char *done,
                         const char *notice)
{
    if (notice == NULL && done != NULL && strcmp(done, "refused") == 0)
        notice = "The order's status no longer allows this.";
    if (notice != NULL)
        page_set(page_section(page, "REFUSED"), "MESSAGE", notice);
}

int admin_page_order(struct web *web, struct request *request,
                     struct reply *reply, const struct admin_order_shown *shown)
{
    struct arena *arena = request->arena;
    struct order order;
    if (!order_find(web->reader, request->param, &order, arena))
        return problem(request, reply, 404, NULL);
    order_load_lines(web->reader, &order, arena);
    struct page *page = staff_page_create(web, request, NULL);
    page_set(page, "ORDER_ID", order.order_id);
    order_page_fill(page, web->settings, &order, arena);
    order_page_customer(page, &order);
    if (order.customer_name == NULL && order.customer_email == NULL)
        page_section(page, "CUSTOMER_UNKNOWN");
    order_page_steps(page, web->reader, &order, arena);
    page_set(page, "TRACK_URL", link_track(web->settings, arena, &order));
    if (order.receipt_file != NULL)
        page_set(page_section(page, "RECEIPT"), "RECEIPT_URL",
                 link_receipt(web->settings, web->signing_key, arena, &order));
    struct alarm alarms[ADMIN_PAGE_ALARMS];
    size_t count = alarm_list(web->reader, order.order_id, ADMIN_PAGE_ALARMS,
                              alarms, arena);
    for (size_t i = 0; i < count; i++)
        alarm_page_fill(page_section(page, "ALARM"), &alarms[i],
                        arena_printf(arena, "/admin/orders/%s", order.order_id),
                        arena);
    mail_page_fill(page, web, &order, shown->tried, arena);
    payment_page_fill(page, web, &order, shown->tried, arena);
    execution_page_fill(page, web, &order,
                        auth_session(web, request)->csrf_token,
                        shown->events_after, arena);
    fill_actions(page, web, &order, arena);
    fill_message(page, shown->done);
    fill_refusal(page, shown->done, shown->refusal);
    return reply_page(reply, 200, page, "admin-order.html");
}

int admin_page_show(struct web *web, struct request *request,
                    struct reply *reply)
{
    struct form query;
    int status = admin_query_read(web, request, reply, &query);
    if (status != 0)
        return status;
    struct admin_order_shown shown = {.done = query_value(&query, "done")};
    if (!query_number(&query, "events", &shown.events_after))
        return problem(request, reply, 400, "events: Must be a whole number.");
    if (query_value(&query, "events") == NULL)
        shown.events_after = ADMIN_NO_EVENTS;
    return admin_page_order(web, request, reply, &shown);
}
