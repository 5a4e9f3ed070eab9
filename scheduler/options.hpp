// The rows of the option table that concern the scheduler, and the defaults of the rules.
#pragma once

#include "core/option.hpp"
#include "scheduler/priority.hpp"

namespace runneriq::scheduler {

// analyzer.priority.{branch_weights, tag_weight, user_role_weights, job_type_weights,
// label_rules, production_refs, manual_trigger_bonus, retry_bonus, allow_failure_penalty,
// protected_bonus, draft_penalty, non_production_cap}; `rules` must outlive the rows.
// - branch_weights and job_type_weights of a layer are put, in the order of the layer, before
//   the rules of the layers below, so that they win; "*" stays last. In job_type_weights a
//   word without '*' and '?' stands for every name that contains it: "deploy" is "*deploy*".
// - user_role_weights and label_rules: an entry replaces the one of the same name.
// - production_refs of a layer replace those of the layers below.
Options option_rows(PriorityRules& rules);

}  // namespace runneriq::scheduler
