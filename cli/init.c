/* `ordermill init`: the shop's folder and database, created or brought up to
 * the current configuration. serve does the same before it starts anything. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/import/catalogue.h"
#include "cli/serve/home_look.h"
#include "cli/serve/owner.h"
#include "cli/workflow_file.h"
#include "lib/base/system/file.h"
#include "lib/base/text/text.h"
#include "lib/base/time/clock.h"
#include "lib/base/time/zone.h"
#include "lib/shop/execution/workflow.h"
#include "lib/shop/health/damage.h"
#include "lib/shop/order/words.h"
#include "lib/shop/paper/paper.h"
#include "lib/shop/payment/webhook_event.h"
#include "lib/shop/product/import.h"
#include "lib/shop/product/product.h"
#include "lib/shop/setting.h"
#include "lib/shop/signature.h"

#define INIT_VERSION 5

enum { INIT_MAX_FILE = 1024 * 1024 };

static bool make_folder(const char *path)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    cli_fail("%s: %s", path, strerror(errno));
    return false;
}

/* HOME and what leads to it; from then on we are whose it is. A folder that
 * others share is refused, lest its mode be taken from them. */
static bool make_home(const struct settings *settings)
{
    const char *home = settings->home;
    char path[PATH_MAX];
    if (strlen(home) >= sizeof path) {
        cli_fail("ORDERMILL_HOME: too long");
        return false;
    }
    strcpy(path, home);
    for (char *slash = strchr(path + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        /* Against our umask: the shop's user has to come through. */
        if (mkdir(path, 0755) == 0 ? chmod(path, 0755) != 0 : errno != EEXIST) {
            cli_fail("%s: %s", path, strerror(errno));
            return false;
        }
        *slash = '/';
    }
    struct stat stat_buffer;
    if (!make_folder(home))
        return false;
    bool own = stat(home, &stat_buffer) == 0 && S_ISDIR(stat_buffer.st_mode) &&
               (stat_buffer.st_mode & S_ISVTX) == 0;
    if (own && !owner_take_home(settings))
        return false;
    if (access(home, W_OK) != 0 && errno == EROFS) /* even for root */
        return true; /* which home_can_be_written says */
    if (!own || chmod(home, 0700) != 0) {
        cli_fail("%s: must be a folder of your own", home);
        return false;
    }
    return true;
}

bool init_folders(const struct settings *settings)
{
    char temporary[PATH_MAX];
    if (!owner_check(settings) || !make_home(settings) ||
        !home_can_be_written(settings) || !make_folder(settings->receipts) ||
        !make_folder(settings->mail) || !make_folder(settings->run) ||
        !make_folder(settings->log))
        return false;
    snprintf(temporary, sizeof temporary, "%s/tmp", settings->run);
    return make_folder(temporary);
}

static void import_all(const struct cli *cli, struct db *db,
                       const struct catalogue *catalogue)
{
    int64_t now_ms = clock_wall_ms();
    struct import import =
        import_pack(catalogue->changing, catalogue->changing_count, cli->arena);
    import.asked = catalogue->sha256;
    import_take(db, &import, 0, now_ms);
    import_told(db, 1); /* nobody waits for its result */
    while (import_go_on(db, now_ms, cli->arena))
        continue;
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
    if (!catalogue_read(cli->arena, demo_path, cli->settings->currency,
                        &demo) ||
        !catalogue_check(db, &demo))
        return false;
    import_all(cli, db, &demo);
    return damage_record(cli->settings, NULL, clock_wall_ms(), cli->arena);
}

/* Runs db/upgrade-N.sql for each version that the shop is behind. */
static bool upgrade(const struct cli *cli, struct db *db, long version)
{
    bool folds_anew = version < 4, packs = version < 5;
    while (version < INIT_VERSION) {
        size_t length;
        const char *path = arena_printf(cli->arena, "%s/db/upgrade-%ld.sql",
                                        cli->settings->root, ++version);
        const char *script =
            file_read(cli->arena, path, INIT_MAX_FILE, &length);
        if (script == NULL) {
            cli_fail("%s: %s", path, strerror(errno));
            return false;
        }
        db_script(db, script);
    }
    if (folds_anew) {
        product_fold_again(db);
        order_words_fold_again(db);
    }
    if (packs)
        webhook_event_pack_all(db, cli->arena);
    return true;
}

/* The database as it was before the transaction in hand, which another
 * connection still sees; kept until somebody deletes it. */
static bool keep_copy(const struct cli *cli, long version)
{
    const char *home = cli->settings->home;
    const char *path =
        arena_printf(cli->arena, "%s/ordermill-version-%ld.db", home, version);
    const char *aside = arena_printf(cli->arena, "%s.new", path);
    if (access(path, F_OK) == 0)
        return true;
    unlink(aside); /* of a start that was broken off */
    const char *why = db_copy_to(cli->settings->database, aside, cli->arena);
    if (why == NULL && file_sync_all(home) && file_put_in_place(path) &&
        file_sync_folder(home))
        return true;
    cli_fail("%s: no copy of the database can be kept, so it stays of version "
             "%ld: %s",
             path, version, why == NULL ? strerror(errno) : why);
    unlink(aside);
    return false;
}

/* What signs the calls to the shop's own web services (see signature.h). */
static void make_task_secret(struct arena *arena, struct db *db)
{
    if (setting_get(db, "task_secret", arena) == NULL)
        setting_put(db, "task_secret", signature_secret(arena));
}

/* Kept once it is there; a crash leaves all of it or none. */
static bool make_secret(const struct cli *cli, const char *path,
                        const char *secret)
{
    if (access(path, F_OK) == 0 ||
        file_replace(cli->settings->home, path, secret, strlen(secret)))
        return true;
    cli_fail("%s: %s", path, strerror(errno));
    return false;
}

/* What the local gateway signs its webhooks with, and what opens it. */
static bool make_gateway_secrets(const struct cli *cli)
{
    const struct settings *settings = cli->settings;
    unsigned char random[24];
    char hex[2 * sizeof random + 1];
    crypto_random(random, sizeof random);
    text_hex(random, sizeof random, hex);
    return make_secret(cli, settings->webhook_secret_file,
                       signature_secret(cli->arena)) &&
           make_secret(cli, settings->gateway_key_file,
                       arena_printf(cli->arena, "sk_test_%s", hex));
}

/* Whether this program and this configuration fit the shop that is there, once
 * it is brought up to date. */
static bool fits(const struct cli *cli, struct db *db)
{
    const char *text = setting_get(db, "version", cli->arena);
    long version = text == NULL ? 0 : strtol(text, NULL, 10);
    if (version < 1 || version > INIT_VERSION) {
        cli_fail("%s: is of version %s; this program knows up to %d",
                 cli->settings->database, text == NULL ? "none" : text,
                 INIT_VERSION);
        return false;
    }
    const char *currency = setting_get(db, "currency", cli->arena);
    if (!upgrade(cli, db, version))
        return false;
    if (currency == NULL || strcmp(currency, cli->settings->currency) != 0) {
        cli_fail("ORDERMILL_CURRENCY is %s, but this shop's currency is %s "
                 "for good",
                 cli->settings->currency, currency == NULL ? "-" : currency);
        return false;
    }
    return version == INIT_VERSION || keep_copy(cli, version);
}

/* What new orders and papers are given. */
static void use_settings(const struct cli *cli, struct db *db)
{
    const struct settings *settings = cli->settings;
    shop_profile_use(db,
                     &(struct shop_profile){.name = settings->shop_name,
                                            .address = settings->shop_address,
                                            .tax_id = settings->shop_tax_id},
                     cli->arena);
    paper_settings_use(
        db,
        &(struct paper_settings){.base_url = settings->base_url,
                                 .zone = zone_in_force(cli->arena),
                                 .manual_title = settings->manual_title},
        cli->arena);
}

/* One transaction: a crash leaves all of it or an empty file. */
static bool bring_up(const struct cli *cli, struct db *db, const char *workflow)
{
    if (!cli_begin(db))
        return false;
    if (!(setting_initialised(db)
              ? fits(cli, db)
              : home_is_new(cli, "holds no shop") && create(cli, db))) {
        db_rollback(db);
        return false;
    }
    use_settings(cli, db);
    workflow_use(db, workflow, clock_wall_ms());
    make_task_secret(cli->arena, db);
    setting_put(db, "version", arena_printf(cli->arena, "%d", INIT_VERSION));
    return cli_commit(db);
}

bool init_shop(const struct cli *cli)
{
    const char *workflow = workflow_read_own(cli);
    if (workflow == NULL || !home_database_fits(cli))
        return false;
    struct db *db = db_open(cli->settings->database, DB_WRITE);
    bool up = make_gateway_secrets(cli) && bring_up(cli, db, workflow);
    db_close(db);
    return up;
}

int init_run(const struct cli *cli)
{
    return init_folders(cli->settings) && init_shop(cli) ? CLI_DONE
                                                         : CLI_FAILED;
}
