/* Words of orders: see words.h. */
#include "lib/shop/order/words.h"

#include <string.h>

#include "lib/adapter/unicode.h"

enum {
    WORDS_OF_NAME = 8,
    WORDS_CHUNK = 200, /* orders read at once */
    WORDS_ARENA = 4 * 1024 * 1024
};

static void store_word(struct db *db, const char *word, int64_t number)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO order_words (word, number) VALUES ($1, $2)"
                   " ON CONFLICT (word, number) DO NOTHING");
    db_put_text(s, word);
    db_put_int(s, number);
    db_run(s);
}

/* A search for a family name or for "ada lov" finds the order. */
void order_words_store(struct db *db, const struct order *order,
                       struct arena *arena)
{
    if (order->customer_email != NULL)
        store_word(db, unicode_fold(arena, order->customer_email),
                   order->number);
    if (order->customer_name == NULL)
        return;
    const char *rest = unicode_fold(arena, order->customer_name);
    for (int i = 0; i < WORDS_OF_NAME && rest != NULL; i++) {
        store_word(db, rest, order->number);
        rest = strchr(rest, ' ');
        while (rest != NULL && *rest == ' ')
            rest++;
    }
}

void order_words_change_email(struct db *db, const struct order *order,
                              const char *email, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM order_words WHERE word = $1 AND number = $2");
    db_put_text(s, unicode_fold(arena, order->customer_email));
    db_put_int(s, order->number);
    db_run(s);
    struct order changed = *order;
    changed.customer_email = email;
    order_words_store(db, &changed, arena);
}

static size_t read_chunk(struct db *db, int64_t after, struct order *list,
                         struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT number, customer_name, customer_email FROM orders"
                   " WHERE number > $1 ORDER BY number LIMIT $2");
    db_put_int(s, after);
    db_put_int(s, WORDS_CHUNK);
    size_t count = 0;
    while (db_row(s))
        list[count++] = (struct order){.number = db_int(s, 0),
                                       .customer_name = db_text(s, 1, arena),
                                       .customer_email = db_text(s, 2, arena)};
    return count;
}

void order_words_fold_again(struct db *db)
{
    struct arena arena = arena_create(WORDS_ARENA);
    struct order list[WORDS_CHUNK];
    int64_t after = 0;
    db_run(db_sql(db, "DELETE FROM order_words /* whole table */"));
    for (size_t count; (count = read_chunk(db, after, list, &arena)) > 0;) {
        for (size_t i = 0; i < count; i++)
            order_words_store(db, &list[i], &arena);
        after = list[count - 1].number;
        arena_reset(&arena);
    }
    arena_destroy(&arena);
}
