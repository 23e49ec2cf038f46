/* The operators of a Choice state's rules: shared by choice.c,
 * check.c and parse/field.c. */
#ifndef ASL_CHOICE_OPERATOR_H
#define ASL_CHOICE_OPERATOR_H

#include "lib/adapter/json/json.h"

enum choice_kind {
    CHOICE_AND,
    CHOICE_OR,
    CHOICE_NOT,
    CHOICE_STRING,
    CHOICE_MATCHES,
    CHOICE_NUMERIC,
    CHOICE_BOOLEAN,
    CHOICE_TIMESTAMP,
    CHOICE_IS_NULL,
    CHOICE_IS_PRESENT,
    CHOICE_IS_NUMERIC,
    CHOICE_IS_STRING,
    CHOICE_IS_BOOLEAN,
    CHOICE_IS_TIMESTAMP
};

enum choice_order { CHOICE_LESS = 1, CHOICE_EQUAL = 2, CHOICE_GREATER = 4 };

struct choice_test {
    enum choice_kind kind;
    int orders;   /* a comparison: those for which it holds; else 0 */
    bool by_path; /* the operand is a path to what is compared with */
    const struct json *operand;
};

/* False when the member of a rule is no operator. */
bool choice_read_test(const struct json *member, struct choice_test *out);

#endif
