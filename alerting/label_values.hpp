// What the values of labels with few of them can be. Pure.
#pragma once

#include "alerting/labels.hpp"
#include "core/result.hpp"

#include <string>

namespace runneriq::alerting {

// The value as LabelValues writes it: of severity, class, kind, allow_failure, merge_request and
// default_branch in any case of letters, of kind any word of event_kind(); of other labels the value itself.
// Error: invalid_argument for one that these labels never have, with those that they can have and the one
// that may have been meant. Kinds that are not known are words, too, but are more often typing errors: they
// are asked for by an expression.
Result<std::string> value_of_label(Label label, std::string value);

}  // namespace runneriq::alerting
