/* The money part of the staff's order page: see payment.h. */
#include "lib/view/staff/payment.h"

#include <string.h>

#include "lib/base/text/money.h"
#include "lib/shop/order/link.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"
#include "lib/shop/refund/refund.h"
#include "lib/view/order_page.h"

enum { PAGE_PAYMENTS = 100, PAGE_NOTES = 100 };

static const char *const kinds[] = {
    [PAYMENT_ROW_ATTEMPT] = "Attempt",
    [PAYMENT_ROW_CHARGE] = "Charge",
    [PAYMENT_ROW_REFUND] = "Refund",
    [PAYMENT_ROW_REFUND_REVERSAL] = "Refund that came back",
    [PAYMENT_ROW_DISPUTE] = "Dispute",
    [PAYMENT_ROW_DISPUTE_REVERSAL] = "Dispute won"};
static const char *const states[] = {[PAYMENT_ROW_OPEN] = "Outcome awaited",
                                     [PAYMENT_ROW_DUE] = "To be made",
                                     [PAYMENT_ROW_FAILED] = "Failed",
                                     [PAYMENT_ROW_BOOKED] = "Booked"};

static void fill_ledger(struct page *page, struct web *web,
                        const struct order *order, struct arena *arena)
{
    struct payment_row rows[PAGE_PAYMENTS];
    size_t count = payment_history(web->reader, order->order_id, rows,
                                   PAGE_PAYMENTS, arena);
    for (size_t i = 0; i < count; i++) {
        struct page *row = page_section(page, "PAYMENT");
        order_page_time(row, "PAYMENT_TIME", rows[i].created_at_ms, arena);
        page_set(row, "PAYMENT_KIND", kinds[rows[i].kind]);
        page_set(row, "PAYMENT_STATE", states[rows[i].state]);
        page_set(row, "PAYMENT_REFERENCE",
                 rows[i].reference == NULL ? "" : rows[i].reference);
        page_set(
            row, "PAYMENT_AMOUNT",
            money_format(arena, rows[i].amount_minor, web->settings->currency));
    }
    if (count == 0)
        page_section(page, "NO_PAYMENTS");
}

void payment_page_notes(struct page *page, struct web *web,
                        const struct order *order, struct arena *arena)
{
    struct credit_note notes[PAGE_NOTES];
    size_t count = credit_note_list(web->reader, order->order_id, notes,
                                    PAGE_NOTES, arena);
    for (size_t i = 0; i < count; i++) {
        if (!notes[i].on_disk)
            continue;
        struct page *row = page_section(page, "CREDIT_NOTE");
        page_set(row, "NOTE_NUMBER",
                 arena_printf(arena, "%lld", (long long)notes[i].number));
        page_set(row, "NOTE_AMOUNT",
                 money_format(arena, notes[i].amount_minor,
                              web->settings->currency));
        if (notes[i].reversed)
            page_section(row, "NOTE_REVERSED");
        page_set(row, "NOTE_URL",
                 link_document(web->settings, web->signing_key, arena,
                               notes[i].file));
    }
}

static const char *tried_value(const struct payment_form *tried,
                               const char *name)
{
    const char *value = tried == NULL ? NULL : form_value(&tried->fields, name);
    return value == NULL ? "" : value;
}

static void fill_fault(struct page *form, const struct payment_form *tried,
                       const char *field, const char *section)
{
    if (tried != NULL && strcmp(tried->field, field) == 0)
        page_set(page_section(form, section), "FAULT", tried->detail);
}

static void fill_refund(struct page *page, struct web *web,
                        const struct order *order, int64_t left_minor,
                        const struct payment_form *tried, struct arena *arena)
{
    static const char *const faults[][2] = {{"amount", "AMOUNT_FAULT"},
                                            {"lines", "LINES_FAULT"},
                                            {"reason", "REFUND_REASON_FAULT"},
                                            {"restock", "RESTOCK_FAULT"}};
    char key[CRYPTO_TOKEN_SIZE];
    crypto_token(key);
    struct page *form = page_section(page, "CAN_REFUND");
    page_set(form, "REFUND_KEY", arena_string(arena, key));
    page_set(form, "REFUND_LEFT",
             money_format(arena, left_minor, web->settings->currency));
    page_set(form, "REFUND_AMOUNT", tried_value(tried, "amount"));
    page_set(form, "REFUND_REASON", tried_value(tried, "reason"));
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        fill_fault(form, tried, faults[i][0], faults[i][1]);
    for (size_t i = 0; i < order->line_count; i++) {
        const struct order_line *line = &order->lines[i];
        int64_t left = refund_line_left(web->reader, order->order_id, line);
        if (left <= 0)
            continue;
        const char *name = arena_printf(arena, "quantity %s", line->sku);
        struct page *row = page_section(form, "REFUND_LINE");
        page_set(row, "FIELD_NAME", name);
        page_set(row, "FIELD_ID", arena_printf(arena, "refund-line-%zu", i));
        page_set(row, "TITLE", line->title);
        page_set(row, "LINE_LEFT",
                 arena_printf(arena, "%lld", (long long)left));
        page_set(row, "FIELD_VALUE", tried_value(tried, name));
    }
    if (stock_is_sold(web->reader, order->order_id)) {
        struct page *restock = page_section(form, "CAN_RESTOCK");
        if (tried_value(tried, "restock")[0] != '\0')
            page_section(restock, "RESTOCK_CHOSEN");
    }
}

/* because: why it can be, the section of the words for it. */
static void fill_mark_paid(struct page *page, struct web *web,
                           const char *because,
                           const struct payment_form *tried)
{
    struct page *form = page_section(page, "CAN_MARK_PAID");
    page_set(page_section(form, because), "MANUAL_TITLE",
             web->settings->manual_title);
    page_set(form, "PAID_NOTE", tried_value(tried, "note"));
    fill_fault(form, tried, "note", "NOTE_FAULT");
}

static void fill_window(struct page *page, struct db *db,
                        const struct payment_attempt *attempt,
                        const struct payment_form *tried, struct arena *arena)
{
    struct page *window = page_section(page, "WINDOW");
    int64_t closes_at_ms = payment_closes_at_ms(db, attempt);
    if (closes_at_ms == 0) {
        page_section(window, "WINDOW_ENDLESS");
    } else {
        order_page_time(page_section(window, "WINDOW_TIMED"), "WINDOW_UNTIL",
                        closes_at_ms, arena);
        page_section(window, "CAN_END");
    }
    if (attempt->window_by != NULL)
        page_set(page_section(window, "WINDOW_SET"), "WINDOW_BY",
                 attempt->window_by);
    const char *days = tried_value(tried, "days");
    page_set(window, "WINDOW_DAYS", days[0] == '\0' ? "7" : days);
    fill_fault(window, tried, "days", "DAYS_FAULT");
}

void payment_page_fill(struct page *page, struct web *web,
                       const struct order *order,
                       const struct payment_form *tried, struct arena *arena)
{
    struct payment_attempt attempt;
    fill_ledger(page, web, order, arena);
    payment_page_notes(page, web, order, arena);
    int64_t left_minor = payment_left_minor(web->reader, order->order_id);
    if (left_minor > 0 && order->status != ORDER_PENDING &&
        order->status != ORDER_PROCESSING)
        fill_refund(page, web, order, left_minor, tried, arena);
    if (payment_open(web->reader, order->order_id, &attempt, arena) &&
        attempt.kind == PAYMENT_MANUAL) {
        fill_mark_paid(page, web, "AWAITED", tried);
        fill_window(page, web->reader, &attempt, tried, arena);
    } else if (payment_find_lapsed(web->reader, order->order_id, &attempt,
                                   arena)) {
        fill_mark_paid(page, web, "LAPSED", tried);
    }
}
