/* What an expression in a state is evaluated against, and how it fails. Shared
 * by path, intrinsic, template and choice; private to lib/asl. */
#ifndef ASL_RUN_SCOPE_H
#define ASL_RUN_SCOPE_H

#include "lib/asl/asl.h"

struct scope {
    struct arena *arena;
    const struct json *data;    /* "$" */
    const struct json *context; /* "$$"; NULL where a state does not use it */
    const struct asl_env *env;
};

/* An error of the language: name (States.Runtime ...) and cause; error NULL
 * means none. cause is static or in the scope's arena. */
struct fault {
    const char *error;
    const char *cause;
};

#endif
