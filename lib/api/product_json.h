/* A product as the API shows it: its prices as integers and as texts for
 * people, and how www/catalogue.js is to write further amounts. */
#ifndef API_PRODUCT_JSON_H
#define API_PRODUCT_JSON_H

#include "lib/base/text/json_writer.h"
#include "lib/shop/product/product.h"

void product_json(const char *currency, const struct product *product,
                  struct arena *arena, struct json_writer *w);

#endif
