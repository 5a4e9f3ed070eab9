#include "diagnosis/rule_families.hpp"

#include <vector>

namespace runneriq::diagnosis {
namespace {

std::vector<const Rule*> gathered() {
  std::vector<const Rule*> rules;
  for (const std::span<const Rule> family :
       {rules_compile(), rules_test(), rules_lint(), rules_dependency(), rules_configuration(),
        rules_environment(), rules_network(), rules_registry(), rules_disk(), rules_memory(), rules_timeout(),
        rules_runner(), rules_permission(), rules_flaky(), rules_infrastructure()}) {
    for (const Rule& rule : family) rules.push_back(&rule);
  }
  return rules;
}

}  // namespace

std::span<const Rule* const> all_rules() {
  static const std::vector<const Rule*> kRules = gathered();
  return kRules;
}

}  // namespace runneriq::diagnosis
