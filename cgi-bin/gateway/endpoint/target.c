/* Where events may go: see target.h. */
#include "cgi-bin/gateway/endpoint/target.h"

#include <string.h>
#include <strings.h>

enum { TARGET_HOST = 256 };

const char *target_shop(const struct settings *settings, struct arena *arena)
{
    return arena_printf(arena, "%s/webhooks/stripe", settings->base_url);
}

static bool is_named(const char *hosts, const char *host)
{
    size_t length = strlen(host);
    while (hosts[0] != '\0') {
        size_t own = strcspn(hosts, ",");
        if (own == length && strncasecmp(hosts, host, own) == 0)
            return true;
        hosts += own + (hosts[own] == ',');
    }
    return false;
}

/* A name that may stand for this machine; whether it does, the call sees. */
static bool may_be_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           (strncmp(host, "127.", 4) == 0 &&
            host[strspn(host, "0123456789.")] == '\0');
}

bool target_reach(const struct settings *settings, const char *url,
                  enum transfer_reach *reach, struct arena *arena)
{
    char host[TARGET_HOST];
    *reach = TRANSFER_ANYWHERE;
    if (strcmp(url, target_shop(settings, arena)) == 0)
        return true;
    if (!transfer_url_host(url, host, sizeof host))
        return false;
    if (is_named(settings->gateway_webhook_hosts, host))
        return true;
    *reach = TRANSFER_LOOPBACK;
    return may_be_loopback(host);
}
