/* JSONPath as the States Language uses it (specification, "Paths" and
 * "Reference Paths"; semantics of the Jayway library that Step Functions runs
 * on, where the specification refers to it): members (.name, ['name'],
 * ["name"], ['a','b']), indexes (negative ones from the end, [0,2]), slices
 * [a:b:step], wildcards, recursive descent, filters [?(...)] with @ and $,
 * comparisons, &&, ||, !, existence, parentheses, =~ is not part. "$$" reads
 * the context object. A filter applies to the elements of an array or to the
 * values of an object's members; in it, a comparison takes paths that name one
 * value and is false (!= true) when there is none; only numbers and strings
 * have an order. Functions such as length() are refused. Private to lib/asl. */
#ifndef ASL_PATH_PATH_H
#define ASL_PATH_PATH_H

#include "lib/asl/run/scope.h"

struct path;

/* NULL and *fault (static text) when it is no path. */
const struct path *path_parse(struct arena *arena, const char *text,
                              const char **fault);

/* Begins with "$$". */
bool path_is_context(const struct path *path);

/* Names at most one value: only members and indexes. A reference path
 * (specification, "Reference Paths") is one of these that begins with one
 * "$". */
bool path_is_definite(const struct path *path);

/* The value; NULL when there is none, *fault then being NULL. A path that is
 * not definite always gives an array of all it selects, in document order
 * (names and indexes with commas: in the order they are listed), empty when
 * there is nothing; it takes up to 64 bytes of the arena for each. Gives NULL
 * and sets *fault (static) when it selects beyond a sane number of values or
 * is too much work on this data. */
const struct json *path_get(const struct path *path, const struct scope *scope,
                            const char **fault);

/* Parse and get in one; the fault is States.Runtime's cause (a path that
 * selects nothing included). */
const struct json *path_select(const char *text, const struct scope *scope,
                               struct fault *fault);

/* data with value at the reference path; members that lack are made. NULL when
 * the path cannot be applied: it goes through something that is no object or
 * array, or to an index an array does not have (specification, "ResultPath";
 * the caller's States.ResultPathMatchFailure), or is no reference path. data
 * itself stays; the result may be deeper than ASL_DATA_DEPTH. */
const struct json *path_put(struct arena *arena, const struct path *path,
                            const struct json *data, const struct json *value);

#endif
