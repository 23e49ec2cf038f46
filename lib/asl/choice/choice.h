/* The rules of a Choice state (specification, "Choice State"). Private to
 * lib/asl. */
#ifndef ASL_CHOICE_CHOICE_H
#define ASL_CHOICE_CHOICE_H

#include "lib/asl/parse/check.h"
#include "lib/asl/run/scope.h"

/* Notes what is wrong with a rule. Inside And, Or and Not (nested true) it must
 * have no Next. Where Next leads, the caller checks. */
void choice_check(struct check *c, const struct place *at,
                  const struct json *rule, bool nested);

/* Whether the rule holds; choice_check has found it right. A Variable or
 * ...Path that selects nothing sets *fault to States.Runtime, save for
 * IsPresent; else *fault is none. The rule is false for a value of a type that
 * its operator is not for. A path that is not definite gives every operator an
 * array (path.h), perhaps an empty one; to IsPresent an empty one is not
 * present. */
bool choice_holds(const struct json *rule, const struct scope *scope,
                  struct fault *fault);

#endif
