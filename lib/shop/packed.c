/* Packed texts: see packed.h. */
#include "lib/shop/packed.h"

#include "lib/base/log/log.h"

/* clang-format off */
#define EVENT(id, type, state)                                                 \
    "{\"id\":" #id ",\"type\":\"" type "\",\"at\":1,\"state\":\"" state          \
    "\",\"detail\":{"
#define ENTERED(id, state)                                                     \
    EVENT(id, "TaskStateEntered", state) "},\"same\":\"input\"},"
#define SCHEDULED(id, state)                                                   \
    EVENT(id, "TaskScheduled", state) "\"resource\":\"task:" state "\"}},"
#define SUCCEEDED(id, state, status)                                           \
    EVENT(id, "TaskSucceeded", state)                                          \
    "\"output\":{\"status\":\"" status "\",\"payment_status\":\"paid\"}}},"
#define EXITED(id, state)                                                      \
    EVENT(id, "TaskStateExited", state) "},\"same\":\"output\"},"

/* What the gateway's events and an order's history are mostly made of; what is
 * likeliest stands last. What was packed can be read with these very bytes
 * alone: never change them. Another dictionary stands beside this one, and a
 * text names its own (RFC 1950, DICTID). */
static const char dictionary[] =
    "\"object\":\"checkout.session\",\"amount_subtotal\":00,"
    "\"amount_total\":00,\"cancel_url\":\"/track/\","
    "\"client_reference_id\":\"\",\"created\":1,\"currency\":\"eur\","
    "\"customer\":null,\"customer_creation\":\"if_required\","
    "\"customer_details\":{\"address\":null,\"email\":\"\",\"name\":null,"
    "\"phone\":null,\"tax_exempt\":\"none\",\"tax_ids\":null},"
    "\"customer_email\":\"\",\"expires_at\":1,\"invoice\":null,"
    "\"livemode\":false,\"locale\":null,\"metadata\":{\"order_id\":\"\","
    "\"attempt\":\"1\"},\"mode\":\"payment\",\"payment_intent\":\"pi_\","
    "\"payment_method_collection\":\"if_required\","
    "\"payment_method_options\":{},\"payment_method_types\":[\"card\"],"
    "\"payment_status\":\"paid\",\"recovered_from\":null,"
    "\"setup_intent\":null,\"status\":\"complete\",\"submit_type\":null,"
    "\"subscription\":null,\"success_url\":\"?paid={CHECKOUT_SESSION_ID}\","
    "\"total_details\":{\"amount_discount\":0,\"amount_shipping\":0,"
    "\"amount_tax\":0},\"ui_mode\":\"hosted\",\"url\":null}},"
    "\"livemode\":false,\"pending_webhooks\":1,"
    "\"request\":{\"id\":\"req_\",\"idempotency_key\":null},"
    "\"type\":\"checkout.session.completed\"}"
    "{\"id\":\"evt_\",\"object\":\"event\",\"api_version\":\"2024-06-20\","
    "\"created\":1,\"data\":{\"object\":{\"id\":\"pi_\","
    "\"object\":\"payment_intent\",\"amount\":00,\"amount_capturable\":0,"
    "\"amount_received\":00,\"automatic_payment_methods\":null,"
    "\"canceled_at\":null,\"cancellation_reason\":null,"
    "\"capture_method\":\"automatic_async\",\"client_secret\":\"pi_\","
    "\"confirmation_method\":\"automatic\",\"created\":1,"
    "\"currency\":\"eur\",\"customer\":null,\"description\":\"Order 1\","
    "\"last_payment_error\":null,\"latest_charge\":\"ch_\","
    "\"livemode\":false,\"metadata\":{\"order_id\":\"\",\"attempt\":\"1\"},"
    "\"next_action\":null,\"payment_method\":\"pm_card_visa\","
    "\"payment_method_types\":[\"card\"],\"receipt_email\":null,"
    "\"statement_descriptor_suffix\":null,\"status\":\"succeeded\"}},"
    "\"livemode\":false,\"pending_webhooks\":1,"
    "\"request\":{\"id\":\"req_\",\"idempotency_key\":\"\"},"
    "\"type\":\"payment_intent.succeeded\"}"
    "[{\"id\":1,\"type\":\"ExecutionStarted\",\"at\":1,"
    "\"detail\":{\"input\":{\"orderId\":\"\",\"OrderId\":\"\","
    "\"order_id\":\"\",\"number\":1,\"productId\":\"\",\"quantity\":1,"
    "\"amount\":,\"amount_minor\":00,\"currency\":\"EUR\","
    "\"paymentMethod\":\"pm_card_visa\",\"customerName\":\"\","
    "\"email\":\"\",\"customerEmail\":\"\",\"items\":[{\"sku\":\"\","
    "\"productId\":\"\",\"title\":\"\",\"quantity\":1,"
    "\"unit_price_minor\":00,\"total_minor\":00}],\"status\":\"PENDING\","
    "\"payment_status\":\"unpaid\"}}},"
    ENTERED(2, "ValidateOrder")
    SCHEDULED(3, "ValidateOrder")
    SUCCEEDED(4, "ValidateOrder", "PROCESSING")
    ENTERED(6, "ProcessPayment")
    SCHEDULED(7, "ProcessPayment")
    SUCCEEDED(8, "ProcessPayment", "PROCESSING")
    ENTERED(10, "UpdateInventory")
    SCHEDULED(11, "UpdateInventory")
    SUCCEEDED(12, "UpdateInventory", "CONFIRMED")
    ENTERED(14, "GenerateReceipt")
    SCHEDULED(15, "GenerateReceipt")
    SUCCEEDED(16, "GenerateReceipt", "CONFIRMED")
    ENTERED(18, "SendNotification")
    SCHEDULED(19, "SendNotification")
    "\"payment_intent\":\"pi_\"}}},\"sha256\":\"\"}}},"
    SUCCEEDED(20, "SendNotification", "CONFIRMED")
    EXITED(21, "SendNotification")
    "{\"id\":22,\"type\":\"ExecutionSucceeded\",\"at\":1,\"detail\":{},"
    "\"same\":\"output\"}]";
/* clang-format on */

struct deflated packed_text(struct arena *arena, const char *text)
{
    return deflate_text(arena, dictionary, text);
}

char *packed_read(struct arena *arena, struct deflated packed, const char *what)
{
    char *text = deflate_read(arena, dictionary, packed);
    if (text == NULL)
        log_error("%s: it cannot be unpacked", what);
    return text;
}
