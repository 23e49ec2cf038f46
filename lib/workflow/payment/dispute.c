/* What became known of a dispute: see dispute.h. */
#include "lib/workflow/payment/dispute.h"

#include <assert.h>

#include "lib/base/text/money.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/payment/dispute.h"
#include "lib/workflow/order/undo.h"
#include "lib/workflow/payment/outcome.h"

/* The bank asks for the money: it is gone until the dispute is won. */
static void move_money(struct db *db, const struct dispute_news *news,
                       enum dispute_status status, const char *order_id,
                       int64_t now_ms, struct arena *arena)
{
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
static void tell(struct db *db, const char *dispute_id,
                 enum dispute_status status, const char *order_id,
                 const char *words, int64_t now_ms)
{
    alarm_reword(db, ALARM_DISPUTE, dispute_id, words);
    switch (status) {
    case DISPUTE_WON:
    case DISPUTE_DROPPED:
        alarm_settle_about(db, ALARM_DISPUTE, dispute_id, now_ms);
        break;
    case DISPUTE_REVIEWED:
        alarm_raise_once(db, ALARM_DISPUTE, order_id, dispute_id, words,
                         now_ms);
        break;
    case DISPUTE_ASKED:
    case DISPUTE_OPEN:
    case DISPUTE_LOST:
    case DISPUTE_PREVENTED:
    case DISPUTE_OTHER:
        alarm_raise_about(db, ALARM_DISPUTE, order_id, dispute_id, words,
                          now_ms);
        break;
    }
}

bool outcome_disputed(struct db *db, const struct settings *settings,
                      const struct dispute_news *news, const char **order_id,
                      int64_t now_ms, struct arena *arena)
{
    assert(db_in_transaction(db));
    if (payment_intent_left_minor(db, news->intent_id, order_id, arena) == -1)
        return false;
    if (outcome_odd_currency(db, settings, *order_id,
                             &(struct arrived){.what = "A dispute",
                                               .gateway_id = news->dispute_id,
                                               .currency = news->currency},
                             now_ms, arena))
        return true;
    enum dispute_status status = dispute_status_of(news->status);
    /* Won before this program kept what events said. */
    bool over =
        payment_is_booked(db, arena_printf(arena, "%s.won", news->dispute_id));
    bool fresh = dispute_take(db, news->dispute_id, news->status,
                              news->told_at_ms, arena);
    move_money(db, news, status, *order_id, now_ms, arena);
    if (fresh && (!over || status == DISPUTE_WON))
        tell(db, news->dispute_id, status, *order_id,
             dispute_words(
                 status, news->status,
                 money_format(arena, news->amount_minor, settings->currency),
                 arena),
             now_ms);
    return true;
}
