/* The configuration: ORDERMILL_* of the environment, read once at start by
 * every program and passed down. README.md lists what each one does. */
#ifndef BASE_SETTINGS_SETTINGS_H
#define BASE_SETTINGS_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/memory/arena.h"

struct settings {
    const char *root;  /* where build/, templates/, db/ and www/ stand */
    const char *build; /* where the other programs of this make stand */
    const char *home;  /* absolute */
    const char *database;
    const char *gateway_database;
    const char *receipts; /* folder */
    const char *mail;     /* folder */
    const char *run;      /* folder: sockets, locks, pids */
    const char *log;      /* folder */
    const char *damage;   /* there while the database is known to be damaged */
    const char *dying;    /* there while programs keep dying: their names */
    const char *listen;   /* host:port */
    const char *base_url; /* without a slash at its end */
    /* ORDERMILL_TRUSTED_PROXY: addresses and networks (CIDR) of the proxies in
     * front, with commas between. Their word on who asks, and over http or
     * https, is taken. NULL: none. */
    const char *trusted_proxy;
    const char *user; /* ORDERMILL_USER: whom root's programs run as; NULL */
    const char *gateway_listen; /* the local gateway's */
    /* The hosts beside loopback that the local gateway may send its events
     * to: ORDERMILL_GATEWAY_WEBHOOK_HOSTS, with commas between; "": none. */
    const char *gateway_webhook_hosts;
    const char *currency;
    const char *smtp_url;   /* NULL: mails become files */
    const char *mail_from;  /* address */
    const char *stripe_url; /* https, or http on loopback; "": none */
    /* ORDERMILL_STRIPE_KEY, or the first line of the file that
     * ORDERMILL_STRIPE_KEY_FILE names. The default is what stands in
     * HOME/gateway-key, the only key that the local gateway takes. NULL: there
     * is none (yet). Goes into no log. */
    const char *stripe_key;
    const char *gateway_key_file; /* HOME/gateway-key */
    /* ORDERMILL_STRIPE_WEBHOOK_SECRET (or _FILE): two with a comma between,
     * while one takes the other's place. The default with the local gateway is
     * HOME/webhook-secret. NULL: not given. */
    const char *webhook_secrets[2];
    const char *webhook_secret_file; /* HOME/webhook-secret */
    int64_t stripe_timeout_ms;       /* ORDERMILL_STRIPE_TIMEOUT_S, 10 */
    /* The local gateway charges, and so runs: customers may pay by hosted or
     * token, and stripe_url names no other gateway. */
    bool gateway_is_local;
    bool has_gateway;     /* our own or another */
    const char *workflow; /* definition file */
    int64_t rate_limit;   /* requests a second and address; 0: none */
    /* ORDERMILL_CONNECTIONS_PER_ADDRESS, 150: requests at once; 0: no limit,
     * the default where rate_limit is 0. */
    int64_t connections_per_address;
    const char *shop_name;
    const char *shop_address; /* lines parted by "\n" */
    const char *shop_tax_id;
    /* ORDERMILL_IDLE_MS, 100 to a day, default 10 minutes: after so long
     * without work a program ends. For tests. */
    int64_t idle_ms;
    const char *log_level; /* NULL: info */
    int64_t log_days;      /* ORDERMILL_LOG_DAYS, 1 to 36500, default 30 */
    int64_t log_bytes; /* ORDERMILL_LOG_MB, 1 to 1000000, default 100: of all
                          logs together */
    /* ORDERMILL_CALLS_PER_HOST, 1 to 1000, default 32: calls of web tasks to
     * one host at once. */
    int64_t calls_per_host;
    /* ORDERMILL_HISTORY_DAYS, 1 to 36500, default 90: how long the history of
     * an execution that has ended is kept. */
    int64_t history_days;
    /* ORDERMILL_TASK_PRIVATE, "0" (default) or "1": web tasks may call
     * addresses that are not public. */
    bool task_private;
    /* ORDERMILL_CA_FILE: PEM file of CAs that web tasks trust beside the
     * system's; absolute; NULL: the system's alone. */
    const char *ca_file;
    /* Which of the three ways to pay customers may take:
     * ORDERMILL_PAYMENT_METHODS, default "hosted,token,manual". */
    bool takes_hosted;
    bool takes_token;
    bool takes_manual;
    const char *manual_title; /* ORDERMILL_MANUAL_TITLE */
    const char *manual_text;  /* ORDERMILL_MANUAL_TEXT: how to pay so; lines
                                 parted by "\n"; may be "" */
    /* ORDERMILL_PAYMENT_WINDOW_S, default 1800: how long an order waits for a
     * customer who pays at the gateway. */
    int64_t payment_window_ms;
    /* ORDERMILL_MANUAL_WINDOW_S, default 7 days, at most a year: how long an
     * order waits that is paid by hand; 0: as long as it takes. */
    int64_t manual_window_ms;
    /* ORDERMILL_LATE_PAYMENT, "refund" (default) or "reopen": a payment after
     * the window closed takes the order up again when its goods are still
     * there. */
    bool late_payment_reopens;
    /* ORDERMILL_PAYMENT_UNKNOWN_S, default 900: a charge has failed when its
     * outcome was unknown for so long and the gateway does not know of it. */
    int64_t payment_unknown_ms;
    int64_t reconcile_ms; /* ORDERMILL_RECONCILE_S, default 3600; 0: never */
    int64_t webhook_days; /* ORDERMILL_WEBHOOK_DAYS, default 30 */
    /* Against card testing, over the last 10 minutes; 0: no limit, which is
     * the default where rate_limit is 0. */
    int64_t declines_per_address; /* ORDERMILL_DECLINES_PER_ADDRESS, 30 */
    int64_t declines_per_email;   /* ORDERMILL_DECLINES_PER_EMAIL, 10 */
    int64_t breaker_percent;      /* ORDERMILL_BREAKER_PERCENT, 50: of charges
                                     by token declined, when there were ... */
    int64_t breaker_charges;      /* ORDERMILL_BREAKER_CHARGES, 50, or more */
    /* Mails an hour about orders that are not paid; 0: no limit, which is the
     * default where rate_limit is 0. */
    int64_t mails_per_recipient; /* ORDERMILL_MAILS_PER_RECIPIENT, 10 */
    int64_t mails_per_address;   /* ORDERMILL_MAILS_PER_ADDRESS, 30 */
    bool form_token_required;    /* ORDERMILL_FORM_TOKEN, "0" or "1" */
    /* How many units of goods the unpaid orders of one address or e-mail may
     * hold before a further order is refused; 0: no limit, likewise. */
    int64_t held_per_address; /* ORDERMILL_HELD_PER_ADDRESS, 100 */
    int64_t held_per_email;   /* ORDERMILL_HELD_PER_EMAIL, 50 */
};

/* Reads the environment into arena, which must outlive the settings; also puts
 * TZ in force. False for a value that cannot be meant: *fault names the
 * variable and says what is wrong. */
bool settings_read(struct arena *arena, struct settings *out,
                   const char **fault);

/* base_url is https. */
bool settings_is_https(const struct settings *settings);

/* base_url's host is this machine alone. */
bool settings_is_loopback(const struct settings *settings);

#endif
