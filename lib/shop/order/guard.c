/* Against card testing: see guard.h. Declines are kept once for each subject
 * that has a limit, other outcomes only for all. An order that came from
 * nowhere (staff placed it, or nothing is limited) is not counted, nor is what
 * seems to be still to come: it was before the clock was set back. */
#include "lib/shop/order/guard.h"

#include "lib/base/system/network.h"

enum {
    GUARD_KEPT_MS = 3600 * 1000,
    GUARD_SAMPLE = 1000 /* outcomes that the breaker looks at, at least */
};

static bool is_on(const struct settings *settings)
{
    return settings->declines_per_address > 0 ||
           settings->declines_per_email > 0 || settings->breaker_percent > 0;
}

/* value NULL or limit 0: no. */
static bool is_over(struct db *db, const char *prefix, const char *value,
                    int64_t limit, int64_t now_ms)
{
    if (value == NULL || limit == 0)
        return false;
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM charge_outcomes WHERE subject ="
                   " LOWER(CAST($1 AS TEXT) || CAST($2 AS TEXT))"
                   " AND created_at_ms > $3 AND created_at_ms <= $4"
                   " ORDER BY created_at_ms LIMIT 1 OFFSET $5");
    db_put_text(s, prefix);
    db_put_text(s, value);
    db_put_int(s, now_ms - GUARD_WINDOW_MS);
    db_put_int(s, now_ms);
    db_put_int(s, limit - 1);
    return db_found(s);
}

/* Orders from there whose charge has not ended, but at most so many. */
static int64_t in_flight(struct db *db, const char *address, int64_t most,
                         int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "SELECT COUNT(*) FROM (SELECT order_id FROM order_origins"
                   "  WHERE address = $1 AND charged = 0 AND created_at_ms > $2"
                   "  AND created_at_ms <= $3"
                   "  ORDER BY created_at_ms DESC LIMIT $4) n"
                   " JOIN orders o ON o.order_id = n.order_id"
                   " WHERE o.status IN ('PENDING', 'PROCESSING')");
    db_put_text(s, address);
    db_put_int(s, now_ms - GUARD_WINDOW_MS);
    db_put_int(s, now_ms);
    db_put_int(s, most);
    return db_found_int(s, 0);
}

/* Where a third of the limit was declined, every charge under way may be, too:
 * else as many as arrive at once would pass. Elsewhere they may be those of
 * many good customers behind one address. */
static bool address_is_over(struct db *db, const struct settings *settings,
                            const char *address, int64_t now_ms)
{
    char network[NETWORK_SIZE];
    int64_t limit = settings->declines_per_address;
    if (limit == 0)
        return false;
    address = network_of(address, network);
    if (!is_over(db, "address:", address, (limit + 2) / 3, now_ms))
        return false;
    int64_t left = limit - in_flight(db, address, limit, now_ms);
    return left == 0 || is_over(db, "address:", address, left, now_ms);
}

enum guard_verdict guard_check(struct db *db, const struct settings *settings,
                               const char *address, const char *email,
                               const char *form, int64_t now_ms)
{
    int64_t per_person = settings->declines_per_email;
    if (!is_on(settings))
        return GUARD_PASS;
    if (address_is_over(db, settings, address, now_ms) ||
        is_over(db, "email:", email, per_person, now_ms) ||
        is_over(db, "form:", form, per_person, now_ms))
        return GUARD_SLOW;
    return guard_state(db, settings, now_ms).open ? GUARD_HOSTED_ONLY
                                                  : GUARD_PASS;
}

void guard_note_order(struct db *db, const struct settings *settings,
                      const struct guard_origin *origin, int64_t now_ms)
{
    char network[NETWORK_SIZE];
    bool counts =
        settings->held_per_address > 0 || settings->held_per_email > 0;
    if (!counts && settings->mails_per_address == 0 &&
        !(origin->by_token && is_on(settings)))
        return;
    struct db_statement *s =
        db_sql(db, "INSERT INTO order_origins (order_id, address, form,"
                   " created_at_ms, charged, email, units, held)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    db_put_text(s, origin->order_id);
    db_put_text(s, network_of(origin->address, network));
    db_put_text(s, origin->form);
    db_put_int(s, now_ms);
    db_put_int(s, origin->by_token ? 0 : 1);
    db_put_text(s, origin->email_folded);
    db_put_int(s, counts ? origin->units : 0);
    db_put_int(s, counts ? 1 : 0);
    db_run(s);
}

static void note_decline(struct db *db, const struct settings *settings,
                         const char *order_id, int64_t now_ms)
{
    struct db_statement *s;
    if (settings->declines_per_address > 0) {
        s = db_sql(db, "INSERT INTO charge_outcomes (subject, declined,"
                       " created_at_ms) SELECT LOWER('address:' || address),"
                       " 1, CAST($1 AS BIGINT) FROM order_origins"
                       " WHERE order_id = $2");
        db_put_int(s, now_ms);
        db_put_text(s, order_id);
        db_run(s);
    }
    if (settings->declines_per_email > 0) {
        s = db_sql(db, "INSERT INTO charge_outcomes (subject, declined,"
                       " created_at_ms) SELECT LOWER('email:' ||"
                       " o.customer_email), 1, CAST($1 AS BIGINT)"
                       " FROM order_origins g JOIN orders o"
                       " ON o.order_id = g.order_id WHERE g.order_id = $2"
                       " AND o.customer_email IS NOT NULL");
        db_put_int(s, now_ms);
        db_put_text(s, order_id);
        db_run(s);
        s = db_sql(db, "INSERT INTO charge_outcomes (subject, declined,"
                       " created_at_ms) SELECT LOWER('form:' || form), 1,"
                       " CAST($1 AS BIGINT) FROM order_origins"
                       " WHERE order_id = $2 AND form IS NOT NULL");
        db_put_int(s, now_ms);
        db_put_text(s, order_id);
        db_run(s);
    }
}

void guard_note_charge(struct db *db, const struct settings *settings,
                       const char *order_id, bool declined, int64_t now_ms)
{
    if (!is_on(settings))
        return;
    struct db_statement *s =
        db_sql(db, "UPDATE order_origins SET charged = 1 WHERE order_id = $1");
    db_put_text(s, order_id);
    if (db_run(s) == 0)
        return;
    s = db_sql(db, "INSERT INTO charge_outcomes (subject, declined,"
                   " created_at_ms) VALUES ('all', $1, $2)");
    db_put_int(s, declined);
    db_put_int(s, now_ms);
    db_run(s);
    if (declined)
        note_decline(db, settings, order_id, now_ms);
}

/* Of a great many charges the newest tell enough, and reading them all would
 * hold up each order. */
struct guard_state guard_state(struct db *db, const struct settings *settings,
                               int64_t now_ms)
{
    struct guard_state state = {0};
    if (!is_on(settings))
        return state;
    struct db_statement *s = db_sql(
        db, "SELECT COUNT(*), COALESCE(SUM(declined), 0) FROM"
            " (SELECT declined FROM charge_outcomes WHERE subject = 'all'"
            "  AND created_at_ms > $1 AND created_at_ms <= $2"
            "  ORDER BY created_at_ms DESC LIMIT $3) n");
    db_put_int(s, now_ms - GUARD_WINDOW_MS);
    db_put_int(s, now_ms);
    db_put_int(s, settings->breaker_charges > GUARD_SAMPLE
                      ? settings->breaker_charges
                      : GUARD_SAMPLE);
    if (db_row(s)) {
        state.charges = db_int(s, 0);
        state.declines = db_int(s, 1);
    }
    db_done(s);
    state.open =
        settings->breaker_percent > 0 &&
        state.charges >= settings->breaker_charges &&
        state.declines * 100 >= state.charges * settings->breaker_percent;
    return state;
}

void guard_expire(struct db *db, int64_t now_ms, int64_t limit)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM order_origins WHERE order_id IN (SELECT"
                   " order_id FROM order_origins WHERE held = 0"
                   " AND created_at_ms < $1"
                   " ORDER BY created_at_ms LIMIT $2)");
    db_put_int(s, now_ms - GUARD_ORIGIN_MS);
    db_put_int(s, limit);
    db_run(s);
    s = db_sql(db, "DELETE FROM charge_outcomes WHERE outcome_id IN (SELECT"
                   " outcome_id FROM charge_outcomes WHERE created_at_ms < $1"
                   " ORDER BY created_at_ms LIMIT $2)");
    db_put_int(s, now_ms - GUARD_KEPT_MS);
    db_put_int(s, limit);
    db_run(s);
}
