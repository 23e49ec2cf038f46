/* `ordermill verify --redraw`: draws again the papers whose files are gone or
 * damaged. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/base/time/clock.h"
#include "lib/view/paper/paper.h"

/* Staff are told of a copy, and that a paper is back. */
static bool tell(const struct cli *cli, struct db *db,
                 const struct paper *paper, enum paper_outcome outcome)
{
    if (db_begin(db, CLI_LOCK_WAIT_MS) != DB_OK) {
        cli_fail("the database is locked; no alarm tells of %s", paper->file);
        return false;
    }
    if (outcome == PAPER_COPIED)
        paper_tell_of_copy(db, paper, clock_wall_ms(), cli->arena);
    else
        paper_is_back(db, paper, clock_wall_ms());
    return cli_commit(db);
}

static void print(const struct paper *paper, const struct paper_again *again)
{
    switch (again->outcome) {
    case PAPER_THERE:
    case PAPER_RESTORED:
        printf("drawn   %s: as it was\n", paper->file);
        break;
    case PAPER_COPIED:
        printf("COPY    %s: other bytes are drawn today, %s is handed out; "
               "put the file back from a backup\n",
               paper->file, again->file);
        break;
    case PAPER_LOST:
        printf("LOST    %s: %s\n", paper->file, again->why);
        break;
    }
}

/* True: it is as it was. */
static bool redraw(const struct cli *cli, struct db *db, struct pdf *pdf,
                   const struct paper_fault *fault)
{
    const struct settings *settings = cli->settings;
    struct paper paper;
    struct paper_again again = {.outcome = PAPER_LOST};
    if (!paper_find(db, fault->file, &paper, cli->arena))
        return false;
    if (fault->found == PAPER_FILE_DAMAGED) {
        const char *kept =
            paper_move_aside(settings->receipts, paper.file, cli->arena);
        if (kept == NULL) {
            again.why = strerror(errno);
            print(&paper, &again);
            return false;
        }
        printf("damaged %s: kept as %s\n", paper.file, kept);
    }
    again = paper_draw_again(db, settings, pdf, &paper, cli->arena);
    print(&paper, &again);
    return again.outcome != PAPER_LOST &&
           tell(cli, db, &paper, again.outcome) &&
           again.outcome == PAPER_RESTORED;
}

bool redraw_papers(const struct cli *cli)
{
    int64_t count;
    bool whole = true;
    struct db *db = cli_open_shop(cli);
    if (db == NULL)
        return false;
    struct pdf *pdf = paper_open_pdf(cli->settings, cli->arena);
    const struct paper_fault *fault =
        paper_faults(db, cli->settings->receipts, &count, cli->arena);
    if (fault == NULL)
        printf("ok      papers, %lld checked: none is lost\n",
               (long long)count);
    for (size_t used = cli->arena->used; fault != NULL; fault = fault->next) {
        whole = redraw(cli, db, pdf, fault) && whole;
        cli->arena->used = used;
    }
    pdf_close(pdf);
    db_close(db);
    return whole;
}
