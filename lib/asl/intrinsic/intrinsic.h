/* Intrinsic functions (specification, "Intrinsic Functions" and appendix B;
 * limits as in the AWS Step Functions Developer Guide). Private to lib/asl.
 *
 * Where the two leave something open: calls nest 10 deep; true and false are
 * arguments too; a lone brace in a string stands for itself and only {} is a
 * place; JsonToString takes any argument, Hash any value (as JSON unless it is
 * a string); StringSplit splits at each character of its delimiter and drops
 * what is empty; MathRandom's end is exclusive. */
#ifndef ASL_INTRINSIC_INTRINSIC_H
#define ASL_INTRINSIC_INTRINSIC_H

#include "lib/asl/run/scope.h"

/* How many bytes of JSON the calls of one template, nested ones too, may make
 * together: arenas are finite. */
enum { INTRINSIC_BYTES = 4 * ASL_DATA_BYTES };

/* NULL: it is a well-formed call of functions that exist, with as many
 * arguments as they take. Else what is wrong, static or in arena. */
const char *intrinsic_check(struct arena *arena, const char *text);

/* The result, at most ASL_DATA_BYTES and ASL_DATA_DEPTH. NULL with *fault set
 * to States.IntrinsicFailure, or to States.ParameterPathFailure where a path in
 * it selects nothing. *left begins at INTRINSIC_BYTES and goes down. */
const struct json *intrinsic_call(const char *text, const struct scope *scope,
                                  size_t *left, struct fault *fault);

#endif
