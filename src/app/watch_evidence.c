/*
 * A finding says "frame 4711", and frame 4711 was over long ago. So when it is
 * told, what is still remembered is written down, each frame once, with what
 * the finding says of it as a comment.
 */

#include "watch_evidence.h"

#include "base/escape.h"
#include "report/blocks.h"
#include "report/evidence.h"

typedef struct EvidenceWriter {
    ReportWriter base;
    Recent *recent;
    WatchFiles *files;
} EvidenceWriter;

typedef struct Notes {
    const Finding *finding;
    const GPtrArray *captures;
    GByteArray *blocks;
} Notes;

GByteArray *watch_evidence_head(const GPtrArray *captures)
{
    GByteArray *head = g_byte_array_new();

    report_blocks_add_section(head);
    for (unsigned i = 0; i < captures->len; i++) {
        const CaptureInfo *info = g_ptr_array_index(captures, i);

        report_blocks_add_interface(head, info->name, g_array_index(info->links, uint16_t, 0));
    }
    return head;
}

static void add_facts(GString *text, const Finding *finding, CaptureRef ref)
{
    for (unsigned i = 0; i < finding->facts->len; i++) {
        const FindingFact *fact = &g_array_index(finding->facts, FindingFact, i);

        if (fact->ref.frame != ref.frame || fact->ref.capture != ref.capture)
            continue;

        g_autofree char *line = report_evidence_comment(finding, fact, i == 0);

        if (text->len + strlen(line) < REPORT_BLOCKS_COMMENT)
            g_string_append_printf(text, "\n%s", line);
    }
}

static void add_frame(const CapturePacket *packet, void *user)
{
    const Notes *notes = user;
    const CaptureInfo *info = g_ptr_array_index(notes->captures, packet->ref.capture);
    g_autoptr(GString) text = g_string_new(NULL);

    escape_terminal(text, str_of(info->name));
    g_string_append_printf(text, ", frame %" G_GUINT64_FORMAT, packet->ref.frame);
    add_facts(text, notes->finding, packet->ref);
    report_blocks_add_packet(notes->blocks, packet, packet->ref.capture,
                             (Str){ text->str, text->len });
}

static void write_finding(EvidenceWriter *evidence, const Finding *finding)
{
    g_autoptr(GArray) refs = g_array_new(false, false, sizeof(CaptureRef));
    Notes notes = { finding, evidence->base.captures, g_byte_array_new() };

    for (unsigned i = 0; i < finding->facts->len; i++) {
        const FindingFact *fact = &g_array_index(finding->facts, FindingFact, i);

        if (fact->ref.frame != 0)
            g_array_append_val(refs, fact->ref);
    }
    recent_take(evidence->recent, refs, add_frame, &notes);
    if (notes.blocks->len > 0)
        watch_files_add(evidence->files, notes.blocks);
    else
        g_byte_array_unref(notes.blocks);
}

static void on_finding(ReportWriter *writer, const Finding *finding)
{
    write_finding((EvidenceWriter *)writer, finding);
}

/* Those that are judged at the end only. */
static void on_end(ReportWriter *writer, const ReportResult *result)
{
    for (unsigned i = 0; i < result->findings->len; i++)
        write_finding((EvidenceWriter *)writer, g_ptr_array_index(result->findings, i));
}

static void on_start(ReportWriter *writer)
{
    watch_files_start(((EvidenceWriter *)writer)->files);
}

static void on_reopen(ReportWriter *writer)
{
    watch_files_reopen(((EvidenceWriter *)writer)->files);
}

static uint64_t on_dropped(const ReportWriter *writer)
{
    return watch_files_dropped(((const EvidenceWriter *)writer)->files);
}

static void on_free(ReportWriter *writer)
{
    g_free(writer);
}

static const ReportWriterOps evidence_ops = {
    .name = "evidence",
    .finding = on_finding,
    .end = on_end,
    .start = on_start,
    .reopen = on_reopen,
    .dropped = on_dropped,
    .free = on_free,
};

ReportWriter *watch_evidence_new(Recent *recent, WatchFiles *files, const GPtrArray *captures)
{
    EvidenceWriter *evidence = g_new0(EvidenceWriter, 1);

    evidence->base = (ReportWriter){ .ops = &evidence_ops, .captures = captures };
    evidence->recent = recent;
    evidence->files = files;
    return &evidence->base;
}
