/* The table of a Choice state's operators: see operator.h. */
#include "lib/asl/choice/operator.h"

#include <string.h>

static const struct entry {
    const char *name;
    enum choice_kind kind;
    int orders; /* for which it holds; what compares has a ...Path besides */
} table[] = {
    {"And", CHOICE_AND, 0},
    {"Or", CHOICE_OR, 0},
    {"Not", CHOICE_NOT, 0},
    {"StringEquals", CHOICE_STRING, CHOICE_EQUAL},
    {"StringLessThan", CHOICE_STRING, CHOICE_LESS},
    {"StringGreaterThan", CHOICE_STRING, CHOICE_GREATER},
    {"StringLessThanEquals", CHOICE_STRING, CHOICE_LESS | CHOICE_EQUAL},
    {"StringGreaterThanEquals", CHOICE_STRING, CHOICE_GREATER | CHOICE_EQUAL},
    {"StringMatches", CHOICE_MATCHES, 0},
    {"NumericEquals", CHOICE_NUMERIC, CHOICE_EQUAL},
    {"NumericLessThan", CHOICE_NUMERIC, CHOICE_LESS},
    {"NumericGreaterThan", CHOICE_NUMERIC, CHOICE_GREATER},
    {"NumericLessThanEquals", CHOICE_NUMERIC, CHOICE_LESS | CHOICE_EQUAL},
    {"NumericGreaterThanEquals", CHOICE_NUMERIC, CHOICE_GREATER | CHOICE_EQUAL},
    {"BooleanEquals", CHOICE_BOOLEAN, CHOICE_EQUAL},
    {"TimestampEquals", CHOICE_TIMESTAMP, CHOICE_EQUAL},
    {"TimestampLessThan", CHOICE_TIMESTAMP, CHOICE_LESS},
    {"TimestampGreaterThan", CHOICE_TIMESTAMP, CHOICE_GREATER},
    {"TimestampLessThanEquals", CHOICE_TIMESTAMP, CHOICE_LESS | CHOICE_EQUAL},
    {"TimestampGreaterThanEquals", CHOICE_TIMESTAMP,
     CHOICE_GREATER | CHOICE_EQUAL},
    {"IsNull", CHOICE_IS_NULL, 0},
    {"IsPresent", CHOICE_IS_PRESENT, 0},
    {"IsNumeric", CHOICE_IS_NUMERIC, 0},
    {"IsString", CHOICE_IS_STRING, 0},
    {"IsBoolean", CHOICE_IS_BOOLEAN, 0},
    {"IsTimestamp", CHOICE_IS_TIMESTAMP, 0},
};

bool choice_read_test(const struct json *member, struct choice_test *out)
{
    const char *name = json_name(member);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct entry *o = &table[i];
        size_t length = strlen(o->name);
        if (strncmp(name, o->name, length) != 0)
            continue;
        bool by_path = o->orders != 0 && strcmp(name + length, "Path") == 0;
        if (!by_path && name[length] != '\0')
            continue;
        *out = (struct choice_test){o->kind, o->orders, by_path, member};
        return true;
    }
    return false;
}
