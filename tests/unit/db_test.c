/* Transactions of the database (lib/adapter/db/db.h): refusals that pass,
 * locks, full disks. */
#include "tests/unit/db_fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include "lib/adapter/crypto.h"
#include "tests/unit/death.h"

static void what_is_committed_is_seen_by_a_reader(void **state)
{
    struct bench *b = *state;
    struct db *reader = db_open(b->path, DB_READ);
    assert_int_equal(db_begin(b->db, 0), DB_OK);
    insert(b->db, "one");
    assert_int_equal(count(b->db), 1);
    assert_int_equal(count(reader), 0);
    assert_int_equal(db_commit(b->db), DB_OK);
    assert_int_equal(count(reader), 1);

    db_read_begin(reader);
    assert_int_equal(count(reader), 1);
    commit_one(b->db);
    assert_int_equal(count(reader), 1);
    db_read_end(reader);
    assert_int_equal(count(reader), 2);
    db_checkpoint(b->db);
    db_close(reader);
}

static void a_rollback_keeps_nothing(void **state)
{
    struct bench *b = *state;
    assert_false(db_in_transaction(b->db));
    assert_int_equal(db_begin(b->db, 0), DB_OK);
    assert_true(db_in_transaction(b->db));
    insert(b->db, "one");
    db_rollback(b->db);
    assert_false(db_in_transaction(b->db));
    assert_int_equal(count(b->db), 0);
    commit_one(b->db);
    assert_int_equal(count(b->db), 1);
}

static void changes_tell_whether_code_wrote(void **state)
{
    struct bench *b = *state;
    commit_one(b->db);
    for (int turn = 0; turn < 2; turn++) {
        assert_false(db_in_transaction(b->db));
        assert_int_equal(db_begin(b->db, 0), DB_OK);
        assert_true(db_in_transaction(b->db));
        count(b->db);
        assert_int_equal(db_changes(b->db), 0);
        insert(b->db, "two");
        assert_int_equal(db_changes(b->db), 1);
        db_run(db_sql(b->db, "UPDATE t SET x = 'three'"));
        assert_int_equal(db_changes(b->db), 3);
        db_rollback(b->db);
    }
    assert_false(db_in_transaction(b->db));
}

static void code_can_refuse_its_transaction(void **state)
{
    struct bench *b = *state;
    assert_int_equal(db_begin(b->db, 0), DB_OK);
    insert(b->db, "one");
    db_refuse(b->db);
    insert(b->db, "two");
    assert_true(db_refused(b->db));
    assert_int_equal(count(b->db), -1);
    assert_int_equal(db_commit(b->db), DB_BUSY);
    assert_false(db_refused(b->db));
    assert_int_equal(count(b->db), 0);
    commit_one(b->db);
}

static void one_writer_at_a_time(void **state)
{
    struct bench *b = *state;
    struct db *other = db_open(b->path, DB_WRITE);
    assert_int_equal(db_begin(b->db, 0), DB_OK);
    assert_int_equal(db_try_begin(other), DB_BUSY);
    assert_int_equal(db_begin(other, 20), DB_BUSY);
    insert(b->db, "one");
    assert_int_equal(db_commit(b->db), DB_OK);
    assert_int_equal(db_try_begin(other), DB_OK);
    assert_int_equal(db_try_begin(b->db), DB_BUSY);
    assert_int_equal(count(other), 1);
    db_rollback(other);
    db_close(other);
    commit_one(b->db);
}

/* A process that hangs with the lock stops all writes: the lock tells who. */
static void who_holds_the_lock_is_told(void **state)
{
    struct bench *b = *state;
    struct db_holder first, next;
    assert_false(db_holder(b->path, &first));
    for (int end = 0; end < 2; end++) {
        assert_int_equal(db_begin(b->db, 0), DB_OK);
        assert_true(db_holder(b->path, &first));
        assert_int_equal(first.pid, getpid());
        assert_int_equal(first.phase, DB_WORKING);
        insert(b->db, "one");
        assert_true(db_holder(b->path, &next));
        assert_memory_equal(&next, &first, sizeof next);
        if (end == 0)
            assert_int_equal(db_commit(b->db), DB_OK);
        else
            db_rollback(b->db);
        assert_false(db_holder(b->path, &next));
        assert_int_equal(db_begin(b->db, 0), DB_OK);
        assert_true(db_holder(b->path, &next));
        assert_int_not_equal(next.turn, first.turn);
        db_rollback(b->db);
    }
    assert_false(db_holder("/nowhere/at.all", &next));
}

/* What a holder left behind that died says nothing: the lock is free. */
static void hold_and_die(void *argument)
{
    struct bench *b = argument;
    struct db *db = db_open(b->path, DB_WRITE);
    struct db_holder holder;
    if (db_begin(db, 0) == DB_OK && db_holder(b->path, &holder))
        raise(SIGKILL);
}

static void who_died_with_the_lock_holds_it_no_longer(void **state)
{
    struct bench *b = *state;
    char text[1024];
    struct db_holder holder;
    db_close(b->db);
    assert_int_equal(death_run(hold_and_die, b, text, sizeof text),
                     256 + SIGKILL);
    assert_false(db_holder(b->path, &holder));
    b->db = db_open(b->path, DB_WRITE);
    commit_one(b->db);
}

/* Someone with the sqlite3 shell, who does not know of our lock. */
static void a_writer_outside_the_house_is_busy(void **state)
{
    struct bench *b = *state;
    sqlite3 *raw = NULL;
    assert_int_equal(sqlite3_open(b->path, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_exec(raw, "BEGIN IMMEDIATE", 0, 0, 0), SQLITE_OK);
    assert_int_equal(db_try_begin(b->db), DB_BUSY);
    assert_int_equal(db_begin(b->db, 20), DB_BUSY);
    assert_int_equal(count(b->db), 0);
    struct db *other = db_open(b->path, DB_WRITE);
    assert_int_equal(db_try_begin(other), DB_BUSY);
    assert_int_equal(sqlite3_exec(raw, "COMMIT", 0, 0, 0), SQLITE_OK);
    sqlite3_close(raw);
    commit_one(other);
    db_close(other);
    commit_one(b->db);
    assert_int_equal(count(b->db), 2);
}

static void fill(struct bench *b)
{
    char *wide = arena_alloc(&b->arena, 100001);
    memset(wide, 'x', 100000);
    for (int i = 0; i < 100; i++)
        insert(b->db, wide);
}

static void check_refused(struct bench *b)
{
    assert_true(db_refused(b->db));
    assert_int_equal(count(b->db), -1);
    insert(b->db, "after");
    assert_int_equal(db_commit(b->db), DB_FULL);
    assert_false(db_refused(b->db));
}

static void no_room_in_the_file_refuses(void **state)
{
    struct bench *b = *state;
    commit_one(b->db);
    db_script(b->db, "PRAGMA max_page_count = 40");
    for (int round = 0; round < 2; round++) {
        assert_int_equal(db_begin(b->db, 0), DB_OK);
        fill(b);
        check_refused(b);
        assert_int_equal(count(b->db), 1);
    }
    db_script(b->db, "PRAGMA max_page_count = 4000");
    assert_int_equal(db_begin(b->db, 0), DB_OK);
    fill(b);
    assert_int_equal(db_commit(b->db), DB_OK);
    assert_int_equal(count(b->db), 101);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* A disk that fills up at every size there is: each transaction is either
 * wholly there or refused, and the last, with room again, is there. */
static void write_with_little_room(void *argument)
{
    struct bench *b = argument;
    signal(SIGXFSZ, SIG_IGN);
    struct db *db = db_open(b->path, DB_WRITE);
    int64_t stored = count(db);
    static const rlim_t sizes[] = {0,     1,     100,   4000,  33000, 40000,
                                   50000, 60000, 70000, 80000, 90000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        limit_files(sizes[i]);
        enum db_outcome outcome = db_begin(db, 0);
        if (outcome == DB_OK) {
            for (int row = 0; row < 5; row++)
                insert(db, arena_printf(&b->arena, "%05000d", row));
            outcome = db_commit(db);
        }
        stored += outcome == DB_OK ? 5 : 0;
        if (count(db) != stored)
            fprintf(stderr, "%lld rows for %lld ", (long long)count(db),
                    (long long)stored);
        limit_files(RLIM_INFINITY);
        commit_one(db);
        stored++;
    }
    const char *first = NULL;
    if (stored >= 80 || count(db) != stored ||
        db_check(db, &b->arena, &first) != 0)
        fprintf(stderr, "%lld stored, %s ", (long long)stored,
                first == NULL ? "whole" : first);
    db_close(db);
}

static void a_full_disk_refuses_and_passes(void **state)
{
    struct bench *b = *state;
    char text[16384];
    db_close(b->db);
    int status = death_run(write_with_little_room, b, text, sizeof text);
    if (status != 0)
        fail_msg("exit %d: %s", status, text);
    assert_null(strstr(text, "rows for"));
    assert_null(strstr(text, "stored,"));
    b->db = db_open(b->path, DB_WRITE);
    commit_one(b->db);
}

static void hash_a_password(void *argument)
{
    (void)argument;
    crypto_password_ok("", "password");
}

/* A hash takes long, and others wait for the lock. */
static void no_password_is_hashed_with_the_lock(void **state)
{
    struct bench *b = *state;
    char text[8192];
    crypto_open();
    assert_false(db_holds_lock());
    assert_int_equal(db_begin(b->db, 0), DB_OK);
    assert_true(db_holds_lock());
    assert_int_not_equal(death_run(hash_a_password, NULL, text, sizeof text),
                         0);
    assert_non_null(strstr(text, "db_holds_lock"));
    assert_int_equal(db_commit(b->db), DB_OK);
    assert_false(db_holds_lock());
    assert_int_equal(death_run(hash_a_password, NULL, text, sizeof text), 0);
    assert_int_equal(db_begin(b->db, 0), DB_OK);
    db_rollback(b->db);
    assert_false(db_holds_lock());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DB_TEST(what_is_committed_is_seen_by_a_reader),
        DB_TEST(a_rollback_keeps_nothing),
        DB_TEST(changes_tell_whether_code_wrote),
        DB_TEST(code_can_refuse_its_transaction),
        DB_TEST(one_writer_at_a_time),
        DB_TEST(who_holds_the_lock_is_told),
        DB_TEST(who_died_with_the_lock_holds_it_no_longer),
        DB_TEST(no_password_is_hashed_with_the_lock),
        DB_TEST(a_writer_outside_the_house_is_busy),
        DB_TEST(no_room_in_the_file_refuses),
        DB_TEST(a_full_disk_refuses_and_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
