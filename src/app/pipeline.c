/*
 * frames -> payloads -> messages -> transactions -> chains -> findings
 *
 * Every arrow is one callback below. A stage knows its own output and nothing
 * about who takes it; this file is the only place that knows them all.
 */

#include "pipeline.h"

#include "net/decoder.h"
#include "rules/engine.h"
#include "sip/framer.h"
#include "sip/txn.h"

/* Deadlines are seconds long. Looking at them for every frame is waste. */
#define TICK (100 * NSEC_MSEC)

/* Captures of several interfaces are out of order by milliseconds; a second is
 * a clock that was set. */
#define CLOCK_STEP NSEC_SEC

/* Captures from different places hold the same packets; each place has a
 * decoder of its own, so that they are not taken for duplicates. */
#define PLACES (CAPTURE_PLACE_SERVER + 1)

typedef struct Place {
    struct Pipeline *pipeline;
    NetDecoder *net; /* NULL: no capture was taken here */
    SipFramer *framer;
} Place;

struct Pipeline {
    Place places[PLACES];
    SipTxnTable *txns;
    RegTracker *tracker;
    RuleEngine *rules;
    const CaptureSet *captures;
    const GPtrArray *writers;
    ReportSelection selection;
    const RegDevice *judged;  /* whom the rules look at; NULL: nobody */
    GPtrArray *found;         /* the selected findings, after pipeline_finish() */
    ReportMessages *messages; /* NULL: no writer shows any */
    ReportActivity activity;
    ReportCounts counts;
    NetStats net; /* of all places; after pipeline_finish() */
    SipFramerStats sip;
    Nsec now;
    Nsec ticked;
};

static bool on_wanted(Str bytes, const NetFlow *flow, void *user)
{
    return sip_framer_wants(bytes, flow) || net_dns_looks_like(bytes, flow);
}

static NetInterest take_dns(const Place *place, const NetPayload *payload)
{
    NetDns dns;

    if (net_dns_parse(payload->bytes, &dns))
        reg_tracker_dns(place->pipeline->tracker, &payload->meta, &dns);
    return NET_INTERESTED;
}

static NetInterest on_payload(const NetPayload *payload, void *user)
{
    Place *place = user;

    if (payload->kind == NET_DATAGRAM && net_dns_looks_like(payload->bytes, &payload->meta.flow))
        return take_dns(place, payload);
    return sip_framer_push(place->framer, payload);
}

static void on_event(const NetEvent *event, void *user)
{
    Place *place = user;

    reg_tracker_event(place->pipeline->tracker, event);
}

static void on_message(SipMessage *message, void *user)
{
    Pipeline *p = user;
    bool is_register = message->method == SIP_METHOD_REGISTER;

    p->counts.sip_messages++;
    if (message->is_request) {
        p->counts.sip_requests++;
        p->counts.register_requests += is_register;
    } else {
        p->counts.sip_responses++;
        p->counts.register_responses += is_register;
    }
    if (p->messages != NULL)
        report_messages_add(p->messages, message);
    reg_tracker_message(p->tracker, message);
    sip_txn_table_push(p->txns, message);
}

static void on_keepalive(const NetMeta *meta, SipKeepalive kind, void *user)
{
    Pipeline *p = user;

    reg_tracker_keepalive(p->tracker, meta, kind);
}

static bool on_tls(const NetMeta *meta, bool client_hello, void *user)
{
    Pipeline *p = user;

    return reg_tracker_tls(p->tracker, meta, client_hello);
}

static void on_handshake(const SipTlsSight *sight, void *user)
{
    Pipeline *p = user;

    reg_tracker_handshake(p->tracker, sight);
}

static void on_txn_opened(SipTxn *txn, void *user)
{
    Pipeline *p = user;

    reg_tracker_opened(p->tracker, txn);
}

static void on_txn_answered(SipTxn *txn, void *user)
{
    Pipeline *p = user;

    reg_tracker_answered(p->tracker, txn);
}

static void on_txn_copied(SipTxn *txn, const SipMessage *copy, void *user)
{
    Pipeline *p = user;

    reg_tracker_copied(p->tracker, txn, copy);
}

static void on_txn_closed(SipTxn *txn, void *user)
{
    Pipeline *p = user;

    reg_tracker_closed(p->tracker, txn);
}

static ReportWriter *writer_at(const Pipeline *p, unsigned index)
{
    return g_ptr_array_index(p->writers, index);
}

static bool on_chain(const RegChain *chain, void *user)
{
    Pipeline *p = user;

    p->judged = chain->device;

    bool cited = rule_engine_chain(p->rules, chain);

    if (cited && p->messages != NULL)
        report_messages_keep(p->messages, chain);
    return cited;
}

static void on_attempt(const RegDevice *device, const RegAttempt *attempt, void *user)
{
    Pipeline *p = user;

    if (!report_selects_device(&p->selection, device))
        return;
    if (!device->scanner)
        report_activity_count(&p->activity, attempt);
    for (unsigned i = 0; i < p->writers->len; i++) {
        ReportWriter *writer = writer_at(p, i);

        if (writer->ops->attempt != NULL)
            writer->ops->attempt(writer, device, attempt);
    }
}

static void on_binding(const RegDevice *device, const RegBinding *binding, void *user)
{
    Pipeline *p = user;

    if (!report_selects_device(&p->selection, device))
        return;
    for (unsigned i = 0; i < p->writers->len; i++) {
        ReportWriter *writer = writer_at(p, i);

        if (writer->ops->binding != NULL)
            writer->ops->binding(writer, device, binding);
    }
}

/* What is about no device is told when nobody asked for one. */
static bool is_selected(const Pipeline *p, const Finding *finding)
{
    const ReportSelection *selection = &p->selection;
    bool placed = p->judged != NULL ? report_selects_device(selection, p->judged)
                                    : selection->devices == NULL || selection->devices->len == 0;

    return placed && report_selects_rule(selection, finding->rule);
}

static void on_finding(const Finding *finding, void *user)
{
    Pipeline *p = user;

    if (!is_selected(p, finding))
        return;
    for (unsigned i = 0; i < p->writers->len; i++) {
        ReportWriter *writer = writer_at(p, i);

        if (writer->ops->finding != NULL)
            writer->ops->finding(writer, finding);
    }
}

static void open_place(Pipeline *p, CapturePlace number)
{
    Place *place = &p->places[number];

    if (place->net != NULL)
        return;
    place->pipeline = p;
    place->framer = sip_framer_new(&sip_framer_config_default,
                                   &(SipSink){ on_message, on_keepalive, on_tls, on_handshake, p });
    place->net =
        net_decoder_new(&net_config_default, &(NetSink){ on_wanted, on_payload, on_event, place });
}

static bool shows_messages(const GPtrArray *writers)
{
    for (unsigned i = 0; i < writers->len; i++) {
        if (((const ReportWriter *)g_ptr_array_index(writers, i))->shows_messages)
            return true;
    }
    return false;
}

Pipeline *pipeline_new(const PipelineConfig *config, const CaptureSet *captures,
                       const GPtrArray *writers)
{
    Pipeline *p = g_new0(Pipeline, 1);
    RegConfig reg = reg_config_default;

    reg.vantage = config->vantage;
    reg.secrets = config->secrets;
    p->captures = captures;
    p->writers = writers;
    p->selection = config->selection;
    p->now = p->ticked = NSEC_NONE;
    p->messages = shows_messages(writers) ? report_messages_new() : NULL;
    report_activity_start(&p->activity);
    p->rules = rule_engine_new(rule_table, &(RuleSink){ on_finding, p });
    p->tracker = reg_tracker_new(&reg, &(RegSink){ on_chain, on_attempt, on_binding, p });
    p->txns = sip_txn_table_new(
        &sip_txn_config_default,
        &(SipTxnSink){ on_txn_opened, on_txn_answered, on_txn_copied, on_txn_closed, p });
    for (unsigned i = 0; i < capture_set_size(captures); i++) {
        const CaptureInfo *info = capture_set_info(captures, i);

        reg_tracker_add_capture(p->tracker, info);
        open_place(p, info->place);
    }
    return p;
}

static void advance(Pipeline *p, Nsec time)
{
    if (p->now != NSEC_NONE && time < p->now - CLOCK_STEP)
        reg_tracker_loss(p->tracker, REG_LOSS_CLOCK, p->now);
    p->now = MAX(p->now, time);
    if (p->ticked != NSEC_NONE && p->now - p->ticked < TICK)
        return;

    p->ticked = p->now;
    for (unsigned i = 0; i < PLACES; i++) {
        if (p->places[i].net == NULL)
            continue;
        net_decoder_advance(p->places[i].net, p->now);
        sip_framer_advance(p->places[i].framer, p->now);
    }
    sip_txn_table_advance(p->txns, p->now);
    reg_tracker_advance(p->tracker, p->now);
}

void pipeline_push(Pipeline *p, const CapturePacket *packet)
{
    if (!packet->no_time)
        advance(p, packet->time);
    net_decoder_push(p->places[packet->ref.place].net, packet);
}

static void judge_device(const RegDevice *device, void *user)
{
    Pipeline *p = user;

    Nsec end = reg_device_end(device, reg_tracker_now(p->tracker));

    p->judged = device;
    rule_engine_device(p->rules, device, end);
}

static void judge_site(const RegSite *site, void *user)
{
    Pipeline *p = user;

    p->judged = NULL;
    rule_engine_site(p->rules, site);
}

static void collect_device(const RegDevice *device, void *user)
{
    g_ptr_array_add(user, (gpointer)device);
}

/* Both structs hold nothing but counters. */
static void add_counters(void *sum, const void *counters, size_t size)
{
    uint64_t *to = sum;
    const uint64_t *from = counters;

    for (size_t i = 0; i < size / sizeof(*to); i++)
        to[i] += from[i];
}

static void complete_counts(Pipeline *p)
{
    for (unsigned i = 0; i < PLACES; i++) {
        if (p->places[i].net == NULL)
            continue;
        add_counters(&p->net, net_decoder_stats(p->places[i].net), sizeof(p->net));
        add_counters(&p->sip, sip_framer_stats(p->places[i].framer), sizeof(p->sip));
    }
    p->counts.retransmissions = reg_tracker_stats(p->tracker)->retransmissions;
    p->counts.duplicate_packets = p->net.duplicates;
    p->counts.fragments_reassembled = p->net.reassembled;
    p->counts.stream_gaps = p->net.gaps;
    p->counts.undecoded_packets = p->net.undecoded;
    p->counts.tls_records = p->sip.tls_records;
}

static unsigned collect_tables(const Pipeline *p, CacheStats *tables)
{
    unsigned n = 0;

    for (unsigned i = 0; i < PLACES; i++) {
        const Place *place = &p->places[i];

        if (place->net == NULL)
            continue;
        n += net_decoder_tables(place->net, tables + n, REPORT_TABLES - n);
        n += sip_framer_tables(place->framer, tables + n, REPORT_TABLES - n);
    }
    if (n < REPORT_TABLES)
        tables[n++] = sip_txn_table_stats(p->txns);
    n += reg_tracker_tables(p->tracker, tables + n, REPORT_TABLES - n);
    if (n < REPORT_TABLES)
        tables[n++] = rule_engine_table(p->rules);
    return n;
}

static Nsec begin_of(const CaptureSet *captures)
{
    Nsec begin = NSEC_NONE;

    for (unsigned i = 0; i < capture_set_size(captures); i++) {
        Nsec first = capture_set_info(captures, i)->first;

        if (first != NSEC_NONE && (begin == NSEC_NONE || first < begin))
            begin = first;
    }
    return begin;
}

/* The messages of what is not shown are not shown either. */
static void tell_end(Pipeline *p, const ReportResult *whole)
{
    g_autoptr(ReportSelected) selected = report_select(&p->selection, whole, begin_of(p->captures));
    g_autoptr(GArray) messages = NULL;
    ReportResult *result = report_selected(selected);

    if (p->messages != NULL)
        messages = report_messages_select(p->messages, result->findings, result->devices,
                                          &result->messages_left_out);
    result->messages = messages;
    p->found = g_ptr_array_ref((GPtrArray *)result->findings);
    for (unsigned i = 0; i < p->writers->len; i++) {
        ReportWriter *writer = writer_at(p, i);

        if (writer->ops->end != NULL)
            writer->ops->end(writer, result);
    }
}

static void write_end(Pipeline *p)
{
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    g_autoptr(GPtrArray) devices = g_ptr_array_new();

    for (unsigned i = 0; i < capture_set_size(p->captures); i++)
        g_ptr_array_add(captures, (gpointer)reg_tracker_capture(p->tracker, i));
    reg_tracker_each_device(p->tracker, collect_device, devices);

    ReportResult result = {
        .captures = captures,
        .devices = devices,
        .findings = rule_engine_findings(p->rules),
        .abstentions = rule_engine_abstentions(p->rules),
        .end = p->now,
        .counts = p->counts,
        .net = &p->net,
        .sip = &p->sip,
        .activity = &p->activity,
    };

    result.n_tables = collect_tables(p, result.tables);
    tell_end(p, &result);
}

/* Frames that are no SIP, and frames that the filter refused, tell that the
 * capture went on. */
static void look_on(Pipeline *p)
{
    for (unsigned i = 0; i < capture_set_size(p->captures); i++)
        p->now = MAX(p->now, capture_set_info(p->captures, i)->latest);
    if (p->now != NSEC_NONE)
        reg_tracker_advance(p->tracker, p->now);
}

/* From the front to the back: what a stage lets go of, the next one takes. */
void pipeline_finish(Pipeline *p)
{
    for (unsigned i = 0; i < PLACES; i++) {
        if (p->places[i].net == NULL)
            continue;
        net_decoder_finish(p->places[i].net);
        sip_framer_finish(p->places[i].framer);
    }
    sip_txn_table_finish(p->txns);
    look_on(p);
    complete_counts(p);
    reg_tracker_finish(p->tracker, &p->net);
    reg_tracker_each_device(p->tracker, judge_device, p);
    reg_tracker_each_site(p->tracker, judge_site, p);
    rule_engine_finish(p->rules);
    write_end(p);
}

const GPtrArray *pipeline_findings(const Pipeline *p)
{
    return p->found;
}

bool pipeline_found_failure(const Pipeline *p)
{
    for (unsigned i = 0; i < p->found->len; i++) {
        const Finding *finding = g_ptr_array_index(p->found, i);

        if (finding->rule->severity == FINDING_FAILURE)
            return true;
    }
    return false;
}

void pipeline_free(Pipeline *p)
{
    if (p == NULL)
        return;
    for (unsigned i = 0; i < PLACES; i++) {
        net_decoder_free(p->places[i].net);
        sip_framer_free(p->places[i].framer);
    }
    sip_txn_table_free(p->txns);
    reg_tracker_free(p->tracker);
    rule_engine_free(p->rules);
    report_messages_free(p->messages);
    g_clear_pointer(&p->found, g_ptr_array_unref);
    g_free(p);
}
