/* Whole files, written so that a crash leaves the old one or the new one. */
#ifndef BASE_SYSTEM_FILE_H
#define BASE_SYSTEM_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/memory/arena.h"

/* The bytes of a file, NUL-terminated in arena; NULL when it cannot be read
 * (errno says why) or is larger than max. */
char *file_read(struct arena *arena, const char *path, size_t max,
                size_t *length);

/* Writes PATH.new beside the target, not yet synced. False with errno set. */
bool file_write_aside(const char *path, const char *bytes, size_t length);

/* Syncs the file system that holds folder: what was written aside is on disk
 * afterwards. One call serves a whole batch. */
bool file_sync_all(const char *folder);

/* Renames PATH.new to PATH. */
bool file_put_in_place(const char *path);

/* Syncs the folder itself, which makes the renames durable. */
bool file_sync_folder(const char *folder);

/* The four above for a single file, which other processes may be replacing as
 * well: each writes aside under a name of its own. */
bool file_replace(const char *folder, const char *path, const char *bytes,
                  size_t length);

#endif
