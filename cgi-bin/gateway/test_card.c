/* The test cards: see test_card.h. Asked when an intent is confirmed and when
 * a declined one is shown. */
#include "cgi-bin/gateway/test_card.h"

#include <stddef.h>
#include <string.h>

static const struct test_card cards[] = {
    {.id = "pm_card_visa"},
    {.id = "pm_card_visa_debit"},
    {.id = "pm_card_mastercard"},
    {.id = "pm_card_mastercard_debit"},
    {.id = "pm_card_mastercard_prepaid"},
    {.id = "pm_card_amex"},
    {.id = "pm_card_discover"},
    {.id = "pm_card_diners"},
    {.id = "pm_card_jcb"},
    {.id = "pm_card_unionpay"},
    {"pm_card_chargeDeclined", TEST_CARD_DECLINED, "card_declined",
     "generic_decline", "Your card was declined.", NULL},
    {"pm_card_chargeDeclinedInsufficientFunds", TEST_CARD_DECLINED,
     "card_declined", "insufficient_funds", "Your card has insufficient funds.",
     NULL},
    {"pm_card_chargeDeclinedLostCard", TEST_CARD_DECLINED, "card_declined",
     "lost_card", "Your card was declined.", NULL},
    {"pm_card_chargeDeclinedStolenCard", TEST_CARD_DECLINED, "card_declined",
     "stolen_card", "Your card was declined.", NULL},
    {"pm_card_chargeDeclinedExpiredCard", TEST_CARD_DECLINED, "expired_card",
     NULL, "Your card has expired.", NULL},
    {"pm_card_chargeDeclinedIncorrectCvc", TEST_CARD_DECLINED, "incorrect_cvc",
     NULL, "Your card's security code is incorrect.", NULL},
    {"pm_card_chargeDeclinedProcessingError", TEST_CARD_DECLINED,
     "processing_error", NULL,
     "An error occurred while processing your card. Try again in a little "
     "while.",
     NULL},
    {"pm_card_chargeDeclinedVelocityLimitExceeded", TEST_CARD_DECLINED,
     "card_declined", "card_velocity_exceeded",
     "Your card was declined for making repeated attempts too frequently or "
     "exceeding its amount limit.",
     NULL},
    {"pm_card_radarBlock", TEST_CARD_DECLINED, "card_declined", "fraudulent",
     "Your card was declined.", NULL},
    {.id = "pm_card_authenticationRequired",
     .outcome = TEST_CARD_ACTION,
     .code = "payment_intent_authentication_failure",
     .message =
         "The provided PaymentMethod has failed authentication. You can "
         "provide payment_method_data or a new PaymentMethod to attempt to "
         "fulfill this PaymentIntent again."},
    {.id = "pm_card_createDispute", .outcome = TEST_CARD_PAYS_DISPUTED},
    {.id = "pm_card_refundFail", .refund_status = "failed"},
    {.id = "pm_card_pendingRefund", .refund_status = "pending"},
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
