/* Links that carry their own permission: the order's page by its token, its
 * receipts and credit notes by an HMAC-SHA256 signature with an expiry. */
#ifndef SHOP_ORDER_LINK_H
#define SHOP_ORDER_LINK_H

#include "lib/adapter/crypto.h"
#include "lib/base/settings/settings.h"
#include "lib/shop/order/order.h"

enum { LINK_DOCUMENT_MS = 7 * 24 * 60 * 60 * 1000 };

const char *link_track(const struct settings *settings, struct arena *arena,
                       const struct order *order);

/* The same link, beginning with base_url. */
const char *link_track_at(const char *base_url, struct arena *arena,
                          const struct order *order);

/* Where the customer pays the order; NULL: there is nothing to pay, or nothing
 * to pay there. It is our page that sends on to the gateway's, or the page
 * where a card's bank wants its holder to sign in. */
const char *link_payment(const struct settings *settings, struct arena *arena,
                         const struct order *order);

/* A fresh link to a file of the receipts' folder, signed with the shop's key.
 */
const char *link_document(const struct settings *settings,
                          const unsigned char key[CRYPTO_KEY_SIZE],
                          struct arena *arena, const char *file);

/* A fresh link to the order's receipt; NULL while there is none. */
const char *link_receipt(const struct settings *settings,
                         const unsigned char key[CRYPTO_KEY_SIZE],
                         struct arena *arena, const struct order *order);

enum link_check { LINK_OK, LINK_EXPIRED, LINK_FORGED };

/* file is the last part of the path; expires and signature come from its query,
 * NULL where they are not there. */
enum link_check link_check_document(const unsigned char key[CRYPTO_KEY_SIZE],
                                    const char *file, const char *expires,
                                    const char *signature, struct arena *arena);

#endif
