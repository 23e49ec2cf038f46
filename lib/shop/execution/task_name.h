/* Which task the Resource of a Task state names: one of the reaper's own or
 * the shop's web service. Definitions written for AWS Lambda name functions,
 * so a function with the name of a built-in task means that task. Called by
 * the reaper, by `ordermill workflow` and by the pages that name tasks. */
#ifndef SHOP_EXECUTION_TASK_NAME_H
#define SHOP_EXECUTION_TASK_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum task_builtin {
    TASK_VALIDATE_ORDER,
    TASK_SAVE_ORDER,
    TASK_PROCESS_PAYMENT,
    TASK_UPDATE_INVENTORY,
    TASK_GENERATE_RECEIPT,
    TASK_SEND_NOTIFICATION,
    TASK_REFUND_PAYMENT,
    TASK_RELEASE_STOCK,
    TASK_FAIL_ORDER
};

enum { TASK_BUILTINS = TASK_FAIL_ORDER + 1, TASK_URL_MAX = 2048 };

enum task_kind { TASK_BUILTIN, TASK_WEB };

struct task_name {
    enum task_kind kind;
    enum task_builtin builtin; /* of TASK_BUILTIN */
    const char *url;           /* of TASK_WEB: the resource itself */
    bool invoke; /* the answer is wrapped as lambda:invoke does, with its
                    Payload, StatusCode, ... around it */
};

/* The resource is one without .waitForTaskToken; function_name is the state's
 * Parameters.FunctionName or NULL. Either may hold anything. A task is
 *
 * - "task:ProcessPayment": a built-in's name, to the letter;
 * - "https://shop.example/price?x=1": a web service, at most TASK_URL_MAX
 *   bytes of RFC 3986 with a host (a name, an IPv4 address or "[...]") and
 *   neither user information nor a fragment;
 * - an AWS Lambda function: "arn:aws:lambda:REGION:ACCOUNT:function:NAME" (or
 *   aws-cn, aws-us-gov), "ACCOUNT:function:NAME" or "NAME", each with or
 *   without ":VERSION" or ":ALIAS"; NAME is a built-in's name or one of the
 *   usual other ones for it (sendConfirmation), with or without "Function" or
 *   "Lambda" at its end, whatever its case and its "-" and "_";
 *   "${NAMEArn}", the placeholder of such a function's ARN, means it too;
 * - "arn:aws:states:::lambda:invoke" (or aws-cn, aws-us-gov) with such a
 *   function as function_name.
 *
 * False: it names no task that can be run here; *out is untouched. */
bool task_name_read(const char *resource, const char *function_name,
                    struct task_name *out);

/* For people: "Payment". */
const char *task_name_title(enum task_builtin builtin);

#endif
