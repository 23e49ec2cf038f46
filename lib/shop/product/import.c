/* Imports of products: see import.h. A part is a JSON array, packed, of a row
 * an object; what a row does not give is left out of it. */
#include "lib/shop/product/import.h"

#include <stdio.h>
#include <string.h>

#include "lib/adapter/json/json.h"
#include "lib/base/text/json_writer.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/queue/work.h"

enum {
    IMPORT_PART_ROWS = 100,
    IMPORT_PART_BYTES = 32 * 1024, /* or a row more */
    IMPORT_SCRATCH = 1024 * 1024
};

static void put_units(struct json_writer *w, const char *name,
                      const struct import_units *units)
{
    if (units->given)
        json_int_member(w, name, units->units);
}

static void put_row(struct json_writer *w, const struct import_row *row)
{
    const struct product_row *product = &row->product;
    json_open(w, '{');
    json_int_member(w, "line", row->line);
    json_string_member(w, "sku", product->sku);
    json_string_member(w, "name", product->name);
    json_string_member(w, "description", product->description);
    json_int_member(w, "price_minor", product->price_minor);
    put_units(w, "stock", &row->stock);
    put_units(w, "change", &row->change);
    put_units(w, "seen", &row->seen);
    json_key(w, "recount");
    json_put_bool(w, row->recount);
    json_close(w, '}');
}

/* The next rows as JSON; gives how many they are. */
static size_t put_part(const struct import_row *const *rows, size_t count,
                       struct text *part)
{
    struct json_writer w = json_writer(part);
    size_t put = 0;
    json_open(&w, '[');
    while (put < count && put < IMPORT_PART_ROWS &&
           part->length < IMPORT_PART_BYTES)
        put_row(&w, rows[put++]);
    json_close(&w, ']');
    return put;
}

struct import import_pack(const struct import_row *const *rows, size_t count,
                          struct arena *arena)
{
    struct arena scratch = arena_create(IMPORT_SCRATCH);
    struct import import = {
        .parts = arena_alloc(arena, count * sizeof *import.parts)};
    for (size_t done = 0; done < count;) {
        arena_reset(&scratch);
        struct text part = text_create(&scratch, 2 * IMPORT_PART_BYTES);
        done += put_part(rows + done, count - done, &part);
        struct deflated packed = packed_text(&scratch, part.bytes);
        packed.bytes = arena_copy(arena, packed.bytes, packed.length);
        import.parts[import.count++] = packed;
    }
    arena_destroy(&scratch);
    return import;
}

int64_t import_last(struct db *db, bool *waits)
{
    struct db_statement *s =
        db_sql(db, "SELECT COALESCE(MAX(import_id), 0),"
                   " COALESCE((SELECT MIN(part) FROM import_parts), 0)"
                   " FROM imports");
    bool found = db_row(s);
    int64_t last = found ? db_int(s, 0) : 0;
    *waits = found && db_int(s, 1) > 0;
    db_done(s);
    return last;
}

/* As its work is about it. */
static void name_subject(int64_t number, char out[WORK_SUBJECT_SIZE])
{
    snprintf(out, WORK_SUBJECT_SIZE, "%lld", (long long)number);
}

bool import_take(struct db *db, const struct import *import, int64_t last,
                 int64_t now_ms)
{
    char subject[WORK_SUBJECT_SIZE];
    struct db_statement *s =
        db_sql(db, "INSERT INTO imports (import_id, taken_at_ms)"
                   " VALUES ($1, $2) ON CONFLICT (import_id) DO NOTHING");
    db_put_int(s, last + 1);
    db_put_int(s, now_ms);
    if (db_run(s) == 0)
        return db_refused(db);
    for (size_t i = 0; i < import->count; i++) {
        s = db_sql(db, "INSERT INTO import_parts (part, import_id, packed)"
                       " VALUES ($1, $2, $3)");
        db_put_int(s, (int64_t)i + 1);
        db_put_int(s, last + 1);
        db_put_bytes(s, import->parts[i].bytes, import->parts[i].length);
        db_run(s);
    }
    name_subject(last + 1, subject);
    work_queue(db,
               &(struct work_order){.kind = WORK_IMPORT, .subject = subject});
    return true;
}

static struct import_units read_units(const struct json *value)
{
    struct import_units units = {0};
    units.given = json_integer(value, &units.units);
    return units;
}

static struct import_row read_row(const struct json *value)
{
    struct import_row row = {
        .product = {.sku = json_string(json_member(value, "sku")),
                    .name = json_string(json_member(value, "name")),
                    .description =
                        json_string(json_member(value, "description"))},
        .stock = read_units(json_member(value, "stock")),
        .change = read_units(json_member(value, "change")),
        .seen = read_units(json_member(value, "seen")),
        .recount = json_is_true(json_member(value, "recount"))};
    json_integer(json_member(value, "line"), &row.line);
    json_integer(json_member(value, "price_minor"), &row.product.price_minor);
    return row;
}

/* The part that is next. */
struct next {
    int64_t number; /* of its import */
    int64_t part;
    int64_t taken_at_ms;
    const struct json *rows; /* NULL: they cannot be read */
};

static bool read_next(struct db *db, struct next *next, struct arena *arena)
{
    struct db_statement *s = db_sql(
        db, "SELECT i.import_id, p.part, i.taken_at_ms, p.packed"
            " FROM import_parts p JOIN imports i ON i.import_id = p.import_id"
            " ORDER BY p.part LIMIT 1");
    if (!db_row(s))
        return false;
    struct deflated packed;
    *next = (struct next){.number = db_int(s, 0),
                          .part = db_int(s, 1),
                          .taken_at_ms = db_int(s, 2)};
    packed.bytes = db_bytes(s, 3, arena, &packed.length);
    db_done(s);
    char *text = packed_read(arena, packed, "a part of an import");
    struct json_fault fault;
    if (text != NULL)
        next->rows = json_read(arena, text, strlen(text), 2, &fault);
    return true;
}

static void leave_out(struct text *left_out, const struct import_row *row,
                      enum import_fault fault)
{
    text_printf(left_out, "Line %lld, SKU %s: %s. ", (long long)row->line,
                row->product.sku, import_fault_text(fault));
}

/* Gives how many rows were left out. */
static int64_t apply(struct db *db, const struct next *next,
                     struct text *left_out, struct arena *arena)
{
    int64_t rows = 0;
    for (const struct json *at = json_first(next->rows); at != NULL;
         at = json_next(at)) {
        struct import_row row = read_row(at);
        struct import_plan plan = import_plan(db, &row, arena);
        if (plan.fault == IMPORT_FITS) {
            import_store(db, &row, &plan, next->taken_at_ms, arena);
        } else {
            leave_out(left_out, &row, plan.fault);
            rows++;
        }
    }
    if (next->rows == NULL) {
        text_printf(left_out, "Part %lld: cannot be read. ",
                    (long long)next->part);
        rows++;
    }
    return rows;
}

static void note_left_out(struct db *db, int64_t number, int64_t rows,
                          const char *why)
{
    struct db_statement *s =
        db_sql(db, "UPDATE imports SET left_out = left_out + $1,"
                   " why = why || $2 WHERE import_id = $3");
    db_put_int(s, rows);
    db_put_text(s, why);
    db_put_int(s, number);
    db_run(s);
}

int64_t import_left_out(struct db *db, int64_t number, const char **why,
                        struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT left_out, why FROM imports WHERE import_id = $1");
    db_put_int(s, number);
    bool found = db_row(s);
    int64_t rows = found ? db_int(s, 0) : 0;
    *why = found ? db_text(s, 1, arena) : "";
    db_done(s);
    return rows;
}

static const char *alarm_subject(const char *number, struct arena *arena)
{
    return arena_printf(arena, "import %s", number);
}

static void end(struct db *db, int64_t number, int64_t now_ms,
                struct arena *arena)
{
    char subject[WORK_SUBJECT_SIZE];
    const char *why;
    name_subject(number, subject);
    work_drop(db, WORK_IMPORT, subject);
    const char *about = alarm_subject(subject, arena);
    alarm_settle_about(db, ALARM_IMPORT, about, now_ms);
    int64_t rows = import_left_out(db, number, &why, arena);
    if (rows > 0)
        alarm_raise_about(
            db, ALARM_IMPORT, NULL, about,
            arena_printf(arena, "Rows no longer fitted and were left out. %s",
                         why),
            now_ms);
}

void import_stuck(struct db *db, const char *subject, int64_t now_ms,
                  struct arena *arena)
{
    alarm_raise_about(db, ALARM_IMPORT, NULL, alarm_subject(subject, arena),
                      "The reaper died over this import again and again, and "
                      "has left it: not all of its rows are applied. To go on, "
                      "run `ordermill import products` with the same file.",
                      now_ms);
}

bool import_go_on(struct db *db, int64_t now_ms, struct arena *arena)
{
    struct next next;
    if (!read_next(db, &next, arena))
        return false;
    struct text left_out = text_create(arena, 256);
    int64_t rows = apply(db, &next, &left_out, arena);
    if (rows > 0)
        note_left_out(db, next.number, rows, left_out.bytes);
    struct db_statement *s =
        db_sql(db, "DELETE FROM import_parts WHERE part = $1");
    db_put_int(s, next.part);
    db_run(s);
    bool waits;
    import_last(db, &waits);
    if (!waits)
        end(db, next.number, now_ms, arena);
    return true;
}
