/* Payload templates (specification, "Payload Template"): a JSON value whose
 * members named "x.$" hold a path or an intrinsic function and become "x".
 * Used by Parameters, ResultSelector and ItemSelector. Private to lib/asl. */
#ifndef ASL_TEMPLATE_H
#define ASL_TEMPLATE_H

#include "lib/asl/run/scope.h"

/* Whether a member of this name ("x.$") holds an expression. */
bool template_is_expression(const char *name);

/* NULL: the text of an "x.$" member (or another place where a path or an
 * intrinsic function may stand) is right; else what is wrong. */
const char *template_check_expression(struct arena *arena, const char *text);

/* The template with every expression filled in; the template itself where it
 * has none. NULL with *fault set: States.ParameterPathFailure,
 * States.IntrinsicFailure, or States.DataLimitExceeded when the whole is more
 * than ASL_DATA_BYTES or ASL_DATA_DEPTH. Where "x" and "x.$" both stand, the
 * later one wins. */
const struct json *template_fill(const struct json *template,
                                 const struct scope *scope,
                                 struct fault *fault);

/* One expression: a path or an intrinsic function. Faults as above. */
const struct json *template_value(const char *expression,
                                  const struct scope *scope,
                                  struct fault *fault);

#endif
