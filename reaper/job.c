/* The pool of jobs and their way from begun to finished; see reaper.h. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "lib/base/log/log.h"
#include "lib/base/system/file.h"
#include "lib/base/time/clock.h"
#include "reaper/reaper.h"

void job_pool_create(struct reaper *reaper)
{
    for (int i = REAPER_JOBS - 1; i >= 0; i--) {
        reaper->jobs[i].next = reaper->free_jobs;
        reaper->free_jobs = &reaper->jobs[i];
    }
    reaper->free_count = REAPER_JOBS;
}

struct job *job_begin(struct reaper *reaper, const struct job_kind *kind,
                      int *counter)
{
    struct job *job = reaper->free_jobs;
    assert(job != NULL && db_in_transaction(reaper->db));
    reaper->free_jobs = job->next;
    reaper->free_count--;
    struct arena arena = job->arena;
    if (arena.base == NULL) {
        arena = arena_create(REAPER_JOB_ARENA);
        arena.kept = 0;
    }
    *job = (struct job){.reaper = reaper,
                        .kind = kind,
                        .arena = arena,
                        .counter = counter,
                        .number = reaper->number,
                        .in_flight = true,
                        .next = reaper->begun};
    reaper->begun = job;
    *counter += 1;
    return job;
}

struct job *job_begin_work(struct reaper *reaper, const struct job_kind *kind,
                           const struct work *work)
{
    struct job *job = job_begin(reaper, kind, &reaper->in_job[work->kind]);
    job->work = *work;
    return job;
}

void job_in_hand(struct job *job)
{
    if (job->work.subject[0] != '\0')
        in_hand_work(&job->reaper->hand, &job->work);
    else
        in_hand_execution(&job->reaper->hand, job->order.order_id);
}

static void release(struct job *job)
{
    struct reaper *reaper = job->reaper;
    *job->counter -= 1;
    job->in_flight = false;
    arena_reset(&job->arena);
    job->next = reaper->free_jobs;
    reaper->free_jobs = job;
    reaper->free_count++;
}

void job_trim(struct reaper *reaper)
{
    for (struct job *job = reaper->free_jobs; job != NULL; job = job->next)
        arena_destroy(&job->arena);
}

static void release_all(struct job **list)
{
    while (*list != NULL) {
        struct job *job = *list;
        *list = job->next;
        release(job);
    }
}

bool job_in_flight(const struct reaper *reaper)
{
    int idle = reaper->free_count;
    for (const struct job *job = reaper->finished; job != NULL; job = job->next)
        idle++;
    return idle < REAPER_JOBS;
}

void job_finish(struct job *job)
{
    assert(job->in_flight);
    job->next = job->reaper->finished;
    job->reaper->finished = job;
    in_hand_clear(&job->reaper->hand);
}

static void make_file(struct job *job)
{
    job->kind->make_file(job);
    assert(job->failure != NULL || (job->file != NULL && job->bytes != NULL));
    if (job->failure == NULL &&
        !file_write_aside(job->file, job->bytes, job->length))
        job->failure = strerror(errno);
    job->bytes = NULL;
}

/* Files of one batch share one sync of the file system before the renames and
 * one sync of each folder after them. */
static void place_files(struct reaper *reaper, struct job *files)
{
    const char *failure =
        file_sync_all(reaper->settings->home) ? NULL : strerror(errno);
    for (struct job *job = files; job != NULL; job = job->next) {
        if (job->failure == NULL)
            job->failure = failure;
        if (job->failure == NULL && !file_put_in_place(job->file))
            job->failure = strerror(errno);
    }
    const char *const folders[] = {reaper->settings->receipts,
                                   reaper->settings->mail};
    for (size_t i = 0; i < 2; i++) {
        failure = file_sync_folder(folders[i]) ? NULL : strerror(errno);
        for (struct job *job = files; job != NULL; job = job->next)
            if (job->failure == NULL && job->folder == folders[i])
                job->failure = failure;
    }
}

/* Starts every call, and makes files as long as their time lasts; gives the
 * files made. */
static struct job *run_ready(struct reaper *reaper)
{
    struct job *files = NULL;
    struct job *left = NULL;
    int64_t end_ms = clock_boot_ms() + REAPER_FILES_MS;
    while (reaper->ready != NULL) {
        struct job *job = reaper->ready;
        reaper->ready = job->next;
        if (job->kind->start == NULL && clock_boot_ms() > end_ms) {
            job->next = left;
            left = job;
            continue;
        }
        job_in_hand(job);
        if (job->kind->start != NULL) {
            job->kind->start(job);
            continue;
        }
        make_file(job);
        job->next = files;
        files = job;
    }
    reaper->ready = left;
    return files;
}

void job_run_ready(struct reaper *reaper)
{
    assert(!db_in_transaction(reaper->db));
    struct job *files = run_ready(reaper);
    in_hand_clear(&reaper->hand);
    if (files == NULL)
        return;
    place_files(reaper, files);
    while (files != NULL) {
        struct job *job = files;
        files = job->next;
        job_finish(job);
    }
}

/* Others do it now, or have done it. */
static bool is_void(struct job *job)
{
    struct reaper *reaper = job->reaper;
    return job->number != reaper->number ||
           (job->work.subject[0] != '\0' &&
            work_look(reaper->db, &job->work) == WORK_LOST);
}

void job_settle_finished(struct reaper *reaper, int64_t now_ms)
{
    assert(db_in_transaction(reaper->db));
    for (struct job *job = reaper->finished; job != NULL; job = job->next) {
        job_in_hand(job);
        job->unsettled = job->arena.used;
        job->in_flight = false;
        if (is_void(job))
            log_info("a result comes too late: others have taken over");
        else
            job->kind->settle(job, now_ms);
    }
    in_hand_clear(&reaper->hand);
}

void job_committed(struct reaper *reaper)
{
    assert(!db_in_transaction(reaper->db));
    release_all(&reaper->finished);
    while (reaper->begun != NULL) {
        struct job *job = reaper->begun;
        reaper->begun = job->next;
        job->next = reaper->ready;
        reaper->ready = job;
    }
}

void job_refused(struct reaper *reaper)
{
    assert(!db_in_transaction(reaper->db));
    release_all(&reaper->begun);
    for (struct job *job = reaper->finished; job != NULL; job = job->next) {
        job->arena.used = job->unsettled;
        job->in_flight = true;
    }
}
