/* outside DATABASE [SQL]: a writer from outside the house, as an operator's
 * shell may be. Runs the SQL; or, with none, takes SQLite's write lock, says
 * so and gives it back when its input ends. */
#include <sqlite3.h>
#include <stdio.h>

static int hold(sqlite3 *db)
{
    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return 1;
    puts("held");
    fflush(stdout);
    while (getchar() != EOF)
        continue;
    return sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK;
}

int main(int argc, char **argv)
{
    sqlite3 *db;
    if (argc < 2 || sqlite3_open(argv[1], &db) != SQLITE_OK)
        return 2;
    sqlite3_busy_timeout(db, 10000);
    int status =
        argc == 2 ? hold(db) : sqlite3_exec(db, argv[2], NULL, NULL, NULL);
    sqlite3_close(db);
    return status;
}
