/* For tests that need a folder: a fresh one below TMPDIR, removed with all it
 * holds by scratch_remove. */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SCRATCH_SIZE = 200 };

static inline void scratch_make(char folder[SCRATCH_SIZE])
{
    const char *where = getenv("TMPDIR");
    snprintf(folder, SCRATCH_SIZE, "%s/ordermill-unit-XXXXXX",
             where != NULL && where[0] != '\0' ? where : "/tmp");
    assert_non_null(mkdtemp(folder));
}

static inline void scratch_remove(const char *folder)
{
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[SCRATCH_SIZE + 260];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        assert_int_equal(remove(path), 0);
    }
    closedir(dir);
    assert_int_equal(rmdir(folder), 0);
}

#endif
