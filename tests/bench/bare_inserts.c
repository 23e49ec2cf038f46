/* The yardstick of webhooks.mjs: stores the same events in the same table, so
 * many a transaction, and does nothing else: no HTTP, no signature, no JSON.
 * Prints events per second.
 *
 *     build/bench/bare_inserts DATABASE FILE GROUP
 *
 * DATABASE is a shop's that was just initialised and is at rest; FILE has an
 * event a line: its id, a tab, its body. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINE_SIZE = 1 << 20 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return;
    fprintf(stderr, "bare_inserts: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static void insert(sqlite3 *db, sqlite3_stmt *s, char *line)
{
    char *body = strchr(line, '\t');
    if (body == NULL)
        exit(2);
    sqlite3_bind_text(s, 1, line, (int)(body - line), SQLITE_STATIC);
    sqlite3_bind_text(s, 2, body + 1, (int)strcspn(body + 1, "\n"),
                      SQLITE_STATIC);
    if (sqlite3_step(s) != SQLITE_DONE) {
        fprintf(stderr, "bare_inserts: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
    sqlite3_reset(s);
}

int main(int argc, char **argv)
{
    static char line[LINE_SIZE];
    sqlite3 *db;
    sqlite3_stmt *s;
    FILE *file = argc == 4 ? fopen(argv[2], "r") : NULL;
    long group = argc == 4 ? atol(argv[3]) : 0;
    if (file == NULL || group < 1 || sqlite3_open(argv[1], &db) != SQLITE_OK)
        return 2;
    run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    if (sqlite3_prepare_v2(db,
                           "INSERT INTO webhook_events (event_id, type, body,"
                           " created_at_ms, received_at_ms)"
                           " VALUES (?1, 'charge.succeeded',"
                           " CAST(?2 AS BLOB), 1, 2)",
                           -1, &s, NULL) != SQLITE_OK)
        return 1;
    double start = now();
    long stored = 0;
    for (; fgets(line, sizeof line, file) != NULL; stored++) {
        if (stored % group == 0)
            run(db,
                stored == 0 ? "BEGIN IMMEDIATE" : "COMMIT; BEGIN IMMEDIATE");
        insert(db, s, line);
    }
    run(db, "COMMIT");
    printf("%.0f\n", (double)stored / (now() - start));
    return 0;
}
