/* The work clock of db.h: CLOCK_BOOTTIME and an offset, which stands in a table
 * of the adapter's own with the boot that it is for, and with what both clocks
 * said when somebody last looked. */
#include <assert.h>
#include <string.h>

#include "lib/adapter/db/private.h"
#include "lib/base/time/clock.h"

#define DAY_MS INT64_C(86400000)

struct row {
    char boot_id[CLOCK_BOOT_ID_SIZE];
    int64_t offset_ms;
    int64_t seen_work_ms;
    int64_t seen_at_ms;
};

static bool read_row(struct db *db, struct row *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT boot_id, offset_ms, seen_work_ms, seen_at_ms"
                   " FROM work_clock WHERE only_row = 1");
    bool found = db_row(s);
    if (found) {
        db_copy(s, 0, out->boot_id, sizeof out->boot_id);
        out->offset_ms = db_int(s, 1);
        out->seen_work_ms = db_int(s, 2);
        out->seen_at_ms = db_int(s, 3);
    }
    db_done(s);
    if (!found && !db_refused(db))
        db_die(db, "it has no work clock");
    return found;
}

/* The offset with which the clock goes on in another boot. */
static int64_t offset_after(const struct row *last)
{
    int64_t off_ms = clock_wall_ms() - last->seen_at_ms;
    if (off_ms < 0)
        off_ms = 0;
    if (off_ms > DAY_MS)
        off_ms = DAY_MS;
    return last->seen_work_ms + off_ms - clock_boot_ms();
}

static void write_row(struct db *db, const char *boot_id, int64_t offset_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE work_clock SET boot_id = $1, offset_ms = $2,"
                   " seen_work_ms = $3, seen_at_ms = $4 WHERE only_row = 1");
    db_put_text(s, boot_id);
    db_put_int(s, offset_ms);
    db_put_int(s, clock_boot_ms() + offset_ms);
    db_put_int(s, clock_wall_ms());
    db_run(s);
}

int64_t db_clock_ms(struct db *db)
{
    struct row row;
    char boot_id[CLOCK_BOOT_ID_SIZE];
    if (db->clock_known || !read_row(db, &row))
        return clock_boot_ms() + db->clock_offset_ms;
    clock_boot_id(boot_id);
    db->clock_offset_ms = row.offset_ms;
    db->clock_known = true;
    if (strcmp(row.boot_id, boot_id) != 0) {
        db->clock_offset_ms = offset_after(&row);
        db->clock_moved = db->in_transaction;
        db->clock_known = db->clock_moved || db->mode == DB_READ;
        if (db->clock_moved)
            write_row(db, boot_id, db->clock_offset_ms);
    }
    return clock_boot_ms() + db->clock_offset_ms;
}

void db_clock_keep(struct db *db)
{
    assert(db->in_transaction);
    struct db_statement *s =
        db_sql(db, "UPDATE work_clock SET seen_work_ms = $1, seen_at_ms = $2"
                   " WHERE only_row = 1");
    db_put_int(s, db_clock_ms(db));
    db_put_int(s, clock_wall_ms());
    db_run(s);
}
