/* Whether a database is whole: see db.h. Here nothing dies of what it finds. */
#include <string.h>
#include <sys/stat.h>

#include "lib/adapter/db/private.h"

/* SQLite's own words have line breaks. */
static const char *one_line(struct arena *arena, const char *table,
                            const char *text)
{
    char *line = table == NULL ? arena_string(arena, text)
                               : arena_printf(arena, "%s: %s", table, text);
    for (char *end = line; (end = strchr(end, '\n')) != NULL;)
        *end = ' ';
    return line;
}

static int64_t note(const char **first, const char *line)
{
    if (*first == NULL)
        *first = line;
    return 1;
}

/* sql yields a row a fault, or the word ok; with a parameter it is about one
 * table. Gives the number of faults. */
static int64_t look(struct db *db, const char *sql, const char *table,
                    struct arena *arena, const char **first)
{
    sqlite3_stmt *s = NULL;
    int64_t faults = 0;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL);
    if (code == SQLITE_OK && table != NULL)
        code = sqlite3_bind_text(s, 1, table, -1, SQLITE_STATIC);
    while (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(s, 0);
        if (text == NULL || strcmp(text, "ok") != 0)
            faults += note(first, one_line(arena, table, text ? text : "?"));
        code = SQLITE_OK;
    }
    if (code != SQLITE_DONE)
        faults +=
            note(first, one_line(arena, table, sqlite3_errmsg(db->handle)));
    sqlite3_finalize(s);
    return faults;
}

int64_t db_check(struct db *db, struct arena *arena, const char **first)
{
    *first = NULL;
    return look(db, "PRAGMA integrity_check", NULL, arena, first) +
           look(db,
                "SELECT 'foreign key of ' || \"table\""
                " FROM pragma_foreign_key_check",
                NULL, arena, first);
}

/* In the order of their names, one at a time: the statement that lists them is
 * at its end before the table is looked at. */
static const char *next_table(struct db *db, const char *last,
                              struct arena *arena)
{
    sqlite3_stmt *s = NULL;
    const char *name = NULL;
    if (sqlite3_prepare_v2(db->handle,
                           "SELECT MIN(name) FROM sqlite_schema"
                           " WHERE type = 'table' AND name > $1",
                           -1, &s, NULL) == SQLITE_OK &&
        sqlite3_bind_text(s, 1, last, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW && sqlite3_column_text(s, 0) != NULL)
        name = arena_string(arena, (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    return name;
}

int64_t db_check_tables(struct db *db, struct arena *arena, int64_t *tables,
                        const char **first)
{
    static const char pages[] =
        "SELECT integrity_check FROM pragma_integrity_check($1)";
    static const char keys[] = "SELECT 'a foreign key leads nowhere' FROM "
                               "pragma_foreign_key_check($1)";
    *first = NULL;
    *tables = 0;
    int64_t faults = look(db, pages, "sqlite_schema", arena, first);
    for (const char *table = ""; (table = next_table(db, table, arena));) {
        ++*tables;
        faults += look(db, pages, table, arena, first);
        faults += look(db, keys, table, arena, first);
    }
    return faults;
}

enum db_file db_look(const char *path, struct arena *arena, const char **why)
{
    struct stat file;
    sqlite3 *handle = NULL;
    *why = "there is nothing in it";
    if (stat(path, &file) != 0 || file.st_size == 0)
        return DB_FILE_NONE;
    int code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL);
    sqlite3_busy_timeout(handle, 2000);
    if (code == SQLITE_OK)
        code = sqlite3_exec(handle, "SELECT COUNT(*) FROM sqlite_schema", NULL,
                            NULL, NULL);
    *why = arena_string(arena, sqlite3_errmsg(handle));
    sqlite3_close(handle);
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_BUSY:
        return DB_FILE_SOUND;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_IOERR:
        return DB_FILE_DAMAGED;
    default:
        return DB_FILE_CLOSED;
    }
}
