/* The rules of a Choice state (specification, "Choice State"). Private to
 * lib/asl. */
#ifndef ASL_CHOICE_CHOICE_H
#define ASL_CHOICE_CHOICE_H

#include "lib/asl/parse/check.h"
#include "lib/asl/run/scope.h"

/* Notes what is wrong with a rule; inside And, Or and Not (nested true) it has
 * no Next. Next itself is the caller's. */
void choice_check(struct check *c, const struct place *at,
                  const struct json *rule, bool nested);

/* Whether the rule, which was found right, holds. A Variable or ...Path that
 * selects nothing sets *fault to States.Runtime, save for IsPresent; else
 * *fault is none. Values of a type the operator is not for make it false. A
 * path that is not definite is an array to every operator (path.h), also an
 * empty one, save that IsPresent finds nothing in an empty one. */
bool choice_holds(const struct json *rule, const struct scope *scope,
                  struct fault *fault);

#endif
