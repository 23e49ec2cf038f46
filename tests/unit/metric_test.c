/* Counters that outlive a process. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/log/metric.h"

static char folder[] = "/tmp/counter-XXXXXX";
static struct arena arena;

static const char *path_of(const char *name)
{
    return arena_printf(&arena, "%s/%s.metrics", folder, name);
}

static const char *all(void)
{
    struct text out = text_create(&arena, 1024);
    metrics_write(&out, folder);
    return out.bytes;
}

/* What the one program counted, by the metric's line; -1: it has none. */
static int64_t count_of(const char *name, enum metric which)
{
    static const char *const lines[METRIC_KINDS] = {
        [METRIC_STARTS] = "\nordermill_program_starts_total{program=\"%s\"} ",
        [METRIC_ANSWERS_2XX] =
            "\nordermill_answers_total{program=\"%s\",status=\"2xx\"} ",
        [METRIC_BATCHES] = "\nordermill_batches_total{program=\"%s\"} "};
    const char *mark = strchr(lines[which], '%');
    const char *line =
        arena_printf(&arena, "%.*s%s%s", (int)(mark - lines[which]),
                     lines[which], name, mark + 2);
    const char *found = strstr(all(), line);
    return found == NULL ? -1 : atoll(found + strlen(line));
}

static void test_text(void **state)
{
    (void)state;
    static const char *const heads[] = {"program_starts_total", "answers_total",
                                        "batches_total"};
    metrics_open(folder, "orders");
    metrics_open(folder, "admin");
    const char *text = all();
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        const char *head =
            strstr(text, arena_printf(&arena,
                                      "# TYPE ordermill_%s counter\n"
                                      "ordermill_%s{program=\"admin\"",
                                      heads[i], heads[i]));
        assert_non_null(head);
        assert_null(strstr(
            head + 1, arena_printf(&arena, "# TYPE ordermill_%s", heads[i])));
        assert_non_null(strstr(
            head, arena_printf(&arena, "\nordermill_%s{program=\"orders\"",
                               heads[i])));
    }
}

static void test_outlives(void **state)
{
    (void)state;
    for (int life = 1; life <= 3; life++) {
        struct metrics *metrics = metrics_open(folder, "orders");
        metric_add(metrics, METRIC_STARTS);
        metric_add(metrics, METRIC_BATCHES);
        metric_add(metrics, METRIC_BATCHES);
        assert_int_equal(count_of("orders", METRIC_STARTS), life);
        assert_int_equal(count_of("orders", METRIC_BATCHES), 2 * life);
        assert_int_equal(count_of("orders", METRIC_ANSWERS_2XX), 0);
    }
}

/* Also where all make the file at once, and some are killed. */
static void test_together(void **state)
{
    (void)state;
    enum { PROCESSES = 8, EACH = 20000 };
    pid_t pids[PROCESSES];
    for (int p = 0; p < PROCESSES; p++)
        if ((pids[p] = fork()) == 0) {
            struct metrics *metrics = metrics_open(folder, "sign-in");
            for (int i = 0; i < EACH; i++)
                metric_add(metrics, METRIC_ANSWERS_2XX);
            kill(getpid(), SIGKILL);
        }
    for (int p = 0; p < PROCESSES; p++)
        assert_int_equal(waitpid(pids[p], NULL, 0), pids[p]);
    assert_int_equal(count_of("sign-in", METRIC_ANSWERS_2XX), PROCESSES * EACH);
}

static void write_file(const char *name, const void *bytes, size_t length)
{
    int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, bytes, length), (ssize_t)length);
    close(fd);
}

static void test_torn(void **state)
{
    (void)state;
    char bytes[4096] = {0};
    metric_add(metrics_open(folder, "track"), METRIC_STARTS);
    int fd = open(path_of("track"), O_RDONLY);
    ssize_t length = read(fd, bytes, sizeof bytes);
    close(fd);
    for (int fault = 0; fault < 5; fault++) {
        char torn[sizeof bytes];
        size_t size = (size_t)length;
        memcpy(torn, bytes, sizeof torn);
        switch (fault) {
        case 0: /* nothing was written of it */
            size = 0;
            break;
        case 1:
            size--;
            break;
        case 2:
            memset(torn, 0, size);
            break;
        case 3: /* another version's */
            torn[8]++;
            break;
        default: /* no count */
            memset(torn + size - 8, 0xff, 8);
            break;
        }
        write_file("track", torn, size);
        assert_int_equal(count_of("track", METRIC_STARTS), -1);
        struct metrics *metrics = metrics_open(folder, "track");
        assert_int_equal(count_of("track", METRIC_STARTS), 0);
        metric_add(metrics, METRIC_STARTS);
        assert_int_equal(count_of("track", METRIC_STARTS), 1);
    }
}

static void test_foreign(void **state)
{
    (void)state;
    write_file("of-another", "kept", 4);
    assert_int_equal(symlink(path_of("of-another"), path_of("link")), 0);
    metric_add(metrics_open(folder, "link"), METRIC_STARTS);
    assert_int_equal(count_of("link", METRIC_STARTS), 1);
    struct stat file;
    assert_int_equal(stat(path_of("of-another"), &file), 0);
    assert_int_equal(file.st_size, 4);
    assert_int_equal(count_of("of-another", METRIC_STARTS), -1);
}

static void test_no_file(void **state)
{
    (void)state;
    struct metrics *metrics = metrics_open("/nowhere", "orders");
    metric_add(metrics, METRIC_STARTS);
    struct text out = text_create(&arena, 64);
    metrics_write(&out, "/nowhere");
    assert_null(strchr(out.bytes, '{'));
}

static int open_folder(void **state)
{
    (void)state;
    arena = arena_create(1024 * 1024);
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"orders", "sign-in",    "track",
                                        "link",   "of-another", "admin"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(path_of(names[i]));
    int left = rmdir(folder); /* nothing else was left there */
    arena_destroy(&arena);
    return left;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outlives), cmocka_unit_test(test_text),
        cmocka_unit_test(test_together), cmocka_unit_test(test_torn),
        cmocka_unit_test(test_foreign),  cmocka_unit_test(test_no_file)};
    return cmocka_run_group_tests(tests, open_folder, remove_folder);
}
