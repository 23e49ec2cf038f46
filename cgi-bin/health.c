/* /health: whether the shop can store an order and the reaper is alive. */
#include "lib/base/json_writer.h"
#include "lib/shop/heartbeat.h"
#include "lib/web/problem.h"

enum { HEALTH_REAPER_MS = 30000, HEALTH_PROBE_MS = 1000 };

static int answer(const struct web *web, struct reply *reply)
{
    int64_t age_ms = heartbeat_age_ms(web->reader);
    bool alive = age_ms <= HEALTH_REAPER_MS;
    struct json_writer w = json_writer(&reply->body);
    json_open(&w, '{');
    json_string_member(&w, "status", alive ? "ok" : "unavailable");
    json_key(&w, "reaper");
    json_open(&w, '{');
    json_string_member(&w, "status", alive ? "ok" : "silent");
    json_key(&w, "heartbeat_age_ms");
    if (age_ms == INT64_MAX)
        json_put_null(&w);
    else
        json_put_int(&w, age_ms);
    json_close(&w, '}');
    json_close(&w, '}');
    text_putc(&reply->body, '\n');
    return alive ? 200 : 503;
}

static int read_health(struct web *web, struct request *request,
                       struct reply *reply)
{
    (void)request;
    if (heartbeat_probe_age_ms(web->reader) > HEALTH_PROBE_MS)
        return WEB_GO_ON;
    return answer(web, reply);
}

/* A probe that cannot be written becomes the loop's 503. */
static int probe(struct web *web, struct request *request, struct reply *reply)
{
    (void)request;
    heartbeat_probe(web->writer);
    reply->keep_writes = true;
    return answer(web, reply);
}

int main(void)
{
    static const struct route routes[] = {
        {"GET", "/health", read_health, probe}};
    return web_main(&(struct web_program){
        .name = "health", .routes = routes, .route_count = 1});
}
