#pragma once

/*
 * How old a nonce was when it was used: by the capture, and by what the nonce
 * tells of itself (reg/nonce_time.h).
 */

#include "facts.h"

/* From its challenge to the request; NSEC_NONE: the challenge was not captured. */
Nsec step_nonce_age(const RegStep *step);

/* By its own account and the server's clock, it had expired by then. */
bool step_nonce_has_expired(const RegStep *step);

/* Cites both ages with the challenge, where they are known. */
void finding_cite_nonce_age(Finding *finding, const RegStep *step, const char *expected);
