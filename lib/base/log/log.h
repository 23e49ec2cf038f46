/* One line a message on stderr: time, level, program, text. The supervisor
 * points each program's stderr at its file in log/ (see folder.h). Nothing
 * secret is ever passed in: no token, no signature, no key, no card number, no
 * body. */
#ifndef BASE_LOG_LOG_H
#define BASE_LOG_LOG_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* program must outlive the process; level_name is ORDERMILL_LOG_LEVEL
 * ("debug", "info", "warning", "error") or NULL for info. */
void log_open(const char *program, const char *level_name);

/* From now on each message goes to the file that has the log's name at that
 * moment, if stderr is the program's log in this folder, or was before it was
 * renamed. */
void log_follow(const char *folder);

/* From now on each message also goes into the program's log in this folder. */
void log_copy(const char *folder);

void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A broken environment (memory, I/O, SQL error, missing template): logs and
 * exits 1, to be restarted. Nothing was promised yet. */
void die(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

#endif
