/*
 * A file of accounts in any of its formats.
 */

#include <glib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "reg/secrets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reader input = fuzz_reader(data, size);
    Str bytes = reader_rest(&input);
    int fd = memfd_create("accounts", 0);
    g_autofree char *name = g_strdup_printf("fd:%d", fd);
    g_autoptr(RegSecrets) secrets = reg_secrets_new();
    g_autoptr(GError) error = NULL;
    const RegSecret *found[REG_SECRETS_FEW];

    if (write(fd, bytes.data, bytes.len) < 0 || lseek(fd, 0, SEEK_SET) < 0)
        return 0;

    bool taken = reg_secrets_load(secrets, name, true, &error);

    fuzz_check(taken == (error == NULL));
    fuzz_check(taken || reg_secrets_size(secrets) == 0);

    unsigned n = reg_secrets_find(secrets, STR("alice"), STR("example.com"),
                                  STR("alice@example.com"), found, G_N_ELEMENTS(found));

    fuzz_check(n <= G_N_ELEMENTS(found));
    return 0;
}
