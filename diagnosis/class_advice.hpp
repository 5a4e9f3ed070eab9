// What to do about a class of failures where no rule says it better. Pure.
#pragma once

#include "diagnosis/failure_class.hpp"

#include <string_view>

namespace runneriq::diagnosis {

std::string_view advice_on(FailureClass failure_class);  // one sentence, never empty

}  // namespace runneriq::diagnosis
