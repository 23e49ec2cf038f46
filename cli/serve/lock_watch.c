/* Who hangs with the write lock: see lock_watch.h. */
#include "cli/serve/lock_watch.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"

enum { LOCK_WATCH_EVERY_MS = 1000 };

/* proc(5): its third field, which follows the name in parentheses. */
static char process_state(pid_t pid)
{
    char path[32];
    char text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 'X';
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    const char *end = strrchr(text, ')');
    return end == NULL || end[1] != ' ' ? 'X' : end[2];
}

/* T: stopped; D: waits for the disk; t: held by a debugger. */
static bool hangs(const struct db_holder *holder)
{
    char state = process_state((pid_t)holder->pid);
    return state == 'T' || (holder->phase == DB_WORKING && state != 'D' &&
                            state != 't' && state != 'X');
}

pid_t lock_watch_look(struct lock_watch *watch)
{
    struct db_holder now;
    if (clock_boot_ms() - watch->looked_boot_ms < LOCK_WATCH_EVERY_MS)
        return 0;
    watch->looked_boot_ms = clock_boot_ms();
    if (!db_holder(watch->database, &now)) {
        watch->looks = 0;
        watch->last = (struct db_holder){.phase = DB_FREE};
        return 0;
    }
    if (memcmp(&now, &watch->last, sizeof now) != 0)
        watch->looks = 0;
    else if (hangs(&now))
        watch->looks++;
    watch->last = now;
    return watch->looks >= LOCK_WATCH_LOOKS ? (pid_t)now.pid : 0;
}
