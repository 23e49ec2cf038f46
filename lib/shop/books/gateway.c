/* The audit's rule about the local gateway's journal: see private.h. The
 * journal is a database of its own, SQLite's whatever the shop's is: it has a
 * connection, and tests/sql leaves out what is asked of one of that name. */
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/shop/books/private.h"
#include "lib/shop/payment/payment.h"

enum { INTENT_ID = 256 };

static void tell(struct audit_line *line, bool in_hand, const char *what)
{
    if (in_hand)
        line->in_hand++;
    else if (line->broken++ == 0)
        line->first = what;
}

static bool charge_is_booked(struct db *db, const char *intent_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM payment_entries"
                   " WHERE gateway_id = $1 AND kind = 'charge'");
    db_put_text(s, intent_id);
    return db_found(s);
}

void audit_journal(struct db *journal, struct db *db, struct audit_line *line,
                   struct arena *arena)
{
    char intent_id[INTENT_ID], order_id[CRYPTO_UUID_SIZE];
    struct db_statement *s = db_sql(
        journal, "SELECT intent_id, order_id, amount_minor - refunded_minor"
                 " FROM intents WHERE status = 'succeeded'");
    line->checked = true;
    while (db_row(s)) {
        line->count++;
        db_copy(s, 0, intent_id, sizeof intent_id);
        db_copy(s, 1, order_id, sizeof order_id);
        if (order_id[0] != '\0' && db_int(s, 2) > 0 &&
            !charge_is_booked(db, intent_id))
            tell(line, payment_is_open(db, order_id),
                 arena_printf(arena, "intent %s is not booked", intent_id));
    }
}

/* A charge by the ledger. */
struct booked {
    int64_t number; /* of the order */
    char order_id[CRYPTO_UUID_SIZE];
    char intent_id[INTENT_ID];
    int64_t charged_minor, refunded_minor;
    bool refund_is_due;
};

static void compare(struct db *journal, const struct booked *charge,
                    struct audit_line *line, struct arena *arena)
{
    char status[16] = "", order_id[CRYPTO_UUID_SIZE] = "";
    int64_t amount_minor = 0, refunded_minor = charge->refunded_minor;
    struct db_statement *s =
        db_sql(journal, "SELECT status, order_id, amount_minor, refunded_minor"
                        " FROM intents WHERE intent_id = $1");
    db_put_text(s, charge->intent_id);
    if (db_row(s)) {
        db_copy(s, 0, status, sizeof status);
        db_copy(s, 1, order_id, sizeof order_id);
        amount_minor = db_int(s, 2);
        refunded_minor = db_int(s, 3);
        db_done(s);
    }
    if (strcmp(status, "succeeded") != 0 ||
        strcmp(order_id, charge->order_id) != 0 ||
        amount_minor != charge->charged_minor)
        tell(line, false,
             arena_printf(arena, "order %lld is not charged at the gateway",
                          (long long)charge->number));
    if (refunded_minor != charge->refunded_minor)
        tell(line, charge->refund_is_due,
             arena_printf(arena, "order %lld refunds differ",
                          (long long)charge->number));
}

void audit_ledger(struct db *journal, struct db *db, struct audit_line *line,
                  struct arena *arena)
{
    struct booked charge;
    struct db_statement *s = db_sql(
        db, "/* whole table */ SELECT o.number, b.order_id, b.intent_id,"
            " b.charged_minor, b.refunded_minor, CASE WHEN EXISTS (SELECT 1"
            "  FROM refunds f WHERE f.order_id = b.order_id"
            "  AND f.status = 'due') THEN 1 ELSE 0 END"
            " FROM charge_balances b JOIN orders o ON o.order_id = b.order_id");
    while (db_row(s)) {
        charge.number = db_int(s, 0);
        db_copy(s, 1, charge.order_id, sizeof charge.order_id);
        db_copy(s, 2, charge.intent_id, sizeof charge.intent_id);
        charge.charged_minor = db_int(s, 3);
        charge.refunded_minor = db_int(s, 4);
        charge.refund_is_due = db_int(s, 5) != 0;
        if (!payment_is_manual(charge.intent_id))
            compare(journal, &charge, line, arena);
    }
}

void audit_no_journal(struct db *db, struct audit_line *line)
{
    char intent_id[INTENT_ID];
    struct db_statement *s =
        db_sql(db, "/* whole table */ SELECT gateway_id FROM payment_entries"
                   " WHERE kind = 'charge'");
    while (db_row(s)) {
        db_copy(s, 0, intent_id, sizeof intent_id);
        if (!payment_is_manual(intent_id)) {
            line->count++;
            tell(line, false, "the journal is not there");
        }
    }
    line->checked = line->broken > 0;
}
