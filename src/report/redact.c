/*
 * --redact: every report passes here before any of its text is put together.
 */

#include "formats.h"
#include "redact_copy.h"

typedef struct RedactWriter {
    ReportWriter base;
    ReportWriter *behind;
    RedactCopier *copier;
} RedactWriter;

static void redact_attempt_line(ReportWriter *writer, const RegDevice *device,
                                const RegAttempt *attempt)
{
    RedactWriter *redact = (RedactWriter *)writer;
    RedactCopier *copier = redact->copier;

    if (redact->behind->ops->attempt == NULL)
        return;
    redact->behind->ops->attempt(redact->behind, redact_device(copier, device),
                                 redact_attempt(copier, attempt));
    redact_copier_clear(copier);
}

static void redact_binding_line(ReportWriter *writer, const RegDevice *device,
                                const RegBinding *binding)
{
    RedactWriter *redact = (RedactWriter *)writer;
    RedactCopier *copier = redact->copier;

    if (redact->behind->ops->binding == NULL)
        return;
    redact->behind->ops->binding(redact->behind, redact_device(copier, device),
                                 redact_bindings(copier, binding, 1));
    redact_copier_clear(copier);
}

static void redact_finding_line(ReportWriter *writer, const Finding *finding)
{
    RedactWriter *redact = (RedactWriter *)writer;

    if (redact->behind->ops->finding == NULL)
        return;
    redact->behind->ops->finding(redact->behind, redact_finding(redact->copier, finding));
    redact_copier_clear(redact->copier);
}

static void redact_change(ReportWriter *writer, const ReportChange *change)
{
    RedactWriter *redact = (RedactWriter *)writer;
    ReportChange own = *change;

    if (redact->behind->ops->change == NULL)
        return;
    own.device = redact_device(redact->copier, change->device);
    if (change->finding != NULL)
        own.finding = redact_finding(redact->copier, change->finding);
    redact->behind->ops->change(redact->behind, &own);
    redact_copier_clear(redact->copier);
}

static void redact_resolved(ReportWriter *writer, const ReportResolved *resolved)
{
    RedactWriter *redact = (RedactWriter *)writer;
    ReportResolved own = *resolved;

    if (redact->behind->ops->resolved == NULL)
        return;
    own.finding = redact_finding(redact->copier, resolved->finding);
    redact->behind->ops->resolved(redact->behind, &own);
    redact_copier_clear(redact->copier);
}

static void redact_forgotten(ReportWriter *writer, uint64_t device)
{
    ReportWriter *behind = ((RedactWriter *)writer)->behind;

    if (behind->ops->forgotten != NULL)
        behind->ops->forgotten(behind, device);
}

static void redact_end(ReportWriter *writer, const ReportResult *result)
{
    RedactWriter *redact = (RedactWriter *)writer;

    if (redact->behind->ops->end == NULL)
        return;
    redact->behind->ops->end(redact->behind, redact_result(redact->copier, result));
    redact_copier_clear(redact->copier);
}

static void redact_free(ReportWriter *writer)
{
    RedactWriter *redact = (RedactWriter *)writer;

    redact->behind->ops->free(redact->behind);
    redact_copier_free(redact->copier);
    g_free(redact);
}

static const ReportWriterOps redact_ops = {
    .name = "redact",
    .attempt = redact_attempt_line,
    .binding = redact_binding_line,
    .finding = redact_finding_line,
    .end = redact_end,
    .change = redact_change,
    .resolved = redact_resolved,
    .forgotten = redact_forgotten,
    .free = redact_free,
};

ReportWriter *report_redact_new(ReportOutput *output, const ReportOptions *options,
                                ReportWriter *(*make)(ReportOutput *output,
                                                      const ReportOptions *options))
{
    RedactWriter *redact = g_new0(RedactWriter, 1);
    ReportOptions behind = *options;

    redact->copier = redact_copier_new(options->redactor, options->captures);
    behind.captures = redact->copier->captures;
    redact->behind = make(output, &behind);
    redact->base = (ReportWriter){ .ops = &redact_ops,
                                   .output = output,
                                   .captures = redact->copier->captures,
                                   .shows_messages = redact->behind->shows_messages };
    return &redact->base;
}
