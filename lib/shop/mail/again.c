/* Mails to be sent again: see again.h. */
#include "lib/shop/mail/again.h"

#include <string.h>

#include "lib/shop/execution/execution.h"
#include "lib/shop/order/order.h"
#include "lib/shop/queue/work.h"

#define FAILURE_COLUMNS                                                        \
    "SELECT m.outbox_id, m.order_id, o.number, m.kind, m.recipient,"           \
    " m.message, m.updated_at_ms FROM outbox m"                                \
    " JOIN orders o ON o.order_id = m.order_id"                                \
    " WHERE m.status = 'failed' AND m.superseded = 0"

static size_t read_failures(struct db_statement *s, struct outbox_failure *list,
                            struct arena *arena)
{
    size_t count = 0;
    while (db_row(s))
        list[count++] = (struct outbox_failure){
            .outbox_id = db_text(s, 0, arena),
            .order_id = db_text(s, 1, arena),
            .number = db_int(s, 2),
            .kind = (enum mail_kind)db_value(s, 3, &mail_kind_names),
            .recipient = db_text(s, 4, arena),
            .message = db_text(s, 5, arena),
            .failed_at_ms = db_int(s, 6)};
    return count;
}

bool outbox_failure_find(struct db *db, const char *outbox_id,
                         struct outbox_failure *out, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, FAILURE_COLUMNS " AND m.outbox_id = $1");
    db_put_text(s, outbox_id);
    return read_failures(s, out, arena) > 0;
}

size_t outbox_failures(struct db *db, const char *order_id, int64_t since_ms,
                       int64_t before_ms, int64_t limit,
                       struct outbox_failure *list, struct arena *arena)
{
    struct db_statement *s;
    if (order_id != NULL) {
        s = db_sql(db, FAILURE_COLUMNS
                   " AND m.order_id = $1 AND m.updated_at_ms >= $2"
                   " AND m.updated_at_ms < $3"
                   " ORDER BY m.updated_at_ms, m.outbox_id LIMIT $4");
        db_put_text(s, order_id);
    } else {
        s = db_sql(db, FAILURE_COLUMNS
                   " AND m.updated_at_ms >= $1 AND m.updated_at_ms < $2"
                   " ORDER BY m.updated_at_ms, m.outbox_id LIMIT $3");
    }
    db_put_int(s, since_ms);
    db_put_int(s, before_ms);
    db_put_int(s, limit);
    return read_failures(s, list, arena);
}

int64_t outbox_failure_count(struct db *db, int64_t *first_ms)
{
    struct db_statement *s = db_sql(
        db, "SELECT COUNT(*), COALESCE(MIN(updated_at_ms), 0) FROM outbox"
            " WHERE status = 'failed' AND superseded = 0");
    int64_t count = db_row(s) ? db_int(s, 0) : 0;
    *first_ms = count > 0 ? db_int(s, 1) : 0;
    db_done(s);
    return count;
}

/* The staff may have seen the same mistake in several mails. */
static void correct(struct db *db, const struct outbox_failure *mail,
                    const char *recipient, int64_t now_ms, struct arena *arena)
{
    struct order order;
    struct db_statement *s =
        db_sql(db, "UPDATE outbox SET recipient = $1 WHERE order_id = $2"
                   " AND recipient = $3 AND status = 'failed'");
    db_put_text(s, recipient);
    db_put_text(s, mail->order_id);
    db_put_text(s, mail->recipient);
    db_run(s);
    if (order_find(db, mail->order_id, &order, arena) &&
        order.customer_email != NULL &&
        strcmp(order.customer_email, mail->recipient) == 0)
        order_correct_email(db, &order, recipient, now_ms, arena);
}

bool outbox_send_again(struct db *db, const char *outbox_id,
                       const char *recipient, const char *by, int64_t now_ms,
                       struct arena *arena)
{
    struct outbox_failure mail;
    if (!outbox_failure_find(db, outbox_id, &mail, arena))
        return false;
    bool corrected =
        recipient != NULL && strcmp(recipient, mail.recipient) != 0;
    if (corrected)
        correct(db, &mail, recipient, now_ms, arena);
    struct db_statement *s = db_sql(
        db, "UPDATE outbox SET status = 'due',"
            " created_at_ms = $1, updated_at_ms = $1,"
            " message = NULL WHERE outbox_id = $2 AND status = 'failed'");
    db_put_int(s, now_ms);
    db_put_text(s, outbox_id);
    db_run(s);
    work_queue(db, &(struct work_order){.kind = WORK_MAIL,
                                        .subject = outbox_id,
                                        .order_id = mail.order_id,
                                        .due_work_ms = db_clock_ms(db)});
    const char *kind = names_of(&mail_kind_names, mail.kind);
    execution_note(
        db, mail.order_id, "MailSentAgain", by,
        corrected ? arena_printf(arena, "The mail `%s`, to %s instead of %s.",
                                 kind, recipient, mail.recipient)
                  : arena_printf(arena, "The mail `%s`, to %s.", kind,
                                 mail.recipient),
        now_ms, arena);
    outbox_settle_alarm(db, mail.order_id, now_ms);
    return true;
}
