#pragma once

/*
 * What the same message seen on both sides of a box proves about the box.
 *
 * For the rules that also judge from one side: they ask here first. Where the
 * capture holds one side only, all three say no.
 */

#include "rules/rule.h"

/* Addresses in the text were replaced on the way, in messages that are
 * otherwise the same: fills the finding in, proven, with the effects. False:
 * no pair shows that, and the finding is untouched. */
bool alg_pair_judge(const RegChain *chain, Finding *finding);

/* A message was whole on the side it came from and damaged on the other: fills
 * the finding in, proven. False: no pair shows that. */
bool alg_pair_judge_damage(const RegChain *chain, Finding *finding);

/* The path up to the server was seen from both ends, and no message of this phone was
 * changed on it. */
bool alg_pair_is_clean(const RegChain *chain);
