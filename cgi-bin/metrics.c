/* /metrics: what is in hand and in trouble, for Prometheus (text format
 * 0.0.4). For the machine itself and for staff. */
#include "lib/api/auth.h"
#include "lib/base/system/host.h"
#include "lib/base/time/clock.h"
#include "lib/shop/health/metric.h"
#include "lib/site/site.h"
#include "lib/web/problem.h"

#include <string.h>

static bool is_proxied(const struct request *request)
{
    static const char *const signs[] = {
        "HTTP_FORWARDED",         "HTTP_VIA",
        "HTTP_X_FORWARDED_FOR",   "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP"};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (request_header(request, signs[i]) != NULL)
            return true;
    return false;
}

/* Behind a proxy on this machine everybody comes from it: so this holds only
 * where nothing says that there is one. And a page from elsewhere, whose name
 * was made to lead here, asks in this machine's browser under that name. */
static bool is_of_this_machine(const struct web *web,
                               const struct request *request)
{
    const char *host = request_header(request, "HTTP_HOST");
    return web->settings->trusted_proxy == NULL &&
           settings_is_loopback(web->settings) && !is_proxied(request) &&
           host != NULL && host_kind(host, strlen(host)) == HOST_LOOPBACK &&
           (strncmp(request->address, "127.", 4) == 0 ||
            strcmp(request->address, "::1") == 0);
}

static void write_head(struct text *out, const char *name, const char *help)
{
    text_printf(out, "# HELP ordermill_%s %s\n# TYPE ordermill_%s gauge\n",
                name, help, name);
}

static void write_count(struct text *out, const char *name, const char *help,
                        int64_t count)
{
    write_head(out, name, help);
    text_printf(out, "ordermill_%s %lld\n", name, (long long)count);
}

/* An age there is not (INT64_MAX) has no sample. */
static void write_age(struct text *out, const char *name, const char *help,
                      int64_t age_ms)
{
    write_head(out, name, help);
    if (age_ms < 0)
        age_ms = 0; /* the clock was set back */
    if (age_ms != INT64_MAX)
        text_printf(out, "ordermill_%s %lld.%03lld\n", name,
                    (long long)age_ms / 1000, (long long)age_ms % 1000);
}

static void write_events(struct text *out, const struct metric_counts *counts)
{
    write_head(out, "webhook_events",
               "Events of the gateway that are not settled, by status.");
    text_printf(out,
                "ordermill_webhook_events{status=\"due\"} %lld\n"
                "ordermill_webhook_events{status=\"early\"} %lld\n"
                "ordermill_webhook_events{status=\"failed\"} %lld\n",
                (long long)counts->events_due, (long long)counts->events_early,
                (long long)counts->events_failed);
}

static void write_payments(struct text *out, const struct metric_counts *counts)
{
    write_count(out, "payment_attempts_open",
                "Payment attempts whose outcome is not known yet.",
                counts->attempts_open);
    write_count(out, "token_charges",
                "Charges by token that ended in the last 10 minutes.",
                counts->guard.charges);
    write_count(out, "token_declines", "Those of them that were declined.",
                counts->guard.declines);
    write_count(out, "payment_breaker_open",
                "1 while only the hosted page is taken, for declines.",
                counts->guard.open);
    write_events(out, counts);
    write_count(out, "refunds_due", "Refunds the gateway has not made yet.",
                counts->refunds_due);
    write_count(out, "credit_notes_due", "Credit notes that are not made yet.",
                counts->credit_notes_due);
    write_count(out, "findings_open",
                "Differences to the gateway's books that are open.",
                counts->findings_open);
    write_age(out, "reconciliation_age_seconds",
              "Since the books were last held against the gateway's.",
              counts->reconciliation_age_ms);
}

static int get(struct web *web, struct request *request, struct reply *reply)
{
    if (!is_of_this_machine(web, request) && !auth_is_staff(web, request))
        return problem(request, reply, 403,
                       "Send a token, as `Authorization: Bearer TOKEN`: "
                       "without one only this machine itself sees this, with "
                       "no proxy between. `ordermill token create --role "
                       "read` makes one.");
    struct metric_counts counts =
        metric_counts(web->reader, web->settings, clock_wall_ms());
    struct text *out = &reply->body;
    write_count(out, "executions_running", "Orders' workflows in hand.",
                counts.executions_running);
    write_payments(out, &counts);
    write_count(out, "mails_due", "Mails that are not sent yet.",
                counts.mails_due);
    write_count(out, "alarms_open", "Alarms that nobody has seen to.",
                counts.alarms_open);
    write_age(out, "reaper_heartbeat_age_seconds",
              "Since the reaper last showed that it lives.",
              counts.heartbeat_age_ms);
    metrics_write(out, web->settings->run);
    reply->content_type = "text/plain; version=0.0.4; charset=utf-8";
    return 200;
}

int main(void)
{
    static const struct route routes[] = {{"GET", "/metrics", get, NULL}, {0}};
    return site_main(
        &(struct web_program){.name = "metrics", .routes = routes});
}
