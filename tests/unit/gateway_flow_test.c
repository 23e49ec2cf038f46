/* What lives in the local payment gateway (cgi-bin/gateway): sessions paid and
 * expired, intents at the bank's, what is told to whom and when, and a book of
 * the first version brought up. */
#define _GNU_SOURCE
#include "tests/unit/gateway_call.h"

#include "cgi-bin/gateway/dispute/dispute.h"
#include "cgi-bin/gateway/endpoint/endpoint.h"
#include "cgi-bin/gateway/refund/refund.h"
#include "cgi-bin/gateway/session/handlers.h"
#include "cgi-bin/gateway/session/session.h"
#include "lib/base/time/clock.h"

#define PAGE                                                                   \
    "mode=payment&success_url=http://shop.test/"                               \
    "&line_items[0][quantity]=3"                                               \
    "&line_items[0][price_data][currency]=EUR"                                 \
    "&line_items[0][price_data][unit_amount]=350"                              \
    "&line_items[0][price_data][product_data][name]=Mouse"                     \
    "&payment_intent_data[metadata][order_id]=o-1"                             \
    "&payment_intent_data[metadata][attempt]=2"

static const struct route sessions_post = {
    "POST", "/v1/checkout/sessions", session_create_read, session_create_write};
static const struct route expire_post = {"POST", "/v1/checkout/sessions/x",
                                         session_expire_read,
                                         session_expire_write};
static const struct route confirm_post = {
    "POST", "/v1/payment_intents/x", intent_confirm_read, intent_confirm_write};
static const struct route cancel_post = {
    "POST", "/v1/payment_intents/x", intent_cancel_read, intent_cancel_write};

/* Nobody's request, as it is the deliverer's. */
static struct cause cause_of(struct gateway *g)
{
    static char *const none[] = {NULL};
    struct request *request = arena_alloc(&g->arena, sizeof *request);
    *request =
        (struct request){.arena = &g->arena, .id = "", .variables = none};
    return (struct cause){&g->web, request, 0, 1};
}

static void begin(struct gateway *g)
{
    assert_int_equal(db_begin(g->writer, 1000), DB_OK);
    g->web.writer = g->writer;
}

static void commit(struct gateway *g)
{
    assert_int_equal(db_commit(g->writer), DB_OK);
}

static int64_t count_of(struct gateway *g, const char *literal)
{
    struct db_statement *s = db_sql(g->web.reader, literal);
    int64_t count = db_row(s) ? db_int(s, 0) : -1;
    db_done(s);
    return count;
}

/* The types of all events, the oldest first, with a blank behind each. */
static const char *told(struct gateway *g)
{
    struct text text = text_create(&g->arena, 128);
    struct db_statement *s =
        db_sql(g->web.reader, "SELECT type FROM events ORDER BY sequence");
    while (db_row(s))
        text_printf(&text, "%s ", db_text(s, 0, &g->arena));
    return text.bytes;
}

static struct session open_session(struct gateway *g)
{
    struct session session;
    struct answer a = post(g, &sessions_post, "", PAGE);
    assert_int_equal(a.status, 200);
    assert_true(session_find(g->web.reader, &g->arena, text_of(a.json, "id"),
                             clock_wall_ms(), &session));
    assert_int_equal(session.status, SESSION_OPEN);
    assert_string_equal(text_of(a.json, "url"), session.url);
    assert_int_equal(session.amount_minor, 1050);
    return session;
}

static struct answer post_of(struct gateway *g, const struct route *route,
                             const char *id, const char *body)
{
    char *variables[] = {
        arena_string(&g->arena, "HTTP_AUTHORIZATION=Bearer sk_test_a"),
        arena_string(&g->arena,
                     "CONTENT_TYPE=application/x-www-form-urlencoded"),
        NULL};
    struct request request = {.path = route->pattern,
                              .param = id,
                              .query = "",
                              .body = body,
                              .body_length = strlen(body),
                              .variables = variables};
    return run(g, route, &request);
}

static void a_session_is_declined_then_paid_then_paid_twice(void **state)
{
    struct gateway *g = *state;
    struct session session = open_session(g);
    const struct cause cause = cause_of(g);
    struct intent intent;
    struct intent second;
    begin(g);
    session_pay(&cause, &session, test_card_find("pm_card_chargeDeclined"),
                &intent);
    commit(g);
    assert_int_equal(session.status, SESSION_OPEN);
    const char *first = intent.id;
    /* Its intent is the page's own until the session is over. */
    assert_int_equal(post_of(g, &cancel_post, first, "").status, 400);
    assert_int_equal(
        post_of(g, &confirm_post, first, "payment_method=pm_card_visa").status,
        400);
    begin(g);
    session_pay(&cause, &session, test_card_find("pm_card_visa"), &intent);
    session_pay_again(&cause, &session, test_card_find("pm_card_visa"),
                      &second);
    commit(g);
    assert_string_equal(intent.id, first);
    assert_string_not_equal(second.id, first);
    assert_string_equal(told(g),
                        "payment_intent.created charge.failed "
                        "payment_intent.payment_failed charge.succeeded "
                        "payment_intent.succeeded checkout.session.completed "
                        "payment_intent.created charge.succeeded "
                        "payment_intent.succeeded ");
    struct answer a =
        get(g, session_show, session.id, "expand[]=payment_intent");
    assert_string_equal(text_of(a.json, "status"), "complete");
    assert_string_equal(text_of(a.json, "payment_status"), "paid");
    assert_string_equal(text_of(a.json, "url"), "");
    const struct json *paid = json_member(a.json, "payment_intent");
    assert_string_equal(text_of(paid, "id"), first);
    assert_string_equal(text_of(json_member(paid, "metadata"), "attempt"), "2");
    assert_int_equal(
        count_of(g, "SELECT count(*) FROM intents WHERE order_id = 'o-1' "
                    "AND status = 'succeeded'"),
        2);
    refused(post_of(g, &expire_post, session.id, ""), 400, "", "",
            "Only Checkout Sessions with a status in [\"open\"] can be "
            "expired. This Checkout Session has a status of `complete`.");
}

static void a_session_expires_by_itself(void **state)
{
    struct gateway *g = *state;
    struct session session = open_session(g);
    struct session other = open_session(g);
    const struct cause cause = cause_of(g);
    struct intent intent;
    begin(g);
    session_pay(&cause, &session, test_card_find("pm_card_chargeDeclined"),
                &intent);
    assert_int_equal(session_expire_due(&cause), 0);
    commit(g);
    db_script(g->writer, "UPDATE sessions SET expires_ms = 1 "
                         "WHERE intent_id IS NOT NULL");
    struct answer a = get(g, session_show, session.id, "");
    assert_string_equal(text_of(a.json, "status"), "expired");
    a = get(g, session_list, NULL, "status=expired");
    assert_int_equal(json_count(json_member(a.json, "data")), 1);
    a = get(g, session_list, NULL, "status=open");
    assert_string_equal(text_of(json_first(json_member(a.json, "data")), "id"),
                        other.id);
    assert_int_equal(post_of(g, &expire_post, session.id, "").status, 400);
    begin(g);
    assert_int_equal(session_expire_due(&cause), 1);
    assert_int_equal(session_expire_due(&cause), 0);
    commit(g);
    assert_non_null(
        strstr(told(g), "payment_intent.canceled checkout.session.expired "));
    a = get(g, intent_show, intent.id, "");
    assert_string_equal(text_of(a.json, "status"), "canceled");
}

static void the_bank_approves_or_refuses(void **state)
{
    struct gateway *g = *state;
    const struct cause cause = cause_of(g);
    for (int approved = 0; approved < 2; approved++) {
        struct intent intent;
        struct answer a =
            post(g, &intents_post, "",
                 "amount=70&currency=eur" CARD "pm_card_authenticationRequired"
                 "&return_url=http://shop.test/b");
        assert_string_equal(text_of(a.json, "status"), "requires_action");
        begin(g);
        assert_true(
            intent_find(g->writer, &g->arena, text_of(a.json, "id"), &intent));
        assert_non_null(strstr(intent.action_url, intent.id));
        intent_authenticate(&cause, &intent,
                            approved ? BANK_APPROVES : BANK_REFUSES);
        commit(g);
        a = get(g, intent_show, intent.id, "");
        const struct json *error = json_member(a.json, "last_payment_error");
        assert_string_equal(text_of(a.json, "status"),
                            approved ? "succeeded" : "requires_payment_method");
        assert_string_equal(text_of(error, "code"),
                            approved ? ""
                                     : "payment_intent_authentication_failure");
        assert_int_equal(json_kind(json_member(a.json, "next_action")),
                         JSON_NULL);
    }
}

static void events_go_to_those_who_want_them(void **state)
{
    struct gateway *g = *state;
    const struct cause cause = cause_of(g);
    db_script(g->writer,
              "INSERT INTO webhook_endpoints (endpoint_id, url, enabled_events,"
              " secret, status, metadata, created_ms) VALUES"
              " ('we_all', 'u', '[\"*\"]', 's', 'enabled', '{}', 1),"
              " ('we_some', 'u', '[\"a.b\",\"c.d\"]', 's', 'enabled', '{}', 1),"
              " ('we_off', 'u', '[\"*\"]', 's', 'disabled', '{}', 1);");
    g->settings.base_url = "http://shop.test";
    g->settings.webhook_secrets[0] = "whsec_1";
    int64_t before_ms = clock_wall_ms();
    begin(g);
    endpoint_open(&g->web);
    g->settings.webhook_secrets[0] = "whsec_2";
    endpoint_open(&g->web);
    event_emit(&(struct cause){&g->web, cause.request, 5000, 3}, "a.b", "{}");
    event_emit(&cause, "charge.refunded", "{}");
    event_emit(&(struct cause){&g->web, cause.request, 0, 0}, "c.d", "{}");
    commit(g);
    assert_true(g->web.wake);
    static const struct {
        const char *count;
        int64_t expected;
    } counts[] = {
        {"SELECT count(*) FROM deliveries WHERE endpoint_id = 'we_all'", 4},
        {"SELECT count(*) FROM deliveries WHERE endpoint_id = 'we_shop'", 1},
        {"SELECT count(*) FROM deliveries WHERE endpoint_id = 'we_some'", 3},
        {"SELECT count(*) FROM deliveries", 8},
        {"SELECT count(*) FROM events", 3},
        {"SELECT count(*) FROM webhook_endpoints WHERE endpoint_id = 'we_shop'"
         " AND secret = 'whsec_2' AND url = 'http://shop.test/webhooks/stripe'",
         1}};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        assert_int_equal(count_of(g, counts[i].count), counts[i].expected);
    assert_true(count_of(g, "SELECT min(due_ms) FROM deliveries d JOIN events e"
                            " ON e.event_id = d.event_id WHERE type = 'a.b'") >=
                before_ms + 5000);
    begin(g);
    endpoint_delete(g->writer, "we_all");
    journal_thin(g->writer, clock_wall_ms());
    commit(g);
    assert_int_equal(count_of(g, "SELECT count(*) FROM deliveries"), 4);
    begin(g);
    journal_thin(g->writer, clock_wall_ms() + JOURNAL_EVENT_LIFETIME_MS + 1);
    commit(g);
    assert_int_equal(count_of(g, "SELECT count(*) FROM deliveries"), 0);
}

/* The tables of the first version, as it made them. */
static const char first_version[] =
    "DROP TABLE deliveries; DROP TABLE webhook_endpoints; DROP TABLE events;"
    "DROP TABLE sessions; DROP TABLE disputes; DROP TABLE refunds;"
    "DROP TABLE intents;"
    "CREATE TABLE intents (sequence INTEGER PRIMARY KEY,"
    "  intent_id TEXT NOT NULL UNIQUE, client_secret TEXT NOT NULL,"
    "  amount_minor INTEGER NOT NULL,"
    "  refunded_minor INTEGER NOT NULL DEFAULT 0, currency TEXT NOT NULL,"
    "  status TEXT NOT NULL CHECK (status IN ('requires_payment_method',"
    "    'requires_confirmation', 'succeeded')),"
    "  payment_method TEXT, failed_method TEXT, charge_id TEXT UNIQUE,"
    "  order_id TEXT, metadata TEXT NOT NULL, description TEXT,"
    "  receipt_email TEXT, statement_descriptor_suffix TEXT,"
    "  allow_redirects TEXT, capture_method TEXT NOT NULL,"
    "  created_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX intents_by_order ON intents (order_id)"
    "  WHERE order_id IS NOT NULL;"
    "CREATE INDEX intents_by_age ON intents (created_ms, sequence);"
    "CREATE TABLE refunds (refund_id TEXT PRIMARY KEY,"
    "  intent_id TEXT NOT NULL REFERENCES intents (intent_id),"
    "  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), reason TEXT,"
    "  metadata TEXT NOT NULL, created_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX refunds_by_intent ON refunds (intent_id);"
    "INSERT INTO intents VALUES (7, 'pi_1', 'x', 100, 30, 'eur', 'succeeded',"
    "  'pm_card_visa', NULL, 'ch_1', 'o-1', '{}', NULL, NULL, NULL, NULL,"
    "  'automatic', 5000);"
    "INSERT INTO refunds VALUES ('re_1', 'pi_1', 30, NULL, '{}', 6000);";

static void a_first_book_is_brought_up(void **state)
{
    struct gateway *g = *state;
    db_script(g->writer, first_version);
    for (int i = 0; i < 2; i++) { /* the second finds nothing to do */
        begin(g);
        journal_create(g->writer);
        commit(g);
    }
    const char *fault = NULL;
    assert_int_equal(db_check(g->web.reader, &g->arena, &fault), 0);
    assert_int_equal(
        count_of(g, "SELECT count(*) FROM sqlite_schema "
                    "WHERE type = 'table' AND (name LIKE '%\\_1' ESCAPE '\\' "
                    "OR sql LIKE '%intents\\_1%' ESCAPE '\\')"),
        0);
    struct answer a = get(g, intent_show, "pi_1", "");
    assert_string_equal(text_of(a.json, "status"), "succeeded");
    a = get(g, refund_show, "re_1", "expand[]=charge");
    assert_string_equal(text_of(a.json, "status"), "succeeded");
    assert_int_equal(int_of(json_member(a.json, "charge"), "amount_refunded"),
                     30);
    assert_int_equal(int_of(json_member(a.json, "charge"), "created"), 5);
    assert_int_equal(
        json_kind(json_member(json_member(a.json, "charge"), "metadata")),
        JSON_OBJECT);
    a = post(g, &refunds_post, "", "payment_intent=pi_1");
    assert_int_equal(int_of(a.json, "amount"), 70);
    a = post(g, &intents_post, "",
             "amount=70&currency=eur" CARD "pm_card_authenticationRequired");
    assert_string_equal(text_of(a.json, "status"), "requires_action");
}

/* A book of before an intent could be changed. */
static void a_charge_keeps_what_its_intent_had(void **state)
{
    static const struct route update_post = {"POST", "/v1/payment_intents/x",
                                             intent_update_read,
                                             intent_update_write};
    struct gateway *g = *state;
    const char *id = text_of(post(g, &intents_post, "",
                                  PAID "&metadata[order_id]=o-1"
                                       "&metadata[attempt]=2&description=One")
                                 .json,
                             "id");
    const char *open =
        text_of(post(g, &intents_post, "",
                     "amount=70&currency=eur&payment_method_types[]=card")
                    .json,
                "id");
    db_script(g->writer, "ALTER TABLE intents DROP COLUMN charge_metadata;"
                         "ALTER TABLE intents DROP COLUMN charge_description");
    begin(g);
    journal_create(g->writer);
    commit(g);
    const char *changes = "metadata[order_id]=o-2&metadata[attempt]="
                          "&metadata[x]=y&description=Two";
    struct answer a = post_of(g, &update_post, id, changes);
    assert_int_equal(a.status, 200);
    assert_string_equal(json_print(&g->arena, json_member(a.json, "metadata")),
                        "{\"order_id\":\"o-2\",\"x\":\"y\"}");
    assert_string_equal(text_of(a.json, "description"), "Two");
    a = get(g, intent_show_charge, text_of(a.json, "latest_charge"), "");
    assert_string_equal(json_print(&g->arena, json_member(a.json, "metadata")),
                        "{\"order_id\":\"o-1\",\"attempt\":\"2\"}");
    assert_string_equal(text_of(a.json, "description"), "One");
    assert_int_equal(count_of(g, "SELECT count(*) FROM intents "
                                 "WHERE order_id = 'o-2'"),
                     1);
    assert_int_equal(post_of(g, &update_post, id, "metadata=").status, 200);
    assert_int_equal(
        count_of(g, "SELECT count(*) FROM intents WHERE order_id IS NULL"), 2);
    assert_int_equal(post_of(g, &update_post, open, changes).status, 200);
    a = post_of(g, &confirm_post, open, "payment_method=pm_card_visa");
    a = get(g, intent_show_charge, text_of(a.json, "latest_charge"), "");
    assert_string_equal(text_of(json_member(a.json, "metadata"), "x"), "y");
    assert_string_equal(text_of(a.json, "description"), "Two");
}

/* The words of "column IN (...)" in the table's CREATE, with commas between. */
static const char *checked_words(struct gateway *g, const char *table,
                                 const char *column)
{
    struct db_statement *s =
        db_sql(g->web.reader, "SELECT sql FROM sqlite_schema WHERE name = $1");
    db_put_text(s, table);
    assert_true(db_row(s));
    const char *create = db_text(s, 0, &g->arena);
    db_done(s);
    struct text words = text_create(&g->arena, 128);
    const char *at =
        strstr(create, arena_printf(&g->arena, "CHECK (%s IN (", column));
    assert_non_null(at);
    const char *end = strchr(at, ')');
    while ((at = strchr(at, '\'')) != NULL && at < end) {
        size_t length = strcspn(++at, "'");
        text_add(&words, at, length);
        text_putc(&words, ',');
        at += length + 1;
    }
    return words.bytes;
}

static void the_schema_knows_the_same_words(void **state)
{
    static const struct {
        const char *table;
        const struct names *names;
    } sets[] = {{"intents", &intent_status_names},
                {"refunds", &refund_status_names},
                {"disputes", &dispute_status_names},
                {"sessions", &session_status_names},
                {"webhook_endpoints", &endpoint_status_names},
                {"deliveries", &delivery_status_names}};
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        struct text ours = text_create(&g->arena, 128);
        for (int value = 0; value < sets[i].names->count; value++)
            text_printf(&ours, "%s,", names_of(sets[i].names, value));
        assert_string_equal(checked_words(g, sets[i].table, "status"),
                            ours.bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GATEWAY_TEST(a_session_is_declined_then_paid_then_paid_twice),
        GATEWAY_TEST(a_session_expires_by_itself),
        GATEWAY_TEST(the_bank_approves_or_refuses),
        GATEWAY_TEST(events_go_to_those_who_want_them),
        GATEWAY_TEST(a_first_book_is_brought_up),
        GATEWAY_TEST(the_schema_knows_the_same_words),
        GATEWAY_TEST(a_charge_keeps_what_its_intent_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
