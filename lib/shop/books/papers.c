/* The audit's rules about receipts and credit notes: see audit.h. */
#include <stdio.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/json/json.h"
#include "lib/shop/books/private.h"
#include "lib/shop/execution/history.h"
#include "lib/shop/execution/task_name.h"
#include "lib/shop/paper/paper.h"

enum {
    AUDIT_DEPTH = 100, /* a definition's, at most (lib/asl/asl.h) */
    AUDIT_DEFINITION = 256 * 1024 * 1024, /* of address space, as the next */
    AUDIT_HISTORY = 256 * 1024 * 1024,
    AUDIT_HISTORY_PAGE = 1024 * 1024
};

static bool makes_receipt(const struct json *state)
{
    struct task_name name;
    const char *resource = json_string(json_member(state, "Resource"));
    const struct json *parameters = json_member(state, "Parameters");
    return resource != NULL &&
           task_name_read(resource,
                          json_string(json_member(parameters, "FunctionName")),
                          &name) &&
           name.kind == TASK_BUILTIN && name.builtin == TASK_GENERATE_RECEIPT;
}

/* The names of the states that make receipts, wherever in the definition they
 * stand. Its depth is bounded by AUDIT_DEPTH. */
static void list_states(const struct json *value, struct json *names,
                        struct arena *arena)
{
    for (const struct json *e = json_first(value); e != NULL;
         e = json_next(e)) {
        if (json_kind(value) == JSON_OBJECT && makes_receipt(e))
            json_append(arena, names, json_make_string(arena, json_name(e)));
        list_states(e, names, arena);
    }
}

static bool is_one_of(const char *name, const struct json *names)
{
    for (const struct json *e = json_first(names); e != NULL; e = json_next(e))
        if (name != NULL && strcmp(json_string(e), name) == 0)
            return true;
    return false;
}

/* Whether one of these states ended well. The event that says so keeps its
 * type and state for good. */
static bool was_made(struct db *db, const char *order_id,
                     const struct json *names)
{
    struct arena own = arena_create(AUDIT_HISTORY);
    struct history_event *events;
    int64_t after = 0;
    bool made = false, more = true;
    while (!made && more) {
        arena_reset(&own);
        size_t count = history_read(db, order_id, after, AUDIT_HISTORY_PAGE,
                                    &events, &more, &own);
        more = more && count > 0;
        for (size_t i = 0; i < count && !made; i++) {
            made = events[i].type != NULL &&
                   strcmp(events[i].type, "TaskSucceeded") == 0 &&
                   is_one_of(events[i].state, names);
            after = events[i].id;
        }
    }
    arena_destroy(&own);
    return made;
}

/* A served order without a receipt. */
struct bare_order {
    int64_t number;
    char order_id[CRYPTO_UUID_SIZE];
    bool in_hand;
};

/* The next one of a definition, behind that number. */
static bool next_bare(struct db *db, const char *definition_hash, int64_t after,
                      struct bare_order *out)
{
    struct db_statement *s = db_sql(
        db, "/* whole table */ SELECT o.number, o.order_id,"
            " CASE e.status WHEN 'RUNNING' THEN 1 ELSE 0 END FROM orders o"
            " JOIN executions e ON e.order_id = o.order_id"
            " LEFT JOIN receipts r ON r.order_id = o.order_id"
            " WHERE e.definition_hash = $1 AND o.number > $2"
            " AND r.order_id IS NULL AND o.status IN ('CONFIRMED', 'COMPLETED')"
            " ORDER BY o.number LIMIT 1");
    db_put_text(s, definition_hash);
    db_put_int(s, after);
    if (!db_row(s))
        return false;
    out->number = db_int(s, 0);
    db_copy(s, 1, out->order_id, sizeof out->order_id);
    out->in_hand = db_int(s, 2) != 0;
    db_done(s);
    return true;
}

/* The orders of one definition: one whose receipt was made has it. */
static void check_made(struct db *db, struct audit_line *line,
                       const char *definition_hash, const struct json *names,
                       struct arena *arena)
{
    struct bare_order order = {.number = 0};
    while (next_bare(db, definition_hash, order.number, &order)) {
        if (!was_made(db, order.order_id, names))
            line->in_hand += order.in_hand;
        else if (line->broken++ == 0)
            line->first = arena_printf(arena, "order %lld has none",
                                       (long long)order.number);
    }
}

/* The next definition in the order of their hashes. */
static bool next_definition(struct db *db, const char *after, const char **hash,
                            const char **definition, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT hash, definition FROM definitions"
                   " WHERE hash > $1 ORDER BY hash LIMIT 1");
    db_put_text(s, after);
    if (!db_row(s))
        return false;
    *hash = db_text(s, 0, arena);
    *definition = db_text(s, 1, arena);
    db_done(s);
    return true;
}

static void check_missing(struct db *db, struct audit_line *line,
                          struct arena *arena)
{
    struct arena own = arena_create(AUDIT_DEFINITION);
    char last[CRYPTO_SHA256_HEX] = "";
    const char *hash, *text;
    while (next_definition(db, last, &hash, &text, &own)) {
        struct json_fault fault;
        struct json *names = json_make_array(&own);
        list_states(json_read(&own, text, strlen(text), AUDIT_DEPTH, &fault),
                    names, &own);
        if (json_first(names) != NULL)
            check_made(db, line, hash, names, arena);
        snprintf(last, sizeof last, "%s", hash);
        arena_reset(&own);
    }
    arena_destroy(&own);
}

/* Rows of (file, sha256 or NULL, whose); a file that is not made yet is in
 * hand. */
static void check_files(struct db_statement *s, const char *folder,
                        struct audit_line *line, struct arena *arena)
{
    char file[64];
    char sha256[CRYPTO_SHA256_HEX];
    enum paper_file found;
    while (db_row(s)) {
        line->count++;
        db_copy(s, 0, file, sizeof file);
        db_copy(s, 1, sha256, sizeof sha256);
        if (sha256[0] == '\0')
            line->in_hand++;
        else if ((found = paper_look(folder, file, sha256)) !=
                     PAPER_FILE_SOUND &&
                 line->broken++ == 0)
            line->first = arena_printf(
                arena, "%s: its file %s", db_text(s, 2, arena),
                found == PAPER_FILE_GONE ? "is not there" : "differs");
    }
}

void audit_papers(struct db *db, const char *folder, struct audit_line *line,
                  struct arena *arena)
{
    line->checked = true;
    check_missing(db, line, arena);
    check_files(db_sql(db, "/* whole table */ SELECT r.file, r.sha256,"
                           " 'order ' || o.number FROM receipts r"
                           " JOIN orders o ON o.order_id = r.order_id"),
                folder, line, arena);
    check_files(db_sql(db, "/* whole table */ SELECT file, sha256,"
                           " 'credit note ' || number FROM credit_notes"),
                folder, line, arena);
}

/* Receipts and refunds from before version 3 have no number. */
void audit_numbers(struct db *db, struct audit_line *line, struct arena *arena)
{
    audit_judge(
        line, arena,
        db_sql(db, "/* whole table */ SELECT COUNT(number)"
                   " + (SELECT COUNT(*) FROM credit_notes) FROM receipts"),
        db_sql(db, "/* whole table */ SELECT 'receipt ' || MAX(number)"
                   "  || ' is not the number ' || COUNT(number), 0"
                   " FROM receipts"
                   " HAVING MIN(number) <> 1 OR MAX(number) <> COUNT(number)"
                   " UNION ALL SELECT 'credit note ' || MAX(number)"
                   "  || ' is not the number ' || COUNT(number), 0"
                   " FROM credit_notes"
                   " HAVING MIN(number) <> 1 OR MAX(number) <> COUNT(number)"
                   " UNION ALL SELECT 'order ' || o.number"
                   "  || ': a refund has no credit note', 0"
                   " FROM refunds r JOIN payment_entries p"
                   "  ON p.gateway_id = r.gateway_id JOIN orders o"
                   "  ON o.order_id = r.order_id LEFT JOIN credit_notes n"
                   "  ON n.refund_id = r.refund_id WHERE n.number IS NULL"
                   " UNION ALL SELECT 'credit note ' || n.number"
                   "  || ': its refund is not booked', 0"
                   " FROM credit_notes n JOIN refunds r"
                   "  ON r.refund_id = n.refund_id LEFT JOIN payment_entries p"
                   "  ON p.gateway_id = r.gateway_id AND p.kind = 'refund'"
                   " WHERE p.entry_id IS NULL"));
}
