// What `diagnose` is asked about, as people write it.
#pragma once

#include "core/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace runneriq::cli {

struct DiagnoseSubject {
  enum class Kind { job, pipeline, merge_request } kind = Kind::job;
  std::int64_t id = 0;  // of a merge request its iid
  std::string
      address{};  // of the project's page: "https://gitlab.example/acme/shop"; "" = the configured one
};

// "123", "job/123", "pipeline/123", "#123" (a pipeline), "!12", "mr/12", or the address of such a page
// ("https://gitlab.example/acme/shop/-/jobs/123"). Error: invalid_argument.
Result<DiagnoseSubject> parse_subject(std::string_view text);

}  // namespace runneriq::cli
