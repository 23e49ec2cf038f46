/* Whose fault it is that a mail was not taken: see mail_fault.h. */
#define _GNU_SOURCE
#include "reaper/kind/mail_fault.h"

#include <string.h>

/* A status code such as "5.7.", which is no part of a longer number. */
static bool says(const char *reply, const char *code)
{
    for (const char *at = reply; (at = strstr(at, code)) != NULL; at++)
        if (at == reply || strchr("0123456789.", at[-1]) == NULL)
            return true;
    return false;
}

/* Sign-in and encryption, our sender's address, its SPF, DKIM and DNS. */
static bool names_us(const struct transfer_answer *answer)
{
    static const int codes[] = {421, 454, 530, 534, 535, 538};
    static const char *const words[] = {"5.1.7", "5.1.8", "5.7.2", "5.7.30"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (answer->status == codes[i])
            return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (says(answer->detail, words[i]))
            return true;
    return false;
}

static bool is_ours(const struct transfer_answer *answer)
{
    bool lasting = answer->status >= 500;
    if (names_us(answer))
        return true;
    switch (answer->step) {
    case TRANSFER_STEP_SERVER:
        return true;
    case TRANSFER_STEP_SENDER:
        return answer->status != 552; /* the mail is too large */
    case TRANSFER_STEP_RECIPIENT:     /* it does not relay for us */
        return lasting && !says(answer->detail, "5.1.") &&
               (says(answer->detail, "5.7.") ||
                strcasestr(answer->detail, "relay") != NULL);
    case TRANSFER_STEP_MESSAGE:
        break;
    }
    return !lasting;
}

enum mail_fault mail_fault(const struct transfer_answer *answer)
{
    bool lasting = answer->status >= 500;
    if (answer->outcome == TRANSFER_ANSWERED && answer->status >= 200 &&
        answer->status < 300)
        return MAIL_TAKEN;
    if (answer->outcome == TRANSFER_UNKNOWN)
        return MAIL_PUT_OFF;
    if (answer->status < 400) /* nobody answered, or nothing more */
        return MAIL_OURS_NOW;
    if (is_ours(answer))
        return lasting ? MAIL_OURS : MAIL_OURS_NOW;
    return lasting ? MAIL_REFUSED : MAIL_PUT_OFF;
}
