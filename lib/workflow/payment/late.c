/* Money that came too late: see late.h. */
#include "lib/workflow/payment/late.h"

#include <assert.h>
#include <string.h>

#include "lib/workflow/execution/load.h"
#include "lib/workflow/execution/redrive.h"

bool late_payment_reopen(struct db *db, const struct order *order,
                         const struct late_payment *late, int64_t now_ms)
{
    assert(db_in_transaction(db));
    const struct payment_attempt *attempt = late->attempt;
    struct execution_steer change = {.action = EXECUTION_REDRIVE,
                                     .paid_late = true,
                                     .reason = "It was paid after all.",
                                     .by = late->by};
    struct execution execution;
    if (order->hidden || order->status != ORDER_CANCELLED ||
        attempt->code == NULL ||
        strcmp(attempt->code, PAYMENT_WINDOW_CLOSED) != 0)
        return false;
    struct arena own = arena_create(EXECUTION_ARENA);
    bool reopened =
        execution_read(db, order->order_id, &execution, &own) &&
        execution_redrive(db, order, &execution, &change, now_ms, &own) == NULL;
    arena_destroy(&own);
    if (reopened)
        payment_revive(db, attempt->attempt_id, late->intent_id,
                       late->amount_minor, now_ms);
    return reopened;
}
