/*
 * One call for all writers: each in its turn, those that want to hear it.
 */

#include "tell.h"

static ReportWriter *writer_at(const GPtrArray *writers, unsigned index)
{
    return g_ptr_array_index(writers, index);
}

void tell_attempt(const GPtrArray *writers, const RegDevice *device, const RegAttempt *attempt)
{
    for (unsigned i = 0; i < writers->len; i++) {
        ReportWriter *writer = writer_at(writers, i);

        if (writer->ops->attempt != NULL)
            writer->ops->attempt(writer, device, attempt);
    }
}

void tell_binding(const GPtrArray *writers, const RegDevice *device, const RegBinding *binding)
{
    for (unsigned i = 0; i < writers->len; i++) {
        ReportWriter *writer = writer_at(writers, i);

        if (writer->ops->binding != NULL)
            writer->ops->binding(writer, device, binding);
    }
}

void tell_finding(const GPtrArray *writers, const Finding *finding)
{
    for (unsigned i = 0; i < writers->len; i++) {
        ReportWriter *writer = writer_at(writers, i);

        if (writer->ops->finding != NULL)
            writer->ops->finding(writer, finding);
    }
}

void tell_end(const GPtrArray *writers, const ReportResult *result)
{
    for (unsigned i = 0; i < writers->len; i++) {
        ReportWriter *writer = writer_at(writers, i);

        if (writer->ops->end != NULL)
            writer->ops->end(writer, result);
    }
}

void tell_change(const GPtrArray *writers, const ReportChange *change)
{
    for (unsigned i = 0; i < writers->len; i++) {
        ReportWriter *writer = writer_at(writers, i);

        if (writer->ops->change != NULL)
            writer->ops->change(writer, change);
    }
}

void tell_resolved(const GPtrArray *writers, const ReportResolved *resolved)
{
    for (unsigned i = 0; i < writers->len; i++) {
        ReportWriter *writer = writer_at(writers, i);

        if (writer->ops->resolved != NULL)
            writer->ops->resolved(writer, resolved);
    }
}

void tell_forgotten(const GPtrArray *writers, uint64_t device)
{
    for (unsigned i = 0; i < writers->len; i++) {
        ReportWriter *writer = writer_at(writers, i);

        if (writer->ops->forgotten != NULL)
            writer->ops->forgotten(writer, device);
    }
}

void tell_pulse(const GPtrArray *writers, const ReportPulse *pulse)
{
    for (unsigned i = 0; i < writers->len; i++) {
        ReportWriter *writer = writer_at(writers, i);

        if (writer->ops->pulse != NULL)
            writer->ops->pulse(writer, pulse);
    }
}

void tell_reopen(const GPtrArray *writers)
{
    for (unsigned i = 0; i < writers->len; i++)
        report_writer_reopen(writer_at(writers, i));
}
