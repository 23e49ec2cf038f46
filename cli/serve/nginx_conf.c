/* Filling in nginx's configuration: see nginx_conf.h. */
#define _GNU_SOURCE
#include "cli/serve/nginx_conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/cli.h"
#include "lib/base/system/file.h"
#include "lib/base/text/text.h"

enum {
    CONF_MAX_FILE = 256 * 1024,
    CONF_BURST_SECONDS = 5,  /* of the rate limit may come at once */
    CONF_CONNECTIONS = 4096, /* of visitors and to the programs together */
    CONF_OWN_FILES = 100,
    CONF_FILES_EACH = 2 /* the connection and its body */
};

struct name {
    const char *name;
    const char *value;
};

struct block {
    const char *name;
    bool applies;
};

/* A line "#@begin NAME" or "#@end NAME"; any other gives NULL. */
static const struct block *marked(const char *line, const char *mark,
                                  const struct block *blocks)
{
    size_t length = strlen(mark);
    if (strncmp(line, mark, length) != 0)
        return NULL;
    for (; blocks->name != NULL; blocks++) {
        size_t end = strlen(blocks->name);
        if (strncmp(line + length, blocks->name, end) == 0 &&
            line[length + end] == '\n')
            break;
    }
    return blocks->name == NULL ? NULL : blocks;
}

static void fill_line(struct text *out, const char *line, size_t length,
                      const struct name *names)
{
    const char *end = line + length;
    while (line < end) {
        const struct name *found = NULL;
        size_t size = 0;
        for (const struct name *n = names; n->name != NULL && !found; n++) {
            size = strlen(n->name);
            if (strncmp(line, n->name, size) == 0)
                found = n;
        }
        if (found != NULL)
            text_puts(out, found->value);
        else
            text_putc(out, *line);
        line += found != NULL ? size : 1;
    }
}

static void fill(struct text *out, const char *template,
                 const struct name *names, const struct block *blocks)
{
    bool applies = true;
    for (const char *line = template; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        length += line[length] == '\n';
        const struct block *begun = marked(line, "#@begin ", blocks);
        if (begun != NULL)
            applies = begun->applies;
        else if (marked(line, "#@end ", blocks) != NULL)
            applies = true;
        else if (applies)
            fill_line(out, line, length, names);
        line += length;
    }
}

/* Between quotes nginx still reads these. */
static bool quotable(const char *path)
{
    return strpbrk(path, "\"\\$\r\n") == NULL;
}

/* Any text for between quotes; nginx has no escape for a dollar sign, so the
 * configuration keeps one in a variable. */
static const char *quote(struct arena *arena, const char *text)
{
    struct text out = text_create(arena, 2 * strlen(text) + 16);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            text_putc(&out, '\\');
        if (*text == '$')
            text_puts(&out, "${dollar}");
        else
            text_putc(&out, *text);
    }
    return out.bytes;
}

static const char *number(struct arena *arena, int64_t value)
{
    return arena_printf(arena, "%lld", (long long)value);
}

static bool plain_address(const char *address)
{
    return strpbrk(address, " \t\r\n;{}\"'\\$#") == NULL;
}

/* A line for each of the trusted proxies. */
static const char *each_proxy(struct arena *arena, const char *proxies,
                              const char *before, const char *after)
{
    struct text out = text_create(arena, 256);
    for (const char *at = proxies; at != NULL && *at != '\0';) {
        size_t length = strcspn(at, ",");
        text_printf(&out, "%s%s%.*s%s", out.length > 0 ? "\n" : "", before,
                    (int)length, at, after);
        at += length + (at[length] == ',');
    }
    return out.bytes;
}

/* As many files as its connections may need, or as the system lets it have. */
static int64_t file_limit(void)
{
    const rlim_t wanted = CONF_OWN_FILES + CONF_FILES_EACH * CONF_CONNECTIONS;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max >= wanted)
        return (int64_t)wanted;
    struct rlimit raised = {limit.rlim_cur, wanted};
    return (int64_t)(setrlimit(RLIMIT_NOFILE, &raised) == 0 ? wanted
                                                            : limit.rlim_max);
}

/* The template with what it names. */
static struct text fill_in(struct arena *arena, const struct settings *settings,
                           const char *template, struct programs *programs)
{
    const struct block blocks[] = {
        {"root", getuid() == 0},
        {"proxy", settings->trusted_proxy != NULL},
        {"https", settings_is_https(settings)},
        {"rate-limit", settings->rate_limit > 0},
        {"connection-limit", settings->connections_per_address > 0},
        {"gateway", settings->gateway_is_local},
        {"test-money", settings->gateway_is_local},
        {NULL, false}};
    static const struct name none[] = {{NULL, NULL}};
    struct text out = text_create(arena, strlen(template) + 1024);
    fill(&out, template, none, blocks);
    programs_read(arena, out.bytes, programs);

    int64_t rate = settings->rate_limit;
    int64_t files = file_limit();
    const struct name names[] = {
        {"@ROOT@", settings->root},
        {"@LISTEN@", settings->listen},
        {"@REAL_IP_FROM@", each_proxy(arena, settings->trusted_proxy,
                                      "    set_real_ip_from ", ";")},
        {"@PROXIES@",
         each_proxy(arena, settings->trusted_proxy, "        ", " 1;")},
        {"@UPSTREAMS@", programs_upstreams(arena, programs, settings->idle_ms)},
        {"@BASE_URL@", quote(arena, settings->base_url)},
        {"@SHOP_NAME@", quote(arena, settings->shop_name)},
        {"@GATEWAY_LISTEN@", settings->gateway_listen},
        {"@WORKER_FILES@", number(arena, files)},
        {"@WORKER_CONNECTIONS@",
         number(arena, (files - CONF_OWN_FILES) / CONF_FILES_EACH)},
        {"@CONNECTIONS_PER_ADDRESS@",
         number(arena, settings->connections_per_address)},
        {"@RATE_LIMIT@", number(arena, rate)},
        {"@RATE_BURST@", number(arena, CONF_BURST_SECONDS * rate)},
        {NULL, NULL}};
    out.length = 0;
    fill(&out, template, names, blocks);
    return out;
}

bool nginx_conf_write(struct arena *arena, const struct settings *settings,
                      struct programs *programs)
{
    const char *path =
        arena_printf(arena, "%s/nginx/ordermill.conf", settings->root);
    const char *target = arena_printf(arena, "%s/nginx.conf", settings->run);
    size_t length;
    const char *template = file_read(arena, path, CONF_MAX_FILE, &length);
    if (template == NULL) {
        cli_fail("%s: %s", path, strerror(errno));
        return false;
    }
    if (!quotable(settings->root) || !plain_address(settings->listen) ||
        (settings->gateway_is_local &&
         !plain_address(settings->gateway_listen))) {
        cli_fail("the checkout's path, ORDERMILL_LISTEN or "
                 "ORDERMILL_GATEWAY_LISTEN holds a character that nginx's "
                 "configuration cannot");
        return false;
    }
    struct text out = fill_in(arena, settings, template, programs);
    if (file_write_aside(target, out.bytes, out.length) &&
        file_put_in_place(target))
        return true;
    cli_fail("%s: %s", target, strerror(errno));
    return false;
}

const char *nginx_find(struct arena *arena)
{
    const char *at = getenv("PATH");
    at = arena_printf(arena, "%s:/usr/sbin:/usr/local/sbin",
                      at == NULL ? "" : at);
    while (*at != '\0') {
        size_t length = strcspn(at, ":");
        const char *path = arena_printf(arena, "%.*s/nginx", (int)length, at);
        if (path[0] == '/' && access(path, X_OK) == 0)
            return path;
        at += length + (at[length] == ':');
    }
    return NULL;
}
