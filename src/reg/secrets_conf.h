#pragma once

/*
 * An Asterisk configuration file as sections with settings, templates resolved.
 */

#include "secrets_reader.h"
#include "text_index.h"

typedef struct RegConfSetting {
    Str key;
    Str value;
    unsigned line;
} RegConfSetting;

typedef struct RegConfSection {
    Str name;
    Str parents;    /* "a, b" of "[name](a, b)" */
    bool template;  /* "[name](!)": not a thing of its own */
    uint32_t first; /* of its settings */
    uint32_t n;
} RegConfSection;

typedef struct RegConf {
    GArray *sections; /* of RegConfSection */
    GArray *settings; /* of RegConfSetting */
    RegTextIndex names;
} RegConf;

/* The text is the reader's. Clear it whether or not reading succeeds. */
bool reg_secrets_conf_read(RegConf *conf, RegSecretsReader *reader, GError **error);
void reg_secrets_conf_clear(RegConf *conf);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RegConf, reg_secrets_conf_clear)

const RegConfSection *reg_secrets_conf_section(const RegConf *conf, uint32_t i);

/* The section's own setting, or the one it inherits; NULL without. */
const RegConfSetting *reg_secrets_conf_find(const RegConf *conf, uint32_t section, Str key);

/* Its value, or STR_NONE. */
Str reg_secrets_conf_value(const RegConf *conf, uint32_t section, Str key);

/* The next name of a list with commas, trimmed; false at the end. */
bool reg_secrets_conf_list_next(Str *rest, Str *name);
