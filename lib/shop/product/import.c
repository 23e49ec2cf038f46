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
    IMPORT_SCRATCH = 1024 * 1024,
    IMPORT_NAMED = 20 /* rows that are left out; the others are counted */
};

static void put_units(struct json_writer *w, const char *name,
                      const struct import_units *units)
{
    if (units->given)
        json_int_member(w, name, units->units);
}

static void put_string(struct json_writer *w, const char *name,
                       const char *string)
{
    if (string != NULL)
        json_string_member(w, name, string);
}

static void put_row(struct json_writer *w, const struct import_row *row)
{
    const struct product_row *product = &row->product;
    json_open(w, '{');
    json_int_member(w, "line", row->line);
    json_string_member(w, "sku", product->sku);
    put_string(w, "name", product->name);
    put_string(w, "description", product->description);
    if (product->price_minor >= 0)
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
        struct text text = text_create(&scratch, 2 * IMPORT_PART_BYTES);
        struct import_part *part = &import.parts[import.count++];
        size_t put = put_part(rows + done, count - done, &text);
        part->first_line = rows[done]->line;
        part->row_count = (int64_t)put;
        part->packed = packed_text(&scratch, text.bytes);
        part->packed.bytes =
            arena_copy(arena, part->packed.bytes, part->packed.length);
        done += put;
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
        db_sql(db, "INSERT INTO imports (import_id, asked, left_alone,"
                   " taken_at_ms) VALUES ($1, $2, $3, $4)"
                   " ON CONFLICT (import_id) DO NOTHING");
    db_put_int(s, last + 1);
    db_put_text(s, import->asked);
    db_put_int(s, import->left_alone);
    db_put_int(s, now_ms);
    if (db_run(s) == 0)
        return db_refused(db);
    for (size_t i = 0; i < import->count; i++) {
        const struct import_part *part = &import->parts[i];
        s = db_sql(db, "INSERT INTO import_parts (part, import_id, first_line,"
                       " row_count, packed) VALUES ($1, $2, $3, $4, $5)");
        db_put_int(s, (int64_t)i + 1);
        db_put_int(s, last + 1);
        db_put_int(s, part->first_line);
        db_put_int(s, part->row_count);
        db_put_bytes(s, part->packed.bytes, part->packed.length);
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
                        json_string(json_member(value, "description")),
                    .price_minor = -1},
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
    int64_t taken_at_ms;
    int64_t named; /* so far, of rows that were left out */
    int64_t part;
    int64_t first_line;
    int64_t row_count;
    const struct json *rows; /* NULL: they cannot be read */
};

static bool read_next(struct db *db, struct next *next, struct arena *arena)
{
    struct db_statement *s = db_sql(
        db, "SELECT i.import_id, i.taken_at_ms, i.named, p.part, p.first_line,"
            " p.row_count, p.packed"
            " FROM import_parts p JOIN imports i ON i.import_id = p.import_id"
            " ORDER BY p.part LIMIT 1");
    if (!db_row(s))
        return false;
    struct deflated packed;
    *next = (struct next){.number = db_int(s, 0),
                          .taken_at_ms = db_int(s, 1),
                          .named = db_int(s, 2),
                          .part = db_int(s, 3),
                          .first_line = db_int(s, 4),
                          .row_count = db_int(s, 5)};
    packed.bytes = db_bytes(s, 6, arena, &packed.length);
    db_done(s);
    char *text = packed_read(arena, packed, "a part of an import");
    struct json_fault fault;
    if (text != NULL)
        next->rows = json_read(arena, text, strlen(text), 2, &fault);
    return true;
}

struct left_out {
    int64_t rows;    /* of this part */
    int64_t named;   /* of the whole import */
    struct text why; /* sentences about those of this part */
};

static void leave_out(struct left_out *left_out, int64_t rows,
                      const char *sentence)
{
    left_out->rows += rows;
    if (left_out->named >= IMPORT_NAMED)
        return;
    left_out->named += rows;
    text_puts(&left_out->why, sentence);
}

static struct left_out apply(struct db *db, const struct next *next,
                             struct arena *arena)
{
    struct left_out left_out = {.named = next->named,
                                .why = text_create(arena, 256)};
    for (const struct json *at = json_first(next->rows); at != NULL;
         at = json_next(at)) {
        struct import_row row = read_row(at);
        struct import_plan plan = import_plan(db, &row, arena);
        if (plan.fault == IMPORT_FITS)
            import_store(db, &row, &plan, next->taken_at_ms, arena);
        else
            leave_out(&left_out, 1,
                      arena_printf(arena, "Line %lld, SKU %s: %s. ",
                                   (long long)row.line, row.product.sku,
                                   import_fault_text(plan.fault)));
    }
    if (next->rows == NULL)
        leave_out(&left_out, next->row_count,
                  arena_printf(arena,
                               "%lld rows from line %lld on could not be read "
                               "back. ",
                               (long long)next->row_count,
                               (long long)next->first_line));
    return left_out;
}

static void note_left_out(struct db *db, int64_t number,
                          const struct left_out *left_out)
{
    struct db_statement *s =
        db_sql(db, "UPDATE imports SET left_out = left_out + $1, named = $2,"
                   " why = why || $3 WHERE import_id = $4");
    db_put_int(s, left_out->rows);
    db_put_int(s, left_out->named);
    db_put_text(s, left_out->why.bytes);
    db_put_int(s, number);
    db_run(s);
}

struct import_result import_result(struct db *db, int64_t number,
                                   struct arena *arena)
{
    struct import_result result = {.why = ""};
    struct db_statement *s =
        db_sql(db, "SELECT taken_at_ms, left_alone, left_out, why,"
                   " left_out - named FROM imports WHERE import_id = $1");
    db_put_int(s, number);
    if (!db_row(s))
        return result;
    result.taken_at_ms = db_int(s, 0);
    result.left_alone = db_int(s, 1);
    result.left_out = db_int(s, 2);
    result.why = db_text(s, 3, arena);
    int64_t more = db_int(s, 4);
    db_done(s);
    if (more > 0)
        result.why = arena_printf(arena, "%sAnd %lld more. ", result.why,
                                  (long long)more);
    return result;
}

void import_told(struct db *db, int64_t number)
{
    struct db_statement *s =
        db_sql(db, "UPDATE imports SET told = 1 WHERE import_id = $1");
    db_put_int(s, number);
    db_run(s);
}

int64_t import_untold(struct db *db, const char *asked)
{
    struct db_statement *s = db_sql(db, "SELECT import_id FROM imports"
                                        " WHERE asked = $1 AND told = 0");
    db_put_text(s, asked);
    return db_found_int(s, 0);
}

static const char *alarm_subject(const char *number, struct arena *arena)
{
    return arena_printf(arena, "import %s", number);
}

static void end(struct db *db, int64_t number, int64_t now_ms,
                struct arena *arena)
{
    char subject[WORK_SUBJECT_SIZE];
    name_subject(number, subject);
    work_drop(db, WORK_IMPORT, subject);
    const char *about = alarm_subject(subject, arena);
    alarm_settle_about(db, ALARM_IMPORT, about, now_ms);
    struct import_result result = import_result(db, number, arena);
    if (result.left_out > 0)
        alarm_raise_about(
            db, ALARM_IMPORT, NULL, about,
            arena_printf(arena, "Rows were left out. %s", result.why), now_ms);
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
    struct left_out left_out = apply(db, &next, arena);
    if (left_out.rows > 0)
        note_left_out(db, next.number, &left_out);
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
