/* The table of built-in tasks; see task.h. */
#include "reaper/task.h"

#include <string.h>

const struct task *task_find(const char *resource)
{
    static const struct task tasks[] = {
        {"task:ValidateOrder", validate_order},
        {"task:ProcessPayment", process_payment},
        {"task:UpdateInventory", update_inventory},
        {"task:GenerateReceipt", generate_receipt},
        {"task:SendNotification", send_notification}};
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++)
        if (strcmp(tasks[i].resource, resource) == 0)
            return &tasks[i];
    return NULL;
}

struct task_result task_done(const char *output)
{
    return (struct task_result){.verdict = TASK_DONE, .output = output};
}

struct task_result task_failed(const char *error, const char *cause)
{
    return (struct task_result){
        .verdict = TASK_FAILED, .error = error, .cause = cause};
}
