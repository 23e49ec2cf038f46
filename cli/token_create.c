/* `ordermill token create --role staff`: a machine's token, printed alone. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/base/clock.h"
#include "lib/shop/staff.h"

int token_create_run(const struct cli *cli)
{
    if (cli->argc != 2 || strcmp(cli->argv[0], "--role") != 0)
        return CLI_USAGE;
    if (strcmp(cli->argv[1], "staff") != 0)
        return cli_fail("no role `%s`: staff is the one there is",
                        cli->argv[1]);
    struct db *db = cli_open_shop(cli);
    if (db == NULL)
        return CLI_FAILED;
    char token[CRYPTO_TOKEN_SIZE];
    bool stored = false;
    if (db_begin(db, CLI_LOCK_WAIT_MS) == DB_OK) {
        api_token_create(db, token, clock_wall_ms());
        stored = cli_commit(db);
    } else {
        cli_fail("the database is locked; nothing was changed");
    }
    db_close(db);
    if (!stored)
        return CLI_FAILED;
    printf("%s\n", token);
    return CLI_DONE;
}
