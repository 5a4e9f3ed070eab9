// The rules by family, each in the file that is named after it. For rules.cpp alone. Pure.
#pragma once

#include "diagnosis/rule.hpp"

#include <span>

namespace runneriq::diagnosis {

std::span<const Rule> rules_compile();
std::span<const Rule> rules_test();
std::span<const Rule> rules_lint();
std::span<const Rule> rules_dependency();
std::span<const Rule> rules_configuration();
std::span<const Rule> rules_environment();
std::span<const Rule> rules_network();
std::span<const Rule> rules_registry();
std::span<const Rule> rules_disk();
std::span<const Rule> rules_memory();
std::span<const Rule> rules_timeout();
std::span<const Rule> rules_runner();
std::span<const Rule> rules_permission();
std::span<const Rule> rules_flaky();
std::span<const Rule> rules_infrastructure();

}  // namespace runneriq::diagnosis
