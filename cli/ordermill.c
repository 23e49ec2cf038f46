/* `ordermill`, the operator's command: the table of its verbs. */
#define _GNU_SOURCE
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/serve/home_look.h"
#include "cli/serve/owner.h"
#include "lib/adapter/crypto.h"
#include "lib/asl/timestamp.h"
#include "lib/base/log/log.h"
#include "lib/base/system/wake.h"
#include "lib/base/time/clock.h"
#include "lib/shop/setting.h"

enum { CLI_ARENA = 256 * 1024 * 1024 };

struct verb {
    const char *name;  /* one word or two */
    const char *words; /* what may follow it; "": nothing may */
    const char *summary;
    int (*run)(const struct cli *cli);
};

static const struct verb verbs[] = {
    {"serve", "", "run the shop in the foreground", serve_run},
    {"init", "", "create the shop's folder and database, or bring them up",
     init_run},
    {"import products", "FILE.csv [--recount]",
     "load a catalogue: sku,name,description,price,stock,stock_change,"
     "stock_seen",
     import_products_run},
    {"admin create", "EMAIL",
     "create a staff sign-in, or give it a new password", admin_create_run},
    {"admin remove", "EMAIL", "end a staff sign-in and its sessions",
     admin_remove_run},
    {"token create", "--role staff or read [--name NAME] [--days N]",
     "print a new token for the API (Authorization: Bearer)", token_create_run},
    {"token list", "", "name every token, its role, end and last use",
     token_list_run},
    {"token revoke", "ID", "end a token", token_revoke_run},
    {"check", "", "check that the whole database is sound; exit 1 when not",
     check_run},
    {"logs", "[--program NAME] [--since DAY or TIME] [-n LINES] [--follow]",
     "print what the programs logged, by time", logs_run},
    {"verify", "[--redraw]",
     "check the shop's books, a line a rule; exit 1 when one is broken; "
     "--redraw: draw lost papers again first",
     verify_run},
    {"reconcile", "[--since DAY or TIME]",
     "hold the books against the gateway's; exit 1 when they differ",
     reconcile_run},
    {"mail list", "", "list the mails that could not be sent", mail_list_run},
    {"mail resend", "ORDER or ID [--to EMAIL] | --failed-since DAY or TIME",
     "send mails again that could not be sent", mail_resend_run},
    {"workflow check", "FILE",
     "check a workflow definition; exit 1 and a line a mistake",
     workflow_check_run},
    {"workflow run", "FILE --input FILE [--tasks FILE] [--no-wait] [--events]",
     "run a definition outside the shop; exit 3 when it fails",
     workflow_run_run},
    {"workflow load", "", "take the workflow file as it now is for new orders",
     workflow_load_run},
    {"workflow secret", "", "print what signs calls to your web services",
     workflow_secret_run},
};

static void print_verbs(FILE *out)
{
    fprintf(out, "usage: ordermill VERB\n\n");
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        char call[96];
        snprintf(call, sizeof call, "%s %s", verbs[i].name, verbs[i].words);
        fprintf(out, "  %-26s %s\n", call, verbs[i].summary);
    }
    fprintf(out, "\nORDERMILL_HOME and its kin are told in README.md.\n");
}

/* The verb the words begin with, and how many of them it takes. */
static const struct verb *find_verb(int argc, char **argv, int *taken)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        const char *name = verbs[i].name;
        size_t first = strcspn(name, " ");
        if (strlen(argv[1]) != first || strncmp(name, argv[1], first) != 0)
            continue;
        *taken = name[first] == '\0' ? 1 : 2;
        if (*taken == 1 || (argc > 2 && strcmp(name + first + 1, argv[2]) == 0))
            return &verbs[i];
    }
    return NULL;
}

int cli_fail(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("ordermill: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    return CLI_FAILED;
}

struct db *cli_open_shop(const struct cli *cli)
{
    if (!home_can_be_written(cli->settings))
        return NULL;
    if (access(cli->settings->database, F_OK) == 0) {
        struct db *db = db_open(cli->settings->database, DB_WRITE);
        if (setting_initialised(db))
            return db;
        db_close(db);
    }
    cli_fail("%s holds no shop yet: run `ordermill init` or `serve` first",
             cli->settings->home);
    return NULL;
}

static void say_locked(void)
{
    cli_fail("the database is locked; nothing was changed");
}

bool cli_begin(struct db *db)
{
    if (db_begin(db, CLI_LOCK_WAIT_MS) == DB_OK)
        return true;
    say_locked();
    return false;
}

bool cli_commit(struct db *db)
{
    switch (db_commit(db)) {
    case DB_OK:
        return true;
    case DB_BUSY:
        say_locked();
        break;
    case DB_FULL:
        cli_fail("the disk is full; nothing was changed");
        break;
    }
    return false;
}

void cli_wake_reaper(const struct cli *cli)
{
    int fd = wake_sender();
    wake_send(fd,
              arena_printf(cli->arena, "%s/reaper.sock", cli->settings->run),
              "1");
    close(fd);
}

bool cli_read_since(const char *option, const char *text, int64_t *since_ms)
{
    struct timestamp time;
    if (!clock_read_day(text, since_ms)) {
        if (!timestamp_parse(text, &time)) {
            cli_fail("%s: `%s` is neither a day, YYYY-MM-DD, nor an RFC 3339 "
                     "time",
                     option, text);
            return false;
        }
        *since_ms = time.ms;
    }
    if (*since_ms >= 0 && *since_ms <= clock_wall_ms())
        return true;
    cli_fail("%s: `%s` is not between 1970 and now", option, text);
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_verbs(stdout);
        return CLI_DONE;
    }
    int taken = 0;
    const struct verb *verb = find_verb(argc, argv, &taken);
    if (verb == NULL) {
        fprintf(stderr, "ordermill: no verb `%s`\n", argv[1]);
        print_verbs(stderr);
        return CLI_USAGE;
    }
    umask(077); /* what lies in HOME is the shop's alone */
    struct arena arena = arena_create(CLI_ARENA);
    struct settings settings;
    const char *fault;
    settings_read(&arena, &settings, &fault); /* for HOME */
    if (verb->run != serve_run && !owner_act(&settings))
        return CLI_FAILED;
    bool valid = settings_read(&arena, &settings, &fault);
    log_open("ordermill", settings.log_level);
    if (!valid)
        return cli_fail("%s", fault);
    crypto_open();
    const struct cli cli = {.arena = &arena,
                            .settings = &settings,
                            .argc = argc - 1 - taken,
                            .argv = argv + 1 + taken};
    bool wordless = verb->words[0] == '\0';
    int status = wordless && cli.argc > 0 ? CLI_USAGE : verb->run(&cli);
    if (status == CLI_USAGE)
        fprintf(stderr, "usage: ordermill %s %s\n", verb->name, verb->words);
    arena_destroy(&arena);
    return status;
}
