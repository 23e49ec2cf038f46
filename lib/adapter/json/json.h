/* The one strict JSON reader (cJSON behind a scan of our own; RFC 8259). Beyond
 * what the grammar refuses, it refuses a byte-order mark, bytes after the
 * value, NUL (also as \u0000), ill-formed UTF-8, lone surrogates, a key that
 * stands twice in one object (however it is escaped), a number that no double
 * holds (1e999), and more depth than allowed. Numbers keep their text, so money
 * and 64-bit integers stay exact. */
#ifndef ADAPTER_JSON_JSON_H
#define ADAPTER_JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/text/json_writer.h"

struct json; /* one value of a document; lives in the reader's arena */

enum json_kind {
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json_fault {
    size_t offset;      /* byte at which reading stopped */
    const char *detail; /* static text: what is wrong there */
    bool too_many;      /* it may be JSON, but of more values than allowed */
};

struct json_limits {
    int depth;     /* of nested arrays and objects, a scalar having 0; at most
                      1000 */
    size_t values; /* of all kinds, groups included, names not */
};

/* Reads one whole document, whose bytes need no NUL at their end; NULL on a
 * fault, which is then filled in. Only a copy of the bytes takes memory before
 * the limits are judged. Takes at most 3 bytes of arena for each byte read, 128
 * for each value, and 256 more. */
const struct json *json_read_within(struct arena *arena, const char *bytes,
                                    size_t length, struct json_limits limits,
                                    struct json_fault *fault);

/* The same for what comes from ourselves or in few bytes: any number of
 * values. Takes at most 56 bytes of arena for each byte read, and 256 more. */
const struct json *json_read(struct arena *arena, const char *bytes,
                             size_t length, int max_depth,
                             struct json_fault *fault);

enum json_kind json_kind(const struct json *value); /* value is not NULL */

/* Below, a value that is NULL is answered like one of another kind, so that
 * json_string(json_member(order, "sku")) needs no check between. */

/* The member of an object; NULL when there is none or value is no object. Case
 * counts in the name. */
const struct json *json_member(const struct json *value, const char *name);

/* Elements of an array or members of an object, in document order; NULL at the
 * end. json_next wants an element, not NULL. */
const struct json *json_first(const struct json *value);
const struct json *json_next(const struct json *element);
size_t json_count(const struct json *value);

/* A member's own name; NULL for array elements and the document. The member
 * is not NULL. */
const char *json_name(const struct json *member);

/* The text of a string (unescaped), of a number (as it was written); NULL
 * for every other kind. */
const char *json_string(const struct json *value);
const char *json_number_text(const struct json *value);

bool json_is_true(const struct json *value);

/* True for an integral number that fits, however it is written (2, 2.0, 20e-1);
 * *out is untouched otherwise. */
bool json_integer(const struct json *value, int64_t *out);

/* The nearest double of a number, always finite; 0 for another kind. */
double json_double(const struct json *value);

/* The value as compact JSON text, numbers as they were written, strings by
 * json_writer's rules. */
char *json_print(struct arena *arena, const struct json *value);
void json_print_to(struct json_writer *w, const struct json *value);

/* Making values, all in the arena given. A value that is put into another is
 * shared, never copied. So a value does not change any more once it is a part
 * of another, or was read. */
struct json *json_make_null(struct arena *arena);
struct json *json_make_bool(struct arena *arena, bool value);
struct json *json_make_integer(struct arena *arena, int64_t number);
struct json *json_make_string(struct arena *arena, const char *string);
struct json *json_make_object(struct arena *arena);
struct json *json_make_array(struct arena *arena);

/* A finite number in the shortest text that reads back as the same double;
 * without fraction or exponent where it is whole and below 2^53. */
struct json *json_make_double(struct arena *arena, double number);

/* A new object or array with the members of value: they can be added to and
 * replaced without changing value. A value of another kind is shared. */
struct json *json_clone(struct arena *arena, const struct json *value);

/* Sets a member of an object made here: replaces the one of that name in its
 * place, or adds one at the end. */
void json_put(struct arena *arena, struct json *object, const char *name,
              const struct json *value);

/* Adds a member, whose name the object does not hold yet; or an element. */
void json_add(struct arena *arena, struct json *object, const char *name,
              const struct json *value);
void json_append(struct arena *arena, struct json *array,
                 const struct json *value);

/* Puts value in the place of one element of an array made here. */
void json_replace(struct json *array, size_t index, const struct json *value);

/* Same kind and content: numbers by value, members in any order. */
bool json_equal(const struct json *a, const struct json *b);

/* Nested arrays and objects: 0 for a scalar. */
int json_depth(const struct json *value);

#endif
