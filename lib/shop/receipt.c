/* Receipts: see receipt.h. */
#include "lib/shop/receipt.h"

void receipt_store(struct db *db, const char *order_id, const char *file,
                   const char *sha256, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO receipts (order_id, charge_id, file, sha256,"
            " created_at_ms) VALUES ($1, '', $2, $3, $4)"
            " ON CONFLICT (order_id, charge_id) DO UPDATE SET"
            " file = excluded.file, sha256 = excluded.sha256,"
            " created_at_ms = excluded.created_at_ms");
    db_put_text(s, order_id);
    db_put_text(s, file);
    db_put_text(s, sha256);
    db_put_int(s, now_ms);
    db_run(s);
}

char *receipt_file(struct db *db, const char *order_id, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT file FROM receipts WHERE order_id = $1");
    db_put_text(s, order_id);
    char *file = db_row(s) ? db_text(s, 0, arena) : NULL;
    db_done(s);
    return file;
}
