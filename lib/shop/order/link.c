/* Links into the shop: see link.h. */
#include "lib/shop/order/link.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/time/clock.h"
#include "lib/shop/payment/payment.h"

const char *link_track(const struct settings *settings, struct arena *arena,
                       const struct order *order)
{
    return link_track_at(settings->base_url, arena, order);
}

const char *link_track_at(const char *base_url, struct arena *arena,
                          const struct order *order)
{
    return arena_printf(arena, "%s/track/%s", base_url, order->track_token);
}

/* An order that is redriven after its money went back is paid anew. */
static bool is_to_be_paid(const struct order *order)
{
    return order->payment_status != PAYMENT_PAID &&
           order->payment_status != PAYMENT_PARTIALLY_REFUNDED &&
           (order->status == ORDER_PENDING ||
            order->status == ORDER_PROCESSING) &&
           order->cancel_reason == NULL && order->total_minor > 0;
}

const char *link_payment(const struct settings *settings, struct arena *arena,
                         const struct order *order)
{
    if (!is_to_be_paid(order))
        return NULL;
    switch (payment_kind_of(order->payment_method)) {
    case PAYMENT_MANUAL:
        return NULL;
    case PAYMENT_TOKEN:
        return order->payment_url;
    case PAYMENT_HOSTED:
        break;
    }
    return arena_printf(arena, "%s/pay/%s", settings->base_url,
                        order->track_token);
}

static char *sign(const unsigned char key[CRYPTO_KEY_SIZE], const char *file,
                  const char *expires, struct arena *arena)
{
    return crypto_hmac(arena, key,
                       arena_printf(arena, "receipt\n%s\n%s", file, expires));
}

const char *link_document(const struct settings *settings,
                          const unsigned char key[CRYPTO_KEY_SIZE],
                          struct arena *arena, const char *file)
{
    const char *expires = arena_printf(
        arena, "%lld", (long long)(clock_wall_ms() + LINK_DOCUMENT_MS) / 1000);
    return arena_printf(arena, "%s/receipts/%s?expires=%s&signature=%s",
                        settings->base_url, file, expires,
                        sign(key, file, expires, arena));
}

const char *link_receipt(const struct settings *settings,
                         const unsigned char key[CRYPTO_KEY_SIZE],
                         struct arena *arena, const struct order *order)
{
    return order->receipt_file == NULL
               ? NULL
               : link_document(settings, key, arena, order->receipt_file);
}

enum link_check link_check_document(const unsigned char key[CRYPTO_KEY_SIZE],
                                    const char *file, const char *expires,
                                    const char *signature, struct arena *arena)
{
    if (expires == NULL || signature == NULL ||
        !crypto_equal(sign(key, file, expires, arena), signature))
        return LINK_FORGED;
    return strtoll(expires, NULL, 10) * 1000 < clock_wall_ms() ? LINK_EXPIRED
                                                               : LINK_OK;
}
