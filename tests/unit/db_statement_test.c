/* Statements of the database (lib/adapter/db/db.h): values, plans, and the bugs
 * that end the process. */
#include "tests/unit/db_fixture.h"

#include "tests/unit/death.h"

static void values_come_back_as_they_went(void **state)
{
    struct bench *b = *state;
    struct db_statement *s =
        db_sql(b->db, "SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), $3, $4");
    char cut[4];
    db_put_text(s, "a\xc3\xa9\"';");
    db_put_int(s, INT64_MIN);
    db_put_null(s);
    db_put_text(s, NULL);
    assert_true(db_row(s));
    assert_string_equal(db_text(s, 0, &b->arena), "a\xc3\xa9\"';");
    db_copy(s, 0, cut, sizeof cut);
    assert_string_equal(cut, "a\xc3\xa9");
    assert_true(db_int(s, 1) == INT64_MIN);
    assert_null(db_text(s, 2, &b->arena));
    assert_null(db_text(s, 3, &b->arena));
    db_copy(s, 3, cut, sizeof cut);
    assert_string_equal(cut, "");
    assert_false(db_row(s));
}

static void statements_are_kept_and_counted(void **state)
{
    struct bench *b = *state;
    static const char literal[] = "SELECT $1";
    struct db_statement *first = db_sql(b->db, literal);
    db_put_int(first, 1);
    assert_true(db_row(first));
    db_done(first);
    assert_ptr_equal(db_sql(b->db, literal), first);
    db_put_int(first, 2);
    assert_true(db_row(first));
    assert_int_equal(db_int(first, 0), 2);
    db_done(first);
    assert_int_equal(db_begin(b->db, 0), DB_OK);
    for (int i = 0; i < 3; i++)
        insert(b->db, "x");
    assert_int_equal(db_run(db_sql(b->db, "UPDATE t SET x = 'y'")), 3);
    assert_int_equal(
        db_run(db_sql(b->db, "UPDATE t SET x = 'z' WHERE id = 99")), 0);
    assert_int_equal(db_commit(b->db), DB_OK);
}

/* Each leaves the statement, so that the next may run. */
static void one_row_is_asked_for(void **state)
{
    struct bench *b = *state;
    static const char literal[] = "SELECT 7 WHERE $1 = 1"
                                  " UNION ALL SELECT 8 WHERE $1 = 1";
    for (int there = 0; there < 2; there++) {
        struct db_statement *s = db_sql(b->db, literal);
        db_put_int(s, there);
        assert_int_equal(db_found(s), there);
        s = db_sql(b->db, literal);
        db_put_int(s, there);
        assert_int_equal(db_found_int(s, -1), there ? 7 : -1);
        s = db_sql(b->db, literal);
        db_put_int(s, there);
        const char *text = db_found_text(s, &b->arena);
        assert_string_equal(text == NULL ? "none" : text, there ? "7" : "none");
        s = db_sql(b->db, literal);
        db_put_int(s, there);
        char copy[2] = "x";
        assert_int_equal(db_found_copy(s, copy, sizeof copy), there);
        assert_string_equal(copy, there ? "7" : "x");
    }
    assert_int_equal(db_found_int(db_sql(b->db, "SELECT NULL"), -1), 0);
}

static void faults_are_found(void **state)
{
    struct bench *b = *state;
    const char *first = "";
    assert_int_equal(db_check(b->db, &b->arena, &first), 0);
    assert_null(first);
    db_script(b->db, "PRAGMA foreign_keys = OFF;"
                     "CREATE TABLE child (t_id INTEGER REFERENCES t) STRICT;"
                     "INSERT INTO child VALUES (5), (6)");
    assert_int_equal(db_check(b->db, &b->arena, &first), 2);
    assert_string_equal(first, "foreign key of child");
}

/* Overwrites the second page, which is the table t's. */
static void what_is_damaged_is_told_and_not_died_of(void **state)
{
    struct bench *b = *state;
    const char *first = NULL;
    const char *why;
    int64_t tables = 0;
    char page[4096];
    commit_one(b->db);
    assert_int_equal(db_check_tables(b->db, &b->arena, &tables, &first), 0);
    assert_int_equal(tables, 2);
    assert_int_equal(db_look(b->path, &b->arena, &why), DB_FILE_SOUND);
    db_close(b->db); /* takes the journal in */
    memset(page, 0xa5, sizeof page);
    FILE *file = fopen(b->path, "r+");
    fseek(file, 4096, SEEK_SET);
    fwrite(page, sizeof page, 1, file);
    fclose(file);
    b->db = db_open(b->path, DB_READ);
    assert_true(db_check_tables(b->db, &b->arena, &tables, &first) > 0);
    assert_int_equal(tables, 2);
    assert_ptr_equal(strstr(first, "t: "), first);
    assert_true(db_check(b->db, &b->arena, &first) > 0);
    assert_int_equal(db_look(b->path, &b->arena, &why), DB_FILE_SOUND);

    file = fopen(b->path, "r+");
    fwrite(page, sizeof page, 1, file);
    fclose(file);
    assert_int_equal(db_look(b->path, &b->arena, &why), DB_FILE_DAMAGED);
    assert_int_equal(truncate(b->path, 0), 0);
    assert_int_equal(db_look(b->path, &b->arena, &why), DB_FILE_NONE);
    assert_int_equal(db_look("/nowhere/at.all", &b->arena, &why), DB_FILE_NONE);
}

static void break_a_check(void *argument)
{
    struct db *db = argument;
    db_begin(db, 0);
    insert(db, "bad");
}

static void misspell(void *argument)
{
    db_sql(argument, "SELEKT 1");
}

static void forget_a_parameter(void *argument)
{
    db_row(db_sql(argument, "SELECT $1"));
}

static void bind_too_many(void *argument)
{
    db_put_int(db_sql(argument, "SELECT 1"), 1);
}

static void use_twice(void *argument)
{
    static const char literal[] = "SELECT 1 UNION SELECT 2";
    db_row(db_sql(argument, literal));
    db_sql(argument, literal);
}

static const char two_rows[] = "SELECT 1 UNION ALL SELECT 2";

static void read_inside(void *argument)
{
    db_row(db_sql(argument, two_rows));
    count(argument);
}

static void commit_inside(void *argument)
{
    db_begin(argument, 0);
    db_row(db_sql(argument, two_rows));
    db_commit(argument);
}

static void begin_inside(void *argument)
{
    db_row(db_sql(argument, two_rows));
    db_begin(argument, 0);
}

static void one_result_is_open_at_a_time(void **state)
{
    struct bench *b = *state;
    assert_dies(read_inside, b->db, "not read to its end: SELECT 1 UNION ALL");
    assert_dies(commit_inside, b->db, "before COMMIT");
    assert_dies(begin_inside, b->db, "before BEGIN");
    struct db_statement *s = db_sql(b->db, two_rows);
    for (int row = 1; row <= 2; row++) {
        assert_true(db_row(s));
        assert_int_equal(db_int(s, 0), row);
    }
    assert_false(db_row(s));
    assert_int_equal(count(b->db), 0);
    s = db_sql(b->db, two_rows);
    assert_true(db_row(s));
    db_done(s); /* left, in place of read to its end */
    assert_int_equal(count(b->db), 0);
    /* A refusal ends it as well. */
    assert_int_equal(db_begin(b->db, 0), DB_OK);
    s = db_sql(b->db, two_rows);
    assert_true(db_row(s));
    db_refuse(b->db);
    assert_false(db_row(s));
    assert_int_equal(db_commit(b->db), DB_BUSY);
}

/* Each address is a statement of its own. */
static void there_may_be_any_number_of_statements(void **state)
{
    enum { MANY = 3000 };
    struct bench *b = *state;
    char **literals = arena_alloc(&b->arena, MANY * sizeof *literals);
    for (int i = 0; i < MANY; i++)
        literals[i] = arena_printf(&b->arena, "SELECT %d", i);
    for (int turn = 0; turn < 2; turn++)
        for (int i = 0; i < MANY; i++) {
            struct db_statement *s = db_sql(b->db, literals[i]);
            assert_true(db_row(s));
            assert_int_equal(db_int(s, 0), i);
            db_done(s);
        }
}

static void tables_are_known_by_name(void **state)
{
    struct bench *b = *state;
    assert_true(db_has_table(b->db, "t"));
    assert_false(db_has_table(b->db, "nothing"));
}

static void scan(void *argument)
{
    db_sql(argument, "SELECT number FROM orders WHERE total = 5");
}

static void scan_by_another_name(void *argument)
{
    db_sql(argument, "SELECT o.number FROM orders o WHERE o.total = 5");
}

static void scan_a_small_one(void *argument)
{
    db_sql(argument, "SELECT id FROM t WHERE x = 'y'");
    db_sql(argument, "SELECT number FROM orders o /* whole table */");
    db_sql(argument, "SELECT number FROM orders WHERE number > 5");
}

static void open_nothing(void *argument)
{
    (void)argument;
    db_open("/no/such/folder/t.db", DB_READ);
}

static void read_no_row(void *argument)
{
    db_int(db_sql(argument, "SELECT 1"), 0);
}

static void read_a_row_that_is_over(void *argument)
{
    struct db_statement *s = db_sql(argument, "SELECT 1");
    db_row(s);
    db_done(s);
    db_int(s, 0);
}

static void read_beyond_the_row(void *argument)
{
    struct db_statement *s = db_sql(argument, "SELECT 1");
    db_row(s);
    db_int(s, 1);
}

static void begin_twice(void *argument)
{
    db_begin(argument, 0);
    db_begin(argument, 0);
}

static void roll_nothing_back(void *argument)
{
    db_rollback(argument);
}

static void what_cannot_be_is_asserted(void **state)
{
    static void (*const bugs[])(void *) = {read_no_row, read_a_row_that_is_over,
                                           read_beyond_the_row, begin_twice,
                                           roll_nothing_back};
    struct bench *b = *state;
    char text[8192];
    for (size_t i = 0; i < sizeof bugs / sizeof bugs[0]; i++)
        assert_int_equal(death_run(bugs[i], b->db, text, sizeof text),
                         256 + SIGABRT);
}

static void bugs_end_the_process(void **state)
{
    struct bench *b = *state;
    assert_dies(break_a_check, b->db, "CHECK");
    assert_dies(misspell, b->db, "SELEKT");
    assert_dies(forget_a_parameter, b->db, "parameters bound: 0 of 1");
    assert_dies(bind_too_many, b->db, "SELECT 1");
    assert_dies(use_twice, b->db, "statement used while in use");
    assert_dies(open_nothing, NULL, "/no/such/folder/t.db");
}

static void scans_of_big_tables_end_a_test_build(void **state)
{
    struct bench *b = *state;
    assert_dies(scan, b->db, "scans orders");
    assert_dies(scan_by_another_name, b->db, "scans orders");
    scan_a_small_one(b->db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DB_TEST(values_come_back_as_they_went),
        DB_TEST(statements_are_kept_and_counted),
        DB_TEST(one_row_is_asked_for),
        DB_TEST(one_result_is_open_at_a_time),
        DB_TEST(there_may_be_any_number_of_statements),
        DB_TEST(tables_are_known_by_name),
        DB_TEST(faults_are_found),
        DB_TEST(what_is_damaged_is_told_and_not_died_of),
        DB_TEST(bugs_end_the_process),
        DB_TEST(what_cannot_be_is_asserted),
        DB_TEST(scans_of_big_tables_end_a_test_build),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
