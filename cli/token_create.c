/* `ordermill token create --role ROLE [--name NAME] [--days N]`: a machine's
 * token, printed alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/base/time/clock.h"
#include "lib/shop/staff/api_token.h"

enum { TOKEN_MAX_DAYS = 36500 };

/* The words after the verb, each given once. */
struct words {
    const char *role;
    const char *name;
    const char *days;
};

static bool read_words(const struct cli *cli, struct words *out)
{
    *out = (struct words){0};
    if (cli->argc % 2 != 0)
        return false;
    for (int i = 0; i < cli->argc; i += 2) {
        const char **word = strcmp(cli->argv[i], "--role") == 0   ? &out->role
                            : strcmp(cli->argv[i], "--name") == 0 ? &out->name
                            : strcmp(cli->argv[i], "--days") == 0 ? &out->days
                                                                  : NULL;
        if (word == NULL || *word != NULL)
            return false;
        *word = cli->argv[i + 1];
    }
    return out->role != NULL;
}

/* False, and said why. */
static bool read_token(const struct words *words, struct api_token *out)
{
    *out = (struct api_token){.name = words->name};
    int role = names_find(&api_role_names, words->role);
    if (role < 0) {
        cli_fail("no role `%s`: there are staff and read", words->role);
        return false;
    }
    out->role = (enum api_role)role;
    const char *fault =
        words->name == NULL ? NULL : api_token_name_fault(words->name);
    if (fault != NULL) {
        cli_fail("--name %s", fault);
        return false;
    }
    if (words->days == NULL)
        return true;
    char *end;
    long days = strtol(words->days, &end, 10);
    if (*end != '\0' || days < 1 || days > TOKEN_MAX_DAYS) {
        cli_fail("--days must be a whole number from 1 to %d", TOKEN_MAX_DAYS);
        return false;
    }
    out->expires_at_ms = clock_wall_ms() + days * INT64_C(24 * 3600 * 1000);
    return true;
}

int token_create_run(const struct cli *cli)
{
    struct words words;
    struct api_token wanted;
    if (!read_words(cli, &words))
        return CLI_USAGE;
    if (!read_token(&words, &wanted))
        return CLI_FAILED;
    struct db *db = cli_open_shop(cli);
    if (db == NULL)
        return CLI_FAILED;
    char token[CRYPTO_TOKEN_SIZE];
    bool made = false, stored = false;
    if (cli_begin(db)) {
        made = api_token_create(db, &wanted, token, clock_wall_ms());
        stored = cli_commit(db);
    }
    db_close(db);
    if (stored && !made)
        return cli_fail("a token is named %s already: `ordermill token list` "
                        "tells its number, `token revoke` ends it",
                        wanted.name);
    if (!stored)
        return CLI_FAILED;
    printf("%s\n", token);
    return CLI_DONE;
}
