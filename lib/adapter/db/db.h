/* The database: SQLite behind statements that are literals, transactions that
 * queue on one flock, and one rule for trouble:
 *
 * - a full disk, or a lock that cannot be had, refuses the transaction: every
 *   later call in it does nothing and yields no row, db_commit says why, and
 *   the caller answers 503. Code between begin and commit need not look.
 * - every other error (a broken statement, a CHECK that the code should have
 *   kept to, a damaged file) is a bug or a broken environment: die().
 *
 * All writing happens between db_begin and db_commit; anything else is a bug.
 *
 * A statement goes by the address of its literal. It is prepared at first use
 * and kept; there may be any number. Parameters are bound in the order of $1,
 * $2, ...; columns count from 0. A bound text must live until its statement is
 * done.
 *
 * One result is open at a time. Once db_row gave a row, the caller reads the
 * statement to its end (db_row until false) or leaves it (db_done), before any
 * other statement of the connection runs and before the transaction ends;
 * anything else is a bug and dies. A caller that needs other statements for
 * each row collects the rows first, a page at a time where they may be many.
 *
 * Writers come one at a time. So what a transaction has read is still true when
 * it commits, and statements rely on that.
 *
 * What a second engine (PostgreSQL) has to bring, each file of this folder for
 * itself:
 *
 * - db.c: connections, scripts, db_has_table and the statements. It takes the
 *   literals as they are (tests/sql sees to that), but for this folder's own,
 *   which it writes anew. All numbers have 64 bits, sums as well.
 * - lock.c: begin, commit, rollback and which failures refuse a transaction. An
 *   advisory lock stands for the flock, and db_holder asks who has it. What
 *   db_read_begin opens is REPEATABLE READ.
 * - clock.c: db_clock_ms from the server's clock, never back; no reboot.
 * - check.c, db_copy_to, db_trim and db_checkpoint: SQLite needs them because
 *   its database is a file of ours. A server has its own means (pg_amcheck,
 *   pg_dump), and the callers must ask for less there. */
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

/* Whether there is such a table. May be asked before there is any schema. */
bool db_has_table(struct db *db, const char *name);

/* Writes all that is committed in the database at `from` into a new file at
 * path, which is not synced yet. NULL, or why it could not; then a part of the
 * file may be there. */
const char *db_copy_to(const char *from, const char *path, struct arena *arena);

/* Takes the write lock and begins a transaction. db_try_begin never waits;
 * db_begin waits up to wait_ms. Both give DB_OK or DB_BUSY. A process that
 * hangs with the lock stops every other writer, until the one who started it
 * ends it (see db_holder). */
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

/* Of the database at path; false: nobody holds it. Two looks that see the same
 * turn and phase saw one transaction. */
bool db_holder(const char *path, struct db_holder *out);

/* True once the transaction in hand was refused; see above. */
bool db_refused(const struct db *db);

/* True between begin and commit or rollback: for asserts of code that belongs
 * inside a write transaction. */
bool db_in_transaction(const struct db *db);

/* Rows changed so far by the transaction in hand; tells whether code wrote. */
int64_t db_changes(const struct db *db);

/* Refuses the transaction in hand, as a full disk would; see above. */
void db_refuse(struct db *db);

/* A read transaction: what is read until db_read_end is one snapshot. */
void db_read_begin(struct db *db);
void db_read_end(struct db *db);

/* The statement of this literal, to be bound anew. Some tables grow with the
 * orders; the schema marks them by the comment "-- grows" in their CREATE
 * TABLE. Test builds (with DB_CHECK_PLANS) die of a literal whose plan walks
 * the whole of one. A statement that must do so says it in the comment "whole
 * table". */
struct db_statement *db_sql(struct db *db, const char *literal);
void db_put_text(struct db_statement *statement, const char *text); /* NULL */
void db_put_int(struct db_statement *statement, int64_t number);
void db_put_null(struct db_statement *statement);
void db_put_name(struct db_statement *statement, const struct names *names,
                 int value);
/* Bytes (BLOB); like texts, they must live until the statement is done. */
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

/* The work clock, in ms. Leases, retries, waits and all else that is due after
 * a while go by it. All who use the database share it. It goes on while the
 * machine sleeps, no change of the wall clock moves it, and it never goes back.
 * After a reboot it goes on from where it was last seen, plus what has passed
 * since by the wall clock: at least nothing, at most a day. The first write
 * transaction that asks for it after a reboot settles that; until then, a
 * reader may see it a little off. */
int64_t db_clock_ms(struct db *db);

/* Stores where both clocks are, so that the work clock goes on from here after
 * a reboot. Inside a write transaction. */
void db_clock_keep(struct db *db);

/* Gives back the memory of pages that are kept for the next statement. */
void db_trim(struct db *db);

/* True while this process has a transaction open that holds a write lock:
 * others wait for it. */
bool db_holds_lock(void);

/* Runs one checkpoint of the write-ahead log without waiting for anybody. */
void db_checkpoint(struct db *db);

/* PRAGMA integrity_check and foreign_key_check. Gives the number of faults and
 * the first of them in *first (NULL: there is none). A part that cannot be read
 * counts as a fault; nobody dies of it. */
int64_t db_check(struct db *db, struct arena *arena, const char **first);

/* The same table by table, each in a read transaction of its own: the
 * write-ahead log cannot grow during the whole check, but only during one
 * table. Pages that belong to no table are not looked at. *tables: how many
 * tables there are. */
int64_t db_check_tables(struct db *db, struct arena *arena, int64_t *tables,
                        const char **first);

enum db_file {
    DB_FILE_NONE, /* not there, or without a byte */
    DB_FILE_SOUND,
    DB_FILE_DAMAGED, /* or no database at all */
    DB_FILE_CLOSED   /* cannot be opened */
};

/* What lies at path. Reads no more than its schema and writes nothing. Unless
 * it is sound, *why says what is wrong. */
enum db_file db_look(const char *path, struct arena *arena, const char **why);

#endif
