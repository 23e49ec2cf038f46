/* Calls to the outside: see transfer.h. The only file that knows libcurl.
 * A call waits in a queue of our own until one of the pool's slots is free,
 * because libcurl's own limit would let its timeout run while it waits. */
#define _GNU_SOURCE
#include "lib/adapter/transfer.h"

#include <assert.h>
#include <curl/curl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"

enum { LINE_SIZE = 200, FDS_MAX = 16 };

struct call {
    struct call *next; /* while it waits */
    TRANSFER_DONE(done);
    void *context;
    char *url;
    char *method; /* NULL: a mail */
    char *user;   /* of basic authentication, or the mail's sender */
    char *bytes;  /* the body or the message */
    size_t length;
    struct curl_slist *lines; /* the headers, or the mail's recipient */
    int64_t timeout_ms;
    bool refused; /* never to be sent */
    size_t max_answer;
    char *answer;
    size_t answer_length;
    char last_line[LINE_SIZE]; /* a header or the mail server's reply */
    bool head_whole;           /* the headers came to their end */
    size_t message_read;       /* not 0: the mail server said 354 */
};

struct slot {
    CURL *easy; /* kept for the next call */
    struct call *call;
};

struct transfer_pool {
    CURLM *multi;
    struct call *first; /* waiting, oldest first */
    struct call **last;
    int pending;
    uint64_t finished;
    int slot_count;
    struct slot slots[];
};

#define SET(easy, option, value)                                               \
    must(curl_easy_setopt(easy, option, value) == CURLE_OK)

static void must(bool held)
{
    if (!held)
        die("transfer: out of memory, or libcurl failed");
}

static char *copy(const char *bytes, size_t length)
{
    char *out = malloc(length + 1);
    must(out != NULL);
    memcpy(out, bytes, length);
    out[length] = '\0';
    return out;
}

static void add_line(struct call *call, const char *line)
{
    call->lines = curl_slist_append(call->lines, line);
    must(call->lines != NULL);
}

static void call_free(struct call *call)
{
    curl_slist_free_all(call->lines);
    free(call->url);
    free(call->method);
    free(call->user);
    free(call->bytes);
    free(call->answer);
    free(call);
}

struct transfer_pool *transfer_pool_create(int max_in_flight)
{
    must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
    struct transfer_pool *pool =
        calloc(1, sizeof *pool + (size_t)max_in_flight * sizeof(struct slot));
    must(pool != NULL);
    must((pool->multi = curl_multi_init()) != NULL);
    pool->last = &pool->first;
    pool->slot_count = max_in_flight;
    curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS, (long)max_in_flight);
    return pool;
}

void transfer_pool_destroy(struct transfer_pool *pool)
{
    for (int i = 0; i < pool->slot_count; i++) {
        struct slot *slot = &pool->slots[i];
        curl_multi_remove_handle(pool->multi, slot->easy);
        curl_easy_cleanup(slot->easy);
        if (slot->call != NULL)
            call_free(slot->call);
    }
    for (struct call *call = pool->first, *next; call != NULL; call = next) {
        next = call->next;
        call_free(call);
    }
    curl_multi_cleanup(pool->multi);
    free(pool);
    curl_global_cleanup();
}

/* The caller fills in the rest; nothing runs before transfer_wait. */
static struct call *enqueue(struct transfer_pool *pool, const char *url,
                            int64_t timeout_ms, TRANSFER_DONE(done),
                            void *context)
{
    struct call *call = calloc(1, sizeof *call);
    must(call != NULL);
    must((call->url = strdup(url)) != NULL);
    call->timeout_ms = timeout_ms;
    call->done = done;
    call->context = context;
    *pool->last = call;
    pool->last = &call->next;
    pool->pending++;
    return call;
}

void transfer_http(struct transfer_pool *pool,
                   const struct transfer_http *request, TRANSFER_DONE(done),
                   void *context)
{
    struct call *call =
        enqueue(pool, request->url, request->timeout_ms, done, context);
    must((call->method = strdup(request->method)) != NULL);
    call->max_answer = request->max_answer;
    if (request->user != NULL)
        must((call->user = strdup(request->user)) != NULL);
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
    struct call *call =
        enqueue(pool, mail->url, mail->timeout_ms, done, context);
    must((call->user = strdup(mail->from)) != NULL);
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

static size_t take_answer(char *bytes, size_t size, size_t count, void *context)
{
    struct call *call = context;
    size_t length = size * count;
    if (length > call->max_answer - call->answer_length)
        return 0;
    if (call->answer == NULL)
        must((call->answer = malloc(call->max_answer + 1)) != NULL);
    memcpy(call->answer + call->answer_length, bytes, length);
    call->answer_length += length;
    call->answer[call->answer_length] = '\0';
    return length;
}

/* Each header and each line of a mail server. It is kept for the log, so
 * nothing in it may break a line there. */
static size_t take_line(char *bytes, size_t size, size_t count, void *context)
{
    struct call *call = context;
    size_t length = size * count;
    size_t kept = 0;
    if (length > 3 && memcmp(bytes, "221", 3) == 0)
        return length; /* the answer to QUIT, which matters to nobody */
    for (size_t i = 0; i < length && kept < LINE_SIZE - 1; i++)
        if (bytes[i] >= ' ' && bytes[i] <= '~')
            call->last_line[kept++] = bytes[i];
    call->last_line[kept] = '\0';
    call->head_whole |= kept == 0;
    return length;
}

static size_t give_message(char *out, size_t size, size_t count, void *context)
{
    struct call *call = context;
    size_t left = call->length - call->message_read;
    size_t length = size * count < left ? size * count : left;
    memcpy(out, call->bytes + call->message_read, length);
    call->message_read += length;
    return length;
}

static void prepare_http(CURL *easy, struct call *call)
{
    /* Not for mail: libcurl counts the wait for the greeting as connecting,
     * and servers keep it back on purpose. */
    SET(easy, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
    SET(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    if (strcmp(call->method, "GET") != 0) {
        SET(easy, CURLOPT_POSTFIELDS, call->bytes);
        SET(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->length);
        SET(easy, CURLOPT_CUSTOMREQUEST, call->method);
    }
    SET(easy, CURLOPT_HTTPHEADER, call->lines);
    SET(easy, CURLOPT_USERNAME, call->user);
    SET(easy, CURLOPT_WRITEFUNCTION, take_answer);
    SET(easy, CURLOPT_WRITEDATA, call);
}

static void prepare_mail(CURL *easy, struct call *call)
{
    SET(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    /* A password never travels in the clear. */
    bool signs_in = strchr(call->url, '@') != NULL;
    SET(easy, CURLOPT_USE_SSL, (long)(signs_in ? CURLUSESSL_ALL : 0));
    SET(easy, CURLOPT_MAIL_FROM, call->user);
    SET(easy, CURLOPT_MAIL_RCPT, call->lines);
    SET(easy, CURLOPT_UPLOAD, 1L);
    SET(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)call->length);
    SET(easy, CURLOPT_READFUNCTION, give_message);
    SET(easy, CURLOPT_READDATA, call);
}

static void start(struct transfer_pool *pool, struct slot *slot,
                  struct call *call)
{
    if (slot->easy == NULL)
        must((slot->easy = curl_easy_init()) != NULL);
    CURL *easy = slot->easy;
    curl_easy_reset(easy);
    SET(easy, CURLOPT_PRIVATE, slot);
    SET(easy, CURLOPT_URL, call->url);
    SET(easy, CURLOPT_PROXY, "");
    SET(easy, CURLOPT_NOSIGNAL, 1L);
    SET(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    SET(easy, CURLOPT_HEADERFUNCTION, take_line);
    SET(easy, CURLOPT_HEADERDATA, call);
    SET(easy, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
    /* Else a name that is slow to resolve holds up the whole process once its
     * call has timed out: libcurl waits for the resolver's thread. */
    SET(easy, CURLOPT_QUICK_EXIT, 1L);
    if (call->method != NULL)
        prepare_http(easy, call);
    else
        prepare_mail(easy, call);
    slot->call = call;
    must(curl_multi_add_handle(pool->multi, easy) == CURLM_OK);
}

static void finish(struct transfer_pool *pool, struct call *call,
                   struct transfer_answer *answer)
{
    answer->body = call->answer != NULL ? call->answer : "";
    answer->length = call->answer_length;
    pool->pending--;
    pool->finished++;
    call->done(call->context, answer);
    call_free(call);
}

static void start_waiting(struct transfer_pool *pool)
{
    for (int i = 0; i < pool->slot_count && pool->first != NULL; i++) {
        if (pool->slots[i].call != NULL)
            continue;
        struct call *call = pool->first;
        pool->first = call->next;
        if (pool->first == NULL)
            pool->last = &pool->first;
        if (!call->refused)
            start(pool, &pool->slots[i], call);
        else
            finish(pool, call,
                   &(struct transfer_answer){.outcome = TRANSFER_NOT_SENT,
                                             .status = 553,
                                             .detail = "malformed address"});
    }
}

static void judge_http(CURL *easy, const struct call *call, CURLcode result,
                       struct transfer_answer *answer)
{
    if (result == CURLE_WRITE_ERROR)
        result = CURLE_FILESIZE_EXCEEDED; /* it was take_answer */
    if (result == CURLE_OK && !call->head_whole)
        result = CURLE_PARTIAL_FILE; /* which libcurl does not mind */
    /* Counts every byte written for this call, also to a kept connection that
     * turned out dead and for which libcurl then tried a new one. */
    long sent = 0;
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
    if (result == CURLE_OK)
        answer->outcome = TRANSFER_ANSWERED;
    else
        answer->outcome = sent > 0 ? TRANSFER_UNKNOWN : TRANSFER_NOT_SENT;
    answer->detail = curl_easy_strerror(result);
    struct curl_header *header;
    answer->replayed =
        curl_easy_header(easy, "Idempotent-Replayed", 0, CURLH_HEADER, -1,
                         &header) == CURLHE_OK &&
        strcmp(header->value, "true") == 0;
}

/* By the server's last reply, not by libcurl's code: only the reply says
 * whether the message was taken. */
static void judge_mail(const struct call *call, CURLcode result,
                       struct transfer_answer *answer)
{
    if (call->message_read > 0)
        answer->outcome =
            answer->status / 100 == 3 ? TRANSFER_UNKNOWN : TRANSFER_ANSWERED;
    /* SEND_ERROR with a reply is a refused MAIL, RCPT or DATA. A refusal
     * before that (greeting, TLS, sign-in) is not about this mail. */
    else if (result == CURLE_SEND_ERROR && answer->status >= 400)
        answer->outcome = TRANSFER_ANSWERED;
    else
        answer->outcome = TRANSFER_NOT_SENT;
    if (answer->outcome == TRANSFER_ANSWERED || answer->status >= 400)
        answer->detail = call->last_line;
}

static void finish_ended(struct transfer_pool *pool)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(pool->multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result;
        struct slot *slot;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &slot);
        struct call *call = slot->call;
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        struct transfer_answer answer = {.status = (int)status,
                                         .detail = curl_easy_strerror(result)};
        if (call->method != NULL)
            judge_http(easy, call, result, &answer);
        else
            judge_mail(call, result, &answer);
        curl_multi_remove_handle(pool->multi, easy);
        slot->call = NULL;
        finish(pool, call, &answer);
    }
}

static void advance(struct transfer_pool *pool)
{
    start_waiting(pool);
    int running;
    must(curl_multi_perform(pool->multi, &running) == CURLM_OK);
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
    must(curl_multi_poll(pool->multi, extra, count, wait_ms, NULL) == CURLM_OK);
    /* Also where calls have finished: the next ones take their slots now. */
    advance(pool);
    poll(fds, count, 0); /* libcurl does not report POLLHUP and POLLERR */
}
