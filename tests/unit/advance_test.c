/* Executions on their way (lib/workflow/execution/advance.h), with a driver of
 * the test's own in the reaper's place. */
#include "tests/unit/undo_fixture.h"

#include "lib/base/time/clock.h"
#include "lib/shop/execution/history.h"
#include "lib/shop/paper/receipt.h"
#include "lib/shop/queue/work.h"
#include "lib/workflow/execution/advance.h"
#include "lib/workflow/payment/outcome.h"

static const struct settings settings = {
    .currency = "EUR", .payment_window_ms = 60000, .manual_window_ms = 60000};
static const unsigned char key[CRYPTO_KEY_SIZE] = "key";

/* Who drives, and its one web service. */
struct drive {
    struct shop *shop;
    struct driver driver;
    struct arena arena;
    int64_t calling; /* this task; 0: none */
    int calls;
    struct task_result answer; /* at once */
};

static struct task_result call(struct step *step)
{
    struct drive *drive = step->driver->own;
    drive->calls++;
    if (drive->answer.verdict == TASK_WAITING)
        drive->calling = step->task.id;
    return drive->answer;
}

static bool is_calling(void *own, const char *order_id, int64_t task_id)
{
    const struct drive *drive = own;
    (void)order_id;
    return drive->calling != 0 && (task_id == 0 || task_id == drive->calling);
}

static struct drive *begin(struct shop *shop)
{
    struct drive *drive = arena_alloc(&shop->arena, sizeof *drive);
    *drive = (struct drive){.shop = shop,
                            .arena = arena_create(256 << 20),
                            .answer = {.verdict = TASK_WAITING}};
    drive->driver = (struct driver){.db = shop->db,
                                    .settings = &settings,
                                    .definitions = workflow_cache_create(),
                                    .signing_key = key,
                                    .arena = &drive->arena,
                                    .number = 1,
                                    .call = call,
                                    .is_calling = is_calling,
                                    .own = drive};
    return drive;
}

static void end(struct drive *drive)
{
    workflow_cache_destroy(drive->driver.definitions);
    arena_destroy(&drive->arena);
}

/* New orders run this definition, written with ' for ". */
static void use(struct shop *shop, const char *definition)
{
    char *text = arena_string(&shop->arena, definition);
    for (char *c = text; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    workflow_use(shop->db, text, SHOP_NOW);
}

static void use_own(struct shop *shop)
{
    size_t length;
    char *text =
        file_read(&shop->arena, "db/order-workflow.asl.json", 1 << 20, &length);
    assert_non_null(text);
    workflow_use(shop->db, text, SHOP_NOW);
}

static void advance(struct drive *drive, const char *order_id)
{
    advance_execution(&drive->driver, order_id, SHOP_NOW);
}

static struct execution execution(struct shop *shop, const char *order_id)
{
    struct execution out;
    assert_true(execution_read(shop->db, order_id, &out, &shop->arena));
    return out;
}

/* The open one, which the gateway has been asked for. */
static struct payment_attempt attempt(struct shop *shop, const char *order_id)
{
    struct payment_attempt out;
    assert_true(payment_open(shop->db, order_id, &out, &shop->arena));
    payment_ask(shop->db, out.attempt_id);
    return out;
}

static void pay(struct shop *shop, const char *order_id)
{
    struct payment_attempt open = attempt(shop, order_id);
    assert_int_equal(
        outcome_paid(shop->db, &settings, &open,
                     &(struct money_taken){
                         "pi_1", shop_find(shop, order_id).total_minor, "EUR"},
                     SHOP_NOW, &shop->arena),
        OUTCOME_TAKEN);
}

static void refuse(struct shop *shop, const char *order_id, const char *code)
{
    struct payment_attempt open = attempt(shop, order_id);
    outcome_failed(shop->db, &settings, &open,
                   &(struct refusal){code, "No credit.", NULL}, SHOP_NOW,
                   &shop->arena);
}

/* The history's types, in order. */
static const char *history(struct shop *shop, const char *order_id)
{
    struct history_event *events;
    struct text out = text_create(&shop->arena, 1024);
    bool more;
    size_t count = history_read(shop->db, order_id, 0, 1 << 20, &events, &more,
                                &shop->arena);
    for (size_t i = 0; i < count; i++)
        text_printf(&out, "%s%s", i > 0 ? " " : "", events[i].type);
    return out.bytes;
}

static const struct json *output(struct shop *shop, const char *order_id)
{
    struct json_fault fault;
    const char *text = execution(shop, order_id).output;
    assert_non_null(text);
    return json_read(&shop->arena, text, strlen(text), ASL_DATA_DEPTH, &fault);
}

static void an_order_goes_all_the_way(void **state)
{
    struct shop *shop = *state;
    struct drive *drive = begin(shop);
    use_own(shop);
    const char *id = shop_order(shop, "phone").order_id;
    advance(drive, id);
    assert_int_equal(shop_find(shop, id).status, ORDER_PROCESSING);
    assert_int_equal(shop_available(shop, "phone"), 0);
    assert_string_equal(execution(shop, id).state, "ProcessPayment");
    advance(drive, id); /* beginning again what waits is harmless */
    assert_int_equal(attempt(shop, id).attempt_no, 1);
    pay(shop, id);
    advance(drive, id);
    assert_int_equal(shop_find(shop, id).status, ORDER_CONFIRMED);
    assert_string_equal(execution(shop, id).state, "GenerateReceipt");
    assert_int_equal(work_count(shop->db, WORK_RECEIPT), 1);
    struct receipt_begun begun =
        receipt_begin(shop->db, id, SHOP_NOW, &shop->arena);
    receipt_store(shop->db, begun.file, "5ca1ab1e", 1);
    advance(drive, id);
    assert_int_equal(execution(shop, id).status, EXECUTION_SUCCEEDED);
    assert_string_equal(mail_kind(shop), "confirmation");
    assert_string_equal(json_string(json_member(output(shop, id), "status")),
                        "CONFIRMED");
    advance(drive, id); /* it has ended */
    assert_int_equal(mails(shop), 1);
    end(drive);
}

static void a_payment_tells_its_intent(void **state)
{
    struct shop *shop = *state;
    struct drive *drive = begin(shop);
    use(shop, "{'StartAt':'P','States':{'P':{'Type':'Task','Resource':"
              "'task:ProcessPayment','End':true}}}");
    const char *id = shop_order(shop, "mouse").order_id;
    advance(drive, id);
    pay(shop, id);
    advance(drive, id);
    assert_string_equal(
        json_string(json_member(output(shop, id), "payment_intent")), "pi_1");
    end(drive);
}

static void a_refused_one_fails_the_order_in_plain_words(void **state)
{
    struct shop *shop = *state;
    static const char *const cases[][2] = {
        {"card_declined", "No credit."},
        {"payment_intent_authentication_failure",
         "Your bank did not approve the payment."}};
    for (size_t i = 0; i < 2; i++) {
        struct drive *drive = begin(shop);
        use_own(shop);
        const char *id = shop_order(shop, "phone").order_id;
        advance(drive, id);
        refuse(shop, id, cases[i][0]);
        advance(drive, id);
        struct execution ended = execution(shop, id);
        assert_int_equal(ended.status, EXECUTION_FAILED);
        assert_string_equal(ended.error, "Payment.Declined");
        assert_string_equal(ended.cause, cases[i][1]);
        assert_int_equal(shop_find(shop, id).status, ORDER_FAILED);
        assert_int_equal(shop_available(shop, "phone"), 1);
        end(drive);
    }
}

static void what_is_not_in_stock_is_not_charged(void **state)
{
    struct shop *shop = *state;
    struct drive *drive = begin(shop);
    use_own(shop);
    const char *id = shop_order(shop, "phone").order_id;
    assert_true(stock_set(shop->db, "phone", 0, SHOP_NOW));
    advance(drive, id);
    assert_int_equal(shop_find(shop, id).status, ORDER_FAILED);
    assert_false(payment_is_open(shop->db, id));
    end(drive);
}

/* Two branches wait for the same attempt: both hear of it, and what each does
 * then begins one new attempt. */
static void all_that_wait_hear_of_a_refusal(void **state)
{
#define BRANCH(n)                                                              \
    "{'StartAt':'P" n "','States':{'P" n "':{'Type':'Task','Resource':"        \
    "'task:ProcessPayment','Catch':[{'ErrorEquals':['Payment.Declined'],"      \
    "'Next':'Q" n "'}],'End':true},'Q" n "':{'Type':'Task','Resource':"        \
    "'task:ProcessPayment','End':true}}}"
    struct shop *shop = *state;
    struct drive *drive = begin(shop);
    use(shop, "{'StartAt':'All','States':{'All':{'Type':'Parallel','End':true,"
              "'Branches':[" BRANCH("1") "," BRANCH("2") "]}}}");
    const char *id = shop_order(shop, "mouse").order_id;
    advance(drive, id);
    refuse(shop, id, "card_declined");
    advance(drive, id);
    assert_int_equal(attempt(shop, id).attempt_no, 2);
    pay(shop, id);
    advance(drive, id);
    assert_int_equal(execution(shop, id).status, EXECUTION_SUCCEEDED);
    const char *types = history(shop, id);
    int failed = 0;
    for (const char *at = types; (at = strstr(at, "TaskFailed")) != NULL; at++)
        failed++;
    assert_int_equal(failed, 2);
    end(drive);
}

static void a_receipt_that_cannot_be_drawn_is_tried_again(void **state)
{
    struct shop *shop = *state;
    struct drive *drive = begin(shop);
    use_own(shop);
    const char *id = shop_order(shop, "mouse").order_id;
    advance(drive, id);
    pay(shop, id);
    advance(drive, id);
    struct receipt_begun begun =
        receipt_begin(shop->db, id, SHOP_NOW, &shop->arena);
    receipt_failed(shop->db, begun.file, "No space left on device");
    advance(drive, id);
    assert_int_equal(execution(shop, id).status, EXECUTION_RUNNING);
    assert_non_null(strstr(history(shop, id), "TaskFailed"));
    end(drive);
}

/* Web services ------------------------------------------------------------- */

static const char service[] =
    "{'StartAt':'S','States':{'S':{'Type':'Task','Resource':"
    "'https://example.com/a','End':true}}}";

static void a_call_is_made_once_and_answered(void **state)
{
    struct shop *shop = *state;
    struct drive *drive = begin(shop);
    use(shop, service);
    const char *id = shop_order(shop, "mouse").order_id;
    advance(drive, id);
    int64_t task = drive->calling;
    advance(drive, id);
    assert_int_equal(drive->calls, 1);
    struct json *answer = json_make_object(&shop->arena);
    json_add(&shop->arena, answer, "told", json_make_string(&shop->arena, "x"));
    struct task_result result = {.verdict = TASK_DONE, .output = answer};
    drive->calling = 0;
    advance_answered(&drive->driver, id, task + 1, &result, SHOP_NOW);
    assert_int_equal(execution(shop, id).status, EXECUTION_RUNNING);
    advance_answered(&drive->driver, id, task, &result, SHOP_NOW);
    assert_int_equal(execution(shop, id).status, EXECUTION_SUCCEEDED);
    assert_string_equal(json_string(json_member(output(shop, id), "told")),
                        "x");
    advance_answered(&drive->driver, id, task, &result, SHOP_NOW);
    end(drive);
}

static void one_whose_caller_died_is_made_again(void **state)
{
    struct shop *shop = *state;
    struct drive *drive = begin(shop);
    use(shop, service);
    const char *id = shop_order(shop, "mouse").order_id;
    advance(drive, id);
    drive->calling = 0;
    advance(drive, id);
    assert_int_equal(drive->calls, 2);
    end(drive);
}

static void one_without_room_comes_later(void **state)
{
    struct shop *shop = *state;
    struct drive *drive = begin(shop);
    use(shop, service);
    const char *id = shop_order(shop, "mouse").order_id;
    drive->answer =
        (struct task_result){.verdict = TASK_LATER, .delay_ms = 60000};
    advance(drive, id);
    advance(drive, id); /* not before its time */
    assert_int_equal(drive->calls, 1);
    assert_int_equal(execution(shop, id).status, EXECUTION_RUNNING);
    end(drive);
}

static void a_failure_fails_the_order(void **state)
{
    struct shop *shop = *state;
    struct drive *drive = begin(shop);
    use(shop, service);
    const char *id = shop_order(shop, "mouse").order_id;
    drive->answer = (struct task_result){
        .verdict = TASK_FAILED, .error = "Odd", .cause = "It said no."};
    advance(drive, id);
    assert_int_equal(execution(shop, id).status, EXECUTION_FAILED);
    assert_string_equal(shop_find(shop, id).reason, "It said no.");
    end(drive);
}

/* The end ------------------------------------------------------------------ */

static void a_workflow_that_sells_nothing_is_an_alarm(void **state)
{
    struct shop *shop = *state;
    struct drive *drive = begin(shop);
    struct alarm alarm;
    use(shop, "{'StartAt':'P','States':{'P':{'Type':'Succeed'}}}");
    const char *id = shop_order(shop, "mouse").order_id;
    advance(drive, id);
    assert_int_equal(shop_find(shop, id).status, ORDER_PROCESSING);
    assert_int_equal(alarm_list(shop->db, id, 1, &alarm, &shop->arena), 1);
    assert_non_null(strstr(alarm.detail, "neither confirmed nor failed"));
    end(drive);
}

static void one_that_undid_its_order_stays_undone(void **state)
{
    struct shop *shop = *state;
    struct drive *drive = begin(shop);
    use(shop, "{'StartAt':'F','States':{'F':{'Type':'Task','Resource':"
              "'task:FailOrder','Parameters':{'reason':'Sorry.'},'Next':'V'},"
              "'V':{'Type':'Task','Resource':'task:ValidateOrder',"
              "'End':true}}}");
    const char *id = shop_order(shop, "mouse").order_id;
    advance(drive, id);
    assert_int_equal(shop_find(shop, id).status, ORDER_FAILED);
    assert_string_equal(shop_find(shop, id).reason, "Sorry.");
    assert_string_equal(execution(shop, id).error, "Order.Undone");
    end(drive);
}

static void what_does_not_exist_is_left_alone(void **state)
{
    struct shop *shop = *state;
    struct drive *drive = begin(shop);
    db_clock_ms(shop->db); /* its first reading may write */
    int64_t changes = db_changes(shop->db);
    advance(drive, "00000000-0000-7000-8000-000000000000");
    assert_int_equal(db_changes(shop->db), changes);
    end(drive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(an_order_goes_all_the_way),
        SHOP_TEST(a_payment_tells_its_intent),
        SHOP_TEST(a_refused_one_fails_the_order_in_plain_words),
        SHOP_TEST(what_is_not_in_stock_is_not_charged),
        SHOP_TEST(all_that_wait_hear_of_a_refusal),
        SHOP_TEST(a_receipt_that_cannot_be_drawn_is_tried_again),
        SHOP_TEST(a_call_is_made_once_and_answered),
        SHOP_TEST(one_whose_caller_died_is_made_again),
        SHOP_TEST(one_without_room_comes_later),
        SHOP_TEST(a_failure_fails_the_order),
        SHOP_TEST(a_workflow_that_sells_nothing_is_an_alarm),
        SHOP_TEST(one_that_undid_its_order_stays_undone),
        SHOP_TEST(what_does_not_exist_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
