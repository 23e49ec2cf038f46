/* What transfer.c and the files beside it share; nobody else includes it. */
#ifndef ADAPTER_TRANSFER_PRIVATE_H
#define ADAPTER_TRANSFER_PRIVATE_H

#include <curl/curl.h>

#include "lib/adapter/transfer/transfer.h"

enum { TRANSFER_LINE_SIZE = 200 };

struct transfer_host;

struct transfer_call {
    struct transfer_call *next; /* while it waits */
    struct transfer_host *host;
    uint64_t number; /* counts up in the order of their coming */
    TRANSFER_DONE(done);
    void *context;
    char *url;
    char *method; /* NULL: a mail */
    char *user;   /* of basic authentication, or the mail's sender */
    char *ca_file;
    char *bytes; /* the body or the message */
    size_t length;
    struct curl_slist *lines; /* the headers, or the mail's recipient */
    int64_t timeout_ms;
    bool refused; /* never to be sent */
    enum transfer_reach reach;
    bool met_forbidden; /* an address out of reach was refused */
    size_t max_answer;
    char *answer;
    size_t answer_length;
    char last_line[TRANSFER_LINE_SIZE]; /* a header or a mail server's reply */
    bool head_whole;                    /* the headers came to their end */
    size_t message_read;                /* not 0: the mail server said 354 */
    enum transfer_step step;            /* of the mail: the command said last */
};

#define TRANSFER_SET(easy, option, value)                                      \
    transfer_must(curl_easy_setopt(easy, option, value) == CURLE_OK)

void transfer_must(bool held);

/* call.c: what is said in a call, and what its end means. */
void transfer_call_prepare(CURL *easy, struct transfer_call *call);
void transfer_call_judge(CURL *easy, const struct transfer_call *call,
                         CURLcode result, struct transfer_answer *answer);
void transfer_call_free(struct transfer_call *call);

/* address.c: makes the call keep within its reach. */
void transfer_address_guard(CURL *easy, struct transfer_call *call);

/* host.c: the calls that wait, by host. */
struct transfer_hosts {
    struct transfer_host *first; /* those with a call waiting or in flight */
    int max_in_flight;           /* to one of them */
    uint64_t count;              /* of the calls that came */
};

void transfer_hosts_add(struct transfer_hosts *hosts,
                        struct transfer_call *call);

/* The call that waits longest among those that may run now; NULL: none. It
 * counts as in flight until transfer_hosts_leave. */
struct transfer_call *transfer_hosts_take(struct transfer_hosts *hosts);
void transfer_hosts_leave(struct transfer_hosts *hosts,
                          struct transfer_call *call);

/* Frees the calls that wait as well. */
void transfer_hosts_free(struct transfer_hosts *hosts);

#endif
