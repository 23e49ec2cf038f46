/* What became known of a dispute: see outcome.h. */
#include "lib/base/money.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/payment/dispute.h"
#include "lib/workflow/order/undo.h"
#include "reaper/outcome.h"

#include <string.h>

/* The bank asks for the money: it is gone until the dispute is won. */
static void move_money(struct reaper *reaper, const struct dispute_news *news,
                       enum dispute_status status, const char *order_id,
                       int64_t now_ms, struct arena *arena)
{
    struct db *db = reaper->db;
    if (!news->withdrawn && !dispute_takes_money(status))
        return;
    payment_book(db, order_id, ENTRY_DISPUTE, news->amount_minor,
                 news->dispute_id, news->intent_id, now_ms);
    if (status != DISPUTE_WON)
        return;
    payment_book(db, order_id, ENTRY_DISPUTE_REVERSAL, news->amount_minor,
                 arena_printf(arena, "%s.won", news->dispute_id),
                 news->intent_id, now_ms);
    /* Undone meanwhile, its order had nothing to give back. */
    undo_after_payment(db, order_id, now_ms, arena);
}

/* What needs nobody changes the words of an alarm only while it stands. */
static void tell(struct reaper *reaper, const struct dispute_news *news,
                 enum dispute_status status, const char *order_id,
                 int64_t now_ms, struct arena *arena)
{
    struct db *db = reaper->db;
    const char *words = dispute_words(
        status, news->status,
        money_format(arena, news->amount_minor, reaper->settings->currency),
        arena);
    alarm_reword(db, "dispute", news->dispute_id, words);
    switch (status) {
    case DISPUTE_WON:
    case DISPUTE_DROPPED:
        alarm_settle_about(db, "dispute", news->dispute_id, now_ms);
        break;
    case DISPUTE_REVIEWED:
        alarm_raise_once(db, "dispute", order_id, news->dispute_id, words,
                         now_ms);
        break;
    case DISPUTE_ASKED:
    case DISPUTE_OPEN:
    case DISPUTE_LOST:
    case DISPUTE_PREVENTED:
    case DISPUTE_OTHER:
        alarm_raise_about(db, "dispute", order_id, news->dispute_id, words,
                          now_ms);
        break;
    }
}

bool outcome_disputed(struct reaper *reaper, const struct dispute_news *news,
                      const char **order_id, int64_t now_ms,
                      struct arena *arena)
{
    struct db *db = reaper->db;
    if (payment_intent_left_minor(db, news->intent_id, order_id, arena) == -1)
        return false;
    if (outcome_odd_currency(reaper, news->currency, *order_id,
                             news->dispute_id, "A dispute", now_ms, arena))
        return true;
    enum dispute_status status = dispute_status_of(news->status);
    /* Won before this program kept what events said. */
    bool over =
        payment_is_booked(db, arena_printf(arena, "%s.won", news->dispute_id));
    bool fresh = dispute_take(db, news->dispute_id, news->status,
                              news->told_at_ms, arena);
    move_money(reaper, news, status, *order_id, now_ms, arena);
    if (fresh && (!over || status == DISPUTE_WON))
        tell(reaper, news, status, *order_id, now_ms, arena);
    return true;
}

bool outcome_odd_currency(struct reaper *reaper, const char *currency,
                          const char *order_id, const char *gateway_id,
                          const char *what, int64_t now_ms, struct arena *arena)
{
    const char *ours = reaper->settings->currency;
    if (currency != NULL && strcmp(currency, ours) == 0)
        return false;
    alarm_raise_once(
        reaper->db, "payment_odd", order_id, gateway_id,
        arena_printf(arena,
                     "%s came in %s, but the order was paid in %s; it is not "
                     "booked. Look at %s at the gateway.",
                     what,
                     currency == NULL ? "a currency that cannot be read"
                                      : currency,
                     ours, gateway_id),
        now_ms);
    return true;
}
