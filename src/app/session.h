#pragma once

/*
 * What the analysis of files and the watching of interfaces have in common:
 * accounts, outputs, the terminal, the exit status.
 */

#include "options.h"
#include "reg/secrets.h"
#include "report/writer.h"

enum { EXIT_CLEAN = 0, EXIT_FOUND = 1, EXIT_TROUBLE = 2 };

/* Says what is wrong with the world; returns EXIT_TROUBLE. */
int session_complain(const GError *error);

/* 0: standard output is no terminal. */
unsigned session_terminal_width(void);
bool session_wants_color(unsigned width);

RegSecrets *session_load_secrets(const Options *options, GError **error);

/* How reports look. */
ReportOptions session_report_options(const Options *options, const GPtrArray *infos,
                                     ReportRedactor *redactor);

/* One for each -o, of ReportWriter; session_close_writers() frees what is in the list. */
GPtrArray *session_open_writers(const Options *options, const GPtrArray *infos,
                                ReportRedactor *redactor, GError **error);

/* Returns 'status', or EXIT_TROUBLE when something could not be written. */
int session_close_writers(GPtrArray *writers, int status);
