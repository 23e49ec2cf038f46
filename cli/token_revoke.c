/* `ordermill token revoke ID`: ends a token; `token list` tells the ID. */
#include <stdlib.h>

#include "cli/cli.h"
#include "lib/base/time/clock.h"
#include "lib/shop/staff/api_token.h"

int token_revoke_run(const struct cli *cli)
{
    char *end;
    if (cli->argc != 1)
        return CLI_USAGE;
    long long id = strtoll(cli->argv[0], &end, 10);
    if (*end != '\0' || id < 1)
        return cli_fail("%s: not a token's number; `ordermill token list` "
                        "tells it",
                        cli->argv[0]);
    struct db *db = cli_open_shop(cli);
    if (db == NULL)
        return CLI_FAILED;
    bool found = false, stored = false;
    if (cli_begin(db)) {
        found = api_token_revoke(db, id, clock_wall_ms());
        stored = cli_commit(db);
    }
    db_close(db);
    if (stored && !found)
        return cli_fail("there is no token %lld", id);
    return stored ? CLI_DONE : CLI_FAILED;
}
