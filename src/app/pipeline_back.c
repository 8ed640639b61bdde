/*
 * messages -> transactions -> chains -> findings -> writers
 *
 * Every arrow is a callback. A stage knows its own output, and nothing about who
 * takes it.
 */

#include "pipeline_back.h"

#include "review.h"
#include "rules/engine.h"
#include "sip/txn.h"
#include "tell.h"

struct PipelineBack {
    CaptureInfo **captures; /* as far as the analysis has come; by index */
    unsigned n_captures;
    SipTxnTable *txns;
    RegTracker *tracker;
    RuleEngine *rules;
    Review *review;      /* NULL: the capture is a file */
    RegSecrets *secrets; /* its own: those that came later; NULL: none did */
    const GPtrArray *writers;
    ReportSelection selection;
    RegStability stability;
    const RegDevice *judged;  /* whom the rules look at; NULL: nobody */
    GPtrArray *found;         /* the selected findings, when all is over */
    ReportMessages *messages; /* NULL: no writer shows any */
    ReportActivity activity;
    ReportCounts counts;
    PipelineCounts front_counts; /* when they were told last: at the end, and with each call */
    Nsec now;
};

/* --- what the front tells ------------------------------------------------- */

static void take_message(PipelineBack *p, SipMessage *message)
{
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
    sip_message_unref(message);
}

static void take_dns(PipelineBack *p, const PipelineDns *event)
{
    NetDns dns;

    if (net_dns_parse(event->bytes, &dns))
        reg_tracker_dns(p->tracker, &event->meta, &dns);
}

static void take_handshake(PipelineBack *p, PipelineHandshake *event)
{
    reg_tracker_handshake(p->tracker, &(SipTlsSight){ .meta = &event->meta,
                                                      .fresh = event->fresh,
                                                      .seen = event->seen,
                                                      .other = event->other });
    net_tls_seen_free(event->seen);
    net_tls_seen_free(event->other);
}

static void take_advance(PipelineBack *p, Nsec now)
{
    p->now = now;
    sip_txn_table_advance(p->txns, now);
    reg_tracker_advance(p->tracker, now);
}

static void take_reach(PipelineBack *p, const PipelineReach *reach)
{
    CaptureInfo *info = p->captures[reach->capture];

    info->packets = reach->packets;
    info->first = reach->first;
    info->last = reach->last;
    info->latest = reach->latest;
}

/* The tracker knows our copy by its address; what it had goes with 'fresh'. */
static void take_capture(PipelineBack *p, PipelineCapture *event)
{
    g_autoptr(CaptureInfo) fresh = event->info;
    CaptureInfo old = *p->captures[event->capture];

    *p->captures[event->capture] = *fresh;
    *fresh = old;
}

void pipeline_back_take(PipelineEvent *event, void *user)
{
    PipelineBack *p = user;

    switch (event->kind) {
    case PIPELINE_MESSAGE:
        take_message(p, event->message);
        break;
    case PIPELINE_KEEPALIVE:
        reg_tracker_keepalive(p->tracker, &event->keepalive.meta, event->keepalive.kind);
        break;
    case PIPELINE_NET:
        reg_tracker_event(p->tracker, &event->net);
        break;
    case PIPELINE_DNS:
        take_dns(p, &event->dns);
        break;
    case PIPELINE_TLS:
        reg_tracker_tls(p->tracker, &event->tls);
        break;
    case PIPELINE_HANDSHAKE:
        take_handshake(p, &event->handshake);
        break;
    case PIPELINE_LOSS:
        reg_tracker_blind(p->tracker, event->loss.kind, event->loss.from, event->loss.until);
        break;
    case PIPELINE_CLOCK_STEP:
        reg_tracker_loss(p->tracker, REG_LOSS_CLOCK, event->now);
        break;
    case PIPELINE_ADVANCE:
        take_advance(p, event->now);
        break;
    case PIPELINE_REACH:
        take_reach(p, &event->reach);
        break;
    case PIPELINE_CAPTURE:
        take_capture(p, &event->capture);
        break;
    case PIPELINE_COUNTS:
        p->front_counts = event->counts;
        break;
    case PIPELINE_CALL:
        event->call.function(event->call.user);
        break;
    }
}

/* --- from stage to stage -------------------------------------------------- */

static void on_txn_opened(SipTxn *txn, void *user)
{
    PipelineBack *p = user;

    reg_tracker_opened(p->tracker, txn);
}

static void on_txn_answered(SipTxn *txn, void *user)
{
    PipelineBack *p = user;

    reg_tracker_answered(p->tracker, txn);
}

static void on_txn_copied(SipTxn *txn, const SipMessage *copy, void *user)
{
    PipelineBack *p = user;

    reg_tracker_copied(p->tracker, txn, copy);
}

static void on_txn_closed(SipTxn *txn, void *user)
{
    PipelineBack *p = user;

    reg_tracker_closed(p->tracker, txn);
}

static bool on_chain(const RegChain *chain, void *user)
{
    PipelineBack *p = user;

    p->judged = chain->device;

    bool cited = rule_engine_chain(p->rules, chain);

    if (cited && p->messages != NULL)
        report_messages_keep(p->messages, chain);
    return cited;
}

static void on_attempt(const RegDevice *device, const RegAttempt *attempt, void *user)
{
    PipelineBack *p = user;

    if (!report_selects_device(&p->selection, device))
        return;
    if (!device->scanner)
        report_activity_count(&p->activity, attempt);
    tell_attempt(p->writers, device, attempt);
}

static void on_binding(const RegDevice *device, const RegBinding *binding, void *user)
{
    PipelineBack *p = user;

    if (!report_selects_device(&p->selection, device))
        return;
    tell_binding(p->writers, device, binding);
}

/* What is about no device is told when nobody asked for one. */
static bool is_selected(const PipelineBack *p, const Finding *finding)
{
    const ReportSelection *selection = &p->selection;
    bool placed = p->judged != NULL ? report_selects_device(selection, p->judged)
                                    : selection->devices == NULL || selection->devices->len == 0;

    return placed && report_selects_rule(selection, finding->rule);
}

static void on_finding(const Finding *finding, void *user)
{
    PipelineBack *p = user;

    if (is_selected(p, finding))
        tell_finding(p->writers, finding);
}

static void on_judged(const RegChain *chain, const RuleVerdict *verdicts, const GPtrArray *fired,
                      void *user)
{
    PipelineBack *p = user;

    review_chain(p->review, chain, verdicts, fired);
}

static void on_forgotten(uint64_t device, void *user)
{
    PipelineBack *p = user;

    review_forgotten(p->review, device);
}

static bool shows_messages(const GPtrArray *writers)
{
    for (unsigned i = 0; i < writers->len; i++) {
        if (((const ReportWriter *)g_ptr_array_index(writers, i))->shows_messages)
            return true;
    }
    return false;
}

static void keep_captures(PipelineBack *p, const CaptureSet *captures)
{
    p->n_captures = capture_set_size(captures);
    p->captures = g_new(CaptureInfo *, p->n_captures);
    for (unsigned i = 0; i < p->n_captures; i++) {
        p->captures[i] = capture_info_copy(capture_set_info(captures, i));
        reg_tracker_add_capture(p->tracker, p->captures[i]);
    }
}

static void begin_rules(PipelineBack *p, const Budget *budget, bool live)
{
    p->rules = rule_engine_new(rule_table, &(RuleSink){
                                               .finding = live ? NULL : on_finding,
                                               .chain = live ? on_judged : NULL,
                                               .user = p,
                                           });
    rule_engine_limit(p->rules, budget->findings);
    if (live)
        p->review = review_new(&(ReviewConfig){ .tracker = p->tracker,
                                                .writers = p->writers,
                                                .selection = &p->selection,
                                                .stability = p->stability,
                                                .max_findings = budget->standing });
}

PipelineBack *pipeline_back_new(const PipelineConfig *config, const Budget *budget,
                                const CaptureSet *captures, const GPtrArray *writers)
{
    PipelineBack *p = g_new0(PipelineBack, 1);
    RegConfig reg = budget->reg;

    reg.vantage = config->vantage;
    reg.secrets = config->secrets;
    reg.stability = config->live ? &p->stability : NULL;
    p->writers = writers;
    p->selection = config->selection;
    p->stability = config->stability;
    p->now = NSEC_NONE;
    p->messages = shows_messages(writers) ? report_messages_new() : NULL;
    report_activity_start(&p->activity);
    p->tracker = reg_tracker_new(&reg, &(RegSink){ .chain = on_chain,
                                                   .attempt = on_attempt,
                                                   .binding = on_binding,
                                                   .forgotten = config->live ? on_forgotten : NULL,
                                                   .user = p });
    p->txns = sip_txn_table_new(&budget->txns, &(SipTxnSink){ on_txn_opened, on_txn_answered,
                                                              on_txn_copied, on_txn_closed, p });
    begin_rules(p, budget, config->live);
    keep_captures(p, captures);
    return p;
}

void pipeline_back_use_secrets(PipelineBack *p, RegSecrets *secrets)
{
    reg_tracker_use_secrets(p->tracker, secrets);
    reg_secrets_free(p->secrets);
    p->secrets = secrets;
}

/* --- what is counted --------------------------------------------------------- */

static void complete_counts(PipelineBack *p)
{
    const NetStats *net = &p->front_counts.net;

    p->counts.retransmissions = reg_tracker_stats(p->tracker)->retransmissions;
    p->counts.duplicate_packets = net->duplicates;
    p->counts.fragments_reassembled = net->reassembled;
    p->counts.stream_gaps = net->gaps;
    p->counts.undecoded_packets = net->undecoded;
    p->counts.tls_records = p->front_counts.sip.tls_records;
}

static unsigned collect_tables(const PipelineBack *p, CacheStats *tables)
{
    unsigned n = p->front_counts.n_tables;

    memcpy(tables, p->front_counts.tables, n * sizeof(*tables));
    if (n < REPORT_TABLES)
        tables[n++] = sip_txn_table_stats(p->txns);
    n += reg_tracker_tables(p->tracker, tables + n, REPORT_TABLES - n);
    if (n < REPORT_TABLES)
        tables[n++] = rule_engine_table(p->rules);
    if (n < REPORT_TABLES && p->review != NULL)
        tables[n++] = review_table(p->review);
    return n;
}

/* Of RegCaptureSite, by capture index. */
static GPtrArray *list_captures(const PipelineBack *p)
{
    GPtrArray *captures = g_ptr_array_new();

    for (unsigned i = 0; i < p->n_captures; i++)
        g_ptr_array_add(captures, (gpointer)reg_tracker_capture(p->tracker, i));
    return captures;
}

static void count(const PipelineBack *p, ReportResult *result)
{
    result->end = p->now;
    result->counts = p->counts;
    result->net = &p->front_counts.net;
    result->sip = &p->front_counts.sip;
    result->activity = &p->activity;
    result->n_tables = collect_tables(p, result->tables);
}

/* --- while the capture goes on -------------------------------------------- */

void pipeline_back_pulse(PipelineBack *p, Nsec wall)
{
    g_autoptr(GPtrArray) captures = list_captures(p);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GArray) abstentions = g_array_new(false, false, sizeof(RuleAbstention));

    complete_counts(p);

    ReportResult result = {
        .captures = captures,
        .devices = none,
        .findings = none,
        .abstentions = abstentions,
    };

    count(p, &result);
    if (p->review != NULL)
        review_pulse(p->review, &result, wall);
}

void pipeline_back_reopen(PipelineBack *p)
{
    tell_reopen(p->writers);
}

/* --- the end -------------------------------------------------------------- */

static void judge_device(const RegDevice *device, void *user)
{
    PipelineBack *p = user;

    Nsec end = reg_device_end(device, reg_tracker_now(p->tracker));

    p->judged = device;
    rule_engine_device(p->rules, device, end);
}

static void judge_site(const RegSite *site, void *user)
{
    PipelineBack *p = user;

    p->judged = NULL;
    rule_engine_site(p->rules, site);
}

static void collect_device(const RegDevice *device, void *user)
{
    g_ptr_array_add(user, (gpointer)device);
}

static Nsec begin_of(const PipelineBack *p)
{
    Nsec begin = NSEC_NONE;

    for (unsigned i = 0; i < p->n_captures; i++) {
        Nsec first = p->captures[i]->first;

        if (first != NSEC_NONE && (begin == NSEC_NONE || first < begin))
            begin = first;
    }
    return begin;
}

/* The messages of what is not shown are not shown either. */
static void tell_result(PipelineBack *p, const ReportResult *whole)
{
    g_autoptr(ReportSelected) selected = report_select(&p->selection, whole, begin_of(p));
    g_autoptr(GArray) messages = NULL;
    ReportResult *result = report_selected(selected);

    if (p->messages != NULL)
        messages = report_messages_select(p->messages, result->findings, result->devices,
                                          &result->messages_left_out);
    result->messages = messages;
    p->found = g_ptr_array_ref((GPtrArray *)result->findings);
    tell_end(p->writers, result);
}

static void write_end(PipelineBack *p)
{
    g_autoptr(GPtrArray) captures = list_captures(p);
    g_autoptr(GPtrArray) devices = g_ptr_array_new();

    reg_tracker_each_device(p->tracker, collect_device, devices);

    ReportResult result = {
        .captures = captures,
        .devices = devices,
        .findings = rule_engine_findings(p->rules),
        .abstentions = rule_engine_abstentions(p->rules),
    };

    count(p, &result);
    tell_result(p, &result);
}

/* Frames that are no SIP, and frames that the filter refused, tell that the
 * capture went on. */
static void look_on(PipelineBack *p)
{
    for (unsigned i = 0; i < p->n_captures; i++)
        p->now = MAX(p->now, p->captures[i]->latest);
    if (p->now != NSEC_NONE)
        reg_tracker_advance(p->tracker, p->now);
}

void pipeline_back_finish(PipelineBack *p)
{
    sip_txn_table_finish(p->txns);
    look_on(p);
    complete_counts(p);
    reg_tracker_finish(p->tracker, &p->front_counts.net);
    reg_tracker_each_device(p->tracker, judge_device, p);
    reg_tracker_each_site(p->tracker, judge_site, p);
    rule_engine_finish(p->rules);
    write_end(p);
}

const GPtrArray *pipeline_back_findings(const PipelineBack *p)
{
    return p->found;
}

void pipeline_back_free(PipelineBack *p)
{
    sip_txn_table_free(p->txns);
    reg_tracker_free(p->tracker);
    reg_secrets_free(p->secrets);
    review_free(p->review);
    rule_engine_free(p->rules);
    report_messages_free(p->messages);
    g_clear_pointer(&p->found, g_ptr_array_unref);
    for (unsigned i = 0; i < p->n_captures; i++)
        capture_info_free(p->captures[i]);
    g_free(p->captures);
    g_free(p);
}
