#pragma once

/*
 * Requests and answers made from a few words, a table of transactions to push
 * them into, and the story that it tells.
 */

#include "sip/txn.h"
#include "support/check.h"

/* One message to make. What is not said is as in 'usual'. */
typedef struct Spec {
    uint16_t status; /* 0: a request */
    const char *method;
    const char *call_id;
    const char *branch; /* NULL: none, as RFC 2543 had it */
    unsigned cseq;
    const char *credentials;
    const char *to_tag;
    const char *challenge;
    NetEndpoint from; /* of the packet */
    NetEndpoint to;
    uint32_t place; /* of the capture */
    Nsec time;
} Spec;

#define PHONE ((NetEndpoint){ { { 192, 168, 1, 10 }, 4 }, 5060 })
#define SERVER ((NetEndpoint){ { { 198, 51, 100, 10 }, 4 }, 5060 })
#define NAT ((NetEndpoint){ { { 203, 0, 113, 2 }, 4 }, 18680 })

static inline Spec request_at(Nsec time)
{
    return (Spec){ .method = "REGISTER",
                   .call_id = "c1",
                   .branch = "z9hG4bK1",
                   .cseq = 1,
                   .from = PHONE,
                   .to = SERVER,
                   .time = time };
}

static inline Spec answer_at(Nsec time, uint16_t status)
{
    Spec spec = request_at(time);

    spec.status = status;
    spec.to_tag = "t1";
    spec.from = SERVER;
    spec.to = PHONE;
    return spec;
}

static inline SipMessage *make(const Spec *spec, uint64_t frame)
{
    g_autoptr(GString) text = g_string_new(NULL);
    NetMeta meta = { .ref = { .frame = frame, .place = spec->place },
                     .time = spec->time,
                     .flow = { spec->from, spec->to, NET_UDP } };

    if (spec->status == 0)
        g_string_append_printf(text, "%s sip:example.com SIP/2.0\r\n", spec->method);
    else
        g_string_append_printf(text, "SIP/2.0 %u Reason\r\n", spec->status);
    g_string_append(text, "Via: SIP/2.0/UDP 192.168.1.10:5060");
    if (spec->branch != NULL)
        g_string_append_printf(text, ";branch=%s", spec->branch);
    g_string_append_printf(text, "\r\nCall-ID: %s\r\nCSeq: %u %s\r\n", spec->call_id, spec->cseq,
                           spec->method);
    if (spec->credentials != NULL)
        g_string_append_printf(text, "Authorization: Digest %s\r\n", spec->credentials);
    if (spec->to_tag != NULL)
        g_string_append_printf(text, "To: <sip:alice@example.com>;tag=%s\r\n", spec->to_tag);
    if (spec->challenge != NULL)
        g_string_append_printf(text, "WWW-Authenticate: Digest %s\r\n", spec->challenge);
    g_string_append(text, "\r\n");
    return sip_message_parse(&meta, (Str){ text->str, text->len }, 0);
}

/* A table, and what it told. */
typedef struct Heard {
    SipTxnTable *table;
    GString *story;      /* "opened answered 401 copied closed expired" */
    GPtrArray *txns;     /* of SipTxn, in order of opening; references */
    unsigned n_messages; /* that the transaction had when its callback was called */
    uint64_t frame;      /* of the newest message */
} Heard;

static inline void tell(Heard *heard, const char *format, ...) G_GNUC_PRINTF(2, 3);
static inline void tell(Heard *heard, const char *format, ...)
{
    va_list arguments;

    if (heard->story->len > 0)
        g_string_append_c(heard->story, ' ');
    va_start(arguments, format);
    g_string_append_vprintf(heard->story, format, arguments);
    va_end(arguments);
}

static inline void count_messages(Heard *heard, const SipTxn *txn)
{
    heard->n_messages = (txn->request != NULL) + (txn->answer != NULL);
}

static inline void on_opened(SipTxn *txn, void *user)
{
    tell(user, "opened");
    count_messages(user, txn);
    g_ptr_array_add(((Heard *)user)->txns, sip_txn_ref(txn));
}

static inline void on_answered(SipTxn *txn, void *user)
{
    tell(user, "answered %u", txn->status);
    count_messages(user, txn);
}

static inline void on_copied(SipTxn *txn, const SipMessage *copy, void *user)
{
    tell(user, copy->is_request ? "copied" : "answered again");
}

static inline void on_closed(SipTxn *txn, void *user)
{
    static const char *const ends[] = { "open", "expired", "forgotten", "cut" };

    tell(user, "closed %s", ends[txn->end]);
}

static inline Heard *heard_new_with(const SipTxnConfig *config)
{
    Heard *heard = g_new0(Heard, 1);

    heard->story = g_string_new(NULL);
    heard->txns = g_ptr_array_new_with_free_func((GDestroyNotify)sip_txn_unref);
    heard->table = sip_txn_table_new(config, &(SipTxnSink){ .opened = on_opened,
                                                            .answered = on_answered,
                                                            .copied = on_copied,
                                                            .closed = on_closed,
                                                            .user = heard });
    return heard;
}

static inline Heard *heard_new(void)
{
    return heard_new_with(&sip_txn_config_default);
}

static inline void heard_free(Heard *heard)
{
    sip_txn_table_free(heard->table);
    g_string_free(heard->story, TRUE);
    g_ptr_array_unref(heard->txns);
    g_free(heard);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Heard, heard_free)

static inline void push(Heard *heard, Spec spec)
{
    g_autoptr(SipMessage) message = make(&spec, ++heard->frame);

    sip_txn_table_push(heard->table, message);
}

static inline const SipTxn *txn_at(const Heard *heard, unsigned index)
{
    assert_true(index < heard->txns->len);
    return g_ptr_array_index(heard->txns, index);
}
