#pragma once

/*
 * "whyreg digest": the working of digests, of a capture or of values given by
 * hand.
 */

#include <stdio.h>

#include "capture/set.h"
#include "digest_options.h"
#include "reg/secrets.h"

typedef enum DigestOutcome {
    DIGEST_FITS,     /* every digest that could be checked */
    DIGEST_DIFFERS,  /* at least one is not what the supplied secret gives over what was sent */
    DIGEST_NOT_FOUND /* no credentials in that frame; no account for that user */
} DigestOutcome;

DigestOutcome digest_print_captures(FILE *stream, CaptureSet *captures, const RegSecrets *secrets,
                                    const DigestOptions *options);
DigestOutcome digest_print_values(FILE *stream, const RegSecrets *secrets,
                                  const DigestOptions *options);
