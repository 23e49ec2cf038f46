/* `ordermill verify`: checks the shop's invariants, a line each; with --redraw
 * the papers that are lost are drawn again first. Each rule is checked in a
 * process of its own: one that dies of a damaged table takes no other with
 * it. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "lib/shop/books/audit.h"

enum { VERIFY_HOLDS = 0, VERIFY_BROKEN = 10 }; /* die() ends with 1 */

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

static bool check(const struct cli *cli, int rule)
{
    struct audit_line line =
        audit_run(cli->settings, (enum audit_rule)rule, cli->arena);
    print_line(&line);
    return line.broken == 0;
}

static bool redraw(const struct cli *cli, int rule)
{
    (void)rule;
    return redraw_papers(cli);
}

/* True when the work, in a process of its own, came out well. One that died is
 * named. */
static bool apart(const struct cli *cli, bool (*work)(const struct cli *, int),
                  int rule, const char *name)
{
    int status = 0;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        bool well = work(cli, rule);
        fflush(stdout);
        _exit(well ? VERIFY_HOLDS : VERIFY_BROKEN);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    int code = pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code != VERIFY_HOLDS && code != VERIFY_BROKEN)
        printf("BROKEN  %s: cannot be read, see what stderr says\n", name);
    return code == VERIFY_HOLDS;
}

int verify_run(const struct cli *cli)
{
    int status = CLI_DONE;
    bool redraws = cli->argc == 1 && strcmp(cli->argv[0], "--redraw") == 0;
    if (cli->argc != 0 && !redraws)
        return CLI_USAGE;
    if (access(cli->settings->database, R_OK) != 0)
        return cli_fail("%s: there is no shop here: run `ordermill init`",
                        cli->settings->home);
    if (redraws && !apart(cli, redraw, 0, "papers"))
        status = CLI_FAILED;
    for (int rule = 0; rule < AUDIT_LINES; rule++)
        if (!apart(cli, check, rule, audit_rule_name((enum audit_rule)rule)))
            status = CLI_FAILED;
    return status;
}
