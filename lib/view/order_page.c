/* The order on pages and in mails: see order_page.h. */
#include "lib/view/order_page.h"

#include <assert.h>
#include <string.h>

#include "lib/base/text/money.h"
#include "lib/base/time/clock.h"
#include "lib/workflow/execution/progress.h"

static const struct {
    const char *title;
    const char *detail;
} status_words[] = {
    {"Received", "We have your order and start on it at once."},
    {"In progress", "Your order is being processed."},
    {"Confirmed", "Your order is paid and the goods are set aside for you."},
    {"Completed", "Your order is completed. Thank you."},
    {"Cancelled", "This order was cancelled."},
    {"Failed", "This order could not be carried out."},
    {"", ""}};

static const char *status_detail(const struct order *order)
{
    return order->status == ORDER_CONFIRMED && order->total_minor == 0
               ? "There is nothing to pay, and the goods are set aside for "
                 "you."
               : status_words[order->status].detail;
}

const char *order_status_title(enum order_status status)
{
    return status_words[status].title;
}

const char *order_payment_title(const struct order *order)
{
    static const char *const titles[] = {
        [PAYMENT_UNPAID] = "Not charged",
        [PAYMENT_PENDING] = "Payment in progress",
        [PAYMENT_PAID] = "Paid",
        [PAYMENT_PARTIALLY_REFUNDED] = "Partly refunded",
        [PAYMENT_REFUNDED] = "Refunded",
        [PAYMENT_FAILED] = "Declined, not charged"};
    if (order->total_minor == 0)
        return "Nothing to pay";
    /* Nobody declined what was cancelled before it was paid. */
    bool unpaid = order->status == ORDER_CANCELLED &&
                  order->payment_status == PAYMENT_FAILED;
    return titles[unpaid ? PAYMENT_UNPAID : order->payment_status];
}

void order_page_time(struct page *page, const char *name, int64_t wall_ms,
                     struct arena *arena)
{
    char people[CLOCK_LOCAL_SIZE];
    char machine[CLOCK_RFC3339_SIZE];
    clock_local(wall_ms, people);
    clock_rfc3339(wall_ms, machine);
    page_set(page, name, people);
    page_set(page, arena_printf(arena, "%s_ISO", name), machine);
}

static void fill_lines(struct page *page, const struct settings *settings,
                       const struct order *order, struct arena *arena)
{
    for (size_t i = 0; i < order->line_count; i++) {
        const struct order_line *line = &order->lines[i];
        struct page *row = page_section(page, "LINE");
        page_set(row, "TITLE", line->title);
        page_set(row, "SKU", line->sku);
        page_set(row, "QUANTITY",
                 arena_printf(arena, "%lld", (long long)line->quantity));
        page_set(
            row, "UNIT_PRICE",
            money_format(arena, line->unit_price_minor, settings->currency));
        page_set(row, "LINE_TOTAL",
                 money_format(arena, line->total_minor, settings->currency));
    }
}

static void fill_reason(struct page *page, const struct order *order)
{
    /* Some reasons say so themselves. */
    bool said = strstr(order->reason, "othing was charged") != NULL;
    page_set(page, "REASON", order->reason);
    if (order->status == ORDER_FAILED && order->total_minor > 0 && !said &&
        !order_was_paid(order))
        page_section(page, "REASON_NOT_CHARGED");
}

void order_page_fill(struct page *page, const struct settings *settings,
                     const struct order *order, struct arena *arena)
{
    assert(order->line_count > 0);
    page_set(page, "SHOP_NAME", settings->shop_name);
    page_set(page, "NUMBER",
             arena_printf(arena, "%lld", (long long)order->number));
    page_set(page, "STATUS", order_status_name(order->status));
    page_set(page, "STATUS_TITLE", status_words[order->status].title);
    page_set(page, "STATUS_DETAIL", status_detail(order));
    page_set(page, "PAYMENT_TITLE", order_payment_title(order));
    page_section(page, order->total_minor == 0 ? "NOTHING_TO_PAY" : "TO_PAY");
    page_set(page, "TOTAL",
             money_format(arena, order->total_minor, settings->currency));
    order_page_time(page, "PLACED_AT", order->created_at_ms, arena);
    if (order->reason != NULL)
        fill_reason(page_section(page, "REASON_SHOWN"), order);
    fill_lines(page, settings, order, arena);
}

void order_page_customer(struct page *page, const struct order *order)
{
    if (order->customer_name != NULL)
        page_set(page_section(page, "CUSTOMER_NAMED"), "CUSTOMER_NAME",
                 order->customer_name);
    if (order->customer_email != NULL)
        page_set(page_section(page, "CUSTOMER_MAILED"), "CUSTOMER_EMAIL",
                 order->customer_email);
}

void order_page_steps(struct page *page, struct db *db,
                      const struct order *order, struct arena *arena)
{
    static const char *const states[] = {"done", "current", "waiting", "failed",
                                         "waiting"};
    static const char *const words[] = {"Done", "In progress", "Waiting",
                                        "Failed", "Not reached"};
    static const char stopped[] = "Stopped"; /* it had begun */
    struct progress_step *steps;
    size_t count = progress_read(db, order->order_id, &steps, arena);
    for (size_t i = 0; i < count; i++) {
        if (steps[i].is_mail && order->customer_email == NULL)
            continue; /* nobody to write to */
        if (steps[i].is_money && order->total_minor == 0)
            continue; /* nothing to pay */
        struct page *row = page_section(page, "STEP");
        page_set(row, "STEP_NAME", steps[i].title);
        page_set(row, "STEP_STATE", states[steps[i].state]);
        bool begun = steps[i].at_ms != 0;
        page_set(row, "STEP_STATE_WORD",
                 begun && steps[i].state == PROGRESS_NOT_REACHED
                     ? stopped
                     : words[steps[i].state]);
        if (steps[i].attempts > 0)
            page_set(row, "STEP_ATTEMPTS",
                     arena_printf(arena, "%d attempt%s", steps[i].attempts,
                                  steps[i].attempts > 1 ? "s" : ""));
        if (begun)
            order_page_time(page_section(row, "STEP_TIMED"), "STEP_TIME",
                            steps[i].at_ms, arena);
    }
}
