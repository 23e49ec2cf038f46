/* The configuration: ORDERMILL_* of the environment, read once at start by
 * every program and passed down. README.md lists what each one does. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"

struct settings {
    const char *root; /* where build/, templates/, db/ and www/ stand */
    const char *home; /* absolute */
    const char *database;
    const char *gateway_database;
    const char *receipts; /* folder */
    const char *mail;     /* folder */
    const char *run;      /* folder: sockets, locks, pids */
    const char *log;      /* folder */
    const char *listen;   /* host:port */
    const char *base_url; /* without a slash at its end */
    const char *gateway_listen;
    const char *currency;
    const char *smtp_url;  /* NULL: mails become files */
    const char *mail_from; /* address */
    const char *stripe_url;
    const char *stripe_key;
    bool gateway_is_local; /* stripe_url is our own gateway's */
    const char *workflow;  /* definition file */
    int64_t rate_limit;    /* requests a second and address; 0: none */
    const char *shop_name;
    const char *shop_address; /* lines parted by "\n" */
    const char *shop_tax_id;
    const char *log_level; /* NULL: info */
    /* ORDERMILL_CALLS_PER_HOST, 1 to 1000, default 64: calls of web tasks to
     * one host at once. */
    int64_t calls_per_host;
    /* ORDERMILL_HISTORY_DAYS, 1 to 36500, default 90: how long what happened
     * in an execution that has ended is kept. */
    int64_t history_days;
    /* ORDERMILL_TASK_PRIVATE, "0" (default) or "1": web tasks may call
     * addresses that are not public. */
    bool task_private;
    /* ORDERMILL_CA_FILE: PEM file of CAs that web tasks trust beside the
     * system's; absolute; NULL: the system's alone. */
    const char *ca_file;
};

/* Reads the environment into arena, which must outlive the settings; also
 * puts TZ in force. On a value that cannot be meant, returns false and *fault
 * names the variable and what is wrong. */
bool settings_read(struct arena *arena, struct settings *out,
                   const char **fault);

#endif
