/* Against guessing passwords: see sign_in_guard.h. */
#include "lib/shop/staff/sign_in_guard.h"

/* Until when what has failed that often within the window is closed: until the
 * oldest failure that counts leaves it. The statement yields that one's time.
 * What seems to be still to come failed before the clock was set back, and
 * counts no more. */
static int64_t left_ms(struct db_statement *s, int64_t now_ms)
{
    int64_t left = db_row(s) ? db_int(s, 0) + SIGN_IN_WINDOW_MS - now_ms : 0;
    db_done(s);
    return left;
}

static int64_t device_wait_ms(struct db *db, const struct sign_in_try *try,
                              int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "SELECT failed_at_ms FROM sign_in_failures"
                   " WHERE account = $1 AND device = $2 AND failed_at_ms > $3"
                   " AND failed_at_ms <= $4"
                   " ORDER BY failed_at_ms DESC LIMIT 1 OFFSET $5");
    db_put_text(s, try->account);
    db_put_text(s, try->device);
    db_put_int(s, now_ms - SIGN_IN_WINDOW_MS);
    db_put_int(s, now_ms);
    db_put_int(s, SIGN_IN_PER_DEVICE - 1);
    return left_ms(s, now_ms);
}

static int64_t account_wait_ms(struct db *db, const struct sign_in_try *try,
                               int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "SELECT failed_at_ms FROM sign_in_failures WHERE account = $1"
            " AND network = $2 AND device = '' AND failed_at_ms > $3"
            " AND failed_at_ms <= $4"
            " ORDER BY failed_at_ms DESC LIMIT 1 OFFSET $5");
    db_put_text(s, try->account);
    db_put_text(s, try->network);
    db_put_int(s, now_ms - SIGN_IN_WINDOW_MS);
    db_put_int(s, now_ms);
    db_put_int(s, SIGN_IN_PER_ACCOUNT_AND_NETWORK - 1);
    return left_ms(s, now_ms);
}

static int64_t network_wait_ms(struct db *db, const struct sign_in_try *try,
                               int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "SELECT failed_at_ms FROM sign_in_failures"
                   " WHERE network = $1 AND device = '' AND failed_at_ms > $2"
                   " AND failed_at_ms <= $3"
                   " ORDER BY failed_at_ms DESC LIMIT 1 OFFSET $4");
    db_put_text(s, try->network);
    db_put_int(s, now_ms - SIGN_IN_WINDOW_MS);
    db_put_int(s, now_ms);
    db_put_int(s, SIGN_IN_PER_NETWORK - 1);
    return left_ms(s, now_ms);
}

int64_t sign_in_wait_ms(struct db *db, const struct sign_in_try *try,
                        int64_t now_ms)
{
    if (try->device[0] != '\0')
        return device_wait_ms(db, try, now_ms);
    int64_t account_ms = account_wait_ms(db, try, now_ms);
    int64_t network_ms = network_wait_ms(db, try, now_ms);
    return account_ms > network_ms ? account_ms : network_ms;
}

static bool is_under_attack(struct db *db, const char *account, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM sign_in_failures WHERE account = $1"
                   " AND device = '' AND failed_at_ms > $2"
                   " AND failed_at_ms <= $3 LIMIT 1 OFFSET $4");
    db_put_text(s, account);
    db_put_int(s, now_ms - SIGN_IN_WINDOW_MS);
    db_put_int(s, now_ms);
    db_put_int(s, SIGN_IN_PER_ACCOUNT - 1);
    return db_found(s);
}

void sign_in_begin(struct db *db, const struct sign_in_try *try, int64_t now_ms,
                   char failure_id[CRYPTO_UUID_SIZE], int64_t *hold_ms)
{
    *hold_ms =
        try->device[0] == '\0' && is_under_attack(db, try->account, now_ms)
            ? SIGN_IN_HOLD_MS
            : 0;
    crypto_uuid(now_ms, failure_id);
    struct db_statement *s =
        db_sql(db, "INSERT INTO sign_in_failures"
                   " (failure_id, account, network, device, failed_at_ms)"
                   " VALUES ($1, $2, $3, $4, $5)");
    db_put_text(s, failure_id);
    db_put_text(s, try->account);
    db_put_text(s, try->network);
    db_put_text(s, try->device);
    db_put_int(s, now_ms);
    db_run(s);
}

void sign_in_was_right(struct db *db, const char *failure_id)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM sign_in_failures WHERE failure_id = $1");
    db_put_text(s, failure_id);
    db_run(s);
}

void sign_in_expire(struct db *db, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM sign_in_failures WHERE failed_at_ms < $1");
    db_put_int(s, now_ms - SIGN_IN_WINDOW_MS);
    db_run(s);
}
