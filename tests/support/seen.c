/*
 * Sends a scenario through decoder and framer and keeps what comes out.
 */

#include "seen.h"

#include "support/check.h"

static bool on_wanted(Str bytes, const NetFlow *flow, void *user)
{
    return sip_framer_wants(bytes, flow);
}

static NetInterest on_payload(const NetPayload *payload, void *user)
{
    Seen *seen = user;

    return sip_framer_push(seen->framer, payload);
}

static void on_event(const NetEvent *event, void *user)
{
    Seen *seen = user;

    g_array_append_vals(seen->events, event, 1);
}

static void on_message(SipMessage *message, void *user)
{
    Seen *seen = user;

    g_ptr_array_add(seen->messages, message);
}

static void on_keepalive(const NetMeta *meta, SipKeepalive kind, void *user)
{
    Seen *seen = user;

    g_array_append_vals(seen->keepalives, &kind, 1);
}

static bool on_tls(const NetMeta *meta, bool client_hello, void *user)
{
    Seen *seen = user;

    seen->tls++;
    return false;
}

static void unref_message(void *message)
{
    sip_message_unref(message);
}

Scenario *seen_scenario(const char *text)
{
    g_autoptr(GError) error = NULL;
    Scenario *scenario = scenario_new(text, &error);

    if (scenario == NULL)
        fail_msg("%s", error->message);
    return scenario;
}

Seen *seen_new(const char *text)
{
    g_autoptr(Scenario) scenario = seen_scenario(text);
    Seen *seen = g_new0(Seen, 1);

    seen->messages = g_ptr_array_new_with_free_func(unref_message);
    seen->events = g_array_new(FALSE, FALSE, sizeof(NetEvent));
    seen->keepalives = g_array_new(FALSE, FALSE, sizeof(SipKeepalive));
    seen->framer = sip_framer_new(&sip_framer_config_default, &(SipSink){ .message = on_message,
                                                                          .keepalive = on_keepalive,
                                                                          .tls = on_tls,
                                                                          .user = seen });
    seen->net = net_decoder_new(
        &net_config_default,
        &(NetSink){ .wanted = on_wanted, .payload = on_payload, .event = on_event, .user = seen });
    for (unsigned i = 0; i < scenario_size(scenario); i++) {
        CapturePacket packet = scenario_packet(scenario, i);

        net_decoder_push(seen->net, &packet);
        net_decoder_advance(seen->net, packet.time);
    }
    net_decoder_finish(seen->net);
    sip_framer_finish(seen->framer);
    return seen;
}

void seen_free(Seen *seen)
{
    net_decoder_free(seen->net);
    sip_framer_free(seen->framer);
    g_ptr_array_unref(seen->messages);
    g_array_unref(seen->events);
    g_array_unref(seen->keepalives);
    g_free(seen);
}

const SipMessage *seen_message(const Seen *seen, unsigned index)
{
    assert_true(index < seen->messages->len);
    return g_ptr_array_index(seen->messages, index);
}

unsigned seen_events(const Seen *seen, NetEventKind kind)
{
    unsigned n = 0;

    for (unsigned i = 0; i < seen->events->len; i++)
        n += g_array_index(seen->events, NetEvent, i).kind == kind;
    return n;
}
