/* Webhook endpoints: see endpoint.h. */
#include "cgi-bin/gateway/endpoint/endpoint.h"

#include <string.h>
#include <strings.h>

#include "lib/base/time/clock.h"

enum {
    ENDPOINT_HOST = 256,
    ENDPOINT_ARENA = 64 * 1024 /* for one address */
};

static const char *const status_list[] = {"enabled", "disabled"};
const struct names endpoint_status_names =
    NAMES("webhook endpoint's status", status_list);

void endpoint_add(struct db *db, const struct endpoint *endpoint)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO webhook_endpoints (sequence, endpoint_id, url, "
            "enabled_events, secret, status, description, metadata, "
            "created_ms) VALUES ((SELECT coalesce(max(sequence), 0) + 1 "
            "FROM webhook_endpoints), $1, $2, $3, $4, $5, $6, $7, $8) "
            "ON CONFLICT (endpoint_id) DO UPDATE SET url = excluded.url, "
            "secret = excluded.secret");
    db_put_text(s, endpoint->id);
    db_put_text(s, endpoint->url);
    db_put_text(s, endpoint->enabled_events);
    db_put_text(s, endpoint->secret);
    db_put_name(s, &endpoint_status_names, endpoint->status);
    db_put_text(s, endpoint->description);
    db_put_text(s, endpoint->metadata);
    db_put_int(s, endpoint->created_ms);
    db_run(s);
}

void endpoint_store(struct db *db, const struct endpoint *endpoint)
{
    struct db_statement *s =
        db_sql(db, "UPDATE webhook_endpoints SET url = $1, "
                   "enabled_events = $2, status = $3, description = $4, "
                   "metadata = $5 WHERE endpoint_id = $6");
    db_put_text(s, endpoint->url);
    db_put_text(s, endpoint->enabled_events);
    db_put_name(s, &endpoint_status_names, endpoint->status);
    db_put_text(s, endpoint->description);
    db_put_text(s, endpoint->metadata);
    db_put_text(s, endpoint->id);
    db_run(s);
}

void endpoint_delete(struct db *db, const char *id)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM deliveries WHERE endpoint_id = $1");
    db_put_text(s, id);
    db_run(s);
    s = db_sql(db, "DELETE FROM webhook_endpoints WHERE endpoint_id = $1");
    db_put_text(s, id);
    db_run(s);
}

/* In the order read_endpoint reads them. */
#define ENDPOINT_COLUMNS                                                       \
    "endpoint_id, url, enabled_events, secret, status, description, "          \
    "metadata, created_ms"

static void read_endpoint(struct db_statement *s, struct arena *arena,
                          struct endpoint *out)
{
    *out = (struct endpoint){
        .id = db_text(s, 0, arena),
        .url = db_text(s, 1, arena),
        .enabled_events = db_text(s, 2, arena),
        .secret = db_text(s, 3, arena),
        .status = (enum endpoint_status)db_value(s, 4, &endpoint_status_names),
        .description = db_text(s, 5, arena),
        .metadata = db_text(s, 6, arena),
        .created_ms = db_int(s, 7)};
}

bool endpoint_find(struct db *db, struct arena *arena, const char *id,
                   struct endpoint *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " ENDPOINT_COLUMNS
                   " FROM webhook_endpoints WHERE endpoint_id = $1");
    db_put_text(s, id);
    bool found = db_row(s);
    if (found)
        read_endpoint(s, arena, out);
    db_done(s);
    return found;
}

int endpoint_find_page(struct db *db, struct arena *arena,
                       const struct listing_page *page, struct endpoint *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " ENDPOINT_COLUMNS " FROM webhook_endpoints "
                   "WHERE created_ms >= $1 AND created_ms <= $2 "
                   "AND (created_ms, sequence) < ($3, $4) "
                   "ORDER BY created_ms DESC, sequence DESC LIMIT $5");
    listing_put_page(s, page);
    int count = 0;
    while (db_row(s))
        read_endpoint(s, arena, &out[count++]);
    return count;
}

int endpoint_find_enabled(struct db *db, struct arena *arena, int limit,
                          struct endpoint *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " ENDPOINT_COLUMNS " FROM webhook_endpoints "
                   "WHERE status = 'enabled' ORDER BY endpoint_id LIMIT $1");
    int count = 0;
    db_put_int(s, limit);
    while (db_row(s))
        read_endpoint(s, arena, &out[count++]);
    return count;
}

int64_t endpoint_count(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT count(*) FROM webhook_endpoints");
    return db_found_int(s, 0);
}

void endpoint_put(struct json_writer *w, const struct endpoint *endpoint,
                  enum endpoint_secret secret)
{
    json_open(w, '{');
    json_string_member(w, "id", endpoint->id);
    json_string_member(w, "object", "webhook_endpoint");
    json_string_member(w, "api_version", STRIPE_OBJECT_VERSION);
    stripe_null_member(w, "application");
    json_int_member(w, "created", endpoint->created_ms / 1000);
    json_string_member(w, "description", endpoint->description);
    stripe_raw_member(w, "enabled_events", endpoint->enabled_events);
    stripe_raw_member(w, "livemode", "false");
    stripe_raw_member(w, "metadata", endpoint->metadata);
    if (secret == ENDPOINT_SHOWS_SECRET)
        json_string_member(w, "secret", endpoint->secret);
    json_string_member(w, "status",
                       names_of(&endpoint_status_names, endpoint->status));
    json_string_member(w, "url", endpoint->url);
    json_close(w, '}');
}

/* Where the shop itself takes the events. */
static const char *shop_url(const struct settings *settings,
                            struct arena *arena)
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
    return strcasecmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           (strncmp(host, "127.", 4) == 0 &&
            host[strspn(host, "0123456789.")] == '\0');
}

/* Written so plainly that nobody can read it otherwise, libcurl least of all:
 * http or https, a name or address, perhaps a port. False: it is not. */
static bool read_host(const char *url, char host[ENDPOINT_HOST])
{
    bool secure = strncasecmp(url, "https://", 8) == 0;
    if (!secure && strncasecmp(url, "http://", 7) != 0)
        return false;
    const char *begin = url + (secure ? 8 : 7);
    bool bracketed = *begin == '[';
    begin += bracketed;
    size_t length = strspn(begin, bracketed ? "0123456789abcdefABCDEF:."
                                            : "0123456789-._abcdefghijklmno"
                                              "pqrstuvwxyzABCDEFGHIJKLMNOPQRS"
                                              "TUVWXYZ");
    const char *end = begin + length;
    if (length == 0 || length >= ENDPOINT_HOST || (bracketed && *end++ != ']'))
        return false;
    if (*end == ':')
        end += 1 + strspn(end + 1, "0123456789");
    if (strchr("/?#", *end) == NULL) /* the end of the text is one of them */
        return false;
    memcpy(host, begin, length);
    host[length] = '\0';
    return true;
}

bool endpoint_reach(const struct settings *settings, const char *url,
                    enum transfer_reach *reach, struct arena *arena)
{
    char host[ENDPOINT_HOST];
    *reach = TRANSFER_ANYWHERE;
    if (strcmp(url, shop_url(settings, arena)) == 0)
        return true;
    if (!read_host(url, host))
        return false;
    if (is_named(settings->gateway_webhook_hosts, host))
        return true;
    *reach = TRANSFER_LOOPBACK;
    return may_be_loopback(host);
}

/* What the shop applies, and README.md has a real endpoint subscribe to. */
static const char shop_events[] =
    "[\"payment_intent.succeeded\",\"payment_intent.payment_failed\","
    "\"payment_intent.canceled\",\"payment_intent.requires_action\","
    "\"checkout.session.completed\",\"checkout.session.expired\","
    "\"charge.refunded\",\"charge.refund.updated\",\"refund.failed\","
    "\"charge.dispute.created\",\"charge.dispute.updated\","
    "\"charge.dispute.closed\",\"charge.dispute.funds_withdrawn\","
    "\"charge.dispute.funds_reinstated\"]";

void endpoint_open(struct web *web)
{
    if (web->settings->webhook_secrets[0] == NULL)
        return;
    struct arena arena = arena_create(ENDPOINT_ARENA);
    const struct endpoint shop = {.id = "we_shop",
                                  .url = shop_url(web->settings, &arena),
                                  .enabled_events = shop_events,
                                  .secret = web->settings->webhook_secrets[0],
                                  .status = ENDPOINT_ENABLED,
                                  .description = "The shop",
                                  .metadata = "{}",
                                  .created_ms = clock_wall_ms()};
    endpoint_add(web->writer, &shop);
    arena_destroy(&arena);
}
