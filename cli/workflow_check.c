/* `ordermill workflow check`: whether a file is a workflow definition; every
 * mistake on a line of its own. Judges the language only: which tasks there
 * are is decided at load. */
#include "cli/workflow_file.h"

int workflow_check_run(const struct cli *cli)
{
    if (cli->argc != 1)
        return CLI_USAGE;
    return workflow_read(cli, cli->argv[0], stdout, NULL) != NULL ? CLI_DONE
                                                                  : CLI_FAILED;
}
