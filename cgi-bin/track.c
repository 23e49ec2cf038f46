/* /track/TOKEN: the customer's page of one order, opened by the unguessable
 * token in its link. */
#include "lib/shop/execution/execution.h"
#include "lib/shop/order/link.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/refund/refund.h"
#include "lib/site/site.h"
#include "lib/view/order_page.h"
#include "lib/view/staff/payment.h"
#include "lib/web/problem.h"
#include "lib/web/query.h"

#include <string.h>

/* Nothing on the page can change any more, save for a refund. */
static bool is_settled(struct db *db, const struct order *order,
                       struct arena *arena)
{
    struct execution execution;
    return order_status_is_final(order->status) &&
           (!execution_find(db, order->order_id, &execution, arena) ||
            !execution_is_running(&execution));
}

/* How an order is paid that staff must mark as paid. */
static void fill_manual(struct page *manual, const struct settings *settings,
                        struct arena *arena)
{
    page_set(manual, "MANUAL_TITLE", settings->manual_title);
    for (const char *line = settings->manual_text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        page_set(page_section(manual, "MANUAL_LINE"), "MANUAL_TEXT",
                 arena_copy(arena, line, length));
        line += length + (line[length] == '\n');
    }
}

static bool is_same(const char *id, const char *known)
{
    return id != NULL && known != NULL && strcmp(id, known) == 0;
}

/* The customer comes back from the gateway's page, or from his bank's, with
 * what it adds to the address; the money's arrival is told on another way. */
static bool comes_back_paid(const struct request *request,
                            const struct payment_attempt *attempt)
{
    const struct form form = query_form(request);
    return is_same(form_value(&form, "paid"), attempt->session_id) ||
           (is_same(form_value(&form, "redirect_status"), "succeeded") &&
            is_same(form_value(&form, "payment_intent"), attempt->intent_id));
}

/* What the customer of an order that is not paid yet can do. */
static void fill_payment(struct page *page, const struct web *web,
                         const struct request *request,
                         const struct order *order)
{
    struct arena *arena = request->arena;
    const char *url = link_payment(web->settings, arena, order);
    struct payment_attempt attempt;
    bool open = payment_open(web->reader, order->order_id, &attempt, arena) &&
                !order_status_is_final(order->status) &&
                order->cancel_reason == NULL;
    bool manual = open && attempt.kind == PAYMENT_MANUAL;
    if (!open &&
        payment_find_lapsed(web->reader, order->order_id, &attempt, arena)) {
        page_section(page, "LAPSED");
        page_set(page, "PAYMENT_TITLE", "Not paid");
    }
    if (url == NULL && !manual)
        return;
    if (open && comes_back_paid(request, &attempt)) {
        page_set(page, "STATUS_DETAIL",
                 "Thank you. Your payment is being confirmed, which takes a "
                 "moment.");
        page_set(page, "PAYMENT_TITLE", "Being confirmed");
        return;
    }
    page_set(page, "STATUS_DETAIL",
             "We have your order. It goes on as soon as it is paid.");
    page_set(page, "PAYMENT_TITLE", "Not paid yet");
    int64_t closes_at_ms =
        open ? payment_closes_at_ms(web->reader, &attempt) : 0;
    if (manual) {
        struct page *box = page_section(page, "MANUAL");
        fill_manual(box, web->settings, arena);
        if (closes_at_ms != 0)
            order_page_time(page_section(box, "MANUAL_TIMED"), "MANUAL_UNTIL",
                            closes_at_ms, arena);
        return;
    }
    struct page *pay = page_section(page, "PAY");
    page_set(pay, "PAY_URL", url);
    if (closes_at_ms != 0)
        order_page_time(page_section(pay, "PAY_TIMED"), "PAY_UNTIL",
                        closes_at_ms, arena);
}

static int get(struct web *web, struct request *request, struct reply *reply)
{
    struct arena *arena = request->arena;
    struct order order;
    if (!order_find_by_token(web->reader, request->param, &order, arena))
        return problem(request, reply, 404, NULL);
    order_load_lines(web->reader, &order, arena);
    struct page *page = page_create();
    order_page_fill(page, web->settings, &order, arena);
    order_page_steps(page, web->reader, &order, arena);
    fill_payment(page, web, request, &order);
    if (web->settings->gateway_is_local && order.total_minor > 0 &&
        payment_kind_of(order.payment_method) != PAYMENT_MANUAL)
        page_section(page, "TEST_MONEY");
    if (refund_under_way(web->reader, order.order_id)) {
        page_section(page, "REFUNDING");
        page_set(page, "PAYMENT_TITLE", "Refund under way");
    } else if (is_settled(web->reader, &order, arena)) {
        page_section(page, "FINAL");
    }
    if (order.receipt_file != NULL)
        page_set(page_section(page, "RECEIPT"), "RECEIPT_URL",
                 link_receipt(web->settings, web->signing_key, arena, &order));
    payment_page_notes(page, web, &order, arena);
    if (order.customer_name != NULL || order.customer_email != NULL)
        order_page_customer(page_section(page, "CUSTOMER"), &order);
    return reply_page(reply, 200, page, "track.html");
}

int main(void)
{
    static const char *const templates[] = {"track.html", NULL};
    static const struct route routes[] = {{"GET", "/track/{}", get, NULL}, {0}};
    return site_main(&(struct web_program){
        .name = "track", .routes = routes, .templates = templates});
}
