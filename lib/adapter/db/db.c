/* SQLite behind db.h: connections and statements. Transactions and their lock
 * stand in lock.c. */
#define _GNU_SOURCE
#include "lib/adapter/db/db.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/db/private.h"
#include "lib/base/log/log.h"

void db_die(struct db *db, const char *what)
{
    int code = sqlite3_errcode(db->handle);
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        die("%s is damaged (see \"A damaged disk\" in README.md): %s: %s",
            db->path, what, sqlite3_errmsg(db->handle));
    die("%s: %s: %s", db->path, what, sqlite3_errmsg(db->handle));
}

void db_exec(struct db *db, const char *sql)
{
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        db_die(db, sql);
}

/* True when code is one that refuses the transaction instead of ending the
 * process. */
static bool refusal(struct db *db, int code)
{
    if (db->mode != DB_WRITE || !db->in_transaction)
        return false;
    int primary = code & 0xff;
    if (primary == SQLITE_FULL || code == SQLITE_IOERR_WRITE ||
        code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_SHMSIZE ||
        code == SQLITE_IOERR_TRUNCATE) {
        db->refused = DB_FULL;
        return true;
    }
    if (primary == SQLITE_BUSY) {
        db->refused = DB_BUSY;
        return true;
    }
    return false;
}

bool db_failed(struct db *db, int code, const char *what)
{
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
        return false;
    if (!refusal(db, sqlite3_extended_errcode(db->handle)))
        db_die(db, what);
    log_warning("%s: refused: %s", db->path, sqlite3_errmsg(db->handle));
    return true;
}

static void configure(struct db *db)
{
    sqlite3 *handle = db->handle;
    sqlite3_extended_result_codes(handle, 1);
    /* Cursors and records of a batch fit without malloc. */
    sqlite3_db_config(handle, SQLITE_DBCONFIG_LOOKASIDE, NULL, 1200, 100);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_busy_timeout(handle, 2000);
    if (db->mode == DB_WRITE)
        db_exec(db, "PRAGMA journal_mode = WAL");
    db_exec(db, "PRAGMA synchronous = FULL;"
                "PRAGMA foreign_keys = ON;"
                "PRAGMA temp_store = MEMORY;"
                "PRAGMA wal_autocheckpoint = 4000;"
                "PRAGMA journal_size_limit = 33554432");
    /* A reader's pages are void with every commit of another; what they were
     * read from stays in the machine's cache. */
    db_exec(db, db->mode == DB_READ ? "PRAGMA cache_size = -256"
                                    : "PRAGMA cache_size = -500");
}

struct db *db_open(const char *path, enum db_mode mode)
{
    struct db *db = calloc(1, sizeof *db);
    char *name = strdup(path);
    if (db == NULL || name == NULL)
        die("%s: no memory", path);
    /* One thread a process: no mutexes, no counting. Fails harmlessly once
     * SQLite runs. */
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    db->path = name;
    db->mode = mode;
    db->lock_fd = -1;
    int flags = mode == DB_READ ? SQLITE_OPEN_READONLY
                                : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        db_die(db, "cannot open");
    if (mode == DB_WRITE)
        db_lock_open(db);
    configure(db);
    return db;
}

void db_close(struct db *db)
{
    for (size_t i = 0; i < DB_BUCKETS; i++)
        while (db->statements[i] != NULL) {
            struct db_statement *statement = db->statements[i];
            db->statements[i] = statement->next;
            sqlite3_finalize(statement->handle);
            free(statement);
        }
    sqlite3_close(db->handle);
    db_lock_close(db);
    free(db->path);
    free(db);
}

void db_script(struct db *db, const char *script)
{
    db_exec(db, script);
}

const char *db_copy_to(const char *from, const char *path, struct arena *arena)
{
    struct db *db = db_open(from, DB_READ);
    sqlite3_stmt *copy = NULL;
    const char *why = NULL;
    if (sqlite3_prepare_v2(db->handle, "VACUUM INTO $1", -1, &copy, NULL) !=
            SQLITE_OK ||
        sqlite3_bind_text(copy, 1, path, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_step(copy) != SQLITE_DONE)
        why = arena_printf(arena, "%s", sqlite3_errmsg(db->handle));
    sqlite3_finalize(copy);
    db_close(db);
    return why;
}

#ifdef DB_CHECK_PLANS
/* In test builds a statement that walks a whole growing table is a bug: see
 * db_sql. name is what a plan's SCAN names, which may be an alias. */
static void check_scan(struct db *db, const char *literal, const char *name)
{
    static const char growing[] =
        "SELECT name FROM sqlite_schema WHERE type = 'table'"
        " AND sql LIKE '%-- grows%'"
        " AND (name = $1 OR instr($2, name || ' ' || $1) > 0)";
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(db->handle, growing, -1, &s, NULL) == SQLITE_OK &&
        sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_bind_text(s, 2, literal, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW)
        die("scans %s: %s", (const char *)sqlite3_column_text(s, 0), literal);
    sqlite3_finalize(s);
}

static void check_plan(struct db *db, const char *literal)
{
    static const char scan[] = "SCAN ";
    if (strstr(literal, "/* whole table */") != NULL)
        return;
    char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", literal);
    sqlite3_stmt *plan = NULL;
    if (sqlite3_prepare_v2(db->handle, sql, -1, &plan, NULL) == SQLITE_OK)
        while (sqlite3_step(plan) == SQLITE_ROW) {
            const char *detail = (const char *)sqlite3_column_text(plan, 3);
            if (strncmp(detail, scan, strlen(scan)) == 0)
                check_scan(db, literal, detail + strlen(scan));
        }
    sqlite3_finalize(plan);
    sqlite3_free(sql);
}
#endif

static struct db_statement *prepare(struct db *db, const char *literal)
{
#ifdef DB_CHECK_PLANS
    check_plan(db, literal);
#endif
    struct db_statement *statement = calloc(1, sizeof *statement);
    if (statement == NULL)
        die("%s: no memory", db->path);
    statement->db = db;
    statement->literal = literal;
    if (sqlite3_prepare_v3(db->handle, literal, -1, SQLITE_PREPARE_PERSISTENT,
                           &statement->handle, NULL) != SQLITE_OK)
        db_die(db, literal);
    return statement;
}

struct db_statement *db_sql(struct db *db, const char *literal)
{
    struct db_statement **bucket =
        &db->statements[((uintptr_t)literal >> 3) % DB_BUCKETS];
    struct db_statement *statement = *bucket;
    while (statement != NULL && statement->literal != literal)
        statement = statement->next;
    if (statement == NULL) {
        statement = prepare(db, literal);
        statement->next = *bucket;
        *bucket = statement;
    }
    if (statement == db->cursor)
        die("statement used while in use: %s", literal);
    statement->bound = 0;
    return statement;
}

void db_at_rest(struct db *db, const char *next)
{
    if (db->cursor != NULL)
        die("not read to its end: %s: before %s", db->cursor->literal, next);
}

void db_put_text(struct db_statement *statement, const char *text)
{
    int code = sqlite3_bind_text(statement->handle, ++statement->bound, text,
                                 -1, SQLITE_STATIC);
    db_failed(statement->db, code, statement->literal);
}

void db_put_int(struct db_statement *statement, int64_t number)
{
    int code =
        sqlite3_bind_int64(statement->handle, ++statement->bound, number);
    db_failed(statement->db, code, statement->literal);
}

void db_put_bytes(struct db_statement *statement, const void *bytes,
                  size_t length)
{
    int code = sqlite3_bind_blob64(statement->handle, ++statement->bound, bytes,
                                   length, SQLITE_STATIC);
    db_failed(statement->db, code, statement->literal);
}

void db_put_null(struct db_statement *statement)
{
    int code = sqlite3_bind_null(statement->handle, ++statement->bound);
    db_failed(statement->db, code, statement->literal);
}

void db_put_name(struct db_statement *statement, const struct names *names,
                 int value)
{
    db_put_text(statement, names_of(names, value));
}

bool db_row(struct db_statement *statement)
{
    struct db *db = statement->db;
    if (db->refused != DB_OK) {
        db_done(statement);
        return false;
    }
    if (statement->bound != sqlite3_bind_parameter_count(statement->handle))
        die("parameters bound: %d of %d: %s", statement->bound,
            sqlite3_bind_parameter_count(statement->handle),
            statement->literal);
    if (statement != db->cursor)
        db_at_rest(db, statement->literal);
    assert(db->in_transaction || sqlite3_stmt_readonly(statement->handle));
    int code = sqlite3_step(statement->handle);
    if (code == SQLITE_ROW) {
        db->cursor = statement;
        return true;
    }
    db_failed(db, code, statement->literal);
    db_done(statement);
    return false;
}

bool db_has_table(struct db *db, const char *name)
{
    struct db_statement *s = db_sql(
        db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1");
    db_put_text(s, name);
    return db_found(s);
}

void db_done(struct db_statement *statement)
{
    sqlite3_reset(statement->handle);
    if (statement->db->cursor == statement)
        statement->db->cursor = NULL;
}

int64_t db_run(struct db_statement *statement)
{
    while (db_row(statement))
        continue;
    return db_refused(statement->db) ? 0
                                     : sqlite3_changes64(statement->db->handle);
}

/* Where a column is read from: of the row that db_row gave last. */
static sqlite3_stmt *row(struct db_statement *statement, int column)
{
    assert(statement == statement->db->cursor && column >= 0 &&
           column < sqlite3_data_count(statement->handle));
    return statement->handle;
}

int64_t db_int(struct db_statement *statement, int column)
{
    return sqlite3_column_int64(row(statement, column), column);
}

char *db_text(struct db_statement *statement, int column, struct arena *arena)
{
    const unsigned char *text =
        sqlite3_column_text(row(statement, column), column);
    if (text == NULL)
        return NULL;
    return arena_copy(arena, (const char *)text,
                      (size_t)sqlite3_column_bytes(statement->handle, column));
}

char *db_bytes(struct db_statement *statement, int column, struct arena *arena,
               size_t *length)
{
    const void *bytes = sqlite3_column_blob(row(statement, column), column);
    *length = (size_t)sqlite3_column_bytes(statement->handle, column);
    return bytes == NULL ? NULL : arena_copy(arena, bytes, *length);
}

void db_copy(struct db_statement *statement, int column, char *out, size_t size)
{
    const unsigned char *text =
        sqlite3_column_text(row(statement, column), column);
    snprintf(out, size, "%s", text == NULL ? "" : (const char *)text);
}

bool db_found(struct db_statement *statement)
{
    bool found = db_row(statement);
    db_done(statement);
    return found;
}

int64_t db_found_int(struct db_statement *statement, int64_t otherwise)
{
    int64_t value = db_row(statement) ? db_int(statement, 0) : otherwise;
    db_done(statement);
    return value;
}

char *db_found_text(struct db_statement *statement, struct arena *arena)
{
    char *text = db_row(statement) ? db_text(statement, 0, arena) : NULL;
    db_done(statement);
    return text;
}

bool db_found_copy(struct db_statement *statement, char *out, size_t size)
{
    bool found = db_row(statement);
    if (found)
        db_copy(statement, 0, out, size);
    db_done(statement);
    return found;
}

int db_value(struct db_statement *statement, int column,
             const struct names *names)
{
    return names_read(names, (const char *)sqlite3_column_text(
                                 row(statement, column), column));
}
