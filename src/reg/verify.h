#pragma once

/*
 * Checks the credentials in a chain against the supplied secrets.
 */

#include "chains.h"
#include "reg/digest.h"

/* Fills in 'digest' of every step whose request carries credentials. The
 * messages of the chain must still be there. */
void verify_chain(RegDigest *digest, const RegSecrets *secrets, Chain *chain);
