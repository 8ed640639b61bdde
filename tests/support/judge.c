/*
 * Sends a scenario through the stages and lets rules look at the result.
 */

#include "judge.h"

#include <unistd.h>

#include "seen.h"
#include "support/check.h"

/* As many captures as are told of together: on the two sides of something. */
#define SIDES 2

/* The stages in a row, with captures that stand for the scenarios. */
typedef struct Course {
    unsigned n_sides;
    NetDecoder *nets[SIDES];
    SipFramer *framers[SIDES];
    CaptureInfo infos[SIDES];
    SipTxnTable *txns;
    RegTracker *tracker;
    RegSecrets *secrets;
    GArray *links;
    GPtrArray *none;
} Course;

static bool on_wanted(Str bytes, const NetFlow *flow, void *user)
{
    return sip_framer_wants(bytes, flow) || net_dns_looks_like(bytes, flow);
}

static NetInterest take_dns(const Course *c, const NetPayload *payload)
{
    NetDns dns;

    if (net_dns_parse(payload->bytes, &dns))
        reg_tracker_dns(c->tracker, &payload->meta, &dns);
    return NET_INTERESTED;
}

static NetInterest on_payload(const NetPayload *payload, void *user)
{
    Course *c = user;

    if (payload->kind == NET_DATAGRAM && net_dns_looks_like(payload->bytes, &payload->meta.flow))
        return take_dns(c, payload);
    return sip_framer_push(c->framers[payload->meta.ref.capture], payload);
}

static void on_event(const NetEvent *event, void *user)
{
    Course *c = user;

    reg_tracker_event(c->tracker, event);
}

static void on_message(SipMessage *message, void *user)
{
    Course *c = user;

    reg_tracker_message(c->tracker, message);
    sip_txn_table_push(c->txns, message);
    sip_message_unref(message);
}

static void on_keepalive(const NetMeta *meta, SipKeepalive kind, void *user)
{
    Course *c = user;

    reg_tracker_keepalive(c->tracker, meta, kind);
}

static bool on_tls(const NetMeta *meta, bool client_hello, void *user)
{
    Course *c = user;

    reg_tracker_tls(c->tracker, meta);
    return reg_tracker_wants_handshake(&meta->flow);
}

static void on_handshake(const SipTlsSight *sight, void *user)
{
    Course *c = user;

    reg_tracker_handshake(c->tracker, sight);
}

static void on_opened(SipTxn *txn, void *user)
{
    Course *c = user;

    reg_tracker_opened(c->tracker, txn);
}

static void on_answered(SipTxn *txn, void *user)
{
    Course *c = user;

    reg_tracker_answered(c->tracker, txn);
}

static void on_copied(SipTxn *txn, const SipMessage *copy, void *user)
{
    Course *c = user;

    reg_tracker_copied(c->tracker, txn, copy);
}

static void on_closed(SipTxn *txn, void *user)
{
    Course *c = user;

    reg_tracker_closed(c->tracker, txn);
}

/* What the user would have said with --vantage. */
static RegVantage vantage_of(CapturePlace place)
{
    switch (place) {
    case CAPTURE_PLACE_CLIENT:
        return REG_VANTAGE_CLIENT;
    case CAPTURE_PLACE_MIDDLE:
        return REG_VANTAGE_MIDDLE;
    case CAPTURE_PLACE_SERVER:
        return REG_VANTAGE_SERVER;
    case CAPTURE_PLACE_UNSAID:
        break;
    }
    return REG_VANTAGE_UNKNOWN;
}

/* As the user would give them with --credentials: through a pipe. */
static RegSecrets *secrets_of(const char *text)
{
    g_autoptr(GError) error = NULL;
    RegSecrets *secrets = reg_secrets_new();
    int ends[2];

    if (text == NULL)
        return secrets;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
    close(ends[1]);

    g_autofree char *source = g_strdup_printf("fd:%d", ends[0]);

    if (!reg_secrets_load(secrets, source, false, &error))
        fail_msg("%s", error->message);
    return secrets;
}

static void add_side(Course *c, CapturePlace place)
{
    unsigned side = c->n_sides++;

    c->infos[side] = (CaptureInfo){ .path = "scenario.pcap",
                                    .name = "scenario.pcap",
                                    .place = place,
                                    .format = "pcap",
                                    .links = c->links,
                                    .filters = c->none,
                                    .interfaces = c->none,
                                    .comments = c->none,
                                    .first = NSEC_NONE,
                                    .last = NSEC_NONE,
                                    .latest = NSEC_NONE,
                                    .complete = true };
    reg_tracker_add_capture(c->tracker, &c->infos[side]);
    c->framers[side] =
        sip_framer_new(&sip_framer_config_default, &(SipSink){ .message = on_message,
                                                               .keepalive = on_keepalive,
                                                               .tls = on_tls,
                                                               .handshake = on_handshake,
                                                               .user = c });
    c->nets[side] = net_decoder_new(
        &net_config_default,
        &(NetSink){ .wanted = on_wanted, .payload = on_payload, .event = on_event, .user = c });
}

static void course_init(Course *c, CapturePlace place, const char *credentials,
                        const RegConfig *wanted, const RegSink *sink)
{
    uint16_t link = 1;
    RegConfig config = wanted != NULL ? *wanted : reg_config_default;

    *c =
        (Course){ .links = g_array_new(FALSE, FALSE, sizeof(uint16_t)), .none = g_ptr_array_new() };
    g_array_append_val(c->links, link);
    c->secrets = secrets_of(credentials);
    config.secrets = c->secrets;
    config.vantage = vantage_of(place);
    c->tracker = reg_tracker_new(&config, sink);
    add_side(c, place);
    c->txns = sip_txn_table_new(&sip_txn_config_default, &(SipTxnSink){ .opened = on_opened,
                                                                        .answered = on_answered,
                                                                        .copied = on_copied,
                                                                        .closed = on_closed,
                                                                        .user = c });
}

static void course_clear(Course *c)
{
    for (unsigned i = 0; i < c->n_sides; i++) {
        net_decoder_free(c->nets[i]);
        sip_framer_free(c->framers[i]);
    }
    sip_txn_table_free(c->txns);
    reg_tracker_free(c->tracker);
    reg_secrets_free(c->secrets);
    g_array_unref(c->links);
    g_ptr_array_unref(c->none);
}

static void count_packet(Course *c, const CapturePacket *packet)
{
    CaptureInfo *info = &c->infos[packet->ref.capture];

    info->packets++;
    info->bytes += packet->bytes.len;
    info->first = info->first == NSEC_NONE ? packet->time : info->first;
    info->last = info->latest = packet->time;
    if (packet->wire_len <= packet->bytes.len)
        return;
    if (info->cut_frames++ == 0) {
        info->cut_first_frame = packet->ref.frame;
        info->cut_first_time = packet->time;
    }
    reg_tracker_loss(c->tracker, REG_LOSS_TRUNCATED, packet->time);
}

static void course_push(Course *c, const CapturePacket *packet)
{
    count_packet(c, packet);
    for (unsigned i = 0; i < c->n_sides; i++) {
        net_decoder_advance(c->nets[i], packet->time);
        sip_framer_advance(c->framers[i], packet->time);
    }
    sip_txn_table_advance(c->txns, packet->time);
    reg_tracker_advance(c->tracker, packet->time);
    net_decoder_push(c->nets[packet->ref.capture], packet);
}

static void course_finish(Course *c)
{
    for (unsigned i = 0; i < c->n_sides; i++) {
        net_decoder_finish(c->nets[i]);
        sip_framer_finish(c->framers[i]);
    }
    sip_txn_table_finish(c->txns);
    reg_tracker_finish(c->tracker, net_decoder_stats(c->nets[0]));
}

static void course_run(Course *c, const Scenario *scenario)
{
    for (unsigned i = 0; i < scenario_size(scenario); i++) {
        CapturePacket packet = scenario_packet(scenario, i);

        course_push(c, &packet);
    }
    course_finish(c);
}

/* A merged capture is read one frame ahead, and so known to go on. */
static void look_ahead(Course *c, const Scenario *const sides[SIDES], const unsigned at[SIDES])
{
    for (unsigned i = 0; i < SIDES; i++) {
        if (at[i] < scenario_size(sides[i]))
            c->infos[i].latest = scenario_packet(sides[i], at[i]).time;
    }
}

/* By time; the inside first. */
static void course_run_both(Course *c, const Scenario *inside, const Scenario *outside)
{
    unsigned at[SIDES] = { 0 };
    const Scenario *sides[SIDES] = { inside, outside };

    while (at[0] < scenario_size(inside) || at[1] < scenario_size(outside)) {
        unsigned side = at[0] == scenario_size(inside);

        if (at[0] < scenario_size(inside) && at[1] < scenario_size(outside))
            side = scenario_packet(outside, at[1]).time < scenario_packet(inside, at[0]).time;

        CapturePacket packet = scenario_packet(sides[side], at[side]++);

        packet.ref.capture = side;
        packet.ref.place = c->infos[side].place;
        course_push(c, &packet);
        look_ahead(c, sides, at);
    }
    course_finish(c);
}

/* One rule looking. */
typedef struct Look {
    const Rule *rule;
    Judgement *judgement;
    Nsec now;
} Look;

static unsigned strength(RuleVerdict verdict)
{
    switch (verdict) {
    case RULE_FIRES:
        return 2;
    case RULE_ABSTAINS:
        return 1;
    case RULE_CLEAN:
        break;
    }
    return 0;
}

/* The first of the strongest stays. Takes 'finding'. */
static void keep(Judgement *judgement, RuleVerdict verdict, Finding *finding)
{
    judgement->looked++;
    if (judgement->finding != NULL && strength(verdict) <= strength(judgement->verdict)) {
        finding_free(finding);
        return;
    }
    g_clear_pointer(&judgement->finding, finding_free);
    judgement->verdict = verdict;
    judgement->finding = finding;
}

static bool look_at_chain(const RegChain *chain, void *user)
{
    Look *look = user;
    Finding *finding = look->rule->check_chain != NULL ? finding_new(look->rule) : NULL;

    if (finding == NULL)
        return false;

    RuleVerdict verdict = rule_apply_chain(look->rule, chain, finding);

    keep(look->judgement, verdict, finding);
    return verdict == RULE_FIRES;
}

static void look_at_device(const RegDevice *device, void *user)
{
    Look *look = user;
    Finding *finding = finding_new(look->rule);

    keep(look->judgement, rule_apply_device(look->rule, device, look->now, finding), finding);
}

static void look_at_site(const RegSite *site, void *user)
{
    Look *look = user;
    Finding *finding = finding_new(look->rule);

    keep(look->judgement, look->rule->check_site(site, finding), finding);
}

Judgement *judge_with(const char *text, const char *credentials, const Rule *rule)
{
    g_autoptr(Scenario) scenario = seen_scenario(text);
    Judgement *judgement = g_new0(Judgement, 1);
    Look look = { .rule = rule, .judgement = judgement };
    Course course;

    course_init(&course, scenario_place(scenario), credentials, NULL,
                &(RegSink){ .chain = look_at_chain, .user = &look });
    course_run(&course, scenario);
    look.now = reg_tracker_now(course.tracker);
    if (rule->check_device != NULL)
        reg_tracker_each_device(course.tracker, look_at_device, &look);
    if (rule->check_site != NULL)
        reg_tracker_each_site(course.tracker, look_at_site, &look);
    course_clear(&course);
    return judgement;
}

Judgement *judge(const char *text, const Rule *rule)
{
    return judge_with(text, NULL, rule);
}

Judgement *judge_between(const char *inside_text, const char *outside_text, const Rule *rule)
{
    g_autoptr(Scenario) inside = seen_scenario(inside_text);
    g_autoptr(Scenario) outside = seen_scenario(outside_text);
    Judgement *judgement = g_new0(Judgement, 1);
    Look look = { .rule = rule, .judgement = judgement };
    Course course;

    course_init(&course, scenario_place(inside), NULL, NULL,
                &(RegSink){ .chain = look_at_chain, .user = &look });
    add_side(&course, scenario_place(outside));
    course_run_both(&course, inside, outside);
    course_clear(&course);
    return judgement;
}

void judgement_free(Judgement *judgement)
{
    g_clear_pointer(&judgement->finding, finding_free);
    g_free(judgement);
}

void judge_devices(const char *text, const RegConfig *config,
                   void (*look)(const RegDevice *device, void *user), void *user)
{
    g_autoptr(Scenario) scenario = seen_scenario(text);
    Course course;

    course_init(&course, scenario_place(scenario), NULL, config, &(RegSink){ 0 });
    course_run(&course, scenario);
    reg_tracker_each_device(course.tracker, look, user);
    course_clear(&course);
}

void judge_devices_between(const char *inside_text, const char *outside_text,
                           void (*look)(const RegDevice *device, void *user), void *user)
{
    g_autoptr(Scenario) inside = seen_scenario(inside_text);
    g_autoptr(Scenario) outside = seen_scenario(outside_text);
    Course course;

    course_init(&course, scenario_place(inside), NULL, NULL, &(RegSink){ 0 });
    add_side(&course, scenario_place(outside));
    course_run_both(&course, inside, outside);
    reg_tracker_each_device(course.tracker, look, user);
    course_clear(&course);
}

/* All rules looking. */
typedef struct Bench {
    RuleEngine *engine;
    Nsec now;
} Bench;

static bool judge_chain(const RegChain *chain, void *user)
{
    Bench *bench = user;

    return rule_engine_chain(bench->engine, chain);
}

static void judge_device(const RegDevice *device, void *user)
{
    Bench *bench = user;

    rule_engine_device(bench->engine, device, bench->now);
}

static void judge_site(const RegSite *site, void *user)
{
    Bench *bench = user;

    rule_engine_site(bench->engine, site);
}

char *judge_all_with(const char *text, const char *credentials)
{
    g_autoptr(Scenario) scenario = seen_scenario(text);
    g_autoptr(RuleEngine) engine = rule_engine_new(rule_table, &(RuleSink){ 0 });
    g_autoptr(GString) ids = g_string_new(NULL);
    Bench bench = { .engine = engine };
    Course course;

    course_init(&course, scenario_place(scenario), credentials, NULL,
                &(RegSink){ .chain = judge_chain, .user = &bench });
    course_run(&course, scenario);
    bench.now = reg_tracker_now(course.tracker);
    reg_tracker_each_device(course.tracker, judge_device, &bench);
    reg_tracker_each_site(course.tracker, judge_site, &bench);
    rule_engine_finish(engine);
    course_clear(&course);

    const GPtrArray *findings = rule_engine_findings(engine);

    for (unsigned i = 0; i < findings->len; i++) {
        const Finding *finding = g_ptr_array_index(findings, i);

        g_string_append_printf(ids, "%s%s", i > 0 ? " " : "", finding->rule->id);
    }
    return g_string_free(g_steal_pointer(&ids), FALSE);
}

char *judge_all(const char *text)
{
    return judge_all_with(text, NULL);
}
