/* What the files of this folder share: the reader, the functions and what they
 * are given. Nobody else includes it. */
#ifndef ASL_INTRINSIC_PRIVATE_H
#define ASL_INTRINSIC_PRIVATE_H

#include "lib/asl/intrinsic/intrinsic.h"
#include "lib/asl/path/path.h"

enum {
    INTRINSIC_NESTING = 10,       /* AWS: "nest up to 10 intrinsic functions" */
    INTRINSIC_LENGTH = 64 * 1024, /* of a call as it is written */
    INTRINSIC_TEXT = 10000,       /* characters for Hash and Base64 (spec) */
    INTRINSIC_RANGE = 1000,       /* elements of an ArrayRange (spec) */
    INTRINSIC_ANY_COUNT = -1      /* of arguments */
};

/* A call as it is written. */
struct intrinsic_node {
    const struct intrinsic_function *function;
    const struct intrinsic_argument *first;
    size_t count;
};

/* Just one of value, path and call is set. */
struct intrinsic_argument {
    const struct json *value;
    const char *raw; /* of a string: as written, between the apostrophes */
    const struct path *path;
    const char *path_text;
    const struct intrinsic_node *call;
    const struct intrinsic_argument *next;
};

/* A call with its arguments' values. */
struct intrinsic_run {
    const struct scope *scope;
    struct fault *fault;
    const struct intrinsic_node *node;
    const struct json **values;
    size_t count;
};

struct intrinsic_function {
    const char *name;
    int least;
    int most; /* arguments, or INTRINSIC_ANY_COUNT */
    const struct json *(*run)(const struct intrinsic_run *run);
};

/* NULL: there is none of this name. */
const struct intrinsic_function *intrinsic_find(const char *name);

/* Reads a call; NULL, with *mistake set, when it is not well-formed. */
const struct intrinsic_node *
intrinsic_read(struct arena *arena, const char *text, const char **mistake);

/* Sets States.IntrinsicFailure, with the function's name before the text; gives
 * NULL. */
const struct json *intrinsic_fail(const struct intrinsic_run *run,
                                  const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* One argument, from 0, of the kind that the function needs; false and NULL
 * after intrinsic_fail. A number is rounded to the nearest integer, halves
 * upward, as AWS does, and lies within -2^53 and 2^53. */
const char *intrinsic_string(const struct intrinsic_run *run, size_t index);
const struct json *intrinsic_array(const struct intrinsic_run *run,
                                   size_t index);
const struct json *intrinsic_object(const struct intrinsic_run *run,
                                    size_t index);
bool intrinsic_integer(const struct intrinsic_run *run, size_t index,
                       int64_t *out);

/* How often {} stands in a Format's template. escapes: \{ counts as no brace.
 */
size_t intrinsic_places(const char *template, bool escapes);

/* The functions. text.c: */
const struct json *intrinsic_format(const struct intrinsic_run *run);
const struct json *intrinsic_string_to_json(const struct intrinsic_run *run);
const struct json *intrinsic_json_to_string(const struct intrinsic_run *run);
const struct json *intrinsic_string_split(const struct intrinsic_run *run);
const struct json *intrinsic_base64_encode(const struct intrinsic_run *run);
const struct json *intrinsic_base64_decode(const struct intrinsic_run *run);
const struct json *intrinsic_hash(const struct intrinsic_run *run);

/* array.c: */
const struct json *intrinsic_array_of(const struct intrinsic_run *run);
const struct json *intrinsic_array_partition(const struct intrinsic_run *run);
const struct json *intrinsic_array_contains(const struct intrinsic_run *run);
const struct json *intrinsic_array_range(const struct intrinsic_run *run);
const struct json *intrinsic_array_get_item(const struct intrinsic_run *run);
const struct json *intrinsic_array_length(const struct intrinsic_run *run);
const struct json *intrinsic_array_unique(const struct intrinsic_run *run);

/* value.c: */
const struct json *intrinsic_json_merge(const struct intrinsic_run *run);
const struct json *intrinsic_math_random(const struct intrinsic_run *run);
const struct json *intrinsic_math_add(const struct intrinsic_run *run);
const struct json *intrinsic_uuid(const struct intrinsic_run *run);

#endif
