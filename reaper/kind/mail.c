/* Delivers the outbox: mails over SMTP, or as files when no server is set. A
 * mail that fails is tried again on its own clock and holds up no other. */
#include "lib/base/log/log.h"
#include "lib/base/system/file.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/mail/budget.h"
#include "lib/shop/mail/outbox.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/paper/receipt.h"
#include "lib/view/mail/message.h"
#include "lib/view/paper/paper.h"
#include "reaper/kind/mail_fault.h"
#include "reaper/kinds.h"

enum {
    DELIVER_TIMEOUT_MS = 60000,
    DELIVER_AGAIN_MS = 1000,
    DELIVER_AGAIN_MAX_MS = 3600 * 1000,
    DELIVER_GIVE_UP_MS = 3 * 24 * 3600 * 1000,
    DELIVER_GIVE_UP_CALLS = 12, /* over an hour: it may have waited before */
    DELIVER_PATIENCE = 6,       /* tries of a mail, half a minute, before staff
                                   hear of what may pass by itself */
    DELIVER_RECEIPT_MS = 1000,  /* waiting for a receipt still to come */
    DELIVER_MAX_RECEIPT = 4 * 1024 * 1024
};

struct delivery {
    struct outbox_mail mail;
    struct shop_profile profile;
    struct credit_note note;  /* of a mail about a refund */
    struct paper *attachment; /* NULL: none */
    bool copy_untold;         /* that it is a copy */
    enum mail_fault fault;
    int status; /* the server's; 0: it did not answer */
    const char *message;
};

/* Puts the paper's file into the message; drawn again first if it is lost. */
static bool attach(struct job *job, struct message *message)
{
    struct delivery *delivery = job->own;
    const struct reaper *reaper = job->reaper;
    struct arena *arena = &job->arena;
    const struct paper *paper = delivery->attachment;
    struct paper_again found =
        paper_get(reaper->db, reaper->settings, reaper->pdf, paper, arena);
    if (found.outcome == PAPER_LOST)
        return false;
    delivery->copy_untold = found.untold;
    message->pdf = file_read(
        arena,
        arena_printf(arena, "%s/%s", reaper->settings->receipts, found.file),
        DELIVER_MAX_RECEIPT, &message->pdf_length);
    message->pdf_name = paper_title(paper, found.outcome, arena);
    return message->pdf != NULL;
}

/* Composes the whole message into bytes; sets failure when it cannot be. */
static void compose(struct job *job)
{
    const struct delivery *delivery = job->own;
    struct message message = {.mail = &delivery->mail,
                              .order = &job->order,
                              .profile = delivery->profile,
                              .note = delivery->note};
    if (delivery->attachment != NULL && !attach(job, &message)) {
        job->failure = "what is to be attached cannot be read";
        return;
    }
    struct text out = text_create(&job->arena, 64 * 1024);
    if (!message_compose(job->reaper->db, job->reaper->settings, &message,
                         &out)) {
        job->failure = "the message cannot be addressed";
        return;
    }
    job->bytes = out.bytes;
    job->length = out.length;
}

static void make_file(struct job *job)
{
    compose(job); /* MAIL_TAKEN unless job->failure says otherwise */
}

static void answered(void *context, const struct transfer_answer *answer)
{
    struct job *job = context;
    struct delivery *delivery = job->own;
    job_in_hand(job);
    delivery->fault = mail_fault(answer);
    delivery->status = answer->status;
    delivery->message = arena_string(&job->arena, answer->detail);
    job_finish(job);
}

static void start(struct job *job)
{
    const struct delivery *delivery = job->own;
    compose(job);
    if (job->failure != NULL) {
        job_finish(job);
        return;
    }
    transfer_mail(
        job->reaper->calls,
        &(struct transfer_mail){.url = job->reaper->settings->smtp_url,
                                .ca_file = job->reaper->settings->ca_file,
                                .from = job->reaper->settings->mail_from,
                                .to = delivery->mail.recipient,
                                .bytes = job->bytes,
                                .length = job->length,
                                .timeout_ms = DELIVER_TIMEOUT_MS},
        answered, job);
}

/* Staff hear of it once; it is over when a mail goes out. */
static void tell_of_server(struct job *job, int64_t now_ms)
{
    const struct delivery *delivery = job->own;
    bool lasting = delivery->fault == MAIL_OURS;
    if (!lasting && (delivery->fault != MAIL_OURS_NOW ||
                     job->work.tries < DELIVER_PATIENCE))
        return;
    alarm_raise_about(
        job->reaper->db, ALARM_MAIL_SERVER, NULL, "",
        arena_printf(
            &job->arena,
            "The mail server %s: %s. Mails wait and are tried again, "
            "for three days; check ORDERMILL_SMTP_URL%s.",
            delivery->status >= 400 ? "refuses us" : "cannot be reached",
            delivery->message, lasting ? " and ORDERMILL_MAIL_FROM" : ""),
        now_ms);
}

static void settle(struct job *job, int64_t now_ms)
{
    const struct delivery *delivery = job->own;
    const struct outbox_mail *mail = &delivery->mail;
    struct db *db = job->reaper->db;
    if (delivery->copy_untold)
        paper_tell_of_copy(db, delivery->attachment, now_ms, &job->arena);
    if (job->failure == NULL && delivery->fault == MAIL_TAKEN) {
        outbox_sent(db, mail->outbox_id, now_ms);
        work_done(db, &job->work);
        alarm_settle_about(db, ALARM_MAIL_SERVER, "", now_ms);
        return;
    }
    const char *why = job->failure != NULL ? job->failure : delivery->message;
    log_warning("mail %s of order %s: %s",
                names_of(&mail_kind_names, mail->kind), mail->order_id, why);
    if (job->failure == NULL)
        tell_of_server(job, now_ms);
    if (delivery->fault == MAIL_REFUSED ||
        (now_ms - mail->created_at_ms > DELIVER_GIVE_UP_MS &&
         job->work.tries > DELIVER_GIVE_UP_CALLS)) {
        outbox_failed(db, mail->outbox_id, mail->order_id, why, now_ms);
        work_done(db, &job->work);
        return;
    }
    outbox_waits(db, mail->outbox_id, why, now_ms);
    work_again(db, &job->work,
               work_backoff_ms(DELIVER_AGAIN_MS, DELIVER_AGAIN_MAX_MS,
                               job->work.tries),
               WORK_TRIED);
}

/* A confirmation goes out once the order is confirmed, and with its receipt:
 * one still to come is awaited. */
static bool awaits_receipt(struct reaper *reaper,
                           const struct outbox_mail *mail,
                           const struct order *order)
{
    struct execution execution;
    if (mail->kind != MAIL_CONFIRMATION)
        return false;
    return order->status == ORDER_PROCESSING ||
           (!receipt_is_made(reaper->db, mail->order_id, &reaper->step_arena) &&
            execution_find(reaper->db, mail->order_id, &execution,
                           &reaper->step_arena) &&
            execution_is_running(&execution) &&
            workflow_cached(reaper->definitions, reaper->db,
                            execution.definition_hash)
                ->makes_receipts);
}

/* True when the mail has to wait, which it then does. */
static bool must_wait(struct reaper *reaper, const struct work *work,
                      const struct outbox_mail *mail, const struct order *order,
                      int64_t now_ms)
{
    if (awaits_receipt(reaper, mail, order)) {
        outbox_waits(reaper->db, mail->outbox_id,
                     "waits for the order or its receipt", now_ms);
        work_again(reaper->db, work, DELIVER_RECEIPT_MS, WORK_SEEN);
        return true;
    }
    /* What was tried before has been counted. An order that costs nothing is
     * anybody's to place. */
    if ((order_was_paid(order) && order->total_minor > 0) || work->tries > 1)
        return false;
    int64_t wait_ms =
        mail_budget_take(reaper->db, reaper->settings, mail->order_id,
                         mail->recipient, now_ms, &reaper->step_arena);
    if (wait_ms == 0)
        return false;
    outbox_waits(reaper->db, mail->outbox_id,
                 "waits: many mails about unpaid orders went to this "
                 "recipient or for this address",
                 now_ms);
    work_again(reaper->db, work, wait_ms, WORK_SEEN);
    return true;
}

/* The paper that goes with the mail, if there is one. */
static void find_attachment(struct reaper *reaper, struct job *job)
{
    struct delivery *delivery = job->own;
    struct arena *arena = &job->arena;
    const struct outbox_mail *mail = &delivery->mail;
    const char *file = NULL;
    if (mail->kind == MAIL_CONFIRMATION)
        file = job->order.receipt_file;
    else if (credit_note_find(reaper->db, mail->refund_id, &delivery->note,
                              arena))
        file = delivery->note.file;
    if (file == NULL)
        return;
    delivery->attachment = arena_alloc(arena, sizeof *delivery->attachment);
    if (!paper_find(reaper->db, file, delivery->attachment, arena))
        die("no paper has the file %s", file);
}

void deliver_begin(struct reaper *reaper, const struct work *work,
                   int64_t now_ms)
{
    static const struct job_kind by_file = {.make_file = make_file,
                                            .settle = settle};
    static const struct job_kind by_smtp = {.start = start, .settle = settle};
    const struct settings *settings = reaper->settings;
    struct outbox_mail mail;
    struct order order;
    arena_reset(&reaper->step_arena);
    if (!outbox_find(reaper->db, work->subject, &mail, &reaper->step_arena) ||
        !order_find(reaper->db, mail.order_id, &order, &reaper->step_arena)) {
        work_done(reaper->db, work);
        return;
    }
    if (must_wait(reaper, work, &mail, &order, now_ms) ||
        db_refused(reaper->db)) /* what it wrote: all of the cycle is void */
        return;
    struct job *job = job_begin_work(
        reaper, settings->smtp_url == NULL ? &by_file : &by_smtp, work);
    struct arena *arena = &job->arena;
    struct delivery *delivery = arena_alloc(arena, sizeof *delivery);
    job->own = delivery;
    order_find(reaper->db, mail.order_id, &job->order, arena);
    order_load_lines(reaper->db, &job->order, arena);
    outbox_find(reaper->db, work->subject, &delivery->mail, arena);
    delivery->profile =
        shop_profile_find(reaper->db, job->order.profile_id, arena);
    find_attachment(reaper, job);
    job->folder = settings->mail;
    job->file = arena_printf(arena, "%s/%s.eml", settings->mail, work->subject);
}
