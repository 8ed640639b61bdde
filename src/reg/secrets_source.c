/*
 * Reading a credentials file without making it easier to steal.
 *
 * A file that others can read is refused, so that nobody learns only from an
 * intruder that its mode was wrong. The mode is asked of the open file, not of
 * the name. A symbolic link is followed only when we or root made it: in a
 * directory that others write to, anybody could plant one.
 */

#include "secrets_source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reg/secrets.h"

RegSecretsBlock *reg_secrets_block_new(size_t size)
{
    RegSecretsBlock *block = g_malloc(sizeof(*block) + size);

    *block = (RegSecretsBlock){ .size = size };
    return block;
}

void reg_secrets_block_wipe(RegSecretsBlock *block)
{
    explicit_bzero(block->bytes, block->size);
    block->len = 0;
}

void reg_secrets_block_free(RegSecretsBlock *block)
{
    if (block == NULL)
        return;
    reg_secrets_block_wipe(block);
    g_free(block);
}

/* Twice the room, the old one wiped. */
static void grow(RegSecretsBlock **block)
{
    RegSecretsBlock *larger = reg_secrets_block_new((*block)->size * 2);

    memcpy(larger->bytes, (*block)->bytes, (*block)->len);
    larger->len = (*block)->len;
    reg_secrets_block_free(*block);
    *block = larger;
}

static void *fail(GError **error, RegSecretsError code, const char *source, const char *why)
{
    g_set_error(error, REG_SECRETS_ERROR, code, "cannot read credentials from %s: %s", source, why);
    return NULL;
}

/* Until the end of the file; 'expected' bytes are read without growing. */
static RegSecretsBlock *read_all(int fd, size_t expected, const char *source, GError **error)
{
    /* One byte more, so that the end is found without growing. */
    g_autoptr(RegSecretsBlock) block = reg_secrets_block_new(expected + 1);

    for (;;) {
        ssize_t n = read(fd, block->bytes + block->len, block->size - block->len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(error, REG_SECRETS_ERROR_OPEN, source, g_strerror(errno));
        if (n == 0)
            return g_steal_pointer(&block);
        block->len += (size_t)n;
        if (block->len > REG_SECRETS_SOURCE_MAX)
            return fail(error, REG_SECRETS_ERROR_OPEN, source, "it is larger than 16 MiB");
        if (block->len == block->size)
            grow(&block);
    }
}

static RegSecretsBlock *read_open(int fd, const char *source, bool readable_by_others,
                                  GError **error)
{
    struct stat about;

    if (fstat(fd, &about) != 0)
        return fail(error, REG_SECRETS_ERROR_OPEN, source, g_strerror(errno));
    if ((about.st_mode & (S_IRGRP | S_IROTH)) != 0 && !readable_by_others)
        return fail(error, REG_SECRETS_ERROR_MODE, source, "others can read it: chmod 600 it");
    if (S_ISREG(about.st_mode) && about.st_size > (off_t)REG_SECRETS_SOURCE_MAX)
        return fail(error, REG_SECRETS_ERROR_OPEN, source, "it is larger than 16 MiB");

    size_t expected = S_ISREG(about.st_mode) ? (size_t)about.st_size : 4095;

    return read_all(fd, expected, source, error);
}

static bool is_stranger(uid_t owner)
{
    return owner != 0 && owner != geteuid();
}

/* What systemd hands over (LoadCredential=) lies in a folder that nobody else can enter; the
 * modes of its files tell of the list of users that may read them. */
static bool is_handed_over(const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");

    return folder != NULL && g_str_has_prefix(path, folder) && path[strlen(folder)] == '/';
}

static RegSecretsBlock *read_path(const char *path, bool readable_by_others, GError **error)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
    struct stat link;

    if (fd < 0 && errno == ELOOP) {
        if (lstat(path, &link) == 0 && S_ISLNK(link.st_mode) && is_stranger(link.st_uid))
            return fail(error, REG_SECRETS_ERROR_MODE, path,
                        "it is a symbolic link that somebody else made");
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    }
    if (fd < 0)
        return fail(error, REG_SECRETS_ERROR_OPEN, path, g_strerror(errno));

    RegSecretsBlock *block = read_open(fd, path, readable_by_others || is_handed_over(path), error);

    close(fd);
    return block;
}

static RegSecretsBlock *read_descriptor(const char *source, bool readable_by_others, GError **error)
{
    uint64_t fd;

    if (!str_to_uint(str_from(str_of(source), strlen("fd:")), G_MAXINT, &fd))
        return fail(error, REG_SECRETS_ERROR_OPEN, source, "that is no descriptor");

    RegSecretsBlock *block = read_open((int)fd, source, readable_by_others, error);

    close((int)fd);
    return block;
}

/* The variable would stay readable in /proc/PID/environ, so its bytes are wiped
 * where they are. */
static RegSecretsBlock *read_variable(const char *source, GError **error)
{
    const char *name = source + strlen("env:");
    char *value = getenv(name);

    if (value == NULL)
        return fail(error, REG_SECRETS_ERROR_OPEN, source, "the variable is not set");

    size_t len = strlen(value);

    if (len > REG_SECRETS_SOURCE_MAX)
        return fail(error, REG_SECRETS_ERROR_OPEN, source, "it is larger than 16 MiB");

    RegSecretsBlock *block = reg_secrets_block_new(len);

    memcpy(block->bytes, value, len);
    block->len = len;
    explicit_bzero(value, len);
    unsetenv(name);
    return block;
}

RegSecretsBlock *reg_secrets_source_read(const char *source, bool readable_by_others,
                                         GError **error)
{
    if (g_str_has_prefix(source, "env:"))
        return read_variable(source, error);
    if (g_str_has_prefix(source, "fd:"))
        return read_descriptor(source, readable_by_others, error);
    return read_path(source, readable_by_others, error);
}
