/* How refunds end, and what the gateway tells of them by itself: see
 * refund.h. */
#include <string.h>

#include "lib/shop/health/alarm.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/queue/work.h"
#include "lib/shop/refund/private.h"

struct ended {
    char refund_id[CRYPTO_UUID_SIZE];
    char order_id[CRYPTO_UUID_SIZE];
    char intent_id[256];
    int64_t amount_minor;
};

/* Reads the one row of "RETURNING refund_id, order_id, intent_id,
 * amount_minor"; false: there was none. */
static bool read_ended(struct db_statement *s, struct ended *out)
{
    bool found = db_row(s);
    if (found) {
        db_copy(s, 0, out->refund_id, sizeof out->refund_id);
        db_copy(s, 1, out->order_id, sizeof out->order_id);
        db_copy(s, 2, out->intent_id, sizeof out->intent_id);
        out->amount_minor = db_int(s, 3);
    }
    db_done(s);
    return found;
}

/* Likewise of an UPDATE that ends a refund which was due. */
static bool end_due(struct db *db, struct db_statement *s, struct ended *out,
                    int64_t now_ms)
{
    if (!read_ended(s, out))
        return false;
    work_drop(db, WORK_REFUND, out->refund_id);
    alarm_settle_about(db, ALARM_REFUND_UNKNOWN, out->refund_id, now_ms);
    return true;
}

void refund_succeeded(struct db *db, const char *refund_id,
                      const char *gateway_id, int64_t now_ms)
{
    struct ended refund;
    if (payment_is_booked(db, gateway_id)) {
        refund_failed(db, refund_id,
                      "The gateway answered with a refund that is booked "
                      "already, so this one was not made, or not by itself; "
                      "look there.",
                      now_ms);
        return;
    }
    struct db_statement *s =
        db_sql(db, "UPDATE refunds SET status = 'succeeded', gateway_id = $1,"
                   " message = NULL, updated_at_ms = $2"
                   " WHERE refund_id = $3 AND status = 'due'"
                   " RETURNING refund_id, order_id, intent_id, amount_minor");
    db_put_text(s, gateway_id);
    db_put_int(s, now_ms);
    db_put_text(s, refund_id);
    if (!end_due(db, s, &refund, now_ms))
        return;
    payment_book(db, refund.order_id, ENTRY_REFUND, refund.amount_minor,
                 gateway_id, refund.intent_id, now_ms);
    credit_note_issue(db, refund_id, now_ms);
}

void refund_failed(struct db *db, const char *refund_id, const char *message,
                   int64_t now_ms)
{
    struct ended refund;
    struct db_statement *s =
        db_sql(db, "UPDATE refunds SET status = 'failed', message = $1,"
                   " updated_at_ms = $2 WHERE refund_id = $3 AND status = 'due'"
                   " RETURNING refund_id, order_id, intent_id, amount_minor");
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_text(s, refund_id);
    if (!end_due(db, s, &refund, now_ms))
        return;
    alarm_raise(db, ALARM_REFUND_FAILED, refund.order_id, message, now_ms);
}

void refund_unknown(struct db *db, const char *refund_id, const char *message,
                    int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE refunds SET message = $1, updated_at_ms = $2"
                   " WHERE refund_id = $3 AND status = 'due'");
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_text(s, refund_id);
    db_run(s);
}

/* The gateway saves its refusal under the key, and asked with that again it
 * would only repeat it. */
void refund_refused(struct db *db, const char *refund_id, const char *message,
                    int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE refunds SET refusals = refusals + 1"
                   " WHERE refund_id = $1 AND status = 'due'");
    db_put_text(s, refund_id);
    db_run(s);
    refund_unknown(db, refund_id, message, now_ms);
}

/* What of the charge went back or is on its way. */
static int64_t given_back_minor(struct db *db, const char *intent_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT promised_minor FROM charge_balances"
                   " WHERE intent_id = $1");
    db_put_text(s, intent_id);
    return db_found_int(s, 0);
}

int64_t refund_take_total(struct db *db, const char *intent_id,
                          int64_t refunded_minor, const char *reference,
                          int64_t now_ms)
{
    struct ended refund;
    int64_t extra_minor = refunded_minor - given_back_minor(db, intent_id);
    if (extra_minor <= 0 || payment_is_booked(db, reference))
        return 0;
    crypto_uuid(now_ms, refund.refund_id);
    /* clang-format off */
    struct db_statement *s = db_sql(
        db, "INSERT INTO refunds (refund_id, order_id, intent_id, amount_minor,"
            " reason, status, gateway_id, created_at_ms,"
            " updated_at_ms) SELECT CAST($1 AS TEXT), c.order_id, c.intent_id,"
            "  CAST($2 AS BIGINT), 'made at the payment gateway', 'succeeded',"
            "  CAST($3 AS TEXT),"
            "  " REFUND_MADE_AT("c.order_id", "$4") ", CAST($4 AS BIGINT)"
            " FROM charge_balances c WHERE c.intent_id = $5"
            " RETURNING refund_id, order_id, intent_id, amount_minor");
    /* clang-format on */
    db_put_text(s, refund.refund_id);
    db_put_int(s, extra_minor);
    db_put_text(s, reference);
    db_put_int(s, now_ms);
    db_put_text(s, intent_id);
    if (!read_ended(s, &refund))
        return 0; /* not booked here, or not yet */
    payment_book(db, refund.order_id, ENTRY_REFUND, extra_minor, reference,
                 intent_id, now_ms);
    credit_note_issue(db, refund.refund_id, now_ms);
    return extra_minor;
}

bool refund_reversed(struct db *db, const char *gateway_id, const char *message,
                     int64_t now_ms)
{
    struct ended refund;
    char entry_id[256 + sizeof ".failed"];
    struct db_statement *s =
        db_sql(db, "UPDATE refunds SET status = 'failed', message = $1,"
                   " updated_at_ms = $2 WHERE gateway_id = $3"
                   " AND status = 'succeeded'"
                   " RETURNING refund_id, order_id, intent_id, amount_minor,"
                   " gateway_id || '.failed'");
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_text(s, gateway_id);
    if (!db_row(s))
        return false;
    db_copy(s, 1, refund.order_id, sizeof refund.order_id);
    db_copy(s, 2, refund.intent_id, sizeof refund.intent_id);
    refund.amount_minor = db_int(s, 3);
    db_copy(s, 4, entry_id, sizeof entry_id);
    db_done(s);
    payment_book(db, refund.order_id, ENTRY_REFUND_REVERSAL,
                 refund.amount_minor, entry_id, refund.intent_id, now_ms);
    alarm_raise(db, ALARM_REFUND_FAILED, refund.order_id, message, now_ms);
    return true;
}
