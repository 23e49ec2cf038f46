/* Credit notes: see credit_note.h. */
#include "lib/shop/paper/credit_note.h"

#include <assert.h>

#include "lib/adapter/crypto.h"
#include "lib/shop/counter.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/mail/outbox.h"
#include "lib/shop/queue/work.h"

static bool is_issued(struct db *db, const char *refund_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM credit_notes WHERE refund_id = $1");
    db_put_text(s, refund_id);
    return db_found(s);
}

void credit_note_issue(struct db *db, const char *refund_id, int64_t now_ms)
{
    assert(db_in_transaction(db));
    if (is_issued(db, refund_id))
        return;
    int64_t number = counter_next(db, COUNTER_CREDIT_NOTE);
    struct db_statement *s = db_sql(
        db, "INSERT INTO credit_notes (number, refund_id, order_id, file,"
            " settings_id, receipt_number, created_at_ms)"
            " SELECT CAST($1 AS BIGINT), f.refund_id, f.order_id,"
            "  'credit-' || f.refund_id || '.pdf',"
            "  (SELECT CAST(value AS BIGINT) FROM settings"
            "   WHERE name = 'paper_settings'),"
            "  (SELECT r.number FROM receipts r WHERE r.order_id = f.order_id"
            "   AND r.charge_id = f.intent_id), CAST($2 AS BIGINT)"
            " FROM refunds f WHERE f.refund_id = $3 RETURNING order_id");
    db_put_int(s, number);
    db_put_int(s, now_ms);
    db_put_text(s, refund_id);
    char order_id[CRYPTO_UUID_SIZE];
    bool issued = db_found_copy(s, order_id, sizeof order_id);
    assert(issued || db_refused(db));
    if (issued)
        work_queue(db, &(struct work_order){.kind = WORK_CREDIT_NOTE,
                                            .subject = refund_id,
                                            .order_id = order_id,
                                            .due_work_ms = db_clock_ms(db)});
}

static struct credit_note read_note(struct db_statement *s, struct arena *arena)
{
    return (struct credit_note){.number = db_int(s, 0),
                                .refund_id = db_text(s, 1, arena),
                                .order_id = db_text(s, 2, arena),
                                .file = db_text(s, 3, arena),
                                .on_disk = db_int(s, 4) != 0,
                                .amount_minor = db_int(s, 5),
                                .intent_id = db_text(s, 6, arena),
                                .reason = db_text(s, 7, arena),
                                .reversed = db_int(s, 8) != 0};
}

#define NOTE_COLUMNS                                                           \
    "SELECT n.number, n.refund_id, n.order_id, n.file,"                        \
    " CASE WHEN n.sha256 IS NULL THEN 0 ELSE 1 END,"                           \
    " r.amount_minor, r.intent_id, r.reason,"                                  \
    " CASE r.status WHEN 'failed' THEN 1 ELSE 0 END"                           \
    " FROM credit_notes n JOIN refunds r ON r.refund_id = n.refund_id"

static bool find(struct db_statement *s, struct credit_note *out,
                 struct arena *arena)
{
    bool found = db_row(s);
    if (found)
        *out = read_note(s, arena);
    db_done(s);
    return found;
}

bool credit_note_find(struct db *db, const char *refund_id,
                      struct credit_note *out, struct arena *arena)
{
    struct db_statement *s = db_sql(db, NOTE_COLUMNS " WHERE n.refund_id = $1");
    db_put_text(s, refund_id);
    return find(s, out, arena);
}

void credit_note_store(struct db *db, int64_t number, const char *sha256,
                       int64_t layout, int64_t now_ms)
{
    assert(sha256 != NULL && layout >= 1);
    char order_id[CRYPTO_UUID_SIZE], refund_id[CRYPTO_UUID_SIZE];
    struct db_statement *s =
        db_sql(db, "UPDATE credit_notes SET sha256 = $1, layout = $2"
                   " WHERE number = $3 AND sha256 IS NULL"
                   " RETURNING order_id, refund_id");
    db_put_text(s, sha256);
    db_put_int(s, layout);
    db_put_int(s, number);
    bool stored = db_row(s);
    if (stored) {
        db_copy(s, 0, order_id, sizeof order_id);
        db_copy(s, 1, refund_id, sizeof refund_id);
    }
    db_done(s);
    if (!stored)
        return;
    outbox_queue_refund(db, order_id, refund_id, now_ms);
    alarm_settle_about(db, ALARM_CREDIT_NOTE, refund_id, now_ms);
}

void credit_note_failed(struct db *db, const struct credit_note *note,
                        const char *message, int64_t now_ms)
{
    alarm_raise_about(db, ALARM_CREDIT_NOTE, note->order_id, note->refund_id,
                      message, now_ms);
}

size_t credit_note_list(struct db *db, const char *order_id,
                        struct credit_note *list, size_t max,
                        struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, NOTE_COLUMNS " WHERE n.order_id = $1"
                                " ORDER BY n.number LIMIT $2");
    db_put_text(s, order_id);
    db_put_int(s, (int64_t)max);
    size_t count = 0;
    while (db_row(s))
        list[count++] = read_note(s, arena);
    return count;
}
