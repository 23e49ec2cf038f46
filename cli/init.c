/* `ordermill init`: the shop's folder and database, created or brought up to
 * the current configuration. serve does the same before it starts anything. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/catalogue.h"
#include "lib/asl/definition.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/shop/setting.h"
#include "lib/shop/workflow.h"

#define INIT_VERSION "1"

enum { INIT_MAX_FILE = 1024 * 1024, INIT_WORKFLOW_DEPTH = 32 };

static bool make_folder(const char *path)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    cli_fail("%s: %s", path, strerror(errno));
    return false;
}

/* HOME and what leads to it. A folder that others share is refused, lest its
 * mode be taken from them. */
static bool make_home(const char *home)
{
    char path[PATH_MAX];
    if (strlen(home) >= sizeof path) {
        cli_fail("ORDERMILL_HOME: too long");
        return false;
    }
    strcpy(path, home);
    for (char *slash = strchr(path + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0755) != 0 && errno != EEXIST) {
            cli_fail("%s: %s", path, strerror(errno));
            return false;
        }
        *slash = '/';
    }
    struct stat stat_buffer;
    if (!make_folder(home))
        return false;
    if (stat(home, &stat_buffer) != 0 || !S_ISDIR(stat_buffer.st_mode) ||
        (stat_buffer.st_mode & S_ISVTX) != 0 || chmod(home, 0700) != 0) {
        cli_fail("%s: must be a folder of your own", home);
        return false;
    }
    return true;
}

bool init_folders(const struct settings *settings)
{
    char temporary[PATH_MAX];
    if (!make_home(settings->home) || !make_folder(settings->receipts) ||
        !make_folder(settings->mail) || !make_folder(settings->run) ||
        !make_folder(settings->log))
        return false;
    snprintf(temporary, sizeof temporary, "%s/tmp", settings->run);
    return make_folder(temporary);
}

/* Each state's name as part of a JSON pointer (RFC 6901 section 3). */
static char *pointer_to(struct arena *arena, const char *state_name)
{
    struct text pointer = text_create(arena, 64);
    text_puts(&pointer, "/States/");
    for (const char *c = state_name; *c != '\0'; c++)
        if (*c == '~')
            text_puts(&pointer, "~0");
        else if (*c == '/')
            text_puts(&pointer, "~1");
        else
            text_putc(&pointer, *c);
    text_puts(&pointer, "/Resource");
    return pointer.bytes;
}

static bool tasks_known(struct arena *arena,
                        const struct asl_definition *definition)
{
    static const char *const tasks[] = {
        "task:ValidateOrder", "task:ProcessPayment", "task:UpdateInventory",
        "task:GenerateReceipt", "task:SendNotification"};
    bool all = true;
    for (size_t i = 0; i < asl_count(definition); i++) {
        const struct asl_state *state = asl_at(definition, i);
        const char *resource = asl_state_resource(state);
        bool known = resource == NULL;
        for (size_t t = 0; t < sizeof tasks / sizeof tasks[0] && !known; t++)
            known = strcmp(resource, tasks[t]) == 0;
        if (!known)
            fprintf(stderr, "%s: no such task here: %s\n",
                    pointer_to(arena, asl_state_name(state)), resource);
        all = all && known;
    }
    return all;
}

/* The workflow's text once it is known to be right; NULL, and every mistake
 * named, when it is not. */
static char *read_workflow(const struct cli *cli)
{
    const char *path = cli->settings->workflow;
    size_t length;
    char *bytes = file_read(cli->arena, path, INIT_MAX_FILE, &length);
    if (bytes == NULL) {
        cli_fail("%s: %s", path,
                 errno == EFBIG ? "larger than 1 MiB" : strerror(errno));
        return NULL;
    }
    struct json_fault fault;
    const struct json *json =
        json_read(cli->arena, bytes, length, INIT_WORKFLOW_DEPTH, &fault);
    if (json == NULL) {
        cli_fail("%s: byte %zu: %s", path, fault.offset, fault.detail);
        return NULL;
    }
    const struct asl_definition *definition;
    const struct asl_mistake *mistake;
    bool right = asl_parse(cli->arena, json, &definition, &mistake);
    for (; !right && mistake != NULL; mistake = mistake->next)
        fprintf(stderr, "%s: %s\n", mistake->pointer, mistake->text);
    if (!right || !tasks_known(cli->arena, definition)) {
        cli_fail("%s: is no workflow the shop can run", path);
        return NULL;
    }
    return bytes;
}

/* Schema, first settings and demo catalogue of a new shop. */
static bool create(const struct cli *cli, struct db *db)
{
    size_t length;
    const char *schema_path =
        arena_printf(cli->arena, "%s/db/schema.sql", cli->settings->root);
    const char *schema =
        file_read(cli->arena, schema_path, INIT_MAX_FILE, &length);
    if (schema == NULL) {
        cli_fail("%s: %s", schema_path, strerror(errno));
        return false;
    }
    db_script(db, schema);
    unsigned char key[CRYPTO_KEY_SIZE];
    char hex[2 * CRYPTO_KEY_SIZE + 1];
    crypto_random(key, sizeof key);
    text_hex(key, sizeof key, hex);
    setting_put(db, "signing_key", hex);
    setting_put(db, "currency", cli->settings->currency);
    struct catalogue demo;
    const char *demo_path =
        arena_printf(cli->arena, "%s/db/catalogue.csv", cli->settings->root);
    return catalogue_read(cli->arena, demo_path, cli->settings->currency,
                          &demo) &&
           catalogue_store(db, &demo);
}

/* Whether this program and this configuration fit the shop that is there. */
static bool fits(const struct cli *cli, struct db *db)
{
    const char *version = setting_get(db, "version", cli->arena);
    const char *currency = setting_get(db, "currency", cli->arena);
    if (version == NULL || strcmp(version, INIT_VERSION) != 0) {
        cli_fail("%s: is of version %s; this program needs " INIT_VERSION,
                 cli->settings->database, version == NULL ? "none" : version);
        return false;
    }
    if (currency == NULL || strcmp(currency, cli->settings->currency) != 0) {
        cli_fail("ORDERMILL_CURRENCY is %s, but this shop's currency is %s "
                 "for good",
                 cli->settings->currency, currency == NULL ? "-" : currency);
        return false;
    }
    return true;
}

/* One transaction: a crash leaves all of it or an empty file. */
static bool bring_up(const struct cli *cli, struct db *db, const char *workflow)
{
    if (db_begin(db, CLI_LOCK_WAIT_MS) != DB_OK) {
        cli_fail("%s: stays locked", cli->settings->database);
        return false;
    }
    if (!(setting_initialised(db) ? fits(cli, db) : create(cli, db))) {
        db_rollback(db);
        return false;
    }
    const struct shop_profile profile = {.name = cli->settings->shop_name,
                                         .address = cli->settings->shop_address,
                                         .tax_id = cli->settings->shop_tax_id};
    shop_profile_use(db, &profile, cli->arena);
    workflow_use(db, workflow, clock_wall_ms());
    setting_put(db, "version", INIT_VERSION);
    return cli_commit(db);
}

bool init_shop(const struct cli *cli)
{
    const char *workflow = read_workflow(cli);
    if (workflow == NULL)
        return false;
    struct db *db = db_open(cli->settings->database, DB_WRITE);
    bool up = bring_up(cli, db, workflow);
    db_close(db);
    return up;
}

int init_run(const struct cli *cli)
{
    if (cli->argc != 0)
        return CLI_USAGE;
    return init_folders(cli->settings) && init_shop(cli) ? CLI_DONE
                                                         : CLI_FAILED;
}
