/* Form tokens: see form_token.h. One is "ID.SECONDS.SIGNATURE". */
#include "lib/web/form_token.h"

#include <stdlib.h>
#include <string.h>

/* The first word keeps it apart from what else the key signs. */
static char *sign(const unsigned char key[CRYPTO_KEY_SIZE], const char *head,
                  struct arena *arena)
{
    return crypto_hmac(arena, key, arena_printf(arena, "form\n%s", head));
}

char *form_token_make(const unsigned char key[CRYPTO_KEY_SIZE], int64_t now_ms,
                      struct arena *arena)
{
    char id[CRYPTO_TOKEN_SIZE];
    crypto_token(id);
    const char *head =
        arena_printf(arena, "%s.%lld", id, (long long)now_ms / 1000);
    return arena_printf(arena, "%s.%s", head, sign(key, head, arena));
}

const char *form_token_id(const unsigned char key[CRYPTO_KEY_SIZE],
                          const char *token, int64_t now_ms,
                          struct arena *arena)
{
    const char *signature = strrchr(token, '.');
    if (signature == NULL)
        return NULL;
    const char *head = arena_copy(arena, token, (size_t)(signature - token));
    const char *seconds = strchr(head, '.');
    if (seconds == NULL ||
        !crypto_equal(sign(key, head, arena), signature + 1) ||
        strtoll(seconds + 1, NULL, 10) * 1000 + FORM_TOKEN_MS < now_ms)
        return NULL;
    return arena_copy(arena, head, (size_t)(seconds - head));
}
