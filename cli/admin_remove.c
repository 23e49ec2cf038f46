/* `ordermill admin remove EMAIL`: ends a staff sign-in and its sessions. */
#include "cli/cli.h"
#include "lib/base/time/clock.h"
#include "lib/shop/staff/staff.h"

int admin_remove_run(const struct cli *cli)
{
    if (cli->argc != 1)
        return CLI_USAGE;
    struct db *db = cli_open_shop(cli);
    if (db == NULL)
        return CLI_FAILED;
    bool found = false, stored = false;
    if (cli_begin(db)) {
        found = staff_remove(db, cli->argv[0], clock_wall_ms(), cli->arena);
        stored = cli_commit(db);
    }
    db_close(db);
    if (stored && !found)
        return cli_fail("%s: no staff sign-in has this address", cli->argv[0]);
    return stored ? CLI_DONE : CLI_FAILED;
}
