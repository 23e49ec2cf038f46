/* Against card testing: keeps how charges by token ended in the last minutes,
 * by client address, e-mail, form token and in all. Limits and thresholds are
 * settings. 0 there means no limit, and then nothing is kept either. */
#ifndef SHOP_ORDER_GUARD_H
#define SHOP_ORDER_GUARD_H

#include <stdint.h>

#include "lib/adapter/db/db.h"
#include "lib/base/settings/settings.h"

enum { GUARD_WINDOW_MS = 10 * 60 * 1000, GUARD_ORIGIN_MS = 24 * 3600 * 1000 };

enum guard_verdict {
    GUARD_PASS,
    GUARD_SLOW,       /* too many declines, or charges that may be: 429 */
    GUARD_HOSTED_ONLY /* the breaker is open: only the hosted page is taken */
};

/* Asked before an order by token is placed. email and form (a form token's id)
 * may be NULL. */
enum guard_verdict guard_check(struct db *db, const struct settings *settings,
                               const char *address, const char *email,
                               const char *form, int64_t now_ms);

/* Where an order came from, for the limits here, in held.h and in
 * mail/budget.h. It is kept only where one of these limits is set. */
struct guard_origin {
    const char *order_id;
    const char *address;
    const char *form;         /* the form token's id; NULL: none */
    const char *email_folded; /* NULL: not given */
    int64_t units;            /* of goods that it orders */
    bool by_token;
};
void guard_note_order(struct db *db, const struct settings *settings,
                      const struct guard_origin *origin, int64_t now_ms);

/* A charge by token ended; called by the reaper. */
void guard_note_charge(struct db *db, const struct settings *settings,
                       const char *order_id, bool declined, int64_t now_ms);

/* For the metrics and the list of ways to pay. */
struct guard_state {
    int64_t charges; /* in the window */
    int64_t declines;
    bool open; /* the breaker: tokens are refused */
};
struct guard_state guard_state(struct db *db, const struct settings *settings,
                               int64_t now_ms);

void guard_expire(struct db *db, int64_t now_ms, int64_t limit);

#endif
