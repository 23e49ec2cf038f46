/* ProcessPayment: opens a payment attempt, or takes up the one that is open,
 * and waits for its outcome, which its row tells when the execution is woken
 * for it. The row is committed before the gateway is asked. */
#include <string.h>

#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"
#include "lib/workflow/task/task.h"

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

struct task_result process_payment(struct step *step)
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
