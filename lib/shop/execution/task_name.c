/* The names of tasks: see task_name.h. */
#include "lib/shop/execution/task_name.h"

#include <string.h>
#include <strings.h>

enum {
    PART_MAX = 64,   /* bytes of a function's name, of an account, ... */
    HOST_MAX = 253,  /* RFC 1035 section 2.3.4, without the root's dot */
    LABEL_MAX = 63,  /* likewise */
    PORT_MAX = 65535 /* RFC 9293 section 3.1 */
};

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static const struct {
    const char *text, *title;
} builtins[TASK_BUILTINS] = {
    [TASK_VALIDATE_ORDER] = {"ValidateOrder", "Checked"},
    [TASK_SAVE_ORDER] = {"SaveOrder", "Saved"},
    [TASK_PROCESS_PAYMENT] = {"ProcessPayment", "Payment"},
    [TASK_UPDATE_INVENTORY] = {"UpdateInventory", "Stock"},
    [TASK_GENERATE_RECEIPT] = {"GenerateReceipt", "Receipt"},
    [TASK_SEND_NOTIFICATION] = {"SendNotification", "Confirmation mail"},
    [TASK_REFUND_PAYMENT] = {"RefundPayment", "Refund"},
    [TASK_RELEASE_STOCK] = {"ReleaseStock", "Stock released"},
    [TASK_FAIL_ORDER] = {"FailOrder", "Order failed"}};

/* What functions for the same work are called elsewhere, as fold writes it. */
static const struct {
    const char *name;
    enum task_builtin builtin;
} aliases[] = {{"validate", TASK_VALIDATE_ORDER},
               {"checkorder", TASK_VALIDATE_ORDER},
               {"verifyorder", TASK_VALIDATE_ORDER},
               {"createorder", TASK_SAVE_ORDER},
               {"persistorder", TASK_SAVE_ORDER},
               {"saveordertodatabase", TASK_SAVE_ORDER},
               {"saveordertodb", TASK_SAVE_ORDER},
               {"storeorder", TASK_SAVE_ORDER},
               {"chargecard", TASK_PROCESS_PAYMENT},
               {"chargecustomer", TASK_PROCESS_PAYMENT},
               {"chargepayment", TASK_PROCESS_PAYMENT},
               {"payment", TASK_PROCESS_PAYMENT},
               {"deductinventory", TASK_UPDATE_INVENTORY},
               {"deductstock", TASK_UPDATE_INVENTORY},
               {"reserveinventory", TASK_UPDATE_INVENTORY},
               {"reservestock", TASK_UPDATE_INVENTORY},
               {"updatestock", TASK_UPDATE_INVENTORY},
               {"createinvoice", TASK_GENERATE_RECEIPT},
               {"createreceipt", TASK_GENERATE_RECEIPT},
               {"generateinvoice", TASK_GENERATE_RECEIPT},
               {"notification", TASK_SEND_NOTIFICATION},
               {"notifycustomer", TASK_SEND_NOTIFICATION},
               {"ordersuccesshandler", TASK_SEND_NOTIFICATION},
               {"sendconfirmation", TASK_SEND_NOTIFICATION},
               {"sendconfirmationemail", TASK_SEND_NOTIFICATION},
               {"sendemail", TASK_SEND_NOTIFICATION},
               {"sendorderconfirmation", TASK_SEND_NOTIFICATION},
               {"refund", TASK_REFUND_PAYMENT},
               {"refundcustomer", TASK_REFUND_PAYMENT},
               {"refundorder", TASK_REFUND_PAYMENT},
               {"releaseinventory", TASK_RELEASE_STOCK},
               {"releasereservation", TASK_RELEASE_STOCK},
               {"restoreinventory", TASK_RELEASE_STOCK},
               {"restorestock", TASK_RELEASE_STOCK},
               {"cancelorder", TASK_FAIL_ORDER},
               {"handlefailure", TASK_FAIL_ORDER},
               {"markorderfailed", TASK_FAIL_ORDER},
               {"orderfailurehandler", TASK_FAIL_ORDER}};

const char *task_name_title(enum task_builtin builtin)
{
    return builtins[builtin].title;
}

/* What follows prefix; NULL when the text does not begin with it. */
static const char *after(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

static bool find_builtin(const char *name, bool any_case,
                         enum task_builtin *out)
{
    for (size_t i = 0; i < TASK_BUILTINS; i++)
        if ((any_case ? strcasecmp : strcmp)(builtins[i].text, name) == 0) {
            *out = (enum task_builtin)i;
            return true;
        }
    return false;
}

/* In lower case and without '-' and '_', nor one "function" or "lambda" at
 * the end. */
static void fold(const char *name, size_t length, char out[PART_MAX + 1])
{
    static const char *const endings[] = {"function", "lambda"};
    size_t kept = 0;
    for (size_t i = 0; i < length; i++)
        if (name[i] >= 'A' && name[i] <= 'Z')
            out[kept++] = (char)(name[i] - 'A' + 'a');
        else if (name[i] != '-' && name[i] != '_')
            out[kept++] = name[i];
    out[kept] = '\0';
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t ending = strlen(endings[i]);
        if (kept > ending && strcmp(out + kept - ending, endings[i]) == 0) {
            out[kept - ending] = '\0';
            return;
        }
    }
}

/* The length of what stands at text up to a ':' or the end, if it may stand
 * in an ARN; else 0. */
static size_t part_length(const char *text)
{
    size_t length = strspn(text, LOWER UPPER DIGITS "-_");
    bool ends = text[length] == ':' || text[length] == '\0';
    return ends && length <= PART_MAX ? length : 0;
}

/* What follows the part at text and its ':'; NULL when there is none. */
static const char *skip_part(const char *text)
{
    size_t length = part_length(text);
    return length > 0 && text[length] == ':' ? text + length + 1 : NULL;
}

static bool is_qualifier(const char *text)
{
    if (strcmp(text, "$LATEST") == 0)
        return true;
    size_t length = part_length(text);
    return length > 0 && text[length] == '\0';
}

/* What follows the partition and the service; NULL: another ARN, or none. */
static const char *after_arn(const char *text, const char *service)
{
    static const char *const partitions[] = {
        "arn:aws:", "arn:aws-cn:", "arn:aws-us-gov:"};
    for (size_t i = 0; i < sizeof partitions / sizeof partitions[0]; i++) {
        const char *rest = after(text, partitions[i]);
        if (rest != NULL)
            return after(rest, service);
    }
    return NULL;
}

static bool read_name(const char *name, size_t length, struct task_name *out)
{
    char folded[PART_MAX + 1];
    fold(name, length, folded);
    if (find_builtin(folded, true, &out->builtin))
        return true;
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (strcmp(aliases[i].name, folded) == 0) {
            out->builtin = aliases[i].builtin;
            return true;
        }
    return false;
}

/* "${ValidateOrderFunctionArn}", as definitions that AWS SAM fills in hold. */
static bool read_placeholder(const char *name, struct task_name *out)
{
    size_t length = strspn(name, LOWER UPPER DIGITS "-_");
    if (strcmp(name + length, "}") != 0 || length > PART_MAX)
        return false;
    if (length > 3 && strncasecmp(name + length - 3, "arn", 3) == 0)
        length -= 3;
    return length > 0 && read_name(name, length, out);
}

static bool read_function(const char *text, struct task_name *out)
{
    if (after(text, "${") != NULL)
        return read_placeholder(after(text, "${"), out);
    const char *name = text;
    const char *account = after_arn(text, "lambda:");
    if (account != NULL && (account = skip_part(account)) == NULL)
        return false;
    const char *rest = skip_part(account != NULL ? account : text);
    if (rest != NULL && after(rest, "function:") != NULL)
        name = after(rest, "function:");
    else if (account != NULL)
        return false;
    size_t length = part_length(name);
    if (length == 0 ||
        (name[length] == ':' && !is_qualifier(name + length + 1)))
        return false;
    return read_name(name, length, out);
}

/* RFC 3986 section 3.2.2, without what DNS cannot hold. */
static bool host_ok(const char *host, size_t length)
{
    if (length > 2 && host[0] == '[')
        return host[length - 1] == ']' &&
               strspn(host + 1, DIGITS "abcdefABCDEF:.") == length - 2 &&
               memchr(host, ':', length) != NULL;
    if (length > 0 && host[length - 1] == '.')
        length--;
    size_t label = 0;
    for (size_t i = 0; i < length; i++) {
        label = host[i] == '.' ? 0 : label + 1;
        if (label > LABEL_MAX ||
            (host[i] == '.' && (i == 0 || host[i - 1] == '.')) ||
            strchr(LOWER UPPER DIGITS "-_.", host[i]) == NULL)
            return false;
    }
    return length > 0 && length <= HOST_MAX && host[length - 1] != '.';
}

static bool port_ok(const char *port, size_t length)
{
    int number = 0;
    for (size_t i = 0; i < length; i++) {
        if (port[i] < '0' || port[i] > '9' || number > PORT_MAX)
            return false;
        number = 10 * number + port[i] - '0';
    }
    return number > 0 && number <= PORT_MAX;
}

/* RFC 3986 sections 3.3 and 3.4. */
static bool path_ok(const char *path)
{
    static const char hex[] = DIGITS "abcdefABCDEF";
    while (*path != '\0') {
        path += strspn(path, LOWER UPPER DIGITS "-._~!$&'()*+,;=:@/?");
        if (*path == '\0')
            return true;
        if (*path != '%' || strspn(path + 1, hex) < 2)
            return false;
        path += 3;
    }
    return true;
}

static bool url_ok(const char *url)
{
    static const char scheme[] = "https://";
    if (strncasecmp(url, scheme, strlen(scheme)) != 0 ||
        strlen(url) > TASK_URL_MAX)
        return false;
    const char *host = url + strlen(scheme);
    size_t authority = strcspn(host, "/?#");
    size_t length = authority;
    const char *bracket = memchr(host, ']', authority);
    const char *from = bracket != NULL ? bracket : host;
    const char *colon = memchr(from, ':', authority - (size_t)(from - host));
    if (colon != NULL) {
        length = (size_t)(colon - host);
        if (!port_ok(colon + 1, authority - length - 1))
            return false;
    }
    return host_ok(host, length) && path_ok(host + authority);
}

bool task_name_read(const char *resource, const char *function_name,
                    struct task_name *out)
{
    struct task_name name = {.kind = TASK_BUILTIN};
    if (resource == NULL)
        return false;
    const char *own = after(resource, "task:");
    const char *states = after_arn(resource, "states:::");
    bool found;
    if (own != NULL) {
        found = find_builtin(own, false, &name.builtin);
    } else if (states != NULL) {
        name.invoke = true;
        found = strcmp(states, "lambda:invoke") == 0 && function_name != NULL &&
                read_function(function_name, &name);
    } else if (url_ok(resource)) {
        name = (struct task_name){.kind = TASK_WEB, .url = resource};
        found = true;
    } else {
        found = read_function(resource, &name);
    }
    if (found)
        *out = name;
    return found;
}
