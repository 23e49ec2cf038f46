/* What the shop's metrics count. Asking for it is cheap enough for every
 * second. */
#ifndef SHOP_HEALTH_METRIC_H
#define SHOP_HEALTH_METRIC_H

#include <stdint.h>

#include "lib/adapter/db/db.h"
#include "lib/base/settings/settings.h"
#include "lib/shop/order/guard.h"

struct metric_counts {
    int64_t executions_running;
    int64_t attempts_open;
    struct guard_state guard;
    int64_t events_due;
    int64_t events_early;
    int64_t events_failed;
    int64_t refunds_due;
    int64_t mails_due;
    int64_t credit_notes_due;
    int64_t alarms_open;
    int64_t findings_open;
    int64_t heartbeat_age_ms;      /* INT64_MAX: never */
    int64_t reconciliation_age_ms; /* INT64_MAX: none was done */
};

struct metric_counts
metric_counts(struct db *db, const struct settings *settings, int64_t now_ms);

#endif
