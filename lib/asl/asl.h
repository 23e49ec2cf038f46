/* Amazon States Language (states-language.net/spec.html, JSONPath form): reads
 * and checks a definition, and takes its executions from state to state. Pure:
 * all follows from the definition, the data, the answers of tasks and what
 * struct asl_env says. It knows no clock, no storage and no order. This is the
 * one public header of lib/asl. Called by the reaper (which keeps executions in
 * the database), by `ordermill workflow` and by the pages that draw a
 * definition.
 *
 * Where AWS Step Functions and the specification differ, or the specification
 * is silent, the comments name which is followed. */
#ifndef ASL_ASL_H
#define ASL_ASL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/json/json.h"
#include "lib/base/memory/arena.h"

enum {
    ASL_DEPTH = 100,             /* of a definition's JSON */
    ASL_DATA_BYTES = 256 * 1024, /* input or output of a state, as JSON */
    ASL_DATA_DEPTH = 200,
    ASL_IMAGE_BYTES = 2 * 1024 * 1024 /* a whole execution */
};

/* Definitions --------------------------------------------------------------*/

struct asl_definition;
struct asl_machine; /* StartAt and States: the root, a branch, an iteration */
struct asl_state;

enum asl_type {
    ASL_TASK,
    ASL_PASS,
    ASL_CHOICE,
    ASL_WAIT,
    ASL_PARALLEL,
    ASL_MAP,
    ASL_SUCCEED,
    ASL_FAIL
};

struct asl_mistake {
    const char *pointer; /* RFC 6901: the field at fault, or the object that
                            lacks one; "" is the whole document */
    const char *text;    /* what is wrong, in plain English */
    const struct asl_mistake *next; /* NULL: the last one */
};

/* True: *definition can be run, and *mistakes is NULL. False: *mistakes lists
 * all that is wrong with it, and *definition is NULL. The results lie in arena
 * and point into json, which must live as long. */
bool asl_parse(struct arena *arena, const struct json *json,
               const struct asl_definition **definition,
               const struct asl_mistake **mistakes);

const struct asl_machine *asl_root(const struct asl_definition *definition);

/* A state of any machine of the definition: names are unique throughout it
 * (specification, "State Machine": "names must be unique within the scope of
 * the whole state machine"). NULL when none has this name. */
const struct asl_state *asl_find(const struct asl_definition *definition,
                                 const char *name);

const struct asl_state *asl_start(const struct asl_machine *machine);

/* The machine's own states, in the order of the document. */
size_t asl_count(const struct asl_machine *machine);
const struct asl_state *asl_at(const struct asl_machine *machine, size_t index);

const char *asl_name(const struct asl_state *state);
enum asl_type asl_type(const struct asl_state *state);
const char *asl_type_name(enum asl_type type); /* "Task" */

/* The state's object as it stands in the document. */
const struct json *asl_json(const struct asl_state *state);

/* A Task's Resource, without .waitForTaskToken; it is not empty. NULL for the
 * other types. */
const char *asl_resource(const struct asl_state *state);
bool asl_waits_for_token(const struct asl_state *state);

/* A Parallel's branches, a Map's one iteration; 0 for the other types. */
size_t asl_machines(const struct asl_state *state);
const struct asl_machine *asl_machine_at(const struct asl_state *state,
                                         size_t index);

/* The ways out of a state: its Next; of a Choice its rules in order and its
 * Default; and each catcher. A state that ends its machine (End, Succeed, Fail)
 * has no way out but its catchers. */
enum asl_edge_kind {
    ASL_EDGE_NEXT,
    ASL_EDGE_CHOICE,
    ASL_EDGE_DEFAULT,
    ASL_EDGE_CATCH
};

struct asl_edge {
    enum asl_edge_kind kind;
    const struct asl_state *to;
    size_t index; /* of the rule or catcher; 0 for the others */
};

size_t asl_edges(const struct asl_state *state);
struct asl_edge asl_edge_at(const struct asl_state *state, size_t index);

/* Executions ---------------------------------------------------------------*/

/* What an execution is told of the world outside. It does not change during a
 * call. */
struct asl_env {
    int64_t clock_ms; /* the execution's own clock: 0 at its start, never goes
                         back; every wait, retry and timeout goes by it */
    int64_t wall_ms;  /* UTC, for the context object and Wait's timestamps */
    /* 64 random bits, for jitter, States.MathRandom and States.UUID. */
    uint64_t (*random)(void *context);
    /* $$.Task.Token of a task that waits for one; in arena. */
    const char *(*token)(void *context, struct arena *arena, int64_t task_id);
    void *context;
};

/* For the context object: what stays the same through an execution. All are set
 * and live as long as the run. */
struct asl_origin {
    const char *execution_id; /* $$.Execution.Id and .Name */
    const char *machine_name; /* $$.StateMachine.Name and .Id */
    int64_t started_wall_ms;  /* $$.Execution.StartTime */
    int64_t redrives;         /* $$.Execution.RedriveCount */
    const struct json *input; /* $$.Execution.Input */
};

struct asl_run; /* an execution in memory, in an arena */

/* A new execution, before its first turn. */
struct asl_run *asl_begin(struct arena *arena,
                          const struct asl_definition *definition,
                          const struct asl_origin *origin);

/* The execution that asl_image wrote. NULL when the image does not fit the
 * definition; *fault then says why ("there is no state X"). Events begin anew.
 */
struct asl_run *asl_load(struct arena *arena,
                         const struct asl_definition *definition,
                         const struct asl_origin *origin, const char *image,
                         const char **fault);

/* All that the execution needs to go on later, as one JSON text in the run's
 * arena. */
char *asl_image(struct asl_run *run);

enum asl_turn {
    ASL_TURN_MOVED, /* something happened; call again */
    ASL_TURN_TASK,  /* *task is to be begun by the caller */
    ASL_TURN_WAIT,  /* nothing to do before asl_due or a task's answer */
    ASL_TURN_ENDED  /* see asl_status */
};

struct asl_task {
    int64_t id;    /* never used twice in this execution, redrives included */
    int64_t entry; /* names the entering of the state: the same for retries,
                      so it makes a good idempotency key */
    int attempt;   /* 1 for the first since the state was entered */
    const struct asl_state *state;
    const char *resource; /* without .waitForTaskToken */
    bool waits_for_token;
    const struct json *input; /* the effective input, after Parameters */
    int64_t due_ms;           /* on the execution's clock, when it times out
                                 or lacks a heartbeat; INT64_MAX: never */
};

/* Takes one thing one step further: a state is entered, left, fails or times
 * out, or a task is to be begun. After ASL_TURN_TASK the task counts as under
 * way; the caller may call one of the functions below with its id, at once or
 * in a later life of the run. */
enum asl_turn asl_turn(struct asl_run *run, const struct asl_env *env,
                       struct asl_task *task);

/* True while the run waits for this task's answer or token. Once it does not
 * (timed out, aborted, answered), the calls below change nothing. */
bool asl_awaits(const struct asl_run *run, int64_t task_id);

/* Answers. An output longer than ASL_DATA_BYTES fails the state with
 * States.DataLimitExceeded. A task that waits for a token is answered by
 * whoever brings the token; when its own start was answered, call
 * asl_task_started instead. */
void asl_task_succeeded(struct asl_run *run, const struct asl_env *env,
                        int64_t task_id, const struct json *output);
void asl_task_failed(struct asl_run *run, const struct asl_env *env,
                     int64_t task_id, const char *error, const char *cause);
/* The start of a task that waits for a token is done. */
void asl_task_started(struct asl_run *run, const struct asl_env *env,
                      int64_t task_id);
void asl_task_heartbeat(struct asl_run *run, const struct asl_env *env,
                        int64_t task_id);

/* The task could not be begun yet: after delay_ms it comes up as ASL_TURN_TASK
 * again, with the same id and without a new event. */
void asl_task_later(struct asl_run *run, const struct asl_env *env,
                    int64_t task_id, int64_t delay_ms);

/* Whoever began the tasks is gone: each that is under way comes up again with
 * its id. Those that only wait for their token stay as they are. */
void asl_reissue(struct asl_run *run);

/* Tasks that are under way or wait for their token, in no order. */
size_t asl_tasks(const struct asl_run *run);
struct asl_task asl_task_at(const struct asl_run *run, size_t index);

/* The clock_ms at which the next turn is due; INT64_MAX: only an answer can
 * move the run. */
int64_t asl_due(const struct asl_run *run);

enum asl_status { ASL_RUNNING, ASL_SUCCEEDED, ASL_FAILED, ASL_TIMED_OUT };

enum asl_status asl_status(const struct asl_run *run);
const char *asl_status_name(enum asl_status status); /* "SUCCEEDED" */

/* NULL unless it ended with one; a cause may be NULL even then. */
const struct json *asl_output(const struct asl_run *run);
const char *asl_error(const struct asl_run *run);
const char *asl_cause(const struct asl_run *run);

/* For lists: the name of the state that the root is in. NULL before the first.
 */
const char *asl_current(const struct asl_run *run);

/* Steering.
 * ------------------------------------------------------------------*/

/* Makes retries that wait for their time due at once; false: there are none. */
bool asl_hurry(struct asl_run *run);

/* The state that a redrive goes on from: the last Task that failed beyond its
 * retries, also where a catcher led on; without one, the state that failed.
 * NULL: nothing has failed. */
const char *asl_failed_state(const struct asl_run *run);

/* For a run that was ended from outside, while its image says that it runs.
 * From now on it has failed in the state where it was stopped, unless a Task
 * failed before; so it can be redriven. */
void asl_stop(struct asl_run *run);

/* A state that is to be run again before a redriven one. */
struct asl_again {
    const char *state; /* its name */
    const struct json *input;
};

/* Goes back to where asl_failed_state failed, with its input and with retry
 * counts of nought. The states that completed before it, also those of other
 * branches and iterations, are not run again. But those in first are: one after
 * the other, each is left once it succeeded, and its result is dropped. When
 * one of them fails, its own Retry and Catch decide; a Catch that leads on ends
 * the redrive, and the execution goes on there. False: nothing has failed. */
bool asl_redrive(struct asl_run *run, const struct asl_env *env,
                 const struct asl_again *first, size_t count);

/* History.
 * -------------------------------------------------------------------*/

/* What happened since the run was begun or loaded. type is Step Functions'
 * (TaskStateEntered, TaskScheduled, TaskFailed, MapIterationStarted ...); state
 * is the name of the state, or NULL (ExecutionStarted). detail is NULL or an
 * object with those of these members that apply: input, output, resource,
 * parameters (left out where they are the input), error, cause, attempt (from
 * the second on), retry_after_ms (a failure that is tried again), caught (the
 * state that a catcher leads to), index (of an iteration), length, name (of a
 * branch). */
struct asl_event {
    const char *type;
    const char *state;
    const struct json *detail;
    const struct asl_event *next;
};

const struct asl_event *asl_events(const struct asl_run *run);

#endif
