/* The configuration against its use: see settings_check.h. */
#include "lib/base/settings/check.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/system/host.h"

static bool begins_with(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static const char *behind_scheme(const char *url)
{
    const char *at = strstr(url, "://");
    return at == NULL ? url : at + strlen("://");
}

/* The links of mails and pages begin with it, so no path, query or name of a
 * user may stand in it. */
static const char *base_url_fault(const char *url, struct arena *arena)
{
    const char *host = behind_scheme(url);
    size_t length = strcspn(host, "/?#");
    const char *origin = arena_copy(arena, url, (size_t)(host - url) + length);
    switch (host_kind(host, length)) {
    case HOST_ANY:
        return arena_printf(
            arena,
            "ORDERMILL_BASE_URL: no browser can open a link to %s; write the "
            "address that customers use, such as https://shop.example",
            origin);
    case HOST_INVALID:
        return "ORDERMILL_BASE_URL: must be http:// or https://, a host in "
               "ASCII and perhaps a port; write it as in "
               "https://shop.example";
    case HOST_LOOPBACK:
    case HOST_OTHER:
        break;
    }
    return host[length] == '\0'
               ? NULL
               : arena_printf(arena,
                              "ORDERMILL_BASE_URL: nothing may follow the "
                              "host, for the shop's pages stand at its root; "
                              "write %s",
                              origin);
}

/* The last "@" parts the password from the host; behind the host may stand
 * the name that is said to the server. */
static const char *smtp_host(const char *url, size_t *length)
{
    const char *host = behind_scheme(url);
    const char *at = strrchr(host, '@');
    if (at != NULL)
        host = at + 1;
    *length = strcspn(host, "/");
    return host;
}

static const char *smtp_fault(const char *url)
{
    size_t length;
    const char *host = smtp_host(url, &length);
    enum host_kind kind = host_kind(host, length);
    if ((begins_with(url, "smtp://") || begins_with(url, "smtps://")) &&
        kind != HOST_INVALID && strpbrk(url, " \t\r\n") == NULL)
        return NULL;
    return "ORDERMILL_SMTP_URL: must be smtp:// or smtps:// and a host; write "
           "it as in smtp://user:password@mail.example:587, with %40, %2F and "
           "%3A for @, / and : in the password";
}

static const char *log_level_fault(const char *level)
{
    static const char *const levels[] = {"debug", "info", "warning", "error"};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (level == NULL || strcmp(level, levels[i]) == 0)
            return NULL;
    return "ORDERMILL_LOG_LEVEL: must be debug, info, warning or error";
}

const char *settings_check(const struct settings *settings, struct arena *arena)
{
    const char *fault = base_url_fault(settings->base_url, arena);
    if (fault == NULL && settings->gateway_is_local &&
        host_kind(settings->gateway_listen, strlen(settings->gateway_listen)) ==
            HOST_ANY)
        fault = "ORDERMILL_GATEWAY_LISTEN: the links to the payment page begin "
                "with it, and no browser can open one to all addresses; write "
                "the one that customers use, such as 192.0.2.1:8081";
    if (fault == NULL && settings->smtp_url != NULL)
        fault = smtp_fault(settings->smtp_url);
    return fault != NULL ? fault : log_level_fault(settings->log_level);
}

static bool is_local(const char *address)
{
    const char *host = behind_scheme(address);
    return host_kind(host, strlen(host)) == HOST_LOOPBACK;
}

size_t settings_warnings(const struct settings *settings,
                         const char *list[SETTINGS_WARNINGS])
{
    size_t count = 0, length;
    bool open = !is_local(settings->base_url);
    if (open && begins_with(settings->base_url, "http://"))
        list[count++] =
            "ORDERMILL_BASE_URL: http sends links, orders and passwords in the "
            "clear; write https://, with a proxy that speaks TLS in front";
    if (!open && !is_local(settings->listen))
        list[count++] =
            "ORDERMILL_BASE_URL: its links lead customers to their own "
            "machine; write the address that they use, such as "
            "https://shop.example";
    if (open && settings->gateway_is_local &&
        is_local(settings->gateway_listen))
        list[count++] =
            "ORDERMILL_STRIPE_URL: is not set, so cards are paid with test "
            "money on a page that only this machine can open; write "
            "https://api.stripe.com, or ORDERMILL_PAYMENT_METHODS=manual";
    if (open && settings->smtp_url == NULL)
        list[count++] =
            "ORDERMILL_SMTP_URL: is not set, so no customer gets a mail, they "
            "become files; write smtp://user:password@mail.example:587";
    const char *host = settings->smtp_url == NULL
                           ? NULL
                           : smtp_host(settings->smtp_url, &length);
    const char *domain = strrchr(settings->mail_from, '@');
    if (host != NULL && host_kind(host, length) != HOST_LOOPBACK &&
        domain != NULL && strcmp(domain, "@localhost") == 0)
        list[count++] =
            "ORDERMILL_MAIL_FROM: mail servers refuse a sender at localhost; "
            "write an address of your own domain";
    return count;
}
