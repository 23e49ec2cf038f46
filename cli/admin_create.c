/* `ordermill admin create EMAIL`: a staff sign-in and its password. */
#include <stdio.h>

#include "cli/cli.h"
#include "lib/base/text/mime.h"
#include "lib/base/time/clock.h"
#include "lib/shop/staff/staff.h"

void admin_password(char out[ADMIN_PASSWORD_SIZE])
{
    /* 32 characters that nobody mistakes for one another. */
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    unsigned char random[ADMIN_PASSWORD_SIZE];
    crypto_random(random, sizeof random);
    for (size_t i = 0; i < ADMIN_PASSWORD_SIZE - 1; i++)
        out[i] = i % 5 == 4 ? '-' : letters[random[i] % 32];
    out[ADMIN_PASSWORD_SIZE - 1] = '\0';
}

int admin_create_run(const struct cli *cli)
{
    if (cli->argc != 1)
        return CLI_USAGE;
    const char *email = cli->argv[0];
    if (!mime_address_ok(email))
        return cli_fail("%s: not an e-mail address", email);
    struct db *db = cli_open_shop(cli);
    if (db == NULL)
        return CLI_FAILED;
    char password[ADMIN_PASSWORD_SIZE];
    char hash[CRYPTO_PASSWORD_HASH_SIZE];
    admin_password(password);
    crypto_password_hash(password, hash);
    bool stored = false;
    if (cli_begin(db)) {
        staff_put(db, email, hash, clock_wall_ms(), cli->arena);
        stored = cli_commit(db);
    }
    db_close(db);
    if (!stored)
        return CLI_FAILED;
    printf("%s %s\n", email, password);
    return CLI_DONE;
}
