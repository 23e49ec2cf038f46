/* What a definition is made of. parse/ fills it in, the rest of lib/asl reads
 * it, and nobody else includes it. A field that only one function reads is not
 * copied here: that function reads the state's own JSON, which the check has
 * found right. */
#ifndef ASL_STATE_H
#define ASL_STATE_H

#include "lib/asl/asl.h"

/* The longest interval, in seconds, and the most attempts: what AWS's own
 * JSON schema of the language allows. */
enum { ASL_MAX_NUMBER = 99999999 };

struct asl_retrier {
    const struct json *errors; /* ErrorEquals, an array of strings */
    int interval_seconds;
    int max_attempts;
    int max_delay_seconds;
    double backoff_rate;
    bool full_jitter;
};

struct asl_catcher {
    const struct json *json;
    const struct json *errors;
    const struct asl_state *next;
};

struct asl_rule { /* of a Choice, at its top level */
    const struct json *json;
    const struct asl_state *next;
};

struct asl_state {
    const char *name;
    enum asl_type type;
    const struct json *json;
    const struct asl_machine *machine; /* that it belongs to */
    const char *resource;              /* Task: without .waitForTaskToken */
    bool waits_for_token;
    bool uses_context; /* some string in it has "$$": the context is needed */
    const struct asl_state *next; /* NULL: ends its machine, or Choice */
    struct asl_rule *rules;
    size_t rule_count;
    const struct asl_state *otherwise; /* Choice: Default, or NULL */
    struct asl_retrier *retriers;
    size_t retrier_count;
    struct asl_catcher *catchers;
    size_t catcher_count;
    struct asl_machine *machines; /* Parallel's branches, Map's iteration */
    size_t machine_count;
};

struct asl_machine {
    struct asl_state *states;
    size_t count;
    const struct asl_state *start;
};

struct asl_definition {
    const struct json *json;
    struct asl_machine root;
    const struct asl_state **by_name; /* all states, sorted by name */
    size_t state_count;
};

/* The state of this name in the machine, or with machine NULL in the whole
 * definition; while that is being checked, the first of several. */
const struct asl_state *state_find(const struct asl_definition *definition,
                                   const char *name,
                                   const struct asl_machine *machine);

#endif
