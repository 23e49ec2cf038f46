/* The words that staff find an order by (order_list in order.h): its e-mail,
 * its whole name and the name's further words, folded. */
#ifndef SHOP_ORDER_WORDS_H
#define SHOP_ORDER_WORDS_H

#include "lib/adapter/db/db.h"
#include "lib/shop/order/order.h"

void order_words_store(struct db *db, const struct order *order,
                       struct arena *arena);

/* The order's e-mail becomes another. */
void order_words_change_email(struct db *db, const struct order *order,
                              const char *email, struct arena *arena);

/* Stores the words of all orders anew, after the rules of folding changed. */
void order_words_fold_again(struct db *db);

#endif
