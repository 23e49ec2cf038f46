/* A mail about an order as it is sent: templates/mail-KIND.txt and .html are
 * filled, and a file is attached. Called by the reaper, which sends it. */
#ifndef VIEW_MAIL_MESSAGE_H
#define VIEW_MAIL_MESSAGE_H

#include "lib/base/settings/settings.h"
#include "lib/base/text/text.h"
#include "lib/shop/mail/outbox.h"
#include "lib/shop/order/order.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/setting.h"

struct message {
    const struct outbox_mail *mail;
    const struct order *order;   /* its lines loaded */
    struct shop_profile profile; /* of when it was placed */
    struct credit_note note;     /* of a refund; number 0: it is about none */
    const char *pdf;             /* NULL: nothing is attached */
    size_t pdf_length;
    const char *pdf_name;
};

/* Appends the whole message to out. False: it cannot be addressed. */
bool message_compose(struct db *db, const struct settings *settings,
                     const struct message *message, struct text *out);

#endif
