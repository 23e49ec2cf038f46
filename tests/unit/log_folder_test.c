/* The folder of logs (lib/base/log/folder.h): what is renamed, removed and
 * thrown away, and that who writes meanwhile loses no line. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/log/folder.h"
#include "lib/base/log/log.h"
#include "lib/base/time/clock.h"
#include "tests/unit/death.h"
#include "tests/unit/scratch.h"

#define DAY INT64_C(86400000)

struct bench {
    char path[SCRATCH_SIZE];
    struct log_folder folder;
};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    scratch_make(b->path);
    b->folder =
        (struct log_folder){.path = b->path, .max_bytes = 2000, .max_days = 30};
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    scratch_remove(b->path);
    free(b);
    return 0;
}

static void append(const struct bench *b, const char *name, const char *text)
{
    char path[SCRATCH_SIZE + 300];
    snprintf(path, sizeof path, "%s/%s", b->path, name);
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* A log's last line was written then. */
static void age(const struct bench *b, const char *name, int64_t ms)
{
    char path[SCRATCH_SIZE + 300];
    struct timespec times[2] = {{.tv_sec = (time_t)(ms / 1000)},
                                {.tv_sec = (time_t)(ms / 1000)}};
    snprintf(path, sizeof path, "%s/%s", b->path, name);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static long size_of(const struct bench *b, const char *name)
{
    char path[SCRATCH_SIZE + 300];
    struct stat file;
    snprintf(path, sizeof path, "%s/%s", b->path, name);
    return stat(path, &file) == 0 ? (long)file.st_size : -1;
}

static int renamed(const struct bench *b, const char *program)
{
    char name[LOG_FOLDER_NAME] = "";
    char after[LOG_FOLDER_NAME];
    int count = 0;
    do
        strcpy(after, name);
    while (log_folder_next(b->path, program, after, name) && ++count);
    return count;
}

static bool look(struct bench *b, int64_t now_ms)
{
    return log_folder_look(&b->folder, now_ms, 1000, 0);
}

static char much[201]; /* more than a part of 2000 */

static void a_large_log_is_renamed(void **state)
{
    struct bench *b = *state;
    int64_t now = clock_wall_ms();
    append(b, "orders.log", "small\n");
    append(b, "track.log", much);
    append(b, "notes.txt", much);
    assert_true(look(b, now));
    assert_int_equal(renamed(b, "track"), 1);
    assert_int_equal(renamed(b, "orders"), 0);
    assert_int_equal(size_of(b, "track.log"), 0);
    assert_int_equal(size_of(b, "notes.txt"), 200);
    assert_false(look(b, now + 1));
    append(b, "track.log", much);
    assert_true(look(b, now + 2));
    assert_int_equal(renamed(b, "track"), 2);
}

static void each_day_has_its_own(void **state)
{
    struct bench *b = *state;
    int64_t now = clock_wall_ms();
    append(b, "orders.log", "yesterday\n");
    append(b, "track.log", "today\n");
    append(b, "empty.log", "");
    age(b, "orders.log", now - DAY);
    age(b, "empty.log", now - DAY);
    assert_true(look(b, now));
    assert_int_equal(renamed(b, "orders"), 1);
    assert_int_equal(renamed(b, "track"), 0);
    append(b, "orders.log", "today\n");
    assert_false(look(b, now + 1000));
    assert_true(look(b, now + DAY));
    assert_int_equal(renamed(b, "orders"), 2);
    assert_int_equal(renamed(b, "track"), 1);
    assert_int_equal(renamed(b, "empty"), 0);
}

static void what_is_too_old_or_too_much_goes(void **state)
{
    struct bench *b = *state;
    int64_t now = clock_wall_ms();
    char name[LOG_FOLDER_NAME];
    append(b, "a.log.20200101T000000000Z", "old\n");
    append(b, "a.log.20200102T000000000Z", "not yet\n");
    append(b, "a.log", "in use\n");
    age(b, "a.log.20200101T000000000Z", now - 31 * DAY);
    age(b, "a.log.20200102T000000000Z", now - 29 * DAY);
    look(b, now);
    assert_true(log_folder_next(b->path, "a", "", name));
    assert_string_equal(name, "a.log.20200102T000000000Z");

    for (int i = 0; i < 12; i++) {
        append(b, "b.log", much);
        look(b, now + i);
    }
    assert_int_equal(renamed(b, "a"), 0); /* the oldest goes first */
    assert_int_equal(renamed(b, "b"), 9);
    assert_int_equal(size_of(b, "a.log"), 7);
}

static void a_full_disk_keeps_what_there_is_and_no_more(void **state)
{
    struct bench *b = *state;
    int64_t now = clock_wall_ms();
    char name[LOG_FOLDER_NAME];
    append(b, "orders.log", "before\n");
    assert_true(log_folder_look(&b->folder, now, 99, 100));
    assert_true(log_folder_next(b->path, "orders", "", name));
    assert_int_equal(size_of(b, name), 7);
    for (int i = 1; i < 5; i++) {
        append(b, "orders.log", "thrown away\n");
        assert_false(
            log_folder_look(&b->folder, now + i, i > 2 ? 110 : 0, 100));
        assert_int_equal(size_of(b, "orders.log"), 0);
    }
    append(b, "orders.log", "kept\n");
    assert_false(log_folder_look(&b->folder, now + 9, 200, 100));
    assert_int_equal(size_of(b, "orders.log"), 5);
    assert_int_equal(size_of(b, name), 7);
}

/* As a program that serve started, whose log is renamed under it. */
static void write_and_rotate(void *argument)
{
    struct bench *b = argument;
    char path[SCRATCH_SIZE + 20];
    snprintf(path, sizeof path, "%s/tester.log", b->path);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
    dup2(fd, STDERR_FILENO);
    log_open("tester", NULL);
    log_follow(b->path);
    for (int i = 0; i < 100; i++) {
        log_error("line %d %150s", i, "");
        look(b, clock_wall_ms() + i);
    }
}

static void who_writes_follows_and_loses_no_line(void **state)
{
    struct bench *b = *state;
    char text[1024];
    char name[LOG_FOLDER_NAME] = "";
    int lines = 0;
    b->folder.max_bytes = 40000;
    assert_int_equal(death_run(write_and_rotate, b, text, sizeof text), 0);
    assert_true(renamed(b, "tester") > 5);
    for (bool more = true; more;) {
        char after[LOG_FOLDER_NAME], path[SCRATCH_SIZE + 300], line[1024];
        strcpy(after, name);
        more = log_folder_next(b->path, "tester", after, name);
        snprintf(path, sizeof path, "%s/%s", b->path,
                 more ? name : "tester.log");
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        while (fgets(line, sizeof line, file) != NULL) {
            char wanted[20];
            snprintf(wanted, sizeof wanted, "line %d ", lines);
            assert_non_null(strstr(line, wanted));
            lines++;
        }
        assert_true(more || ftell(file) < 3000);
        fclose(file);
    }
    assert_int_equal(lines, 100);
}

int main(void)
{
    memset(much, 'x', sizeof much - 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_large_log_is_renamed, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(each_day_has_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_too_old_or_too_much_goes, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            a_full_disk_keeps_what_there_is_and_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(who_writes_follows_and_loses_no_line,
                                        setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
