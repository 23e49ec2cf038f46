/* The folder of logs, HOME/log: each program appends to NAME.log there. The
 * supervisor (cli/serve/supervisor.c) looks after it: it renames a log that is
 * large, or of another day, to NAME.log.TIME, puts a new one in its place, and
 * removes old ones. Nothing is copied: a program goes on writing into the
 * renamed log until it follows (log_follow, nginx on USR1). So no line is lost,
 * whoever dies meanwhile. */
#ifndef BASE_LOG_FOLDER_H
#define BASE_LOG_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_folder {
    const char *path;
    int64_t max_bytes; /* of all logs together */
    int64_t max_days;  /* how long a log is kept after its last line */
    int day;           /* of the last look, in the shop's zone */
    bool muted;        /* the disk is nearly full: what comes is thrown away */
    bool kept;         /* ... and what was there before has been renamed */
    int64_t pruned_ms;
};

/* LOG_FOLDER_NAME: room for a renamed log's name. LOG_FOLDER_PARTS: a log is
 * large once it takes this part (1/20) of what all logs may take, so that the
 * logs in use alone stay below that. */
enum { LOG_FOLDER_NAME = 256, LOG_FOLDER_PARTS = 20 };

/* What the disk that holds path has left for others than root, and of that
 * what logs leave to the database: 5 %, at most 64 MB. */
void log_folder_room(const char *path, int64_t *free_bytes,
                     int64_t *reserve_bytes);

/* One look, meant for once a second. While less than the reserve is free, logs
 * stay as they are and new lines are thrown away; the beginning and the end of
 * that are logged. True when something was renamed: a program that does not
 * follow by itself must then be told. */
bool log_folder_look(struct log_folder *folder, int64_t now_ms,
                     int64_t free_bytes, int64_t reserve_bytes);

/* The oldest renamed log of a program whose name sorts behind `after` ("": the
 * oldest of all); false: there is none. */
bool log_folder_next(const char *path, const char *program, const char *after,
                     char out[LOG_FOLDER_NAME]);

#endif
