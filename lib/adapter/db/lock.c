/* Transactions of db.h. Writers of all programs queue on one flock, held from
 * BEGIN to COMMIT: SQLite's own busy handler sleeps and starves. Who holds it
 * writes that into the lock's file, for who looks after the programs. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "lib/adapter/db/private.h"
#include "lib/base/log/log.h"
#include "lib/base/time/clock.h"

static int held; /* locks of this process */

bool db_holds_lock(void)
{
    return held > 0;
}

void db_lock_open(struct db *db)
{
    char path[4096];
    snprintf(path, sizeof path, "%s.lock", db->path);
    db->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (db->lock_fd < 0)
        die("%s: %s", path, strerror(errno));
}

void db_lock_close(struct db *db)
{
    if (db->lock_fd >= 0)
        close(db->lock_fd);
}

/* Not synced, and on a full disk not written: it is for the living. */
static void tell(struct db *db, enum db_phase phase)
{
    const struct db_holder holder = {
        .pid = getpid(), .turn = db->turn, .phase = phase};
    if (pwrite(db->lock_fd, &holder, sizeof holder, 0) < 0)
        return;
}

static void release(struct db *db)
{
    tell(db, DB_FREE);
    flock(db->lock_fd, LOCK_UN);
}

bool db_holder(const char *path, struct db_holder *out)
{
    char lock[4096];
    snprintf(lock, sizeof lock, "%s.lock", path);
    int fd = open(lock, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool told = pread(fd, out, sizeof *out, 0) == sizeof *out &&
                out->phase != DB_FREE && flock(fd, LOCK_SH | LOCK_NB) != 0 &&
                errno == EWOULDBLOCK;
    close(fd);
    return told;
}

enum db_outcome db_try_begin(struct db *db)
{
    assert(db->mode == DB_WRITE && !db->in_transaction);
    db_at_rest(db, "BEGIN");
    if (flock(db->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            die("%s: flock: %s", db->path, strerror(errno));
        return DB_BUSY;
    }
    db->turn++;
    tell(db, DB_WORKING);
    /* Someone outside the house may hold SQLite's lock: do not sleep on it. */
    sqlite3_busy_timeout(db->handle, 0);
    struct db_statement *s = db_sql(db, "BEGIN IMMEDIATE");
    int code = sqlite3_step(s->handle);
    sqlite3_reset(s->handle);
    sqlite3_busy_timeout(db->handle, 2000);
    if (code == SQLITE_DONE) {
        db->in_transaction = true;
        db->changes_before = sqlite3_total_changes64(db->handle);
        held++;
        db->refused = DB_OK;
        return DB_OK;
    }
    release(db);
    if ((code & 0xff) != SQLITE_BUSY)
        db_die(db, "BEGIN");
    return DB_BUSY;
}

enum db_outcome db_begin(struct db *db, int64_t wait_ms)
{
    int64_t end = clock_boot_ms() + wait_ms;
    struct timespec pause = {.tv_nsec = 200000};
    for (;;) {
        enum db_outcome outcome = db_try_begin(db);
        if (outcome == DB_OK || clock_boot_ms() >= end)
            return outcome;
        nanosleep(&pause, NULL);
    }
}

void db_rollback(struct db *db)
{
    assert(db->in_transaction);
    db_at_rest(db, "ROLLBACK");
    if (sqlite3_get_autocommit(db->handle) == 0) {
        db_exec(db, "ROLLBACK");
        db->clock_known = db->clock_known && !db->clock_moved;
    }
    db->clock_moved = false;
    held--;
    db->in_transaction = false;
    db->refused = DB_OK;
    release(db);
}

enum db_outcome db_commit(struct db *db)
{
    assert(db->in_transaction);
    db_at_rest(db, "COMMIT");
    if (db->refused == DB_OK) {
        tell(db, DB_COMMITTING);
        struct db_statement *s = db_sql(db, "COMMIT");
        int code = sqlite3_step(s->handle);
        db_failed(db, code, "COMMIT");
        sqlite3_reset(s->handle);
    }
    enum db_outcome outcome = db->refused;
    db_rollback(db);
    return outcome;
}

bool db_in_transaction(const struct db *db)
{
    return db->in_transaction;
}

bool db_refused(const struct db *db)
{
    return db->refused != DB_OK;
}

int64_t db_changes(const struct db *db)
{
    assert(db->in_transaction);
    return sqlite3_total_changes64(db->handle) - db->changes_before;
}

void db_refuse(struct db *db)
{
    assert(db->in_transaction);
    db->refused = DB_BUSY;
}

void db_read_begin(struct db *db)
{
    assert(sqlite3_get_autocommit(db->handle) != 0);
    db_run(db_sql(db, "BEGIN"));
}

void db_read_end(struct db *db)
{
    assert(!db->in_transaction && sqlite3_get_autocommit(db->handle) == 0);
    db_run(db_sql(db, "COMMIT"));
}

void db_trim(struct db *db)
{
    sqlite3_db_release_memory(db->handle);
}

void db_checkpoint(struct db *db)
{
    sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
                              NULL);
}
