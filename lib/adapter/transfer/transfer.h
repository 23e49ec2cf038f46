/* Calls to the outside by libcurl's multi interface: HTTP and SMTP, many at
 * once on one thread, none blocking another. Only the reaper (and the gateway's
 * own deliverer) calls out. */
#ifndef ADAPTER_TRANSFER_TRANSFER_H
#define ADAPTER_TRANSFER_TRANSFER_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct transfer_pool;

/* A mail goes by the server's last reply: it is TRANSFER_ANSWERED once the
 * server took or refused (status >= 400) the message, its sender or its
 * recipient. It is TRANSFER_NOT_SENT when the server refused before that
 * (greeting, TLS, sign-in) or the connection was lost before a byte of the
 * message. It is also TRANSFER_NOT_SENT, with status 553 and without a
 * connection, when an address holds CR, LF, '<', '>' or a space. */
enum transfer_outcome {
    TRANSFER_ANSWERED, /* status holds the server's answer */
    TRANSFER_NOT_SENT, /* no connection came about: nothing was asked */
    TRANSFER_UNKNOWN   /* sent, perhaps in part, and no whole answer came */
};

/* The addresses that a call may go to, whatever its host's name. For any other
 * address no connection is made and no open one used: the call is
 * TRANSFER_NOT_SENT. */
enum transfer_reach {
    TRANSFER_ANYWHERE,
    TRANSFER_PUBLIC,  /* those that transfer_address_is_public takes */
    TRANSFER_LOOPBACK /* 127.0.0.0/8, ::1 */
};

struct transfer_http {
    const char *method; /* any but HEAD */
    const char *url;
    const char *const *headers; /* "Name: value" lines, NULL at the end */
    const char *body;           /* NULL: none */
    size_t body_length;
    const char *user; /* HTTP basic user, empty password; NULL: none */
    int64_t timeout_ms;
    size_t max_answer; /* bytes; a longer answer is TRANSFER_UNKNOWN */
    enum transfer_reach reach;
    /* PEM file of CAs trusted beside those of the system's folder; one that
     * cannot be read is TRANSFER_NOT_SENT. NULL: the system's alone. */
    const char *ca_file;
};

/* smtp:// uses STARTTLS where the server offers it. With a user in the URL it
 * insists on it and on a certificate that holds, as smtps:// always does. A
 * mail without a sign-in would else go in the clear, so any certificate will
 * do (RFC 7435); on loopback neither is asked for. */
struct transfer_mail {
    const char *url;     /* smtp://host:port, smtps://user:password@host */
    const char *ca_file; /* as above */
    const char *from;
    const char *to;
    const char *bytes; /* the whole message, lines ended by CRLF */
    size_t length;
    int64_t timeout_ms;
};

/* What a mail server's last reply answers, and so what it is about. */
enum transfer_step {
    TRANSFER_STEP_SERVER, /* greeting, TLS, sign-in; of HTTP always */
    TRANSFER_STEP_SENDER,
    TRANSFER_STEP_RECIPIENT, /* an address that holds CR or its like, too */
    TRANSFER_STEP_MESSAGE
};

struct transfer_answer {
    enum transfer_outcome outcome;
    enum transfer_step step;
    int status;       /* HTTP status or SMTP reply code; 0 when none came */
    const char *body; /* NUL-terminated; empty for SMTP */
    size_t length;
    bool timed_out;     /* timeout_ms passed, or 5 s until an HTTP call's
                           connection stood; outcome says if it was sent */
    bool too_long;      /* the answer was longer than max_answer */
    bool replayed;      /* the answer carried `Idempotent-Replayed: true` */
    const char *detail; /* for the log: what went wrong; no secret in it */
};

/* The answer and what it points to live until the callback returns. */
#define TRANSFER_DONE(name)                                                    \
    void (*name)(void *context, const struct transfer_answer *answer)

/* At most max_in_flight calls run at once; the rest wait in order, and a
 * call's timeout starts when it does. */
struct transfer_pool *transfer_pool_create(int max_in_flight);

/* From now on at most max_in_flight calls to one host and port run at once.
 * Further ones wait in order and hold up no call to another host: a host that
 * hangs takes no more than that many of the pool's calls. */
void transfer_pool_bound_hosts(struct transfer_pool *pool, int max_in_flight);

/* Calls still waiting or in flight are dropped without their done. */
void transfer_pool_destroy(struct transfer_pool *pool);

/* Gives back what was kept for the next calls (also connections), if no call
 * waits or is in flight. */
void transfer_pool_trim(struct transfer_pool *pool);

/* Both copy what they need before they return; done is called once, from
 * transfer_wait. Redirects are not followed; TLS is verified; only http and
 * https (smtp and smtps) are spoken. */
void transfer_http(struct transfer_pool *pool,
                   const struct transfer_http *request, TRANSFER_DONE(done),
                   void *context);
void transfer_mail(struct transfer_pool *pool, const struct transfer_mail *mail,
                   TRANSFER_DONE(done), void *context);

/* Calls waiting or in flight. */
int transfer_pending(const struct transfer_pool *pool);

/* Waits until a call makes progress, or one of the caller's fds (at most 16)
 * has an event (revents are filled in), or timeout_ms passed. Runs the done of
 * each finished call, which may begin new ones. */
void transfer_wait(struct transfer_pool *pool, struct pollfd *fds,
                   unsigned count, int timeout_ms);

/* Whether it is an IPv4 or IPv6 address of the public internet, by IANA's
 * registries of special-purpose addresses (RFC 6890). These are not: loopback,
 * private (RFC 1918, fc00::/7), link-local, shared (RFC 6598), multicast,
 * reserved, those for documentation or benchmarks, such an IPv4 address inside
 * an IPv6 one (::ffff:0:0/96, 64:ff9b::/96), and all of 2002::/16 (6to4) and
 * 2001::/23 (Teredo and others). */
bool transfer_address_is_public(const struct sockaddr *address);

#endif
