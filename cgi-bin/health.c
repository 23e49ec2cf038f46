/* /health: whether the shop can store an order, its database is whole, its
 * programs live and the reaper is alive. */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "lib/base/system/file.h"
#include "lib/base/text/json_writer.h"
#include "lib/shop/health/damage.h"
#include "lib/shop/health/heartbeat.h"
#include "lib/site/site.h"
#include "lib/web/problem.h"

enum {
    HEALTH_REAPER_MS = 30000,
    HEALTH_PROBE_MS = 1000,
    HEALTH_MAX_FILE = 4096
};

/* NULL: it is well, as far as is known without writing to it. */
static const char *database_trouble(const struct settings *settings)
{
    if (damage_known(settings))
        return "damaged";
    return access(settings->home, W_OK) != 0 ||
                   access(settings->database, W_OK) != 0
               ? "read-only"
               : NULL;
}

/* The programs that keep dying, a line each; NULL: none does. */
static const char *dying(const struct web *web, struct arena *arena)
{
    size_t length;
    return file_read(arena, web->settings->dying, HEALTH_MAX_FILE, &length);
}

static void put_trouble(struct json_writer *w, const char *database,
                        const char *names, struct arena *arena)
{
    if (database != NULL) {
        json_key(w, "database");
        json_open(w, '{');
        json_string_member(w, "status", database);
        json_close(w, '}');
    }
    if (names == NULL)
        return;
    json_key(w, "programs");
    json_open(w, '{');
    json_string_member(w, "status", "dying");
    json_key(w, "names");
    json_open(w, '[');
    for (size_t length; (length = strcspn(names, "\n")) > 0;
         names += length + (names[length] == '\n'))
        json_put_string(w, arena_copy(arena, names, length));
    json_close(w, ']');
    json_close(w, '}');
}

static int answer(const struct web *web, struct arena *arena,
                  struct reply *reply)
{
    const char *database = database_trouble(web->settings);
    const char *names = dying(web, arena);
    int64_t age_ms = heartbeat_age_ms(web->reader);
    bool reaping = age_ms <= HEALTH_REAPER_MS;
    bool alive = reaping && database == NULL && names == NULL;
    struct json_writer w = json_writer(&reply->body);
    json_open(&w, '{');
    json_string_member(&w, "status", alive ? "ok" : "unavailable");
    json_key(&w, "reaper");
    json_open(&w, '{');
    json_string_member(&w, "status", reaping ? "ok" : "silent");
    json_key(&w, "heartbeat_age_ms");
    if (age_ms == INT64_MAX)
        json_put_null(&w);
    else
        json_put_int(&w, age_ms);
    json_close(&w, '}');
    put_trouble(&w, database, names, arena);
    json_close(&w, '}');
    text_putc(&reply->body, '\n');
    return alive ? 200 : 503;
}

/* What is read-only takes no probe. */
static int read_health(struct web *web, struct request *request,
                       struct reply *reply)
{
    if (database_trouble(web->settings) == NULL &&
        heartbeat_probe_age_ms(web->reader) > HEALTH_PROBE_MS)
        return WEB_GO_ON;
    return answer(web, request->arena, reply);
}

/* A probe that cannot be written becomes the loop's 503. */
static int probe(struct web *web, struct request *request, struct reply *reply)
{
    heartbeat_probe(web->writer);
    reply->keep_writes = true;
    return answer(web, request->arena, reply);
}

int main(void)
{
    static const struct route routes[] = {
        {"GET", "/health", read_health, probe}, {0}};
    return site_main(&(struct web_program){.name = "health", .routes = routes});
}
