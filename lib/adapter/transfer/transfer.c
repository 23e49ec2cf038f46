/* Calls to the outside: see transfer.h. Only the files transfer*.c know
 * libcurl. A call waits in a queue of our own until one of the pool's slots is
 * free, because libcurl's own limit would let its timeout run while it waits.
 */
#define _GNU_SOURCE
#include "lib/adapter/transfer/private.h"

#include <assert.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log/log.h"

enum { FDS_MAX = 16 };

struct slot {
    CURL *easy; /* kept for the next call */
    struct transfer_call *call;
};

struct transfer_pool {
    CURLM *multi;
    struct transfer_hosts hosts;
    int pending;
    uint64_t finished;
    int slot_count;
    struct slot slots[];
};

void transfer_must(bool held)
{
    if (!held)
        die("transfer: out of memory, or libcurl failed");
}

static char *copy(const char *bytes, size_t length)
{
    char *out = malloc(length + 1);
    transfer_must(out != NULL);
    memcpy(out, bytes, length);
    out[length] = '\0';
    return out;
}

static void add_line(struct transfer_call *call, const char *line)
{
    call->lines = curl_slist_append(call->lines, line);
    transfer_must(call->lines != NULL);
}

static void open_multi(struct transfer_pool *pool, int max_in_flight)
{
    transfer_must((pool->multi = curl_multi_init()) != NULL);
    curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS, (long)max_in_flight);
}

struct transfer_pool *transfer_pool_create(int max_in_flight)
{
    assert(max_in_flight > 0);
    transfer_must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
    struct transfer_pool *pool =
        calloc(1, sizeof *pool + (size_t)max_in_flight * sizeof(struct slot));
    transfer_must(pool != NULL);
    open_multi(pool, max_in_flight);
    pool->hosts.max_in_flight = INT_MAX;
    pool->slot_count = max_in_flight;
    return pool;
}

void transfer_pool_bound_hosts(struct transfer_pool *pool, int max_in_flight)
{
    assert(max_in_flight > 0);
    pool->hosts.max_in_flight = max_in_flight;
}

void transfer_pool_destroy(struct transfer_pool *pool)
{
    for (int i = 0; i < pool->slot_count; i++) {
        struct slot *slot = &pool->slots[i];
        curl_multi_remove_handle(pool->multi, slot->easy);
        curl_easy_cleanup(slot->easy);
        if (slot->call != NULL)
            transfer_call_free(slot->call);
    }
    transfer_hosts_free(&pool->hosts);
    curl_multi_cleanup(pool->multi);
    free(pool);
    curl_global_cleanup();
}

void transfer_pool_trim(struct transfer_pool *pool)
{
    if (pool->pending > 0)
        return;
    for (int i = 0; i < pool->slot_count; i++) {
        curl_easy_cleanup(pool->slots[i].easy);
        pool->slots[i].easy = NULL;
    }
    curl_multi_cleanup(pool->multi); /* and its connections */
    open_multi(pool, pool->slot_count);
}

/* The caller fills in the rest; nothing runs before transfer_wait. */
static struct transfer_call *enqueue(struct transfer_pool *pool,
                                     const char *url, int64_t timeout_ms,
                                     TRANSFER_DONE(done), void *context)
{
    struct transfer_call *call = calloc(1, sizeof *call);
    transfer_must(call != NULL);
    transfer_must((call->url = strdup(url)) != NULL);
    call->timeout_ms = timeout_ms;
    call->done = done;
    call->context = context;
    transfer_hosts_add(&pool->hosts, call);
    pool->pending++;
    return call;
}

void transfer_http(struct transfer_pool *pool,
                   const struct transfer_http *request, TRANSFER_DONE(done),
                   void *context)
{
    assert(strcmp(request->method, "HEAD") != 0);
    struct transfer_call *call =
        enqueue(pool, request->url, request->timeout_ms, done, context);
    transfer_must((call->method = strdup(request->method)) != NULL);
    call->max_answer = request->max_answer;
    call->reach = request->reach;
    if (request->user != NULL)
        transfer_must((call->user = strdup(request->user)) != NULL);
    if (request->ca_file != NULL)
        transfer_must((call->ca_file = strdup(request->ca_file)) != NULL);
    call->bytes =
        copy(request->body != NULL ? request->body : "", request->body_length);
    call->length = request->body_length;
    const char *const *line = request->headers;
    while (line != NULL && *line != NULL)
        add_line(call, *line++);
    /* Else libcurl waits for a 100 Continue before it sends a larger body. */
    add_line(call, "Expect:");
}

/* Whether it can do no more than stand between "<" and ">". */
static bool address_is_plain(const char *address)
{
    return address[0] != '\0' && strpbrk(address, "\r\n<> ") == NULL;
}

void transfer_mail(struct transfer_pool *pool, const struct transfer_mail *mail,
                   TRANSFER_DONE(done), void *context)
{
    struct transfer_call *call =
        enqueue(pool, mail->url, mail->timeout_ms, done, context);
    transfer_must((call->user = strdup(mail->from)) != NULL);
    if (mail->ca_file != NULL)
        transfer_must((call->ca_file = strdup(mail->ca_file)) != NULL);
    add_line(call, mail->to);
    call->bytes = copy(mail->bytes, mail->length);
    call->length = mail->length;
    call->refused =
        !address_is_plain(mail->from) || !address_is_plain(mail->to);
}

int transfer_pending(const struct transfer_pool *pool)
{
    return pool->pending;
}

static void start(struct transfer_pool *pool, struct slot *slot,
                  struct transfer_call *call)
{
    if (slot->easy == NULL)
        transfer_must((slot->easy = curl_easy_init()) != NULL);
    CURL *easy = slot->easy;
    curl_easy_reset(easy);
    TRANSFER_SET(easy, CURLOPT_PRIVATE, slot);
    transfer_call_prepare(easy, call);
    slot->call = call;
    transfer_must(curl_multi_add_handle(pool->multi, easy) == CURLM_OK);
}

static void finish(struct transfer_pool *pool, struct transfer_call *call,
                   struct transfer_answer *answer)
{
    answer->body = call->answer != NULL ? call->answer : "";
    answer->length = call->answer_length;
    pool->pending--;
    pool->finished++;
    transfer_hosts_leave(&pool->hosts, call);
    call->done(call->context, answer);
    transfer_call_free(call);
}

static void start_waiting(struct transfer_pool *pool)
{
    struct transfer_call *call;
    for (int i = 0; i < pool->slot_count; i++) {
        if (pool->slots[i].call != NULL)
            continue;
        if ((call = transfer_hosts_take(&pool->hosts)) == NULL)
            return;
        if (!call->refused)
            start(pool, &pool->slots[i], call);
        else
            finish(pool, call,
                   &(struct transfer_answer){.outcome = TRANSFER_NOT_SENT,
                                             .step = TRANSFER_STEP_RECIPIENT,
                                             .status = 553,
                                             .detail = "malformed address"});
    }
}

static void finish_ended(struct transfer_pool *pool)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(pool->multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;
        struct slot *slot;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &slot);
        struct transfer_call *call = slot->call;
        struct transfer_answer answer;
        CURLcode result = message->data.result;
        transfer_call_judge(easy, call, result, &answer);
        curl_multi_remove_handle(pool->multi, easy);
        slot->call = NULL;
        if (result != CURLE_OK) { /* may keep its buffer, and then refuses
                                     another call's CURLOPT_BUFFERSIZE */
            curl_easy_cleanup(easy);
            slot->easy = NULL;
        }
        finish(pool, call, &answer);
    }
}

static void advance(struct transfer_pool *pool)
{
    start_waiting(pool);
    int running;
    transfer_must(curl_multi_perform(pool->multi, &running) == CURLM_OK);
    finish_ended(pool);
}

void transfer_wait(struct transfer_pool *pool, struct pollfd *fds,
                   unsigned count, int timeout_ms)
{
    assert(count <= FDS_MAX && timeout_ms >= 0);
    struct curl_waitfd extra[FDS_MAX] = {0};
    for (unsigned i = 0; i < count; i++) {
        extra[i].fd = fds[i].fd;
        extra[i].events = fds[i].events; /* the same bits */
    }
    uint64_t before = pool->finished;
    advance(pool);
    int wait_ms = pool->finished == before ? timeout_ms : 0;
    transfer_must(curl_multi_poll(pool->multi, extra, count, wait_ms, NULL) ==
                  CURLM_OK);
    /* Also where calls have finished: the next ones take their slots now. */
    advance(pool);
    poll(fds, count, 0); /* libcurl does not report POLLHUP and POLLERR */
}
