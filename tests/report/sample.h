#pragma once

/*
 * A result written down by hand, for the tests of the writers: four phones of
 * one office, of which one is registered.
 *
 *   alice  is refused although she was challenged before
 *   bob    is registered and refreshes every 54 s
 *   carol  never answers the challenge
 *   dave   gets no answer at all
 */

#include <glib/gstdio.h>

#include "report/formats.h"
#include "report/writer.h"
#include "support/check.h"

#define START (INT64_C(1769860800) * NSEC_SEC) /* 2026-01-31T12:00:00Z */
#define AT(seconds) (START + (Nsec)((seconds)*1e9))

#define SAMPLE_DEVICES 4

typedef struct Sample {
    GArray *links;
    CaptureInfo info;
    RegCaptureSite site;
    GPtrArray *infos;
    GPtrArray *sites;
    RegAttemptStep steps[SAMPLE_DEVICES + 1][2];
    RegDigestFacts *digest; /* with a table */
    RegAttempt attempts[SAMPLE_DEVICES + 1];
    RegAttempt *attempt_list[SAMPLE_DEVICES + 1];
    RegBinding binding;
    RegNat nat;
    RegOutage outage;
    RegMove move;
    RegServerMove server_move;
    RegInbound answered;
    RegLife life;
    RegDevice devices[SAMPLE_DEVICES];
    GPtrArray *device_list;
    GPtrArray *findings;
    GArray *abstentions;
    NetStats net;
    SipFramerStats sip;
    ReportResult result;
} Sample;

static const Rule sample_refused = {
    .id = "credentials_refused",
    .area = "chain",
    .title = "The registrar refused the credentials",
    .severity = FINDING_FAILURE,
    .advice = "Set the password of the account again, on the phone and on the registrar.",
    .reference = "RFC 3261 section 22.2",
};
static const Rule sample_unanswered_challenge = {
    .id = "challenge_unanswered",
    .area = "chain",
    .title = "The phone never answered the challenge",
    .severity = FINDING_FAILURE,
    .advice = "Enter the account's user name and password on the phone.",
    .reference = "RFC 3261 section 22.2",
};
static const Rule sample_note = {
    .id = "capture_duplicated",
    .area = "capture",
    .title = "Packets are in the capture more than once",
    .severity = FINDING_NOTE,
    .advice = "Mirror one direction only.",
    .reference = NULL,
};

static inline RegAttemptStep sample_step(double time, uint64_t frame, bool credentials,
                                         uint16_t status)
{
    return (RegAttemptStep){
        .cseq = credentials ? 2 : 1,
        .request = { .frame = frame },
        .answer = { .frame = status != 0 ? frame + 1 : 0 },
        .request_time = AT(time),
        .answer_time = status != 0 ? AT(time + 0.020) : NSEC_NONE,
        .status = status,
        .credentials = credentials,
        .challenged = status == 401,
        .asked = 3600,
        .granted = status == 200 ? 60 : REG_EXPIRES_NONE,
        .contact = (char *)"sip:phone@192.168.1.10:5060",
    };
}

static inline RegAttempt sample_attempt(RegAttemptStep *steps, unsigned n, RegOutcome outcome)
{
    const RegAttemptStep *last = &steps[n - 1];

    return (RegAttempt){
        .call_id = (char *)"3848276298220188511@example.com",
        .purpose = REG_PURPOSE_REGISTER,
        .outcome = outcome,
        .opened = steps[0].request_time,
        .first_opened = steps[0].request_time,
        .closed = last->answer_time != NSEC_NONE ? last->answer_time : last->request_time,
        .repeated = 1,
        .n_steps = n,
        .steps = steps,
    };
}

static inline RegDevice sample_device(uint64_t id, const char *aor, RegAttempt *const *attempts,
                                      unsigned n)
{
    return (RegDevice){
        .id = id,
        .aor = (char *)aor,
        .user_agent = (char *)"ExamplePhone 7.1",
        .server = { { { 198, 51, 100, 10 }, 4 }, 5060 },
        .addresses = { { { { 192, 168, 1, (uint8_t)(10 + id) }, 4 }, 5060 } },
        .n_addresses = 1,
        .first_seen = attempts[0]->opened,
        .last_seen = attempts[n - 1]->closed,
        .last_accepted = NSEC_NONE,
        .first_keepalive = NSEC_NONE,
        .last_keepalive = NSEC_NONE,
        .n_attempts = n,
        .n_attempts_kept = n,
        .attempts = attempts,
    };
}

static inline Finding *sample_finding(const Rule *rule, const RegDevice *device,
                                      const char *summary, CaptureRef ref, Nsec time)
{
    Finding *finding = finding_new(rule);

    finding->device = device != NULL ? device->id : 0;
    finding->aor = device != NULL ? g_strdup(device->aor) : NULL;
    finding->from = finding->until = time;
    finding->count = 1;
    finding_say(finding, "%s", summary);
    finding_cite(finding, "answer", ref, time, STR("401 Unauthorized"), NULL);
    return finding;
}

static inline void sample_fill_attempts(Sample *s)
{
    s->digest = g_malloc0(sizeof(RegDigestFacts) + sizeof(RegDigestDetail));
    *s->digest = (RegDigestFacts){ .username = (char *)"alice",
                                   .realm = (char *)"example.com",
                                   .algorithm = (char *)"MD5",
                                   .qop = (char *)"auth",
                                   .uri = (char *)"sip:example.com",
                                   .nc = (char *)"00000001",
                                   .verdict = REG_DIGEST_NO_SECRET };
    s->steps[0][0] = sample_step(0, 1, false, 401);
    s->steps[0][1] = sample_step(0.1, 3, true, 403);
    s->steps[0][1].reason = (char *)"Forbidden";
    s->steps[0][1].digest = s->digest;
    s->steps[1][0] = sample_step(1, 5, false, 401);
    s->steps[1][1] = sample_step(1.1, 7, true, 200);
    s->steps[2][0] = sample_step(271, 20, true, 200);
    s->steps[3][0] = sample_step(2, 9, false, 401);
    s->steps[4][0] = sample_step(3, 11, false, 0);
    s->steps[4][0].copies = 10;

    s->attempts[0] = sample_attempt(s->steps[0], 2, REG_OUTCOME_REFUSED);
    s->attempts[1] = sample_attempt(s->steps[1], 2, REG_OUTCOME_ACCEPTED);
    s->attempts[2] = sample_attempt(s->steps[2], 1, REG_OUTCOME_ACCEPTED);
    s->attempts[2].purpose = REG_PURPOSE_REFRESH;
    s->attempts[2].repeated = 5;
    s->attempts[2].first_opened = AT(55);
    s->attempts[3] = sample_attempt(s->steps[3], 1, REG_OUTCOME_ABANDONED);
    s->attempts[3].unexplained_silence = true;
    s->attempts[4] = sample_attempt(s->steps[4], 1, REG_OUTCOME_UNANSWERED);
    s->attempts[4].unexplained_silence = true;
    s->attempts[4].closed = AT(34.5);
    for (unsigned i = 0; i < G_N_ELEMENTS(s->attempts); i++)
        s->attempt_list[i] = &s->attempts[i];
}

static inline void sample_fill_devices(Sample *s)
{
    s->binding = (RegBinding){ .contact = (char *)"sip:bob@192.168.1.12:5060",
                               .source = { { { 203, 0, 113, 2 }, 4 }, 18680 },
                               .since = AT(1.120),
                               .until = AT(331.020),
                               .asked = 3600,
                               .granted = 60,
                               .refreshes = 5,
                               .end = REG_BINDING_OPEN };
    s->devices[0] = sample_device(1, "alice@example.com", &s->attempt_list[0], 1);
    s->devices[0].n_refused = 1;
    s->devices[1] = sample_device(2, "bob@example.com", &s->attempt_list[1], 2);
    s->devices[1].bindings = &s->binding;
    s->devices[1].n_bindings = 1;
    s->devices[1].n_accepted = 6;
    s->devices[1].public_addresses[0] = s->binding.source;
    s->devices[1].n_public_addresses = 1;
    s->devices[2] = sample_device(3, "carol@example.com", &s->attempt_list[3], 1);
    s->devices[3] = sample_device(4, "dave@example.com", &s->attempt_list[4], 1);
    s->devices[3].n_unanswered = 1;
    s->device_list = g_ptr_array_new();
    for (unsigned i = 0; i < SAMPLE_DEVICES; i++)
        g_ptr_array_add(s->device_list, &s->devices[i]);
}

static inline void sample_fill_findings(Sample *s)
{
    Finding *carol = sample_finding(
        &sample_unanswered_challenge, &s->devices[2],
        "carol@example.com was asked for a password at 12:00:02 and sent nothing for 4 min 58 s",
        (CaptureRef){ .frame = 10 }, AT(2.020));
    Finding *alice = sample_finding(&sample_refused, &s->devices[0],
                                    "The registrar answered credentials of alice@example.com with "
                                    "403 Forbidden",
                                    (CaptureRef){ .frame = 4 }, AT(0.120));

    finding_grade(carol, FINDING_PROVEN, NULL);
    finding_grade(alice, FINDING_STRONG, "the password of the account (--credentials)");
    finding_reject(alice, "refused_unchallenged", "there was a challenge in frame 2");
    s->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    g_ptr_array_add(s->findings, carol);
    g_ptr_array_add(s->findings, alice);
    g_ptr_array_add(s->findings,
                    sample_finding(&sample_note, NULL, "12 packets are in the capture twice",
                                   (CaptureRef){ .frame = 2 }, AT(0.020)));
    finding_grade(g_ptr_array_index(s->findings, 2), FINDING_PROVEN, NULL);
}

static inline void sample_fill_captures(Sample *s)
{
    uint16_t ethernet = 1;

    s->links = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    g_array_append_val(s->links, ethernet);
    s->info = (CaptureInfo){ .path = "/srv/lan.pcap",
                             .name = "lan.pcap",
                             .format = "pcap",
                             .links = s->links,
                             .packets = 1234,
                             .bytes = 99999,
                             .first = START,
                             .last = AT(300),
                             .latest = AT(300),
                             .complete = true };
    s->site = (RegCaptureSite){ .info = &s->info,
                                .vantage = { REG_VANTAGE_CLIENT,
                                             "private source, TTL 64, public destination" },
                                .messages = { .count = 24 } };
    s->infos = g_ptr_array_new();
    s->sites = g_ptr_array_new();
    g_ptr_array_add(s->infos, &s->info);
    g_ptr_array_add(s->sites, &s->site);
}

static inline Sample *sample_new(void)
{
    Sample *s = g_new0(Sample, 1);
    RuleAbstention abstention = { &sample_refused, "needs a capture beside the server", 4 };

    sample_fill_captures(s);
    sample_fill_attempts(s);
    sample_fill_devices(s);
    sample_fill_findings(s);
    s->abstentions = g_array_new(FALSE, FALSE, sizeof(RuleAbstention));
    g_array_append_val(s->abstentions, abstention);
    s->result = (ReportResult){ .captures = s->sites,
                                .devices = s->device_list,
                                .findings = s->findings,
                                .abstentions = s->abstentions,
                                .end = AT(300),
                                .counts = { .sip_messages = 24,
                                            .sip_requests = 18,
                                            .sip_responses = 6,
                                            .register_requests = 18,
                                            .register_responses = 6,
                                            .retransmissions = 10,
                                            .duplicate_packets = 12 },
                                .tables = { { .name = "net.streams" },
                                            { .name = "reg.chains", .dropped_full = 7 } },
                                .n_tables = 2,
                                .net = &s->net,
                                .sip = &s->sip };
    return s;
}

/* Takes everything out of it: a capture without registrations. */
static inline void sample_clear(Sample *s)
{
    g_ptr_array_set_size(s->device_list, 0);
    g_ptr_array_set_size(s->findings, 0);
    g_array_set_size(s->abstentions, 0);
    s->result.counts = (ReportCounts){ 0 };
    s->result.n_tables = 0;
}

#define SAMPLE_NONCE "3f8a51c0d2b94e67a1b2c3d4e5f60718"
#define SAMPLE_RESPONSE "739598d2fd4783b47bcec05e09afbb57"

/* Alice's credentials were refused because of the realm. */
static inline void sample_detail(Sample *s)
{
    RegDigestDetail *detail = s->digest->detail;
    const RegHypothesis *hypothesis;
    unsigned i = 0;

    while ((hypothesis = reg_hypothesis_at(i))->ingredient != REG_INGREDIENT_REALM)
        i++;
    s->digest->hypothesis = (uint8_t)(i + 1);
    s->digest->verdict = REG_DIGEST_OTHER_INPUT;
    s->digest->use = REG_CHALLENGE_PRECEDING;
    s->digest->detailed = true;
    detail->used = (char *)"asterisk";
    for (i = 0; i < REG_DIGEST_ROWS; i++)
        detail->rows[i].ingredient = REG_INGREDIENT_METHOD;
    detail->rows[0] = (RegDigestRow){ .ingredient = REG_INGREDIENT_USER, .answer = STR("alice") };
    detail->rows[1] = (RegDigestRow){ .ingredient = REG_INGREDIENT_REALM,
                                      .verdict = REG_ROW_FITS_ONLY,
                                      .challenge = STR("example.com"),
                                      .answer = STR("example.com"),
                                      .fits = STR("asterisk") };
    detail->rows[4] = (RegDigestRow){ .ingredient = REG_INGREDIENT_NONCE,
                                      .verdict = REG_ROW_SAME,
                                      .challenge = STR(SAMPLE_NONCE),
                                      .answer = STR(SAMPLE_NONCE) };
    detail->rows[9] = (RegDigestRow){ .ingredient = REG_INGREDIENT_RESPONSE,
                                      .verdict = REG_ROW_DIFFERS,
                                      .answer = STR(SAMPLE_RESPONSE) };
}

static inline void sample_fill_path(Sample *s)
{
    NetEndpoint registrar = { { { 198, 51, 100, 10 }, 4 }, 5060 };
    RegInbound request = { .method = SIP_METHOD_OPTIONS,
                           .from = registrar,
                           .to = s->binding.source,
                           .sent = AT(100),
                           .last_sent = AT(103.5),
                           .answered = NSEC_NONE,
                           .copies = 3,
                           .request = { .frame = 31 },
                           .last = { .frame = 34 } };

    s->outage = (RegOutage){ .first = request,
                             .last = request,
                             .requests = 1,
                             .worked_until = AT(80),
                             .worked_ref = { .frame = 30 },
                             .back = AT(120),
                             .back_ref = { .frame = 35 },
                             .back_registers = true,
                             .back_moved = true,
                             .works = NSEC_NONE,
                             .bound = true };
    s->move = (RegMove){ .kind = REG_MOVE_MAPPING,
                         .from = s->binding.source,
                         .to = { s->binding.source.addr, 1672 },
                         .time = AT(120),
                         .quiet = 40 * NSEC_SEC,
                         .before = { .frame = 30 },
                         .after = { .frame = 35 } };
    s->server_move = (RegServerMove){ .from = registrar,
                                      .to = { { { 198, 51, 100, 11 }, 4 }, 5060 },
                                      .moved = AT(200),
                                      .moved_ref = { .frame = 41 } };
    s->answered = request;
    s->answered.sent = s->answered.answered = AT(80);
    s->answered.status = 200;
}

/* Bob sits behind a NAT that forgot him for 20 s. */
static inline void sample_live(Sample *s)
{
    RegNatBounds none = { NSEC_NONE, NSEC_NONE, NSEC_NONE, 0, 0 };

    sample_fill_path(s);
    s->nat = (RegNat){ .address = s->binding.source.addr,
                       .server = s->outage.first.from.addr,
                       .bounds = { { 8 * NSEC_SEC, 20 * NSEC_SEC, 20 * NSEC_SEC, 2, 2 }, none } };
    s->life = (RegLife){ .nat = &s->nat,
                         .traffic = { .kinds = { 4 },
                                      .longest = 40 * NSEC_SEC,
                                      .longest_from = AT(80),
                                      .longest_unheard = 40 * NSEC_SEC,
                                      .flow_timer = 30 },
                         .inbound_answered = 3,
                         .inbound_unanswered = 1,
                         .answered = &s->answered,
                         .first_answered = AT(20),
                         .answered_alike = true,
                         .n_outages = 1,
                         .outages = &s->outage,
                         .n_moves = 1,
                         .moves = &s->move,
                         .server_move = &s->server_move,
                         .boots = 0,
                         .covered = 180 * NSEC_SEC };
    s->devices[1].life = &s->life;
    s->devices[1].listed_others = 1;
    s->devices[1].listed_stale = 2;
    s->devices[1].listed = (CaptureRef){ .frame = 8 };
}

static inline void sample_free(Sample *s)
{
    g_free(s->digest);
    g_array_unref(s->links);
    g_ptr_array_unref(s->infos);
    g_ptr_array_unref(s->sites);
    g_ptr_array_unref(s->device_list);
    g_ptr_array_unref(s->findings);
    g_array_unref(s->abstentions);
    g_free(s);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sample, sample_free)

/* A file to write to; its content is taken and it is gone. */
typedef struct SampleFile {
    char *folder;
    char *path;
} SampleFile;

static inline SampleFile sample_file_new(void)
{
    SampleFile file = { .folder = g_dir_make_tmp("whyreg-XXXXXX", NULL) };

    file.path = g_build_filename(file.folder, "out", NULL);
    return file;
}

static inline char *sample_file_take(SampleFile *file)
{
    g_autoptr(GMappedFile) mapped = g_mapped_file_new(file->path, FALSE, NULL);

    assert_non_null(mapped);

    size_t len = g_mapped_file_get_length(mapped);
    char *text = g_strndup(len > 0 ? g_mapped_file_get_contents(mapped) : "", len);

    g_unlink(file->path);
    assert_int_equal(g_rmdir(file->folder), 0);
    g_free(file->folder);
    g_free(file->path);
    return text;
}

/* The text report as on a terminal, which a file is not otherwise. */
static inline char *sample_text(const Sample *s, ReportOptions options)
{
    SampleFile file = sample_file_new();

    options.captures = s->infos;

    ReportWriter *writer = report_text_new(report_output_open(file.path, false, NULL), &options);

    writer->ops->end(writer, &s->result);
    assert_true(report_writer_close(writer, NULL));
    return sample_file_take(&file);
}

/* What a writer makes of it; text in lines of 100 columns. */
static inline char *sample_write(const Sample *s, const char *format, ReportOptions options)
{
    if (g_str_equal(format, "text") && options.redactor == NULL && !options.color) {
        options.ascii = true;
        options.width = options.width > 0 ? options.width : 100;
        return sample_text(s, options);
    }

    SampleFile file = sample_file_new();
    g_autofree char *spec = g_strconcat(format, ":", file.path, NULL);

    options.captures = s->infos;

    ReportWriter *writer = report_writer_open(spec, &options, NULL);

    assert_non_null(writer);
    writer->ops->end(writer, &s->result);
    assert_true(report_writer_close(writer, NULL));
    return sample_file_take(&file);
}

#define assert_contains(text, part)                        \
    do {                                                   \
        if (strstr((text), (part)) == NULL)                \
            fail_msg("no \"%s\" in:\n%s", (part), (text)); \
    } while (0)

#define assert_lacks(text, part)                           \
    do {                                                   \
        if (strstr((text), (part)) != NULL)                \
            fail_msg("\"%s\" is in:\n%s", (part), (text)); \
    } while (0)
