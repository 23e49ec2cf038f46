/* Forgets what is past its time and makes up for what was left undone, once a
 * minute and a little at each turn. */
#include <stdio.h>

#include "lib/base/time/clock.h"
#include "lib/shop/execution/history.h"
#include "lib/shop/health/damage.h"
#include "lib/shop/idempotency.h"
#include "lib/shop/mail/budget.h"
#include "lib/shop/order/guard.h"
#include "lib/shop/order/held.h"
#include "lib/shop/payment/webhook_event.h"
#include "lib/shop/product/stock.h"
#include "lib/shop/staff/api_token.h"
#include "lib/shop/staff/sign_in_guard.h"
#include "lib/shop/staff/staff.h"
#include "reaper/reaper.h"

enum {
    HOUSEKEEPING_MS = 60000,
    HOUSEKEEPING_SOON_MS = 1000,
    HOUSEKEEPING_ROWS = 1000,
    HOUSEKEEPING_THIN_MS = 10,
    HOUSEKEEPING_PACK_AFTER_MS = 500, /* the history of what has ended */
    HOUSEKEEPING_PACK_MS = 5
};

static int64_t before(int64_t now_ms, int64_t days)
{
    return now_ms - days * 24 * 3600 * 1000;
}

/* Old histories go little by little: while there are any, a turn a second. */
static void thin(struct reaper *reaper, int64_t now_ms)
{
    int64_t before_ms = before(now_ms, reaper->settings->history_days);
    int64_t end_ms = clock_boot_ms() + HOUSEKEEPING_THIN_MS;
    while (history_thin(reaper->db, before_ms, 1, &reaper->step_arena) > 0)
        if (clock_boot_ms() > end_ms) {
            reaper->housekeeping_boot_ms =
                clock_boot_ms() + HOUSEKEEPING_SOON_MS;
            return;
        }
}

/* Once it is quiet, and little by little. */
static void pack(struct reaper *reaper, int64_t now_ms)
{
    int64_t before_ms = now_ms - HOUSEKEEPING_PACK_AFTER_MS;
    int64_t end_ms = clock_boot_ms() + HOUSEKEEPING_PACK_MS;
    reaper->unpacked = !reaper->pressed;
    while (reaper->unpacked && clock_boot_ms() < end_ms) {
        arena_reset(&reaper->step_arena);
        reaper->unpacked =
            history_pack(reaper->db, before_ms, &reaper->step_arena);
    }
}

void housekeeping_hear(void *own, const char *message)
{
    struct reaper *reaper = own;
    long long id;
    if (sscanf(message, "token %lld", &id) != 1 ||
        reaper->tokens_used_count == REAPER_TOKENS_USED)
        return;
    for (size_t i = 0; i < reaper->tokens_used_count; i++)
        if (reaper->tokens_used[i] == id)
            return;
    reaper->tokens_used[reaper->tokens_used_count++] = id;
}

void housekeeping_run(struct reaper *reaper, int64_t now_ms)
{
    for (size_t i = 0; i < reaper->tokens_used_count; i++)
        api_token_note_use(reaper->db, reaper->tokens_used[i], now_ms);
    reaper->tokens_used_count = 0;
    pack(reaper, now_ms);
    int64_t now_boot_ms = clock_boot_ms();
    if (now_boot_ms < reaper->housekeeping_boot_ms)
        return;
    /* What is packed now may be due to be thinned. */
    reaper->housekeeping_boot_ms =
        now_boot_ms +
        (reaper->unpacked ? HOUSEKEEPING_SOON_MS : HOUSEKEEPING_MS);
    arena_reset(&reaper->step_arena);
    damage_alarm(reaper->db, reaper->settings, now_ms, &reaper->step_arena);
    stock_expire(reaper->db, now_ms, HOUSEKEEPING_ROWS, &reaper->step_arena);
    held_shorten(reaper->db, now_ms, HOUSEKEEPING_ROWS, &reaper->step_arena);
    idempotency_expire(reaper->db, now_ms, HOUSEKEEPING_ROWS);
    staff_expire(reaper->db, now_ms);
    sign_in_expire(reaper->db, now_ms);
    webhook_event_thin(reaper->db,
                       before(now_ms, reaper->settings->webhook_days),
                       HOUSEKEEPING_ROWS);
    guard_expire(reaper->db, now_ms, HOUSEKEEPING_ROWS);
    mail_budget_expire(reaper->db, now_ms, HOUSEKEEPING_ROWS);
    thin(reaper, now_ms);
}
