/* The payment methods the gateway knows: Stripe's test cards
 * (docs.stripe.com/testing, "PaymentMethods") and three of our own for what
 * Stripe's cannot do. No other payment method exists. */
#ifndef CGI_BIN_GATEWAY_BASE_TEST_CARD_H
#define CGI_BIN_GATEWAY_BASE_TEST_CARD_H

enum test_card_outcome {
    TEST_CARD_PAYS,
    TEST_CARD_PAYS_DISPUTED, /* the charge is disputed at once */
    TEST_CARD_ACTION,        /* the bank asks the customer first; code and
                                message say what a refusal of his is */
    TEST_CARD_DECLINED,      /* code, decline_code and message say why */
    TEST_CARD_TIMEOUT_AFTER_CHARGE,
    TEST_CARD_TIMEOUT_BEFORE_CHARGE, /* the second try pays */
    TEST_CARD_ERROR_500
};

/* What becomes of the refunds of what it paid. */
enum test_card_refund {
    TEST_CARD_REFUNDED,
    TEST_CARD_REFUND_FAILS, /* later, after it was told to have succeeded */
    TEST_CARD_REFUND_PENDING
};

struct test_card {
    const char *id; /* "pm_card_visa" */
    enum test_card_outcome outcome;
    const char *code;         /* of a decline; else NULL */
    const char *decline_code; /* NULL where Stripe gives none */
    const char *message;
    enum test_card_refund refund;
    const char *brand; /* NULL: "visa", and the number ends in 4242 */
    const char *last4;
};

/* NULL when there is none of that id. */
const struct test_card *test_card_find(const char *id);

/* The one that an intent was charged to; dies when there is none. */
const struct test_card *test_card_of(const char *id);

#endif
