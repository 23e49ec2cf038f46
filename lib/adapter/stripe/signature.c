/* Checks a webhook's signature: see stripe.h. The header comes from anybody. */
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/stripe/stripe.h"
#include "lib/base/text/text.h"

enum { TOLERANCE_S = 300, DIGITS_MAX = 18, SECRETS = 2 };

/* One of the header's parts between commas; value is NULL without an "=". */
struct part {
    const char *scheme;
    char *value;
};

/* Cuts the first part off; false at the end. */
static bool take_part(char **rest, struct part *part)
{
    if (*rest == NULL)
        return false;
    char *start = *rest;
    char *comma = strchr(start, ',');
    if (comma != NULL)
        *comma = '\0';
    *rest = comma != NULL ? comma + 1 : NULL;
    char *equals = strchr(start, '=');
    if (equals != NULL)
        *equals = '\0';
    *part = (struct part){start, equals != NULL ? equals + 1 : NULL};
    return true;
}

/* The value of the only t, if it is a number, and how many v1 there are. */
static const char *read_time(struct arena *arena, const char *header,
                             size_t *signatures)
{
    char *rest = arena_string(arena, header);
    const char *time = NULL;
    struct part part;
    *signatures = 0;
    while (take_part(&rest, &part)) {
        if (part.value == NULL)
            continue;
        if (strcmp(part.scheme, "v1") == 0)
            ++*signatures;
        if (strcmp(part.scheme, "t") != 0)
            continue;
        size_t length = strlen(part.value);
        if (time != NULL || length == 0 || length > DIGITS_MAX ||
            strspn(part.value, "0123456789") != length)
            return NULL;
        time = part.value;
    }
    return time;
}

static bool holds(struct arena *arena, const char *header, const char *expected)
{
    char *rest = arena_string(arena, header);
    struct part part;
    while (take_part(&rest, &part))
        if (part.value != NULL && strcmp(part.scheme, "v1") == 0 &&
            crypto_equal(part.value, expected))
            return true;
    return false;
}

enum stripe_signature stripe_check_signature(const char *header,
                                             const char *const secrets[2],
                                             const void *body, size_t length,
                                             int64_t now_s, struct arena *arena)
{
    size_t signatures = 0;
    const char *time =
        header == NULL ? NULL : read_time(arena, header, &signatures);
    if (time == NULL || signatures == 0)
        return STRIPE_UNSIGNED;
    struct text payload = text_create(arena, strlen(time) + 1 + length);
    text_puts(&payload, time);
    text_putc(&payload, '.');
    text_add(&payload, body, length);
    bool genuine = false;
    for (size_t i = 0; i < SECRETS; i++) {
        unsigned char mac[CRYPTO_SHA256_SIZE];
        char expected[CRYPTO_SHA256_HEX];
        if (secrets[i] == NULL || secrets[i][0] == '\0')
            continue;
        crypto_hmac_bytes(secrets[i], strlen(secrets[i]), payload.bytes,
                          payload.length, mac);
        text_hex(mac, sizeof mac, expected);
        genuine |= holds(arena, header, expected);
    }
    if (!genuine)
        return STRIPE_FORGED;
    int64_t age_s = now_s - strtoll(time, NULL, 10);
    return age_s < -TOLERANCE_S || age_s > TOLERANCE_S ? STRIPE_STALE
                                                       : STRIPE_SIGNED;
}
