/* Whose fault it is that a mail was not taken (reaper/kind/mail_fault.h), in
 * the words of the servers that are in use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "reaper/kind/mail_fault.h"

#define SERVER TRANSFER_STEP_SERVER
#define SENDER TRANSFER_STEP_SENDER
#define RECIPIENT TRANSFER_STEP_RECIPIENT
#define MESSAGE TRANSFER_STEP_MESSAGE

static enum mail_fault fault_of(enum transfer_step step, const char *reply)
{
    const struct transfer_answer answer = {
        .outcome = step == SERVER ? TRANSFER_NOT_SENT : TRANSFER_ANSWERED,
        .step = step,
        .status = atoi(reply),
        .detail = reply};
    return mail_fault(&answer);
}

static void each_reply_has_its_fault(void **state)
{
    (void)state;
    static const struct {
        enum transfer_step step;
        const char *reply;
        enum mail_fault fault;
    } cases[] = {
        {MESSAGE, "250 2.0.0 Ok: queued as 7", MAIL_TAKEN},
        /* About us, until somebody acts. */
        {SENDER, "530 5.7.0 Must issue a STARTTLS command first", MAIL_OURS},
        {RECIPIENT, "530 5.7.0 Must issue a STARTTLS command first", MAIL_OURS},
        {SENDER, "530 must issue STARTTLS", MAIL_OURS},
        {SERVER, "535 5.7.8 Error: authentication failed", MAIL_OURS},
        {SERVER, "534 5.7.9 Application-specific password required", MAIL_OURS},
        {SENDER, "538 5.7.11 Encryption required", MAIL_OURS},
        {SERVER, "554 5.7.1 You are not allowed to connect", MAIL_OURS},
        {SENDER, "550 5.7.1 Sender refused", MAIL_OURS},
        {SENDER, "553 5.1.8 Domain of sender does not exist", MAIL_OURS},
        {SENDER, "501 5.1.7 Bad sender address syntax", MAIL_OURS},
        {RECIPIENT, "550 5.1.8 Sender address rejected", MAIL_OURS},
        {RECIPIENT, "554 5.7.1 <a@b.example>: Relay access denied", MAIL_OURS},
        {RECIPIENT, "550 relay not permitted", MAIL_OURS},
        {RECIPIENT, "550 5.7.64 TenantAttribution; Relay Access Denied",
         MAIL_OURS},
        {RECIPIENT,
         "553 sorry, that domain isn't in my list of allowed rcpthosts "
         "(#5.7.1)",
         MAIL_OURS},
        {MESSAGE, "550-5.7.26 This mail has been blocked: not authenticated",
         MAIL_OURS},
        {MESSAGE, "550 5.7.23 SPF validation failed", MAIL_OURS},
        /* About us, for now. */
        {SERVER, "421 4.3.2 Service not available", MAIL_OURS_NOW},
        {SERVER, "454 4.7.0 TLS not available", MAIL_OURS_NOW},
        {SENDER, "451 4.3.0 Local error", MAIL_OURS_NOW},
        {SENDER, "452 4.3.1 Insufficient system storage", MAIL_OURS_NOW},
        {RECIPIENT, "421 too many connections", MAIL_OURS_NOW},
        {MESSAGE, "451 later", MAIL_OURS_NOW},
        /* About this mail, for now. */
        {RECIPIENT, "450 4.2.0 Greylisted", MAIL_PUT_OFF},
        {RECIPIENT, "451 4.7.1 Greylisting in action", MAIL_PUT_OFF},
        {RECIPIENT, "452 4.2.2 Mailbox full", MAIL_PUT_OFF},
        /* About this mail, for good. */
        {RECIPIENT, "550 5.1.1 User unknown", MAIL_REFUSED},
        {RECIPIENT, "550 no such mailbox", MAIL_REFUSED},
        {RECIPIENT, "550 5.1.1 User unknown in relay recipient table",
         MAIL_REFUSED},
        {RECIPIENT, "550 5.4.1 Recipient address rejected", MAIL_REFUSED},
        {RECIPIENT, "553 malformed address", MAIL_REFUSED},
        {RECIPIENT, "550 no user at 10.5.7.1", MAIL_REFUSED},
        {SENDER, "552 5.3.4 Message size exceeds fixed limit", MAIL_REFUSED},
        {MESSAGE, "554 5.7.1 Spam message rejected", MAIL_REFUSED},
        {MESSAGE, "552 5.3.4 Message too big", MAIL_REFUSED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (fault_of(cases[i].step, cases[i].reply) != cases[i].fault)
            fail_msg("%s: %d", cases[i].reply,
                     fault_of(cases[i].step, cases[i].reply));
}

static void silence_passes(void **state)
{
    (void)state;
    static const struct {
        struct transfer_answer answer;
        enum mail_fault fault;
    } cases[] = {
        {{.outcome = TRANSFER_NOT_SENT, .detail = "refused"}, MAIL_OURS_NOW},
        {{.outcome = TRANSFER_NOT_SENT,
          .status = 250,
          .step = RECIPIENT,
          .detail = "connection lost"},
         MAIL_OURS_NOW},
        {{.outcome = TRANSFER_UNKNOWN,
          .status = 354,
          .step = MESSAGE,
          .detail = "connection lost"},
         MAIL_PUT_OFF},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(mail_fault(&cases[i].answer), cases[i].fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reply_has_its_fault),
        cmocka_unit_test(silence_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
