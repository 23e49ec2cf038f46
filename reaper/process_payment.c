/* ProcessPayment: opens a payment attempt, or takes up the one that is open,
 * and waits for its outcome, which charge.c brings. The attempt's row is
 * committed before the gateway is asked. */
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"
#include "reaper/task.h"

struct task_result process_payment(struct step *step)
{
    struct db *db = step->reaper->db;
    const char *order_id = step->order.order_id;
    /* What was sold was paid, also when some of it was refunded since. */
    if (step->order.total_minor == 0 || payment_is_paid(db, order_id) ||
        (stock_is_sold(db, order_id) && payment_left_minor(db, order_id) > 0))
        return task_done();
    /* The whole would come on top of the part that did not go back. */
    if (!payment_is_open(db, order_id) && payment_left_minor(db, order_id) > 0)
        return task_failed("Payment.Refunded",
                           "A part of the payment went back.");
    /* A new attempt needs its goods; an open one keeps them. */
    if (!payment_is_open(db, order_id) && !stock_is_sold(db, order_id) &&
        stock_reserve(db, order_id, step->now_ms, step->arena) != NULL)
        return task_failed("Order.OutOfStock",
                           "There is not enough of the goods in stock.");
    const struct settings *settings = step->reaper->settings;
    enum payment_kind kind = payment_kind_of(step->order.payment_method);
    payment_begin(db, order_id, kind,
                  kind == PAYMENT_MANUAL ? settings->manual_window_ms
                                         : settings->payment_window_ms,
                  step->now_ms);
    return (struct task_result){.verdict = TASK_WAITING};
}
