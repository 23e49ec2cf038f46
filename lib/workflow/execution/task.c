/* The built-in tasks: see task.h. */
#include "lib/workflow/execution/task.h"

#include <string.h>

#include "lib/shop/mail/outbox.h"
#include "lib/shop/paper/receipt.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"
#include "lib/shop/queue/work.h"
#include "lib/workflow/order/sale.h"
#include "lib/workflow/order/undo.h"

static struct task_result task_done(void)
{
    return (struct task_result){.verdict = TASK_DONE};
}

struct task_result task_failed(const char *error, const char *cause)
{
    return (struct task_result){
        .verdict = TASK_FAILED, .error = error, .cause = cause};
}

/* ValidateOrder: the order adds up, and its stock is reserved - all lines or
 * none, before any charge. */

static const char *title_of(const struct order *order, const char *sku)
{
    for (size_t i = 0; i < order->line_count; i++)
        if (strcmp(order->lines[i].sku, sku) == 0)
            return order->lines[i].title;
    return sku;
}

static struct task_result validate_order(struct step *step)
{
    struct db *db = step->driver->db;
    struct order *order = &step->order;
    order_load_lines(db, order, step->arena);
    int64_t sum_minor = 0;
    for (size_t i = 0; i < order->line_count; i++)
        sum_minor += order->lines[i].total_minor;
    if (sum_minor != order->total_minor)
        return task_failed("Order.WrongTotal",
                           "The order's lines do not add up to its total.");
    if (stock_is_sold(db, order->order_id))
        return task_done(); /* the order was confirmed before */
    const char *missing =
        stock_reserve(db, order->order_id, step->now_ms, step->arena);
    if (missing != NULL)
        return task_failed("Order.OutOfStock",
                           arena_printf(step->arena,
                                        "There is not enough of %s in stock.",
                                        title_of(order, missing)));
    return task_done();
}

/* ProcessPayment: opens a payment attempt, or takes up the one that is open,
 * and waits for its outcome, which its row tells when the execution is woken
 * for it. The row is committed before the gateway is asked. */

/* For the customer, who did not sign in at his bank or was refused there: the
 * gateway's own words for that are for programmers. */
struct task_result payment_declined(const char *code, const char *message)
{
    bool by_bank = code != NULL &&
                   strcmp(code, "payment_intent_authentication_failure") == 0;
    return task_failed("Payment.Declined",
                       by_bank ? "Your bank did not approve the payment."
                               : message);
}

static struct task_result paid(struct step *step)
{
    const char *intent_id;
    int64_t charged_at_ms;
    struct json *own = json_make_object(step->arena);
    if (payment_charge(step->driver->db, step->order.order_id, &intent_id,
                       &charged_at_ms, step->arena))
        json_add(step->arena, own, "payment_intent",
                 json_make_string(step->arena, intent_id));
    return (struct task_result){.verdict = TASK_DONE, .output = own};
}

static struct task_result process_payment(struct step *step)
{
    struct db *db = step->driver->db;
    const char *order_id = step->order.order_id;
    /* What was sold was paid, also when some of it was refunded since. */
    if (step->order.total_minor == 0 || payment_is_paid(db, order_id) ||
        (stock_is_sold(db, order_id) && payment_left_minor(db, order_id) > 0))
        return paid(step);
    /* The whole would come on top of the part that did not go back. */
    if (!payment_is_open(db, order_id) && payment_left_minor(db, order_id) > 0)
        return task_failed("Payment.Refunded",
                           "A part of the payment went back.");
    /* A new attempt needs its goods; an open one keeps them. */
    if (!payment_is_open(db, order_id) && !stock_is_sold(db, order_id) &&
        stock_reserve(db, order_id, step->now_ms, step->arena) != NULL)
        return task_failed("Order.OutOfStock",
                           "There is not enough of the goods in stock.");
    const struct settings *settings = step->driver->settings;
    enum payment_kind kind = payment_kind_of(step->order.payment_method);
    payment_begin(db, order_id, kind,
                  kind == PAYMENT_MANUAL ? settings->manual_window_ms
                                         : settings->payment_window_ms,
                  step->now_ms);
    return (struct task_result){.verdict = TASK_WAITING};
}

/* UpdateInventory: the goods are sold. A definition that comes here before the
 * payment has them held, and they are sold once it is paid. */
static struct task_result update_inventory(struct step *step)
{
    struct db *db = step->driver->db;
    const char *order_id = step->order.order_id;
    bool done =
        sale_is_due(db, &step->order) || stock_is_sold(db, order_id)
            ? sale_make(db, &step->order, step->now_ms, step->arena)
            : stock_reserve(db, order_id, step->now_ms, step->arena) == NULL;
    return done ? task_done()
                : task_failed("Order.OutOfStock",
                              "There is not enough of the goods in stock.");
}

/* GenerateReceipt: takes the receipt's number and has its PDF drawn, which is
 * work of its own (reaper/kind/paper.c); its row tells what came of it. */
static struct task_result made(const char *sha256, struct arena *arena)
{
    struct json *output = json_make_object(arena);
    json_add(arena, output, "sha256", json_make_string(arena, sha256));
    return (struct task_result){.verdict = TASK_DONE, .output = output};
}

static struct task_result generate_receipt(struct step *step)
{
    struct db *db = step->driver->db;
    const char *order_id = step->order.order_id;
    if (step->order.total_minor > 0 && !payment_is_paid(db, order_id) &&
        !stock_is_sold(db, order_id))
        return task_failed("Order.NotPaid",
                           "There is no receipt for what is not paid.");
    /* Its number is taken in the step's transaction; a retry finds it. */
    struct receipt_begun begun =
        receipt_begin(db, order_id, step->now_ms, step->arena);
    if (begun.sha256 != NULL) /* now, or before a redrive: it stays as it is */
        return made(begun.sha256, step->arena);
    if (begun.failure != NULL) {
        receipt_heard(db, begun.file);
        return task_failed("Receipt.WriteFailed", begun.failure);
    }
    work_queue(db, &(struct work_order){.kind = WORK_RECEIPT,
                                        .subject = begun.file,
                                        .order_id = order_id,
                                        .due_work_ms = db_clock_ms(db)});
    return (struct task_result){.verdict = TASK_WAITING};
}

/* SendNotification: queues the confirmation in the step's own transaction;
 * reaper/kind/mail.c sends it. */
static struct task_result send_notification(struct step *step)
{
    /* An order that was undone is told so by whoever undid it. */
    if (step->order.status == ORDER_FAILED ||
        step->order.status == ORDER_CANCELLED)
        return task_done();
    outbox_queue(step->driver->db, step->order.order_id, MAIL_CONFIRMATION,
                 step->now_ms);
    return task_done();
}

/* RefundPayment, ReleaseStock, FailOrder: what a definition undoes by itself.
 * An execution that ends without success is undone by the reaper anyway; doing
 * it here first changes only when it happens. */

enum { UNDO_LOOK_MS = 1000 };

static struct task_result refund_payment(struct step *step)
{
    int64_t amount_minor =
        undo_refund(step->driver->db, step->order.order_id,
                    "refunded by the workflow", step->now_ms);
    struct json *own = json_make_object(step->arena);
    json_add(step->arena, own, "refunded_minor",
             json_make_integer(step->arena, amount_minor));
    return (struct task_result){.verdict = TASK_DONE, .output = own};
}

static struct task_result release_stock(struct step *step)
{
    undo_release(step->driver->db, step->order.order_id, step->now_ms);
    return task_done();
}

/* The reason is what led here: the Cause that a catcher put into the input, or
 * the input's own reason. */
static const char *reason_of(const struct step *step)
{
    static const char *const names[] = {"reason", "cause", "Cause"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = json_string(json_member(step->task.input, names[i]));
        if (text != NULL && order_reason_fault(text) == NULL)
            return text;
    }
    return "The order could not be carried out.";
}

static struct task_result fail_order(struct step *step)
{
    if (!undo_fail_order(step->driver->db, &step->order, reason_of(step),
                         step->now_ms))
        return (struct task_result){.verdict = TASK_LATER,
                                    .delay_ms = UNDO_LOOK_MS};
    return task_done();
}

/* An order that was failed or cancelled is not sold after all. */
static bool is_undone(const struct step *step)
{
    enum task_builtin builtin = step->name.builtin;
    return (step->order.status == ORDER_FAILED ||
            step->order.status == ORDER_CANCELLED) &&
           (builtin == TASK_VALIDATE_ORDER || builtin == TASK_PROCESS_PAYMENT ||
            builtin == TASK_UPDATE_INVENTORY);
}

struct task_result task_begin(struct step *step)
{
    if (is_undone(step))
        return task_failed("Order.Undone", "The order was undone before.");
    switch (step->name.builtin) {
    case TASK_VALIDATE_ORDER:
        return validate_order(step);
    case TASK_SAVE_ORDER: /* placing the order did it */
        return task_done();
    case TASK_PROCESS_PAYMENT:
        return process_payment(step);
    case TASK_UPDATE_INVENTORY:
        return update_inventory(step);
    case TASK_GENERATE_RECEIPT:
        return generate_receipt(step);
    case TASK_SEND_NOTIFICATION:
        return send_notification(step);
    case TASK_REFUND_PAYMENT:
        return refund_payment(step);
    case TASK_RELEASE_STOCK:
        return release_stock(step);
    case TASK_FAIL_ORDER:
        return fail_order(step);
    }
    return task_failed("States.Runtime", "There is no such task.");
}
