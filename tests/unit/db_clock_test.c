/* The work clock (lib/adapter/db/db.h): across reboots, and by whom it is set.
 */
#include "tests/unit/db_fixture.h"

#include "lib/base/time/clock.h"

enum { SLACK_MS = 10000, DAY_S = 86400 };

static void make_clock(struct bench *b)
{
    db_script(b->db,
              "CREATE TABLE work_clock (only_row INTEGER PRIMARY KEY,"
              " boot_id TEXT NOT NULL, offset_ms INTEGER NOT NULL,"
              " seen_work_ms INTEGER NOT NULL, seen_at_ms INTEGER NOT NULL)"
              " STRICT;"
              "INSERT INTO work_clock VALUES (1, '', 0, 0, 0)");
}

static void reopen(struct bench *b, enum db_mode mode)
{
    db_close(b->db);
    b->db = db_open(b->path, mode);
}

/* As the machine left it that went down when the clock stood at 5000. */
static void reboot(struct bench *b, int64_t off_ms)
{
    assert_int_equal(db_begin(b->db, 0), DB_OK);
    struct db_statement *s = db_sql(
        b->db, "UPDATE work_clock SET boot_id = 'another', offset_ms = -7,"
               " seen_work_ms = 5000, seen_at_ms = $1");
    db_put_int(s, clock_wall_ms() - off_ms);
    assert_int_equal(db_run(s), 1);
    assert_int_equal(db_commit(b->db), DB_OK);
    reopen(b, DB_WRITE);
}

static int64_t settle(struct bench *b)
{
    assert_int_equal(db_begin(b->db, 0), DB_OK);
    int64_t now_ms = db_clock_ms(b->db);
    assert_int_equal(db_commit(b->db), DB_OK);
    return now_ms;
}

static void it_goes_on_across_a_reboot(void **state)
{
    static const struct {
        int64_t off_s, passed_s; /* by the wall clock, and what is to be */
    } rows[] = {{0, 0},
                {20, 20},
                {DAY_S, DAY_S},
                {40 * DAY_S, DAY_S}, /* off for long, or it jumped on */
                {-40 * DAY_S, 0}};   /* it jumped back */
    struct bench *b = *state;
    make_clock(b);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        reboot(b, rows[i].off_s * 1000);
        int64_t now_ms = settle(b);
        assert_in_range(now_ms - 5000, rows[i].passed_s * 1000,
                        rows[i].passed_s * 1000 + SLACK_MS);
        for (int again = 0; again < 2; again++) { /* each sees the same */
            reopen(b, again == 0 ? DB_READ : DB_WRITE);
            assert_in_range(db_clock_ms(b->db), now_ms, now_ms + SLACK_MS);
        }
    }
}

static void it_runs_with_the_machine(void **state)
{
    struct bench *b = *state;
    make_clock(b);
    settle(b);
    struct db_statement *s = db_sql(b->db, "SELECT offset_ms FROM work_clock");
    assert_true(db_row(s));
    int64_t offset_ms = db_int(s, 0);
    db_done(s);
    for (int i = 0; i < 5; i++) {
        int64_t before_ms = clock_boot_ms();
        int64_t now_ms = db_clock_ms(b->db);
        assert_in_range(now_ms - offset_ms, before_ms, clock_boot_ms());
    }
}

/* What was kept is where the next boot goes on from. */
static void where_it_stands_is_kept(void **state)
{
    struct bench *b = *state;
    make_clock(b);
    int64_t now_ms = settle(b);
    usleep(20000);
    assert_int_equal(db_begin(b->db, 0), DB_OK);
    db_clock_keep(b->db);
    assert_int_equal(db_commit(b->db), DB_OK);
    assert_int_equal(db_begin(b->db, 0), DB_OK);
    db_run(db_sql(b->db, "UPDATE work_clock SET boot_id = 'another',"
                         " seen_at_ms = seen_at_ms + 100000000"));
    assert_int_equal(db_commit(b->db), DB_OK);
    reopen(b, DB_WRITE);
    assert_in_range(settle(b), now_ms + 20, now_ms + SLACK_MS);
}

static void a_reader_or_a_rollback_settles_nothing(void **state)
{
    struct bench *b = *state;
    make_clock(b);
    reboot(b, 1000);
    reopen(b, DB_READ);
    assert_in_range(db_clock_ms(b->db), 6000, 6000 + SLACK_MS);
    reopen(b, DB_WRITE);
    assert_in_range(db_clock_ms(b->db), 6000, 6000 + SLACK_MS);
    assert_int_equal(db_begin(b->db, 0), DB_OK);
    db_clock_ms(b->db);
    db_rollback(b->db);
    struct db_statement *s =
        db_sql(b->db, "SELECT 1 FROM work_clock WHERE boot_id = 'another'");
    assert_true(db_row(s));
    db_done(s);
    assert_in_range(settle(b), 6000, 6000 + SLACK_MS);
    s = db_sql(b->db, "SELECT 1 FROM work_clock WHERE boot_id = 'another'");
    assert_false(db_row(s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DB_TEST(it_goes_on_across_a_reboot),
        DB_TEST(it_runs_with_the_machine),
        DB_TEST(where_it_stands_is_kept),
        DB_TEST(a_reader_or_a_rollback_settles_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
