/* One call of transfer.c: what libcurl is told of it, what it says and hears,
 * and what its end means. */
#define _GNU_SOURCE
#include "lib/adapter/transfer/private.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/system/host.h"

static size_t take_answer(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer_call *call = context;
    size_t length = size * count;
    if (length > call->max_answer - call->answer_length)
        return 0;
    if (call->answer == NULL)
        transfer_must((call->answer = malloc(call->max_answer + 1)) != NULL);
    memcpy(call->answer + call->answer_length, bytes, length);
    call->answer_length += length;
    call->answer[call->answer_length] = '\0';
    return length;
}

/* Each header and each line of a mail server. It is kept for the log, so
 * nothing in it may break a line there. */
static size_t take_line(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer_call *call = context;
    size_t length = size * count;
    size_t kept = 0;
    if (length > 3 && memcmp(bytes, "221", 3) == 0)
        return length; /* the answer to QUIT, which matters to nobody */
    for (size_t i = 0; i < length && kept < TRANSFER_LINE_SIZE - 1; i++)
        if (bytes[i] >= ' ' && bytes[i] <= '~')
            call->last_line[kept++] = bytes[i];
    call->last_line[kept] = '\0';
    call->head_whole |= kept == 0;
    return length;
}

static size_t give_message(char *out, size_t size, size_t count, void *context)
{
    struct transfer_call *call = context;
    size_t left = call->length - call->message_read;
    size_t length = size * count < left ? size * count : left;
    memcpy(out, call->bytes + call->message_read, length);
    call->message_read += length;
    return length;
}

static void prepare_http(CURL *easy, struct transfer_call *call)
{
    /* Not for mail: libcurl counts the wait for the greeting as connecting,
     * and servers keep it back on purpose. */
    TRANSFER_SET(easy, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
    TRANSFER_SET(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    TRANSFER_SET(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    /* Answers are small, and hundreds may be under way. */
    TRANSFER_SET(easy, CURLOPT_BUFFERSIZE, 4096L);
    if (strcmp(call->method, "GET") != 0) {
        TRANSFER_SET(easy, CURLOPT_POSTFIELDS, call->bytes);
        TRANSFER_SET(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     (curl_off_t)call->length);
        TRANSFER_SET(easy, CURLOPT_CUSTOMREQUEST, call->method);
    }
    TRANSFER_SET(easy, CURLOPT_HTTPHEADER, call->lines);
    TRANSFER_SET(easy, CURLOPT_USERNAME, call->user);
    TRANSFER_SET(easy, CURLOPT_WRITEFUNCTION, take_answer);
    TRANSFER_SET(easy, CURLOPT_WRITEDATA, call);
    /* The system's folder of CAs, CURLOPT_CAPATH, stays as it is. */
    if (call->ca_file != NULL)
        TRANSFER_SET(easy, CURLOPT_CAINFO, call->ca_file);
    if (call->reach != TRANSFER_ANYWHERE)
        transfer_address_guard(easy, call);
}

/* Notes the command that is said, for libcurl does not tell which one a reply
 * answers; nothing of it is kept. */
static int take_command(CURL *easy, curl_infotype type, char *bytes,
                        size_t length, void *context)
{
    static const struct {
        const char *command;
        enum transfer_step step;
    } steps[] = {{"MAIL", TRANSFER_STEP_SENDER},
                 {"RCPT", TRANSFER_STEP_RECIPIENT},
                 {"DATA", TRANSFER_STEP_MESSAGE}};
    struct transfer_call *call = context;
    (void)easy;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (type == CURLINFO_HEADER_OUT && length > 4 &&
            memcmp(bytes, steps[i].command, 4) == 0)
            call->step = steps[i].step;
    return 0;
}

struct mail_server {
    bool signs_in; /* there is a user in its URL */
    bool is_near;  /* on loopback */
    bool is_tls;   /* smtps */
};

static struct mail_server read_mail_server(const char *url)
{
    char *host = NULL, *user = NULL;
    struct mail_server server = {.is_tls = strncmp(url, "smtps:", 6) == 0};
    CURLU *parts = curl_url();
    transfer_must(parts != NULL);
    if (curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK) {
        server.signs_in =
            curl_url_get(parts, CURLUPART_USER, &user, 0) == CURLUE_OK;
        server.is_near =
            curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
            host_kind(host, strlen(host)) == HOST_LOOPBACK;
    }
    curl_free(host);
    curl_free(user);
    curl_url_cleanup(parts);
    return server;
}

static void prepare_mail(CURL *easy, struct transfer_call *call)
{
    struct mail_server server = read_mail_server(call->url);
    bool must = server.signs_in && !server.is_near;
    long verified = server.is_tls || must;
    TRANSFER_SET(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    TRANSFER_SET(easy, CURLOPT_USE_SSL,
                 (long)(must ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    TRANSFER_SET(easy, CURLOPT_SSL_VERIFYPEER, verified);
    TRANSFER_SET(easy, CURLOPT_SSL_VERIFYHOST, verified * 2);
    if (call->ca_file != NULL)
        TRANSFER_SET(easy, CURLOPT_CAINFO, call->ca_file);
    TRANSFER_SET(easy, CURLOPT_VERBOSE, 1L); /* to take_command alone */
    TRANSFER_SET(easy, CURLOPT_DEBUGFUNCTION, take_command);
    TRANSFER_SET(easy, CURLOPT_DEBUGDATA, call);
    TRANSFER_SET(easy, CURLOPT_MAIL_FROM, call->user);
    TRANSFER_SET(easy, CURLOPT_MAIL_RCPT, call->lines);
    TRANSFER_SET(easy, CURLOPT_UPLOAD, 1L);
    TRANSFER_SET(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)call->length);
    TRANSFER_SET(easy, CURLOPT_READFUNCTION, give_message);
    TRANSFER_SET(easy, CURLOPT_READDATA, call);
}

static void judge_http(CURL *easy, const struct transfer_call *call,
                       CURLcode result, struct transfer_answer *answer)
{
    if (result == CURLE_WRITE_ERROR) { /* it was take_answer */
        result = CURLE_FILESIZE_EXCEEDED;
        answer->too_long = true;
    }
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
    answer->timed_out = result == CURLE_OPERATION_TIMEDOUT;
    answer->detail = curl_easy_strerror(result);
    if (call->met_forbidden && (result == CURLE_COULDNT_CONNECT ||
                                result == CURLE_ABORTED_BY_CALLBACK))
        answer->detail = call->reach == TRANSFER_PUBLIC
                             ? "the host's address is not a public one"
                             : "the host's address is not this machine's own";
    struct curl_header *header;
    answer->replayed =
        curl_easy_header(easy, "Idempotent-Replayed", 0, CURLH_HEADER, -1,
                         &header) == CURLHE_OK &&
        strcmp(header->value, "true") == 0;
}

/* By the server's last reply, not by libcurl's code: only the reply says
 * whether the message was taken. */
static void judge_mail(const struct transfer_call *call, CURLcode result,
                       struct transfer_answer *answer)
{
    answer->step = call->step;
    if (call->message_read > 0)
        answer->outcome =
            answer->status / 100 == 3 ? TRANSFER_UNKNOWN : TRANSFER_ANSWERED;
    /* SEND_ERROR with a reply is a refused MAIL, RCPT or DATA. A refusal
     * before that (greeting, TLS, sign-in) is not about this mail. */
    else if (result == CURLE_SEND_ERROR && answer->status >= 400)
        answer->outcome = TRANSFER_ANSWERED;
    else
        answer->outcome = TRANSFER_NOT_SENT;
    answer->timed_out = answer->outcome != TRANSFER_ANSWERED &&
                        result == CURLE_OPERATION_TIMEDOUT;
    if (answer->outcome == TRANSFER_ANSWERED || answer->status >= 400)
        answer->detail = call->last_line;
    else if (result == CURLE_USE_SSL_FAILED)
        answer->detail = "it offers no STARTTLS, and the password does not "
                         "go in the clear";
}

void transfer_call_free(struct transfer_call *call)
{
    curl_slist_free_all(call->lines);
    free(call->url);
    free(call->method);
    free(call->user);
    free(call->ca_file);
    free(call->bytes);
    free(call->answer);
    free(call);
}

void transfer_call_prepare(CURL *easy, struct transfer_call *call)
{
    TRANSFER_SET(easy, CURLOPT_URL, call->url);
    TRANSFER_SET(easy, CURLOPT_PROXY, ""); /* nor one of the environment */
    TRANSFER_SET(easy, CURLOPT_NOSIGNAL, 1L);
    TRANSFER_SET(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    TRANSFER_SET(easy, CURLOPT_HEADERFUNCTION, take_line);
    TRANSFER_SET(easy, CURLOPT_HEADERDATA, call);
    TRANSFER_SET(easy, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
    /* Else a name that is slow to resolve holds up the whole process once its
     * call has timed out: libcurl waits for the resolver's thread. */
    TRANSFER_SET(easy, CURLOPT_QUICK_EXIT, 1L);
    if (call->method != NULL)
        prepare_http(easy, call);
    else
        prepare_mail(easy, call);
}

void transfer_call_judge(CURL *easy, const struct transfer_call *call,
                         CURLcode result, struct transfer_answer *answer)
{
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    *answer = (struct transfer_answer){.status = (int)status,
                                       .detail = curl_easy_strerror(result)};
    if (call->method != NULL)
        judge_http(easy, call, result, answer);
    else
        judge_mail(call, result, answer);
}
