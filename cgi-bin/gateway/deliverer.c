/* The local gateway's deliverer: a process of its own that posts events,
 * signed, to the webhook endpoints, as Stripe does
 * (docs.stripe.com/webhooks), and lets sessions expire. Started by `ordermill
 * serve` beside the gateway, which wakes it. What it has in hand it remembers
 * itself; a delivery stays due in the journal until its outcome is committed,
 * so one that a crash cut short is made again: at least once. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi-bin/gateway/base/journal.h"
#include "cgi-bin/gateway/endpoint/endpoint.h"
#include "cgi-bin/gateway/event/event.h"
#include "cgi-bin/gateway/session/session.h"
#include "lib/adapter/crypto.h"
#include "lib/adapter/transfer/transfer.h"
#include "lib/base/log/log.h"
#include "lib/base/log/metric.h"
#include "lib/base/memory/memory.h"
#include "lib/base/settings/settings.h"
#include "lib/base/system/signals.h"
#include "lib/base/system/wake.h"
#include "lib/base/time/clock.h"

enum {
    DELIVERER_PER_TARGET = 16,
    DELIVERER_TARGETS = 17, /* the API makes 16, and the shop's own */
    /* Room for all, so that targets that hang do not hold up the others. */
    DELIVERER_IN_FLIGHT = DELIVERER_TARGETS * DELIVERER_PER_TARGET,
    DELIVERER_TIMEOUT_MS = 10 * 1000,
    DELIVERER_MAX_ANSWER = 64 * 1024, /* nobody reads it */
    DELIVERER_LOOK_MS = 5000,         /* at sessions; the clock may jump */
    DELIVERER_TRIM_MS = 10 * 1000,
    DELIVERER_LOCKED_MS = 1000,
    DELIVERER_LOCK_WAIT_MS = 2000,
    DELIVERER_ARENA = 256 * 1024 * 1024, /* addresses, little memory */
    DELIVERER_WAKE_FD = 0, /* run/deliverer.sock, which serve holds */
    DELIVERER_DAYS_MS = 3 * 24 * 3600 * 1000
};

enum call_state { CALL_FREE, CALL_OUT, CALL_ENDED };

/* One delivery in hand, from its call's start to its outcome's commit. */
struct call {
    enum call_state state;
    int64_t delivery_id;
    int64_t created_ms;
    int calls; /* before this one */
    char endpoint_id[64];
    int status;     /* HTTP; 0: no answer */
    char fault[96]; /* "": delivered */
};

struct deliverer {
    const struct settings *settings;
    struct db *db;
    struct transfer_pool *pool;
    struct arena arena; /* of one round */
    int64_t worked_ms;  /* when there last was something to do, now or later */
    int64_t trim_ms;    /* when it gives memory back; 0: it did */
    struct call calls[DELIVERER_IN_FLIGHT];
};

/* When to call again after so many calls: Stripe's test mode gives up after
 * hours, its live mode after three days. */
static int64_t pause_ms(int calls)
{
    static const int64_t pauses_ms[] = {1000,       5000,       30 * 1000,
                                        120 * 1000, 600 * 1000, 3600 * 1000};
    int last = sizeof pauses_ms / sizeof pauses_ms[0] - 1;
    return pauses_ms[calls < last ? calls : last];
}

/* Runs inside transfer_wait, outside of any transaction. */
static void answered(void *context, const struct transfer_answer *answer)
{
    struct call *call = context;
    bool said = answer->outcome == TRANSFER_ANSWERED || answer->too_long;
    call->state = CALL_ENDED;
    call->status = said ? answer->status : 0;
    if (said && answer->status >= 200 && answer->status < 300)
        call->fault[0] = '\0';
    else if (said)
        snprintf(call->fault, sizeof call->fault, "answered %d",
                 answer->status);
    else
        snprintf(call->fault, sizeof call->fault, "%s", answer->detail);
}

/* Stripe-Signature: docs.stripe.com/webhooks, "Verify manually". */
static const char *sign(struct arena *arena, const char *secret,
                        const char *body, int64_t now_ms)
{
    unsigned char mac[CRYPTO_SHA256_SIZE];
    char hex[CRYPTO_SHA256_HEX];
    long long t = now_ms / 1000;
    const char *content = arena_printf(arena, "%lld.%s", t, body);
    crypto_hmac_bytes(secret, strlen(secret), content, strlen(content), mac);
    text_hex(mac, sizeof mac, hex);
    return arena_printf(arena, "Stripe-Signature: t=%lld,v1=%s", t, hex);
}

/* The event as it stands now, also where it is delivered again. */
static const char *event_body(struct db *db, struct arena *arena,
                              const char *event_id)
{
    struct event event;
    struct text text = text_create(arena, 4096);
    struct json_writer w = json_writer(&text);
    if (!event_find(db, arena, event_id, &event))
        die("a delivery of no event: %s", event_id);
    event_put(&w, &event);
    return text.bytes;
}

static void begin(struct deliverer *deliverer, struct call *call,
                  const struct endpoint *target,
                  const struct delivery *delivery, int64_t now_ms)
{
    struct arena *arena = &deliverer->arena;
    const char *body = event_body(deliverer->db, arena, delivery->event_id);
    const char *const headers[] = {
        "Content-Type: application/json; charset=utf-8",
        "User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Cache-Control: no-cache", sign(arena, target->secret, body, now_ms),
        NULL};
    *call = (struct call){.state = CALL_OUT,
                          .delivery_id = delivery->id,
                          .created_ms = delivery->created_ms,
                          .calls = delivery->calls};
    snprintf(call->endpoint_id, sizeof call->endpoint_id, "%s", target->id);
    enum transfer_reach reach;
    if (!endpoint_reach(deliverer->settings, target->url, &reach, arena)) {
        /* Registered under another configuration. */
        call->state = CALL_ENDED;
        snprintf(call->fault, sizeof call->fault,
                 "its host is not in ORDERMILL_GATEWAY_WEBHOOK_HOSTS");
        return;
    }
    transfer_http(
        deliverer->pool,
        &(struct transfer_http){.method = "POST",
                                .url = target->url,
                                .headers = headers,
                                .body = body,
                                .body_length = strlen(body),
                                .timeout_ms = DELIVERER_TIMEOUT_MS,
                                .max_answer = DELIVERER_MAX_ANSWER,
                                .reach = reach,
                                .ca_file = deliverer->settings->ca_file},
        answered, call);
}

static struct call *free_call(struct deliverer *deliverer)
{
    for (int i = 0; i < DELIVERER_IN_FLIGHT; i++)
        if (deliverer->calls[i].state == CALL_FREE)
            return &deliverer->calls[i];
    return NULL;
}

static bool in_hand(const struct deliverer *deliverer, int64_t delivery_id)
{
    for (int i = 0; i < DELIVERER_IN_FLIGHT; i++)
        if (deliverer->calls[i].state != CALL_FREE &&
            deliverer->calls[i].delivery_id == delivery_id)
            return true;
    return false;
}

static int room(const struct deliverer *deliverer, const char *endpoint_id)
{
    int left = DELIVERER_PER_TARGET;
    for (int i = 0; i < DELIVERER_IN_FLIGHT; i++)
        if (deliverer->calls[i].state != CALL_FREE &&
            strcmp(deliverer->calls[i].endpoint_id, endpoint_id) == 0)
            left--;
    return left;
}

/* Begins what is due at the target and there is room for; the time until the
 * next is due. What is in hand is due as well, so as many rows as there are
 * calls to a target always hold the ones to begin. */
static int64_t serve_target(struct deliverer *deliverer,
                            const struct endpoint *target, int64_t now_ms)
{
    struct delivery due[DELIVERER_PER_TARGET];
    int left = room(deliverer, target->id);
    int count = delivery_find_due(deliverer->db, &deliverer->arena, target->id,
                                  DELIVERER_PER_TARGET, due);
    for (int i = 0; i < count; i++) {
        if (due[i].due_ms > now_ms)
            return due[i].due_ms - now_ms;
        struct call *call = free_call(deliverer);
        if (left == 0 || call == NULL)
            break;
        if (in_hand(deliverer, due[i].id))
            continue;
        left--;
        begin(deliverer, call, target, &due[i], now_ms);
    }
    return INT64_MAX;
}

static bool any_in_hand(const struct deliverer *deliverer)
{
    for (int i = 0; i < DELIVERER_IN_FLIGHT; i++)
        if (deliverer->calls[i].state != CALL_FREE)
            return true;
    return false;
}

/* Whether a call that ended waits for its outcome to be written. */
static bool any_ended(const struct deliverer *deliverer)
{
    for (int i = 0; i < DELIVERER_IN_FLIGHT; i++)
        if (deliverer->calls[i].state == CALL_ENDED)
            return true;
    return false;
}

static void settle(struct deliverer *deliverer, const struct call *call,
                   int64_t now_ms)
{
    bool made = call->fault[0] == '\0';
    bool hopeless = now_ms - call->created_ms > DELIVERER_DAYS_MS;
    delivery_made(deliverer->db, call->delivery_id, call->status,
                  made ? NULL : call->fault,
                  made || hopeless ? 0 : now_ms + pause_ms(call->calls));
}

/* Writes what came of the calls that ended; false when it cannot be stored
 * now, and they are kept for the next time. */
static bool settle_ended(struct deliverer *deliverer, int64_t now_ms)
{
    struct call *calls = deliverer->calls;
    if (!any_ended(deliverer))
        return true;
    if (db_begin(deliverer->db, DELIVERER_LOCK_WAIT_MS) != DB_OK)
        return false;
    for (int i = 0; i < DELIVERER_IN_FLIGHT; i++)
        if (calls[i].state == CALL_ENDED)
            settle(deliverer, &calls[i], now_ms);
    if (db_commit(deliverer->db) != DB_OK)
        return false;
    for (int i = 0; i < DELIVERER_IN_FLIGHT; i++) {
        if (calls[i].state != CALL_ENDED)
            continue;
        if (calls[i].fault[0] != '\0' && calls[i].calls == 0)
            log_warning("event not taken by endpoint %s, tried again later: %s",
                        calls[i].endpoint_id, calls[i].fault);
        calls[i].state = CALL_FREE;
    }
    return true;
}

/* Closes sessions whose time is up; false when that cannot be stored now. */
static bool expire(struct deliverer *deliverer, int64_t now_ms)
{
    static char *const no_variables[] = {NULL};
    struct web web = {.settings = deliverer->settings, .writer = deliverer->db};
    struct request request = {
        .arena = &deliverer->arena, .id = "", .variables = no_variables};
    struct session first;
    if (session_find_expired(deliverer->db, &deliverer->arena, now_ms, 1,
                             &first) == 0)
        return true;
    if (db_begin(deliverer->db, DELIVERER_LOCK_WAIT_MS) != DB_OK)
        return false;
    session_expire_due(&(struct cause){&web, &request, 0, 1});
    return db_commit(deliverer->db) == DB_OK;
}

/* Whether a session is open, whose end is seen to here. */
static bool any_open(struct deliverer *deliverer)
{
    struct session first;
    return session_find_expired(deliverer->db, &deliverer->arena, INT64_MAX, 1,
                                &first) > 0;
}

/* One look at the journal; how long to wait for the next, unless woken. */
static int64_t look(struct deliverer *deliverer)
{
    struct endpoint targets[DELIVERER_TARGETS];
    int64_t idle_ms = deliverer->settings->idle_ms;
    int64_t wait_ms = idle_ms < DELIVERER_LOOK_MS ? idle_ms : DELIVERER_LOOK_MS;
    int64_t now_ms = clock_wall_ms();
    arena_reset(&deliverer->arena);
    if (!settle_ended(deliverer, now_ms) || !expire(deliverer, now_ms))
        return DELIVERER_LOCKED_MS;
    db_read_begin(deliverer->db); /* its events stay while it looks */
    int count = endpoint_find_enabled(deliverer->db, &deliverer->arena,
                                      DELIVERER_TARGETS, targets);
    for (int i = 0; i < count; i++) {
        int64_t next_ms = serve_target(deliverer, &targets[i], now_ms);
        if (next_ms < wait_ms)
            wait_ms = next_ms;
        if (next_ms < INT64_MAX)
            deliverer->worked_ms = clock_boot_ms();
    }
    if (any_in_hand(deliverer) || any_open(deliverer))
        deliverer->worked_ms = clock_boot_ms();
    db_read_end(deliverer->db);
    return wait_ms;
}

/* Once it has called nobody for a while it gives back what the calls took. */
static void trim(struct deliverer *deliverer)
{
    int64_t now_ms = clock_boot_ms();
    if (any_in_hand(deliverer)) {
        deliverer->trim_ms = now_ms + DELIVERER_TRIM_MS;
    } else if (deliverer->trim_ms != 0 && deliverer->trim_ms <= now_ms) {
        deliverer->trim_ms = 0;
        transfer_pool_trim(deliverer->pool);
        db_trim(deliverer->db);
        memory_give_back();
    }
}

/* Nothing was to be done for long: serve starts it again at the next wake-up.
 */
static bool is_idle(const struct deliverer *deliverer)
{
    return clock_boot_ms() - deliverer->worked_ms >
           deliverer->settings->idle_ms;
}

static void run(struct deliverer *deliverer, int signal_fd)
{
    struct pollfd fds[] = {{.fd = DELIVERER_WAKE_FD, .events = POLLIN},
                           {.fd = signal_fd, .events = POLLIN}};
    deliverer->worked_ms = clock_boot_ms();
    deliverer->trim_ms = deliverer->worked_ms + DELIVERER_TRIM_MS;
    for (;;) {
        int64_t wait_ms = look(deliverer);
        if (fds[1].revents != 0 || is_idle(deliverer))
            break;
        transfer_wait(deliverer->pool, fds, 2, (int)wait_ms);
        if (fds[0].revents != 0)
            deliverer->worked_ms = clock_boot_ms();
        trim(deliverer);
        wake_drain(DELIVERER_WAKE_FD, NULL, NULL);
    }
    /* What has ended is written; what is still out is delivered again, by one
     * that finds this wake-up. */
    settle_ended(deliverer, clock_wall_ms());
    if (!is_idle(deliverer))
        wake_send(wake_sender(),
                  arena_printf(&deliverer->arena, "%s/deliverer.sock",
                               deliverer->settings->run),
                  "1");
}

static void open_journal(struct deliverer *deliverer)
{
    deliverer->db = db_open(deliverer->settings->gateway_database, DB_WRITE);
    if (db_begin(deliverer->db, 10000) != DB_OK)
        die("the database stays locked");
    journal_create(deliverer->db);
    if (db_commit(deliverer->db) != DB_OK)
        die("the database cannot be written");
}

int main(void)
{
    memory_keep_little();
    static struct deliverer deliverer;
    struct arena arena = arena_create(1024 * 1024);
    struct settings settings;
    const char *fault;
    bool valid = settings_read(&arena, &settings, &fault);
    log_open("gateway-deliverer", settings.log_level);
    log_follow(settings.log);
    if (!valid)
        die("%s", fault);
    metric_add(metrics_open(settings.run, "gateway-deliverer"), METRIC_STARTS);
    int signal_fd = signals_open();
    crypto_open();
    deliverer.settings = &settings;
    deliverer.arena = arena_create(DELIVERER_ARENA);
    open_journal(&deliverer);
    deliverer.pool = transfer_pool_create(DELIVERER_IN_FLIGHT);
    transfer_pool_bound_hosts(deliverer.pool, DELIVERER_PER_TARGET);
    log_info("delivering");
    memory_give_back(); /* what only the start needed */
    run(&deliverer, signal_fd);
    transfer_pool_destroy(deliverer.pool);
    db_close(deliverer.db);
    log_info("stopped");
    return 0;
}
