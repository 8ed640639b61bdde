#pragma once

/*
 * A framer whose output is kept to be looked at, and payloads to feed it with.
 *
 * Payload bytes are copied into blocks of exactly their size, so that the
 * address sanitizer sees every byte read too far.
 */

#include <glib.h>

#include "sip/framer.h"
#include "support/check.h"

typedef struct Collected {
    SipFramer *framer;
    GPtrArray *messages; /* of SipMessage */
    GArray *keepalives;  /* of SipKeepalive */
    unsigned tls;
    bool client_hello;
    bool watches;    /* wants to hear of handshakes */
    unsigned told;   /* of them: so often ... */
    uint32_t sights; /* ... and this */
    bool both;       /* the newest knew the other direction */
    uint64_t frame;  /* of the newest payload */
    Nsec time;
} Collected;

static inline void on_collected_message(SipMessage *message, void *user)
{
    Collected *c = user;

    g_ptr_array_add(c->messages, message);
}

static inline void on_collected_keepalive(const NetMeta *meta, SipKeepalive kind, void *user)
{
    Collected *c = user;

    g_array_append_val(c->keepalives, kind);
}

static inline bool on_collected_tls(const NetMeta *meta, bool client_hello, void *user)
{
    Collected *c = user;

    c->tls++;
    c->client_hello = client_hello;
    return c->watches;
}

static inline void on_collected_handshake(const SipTlsSight *sight, void *user)
{
    Collected *c = user;

    c->sights |= sight->fresh;
    c->told++;
    c->both = sight->other != NULL;
}

static inline Collected *collected_new_with(const SipFramerConfig *config)
{
    Collected *c = g_new0(Collected, 1);

    c->messages = g_ptr_array_new_with_free_func((GDestroyNotify)sip_message_unref);
    c->keepalives = g_array_new(FALSE, FALSE, sizeof(SipKeepalive));
    c->framer = sip_framer_new(config, &(SipSink){
                                           .message = on_collected_message,
                                           .keepalive = on_collected_keepalive,
                                           .tls = on_collected_tls,
                                           .handshake = on_collected_handshake,
                                           .user = c,
                                       });
    return c;
}

static inline Collected *collected_new(void)
{
    return collected_new_with(&sip_framer_config_default);
}

static inline void collected_free(Collected *c)
{
    sip_framer_free(c->framer);
    g_ptr_array_unref(c->messages);
    g_array_unref(c->keepalives);
    g_free(c);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Collected, collected_free)

static inline const SipMessage *collected_message(const Collected *c, unsigned i)
{
    assert_true(i < c->messages->len);
    return g_ptr_array_index(c->messages, i);
}

static inline NetInterest collected_push(Collected *c, NetPayloadKind kind, uint64_t stream,
                                         Str bytes, uint32_t anomalies)
{
    g_autofree char *copy = bytes.len > 0 ? g_memdup2(bytes.data, bytes.len) : NULL;
    CaptureRef ref = { .frame = ++c->frame };
    bool datagram = kind == NET_DATAGRAM;

    return sip_framer_push(c->framer, &(NetPayload){
                                          .kind = kind,
                                          .meta = {
                                              .ref = ref,
                                              .first_ref = ref,
                                              .time = c->time,
                                              .flow.transport = datagram ? NET_UDP : NET_TCP,
                                              .anomalies = anomalies,
                                          },
                                          .stream = stream,
                                          .reverse = datagram ? 0 : stream ^ 1,
                                          .bytes = { copy, bytes.len },
                                      });
}

static inline void collected_datagram(Collected *c, Str bytes, uint32_t anomalies)
{
    collected_push(c, NET_DATAGRAM, 0, bytes, anomalies);
}

/* To the stream with the number 2, of which 3 is the other direction. */
static inline NetInterest collected_stream(Collected *c, Str bytes)
{
    return collected_push(c, NET_STREAM_DATA, 2, bytes, 0);
}

static inline NetInterest collected_midstream(Collected *c, Str bytes)
{
    return collected_push(c, NET_STREAM_DATA, 2, bytes, NET_MIDSTREAM);
}

static inline void collected_gap(Collected *c)
{
    collected_push(c, NET_STREAM_GAP, 2, STR_NONE, 0);
}

static inline void collected_end(Collected *c)
{
    collected_push(c, NET_STREAM_END, 2, STR_NONE, 0);
}
