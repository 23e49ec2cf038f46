/* What a definition is made of: filled in by check.c, read by definition.c,
 * no one else's business. */
#ifndef STATE_H
#define STATE_H

#include "lib/asl/definition.h"

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
    const struct json *errors;
    const struct asl_state *next;
};

struct asl_state {
    const char *name;
    enum asl_type type;
    const char *resource;
    const struct asl_state *next;
    const char *error;
    const char *cause;
    struct asl_retrier *retriers;
    size_t retrier_count;
    struct asl_catcher *catchers;
    size_t catcher_count;
};

struct asl_definition {
    struct asl_state *states;
    size_t count;
    const struct asl_state *start;
};

#endif
