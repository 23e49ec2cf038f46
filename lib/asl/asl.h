/* Amazon States Language (states-language.net/spec.html): the states Task,
 * Succeed and Fail with Retry and Catch. Pure: a definition is read, and
 * asked what comes next; who runs it keeps the time and the counts. What the
 * specification knows beyond this is refused as "not supported". Called by
 * the reaper and `ordermill workflow`. */
#ifndef DEFINITION_H
#define DEFINITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/json.h"
#include "lib/base/arena.h"

struct asl_definition;
struct asl_state;

enum asl_type { ASL_TASK, ASL_SUCCEED, ASL_FAIL };

struct asl_mistake {
    const char *pointer; /* RFC 6901: the field at fault, or the object that
                            lacks one; "" is the whole document */
    const char *text;    /* what is wrong, in plain English */
    const struct asl_mistake *next; /* NULL: the last one */
};

/* True: *definition can be run. False: *mistakes is the list of all that is
 * wrong with it. The other one is NULL. The results point into json, which
 * must live as long, and lie in arena. */
bool asl_parse(struct arena *arena, const struct json *json,
               const struct asl_definition **definition,
               const struct asl_mistake **mistakes);

const struct asl_state *asl_start(const struct asl_definition *definition);

/* NULL when no state has this name; names are compared case-sensitively. */
const struct asl_state *asl_find(const struct asl_definition *definition,
                                 const char *name);

/* All states, in the order of the document; index is below asl_count. */
size_t asl_count(const struct asl_definition *definition);
const struct asl_state *asl_at(const struct asl_definition *definition,
                               size_t index);

const char *asl_state_name(const struct asl_state *state);
enum asl_type asl_state_type(const struct asl_state *state);

/* A Task's own, not empty; NULL for the other types. */
const char *asl_state_resource(const struct asl_state *state);

/* Where a Task goes when it succeeds; NULL where it ends the execution, and
 * for the other types. */
const struct asl_state *asl_state_next(const struct asl_state *state);

/* A Fail's own, which it may lack; NULL for the other types. */
const char *asl_state_error(const struct asl_state *state);
const char *asl_state_cause(const struct asl_state *state);

/* Number of retriers, each of which has a count of its attempts. */
size_t asl_state_retriers(const struct asl_state *state);

enum asl_verdict { ASL_GO, ASL_RETRY, ASL_END_SUCCEEDED, ASL_END_FAILED };

struct asl_decision {
    enum asl_verdict verdict;
    const struct asl_state *next; /* ASL_GO: the state to enter */
    size_t retrier;               /* ASL_RETRY: whose count goes up by one */
    int64_t delay_ms;             /* ASL_RETRY: to wait before it */
};

/* The state did its work: a Task answered, a Succeed or Fail was entered (a
 * Fail ends the execution with its own error and cause). */
struct asl_decision asl_after_success(const struct asl_state *state);

/* The state failed with error_name. The first retrier that matches it decides;
 * when its MaxAttempts are used up, or none matches, the first catcher that
 * matches does; without one, the execution fails with this error. attempts
 * holds, for each of the first count retriers, the retries made since the state
 * was entered; those beyond have made none. The wait is IntervalSeconds *
 * BackoffRate^attempts, at most MaxDelaySeconds, times random01 (0 <= random01
 * < 1) where JitterStrategy is FULL.
 *
 * An ErrorEquals entry matches its own name. States.ALL matches every name and
 * States.TaskFailed every name but States.Timeout, both except
 * States.DataLimitExceeded and States.Runtime (AWS Step Functions Developer
 * Guide, "Handling errors in Step Functions workflows"). */
struct asl_decision asl_after_error(const struct asl_state *state,
                                    const char *error_name, const int *attempts,
                                    size_t count, double random01);

#endif
