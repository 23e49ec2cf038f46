/* Closed sets: an enum whose values count from 0, and one table of their names,
 * the same in the database and outside. A set stands in its noun's header as
 * `extern const struct names ..._names`. */
#ifndef BASE_TEXT_NAMES_H
#define BASE_TEXT_NAMES_H

#include <stddef.h>

struct names {
    const char *of; /* what they are the names of, such as "order status" */
    const char *const *list;
    int count;
};

/* Over an array of strings, one a value. */
#define NAMES(what, array)                                                     \
    {                                                                          \
        .of = (what), .list = (array),                                         \
        .count = (int)(sizeof(array) / sizeof(array)[0])                       \
    }

/* The name of a value, which must be one of the set's. */
const char *names_of(const struct names *names, int value);

/* The value that a visitor's word names; -1: it names none. */
int names_find(const struct names *names, const char *word);

/* The value that a word of our own names. Dies of a word that names none: then
 * the database is another program's, or damaged. */
int names_read(const struct names *names, const char *word);

#endif
