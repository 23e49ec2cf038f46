/* What db.c and lock.c share; nobody else includes it. */
#ifndef ADAPTER_DB_PRIVATE_H
#define ADAPTER_DB_PRIVATE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "lib/adapter/db/db.h"

enum { DB_BUCKETS = 256 };

struct db_statement {
    struct db *db;
    const char *literal; /* its identity */
    sqlite3_stmt *handle;
    int bound;
    struct db_statement *next; /* in its bucket */
};

struct db {
    sqlite3 *handle;
    char *path;
    enum db_mode mode;
    int lock_fd;
    int64_t turn; /* how often it had the lock */
    bool in_transaction;
    int64_t changes_before; /* the transaction; SQLite counts on */
    enum db_outcome refused;
    int64_t clock_offset_ms;     /* of the work clock to CLOCK_BOOTTIME */
    bool clock_known;            /* the offset is what is stored, for good */
    bool clock_moved;            /* stored by the transaction in hand */
    struct db_statement *cursor; /* gave a row and is not at its end */
    struct db_statement *statements[DB_BUCKETS];
};

_Noreturn void db_die(struct db *db, const char *what);
void db_exec(struct db *db, const char *sql);

/* Dies when a result was not read to its end before the statement next. */
void db_at_rest(struct db *db, const char *next);

/* True when code is a failure that refuses the transaction; dies on others. */
bool db_failed(struct db *db, int code, const char *what);

void db_lock_open(struct db *db);
void db_lock_close(struct db *db);

#endif
