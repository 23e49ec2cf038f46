/* The database: SQLite behind statements that are literals, transactions that
 * queue on one flock, and one rule for trouble:
 *
 * - a full disk or a lock that cannot be had refuses the transaction: every
 *   later call of it does nothing and yields no row, db_commit says why, and
 *   the caller answers 503. Code between begin and commit need not look.
 * - every other error (a broken statement, a CHECK the code should have kept,
 *   a damaged file) is die(): a bug or a broken environment.
 *
 * What writes does so between db_begin and db_commit; anything else is a bug.
 *
 * A statement is named by the address of its literal, prepared at first use
 * and kept; there may be any number of them. Parameters are bound in the order
 * of $1, $2, ...; reading starts at column 0. A bound text must live until its
 * statement is done.
 *
 * One result is open at a time: once db_row gave a row, the statement is read
 * to its end (db_row until false) or left (db_done) before any other statement
 * of the connection runs, and before the transaction ends; anything else is a
 * bug and dies. Who needs other statements for each row collects the rows
 * first, a page at a time where they may be many.
 *
 * Writers come one at a time: what a transaction has read is still so when it
 * commits, and statements rely on that.
 *
 * What a second engine (PostgreSQL) has to bring, each file of this folder for
 * itself:
 *
 * - db.c: connections, scripts, db_has_table and the statements, whose literals
 *   it takes as they are (tests/sql sees to that); this folder's own it writes
 *   anew. Numbers come and go as 64 bits, sums as well.
 * - lock.c: begin, commit, rollback and which failures refuse a transaction. An
 *   advisory lock stands for the flock, and db_holder asks who has it. What
 *   db_read_begin opens is REPEATABLE READ.
 * - clock.c: db_clock_ms from the server's clock, never back; no reboot.
 * - check.c, db_copy_to, db_trim and db_checkpoint: what SQLite needs because
 *   its database is a file of ours. There the server has its own (pg_amcheck,
 *   pg_dump), and who calls them must ask for less. */
#ifndef ADAPTER_DB_DB_H
#define ADAPTER_DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/memory/arena.h"
#include "lib/base/text/names.h"

struct db;
struct db_statement;

enum db_mode { DB_READ, DB_WRITE };

enum db_outcome {
    DB_OK,
    DB_BUSY, /* another writer holds the lock */
    DB_FULL  /* no room on the disk */
};

/* DB_WRITE creates the file when it is not there. Dies when it cannot. */
struct db *db_open(const char *path, enum db_mode mode);
void db_close(struct db *db);

/* Runs a script of statements (a schema); dies on an error. */
void db_script(struct db *db, const char *script);

/* Whether there is such a table: no schema may be there yet. */
bool db_has_table(struct db *db, const char *name);

/* Writes all that is committed in the database at from into a new file at path,
 * not yet synced. NULL, or why it could not; a part of it may be there then. */
const char *db_copy_to(const char *from, const char *path, struct arena *arena);

/* The write lock and BEGIN IMMEDIATE. db_try_begin never waits; db_begin
 * waits up to wait_ms. Both give DB_OK or DB_BUSY. A process that hangs with
 * the lock stops every other writer: who started it ends it (see db_holder),
 * which frees the lock. */
enum db_outcome db_try_begin(struct db *db);
enum db_outcome db_begin(struct db *db, int64_t wait_ms);

/* Commits, syncs, and gives the lock back. Anything but DB_OK: nothing of it
 * was stored. */
enum db_outcome db_commit(struct db *db);
void db_rollback(struct db *db);

/* Who holds the write lock, in which of its turns, and what it does. */
enum db_phase { DB_FREE, DB_WORKING, DB_COMMITTING };
struct db_holder {
    int64_t pid;
    int64_t turn;
    int64_t phase; /* enum db_phase */
};

/* Of the database at path; false: nobody does. Two looks that see the same
 * turn and phase saw one transaction. */
bool db_holder(const char *path, struct db_holder *out);

/* True once the transaction in hand was refused; see above. */
bool db_refused(const struct db *db);

/* True between begin and commit or rollback: for asserts of code that belongs
 * inside a write transaction. */
bool db_in_transaction(const struct db *db);

/* Rows changed so far by the transaction in hand; tells whether code wrote. */
int64_t db_changes(const struct db *db);

/* Refuses the transaction in hand, as trouble would; see above. */
void db_refuse(struct db *db);

/* A read transaction: what is read until db_read_end is one snapshot. */
void db_read_begin(struct db *db);
void db_read_end(struct db *db);

/* The statement of this literal, to be bound anew. In test builds (those with
 * DB_CHECK_PLANS) it dies of a literal whose plan walks the whole of a table
 * that is marked so in the schema: by the comment "-- grows" inside of its
 * CREATE TABLE. One that must walk it says so in the comment "whole table". */
struct db_statement *db_sql(struct db *db, const char *literal);
void db_put_text(struct db_statement *statement, const char *text); /* NULL */
void db_put_int(struct db_statement *statement, int64_t number);
void db_put_null(struct db_statement *statement);
void db_put_name(struct db_statement *statement, const struct names *names,
                 int value);
/* Bytes (BLOB); they must live until the statement is done, as texts. */
void db_put_bytes(struct db_statement *statement, const void *bytes,
                  size_t length);

/* Steps: true when there is a row to read. False resets the statement. */
bool db_row(struct db_statement *statement);
void db_done(struct db_statement *statement);

/* Runs a statement that yields no rows; gives the number of rows changed. */
int64_t db_run(struct db_statement *statement);

int64_t db_int(struct db_statement *statement, int column);
/* Copied to the arena; NULL for NULL. */
char *db_text(struct db_statement *statement, int column, struct arena *arena);
/* Likewise bytes, with their number in *length. */
char *db_bytes(struct db_statement *statement, int column, struct arena *arena,
               size_t *length);
/* Copied into a buffer of size bytes, cut to fit; "" for NULL. */
void db_copy(struct db_statement *statement, int column, char *out,
             size_t size);

/* Ask a statement for one row, and leave it. Without a row: found and
 * found_copy are false (and nothing is copied), found_int is otherwise,
 * found_text NULL. With one, the last three read its first column. */
bool db_found(struct db_statement *statement);
int64_t db_found_int(struct db_statement *statement, int64_t otherwise);
char *db_found_text(struct db_statement *statement, struct arena *arena);
bool db_found_copy(struct db_statement *statement, char *out, size_t size);

/* The value of a name in a closed set; dies of any other word, and of NULL. */
int db_value(struct db_statement *statement, int column,
             const struct names *names);

/* The work clock, in ms: by it go leases, retries, waits and all else that is
 * due after a while. All who use the database share it. It goes on while the
 * machine sleeps, no change of the wall clock moves it, and it never goes back.
 * After a reboot it goes on from where it was last seen, by as much as the wall
 * clock has gone on since: at least nothing, at most a day. The first to ask
 * for it inside a write transaction after a reboot settles that; who only reads
 * may see it a little off until then. */
int64_t db_clock_ms(struct db *db);

/* Stores where both clocks are, so that a reboot goes on from here; inside a
 * write transaction. */
void db_clock_keep(struct db *db);

/* Gives back the memory of pages that are kept for the next statement. */
void db_trim(struct db *db);

/* True while this process has a transaction open that holds a write lock:
 * others wait for it. */
bool db_holds_lock(void);

/* Runs one checkpoint of the write-ahead log without waiting for anybody. */
void db_checkpoint(struct db *db);

/* PRAGMA integrity_check and foreign_key_check: the number of faults, the
 * first of them in *first (NULL: there is none). What cannot be read is a
 * fault and ends nothing. */
int64_t db_check(struct db *db, struct arena *arena, const char **first);

/* The same table by table, each in a read transaction of its own, so that the
 * write-ahead log does not grow for as long as the whole of it takes; pages
 * that belong to no table are not looked at. *tables: how many there are. */
int64_t db_check_tables(struct db *db, struct arena *arena, int64_t *tables,
                        const char **first);

enum db_file {
    DB_FILE_NONE, /* not there, or without a byte */
    DB_FILE_SOUND,
    DB_FILE_DAMAGED, /* or no database at all */
    DB_FILE_CLOSED   /* cannot be opened */
};

/* What lies at path; reads no more than its schema and writes nothing. Unless
 * it is sound, *why says what is wrong. */
enum db_file db_look(const char *path, struct arena *arena, const char **why);

#endif
