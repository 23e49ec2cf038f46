/* Executions: where each order stands in its workflow. The reaper drives them
 * by lib/asl, and keeps lib/asl's image of an execution here, as a text. A
 * state change and its events are one transaction. Names are Step Functions'.
 */
#ifndef SHOP_EXECUTION_EXECUTION_H
#define SHOP_EXECUTION_EXECUTION_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/db/db.h"
#include "lib/base/text/text.h"

enum { EXECUTION_ROW_BYTES = 512 * 1024 }; /* a fuller row takes no more */

/* Step Functions' names. ABORTED: staff or a cancellation stopped it. */
enum execution_status {
    EXECUTION_RUNNING,
    EXECUTION_SUCCEEDED,
    EXECUTION_FAILED,
    EXECUTION_TIMED_OUT,
    EXECUTION_ABORTED
};
extern const struct names execution_status_names;

struct execution {
    const char *order_id;
    const char *definition_hash;
    enum execution_status status;
    const char *state; /* NULL before the first */
    const char *error; /* NULL unless it ended with one; likewise */
    const char *cause;
    int64_t redrives;
    int64_t revision; /* grows with every save: names one moment */
    int64_t reaper;   /* that has calls of it out; 0: none */
    int64_t clock_ms; /* the execution's own clock (asl_env): now when read */
    int64_t last_event;
    int64_t started_at_ms;
    int64_t ended_at_ms;   /* 0: it has not */
    bool thinned;          /* its history is a summary */
    int64_t history_bytes; /* of all its events, as they were written */
    /* Filled in by execution_read alone. JSON texts; NULL before the first
     * turn, and once nothing needs them any more. */
    const char *input;
    const char *image;
    const char *output;
    /* Events not stored yet, see execution_event. */
    struct text events;
    int64_t first_event;
    size_t row_at; /* where the last of the rows they fill begins */
};

/* Starts the order's execution under the current workflow; it is due at once.
 */
void execution_start(struct db *db, const char *order_id, int64_t now_ms);

/* The orders whose running execution is due and may be taken on by this reaper:
 * no other has calls of it out. The longest due first. */
size_t execution_due(struct db *db, int64_t reaper, size_t limit,
                     char (*order_ids)[CRYPTO_UUID_SIZE]);

/* When the next such is due; INT64_MAX: none is. */
int64_t execution_next_due(struct db *db, int64_t reaper);

/* False: there is none. find leaves input, image and output NULL. */
bool execution_find(struct db *db, const char *order_id, struct execution *out,
                    struct arena *arena);
bool execution_read(struct db *db, const char *order_id, struct execution *out,
                    struct arena *arena);

/* An execution's data while it is not packed, as in struct execution. */
struct execution_data {
    const char *input;
    const char *image;
    const char *output;
};
struct execution_data execution_data(struct db *db, const char *order_id,
                                     struct arena *arena);

bool execution_is_running(const struct execution *execution);

/* Adds an event to the history, with the number after last_event. The save, end
 * or reopen that follows stores it. detail is the text of a JSON object, or
 * NULL. */
void execution_event(struct execution *execution, struct arena *arena,
                     const char *type, const char *state, const char *detail,
                     int64_t now_ms);

/* Likewise. same is the name of the member that detail leaves out (see
 * history.h), or NULL. */
void execution_event_same(struct execution *execution, struct arena *arena,
                          const char *type, const char *state,
                          const char *detail, const char *same, int64_t now_ms);

/* The next event begins a row, so nothing in it can be the same as before. */
bool execution_begins_row(const struct execution *execution);

struct execution_wait {
    int64_t delay_ms; /* due again after it; INT64_MAX: when woken */
    int64_t reaper;   /* that has calls of it out; 0: none */
};

/* Writes state, image and input as they stand, and the events. False when
 * another hand has moved or ended the execution since it was read, or written
 * an execution_note: then nothing was written, and nothing of this transaction
 * may stay. So whoever has it in hand notes by execution_event, not
 * execution_note. */
bool execution_save(struct db *db, struct execution *execution,
                    struct execution_wait wait);

/* Ends it with what execution->error, cause, output and image hold; status is
 * SUCCEEDED, FAILED, TIMED_OUT or ABORTED. False as execution_save. */
bool execution_end(struct db *db, struct execution *execution,
                   enum execution_status status, int64_t now_ms);

/* Takes an ended one up again under definition_hash with the image given:
 * RUNNING, one more redrive, due at once. False as execution_save. */
bool execution_reopen(struct db *db, struct execution *execution);

/* Makes a running one due at once, before all that has yet to begin. One that
 * is parked stays so. */
void execution_wake(struct db *db, const char *order_id);

/* Appends what someone did to the order, also after the execution's end. by
 * says who, reason why, or is NULL. */
void execution_note(struct db *db, const char *order_id, const char *type,
                    const char *by, const char *reason, int64_t now_ms,
                    struct arena *arena);

/* Ends a running execution from outside, as a cancellation does, with the event
 * ExecutionAborted and its cause. Its image stays, for a redrive. */
void execution_abort(struct db *db, const char *order_id, const char *cause,
                     int64_t now_ms, struct arena *arena);

/* Reapers that died ------------------------------------------------------- */

/* The orders of whose executions this reaper has calls out. */
size_t execution_held(struct db *db, int64_t reaper,
                      char (*order_ids)[CRYPTO_UUID_SIZE], size_t max);

/* Makes them due, for others. */
void execution_take_over(struct db *db, int64_t reaper);

/* As work_blame, work_suspect, work_is_careful and work_hopeless (work.h). An
 * execution is forgiven once it is saved with no reaper, or ended. */
void execution_blame(struct db *db, const char *order_id);
void execution_suspect(struct db *db, int64_t reaper);
bool execution_is_careful(struct db *db);
char *execution_hopeless(struct db *db, int64_t deaths, struct arena *arena);

/* Takes it out of the reaper's way for good: it stays RUNNING if it was, but is
 * never due, also after a save, and no longer blamed. execution_reopen or
 * execution_unpark bring it back. One that has ended is not parked. */
void execution_park(struct db *db, const char *order_id);
bool execution_is_parked(struct db *db, const char *order_id);
void execution_unpark(struct db *db, const char *order_id);

#endif
