/* Standard Webhooks: see signature.h. */
#include "lib/shop/signature.h"

#include <inttypes.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/base/text/text.h"

enum { KEY_MIN = 24, KEY_MAX = 64, KEY_NEW = 32, ID_MAX = 255 };

static const char prefix[] = "whsec_";

char *signature_secret(struct arena *arena)
{
    unsigned char key[KEY_NEW];
    crypto_random(key, sizeof key);
    return arena_printf(arena, "%s%s", prefix,
                        crypto_base64(arena, key, sizeof key));
}

/* NULL: no secret of the right form. */
static const char *key_of(struct arena *arena, const char *secret,
                          size_t *length)
{
    enum { CODED_MAX = (KEY_MAX + 2) / 3 * 4 };
    size_t before = strlen(prefix);
    if (strncmp(secret, prefix, before) != 0 ||
        strlen(secret) > before + CODED_MAX)
        return NULL;
    const char *key = crypto_base64_decode(arena, secret + before, length);
    return key != NULL && *length >= KEY_MIN && *length <= KEY_MAX ? key : NULL;
}

/* A '.' in it would let one id and body pass for others. */
static bool id_ok(const char *id)
{
    size_t length = strspn(id, "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    return length > 0 && length <= ID_MAX && id[length] == '\0';
}

bool signature_make(struct arena *arena, const char *secret, const char *id,
                    int64_t unix_s, const void *body, size_t length,
                    const char *lines[SIGNATURE_LINES])
{
    size_t key_length;
    const char *key = key_of(arena, secret, &key_length);
    if (key == NULL || !id_ok(id))
        return false;
    struct text content = text_create(arena, length + ID_MAX + 30);
    text_printf(&content, "%s.%" PRId64 ".", id, unix_s);
    text_add(&content, body, length);
    unsigned char mac[CRYPTO_SHA256_SIZE];
    crypto_hmac_bytes(key, key_length, content.bytes, content.length, mac);
    lines[0] = arena_printf(arena, "webhook-id: %s", id);
    lines[1] = arena_printf(arena, "webhook-timestamp: %" PRId64, unix_s);
    lines[2] = arena_printf(arena, "webhook-signature: v1,%s",
                            crypto_base64(arena, mac, sizeof mac));
    return true;
}
