#pragma once

/*
 * The inside of the table of accounts, for its tests.
 */

#include "reg/secrets.h"
#include "secrets_source.h"

/* Takes the block, which holds the text of a source. */
bool reg_secrets_add_block(RegSecrets *secrets, const char *source, RegSecretsBlock *block,
                           GError **error);
