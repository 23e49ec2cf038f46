/* The configuration: see settings.h. */
#define _GNU_SOURCE
#include "lib/base/settings/settings.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/settings/check.h"
#include "lib/base/system/file.h"
#include "lib/base/system/host.h"
#include "lib/base/text/mime.h"
#include "lib/base/text/money.h"
#include "lib/base/text/text.h"
#include "lib/base/time/zone.h"

enum { SECRET_MAX = 4096 };

/* Unset and empty mean the same. */
static const char *variable(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : otherwise;
}

/* The running program stands in ROOT/build/ or in ROOT/build/cgi-bin/; or in
 * their like below ROOT/build/sanitized/, beside others of its make. */
static const char *find_root(struct arena *arena, bool *sanitized)
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
    *sanitized = strncmp(build, "/build/sanitized/", 17) == 0;
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

/* Seconds; *out in milliseconds. */
static bool read_seconds(const char *name, const char *otherwise, int64_t min,
                         int64_t max, int64_t *out)
{
    bool valid = read_number(name, otherwise, min, max, out);
    *out *= 1000;
    return valid;
}

static const char *without_slash(struct arena *arena, const char *url)
{
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/')
        length--;
    return arena_copy(arena, url, length);
}

/* An address, or a network as address/bits. */
static bool is_network(const char *text)
{
    unsigned char bytes[16];
    char address[64];
    size_t length = strcspn(text, "/");
    if (length >= sizeof address)
        return false;
    memcpy(address, text, length);
    address[length] = '\0';
    long most = inet_pton(AF_INET, address, bytes) == 1    ? 32
                : inet_pton(AF_INET6, address, bytes) == 1 ? 128
                                                           : -1;
    if (most < 0 || text[length] == '\0')
        return most > 0;
    const char *digits = text + length + 1;
    char *end;
    long bits = strtol(digits, &end, 10);
    return digits[0] >= '0' && digits[0] <= '9' && *end == '\0' && bits <= most;
}

static const char *read_proxy(struct arena *arena, struct settings *out)
{
    out->trusted_proxy = variable("ORDERMILL_TRUSTED_PROXY", NULL);
    for (const char *at = out->trusted_proxy; at != NULL && *at != '\0';) {
        size_t length = strcspn(at, ",");
        if (!is_network(arena_copy(arena, at, length)))
            return "ORDERMILL_TRUSTED_PROXY: must be addresses or networks "
                   "(10.0.0.0/8), with nothing but commas between";
        at += length + (at[length] == ',');
    }
    return NULL;
}

bool settings_is_https(const struct settings *settings)
{
    return strncmp(settings->base_url, "https://", 8) == 0;
}

bool settings_is_loopback(const struct settings *settings)
{
    const char *host = strstr(settings->base_url, "://") + 3;
    return host_kind(host, strlen(host)) == HOST_LOOPBACK;
}

/* Names and addresses (IPv6 without its brackets), none of them empty. */
static bool is_host_list(const char *text)
{
    static const char others[] = "-._:,";
    bool named = false; /* since the last comma */
    if (text[0] == '\0')
        return true;
    for (; *text != '\0'; text++) {
        bool word = (*text >= '0' && *text <= '9') ||
                    (*text >= 'A' && *text <= 'Z') ||
                    (*text >= 'a' && *text <= 'z');
        if ((!word && strchr(others, *text) == NULL) ||
            (*text == ',' && !named))
            return false;
        named = *text != ',';
    }
    return named;
}

/* The stand-in listens on this machine alone unless it is told otherwise, and
 * charges only where customers may pay by a gateway and no other is set. */
static const char *read_gateway_address(struct arena *arena,
                                        struct settings *out)
{
    bool by_gateway = out->takes_hosted || out->takes_token;
    out->gateway_listen =
        variable("ORDERMILL_GATEWAY_LISTEN",
                 arena_printf(arena, "127.0.0.1:%d", port_of(out->listen) + 1));
    const char *local = arena_printf(arena, "http://%s", out->gateway_listen);
    out->stripe_url =
        without_slash(arena, variable("ORDERMILL_STRIPE_URL", local));
    bool other = strcmp(out->stripe_url, local) != 0;
    out->gateway_is_local = by_gateway && !other;
    out->has_gateway = by_gateway || other;
    if (!out->has_gateway)
        out->stripe_url = "";
    out->gateway_webhook_hosts =
        variable("ORDERMILL_GATEWAY_WEBHOOK_HOSTS", "");
    if (!is_host_list(out->gateway_webhook_hosts))
        return "ORDERMILL_GATEWAY_WEBHOOK_HOSTS: must be names or addresses "
               "of hosts with nothing but a comma between";
    return !out->gateway_is_local || port_of(out->gateway_listen) != 0
               ? NULL
               : "ORDERMILL_GATEWAY_LISTEN: must be host:port";
}

static const char *read_addresses(struct arena *arena, struct settings *out)
{
    out->listen = variable("ORDERMILL_LISTEN", "127.0.0.1:8080");
    if (port_of(out->listen) == 0)
        return "ORDERMILL_LISTEN: must be host:port";
    out->base_url = without_slash(
        arena, variable("ORDERMILL_BASE_URL",
                        arena_printf(arena, "http://%s", out->listen)));
    if (strncmp(out->base_url, "http://", 7) != 0 &&
        strncmp(out->base_url, "https://", 8) != 0)
        return "ORDERMILL_BASE_URL: must begin with http:// or https://";
    return read_gateway_address(arena, out);
}

/* The first line of the file that variable FILE names, else the variable. */
static const char *secret(struct arena *arena, const char *name,
                          const char *file_name, const char *otherwise)
{
    const char *path = variable(file_name, NULL);
    size_t length;
    if (path == NULL)
        return variable(name, otherwise);
    char *text = file_read(arena, path, SECRET_MAX, &length);
    return text == NULL ? NULL : arena_copy(arena, text, strcspn(text, "\r\n"));
}

/* A secret goes over TLS, or does not leave the machine. */
static bool is_safe_url(const char *url)
{
    static const char plain[] = "http://";
    const char *host = url + sizeof plain - 1;
    return strncmp(url, "https://", 8) == 0 ||
           (strncmp(url, plain, sizeof plain - 1) == 0 &&
            host_kind(host, strcspn(host, "/?#")) == HOST_LOOPBACK);
}

/* Visible ASCII: a blank that slipped in would spoil it unseen. */
static bool is_secret(const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return length > 0;
}

static const char *read_webhook_secrets(struct arena *arena,
                                        struct settings *out)
{
    size_t length;
    out->webhook_secret_file =
        arena_printf(arena, "%s/webhook-secret", out->home);
    const char *text = secret(arena, "ORDERMILL_STRIPE_WEBHOOK_SECRET",
                              "ORDERMILL_STRIPE_WEBHOOK_SECRET_FILE", "");
    if (text == NULL)
        return "ORDERMILL_STRIPE_WEBHOOK_SECRET_FILE: cannot be read";
    if (text[0] == '\0' && out->gateway_is_local) {
        text = file_read(arena, out->webhook_secret_file, SECRET_MAX, &length);
        if (text == NULL) /* not initialised yet */
            return NULL;
        text = arena_copy(arena, text, strcspn(text, "\r\n"));
    }
    for (size_t i = 0; i < 2 && text[0] != '\0'; i++) {
        length = strcspn(text, ",");
        out->webhook_secrets[i] = arena_copy(arena, text, length);
        if (!is_secret(out->webhook_secrets[i]))
            return "ORDERMILL_STRIPE_WEBHOOK_SECRET: must be a secret, or two "
                   "with nothing but a comma between";
        text += length + (text[length] == ',');
    }
    return text[0] == '\0' ? NULL
                           : "ORDERMILL_STRIPE_WEBHOOK_SECRET: at most two";
}

/* The key that init made opens the local gateway, which takes no other, and is
 * told to no other. */
static const char *read_own_key(struct arena *arena, struct settings *out)
{
    size_t length;
    if (!out->gateway_is_local)
        return NULL;
    const char *own = file_read(arena, out->gateway_key_file, SECRET_MAX,
                                &length); /* NULL: not initialised yet */
    if (own != NULL)
        own = arena_copy(arena, own, strcspn(own, "\r\n"));
    if (own != NULL && !is_secret(own))
        return arena_printf(arena,
                            "%s: holds no key; delete it, and the next start "
                            "makes a new one",
                            out->gateway_key_file);
    if (out->stripe_key == NULL)
        out->stripe_key = own;
    else if (own == NULL || strcmp(out->stripe_key, own) != 0)
        return "ORDERMILL_STRIPE_KEY: is not the local gateway's own key; "
               "leave it out, or set "
               "ORDERMILL_STRIPE_URL=https://api.stripe.com as well";
    return NULL;
}

static const char *read_gateway(struct arena *arena, struct settings *out)
{
    bool from_file = variable("ORDERMILL_STRIPE_KEY_FILE", NULL) != NULL;
    out->gateway_key_file = arena_printf(arena, "%s/gateway-key", out->home);
    if (out->has_gateway && !out->gateway_is_local &&
        !is_safe_url(out->stripe_url))
        return "ORDERMILL_STRIPE_URL: must begin with https://";
    out->stripe_key = secret(arena, "ORDERMILL_STRIPE_KEY",
                             "ORDERMILL_STRIPE_KEY_FILE", NULL);
    if (out->stripe_key == NULL && from_file)
        return "ORDERMILL_STRIPE_KEY_FILE: cannot be read";
    if (out->stripe_key != NULL && !is_secret(out->stripe_key))
        return "ORDERMILL_STRIPE_KEY: must be a key without blanks";
    if (!read_seconds("ORDERMILL_STRIPE_TIMEOUT_S", "10", 1, 60,
                      &out->stripe_timeout_ms))
        return "ORDERMILL_STRIPE_TIMEOUT_S: must be a whole number from 1 to "
               "60";
    const char *fault = read_own_key(arena, out);
    return fault != NULL ? fault : read_webhook_secrets(arena, out);
}

static const char *read_methods(struct arena *arena, struct settings *out)
{
    const char *text =
        variable("ORDERMILL_PAYMENT_METHODS", "hosted,token,manual");
    while (text[0] != '\0') {
        size_t length = strcspn(text, ",");
        const char *method = arena_copy(arena, text, length);
        bool *taken = strcmp(method, "hosted") == 0   ? &out->takes_hosted
                      : strcmp(method, "token") == 0  ? &out->takes_token
                      : strcmp(method, "manual") == 0 ? &out->takes_manual
                                                      : NULL;
        if (taken == NULL)
            return "ORDERMILL_PAYMENT_METHODS: must be of hosted, token and "
                   "manual, with commas between";
        *taken = true;
        text += length + (text[length] == ',');
    }
    out->manual_title =
        variable("ORDERMILL_MANUAL_TITLE", "Bank transfer or cash on delivery");
    out->manual_text = variable("ORDERMILL_MANUAL_TEXT", "");
    if (!text_is_utf8(out->manual_title, strlen(out->manual_title)) ||
        text_has_control(out->manual_title) ||
        !text_is_utf8(out->manual_text, strlen(out->manual_text)) ||
        strlen(out->manual_title) > 100 || strlen(out->manual_text) > 1000)
        return "ORDERMILL_MANUAL_TITLE, _TEXT: must be UTF-8 of at most 100 "
               "and 1000 bytes, the title one line";
    return NULL;
}

static const char *read_payments(struct settings *out)
{
    const char *late = variable("ORDERMILL_LATE_PAYMENT", "refund");
    out->late_payment_reopens = strcmp(late, "reopen") == 0;
    if (!out->late_payment_reopens && strcmp(late, "refund") != 0)
        return "ORDERMILL_LATE_PAYMENT: must be refund or reopen";
    if (!read_seconds("ORDERMILL_PAYMENT_WINDOW_S", "1800", 1, 86400,
                      &out->payment_window_ms))
        return "ORDERMILL_PAYMENT_WINDOW_S: must be a whole number from 1 to "
               "86400";
    if (!read_seconds("ORDERMILL_MANUAL_WINDOW_S", "604800", 0, 31536000,
                      &out->manual_window_ms))
        return "ORDERMILL_MANUAL_WINDOW_S: must be a whole number from 0 to "
               "31536000";
    if (!read_seconds("ORDERMILL_PAYMENT_UNKNOWN_S", "900", 1, 72000,
                      &out->payment_unknown_ms))
        return "ORDERMILL_PAYMENT_UNKNOWN_S: must be a whole number from 1 to "
               "72000";
    if (!read_seconds("ORDERMILL_RECONCILE_S", "3600", 0, 86400,
                      &out->reconcile_ms))
        return "ORDERMILL_RECONCILE_S: must be a whole number from 0 to 86400";
    if (!read_number("ORDERMILL_WEBHOOK_DAYS", "30", 1, 36500,
                     &out->webhook_days))
        return "ORDERMILL_WEBHOOK_DAYS: must be a whole number from 1 to 36500";
    return NULL;
}

static const char *read_guard(struct settings *out)
{
    bool limited = out->rate_limit > 0;
    if (!read_number("ORDERMILL_DECLINES_PER_ADDRESS", limited ? "30" : "0", 0,
                     1000000, &out->declines_per_address))
        return "ORDERMILL_DECLINES_PER_ADDRESS: must be a whole number from 0";
    if (!read_number("ORDERMILL_DECLINES_PER_EMAIL", limited ? "10" : "0", 0,
                     1000000, &out->declines_per_email))
        return "ORDERMILL_DECLINES_PER_EMAIL: must be a whole number from 0";
    if (!read_number("ORDERMILL_BREAKER_PERCENT", limited ? "50" : "0", 0, 100,
                     &out->breaker_percent))
        return "ORDERMILL_BREAKER_PERCENT: must be a whole number from 0 to "
               "100";
    if (!read_number("ORDERMILL_BREAKER_CHARGES", "50", 1, 1000000,
                     &out->breaker_charges))
        return "ORDERMILL_BREAKER_CHARGES: must be a whole number from 1";
    if (!read_number("ORDERMILL_MAILS_PER_RECIPIENT", limited ? "10" : "0", 0,
                     1000000, &out->mails_per_recipient))
        return "ORDERMILL_MAILS_PER_RECIPIENT: must be a whole number from 0";
    if (!read_number("ORDERMILL_MAILS_PER_ADDRESS", limited ? "30" : "0", 0,
                     1000000, &out->mails_per_address))
        return "ORDERMILL_MAILS_PER_ADDRESS: must be a whole number from 0";
    if (!read_number("ORDERMILL_HELD_PER_ADDRESS", limited ? "100" : "0", 0,
                     1000000000, &out->held_per_address))
        return "ORDERMILL_HELD_PER_ADDRESS: must be a whole number from 0";
    if (!read_number("ORDERMILL_HELD_PER_EMAIL", limited ? "50" : "0", 0,
                     1000000000, &out->held_per_email))
        return "ORDERMILL_HELD_PER_EMAIL: must be a whole number from 0";
    const char *form = variable("ORDERMILL_FORM_TOKEN", "0");
    out->form_token_required = strcmp(form, "1") == 0;
    return out->form_token_required || strcmp(form, "0") == 0
               ? NULL
               : "ORDERMILL_FORM_TOKEN: must be 0 or 1";
}

static const char *read_zone(void)
{
    const char *zone = variable("ORDERMILL_TIMEZONE", NULL);
    if (zone != NULL && !zone_is_known(zone))
        return "ORDERMILL_TIMEZONE: there is no such time zone; write one of "
               "/usr/share/zoneinfo (Debian's package tzdata), such as "
               "Europe/Berlin or UTC";
    if (zone != NULL)
        setenv("TZ", zone, 1);
    tzset();
    return NULL;
}

static const char *read_shop(struct settings *out)
{
    out->currency = variable("ORDERMILL_CURRENCY", "EUR");
    if (money_exponent(out->currency) < 0)
        return "ORDERMILL_CURRENCY: not an ISO 4217 currency code";
    /* docs.stripe.com/currencies, "Special cases". */
    if (out->has_gateway && !out->gateway_is_local &&
        (strcmp(out->currency, "ISK") == 0 ||
         strcmp(out->currency, "UGX") == 0))
        return "ORDERMILL_CURRENCY: Stripe counts ISK and UGX in hundredths, "
               "which ISO 4217 does not; they are not supported with it";
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
    return read_zone();
}

static const char *read_limits(struct settings *out)
{
    if (!read_number("ORDERMILL_IDLE_MS", "600000", 100, 86400000,
                     &out->idle_ms))
        return "ORDERMILL_IDLE_MS: must be a whole number from 100 to 86400000";
    if (!read_number("ORDERMILL_LOG_DAYS", "30", 1, 36500, &out->log_days))
        return "ORDERMILL_LOG_DAYS: must be a whole number from 1 to 36500";
    if (!read_number("ORDERMILL_LOG_MB", "100", 1, 1000000, &out->log_bytes))
        return "ORDERMILL_LOG_MB: must be a whole number from 1 to 1000000";
    out->log_bytes *= 1024 * 1024;
    if (!read_number("ORDERMILL_RATE_LIMIT", "20", 0, 1000000,
                     &out->rate_limit))
        return "ORDERMILL_RATE_LIMIT: must be a whole number from 0";
    if (!read_number("ORDERMILL_CONNECTIONS_PER_ADDRESS",
                     out->rate_limit > 0 ? "150" : "0", 0, 65535,
                     &out->connections_per_address))
        return "ORDERMILL_CONNECTIONS_PER_ADDRESS: must be a whole number from "
               "0 to 65535";
    if (!read_number("ORDERMILL_HISTORY_DAYS", "90", 1, 36500,
                     &out->history_days))
        return "ORDERMILL_HISTORY_DAYS: must be a whole number from 1 to 36500";
    return NULL;
}

static const char *read_web_tasks(struct arena *arena, struct settings *out)
{
    if (!read_number("ORDERMILL_CALLS_PER_HOST", "32", 1, 1000,
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
    return eaccess(out->ca_file, R_OK) == 0
               ? NULL
               : "ORDERMILL_CA_FILE: there is no such file that can be read";
}

bool settings_read(struct arena *arena, struct settings *out,
                   const char **fault)
{
    bool sanitized = false;
    *out = (struct settings){.root = find_root(arena, &sanitized)};
    out->build = arena_printf(arena, "%s/build%s", out->root,
                              sanitized ? "/sanitized" : "");
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
    out->damage = arena_printf(arena, "%s/damaged", out->home);
    out->dying = arena_printf(arena, "%s/dying", out->run);
    out->workflow = variable(
        "ORDERMILL_WORKFLOW",
        arena_printf(arena, "%s/db/order-workflow.asl.json", out->root));
    out->log_level = variable("ORDERMILL_LOG_LEVEL", NULL);
    out->user = variable("ORDERMILL_USER", NULL);
    *fault = read_methods(arena, out);
    if (*fault == NULL)
        *fault = read_addresses(arena, out);
    if (*fault == NULL)
        *fault = read_proxy(arena, out);
    if (*fault == NULL)
        *fault = read_gateway(arena, out);
    if (*fault == NULL)
        *fault = read_shop(out);
    if (*fault == NULL)
        *fault = read_limits(out);
    if (*fault == NULL)
        *fault = read_payments(out);
    if (*fault == NULL)
        *fault = read_guard(out);
    if (*fault == NULL)
        *fault = read_web_tasks(arena, out);
    if (*fault == NULL)
        *fault = settings_check(out, arena);
    return *fault == NULL;
}
