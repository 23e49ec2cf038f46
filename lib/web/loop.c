/* The event loop: see loop.h and web.h. The order of one round: poll, read
 * and answer what came, and when nothing more waits commit the batch and send
 * its replies. */
#define _GNU_SOURCE
#include "lib/web/loop.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/log/log.h"
#include "lib/base/memory/memory.h"
#include "lib/base/time/clock.h"
#include "lib/web/problem.h"
#include "lib/web/slot.h"

enum {
    LOOP_SLOTS = ARENA_POOL,
    /* Address space a request may use; the longest list of orders fits. */
    LOOP_ARENA = 64 * 1024 * 1024,
    /* What a request in hand takes outside its arena: libfcgi's buffers. */
    LOOP_SLOT_BYTES = 16 * 1024,
    LOOP_TRIM_MS = 1000,
    LOOP_BATCH = 256,   /* replies that wait for one commit */
    LOOP_BATCH_MS = 10, /* a steady stream of requests delays no commit */
    LOOP_ROUND_MS = 50, /* nor do many long reads that came at once */
    LOOP_LOCK_PAUSE_NS = 200000,
    /* At the end a reply that is held back longer is never sent: it belongs
     * to nobody who still waits for us. */
    LOOP_LAST_HOLD_MS = 500,
    LOOP_SIGNAL = 0, /* places in the poll set */
    LOOP_LISTEN = 1,
    LOOP_FIRST_SLOT = 2
};

struct loop {
    struct web *web;
    const struct web_program *program;
    struct db *writer;
    int listen_fd;
    int signal_fd;
    bool stopping;
    bool batch_open;
    size_t batch_size;
    int64_t batch_began_ms;
    size_t waiting; /* slots that want the write lock */
    int64_t waiting_since_ms;
    size_t held;
    size_t used;  /* slots ever taken: the rest need no look */
    size_t first; /* of the slots, whose turn it is */
    size_t bytes; /* of the requests whose replies are held back */
    int64_t trimmed_ms;
    int64_t asked_ms; /* when the last request came, or the program began */
    struct arena_pool pool;
    struct slot slots[LOOP_SLOTS];
    struct pollfd fds[LOOP_FIRST_SLOT + LOOP_SLOTS];
    struct slot *polled[LOOP_SLOTS];
};

static void refuse(const struct loop *loop, struct slot *slot, int status,
                   const char *detail)
{
    const struct web_app *app = loop->web->app;
    slot->status =
        app->refuse == NULL
            ? problem(&slot->request, &slot->reply, status, detail)
            : app->refuse(loop->web, &slot->request, &slot->reply, status);
}

static void count_answer(struct loop *loop, int status)
{
    static const enum metric by_class[] = {
        METRIC_ANSWERS_2XX, METRIC_ANSWERS_3XX, METRIC_ANSWERS_4XX,
        METRIC_ANSWERS_5XX};
    assert(status >= 200 && status < 600);
    metric_add(loop->web->metrics, by_class[status / 100 - 2]);
}

static void send(struct loop *loop, struct slot *slot)
{
    count_answer(loop, slot->status);
    loop->bytes -= slot->bytes;
    slot->bytes = 0;
    slot_send(slot, &loop->pool);
}

/* Its reply is to be sent later. */
static void hold_back(struct loop *loop, struct slot *slot,
                      enum slot_state state)
{
    size_t bytes = LOOP_SLOT_BYTES + slot->arena.used;
    loop->bytes += bytes - slot->bytes;
    slot->bytes = bytes;
    slot->state = state;
}

static void refuse_busy(const struct loop *loop, struct slot *slot)
{
    slot->reply.headers = text_create(&slot->arena, 32);
    slot->reply.hold_ms = 0;
    reply_header(&slot->reply, "Retry-After", "1");
    refuse(loop, slot, 503, loop->web->app->busy);
}

static void finish(struct loop *loop, struct slot *slot)
{
    if (slot->reply.hold_ms > 0) {
        slot->held_until_ms = clock_boot_ms() + slot->reply.hold_ms;
        hold_back(loop, slot, SLOT_HELD);
        loop->held++;
        return;
    }
    send(loop, slot);
}

/* Commits and answers every request of the batch. */
static void flush(struct loop *loop)
{
    enum db_outcome outcome = db_commit(loop->writer);
    size_t written = loop->batch_size;
    loop->batch_open = false;
    loop->batch_size = 0;
    if (outcome == DB_OK)
        metric_add(loop->web->metrics, METRIC_BATCHES);
    else
        log_warning("batch not stored: %s",
                    outcome == DB_FULL ? "disk full" : "database locked");
    for (size_t i = 0; i < loop->used; i++) {
        struct slot *slot = &loop->slots[i];
        if (slot->state != SLOT_WRITTEN)
            continue;
        if (outcome != DB_OK)
            refuse_busy(loop, slot);
        finish(loop, slot);
    }
    if (loop->web->wake && outcome == DB_OK) {
        char count[16];
        snprintf(count, sizeof count, "%zu", written);
        web_tell(loop->web, count);
    }
    loop->web->wake = false;
}

static void run_write(struct loop *loop, struct slot *slot)
{
    struct web *web = loop->web;
    web->writer = loop->writer;
    int64_t changes = db_changes(loop->writer);
    slot->status = slot->route->write(web, &slot->request, &slot->reply);
    if (slot->status >= 400 && !slot->reply.keep_writes &&
        db_changes(loop->writer) != changes) {
        log_error("bug: %s %s refused after it had written",
                  slot->route->method, slot->route->pattern);
        db_refuse(loop->writer);
    }
    web->writer = NULL;
    hold_back(loop, slot, SLOT_WRITTEN);
    loop->batch_size++;
    if (db_refused(loop->writer) || loop->batch_size == LOOP_BATCH)
        flush(loop);
}

static bool open_batch(struct loop *loop)
{
    if (!loop->batch_open && db_try_begin(loop->writer) == DB_OK) {
        loop->batch_open = true;
        loop->batch_began_ms = clock_boot_ms();
    }
    return loop->batch_open;
}

/* Writes what waited for the lock, or refuses it when the wait was too long. */
static void serve_waiting(struct loop *loop)
{
    bool late = clock_boot_ms() - loop->waiting_since_ms > WEB_WRITE_WAIT_MS;
    if (!open_batch(loop) && !late)
        return;
    for (size_t i = 0; i < loop->used && loop->waiting > 0; i++) {
        struct slot *slot = &loop->slots[i];
        if (slot->state != SLOT_WAITING)
            continue;
        if (open_batch(loop)) {
            loop->waiting--;
            run_write(loop, slot);
        } else if (late) {
            loop->waiting--;
            refuse_busy(loop, slot);
            send(loop, slot);
        }
    }
    loop->waiting_since_ms = clock_boot_ms();
}

static void start_write(struct loop *loop, struct slot *slot)
{
    assert(slot->route->write != NULL);
    if (open_batch(loop)) {
        run_write(loop, slot);
        return;
    }
    if (loop->waiting++ == 0)
        loop->waiting_since_ms = clock_boot_ms();
    hold_back(loop, slot, SLOT_WAITING);
}

/* The pattern's {} stands for one whole segment, which is copied out. */
static bool matches(const char *pattern, const char *path,
                    struct request *request)
{
    const char *hole = strstr(pattern, "{}");
    if (hole == NULL)
        return strcmp(pattern, path) == 0;
    size_t head = (size_t)(hole - pattern);
    if (strncmp(pattern, path, head) != 0)
        return false;
    size_t length = strcspn(path + head, "/");
    if (length == 0 || strcmp(path + head + length, hole + 2) != 0)
        return false;
    request->param = arena_copy(request->arena, path + head, length);
    return true;
}

static bool same_method(const char *route, const char *method)
{
    return strcmp(route, method) == 0 ||
           (strcmp(route, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

/* The route, or NULL with the status and reply set. */
static const struct route *find_route(const struct loop *loop,
                                      struct slot *slot)
{
    struct request *request = &slot->request;
    struct text allowed = text_create(&slot->arena, 64);
    for (const struct route *route = loop->program->routes;
         route->method != NULL; route++) {
        if (!matches(route->pattern, request->path, request))
            continue;
        if (same_method(route->method, request->method))
            return route;
        text_printf(&allowed, "%s%s", allowed.length > 0 ? ", " : "",
                    strcmp(route->method, "GET") == 0 ? "GET, HEAD"
                                                      : route->method);
    }
    if (allowed.length == 0) {
        refuse(loop, slot, 404, NULL);
    } else {
        reply_header(&slot->reply, "Allow", allowed.bytes);
        refuse(loop, slot, 405, NULL);
    }
    return NULL;
}

static bool batch_is_older(const struct loop *loop, int64_t age_ms)
{
    return clock_boot_ms() - loop->batch_began_ms > age_ms;
}

/* Before the body is read: nobody waits with the lock for a slow `read` or for
 * a body that does not come in one piece. */
static void commit_before(struct loop *loop, const struct slot *slot)
{
    if (loop->batch_open &&
        (loop->program->slow || slot_body_length(slot) > WEB_MAX_BODY ||
         batch_is_older(loop, LOOP_ROUND_MS)))
        flush(loop);
}

static void handle(struct loop *loop, struct slot *slot)
{
    size_t max_body = loop->program->max_body;
    loop->asked_ms = clock_boot_ms();
    slot_open(slot, &loop->pool);
    slot->route = find_route(loop, slot);
    if (slot->route == NULL) {
        send(loop, slot);
        return;
    }
    commit_before(loop, slot);
    slot->status =
        slot_read_body(slot, max_body != 0 ? max_body : WEB_MAX_BODY);
    if (slot->status != 0) {
        refuse(loop, slot, slot->status, NULL);
        send(loop, slot);
        return;
    }
    slot->status = slot->route->read(loop->web, &slot->request, &slot->reply);
    if (slot->status == WEB_GO_ON)
        start_write(loop, slot);
    else
        finish(loop, slot);
}

static struct slot *free_slot(struct loop *loop)
{
    for (size_t i = 0; i < LOOP_SLOTS; i++)
        if (loop->slots[i].state == SLOT_FREE) {
            if (i >= loop->used)
                loop->used = i + 1;
            return &loop->slots[i];
        }
    return NULL;
}

/* Nothing more is read: there is no memory for it, or what waits for the lock
 * would miss its chances during something slow. */
static bool is_full(const struct loop *loop)
{
    return loop->bytes > WEB_IN_HAND ||
           (loop->program->slow && loop->waiting > 0);
}

/* The poll set: the signal fd and, while more may be read, the listening socket
 * and every idle connection. */
static nfds_t fill_poll_set(struct loop *loop)
{
    bool full = is_full(loop);
    bool room = !loop->stopping && !full && free_slot(loop) != NULL;
    loop->fds[LOOP_SIGNAL] =
        (struct pollfd){.fd = loop->signal_fd, .events = POLLIN};
    loop->fds[LOOP_LISTEN] =
        (struct pollfd){.fd = room ? loop->listen_fd : -1, .events = POLLIN};
    nfds_t count = LOOP_FIRST_SLOT;
    for (size_t i = 0; i < loop->used && !full; i++) {
        struct slot *slot = &loop->slots[(loop->first + i) % loop->used];
        if (slot->state != SLOT_IDLE)
            continue;
        loop->polled[count - LOOP_FIRST_SLOT] = slot;
        loop->fds[count++] =
            (struct pollfd){.fd = slot->fcgx.ipcFd, .events = POLLIN};
    }
    return count;
}

static int64_t next_release_ms(const struct loop *loop)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < loop->used; i++)
        if (loop->slots[i].state == SLOT_HELD &&
            loop->slots[i].held_until_ms < next)
            next = loop->slots[i].held_until_ms;
    return next;
}

static void release_held(struct loop *loop)
{
    int64_t now = clock_boot_ms();
    for (size_t i = 0; i < loop->used; i++) {
        struct slot *slot = &loop->slots[i];
        if (slot->state == SLOT_HELD && slot->held_until_ms <= now) {
            loop->held--;
            send(loop, slot);
        }
    }
}

/* How long the program may still wait for a request. nginx closes a connection
 * well before it has been idle for so long (see programs.h), so the program
 * waits for that: what it closed itself might meet a request on its way. One
 * that stays open nevertheless holds it no longer than twice the time. */
static int64_t idle_left_ms(const struct loop *loop)
{
    bool connected = false;
    for (size_t i = 0; i < loop->used; i++)
        connected = connected || loop->slots[i].state != SLOT_FREE;
    int64_t idle_ms = loop->web->settings->idle_ms;
    int64_t left_ms =
        loop->asked_ms + (connected ? 2 : 1) * idle_ms - clock_boot_ms();
    return left_ms < 0 ? 0 : left_ms;
}

/* How long to wait for something to do, at most. */
static int64_t wait_ms(const struct loop *loop)
{
    if (loop->held > 0) {
        int64_t left_ms = next_release_ms(loop) - clock_boot_ms();
        return left_ms < 0 ? 0 : left_ms;
    }
    int64_t left_ms = idle_left_ms(loop);
    bool spare = loop->pool.spare_count > 0; /* to be given back */
    return spare && left_ms > LOOP_TRIM_MS ? LOOP_TRIM_MS : left_ms;
}

/* Waits for something to do; true when a connection had something. */
static bool wait_and_read(struct loop *loop)
{
    nfds_t count = fill_poll_set(loop);
    struct timespec timeout = {0}; /* with an open batch: only look */
    if (!loop->batch_open && (loop->waiting > 0 || loop->stopping)) {
        timeout.tv_nsec = LOOP_LOCK_PAUSE_NS;
    } else if (!loop->batch_open) {
        int64_t wait = wait_ms(loop);
        timeout.tv_sec = (time_t)(wait / 1000);
        timeout.tv_nsec = (long)(wait % 1000) * 1000000;
    }
    int ready = ppoll(loop->fds, count, &timeout, NULL);
    if (ready < 0 && errno != EINTR)
        die("ppoll: %s", strerror(errno));
    if (ready <= 0)
        return false;
    if (loop->fds[LOOP_SIGNAL].revents != 0)
        loop->stopping = true;
    bool read_any = loop->fds[LOOP_LISTEN].revents != 0;
    struct slot *fresh = read_any ? free_slot(loop) : NULL;
    if (fresh != NULL && slot_accept(fresh, loop->listen_fd))
        handle(loop, fresh);
    for (nfds_t i = LOOP_FIRST_SLOT; i < count; i++) {
        struct slot *slot = loop->polled[i - LOOP_FIRST_SLOT];
        if (loop->fds[i].revents == 0 || slot->state != SLOT_IDLE)
            continue;
        if (is_full(loop)) {
            loop->first = (size_t)(slot - loop->slots);
            return true;
        }
        read_any = true;
        if (slot_accept(slot, loop->listen_fd))
            handle(loop, slot);
    }
    return read_any;
}

/* Once a second gives back what was not needed for a second; a program that had
 * nothing to do for so long gives back all it can. */
static void trim(struct loop *loop)
{
    int64_t now = clock_boot_ms();
    if (loop->pool.spare_count == 0 || now - loop->trimmed_ms < LOOP_TRIM_MS)
        return;
    loop->trimmed_ms = now;
    arena_pool_trim(&loop->pool);
    if (loop->pool.peak > 0 || loop->pool.spare_count > 0)
        return;
    db_trim(loop->web->reader);
    if (loop->writer != NULL)
        db_trim(loop->writer);
    memory_give_back();
}

void loop_run(struct web *web, const struct web_program *program, int listen_fd,
              int signal_fd)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        die("no memory for the loop");
    loop->web = web;
    loop->program = program;
    loop->writer = web->own_writer;
    loop->listen_fd = listen_fd;
    loop->signal_fd = signal_fd;
    loop->asked_ms = clock_boot_ms();
    loop->pool.cap = LOOP_ARENA;
    for (;;) {
        bool busy = wait_and_read(loop);
        if (loop->waiting > 0)
            serve_waiting(loop);
        if (loop->batch_open && (!busy || batch_is_older(loop, LOOP_BATCH_MS)))
            flush(loop);
        if (loop->held > 0)
            release_held(loop);
        trim(loop);
        if (busy || loop->batch_open || loop->waiting > 0)
            continue;
        if (loop->stopping &&
            next_release_ms(loop) > clock_boot_ms() + LOOP_LAST_HOLD_MS)
            break;
        if (loop->held == 0 && idle_left_ms(loop) == 0)
            break; /* what comes now finds the socket open all the same */
    }
    free(loop);
}
