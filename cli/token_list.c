/* `ordermill token list`: a line a token, tabs between. */
#include <stdio.h>

#include "cli/cli.h"
#include "lib/base/time/clock.h"
#include "lib/shop/staff/api_token.h"

enum { TOKEN_LIST_AT_ONCE = 100 };

static const char *day(const struct cli *cli, int64_t ms)
{
    char text[CLOCK_RFC3339_SIZE];
    if (ms == 0)
        return "never";
    clock_rfc3339(ms, text);
    return arena_string(cli->arena, text);
}

static const char *state(const struct api_token *token, int64_t now_ms)
{
    return token->revoked_at_ms != 0 ? "revoked"
           : token->expires_at_ms != 0 && token->expires_at_ms <= now_ms
               ? "expired"
               : "good";
}

int token_list_run(const struct cli *cli)
{
    struct db *db = cli_open_shop(cli);
    if (db == NULL)
        return CLI_FAILED;
    struct api_token tokens[TOKEN_LIST_AT_ONCE];
    int64_t now_ms = clock_wall_ms(), after = 0;
    size_t count;
    printf("ID\tNAME\tROLE\tSTATE\tCREATED\tEXPIRES\tLAST USED\n");
    while ((count = api_token_list(db, after, tokens, TOKEN_LIST_AT_ONCE,
                                   cli->arena)) > 0) {
        for (size_t i = 0; i < count; i++) {
            const struct api_token *token = &tokens[i];
            printf("%lld\t%s\t%s\t%s\t%s\t%s\t%s\n", (long long)token->token_id,
                   token->name, names_of(&api_role_names, token->role),
                   state(token, now_ms), day(cli, token->created_at_ms),
                   day(cli, token->expires_at_ms),
                   day(cli, token->last_used_at_ms));
        }
        after = tokens[count - 1].token_id;
    }
    db_close(db);
    return CLI_DONE;
}
