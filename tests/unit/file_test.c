/* Whole files (lib/base/system/file.h). */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "lib/base/system/file.h"
#include "tests/unit/scratch.h"

static struct arena arena;
static char folder[SCRATCH_SIZE];

static int setup(void **state)
{
    (void)state;
    arena = arena_create(8 << 20);
    scratch_make(folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scratch_remove(folder);
    arena_destroy(&arena);
    return 0;
}

static const char *in_folder(const char *name)
{
    return arena_printf(&arena, "%s/%s", folder, name);
}

static int files_in_folder(void)
{
    int count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    const char *path = in_folder("a");
    size_t length = 0;
    assert_true(file_replace(folder, path, "a\0b", 3));
    assert_memory_equal(file_read(&arena, path, 3, &length), "a\0b", 4);
    assert_int_equal(length, 3);
    assert_true(file_replace(folder, path, "", 0));
    assert_string_equal(file_read(&arena, path, 0, &length), "");
    assert_int_equal(length, 0);
    struct stat stat_buffer;
    assert_int_equal(stat(path, &stat_buffer), 0);
    assert_int_equal(stat_buffer.st_mode & 0777, 0600);
    assert_int_equal(files_in_folder(), 1);
}

static void the_old_file_stands_until_the_rename(void **state)
{
    (void)state;
    const char *path = in_folder("a");
    size_t length = 0;
    assert_true(file_replace(folder, path, "old", 3));
    assert_true(file_write_aside(path, "newer", 5));
    assert_string_equal(file_read(&arena, path, 10, &length), "old");
    assert_true(file_sync_all(folder));
    assert_true(file_put_in_place(path));
    assert_true(file_sync_folder(folder));
    assert_string_equal(file_read(&arena, path, 10, &length), "newer");
    assert_false(file_put_in_place(path));
    assert_int_equal(errno, ENOENT);
}

static void what_cannot_be_read_is_null(void **state)
{
    (void)state;
    size_t length = 0;
    assert_null(file_read(&arena, in_folder("none"), 10, &length));
    assert_int_equal(errno, ENOENT);
    assert_true(file_replace(folder, in_folder("a"), "12345", 5));
    assert_null(file_read(&arena, in_folder("a"), 4, &length));
    assert_int_equal(errno, EFBIG);
    /* A folder opens, but has no bytes. */
    assert_null(file_read(&arena, folder, 1 << 20, &length));
    assert_int_equal(errno, EISDIR);
}

static void what_cannot_be_written_leaves_nothing(void **state)
{
    (void)state;
    char name[5000];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_false(file_write_aside("/no/such/folder/a", "x", 1));
    assert_int_equal(errno, ENOENT);
    assert_false(file_write_aside(name, "x", 1));
    assert_false(file_sync_all(in_folder("none")));
    assert_false(file_sync_folder(in_folder("none")));
    assert_false(file_replace(folder, "/no/such/folder/a", "x", 1));

    struct rlimit before;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit little = {.rlim_cur = 100, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    bool written = file_replace(folder, in_folder("a"), name, 4000);
    int cause = errno;
    setrlimit(RLIMIT_FSIZE, &before);
    assert_false(written);
    assert_int_equal(cause, EFBIG);
    assert_int_equal(files_in_folder(), 0);
}

/* Whoever is last stands, whole; neither sees the other's half. */
static void several_may_replace_one(void **state)
{
    (void)state;
    enum { WRITERS = 3, TIMES = 30, SIZE = 20000 };
    const char *path = in_folder("a");
    char bytes[SIZE];
    pid_t writers[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        memset(bytes, 'a' + i, SIZE);
        writers[i] = fork();
        for (int at = 0; writers[i] == 0 && at < TIMES; at++)
            if (!file_replace(folder, path, bytes, SIZE))
                _exit(1);
        if (writers[i] == 0)
            _exit(0);
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
        assert_int_equal(status, 0);
    }
    size_t length = 0;
    char *read = file_read(&arena, path, SIZE, &length);
    assert_int_equal(length, SIZE);
    for (size_t i = 1; i < length; i++)
        assert_int_equal(read[i], read[0]);
    assert_int_equal(files_in_folder(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read),
        TEST(the_old_file_stands_until_the_rename),
        TEST(what_cannot_be_read_is_null),
        TEST(what_cannot_be_written_leaves_nothing),
        TEST(several_may_replace_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
