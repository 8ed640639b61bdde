#pragma once

/*
 * The choices that a login offers, to be looked at one ingredient at a time.
 */

#include "login.h"
#include "reg/digest_engine.h"

typedef struct Offered {
    Answered *answered;
    RegDigestChoices choices;
    RegDigestScene scene;
    RegScratch scratch;
    RegHasher hasher;
    RegDigestRecipe base;
    const RegSecret *secret;
} Offered;

static inline Offered *offered_new(const Login *login)
{
    Offered *offered = g_new0(Offered, 1);
    Login quick = *login;

    quick.unsearched = true;
    quick.response = or_usual(login->response, "00000000000000000000000000000000");
    offered->answered = answered_new(&quick);
    reg_hasher_init(&offered->hasher, NULL);
    reg_scratch_init(&offered->scratch, 16384);
    offered->scene.scratch = &offered->scratch;
    reg_digest_scene_challenges(&offered->scene, &offered->answered->input);
    reg_digest_scene_read(&offered->scene);
    offered->base = reg_recipe_of(&offered->answered->input, &offered->scratch);
    reg_secrets_find(offered->answered->secrets, offered->base.user, STR_NONE, STR_NONE,
                     &offered->secret, 1);
    return offered;
}

static inline void offered_free(Offered *offered)
{
    reg_hasher_clear(&offered->hasher);
    reg_scratch_clear(&offered->scratch);
    answered_free(offered->answered);
    g_free(offered);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Offered, offered_free)

/* How the value is offered; "" when it is not. */
static inline const char *offered_as(const Offered *offered, RegDigestIngredient ingredient,
                                     Str value)
{
    RegChoiceRange range = offered->choices.of[ingredient];

    for (unsigned i = range.first; i < range.end; i++) {
        if (str_equal(offered->choices.all[i].value, value))
            return offered->choices.all[i].hypothesis->id;
    }
    return "";
}

static inline unsigned offered_count(const Offered *offered, RegDigestIngredient ingredient)
{
    return offered->choices.of[ingredient].end - offered->choices.of[ingredient].first;
}

/* That no value is offered that is the message's own. */
static inline void assert_all_differ(const Offered *offered, RegDigestIngredient ingredient,
                                     Str known)
{
    assert_string_equal(offered_as(offered, ingredient, known), "");
}
