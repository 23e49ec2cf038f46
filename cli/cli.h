/* The operator's command: what its verbs share. ordermill.c holds their table;
 * each verb stands in a file of its own. A verb gives the exit status: 0 done,
 * 1 not done (stderr says why), 2 called wrongly. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>

#include "lib/adapter/db/db.h"
#include "lib/base/memory/arena.h"
#include "lib/base/settings/settings.h"

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_LOCK_WAIT_MS = 10000 };

struct cli {
    struct arena *arena;
    const struct settings *settings;
    int argc; /* the words after the verb */
    char **argv;
};

int serve_run(const struct cli *cli);
int init_run(const struct cli *cli);
int import_products_run(const struct cli *cli);
int admin_create_run(const struct cli *cli);
int admin_remove_run(const struct cli *cli);
int token_create_run(const struct cli *cli);
int token_list_run(const struct cli *cli);
int token_revoke_run(const struct cli *cli);
int check_run(const struct cli *cli);
int logs_run(const struct cli *cli);
int verify_run(const struct cli *cli);
int reconcile_run(const struct cli *cli);
int mail_list_run(const struct cli *cli);
int mail_resend_run(const struct cli *cli);
int workflow_check_run(const struct cli *cli);
int workflow_run_run(const struct cli *cli);
int workflow_load_run(const struct cli *cli);
int workflow_secret_run(const struct cli *cli);

/* One line on stderr, "ordermill: " in front; gives CLI_FAILED. */
int cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The shop's database; NULL, and said so, when there was no `init` before. */
struct db *cli_open_shop(const struct cli *cli);

/* Reads the value of an option such as "--since": a day, which begins at
 * midnight in the shop's zone, or an RFC 3339 time. False, and said so, when it
 * is neither or lies in the future. */
bool cli_read_since(const char *option, const char *text, int64_t *since_ms);

/* False, and said so: another process keeps the lock. */
bool cli_begin(struct db *db);

/* True when the transaction is on disk; else says why it is not. */
bool cli_commit(struct db *db);

/* Wakes the reaper, once there is something for it to do. */
void cli_wake_reaper(const struct cli *cli);

/* Draws again the papers whose files are gone or damaged, and prints a line for
 * each. False: not all are as they were. */
bool redraw_papers(const struct cli *cli);

/* The parts of init, which serve takes one by one. */
bool init_folders(const struct settings *settings);
bool init_shop(const struct cli *cli);

/* A password for people: 80 random bits in four groups. */
enum { ADMIN_PASSWORD_SIZE = sizeof "abcd-efgh-jkmn-pqrs" };
void admin_password(char out[ADMIN_PASSWORD_SIZE]);

#endif
