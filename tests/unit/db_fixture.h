/* For the tests of lib/adapter/db: a small database in a temporary folder,
 * fresh for each test. */
#ifndef TESTS_UNIT_DB_FIXTURE_H
#define TESTS_UNIT_DB_FIXTURE_H

#define _GNU_SOURCE /* included first: mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/adapter/db/db.h"
#include "tests/unit/scratch.h"

#define DB_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

struct bench {
    char folder[SCRATCH_SIZE];
    char path[SCRATCH_SIZE + 20];
    struct arena arena;
    struct db *db;
};

static inline int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    scratch_make(b->folder);
    snprintf(b->path, sizeof b->path, "%s/t.db", b->folder);
    b->arena = arena_create(16 << 20);
    b->db = db_open(b->path, DB_WRITE);
    db_script(b->db, "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT,"
                     " CHECK (x <> 'bad')) STRICT;"
                     "CREATE TABLE orders ( -- grows\n"
                     " number INTEGER PRIMARY KEY, total INTEGER) STRICT");
    *state = b;
    return 0;
}

static inline int teardown(void **state)
{
    struct bench *b = *state;
    db_close(b->db);
    arena_destroy(&b->arena);
    scratch_remove(b->folder);
    free(b);
    return 0;
}

static inline void insert(struct db *db, const char *x)
{
    struct db_statement *s = db_sql(db, "INSERT INTO t (x) VALUES ($1)");
    db_put_text(s, x);
    db_run(s);
}

static inline int64_t count(struct db *db)
{
    struct db_statement *s = db_sql(db, "SELECT COUNT(*) FROM t");
    int64_t rows = db_row(s) ? db_int(s, 0) : -1;
    db_done(s);
    return rows;
}

static inline void commit_one(struct db *db)
{
    assert_int_equal(db_begin(db, 0), DB_OK);
    insert(db, "one");
    assert_int_equal(db_commit(db), DB_OK);
}

#endif
