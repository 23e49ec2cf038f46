/* `ordermill workflow secret`: prints the secret by which the shop's own web
 * services check that a call is Ordermill's. */
#include <stdio.h>

#include "cli/cli.h"
#include "lib/shop/setting.h"

int workflow_secret_run(const struct cli *cli)
{
    struct db *db = cli_open_shop(cli);
    if (db == NULL)
        return CLI_FAILED;
    printf("%s\n", setting_get(db, "task_secret", cli->arena));
    db_close(db);
    return CLI_DONE;
}
