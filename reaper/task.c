/* What tasks share; see task.h. */
#include "reaper/task.h"

struct task_result task_done(void)
{
    return (struct task_result){.verdict = TASK_DONE};
}

struct task_result task_failed(const char *error, const char *cause)
{
    return (struct task_result){
        .verdict = TASK_FAILED, .error = error, .cause = cause};
}

struct job *task_job(struct step *step, const struct job_kind *kind,
                     int *counter)
{
    struct job *job = job_begin(step->reaper, kind, counter);
    job->task_id = step->task.id;
    if (!order_find(step->reaper->db, step->execution.order_id, &job->order,
                    &job->arena))
        job->order = step->order; /* refused: the job will never run */
    return job;
}
