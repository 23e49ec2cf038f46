/* What a Resource names (lib/shop/execution/task_name.h). */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/shop/execution/task_name.h"

#define INVOKE "arn:aws:states:::lambda:invoke"
#define LAMBDA "arn:aws:lambda:eu-west-1:123456789012:function:"

enum { NONE = -1, MANY = 70000 };

/* The built-in it names; NONE: no task. */
static int builtin_of(const char *resource, const char *function_name,
                      bool invoke)
{
    struct task_name name = {.kind = TASK_WEB, .url = "untouched"};
    if (!task_name_read(resource, function_name, &name)) {
        assert_string_equal(name.url, "untouched");
        return NONE;
    }
    assert_int_equal(name.kind, TASK_BUILTIN);
    assert_int_equal(name.invoke, invoke);
    assert_null(name.url);
    return (int)name.builtin;
}

/* As a resource and as the FunctionName of lambda:invoke. */
static void check_function(const char *name, int expected)
{
    if (builtin_of(name, NULL, false) != expected ||
        builtin_of(INVOKE, name, true) != expected)
        fail_msg("%s", name);
}

static void every_builtin_has_its_names(void **state)
{
    (void)state;
    static const char *const names[TASK_BUILTINS][2] = {
        {"ValidateOrder", "Checked"},
        {"SaveOrder", "Saved"},
        {"ProcessPayment", "Payment"},
        {"UpdateInventory", "Stock"},
        {"GenerateReceipt", "Receipt"},
        {"SendNotification", "Confirmation mail"},
        {"RefundPayment", "Refund"},
        {"ReleaseStock", "Stock released"},
        {"FailOrder", "Order failed"}};
    for (int i = 0; i < TASK_BUILTINS; i++) {
        char text[100];
        assert_string_equal(task_name_title((enum task_builtin)i), names[i][1]);
        snprintf(text, sizeof text, "task:%s", names[i][0]);
        assert_int_equal(builtin_of(text, "Other", false), i);
        text[5] |= 0x20; /* to the letter */
        assert_int_equal(builtin_of(text, NULL, false), NONE);
        snprintf(text, sizeof text, LAMBDA "%s", names[i][0]);
        check_function(text, i);
    }
}

static void functions_are_known_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int expected;
    } cases[] = {
        {"validate_order", TASK_VALIDATE_ORDER},
        {"${ValidateOrderFunctionArn}", TASK_VALIDATE_ORDER},
        {"${process_payment}", TASK_PROCESS_PAYMENT},
        {"validateOrderFunction", TASK_VALIDATE_ORDER},
        {"ProcessPaymentLambda", TASK_PROCESS_PAYMENT},
        {"process-payment-LAMBDA", TASK_PROCESS_PAYMENT},
        {"process_payment_function:12", TASK_PROCESS_PAYMENT},
        {"update-inventory:PROD", TASK_UPDATE_INVENTORY},
        {"GENERATERECEIPT:$LATEST", TASK_GENERATE_RECEIPT},
        {LAMBDA "sendConfirmation:live_2", TASK_SEND_NOTIFICATION},
        {LAMBDA "orderSuccessHandler", TASK_SEND_NOTIFICATION},
        {"arn:aws-cn:lambda:cn-north-1:1:function:notifyCustomer",
         TASK_SEND_NOTIFICATION},
        {"arn:aws-us-gov:lambda:us-gov-east-1:ACCOUNT_ID:function:refund",
         TASK_REFUND_PAYMENT},
        {"123456789012:function:saveOrderToDatabase:PROD", TASK_SAVE_ORDER},
        {"storeOrder", TASK_SAVE_ORDER},
        {"validate", TASK_VALIDATE_ORDER},
        {"payment", TASK_PROCESS_PAYMENT},
        {"chargeCard", TASK_PROCESS_PAYMENT},
        {"reserveInventory", TASK_UPDATE_INVENTORY},
        {"deduct_stock", TASK_UPDATE_INVENTORY},
        {"generateInvoice", TASK_GENERATE_RECEIPT},
        {"releaseReservation", TASK_RELEASE_STOCK},
        {"orderFailureHandler", TASK_FAIL_ORDER},
        {"cancel-order", TASK_FAIL_ORDER},
        {"validateOrderLambdaFunction", NONE}, /* one is dropped */
        {"MyStack-ValidateOrderFunction-1A2B3C4D", NONE},
        {"ValidateOrder2", NONE},
        {"function", NONE},
        {"Lambda", NONE},
        {"-_-", NONE},
        {"", NONE},
        {":PROD", NONE},
        {"validateOrder:", NONE},
        {"validateOrder:$OTHER", NONE},
        {"validateOrder:PROD:1", NONE},
        {"validateOrder ", NONE},
        {"validate.order", NONE},
        {"task:validateOrder", NONE},
        {"function:validateOrder", NONE},
        {"1:function:", NONE},
        {"1:layer:validateOrder", NONE},
        {"arn:aws:lambda:x:1:layer:validateOrder", NONE},
        {"arn:aws:lambda::1:function:validateOrder", NONE},
        {"arn:aws:lambda:x:function:validateOrder", NONE},
        {"arn:aws:lambda:x:1:function:validateOrder:a:b", NONE},
        {"arn:aws:lambda:validateOrder", NONE},
        {"arn:aws-iso:lambda:x:1:function:validateOrder", NONE},
        {"arn:aws:sns:x:1:validateOrder", NONE},
        {"arn:aws:sns:x:1:function:validateOrder", NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_function(cases[i].name, cases[i].expected);
}

static void only_invoke_takes_a_function_name(void **state)
{
    (void)state;
    static const char *const others[] = {
        "arn:aws:states:::lambda:invoke.sync",
        "arn:aws:states:::lambda:",
        "arn:aws:states:::lambda:invoke ",
        "arn:aws:states:::sns:publish",
        "arn:aws:states:::sqs:sendMessage",
        "arn:aws:states:::dynamodb:putItem",
        "arn:aws:states:::states:startExecution.sync:2",
        "arn:aws:states:::http:invoke",
        "arn:aws:states:::aws-sdk:lambda:invoke",
        "arn:aws:states:x:1:activity:validateOrder",
        "http://shop.example/",
        "task:",
        ""};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(builtin_of(others[i], "validateOrder", true), NONE);
    assert_int_equal(builtin_of(INVOKE, NULL, true), NONE);
    assert_int_equal(builtin_of(NULL, "validateOrder", true), NONE);
    assert_int_equal(builtin_of(INVOKE, "https://a.example/", true), NONE);
    assert_int_equal(builtin_of(INVOKE, "task:SaveOrder", true), NONE);
    assert_int_equal(
        builtin_of("arn:aws-cn:states:::lambda:invoke", "save-order", true),
        TASK_SAVE_ORDER);
}

static bool is_web(const char *url)
{
    struct task_name name;
    if (!task_name_read(url, "validateOrder", &name))
        return false;
    assert_int_equal(name.kind, TASK_WEB);
    assert_ptr_equal(name.url, url);
    assert_false(name.invoke);
    return true;
}

static void web_services_are_https(void **state)
{
    (void)state;
    static const char *const good[] = {
        "https://shop.example",
        "HTTPS://Shop.Example./price?q=a%20b&c=d/e?f",
        "https://192.0.2.1:8443/x",
        "https://[2001:db8::1]/x",
        "https://[::ffff:192.0.2.1]:1/",
        "https://a_b-c.example:65535/~x;y=(1)'*!$,:@",
        "https://localhost?x",
    };
    static const char *const bad[] = {
        "http://shop.example/",
        "ftp://shop.example/",
        "https:/shop.example/",
        "https://",
        "https:///x",
        "https://?x",
        "https://.",
        "https://.example/",
        "https://shop..example/",
        "https://shop.example../",
        "https://user@shop.example/",
        "https://user:pass@shop.example/",
        "https://shop.example:/",
        "https://shop.example:0/",
        "https://shop.example:65536/",
        "https://shop.example:99999999999999999999/",
        "https://shop.example:4x/",
        "https://shop.example:443:443/",
        "https://shop.example/#part",
        "https://shop.example/a b",
        "https://shop.example/a\\b",
        "https://shop.example\\@other.example/",
        "https://shop.example/\r\nHost: x",
        "https://shop.example/%",
        "https://shop.example/%2",
        "https://shop.example/%zz",
        "https://shop.example/\xc3\xa4",
        "https://sh\xc3\xb6p.example/",
        "https://shop%2eexample/",
        "https://[]/",
        "https://[1]/",
        "https://[::1/",
        "https://::1/",
        "https://[::1]x/",
        "https://[fe80::1%25eth0]/",
        "https://x[::1]/",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!is_web(good[i]))
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (is_web(bad[i]))
            fail_msg("%s", bad[i]);
}

/* begin, and then so many times the byte. */
static char *filled(const char *begin, char byte, size_t count)
{
    static char text[MANY + 100];
    size_t length = strlen(begin);
    memcpy(text, begin, length);
    memset(text + length, byte, count);
    text[length + count] = '\0';
    return text;
}

static void lengths_are_bounded(void **state)
{
    (void)state;
    static const char path[] = "https://shop.example/";
    assert_true(is_web(filled(path, 'x', TASK_URL_MAX - strlen(path))));
    assert_false(is_web(filled(path, 'x', TASK_URL_MAX - strlen(path) + 1)));
    assert_true(is_web(filled("https://", 'x', 63)));
    assert_false(is_web(filled("https://", 'x', 64)));
    char host[400] = "https://a";
    while (strlen(host) < 8 + 253)
        strcat(host, ".a");
    assert_true(is_web(host));
    strcat(host, "a");
    assert_false(is_web(host));
    check_function(filled("validateOrder", '-', 64 - 13), TASK_VALIDATE_ORDER);
    check_function(filled("validateOrder", '-', 65 - 13), NONE);
    check_function(filled("", ':', MANY), NONE);
    check_function(filled("arn:aws:lambda:", 'x', MANY), NONE);
    check_function(filled("1:function:", 'x', MANY), NONE);
    check_function(filled("https://", '[', MANY), NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_builtin_has_its_names),
        cmocka_unit_test(functions_are_known_by_name),
        cmocka_unit_test(only_invoke_takes_a_function_name),
        cmocka_unit_test(web_services_are_https),
        cmocka_unit_test(lengths_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
