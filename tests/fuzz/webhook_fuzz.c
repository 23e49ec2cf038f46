/* libFuzzer on a webhook: the input up to its first line feed is the signature
 * header, the rest the body. Only the signature made of it here passes; an
 * event that is read prints to one that reads the same. Crashers go to
 * tests/fuzz/crashers/webhook/. Run by `make fuzz`. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/stripe/stripe.h"
#include "lib/base/text/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool condition)
{
    if (!condition)
        abort();
}

/* A header that somebody without the secret wrote, and that header with the
 * right signature behind it. */
static void try_signature(struct arena *arena, const char *header,
                          const char *body, size_t length)
{
    static const char *const secrets[2] = {NULL, "whsec_fuzz"};
    unsigned char mac[CRYPTO_SHA256_SIZE];
    char hex[CRYPTO_SHA256_HEX];
    demand(stripe_check_signature(header, secrets, body, length, 1000, arena) !=
           STRIPE_SIGNED);
    struct text payload = text_create(arena, length + 8);
    text_puts(&payload, "1000.");
    text_add(&payload, body, length);
    crypto_hmac_bytes(secrets[1], strlen(secrets[1]), payload.bytes,
                      payload.length, mac);
    text_hex(mac, sizeof mac, hex);
    const char *signed_header =
        arena_printf(arena, "%s,t=1000,v1=%s", header, hex);
    enum stripe_signature result = stripe_check_signature(
        signed_header, secrets, body, length, 1300, arena);
    /* Its own t beside ours makes it one that cannot be read. */
    demand(result == STRIPE_SIGNED || result == STRIPE_UNSIGNED);
    demand(result == STRIPE_SIGNED || strstr(header, "t=") != NULL);
}

static void try_object(struct arena *arena, const struct json *object)
{
    struct stripe_intent intent;
    struct stripe_session session;
    if (stripe_read_intent(object, &intent, arena))
        demand(strpbrk(intent.id, "/?#%.") == NULL && intent.attempt_no >= 0 &&
               intent.amount_minor >= 0 && intent.refunded_minor >= 0);
    if (stripe_read_session(object, &session, arena))
        demand(session.amount_minor >= 0 &&
               (session.url == NULL || strchr(session.url, ':') != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = arena_create(64 << 20);
    const char *bytes = (const char *)data;
    const char *end = size == 0 ? NULL : memchr(bytes, '\n', size);
    size_t cut = end == NULL ? size : (size_t)(end - bytes);
    const char *header = arena_copy(&arena, bytes, cut);
    const char *body = end == NULL ? "" : end + 1;
    size_t length = end == NULL ? 0 : size - cut - 1;
    try_signature(&arena, header, body, length);
    struct stripe_event event, again;
    if (stripe_read_event(body, length, &event, &arena)) {
        try_object(&arena, event.object);
        const char *text = arena_printf(
            &arena, "{\"id\":\"%s\",\"type\":\"%s\",\"data\":{\"object\":%s}}",
            event.id, event.type, json_print(&arena, event.object));
        demand(stripe_read_event(text, strlen(text), &again, &arena));
        demand(json_equal(event.object, again.object));
    }
    struct json_fault fault;
    const struct json *value = json_read(&arena, body, length, 32, &fault);
    if (value != NULL)
        try_object(&arena, value);
    arena_destroy(&arena);
    return 0;
}
