/* JSONPath as the States Language uses it (specification, "Paths" and
 * "Reference Paths"; where it refers to the Jayway library, which Step
 * Functions runs on, that library's meaning). A path has members (.name,
 * ['name'], ["name"], ['a','b']), indexes (negative ones from the end, [0,2]),
 * slices [a:b:step], wildcards, recursive descent, and filters [?(...)] with @
 * and $, comparisons, &&, ||, !, existence and parentheses, but not =~. "$$"
 * reads the context object. A filter applies to the elements of an array or to
 * the values of an object's members. In it, a comparison takes paths that name
 * one value; when there is none it is false (!= is true). Only numbers and
 * strings have an order. Functions such as length() are refused. Private to
 * lib/asl. */
#ifndef ASL_PATH_PATH_H
#define ASL_PATH_PATH_H

#include "lib/asl/run/scope.h"

struct path;

/* NULL, with *fault set (static text), when it is no path. */
const struct path *path_parse(struct arena *arena, const char *text,
                              const char **fault);

/* Begins with "$$". */
bool path_is_context(const struct path *path);

/* Names at most one value: it has only single members and indexes. A reference
 * path (specification, "Reference Paths") is a definite one that begins with
 * one "$". */
bool path_is_definite(const struct path *path);

/* The value; NULL with *fault NULL when there is none. A path that is not
 * definite always gives an array of all it selects, empty when there is
 * nothing. The array is in document order (names and indexes with commas: in
 * the order they are listed) and takes up to 64 bytes of the arena for each
 * value. NULL with *fault set (static) when the path selects more than a sane
 * number of values, or is too much work on this data. */
const struct json *path_get(const struct path *path, const struct scope *scope,
                            const char **fault);

/* path_parse and path_get in one. NULL with *fault set to States.Runtime, also
 * when the path selects nothing. */
const struct json *path_select(const char *text, const struct scope *scope,
                               struct fault *fault);

/* data with value at the reference path; members that are not there are made.
 * NULL when the path is no reference path or cannot be applied: it goes through
 * something that is no object or array, or to an index that an array does not
 * have (specification, "ResultPath"; the caller makes it
 * States.ResultPathMatchFailure). data itself does not change; the result may
 * be deeper than ASL_DATA_DEPTH. */
const struct json *path_put(struct arena *arena, const struct path *path,
                            const struct json *data, const struct json *value);

#endif
