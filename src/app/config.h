#pragma once

/*
 * A key file in the place of a long command line: its keys are the long options.
 */

#include <argp.h>
#include <glib.h>

#define CONFIG_ERROR (config_error_quark())
GQuark config_error_quark(void);

typedef enum ConfigError {
    CONFIG_ERROR_READ,
    CONFIG_ERROR_KEY,
} ConfigError;

/* The words of the command line, with those of the file that "--config" names in front of them;
 * an option of the command line replaces what the file says of it. 'words' end with NULL, and the
 * first is the program's name. The same words when there is no "--config". NULL with an error:
 * no such file, or a key that is no option of 'parser'. */
GPtrArray *config_expand(char *const *words, const struct argp *parser, GError **error);
