#pragma once

/*
 * Where passwords come from: a file, a descriptor or the environment, into
 * memory that is wiped before it is given back.
 */

#include <glib.h>
#include <stdbool.h>

#define REG_SECRETS_SOURCE_MAX ((size_t)16 << 20) /* 16 MiB: more than 100,000 accounts */

/* A piece of memory for secrets. It never grows in place: nothing of it is left
 * behind in memory that the allocator took back. */
typedef struct RegSecretsBlock {
    size_t len;  /* bytes in use */
    size_t size; /* bytes there are */
    char bytes[];
} RegSecretsBlock;

RegSecretsBlock *reg_secrets_block_new(size_t size);
void reg_secrets_block_wipe(RegSecretsBlock *block);
void reg_secrets_block_free(RegSecretsBlock *block); /* wiped; NULL does nothing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RegSecretsBlock, reg_secrets_block_free)

/* 'source' as in reg_secrets_load(); NULL with an error. */
RegSecretsBlock *reg_secrets_source_read(const char *source, bool readable_by_others,
                                         GError **error);
