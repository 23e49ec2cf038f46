/* Reconciliations, one at a time and a page of the gateway's lists at a time:
 * intents first, then events that no webhook brought. Each page is settled in
 * its own transaction; where a run stands is the reaper's to know, so one that
 * it died over begins anew. Called by cycle.c. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/time/clock.h"
#include "lib/shop/books/reconciliation.h"
#include "lib/shop/payment/webhook_event.h"
#include "lib/workflow/payment/reconcile.h"
#include "reaper/kinds.h"

#define DAY_MS INT64_C(86400000)

enum {
    RECONCILE_FIRST_MS = 30000, /* after the reaper's start, at most */
    RECONCILE_AGAIN_MS = 1000,
    RECONCILE_AGAIN_MAX_MS = 30000,
    RECONCILE_CALLS = 6, /* for one page */
    RECONCILE_PAGES = 20000,
    RECONCILE_EVENT_DAYS = 30,        /* as long as the gateway keeps them */
    RECONCILE_EVENTS_MS = 3600 * 1000 /* that one may come late to its list */
};

/* What the inbox applies, as the gateway's list takes it. */
static const char *const event_types[] = {
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "payment_intent.requires_action",
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.expired",
    "charge.refunded",
    "charge.refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
    NULL};

/* A page asked for, and what came. */
struct look {
    struct reconcile_place at;
    enum stripe_outcome outcome;
    const char *message;
    struct stripe_intent *intents;
    struct stripe_event *events;
    size_t count;
    bool more;
};

static const char *keep(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_string(arena, text);
}

static void keep_intents(struct look *look, const struct stripe_answer *answer,
                         struct arena *arena)
{
    look->intents = arena_alloc(arena, answer->count * sizeof *look->intents);
    for (size_t i = 0; i < answer->count; i++) {
        struct stripe_intent intent = answer->intents[i];
        intent.id = keep(arena, intent.id);
        intent.status = keep(arena, intent.status);
        intent.order_id = keep(arena, intent.order_id);
        intent.currency = keep(arena, intent.currency);
        look->intents[i] = intent;
    }
}

static void keep_events(struct look *look, const struct stripe_answer *answer,
                        struct arena *arena)
{
    look->events = arena_alloc(arena, answer->count * sizeof *look->events);
    for (size_t i = 0; i < answer->count; i++) {
        struct stripe_event event = answer->events[i];
        event.id = keep(arena, event.id);
        event.type = keep(arena, event.type);
        event.body = keep(arena, event.body);
        look->events[i] = event;
    }
}

static void answered(void *context, const struct stripe_answer *answer)
{
    struct job *job = context;
    struct look *look = job->own;
    look->outcome = answer->outcome;
    look->message = keep(
        &job->arena, answer->message == NULL ? "no answer" : answer->message);
    look->count = answer->count;
    look->more = answer->more;
    if (answer->outcome == STRIPE_SUCCEEDED && look->at.events)
        keep_events(look, answer, &job->arena);
    else if (answer->outcome == STRIPE_SUCCEEDED)
        keep_intents(look, answer, &job->arena);
    job_finish(job);
}

static void start(struct job *job)
{
    const struct look *look = job->own;
    const struct stripe *stripe = &job->reaper->stripe;
    const char *after = look->at.after[0] == '\0' ? NULL : look->at.after;
    if (look->at.events)
        stripe_events_list(stripe, look->at.events_since_ms / 1000, after,
                           event_types, answered, job);
    else
        stripe_intents_list(stripe, look->at.since_ms / 1000, after, answered,
                            job);
}

/* The next page, or the next list; false: the list cannot be gone on with. */
static bool turn_page(struct reconcile_place *at, const char *last, bool more)
{
    at->failures = 0;
    if (!more) {
        at->after[0] = '\0';
        return true;
    }
    if (last == NULL || strlen(last) >= sizeof at->after ||
        strcmp(last, at->after) == 0 || ++at->pages > RECONCILE_PAGES)
        return false;
    strcpy(at->after, last);
    return true;
}

static void end(struct reaper *reaper, struct reconcile_place *at,
                enum reconciliation_status status, const char *message,
                int64_t now_ms)
{
    work_done(reaper->db, &reaper->reconciling.work);
    reconciliation_end(reaper->db, at->run, status, message, now_ms);
    *at = (struct reconcile_place){.run = 0};
}

static void settle_intents(struct reaper *reaper, const struct look *look,
                           struct reconcile_place *at, int64_t now_ms,
                           struct arena *arena)
{
    const struct reconcile_run run = {
        .run = at->run, .since_ms = at->since_ms, .began_ms = at->began_ms};
    int64_t settled = 0;
    for (size_t i = 0; i < look->count; i++)
        settled += reconcile_intent(reaper->db, reaper->settings, &run,
                                    &look->intents[i], now_ms, arena);
    reconciliation_count(reaper->db, at->run, (int64_t)look->count, settled);
    if (look->more)
        return;
    reconcile_rest(reaper->db, reaper->settings, &run, now_ms, arena);
    at->events = true;
}

static void settle_events(struct reaper *reaper, const struct look *look,
                          struct reconcile_place *at, int64_t now_ms,
                          struct arena *arena)
{
    for (size_t i = 0; i < look->count; i++) {
        const struct stripe_event *event = &look->events[i];
        at->caught +=
            webhook_event_store(reaper->db, event->id, event->type, event->body,
                                event->created_s * 1000, now_ms, arena);
    }
}

static void settle_page(struct reaper *reaper, const struct look *look,
                        struct reconcile_place *at, int64_t now_ms,
                        struct arena *arena)
{
    const char *last = NULL;
    bool was_events = at->events;
    if (look->count > 0)
        last = was_events ? look->events[look->count - 1].id
                          : look->intents[look->count - 1].id;
    if (was_events)
        settle_events(reaper, look, at, now_ms, arena);
    else
        settle_intents(reaper, look, at, now_ms, arena);
    if (!turn_page(at, last, look->more)) {
        end(reaper, at, RECONCILIATION_FAILED, "The gateway's list has no end.",
            now_ms);
    } else if (was_events && !look->more) {
        finding_settle(reaper->db, at->run, at->since_ms, now_ms);
        end(reaper, at, RECONCILIATION_DONE,
            at->caught == 0
                ? NULL
                : arena_printf(arena, "%lld events that no webhook brought.",
                               (long long)at->caught),
            now_ms);
    }
}

/* May be done twice over, when its transaction was refused: it begins from
 * where the page was asked for. */
static void settle(struct job *job, int64_t now_ms)
{
    const struct look *look = job->own;
    struct reaper *reaper = job->reaper;
    struct reconcile_place at = look->at;
    if (look->outcome == STRIPE_SUCCEEDED) {
        settle_page(reaper, look, &at, now_ms, &job->arena);
    } else if (look->outcome == STRIPE_FAILED ||
               ++at.failures >= RECONCILE_CALLS) {
        end(reaper, &at, RECONCILIATION_FAILED,
            arena_printf(&job->arena, "The gateway: %s", look->message),
            now_ms);
    } else {
        at.due_work_ms = db_clock_ms(reaper->db) +
                         work_backoff_ms(RECONCILE_AGAIN_MS,
                                         RECONCILE_AGAIN_MAX_MS, at.failures);
    }
    reaper->reconciling.at = at;
}

static void ask_by_clock(struct reaper *reaper, int64_t now_ms)
{
    struct reconciling *own = &reaper->reconciling;
    int64_t every_ms = reaper->settings->reconcile_ms;
    int64_t now_work_ms = db_clock_ms(reaper->db);
    if (own->ask_work_ms == 0)
        own->ask_work_ms =
            every_ms == 0 || !reaper->settings->has_gateway ? INT64_MAX
            : every_ms < RECONCILE_FIRST_MS ? now_work_ms + every_ms
                                            : now_work_ms + RECONCILE_FIRST_MS;
    if (now_work_ms < own->ask_work_ms)
        return;
    own->ask_work_ms = now_work_ms + every_ms;
    reconciliation_ask(reaper->db, reconciliation_since(reaper->db, now_ms),
                       "clock", now_ms);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* An intent may change long after it was made, an event never does: the clock's
 * runs go on where the last one stopped. What the inbox has forgotten is not
 * brought again. */
static int64_t events_since(const struct reaper *reaper,
                            const struct reconciliation *run, int64_t now_ms)
{
    int64_t days = reaper->settings->webhook_days;
    if (days > RECONCILE_EVENT_DAYS)
        days = RECONCILE_EVENT_DAYS;
    int64_t since_ms = later(run->since_ms, now_ms - days * DAY_MS);
    int64_t last_ms = reconciliation_last_ms(reaper->db);
    if (last_ms == 0 || strcmp(run->asked_by, "clock") != 0)
        return since_ms;
    return later(since_ms, last_ms - RECONCILE_EVENTS_MS);
}

/* From here on it is in hand, page after page, until it ends. */
void reconcile_begin(struct reaper *reaper, const struct work *work,
                     int64_t now_ms)
{
    struct reconciliation run;
    arena_reset(&reaper->step_arena);
    if (!reconciliation_begin(reaper->db, strtoll(work->subject, NULL, 10),
                              &run, &reaper->step_arena)) {
        work_done(reaper->db, work);
        return;
    }
    reaper->reconciling.work = *work;
    reaper->reconciling.at = (struct reconcile_place){
        .run = run.run,
        .since_ms = run.since_ms,
        .events_since_ms = events_since(reaper, &run, now_ms),
        .began_ms = now_ms};
}

void reconcile_give_up(struct reaper *reaper, const struct work *work,
                       int64_t now_ms)
{
    reconciliation_end(reaper->db, strtoll(work->subject, NULL, 10),
                       RECONCILIATION_FAILED,
                       "The reaper died over it again and again.", now_ms);
}

void reconcile_go_on(struct reaper *reaper, int64_t now_ms)
{
    static const struct job_kind kind = {.start = start, .settle = settle};
    static const char no_order[CRYPTO_UUID_SIZE] = "reconciliation";
    struct reconciling *own = &reaper->reconciling;
    ask_by_clock(reaper, now_ms);
    if (own->at.run == 0 || reaper->in_job[WORK_RECONCILIATION] > 0 ||
        reaper->free_count == 0 || !reaper_may_begin(reaper) ||
        db_clock_ms(reaper->db) < own->at.due_work_ms)
        return;
    if (work_look(reaper->db, &own->work) != WORK_HELD) {
        own->at.run = 0;
        return;
    }
    struct job *job = job_begin_work(reaper, &kind, &own->work);
    struct look *look = arena_alloc(&job->arena, sizeof *look);
    look->at = own->at;
    job->order.order_id = no_order;
    job->own = look;
}

int64_t reconcile_next_due(const struct reaper *reaper)
{
    const struct reconciling *own = &reaper->reconciling;
    if (own->at.run == 0)
        return own->ask_work_ms;
    return reaper->in_job[WORK_RECONCILIATION] > 0 ? INT64_MAX
                                                   : own->at.due_work_ms;
}
