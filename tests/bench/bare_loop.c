/* The yardstick of `make bench`: a bare C loop that stores orders in SQLite,
 * one transaction each, the same rows POST /orders stores, nothing else: no
 * HTTP, no JSON, no checks. Prints orders per second.
 *
 *     build/bench/bare_loop DATABASE SECONDS
 *
 * DATABASE is a shop's that was just initialised and is at rest. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *const statements[] = {
    "BEGIN IMMEDIATE",
    "INSERT INTO orders (number, order_id, track_token, payment_method,"
    " total_minor, customer_name, customer_email, profile_id, created_at_ms,"
    " updated_at_ms) VALUES (?1, ?2, ?3, 'pm_card_visa', 2500,"
    " 'Ada Lovelace', 'ada@example.com', 1, ?4, ?4)",
    "INSERT INTO order_lines (order_id, line_no, sku, title, quantity,"
    " unit_price_minor) VALUES (?2, 1, 'mouse', 'Mouse', 1, 2500)",
    "INSERT INTO order_words (word, number) VALUES ('ada@example.com', ?1)",
    "INSERT INTO order_words (word, number) VALUES ('ada lovelace', ?1)",
    "INSERT INTO order_words (word, number) VALUES ('lovelace', ?1)",
    "INSERT INTO executions (order_id, definition_hash,"
    " started_at_ms) SELECT ?2, value, ?4 FROM settings"
    " WHERE name = 'workflow'",
    "COMMIT"};

enum { STATEMENTS = sizeof statements / sizeof statements[0] };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void expect(sqlite3 *db, int code, int wanted)
{
    if (code == wanted)
        return;
    fprintf(stderr, "bare_loop: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static void store_order(sqlite3 *db, sqlite3_stmt **prepared, long number)
{
    char order_id[40];
    char token[40];
    snprintf(order_id, sizeof order_id, "01900000-0000-7000-8000-%012lx",
             number);
    snprintf(token, sizeof token, "%08lx-token-%08lx",
             number * 2654435761 % 4294967296, number);
    for (int i = 0; i < STATEMENTS; i++) {
        sqlite3_stmt *s = prepared[i];
        int count = sqlite3_bind_parameter_count(s);
        if (count >= 1)
            sqlite3_bind_int64(s, 1, number);
        if (count >= 2)
            sqlite3_bind_text(s, 2, order_id, -1, SQLITE_STATIC);
        if (count >= 3)
            sqlite3_bind_text(s, 3, token, -1, SQLITE_STATIC);
        if (count >= 4)
            sqlite3_bind_int64(s, 4, 1700000000000 + number);
        int code = sqlite3_step(s);
        if (code == SQLITE_ROW)
            code = sqlite3_step(s);
        expect(db, code, SQLITE_DONE);
        sqlite3_reset(s);
    }
}

int main(int argc, char **argv)
{
    sqlite3 *db;
    sqlite3_stmt *prepared[STATEMENTS];
    if (argc != 3 || sqlite3_open(argv[1], &db) != SQLITE_OK)
        return 2;
    expect(db,
           sqlite3_exec(db,
                        "PRAGMA journal_mode = WAL;"
                        "PRAGMA synchronous = FULL;"
                        "PRAGMA foreign_keys = ON",
                        NULL, NULL, NULL),
           SQLITE_OK);
    for (int i = 0; i < STATEMENTS; i++)
        expect(db,
               sqlite3_prepare_v2(db, statements[i], -1, &prepared[i], NULL),
               SQLITE_OK);
    double seconds = atof(argv[2]);
    double start = now();
    long stored = 0;
    while (now() - start < seconds)
        store_order(db, prepared, 100000 + ++stored);
    printf("%.0f\n", (double)stored / (now() - start));
    return 0;
}
