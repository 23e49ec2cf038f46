/* The test cards: see test_card.h. Asked when an intent is confirmed and when
 * a declined one is shown. */
#include "cgi-bin/gateway/base/test_card.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/log/log.h"

static const struct test_card cards[] = {
    {.id = "pm_card_visa"},
    {.id = "pm_card_visa_debit", .brand = "visa", .last4 = "5556"},
    {.id = "pm_card_mastercard", .brand = "mastercard", .last4 = "4444"},
    {.id = "pm_card_mastercard_debit", .brand = "mastercard", .last4 = "8210"},
    {.id = "pm_card_mastercard_prepaid",
     .brand = "mastercard",
     .last4 = "5100"},
    {.id = "pm_card_amex", .brand = "amex", .last4 = "0005"},
    {.id = "pm_card_discover", .brand = "discover", .last4 = "1117"},
    {.id = "pm_card_diners", .brand = "diners", .last4 = "0004"},
    {.id = "pm_card_jcb", .brand = "jcb", .last4 = "0505"},
    {.id = "pm_card_unionpay", .brand = "unionpay", .last4 = "0005"},
    {.id = "pm_card_chargeDeclined",
     .outcome = TEST_CARD_DECLINED,
     .code = "card_declined",
     .decline_code = "generic_decline",
     .message = "Your card was declined."},
    {.id = "pm_card_chargeDeclinedInsufficientFunds",
     .outcome = TEST_CARD_DECLINED,
     .code = "card_declined",
     .decline_code = "insufficient_funds",
     .message = "Your card has insufficient funds."},
    {.id = "pm_card_chargeDeclinedLostCard",
     .outcome = TEST_CARD_DECLINED,
     .code = "card_declined",
     .decline_code = "lost_card",
     .message = "Your card was declined."},
    {.id = "pm_card_chargeDeclinedStolenCard",
     .outcome = TEST_CARD_DECLINED,
     .code = "card_declined",
     .decline_code = "stolen_card",
     .message = "Your card was declined."},
    {.id = "pm_card_chargeDeclinedExpiredCard",
     .outcome = TEST_CARD_DECLINED,
     .code = "expired_card",
     .message = "Your card has expired."},
    {.id = "pm_card_chargeDeclinedIncorrectCvc",
     .outcome = TEST_CARD_DECLINED,
     .code = "incorrect_cvc",
     .message = "Your card's security code is incorrect."},
    {.id = "pm_card_chargeDeclinedProcessingError",
     .outcome = TEST_CARD_DECLINED,
     .code = "processing_error",
     .message =
         "An error occurred while processing your card. Try again in a little "
         "while."},
    {.id = "pm_card_chargeDeclinedVelocityLimitExceeded",
     .outcome = TEST_CARD_DECLINED,
     .code = "card_declined",
     .decline_code = "card_velocity_exceeded",
     .message = "Your card was declined for making repeated attempts too "
                "frequently or exceeding its amount limit."},
    {.id = "pm_card_radarBlock",
     .outcome = TEST_CARD_DECLINED,
     .code = "card_declined",
     .decline_code = "fraudulent",
     .message = "Your card was declined."},
    {.id = "pm_card_authenticationRequired",
     .outcome = TEST_CARD_ACTION,
     .code = "payment_intent_authentication_failure",
     .message =
         "The provided PaymentMethod has failed authentication. You can "
         "provide payment_method_data or a new PaymentMethod to attempt to "
         "fulfill this PaymentIntent again."},
    {.id = "pm_card_createDispute", .outcome = TEST_CARD_PAYS_DISPUTED},
    {.id = "pm_card_refundFail", .refund = TEST_CARD_REFUND_FAILS},
    {.id = "pm_card_pendingRefund", .refund = TEST_CARD_REFUND_PENDING},
    {.id = "pm_local_timeout_after_charge",
     .outcome = TEST_CARD_TIMEOUT_AFTER_CHARGE},
    {.id = "pm_local_timeout_before_charge",
     .outcome = TEST_CARD_TIMEOUT_BEFORE_CHARGE},
    {.id = "pm_local_error_500", .outcome = TEST_CARD_ERROR_500},
};

const struct test_card *test_card_find(const char *id)
{
    for (size_t i = 0; i < sizeof cards / sizeof cards[0]; i++)
        if (strcmp(cards[i].id, id) == 0)
            return &cards[i];
    return NULL;
}

const struct test_card *test_card_of(const char *id)
{
    const struct test_card *card = test_card_find(id);
    if (card == NULL)
        die("no test card: %s", id);
    return card;
}
