/* The folder of logs, HOME/log: each program appends to NAME.log there. Looked
 * after by who starts the programs (cli/serve/supervisor.c): a log that is
 * large, or of another day, is renamed to NAME.log.TIME and a new one put in
 * its place; old ones are removed. Nothing is copied: who still writes to a
 * renamed log writes into that, until it follows (log_follow, nginx on USR1).
 * So no line is lost, whoever dies meanwhile. */
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

/* Room for a renamed log's name. A log is large at so manyth a part of what all
 * may take, so that those in use alone stay below it. */
enum { LOG_FOLDER_NAME = 256, LOG_FOLDER_PARTS = 20 };

/* What the disk that holds path has left for others than root, and of that
 * what logs leave to the database: 5 %, at most 64 MB. */
void log_folder_room(const char *path, int64_t *free_bytes,
                     int64_t *reserve_bytes);

/* One look; meant for once a second. While less than the reserve is free,
 * logs are kept as they are and what comes is thrown away; both ends of that
 * are logged. True when something was renamed, so that who does not follow by
 * himself has to be told. */
bool log_folder_look(struct log_folder *folder, int64_t now_ms,
                     int64_t free_bytes, int64_t reserve_bytes);

/* The oldest renamed log of a program whose name sorts behind `after` (""
 * for all); false: there is none. */
bool log_folder_next(const char *path, const char *program, const char *after,
                     char out[LOG_FOLDER_NAME]);

#endif
