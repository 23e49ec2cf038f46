/* Whose fault it is that a mail was not taken: see mail.c. */
#ifndef REAPER_KIND_MAIL_FAULT_H
#define REAPER_KIND_MAIL_FAULT_H

#include "lib/adapter/transfer/transfer.h"

enum mail_fault {
    MAIL_TAKEN,
    MAIL_PUT_OFF,  /* this mail, for now: a full mailbox, greylisting */
    MAIL_REFUSED,  /* this mail, for good: no such mailbox, too large */
    MAIL_OURS_NOW, /* any of our mails, for now: nobody answers, 421 */
    MAIL_OURS      /* any of our mails until somebody acts: no STARTTLS, a
                      wrong password, a sender or relaying refused */
};

/* Judges by the step, the reply code (RFC 5321, RFC 4954 section 6) and the
 * enhanced status code (RFC 3463, RFC 7372). */
enum mail_fault mail_fault(const struct transfer_answer *answer);

#endif
