/* The kinds of work: see kinds.h. */
#include "reaper/kinds.h"

#include <assert.h>

#include "lib/base/time/clock.h"
#include "reaper/presence.h"

enum {
    KIND_PRESSED = 16, /* begun in one turn while orders come in */
    KIND_PAPER_MS = 24 * 3600 * 1000 /* until one that was given up is tried */
};

static const char order_why[] = "The reaper died over this order again and "
                                "again.";

static void park_order(struct reaper *reaper, const struct work *work,
                       int64_t now_ms)
{
    presence_park(reaper->db, work->order_id, order_why, now_ms);
}

/* Its number is taken, so it has to be drawn some day. */
static void park_paper(struct reaper *reaper, const struct work *work,
                       int64_t now_ms)
{
    park_order(reaper, work, now_ms);
    work_queue(reaper->db,
               &(struct work_order){.kind = work->kind,
                                    .subject = work->subject,
                                    .order_id = work->order_id,
                                    .due_work_ms = db_clock_ms(reaper->db) +
                                                   KIND_PAPER_MS});
}

static const struct kind kinds[WORK_KINDS] = {
    [WORK_EVENT] = {1, 256, KIND_ANY_HOST, event_begin, event_give_up},
    [WORK_CHARGE] = {REAPER_JOBS, 64, KIND_GATEWAY, charge_begin, park_order},
    [WORK_REFUND] = {REAPER_JOBS, 16, KIND_GATEWAY, repay_begin, park_order},
    [WORK_RECEIPT] = {128, 128, KIND_ANY_HOST, receipt_begin_job, park_paper},
    [WORK_CREDIT_NOTE] = {16, 16, KIND_ANY_HOST, credit_note_begin, park_paper},
    [WORK_MAIL] = {REAPER_MAILS, REAPER_MAILS, KIND_ANY_HOST, deliver_begin,
                   park_order},
    [WORK_RECONCILIATION] = {1, 1, KIND_ONE, reconcile_begin,
                             reconcile_give_up},
    [WORK_IMPORT] = {1, 1, KIND_ANY_HOST, import_begin, import_give_up}};

const struct kind *kind_of(enum work_kind kind)
{
    return &kinds[kind];
}

static int room(const struct reaper *reaper, enum work_kind kind)
{
    int left = kinds[kind].at_once - reaper->in_job[kind];
    if (kind == WORK_RECONCILIATION && reaper->reconciling.at.run != 0)
        return 0;
    return left < reaper->free_count ? left : reaper->free_count;
}

static int64_t host_cap(const struct reaper *reaper, const struct kind *kind)
{
    switch (kind->host) {
    case KIND_ANY_HOST:
        return 0;
    case KIND_GATEWAY:
        return reaper->settings->calls_per_host;
    case KIND_ONE:
        break;
    }
    return 1;
}

int64_t kind_next_due(const struct reaper *reaper, enum work_kind kind)
{
    if (room(reaper, kind) <= 0)
        return INT64_MAX;
    return work_next_due(reaper->db, kind, host_cap(reaper, &kinds[kind]));
}

static void begin_kind(struct reaper *reaper, enum work_kind name,
                       int64_t now_ms)
{
    struct work list[WORK_CLAIM_MAX];
    const struct kind *kind = &kinds[name];
    assert(kind->begin != NULL && kind->give_up != NULL);
    int limit = room(reaper, name);
    if (limit > kind->a_turn)
        limit = kind->a_turn;
    if (reaper->pressed && limit > KIND_PRESSED)
        limit = KIND_PRESSED;
    if (reaper->careful)
        limit = limit > 0 && reaper_may_begin(reaper) ? 1 : 0;
    size_t count = work_claim(reaper->db, name, reaper->number, limit,
                              host_cap(reaper, kind), list);
    for (size_t i = 0; i < count; i++) {
        in_hand_work(&reaper->hand, &list[i]);
        kind->begin(reaper, &list[i], now_ms);
    }
    in_hand_clear(&reaper->hand);
}

void kinds_begin(struct reaper *reaper, int64_t now_ms)
{
    /* Events have been applied before (kind/event.c). */
    for (enum work_kind kind = WORK_EVENT + 1; kind < WORK_KINDS; kind++)
        begin_kind(reaper, kind, now_ms);
}
