#pragma once

/*
 * Every writer hears everything: one call for all of them.
 */

#include "report/writer.h"

/* 'writers': of ReportWriter. */
void tell_attempt(const GPtrArray *writers, const RegDevice *device, const RegAttempt *attempt);
void tell_binding(const GPtrArray *writers, const RegDevice *device, const RegBinding *binding);
void tell_finding(const GPtrArray *writers, const Finding *finding);
void tell_end(const GPtrArray *writers, const ReportResult *result);
void tell_change(const GPtrArray *writers, const ReportChange *change);
void tell_resolved(const GPtrArray *writers, const ReportResolved *resolved);
void tell_forgotten(const GPtrArray *writers, uint64_t device);
void tell_pulse(const GPtrArray *writers, const ReportPulse *pulse);
void tell_reopen(const GPtrArray *writers);
