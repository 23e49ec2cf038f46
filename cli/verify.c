/* `ordermill verify`: checks the shop's invariants, a line each. */
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "lib/shop/audit.h"

static void print_line(const struct audit_line *line)
{
    const char *verdict = !line->checked      ? "skipped"
                          : line->broken == 0 ? "ok"
                                              : "BROKEN";
    printf("%-8s%s", verdict, line->rule);
    if (line->count > 0)
        printf(", %lld checked", (long long)line->count);
    if (line->in_hand > 0)
        printf(", %lld in hand", (long long)line->in_hand);
    if (!line->checked)
        printf(": no local gateway");
    if (line->broken > 0)
        printf(": %lld broken, first: %s", (long long)line->broken,
               line->first);
    printf("\n");
}

int verify_run(const struct cli *cli)
{
    struct audit_line lines[AUDIT_LINES];
    int status = CLI_DONE;
    if (cli->argc != 0)
        return CLI_USAGE;
    if (access(cli->settings->database, R_OK) != 0)
        return cli_fail("%s: there is no shop here: run `ordermill init`",
                        cli->settings->home);
    audit_run(cli->settings, cli->arena, lines);
    for (size_t i = 0; i < AUDIT_LINES; i++) {
        print_line(&lines[i]);
        if (lines[i].broken > 0)
            status = CLI_FAILED;
    }
    return status;
}
