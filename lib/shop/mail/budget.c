/* The budget of mails to strangers: see budget.h. */
#include "lib/shop/mail/budget.h"

#include "lib/adapter/unicode.h"

/* What is left of an hour since the limit-th newest mail; 0: fewer. */
static int64_t wait_ms(struct db *db, const char *subject, int64_t limit,
                       int64_t now_ms)
{
    if (subject == NULL || limit == 0)
        return 0;
    struct db_statement *s =
        db_sql(db, "SELECT created_at_ms FROM mail_sends WHERE subject = $1"
                   " AND created_at_ms > $2 AND created_at_ms <= $3"
                   " ORDER BY created_at_ms DESC LIMIT 1 OFFSET $4");
    db_put_text(s, subject);
    db_put_int(s, now_ms - MAIL_BUDGET_MS);
    db_put_int(s, now_ms);
    db_put_int(s, limit - 1);
    int64_t wait = db_row(s) ? db_int(s, 0) + MAIL_BUDGET_MS - now_ms : 0;
    db_done(s);
    return wait;
}

static void count(struct db *db, const char *subject, int64_t limit,
                  int64_t now_ms)
{
    if (subject == NULL || limit == 0)
        return;
    struct db_statement *s =
        db_sql(db, "INSERT INTO mail_sends (subject, created_at_ms)"
                   " VALUES ($1, $2)");
    db_put_text(s, subject);
    db_put_int(s, now_ms);
    db_run(s);
}

/* Where the order came from; NULL: from nowhere that counts (see guard.h). */
static const char *origin_of(struct db *db, const char *order_id,
                             struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT address FROM order_origins WHERE order_id = $1");
    db_put_text(s, order_id);
    const char *address = db_found_text(s, arena);
    return address == NULL ? NULL : arena_printf(arena, "address:%s", address);
}

int64_t mail_budget_take(struct db *db, const struct settings *settings,
                         const char *order_id, const char *recipient,
                         int64_t now_ms, struct arena *arena)
{
    const char *to =
        arena_printf(arena, "email:%s", unicode_fold(arena, recipient));
    const char *from = origin_of(db, order_id, arena);
    int64_t wait = wait_ms(db, to, settings->mails_per_recipient, now_ms);
    int64_t wait_from = wait_ms(db, from, settings->mails_per_address, now_ms);
    if (wait_from > wait)
        wait = wait_from;
    if (wait > 0)
        return wait;
    count(db, to, settings->mails_per_recipient, now_ms);
    count(db, from, settings->mails_per_address, now_ms);
    return 0;
}

void mail_budget_expire(struct db *db, int64_t now_ms, int64_t limit)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM mail_sends WHERE send_id IN (SELECT send_id"
                   " FROM mail_sends WHERE created_at_ms < $1"
                   " ORDER BY created_at_ms LIMIT $2)");
    db_put_int(s, now_ms - MAIL_BUDGET_MS);
    db_put_int(s, limit);
    db_run(s);
}
