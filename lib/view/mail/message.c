/* Filling mails: see message.h. */
#include "lib/view/mail/message.h"

#include <string.h>

#include "lib/adapter/page.h"
#include "lib/adapter/unicode.h"
#include "lib/base/text/mime.h"
#include "lib/base/text/money.h"
#include "lib/shop/order/link.h"
#include "lib/shop/payment/payment.h"
#include "lib/view/order_page.h"

static void fill_refund(struct page *page, const struct settings *settings,
                        const struct credit_note *note, struct arena *arena)
{
    page_set(page, "AMOUNT",
             money_format(arena, note->amount_minor, settings->currency));
    page_set(page, "REFUND_REASON", note->reason);
    page_set(page, "CREDIT_NOTE",
             arena_printf(arena, "%lld", (long long)note->number));
    page_section(page,
                 payment_is_manual(note->intent_id) ? "BY_HAND" : "BY_GATEWAY");
}

static void fill(struct page *page, struct db *db,
                 const struct settings *settings, const struct message *message,
                 struct arena *arena)
{
    const struct order *order = message->order;
    struct payment_attempt lapsed;
    order_page_fill(page, settings, order, arena);
    order_page_customer(page, order);
    page_set(page, "SHOP_NAME", message->profile.name);
    page_set(page, "SHOP_ADDRESS", message->profile.address);
    page_set(page, "REASON", order->reason == NULL ? "" : order->reason);
    page_set(page, "TRACK_URL", link_track(settings, arena, order));
    if (message->note.number > 0)
        fill_refund(page, settings, &message->note, arena);
    if (order_was_paid(order))
        page_section(page, "REFUNDED");
    else if (order->total_minor > 0)
        page_section(page,
                     payment_find_lapsed(db, order->order_id, &lapsed, arena)
                         ? "LAPSED"
                         : "NOT_CHARGED");
}

static const char *render(struct page *page, const char *kind,
                          const char *ending, struct arena *arena)
{
    struct text out = text_create(arena, 4096);
    page_render(page, arena_printf(arena, "mail-%s.%s", kind, ending), &out);
    return out.bytes;
}

/* Of what was paid beside the order, which itself stays paid. */
static bool is_extra(struct db *db, const struct message *message,
                     struct arena *arena)
{
    struct payment_attempt attempt;
    return message->order->status != ORDER_CANCELLED &&
           message->order->status != ORDER_FAILED &&
           !payment_find_intent(db, message->note.intent_id, &attempt, arena);
}

static const char *subject_of(struct db *db, const struct message *message,
                              struct arena *arena)
{
    static const char *const words[] = {
        [MAIL_CONFIRMATION] = "is confirmed",
        [MAIL_FAILURE] = "could not be carried out",
        [MAIL_CANCELLATION] = "is cancelled",
        [MAIL_REFUND] = "is refunded",
    };
    const char *what = words[message->mail->kind];
    bool refund = message->note.number > 0;
    if (refund && is_extra(db, message, arena))
        what = "has a refund";
    else if (refund && message->note.amount_minor < message->order->total_minor)
        what = "is refunded in part";
    return arena_printf(arena, "Order %lld %s",
                        (long long)message->order->number, what);
}

bool message_compose(struct db *db, const struct settings *settings,
                     const struct message *given, struct text *out)
{
    struct arena *arena = out->arena;
    struct message message = *given;
    struct order order = *given->order;
    const struct outbox_mail *mail = message.mail;
    const char *kind = names_of(&mail_kind_names, mail->kind);
    const char *at = strchr(settings->mail_from, '@');
    message.order = &order;
    /* A stranger's link does not go out as our greeting. */
    if (order.customer_name != NULL &&
        unicode_looks_like_link(arena, order.customer_name))
        order.customer_name = NULL;
    struct page *page = page_create();
    fill(page, db, settings, &message, arena);
    const struct mime_message mime = {
        .from_name = message.profile.name,
        .from_address = settings->mail_from,
        .to_name = order.customer_name,
        .to_address = mail->recipient,
        .subject = subject_of(db, &message, arena),
        .message_id = arena_printf(arena, "%s@%s", mail->outbox_id,
                                   at == NULL ? "localhost" : at + 1),
        .date_wall_ms = mail->created_at_ms,
        .text = render(page, kind, "txt", arena),
        .html = render(page, kind, "html", arena),
        .pdf = message.pdf,
        .pdf_length = message.pdf_length,
        .pdf_name = message.pdf_name};
    page_destroy(page);
    return mime_compose(&mime, out);
}
