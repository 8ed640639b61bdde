#pragma once

/*
 * The tracker behind the transaction table, messages that are pushed through
 * both, and notes of what came out.
 */

#include "reg/tracker.h"
#include "words.h"

/* What a test may ask about a chain that was closed. */
typedef struct Closed {
    RegChain chain; /* without its steps */
    unsigned n_steps;
    unsigned n_sightings; /* of the last step */
    uint16_t status;      /* of the last step */
    RegChallengeUse use;  /* of the last step */
    unsigned rejections;  /* of the steps that were kept */
} Closed;

typedef struct Traffic {
    RegTracker *tracker;
    SipTxnTable *txns;
    CaptureInfo info;
    GArray *closed; /* of Closed */
    GArray *ends;   /* of RegBindingEnd, as told */
    GPtrArray *devices;
    GArray *sites; /* of RegSite */
    uint64_t frame;
    bool cite; /* what the sink says of each chain */
} Traffic;

static inline bool note_chain(const RegChain *chain, void *user)
{
    Traffic *traffic = user;
    const RegStep *last = reg_chain_last_step(chain);
    Closed closed = { .chain = *chain,
                      .n_steps = chain->steps->len,
                      .n_sightings = last->n_sightings,
                      .status = reg_step_status(last),
                      .use = last->use };

    for (unsigned i = 0; i < chain->steps->len; i++)
        closed.rejections += reg_step_is_rejection(reg_chain_step(chain, i));
    closed.chain.steps = NULL;
    g_array_append_val(traffic->closed, closed);
    return traffic->cite;
}

static inline void note_binding(const RegDevice *device, const RegBinding *binding, void *user)
{
    g_array_append_val(((Traffic *)user)->ends, binding->end);
}

static inline void pass_opened(SipTxn *txn, void *user)
{
    reg_tracker_opened(((Traffic *)user)->tracker, txn);
}

static inline void pass_answered(SipTxn *txn, void *user)
{
    reg_tracker_answered(((Traffic *)user)->tracker, txn);
}

static inline void pass_copied(SipTxn *txn, const SipMessage *copy, void *user)
{
    reg_tracker_copied(((Traffic *)user)->tracker, txn, copy);
}

static inline void pass_closed(SipTxn *txn, void *user)
{
    reg_tracker_closed(((Traffic *)user)->tracker, txn);
}

static inline Traffic *traffic_new(const RegConfig *config)
{
    Traffic *traffic = g_new0(Traffic, 1);

    traffic->info.path = traffic->info.name = (char *)"test.pcap";
    traffic->closed = g_array_new(FALSE, TRUE, sizeof(Closed));
    traffic->ends = g_array_new(FALSE, TRUE, sizeof(RegBindingEnd));
    traffic->devices = g_ptr_array_new();
    traffic->sites = g_array_new(FALSE, TRUE, sizeof(RegSite));
    traffic->tracker = reg_tracker_new(
        config != NULL ? config : &reg_config_default,
        &(RegSink){ .chain = note_chain, .binding = note_binding, .user = traffic });
    traffic->txns = sip_txn_table_new(
        &sip_txn_config_default,
        &(SipTxnSink){ pass_opened, pass_answered, pass_copied, pass_closed, traffic });
    reg_tracker_add_capture(traffic->tracker, &traffic->info);
    return traffic;
}

static inline void traffic_free(Traffic *traffic)
{
    sip_txn_table_free(traffic->txns);
    reg_tracker_free(traffic->tracker);
    g_array_unref(traffic->closed);
    g_array_unref(traffic->ends);
    g_ptr_array_unref(traffic->devices);
    g_array_unref(traffic->sites);
    g_free(traffic);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Traffic, traffic_free)

static inline void traffic_wait(Traffic *traffic, double time)
{
    sip_txn_table_advance(traffic->txns, AT(time));
    reg_tracker_advance(traffic->tracker, AT(time));
}

static inline void traffic_push(Traffic *traffic, const Ask *ask, unsigned status,
                                const char *headers, double time)
{
    g_autoptr(SipMessage) message = message_of(ask, status, headers, time, ++traffic->frame);

    traffic_wait(traffic, time);
    reg_tracker_message(traffic->tracker, message);
    sip_txn_table_push(traffic->txns, message);
}

static inline void asks(Traffic *traffic, double time, Ask ask)
{
    Ask whole = ask_whole(ask);

    traffic_push(traffic, &whole, 0, whole.more, time);
}

static inline void replies(Traffic *traffic, double time, Ask ask, unsigned status,
                           const char *headers)
{
    Ask whole = ask_whole(ask);

    traffic_push(traffic, &whole, status, headers, time);
}

#define CHALLENGE(nonce) "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"" nonce "\"\r\n"
#define GRANTS "Expires: 3600\r\n"

/* The whole of it: asked, challenged, asked again and accepted within 60 ms. */
static inline void registers(Traffic *traffic, double time, Ask ask)
{
    unsigned cseq = ask.cseq ? ask.cseq : 1;
    g_autofree char *nonce = g_strdup_printf("%s-%u", ask.call_id ? ask.call_id : "n", cseq);
    g_autofree char *challenge =
        g_strdup_printf("WWW-Authenticate: Digest realm=\"example.com\", nonce=\"%s\"\r\n", nonce);

    ask.cseq = cseq;
    asks(traffic, time, ask);
    replies(traffic, time + 0.02, ask, 401, challenge);
    ask.cseq = cseq + 1;
    ask.nonce = nonce;
    asks(traffic, time + 0.04, ask);
    replies(traffic, time + 0.06, ask, 200, GRANTS);
}

static inline void keep_device(const RegDevice *device, void *user)
{
    g_ptr_array_add(user, (gpointer)device);
}

static inline void keep_site(const RegSite *site, void *user)
{
    g_array_append_vals(user, site, 1);
}

/* The capture ends at 'time'. */
static inline void traffic_end(Traffic *traffic, double time)
{
    NetStats net = { 0 };

    traffic_wait(traffic, time);
    sip_txn_table_finish(traffic->txns);
    reg_tracker_finish(traffic->tracker, &net);
    reg_tracker_each_device(traffic->tracker, keep_device, traffic->devices);
    reg_tracker_each_site(traffic->tracker, keep_site, traffic->sites);
}

static inline const Closed *closed_at(const Traffic *traffic, unsigned index)
{
    assert_true(index < traffic->closed->len);
    return &g_array_index(traffic->closed, Closed, index);
}

static inline const RegDevice *device_at(const Traffic *traffic, unsigned index)
{
    assert_true(index < traffic->devices->len);
    return g_ptr_array_index(traffic->devices, index);
}
