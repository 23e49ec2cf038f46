/* The configuration: see settings.h. */
#define _GNU_SOURCE
#include "lib/base/settings.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/mime.h"
#include "lib/base/money.h"
#include "lib/base/text.h"

/* Unset and empty mean the same. */
static const char *variable(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : otherwise;
}

/* The running program stands in ROOT/build/ or in ROOT/build/cgi-bin/. */
static const char *find_root(struct arena *arena)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0)
        return ".";
    path[length] = '\0';
    char *build = NULL;
    for (char *at = path; (at = strstr(at, "/build/")) != NULL; at++)
        build = at;
    if (build == NULL)
        return ".";
    *build = '\0';
    return arena_string(arena, path[0] == '\0' ? "/" : path);
}

static const char *absolute(struct arena *arena, const char *path)
{
    char cwd[PATH_MAX];
    if (path[0] == '/' || getcwd(cwd, sizeof cwd) == NULL)
        return path;
    return arena_printf(arena, "%s/%s", cwd, path);
}

/* Splits "host:port" at its last colon; 0 when there is no such port. */
static int port_of(const char *listen)
{
    const char *colon = strrchr(listen, ':');
    char *end;
    if (colon == NULL || colon == listen || colon[1] < '0' || colon[1] > '9')
        return 0;
    long port = strtol(colon + 1, &end, 10);
    return *end == '\0' && port > 0 && port < 65536 ? (int)port : 0;
}

static const char *without_slash(struct arena *arena, const char *url)
{
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/')
        length--;
    return arena_copy(arena, url, length);
}

static const char *read_addresses(struct arena *arena, struct settings *out)
{
    out->listen = variable("ORDERMILL_LISTEN", "127.0.0.1:8080");
    int port = port_of(out->listen);
    if (port == 0)
        return "ORDERMILL_LISTEN: must be host:port";
    int host = (int)(strrchr(out->listen, ':') - out->listen);
    out->gateway_listen =
        variable("ORDERMILL_GATEWAY_LISTEN",
                 arena_printf(arena, "%.*s:%d", host, out->listen, port + 1));
    if (port_of(out->gateway_listen) == 0)
        return "ORDERMILL_GATEWAY_LISTEN: must be host:port";
    out->base_url = without_slash(
        arena, variable("ORDERMILL_BASE_URL",
                        arena_printf(arena, "http://%s", out->listen)));
    if (strncmp(out->base_url, "http://", 7) != 0 &&
        strncmp(out->base_url, "https://", 8) != 0)
        return "ORDERMILL_BASE_URL: must begin with http:// or https://";
    const char *local = arena_printf(arena, "http://%s", out->gateway_listen);
    out->stripe_url =
        without_slash(arena, variable("ORDERMILL_STRIPE_URL", local));
    out->gateway_is_local = strcmp(out->stripe_url, local) == 0;
    out->stripe_key = variable("ORDERMILL_STRIPE_KEY", "sk_test_local");
    return NULL;
}

static const char *read_shop(struct settings *out)
{
    out->currency = variable("ORDERMILL_CURRENCY", "EUR");
    if (money_exponent(out->currency) < 0)
        return "ORDERMILL_CURRENCY: not an ISO 4217 currency code";
    out->shop_name = variable("ORDERMILL_SHOP_NAME", "Ordermill Demo Shop");
    out->shop_address =
        variable("ORDERMILL_SHOP_ADDRESS", "1 Mill Lane\n1000 Millbrook");
    out->shop_tax_id = variable("ORDERMILL_SHOP_TAX_ID", "");
    const char *const texts[] = {out->shop_name, out->shop_address,
                                 out->shop_tax_id};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!text_is_utf8(texts[i], strlen(texts[i])) || strlen(texts[i]) > 500)
            return "ORDERMILL_SHOP_*: must be UTF-8 of at most 500 bytes";
    if (text_has_control(out->shop_name) || text_has_control(out->shop_tax_id))
        return "ORDERMILL_SHOP_NAME, ORDERMILL_SHOP_TAX_ID: must be one line";
    out->smtp_url = variable("ORDERMILL_SMTP_URL", NULL);
    out->mail_from = variable("ORDERMILL_MAIL_FROM", "shop@localhost");
    if (!mime_address_ok(out->mail_from))
        return "ORDERMILL_MAIL_FROM: not an e-mail address";
    const char *zone = variable("ORDERMILL_TIMEZONE", NULL);
    if (zone != NULL)
        setenv("TZ", zone, 1);
    tzset();
    return NULL;
}

/* False: not a whole number from min to max. */
static bool read_number(const char *name, const char *otherwise, int64_t min,
                        int64_t max, int64_t *out)
{
    const char *text = variable(name, otherwise);
    char *end;
    *out = strtol(text, &end, 10); /* beyond its range it gives the limit */
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && *out >= min &&
           *out <= max;
}

static const char *read_limits(struct settings *out)
{
    if (!read_number("ORDERMILL_RATE_LIMIT", "20", 0, 1000000,
                     &out->rate_limit))
        return "ORDERMILL_RATE_LIMIT: must be a whole number from 0";
    if (!read_number("ORDERMILL_HISTORY_DAYS", "90", 1, 36500,
                     &out->history_days))
        return "ORDERMILL_HISTORY_DAYS: must be a whole number from 1 to 36500";
    return NULL;
}

static const char *read_web_tasks(struct arena *arena, struct settings *out)
{
    if (!read_number("ORDERMILL_CALLS_PER_HOST", "64", 1, 1000,
                     &out->calls_per_host))
        return "ORDERMILL_CALLS_PER_HOST: must be a whole number from 1 to "
               "1000";
    const char *private = variable("ORDERMILL_TASK_PRIVATE", "0");
    out->task_private = strcmp(private, "1") == 0;
    if (!out->task_private && strcmp(private, "0") != 0)
        return "ORDERMILL_TASK_PRIVATE: must be 0 or 1";
    const char *ca_file = variable("ORDERMILL_CA_FILE", NULL);
    if (ca_file == NULL)
        return NULL;
    out->ca_file = absolute(arena, ca_file);
    return access(out->ca_file, R_OK) == 0
               ? NULL
               : "ORDERMILL_CA_FILE: there is no such file that can be read";
}

bool settings_read(struct arena *arena, struct settings *out,
                   const char **fault)
{
    *out = (struct settings){.root = find_root(arena)};
    out->home = absolute(
        arena, without_slash(
                   arena, variable("ORDERMILL_HOME",
                                   arena_printf(arena, "%s/var", out->root))));
    out->database = arena_printf(arena, "%s/ordermill.db", out->home);
    out->gateway_database = arena_printf(arena, "%s/gateway.db", out->home);
    out->receipts = arena_printf(arena, "%s/receipts", out->home);
    out->mail = arena_printf(arena, "%s/mail", out->home);
    out->run = arena_printf(arena, "%s/run", out->home);
    out->log = arena_printf(arena, "%s/log", out->home);
    out->workflow = variable(
        "ORDERMILL_WORKFLOW",
        arena_printf(arena, "%s/db/order-workflow.asl.json", out->root));
    out->log_level = variable("ORDERMILL_LOG_LEVEL", NULL);
    *fault = read_addresses(arena, out);
    if (*fault == NULL)
        *fault = read_shop(out);
    if (*fault == NULL)
        *fault = read_limits(out);
    if (*fault == NULL)
        *fault = read_web_tasks(arena, out);
    return *fault == NULL;
}
