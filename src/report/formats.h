#pragma once

/*
 * The writers, one for each format. Each takes the output, which
 * report_writer_close() ends, and borrows the options' captures.
 */

#include "output.h"
#include "report/writer.h"

ReportWriter *report_text_new(ReportOutput *output, const ReportOptions *options);
ReportWriter *report_json_new(ReportOutput *output, const ReportOptions *options);
ReportWriter *report_jsonl_new(ReportOutput *output, const ReportOptions *options);
ReportWriter *report_csv_new(ReportOutput *output, const ReportOptions *options);
ReportWriter *report_html_new(ReportOutput *output, const ReportOptions *options);

/* In front of one of these, which 'make' makes: what goes through it has tokens
 * instead of names. The options have the redactor. */
ReportWriter *report_redact_new(ReportOutput *output, const ReportOptions *options,
                                ReportWriter *(*make)(ReportOutput *output,
                                                      const ReportOptions *options));
