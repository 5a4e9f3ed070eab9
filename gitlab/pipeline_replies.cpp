#include "gitlab/pipeline_replies.hpp"

#include "gitlab/json_reader.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace runneriq::gitlab {

Result<PipelineFacts> parse_pipeline(std::string_view json) {
  const auto object = read_object(json);
  if (!object) return fail(object.error());
  PipelineFacts facts{.id = PipelineId{id_in(*object, "id")}, .sha = text_in(*object, "sha")};
  const auto created = time_in(*object, "created_at");
  if (facts.id == PipelineId{} || !created)
    return fail(Errc::corrupt, "GitLab's answer does not say which pipeline it is or when it was created");
  facts.created_at = *created;
  return facts;
}

Result<OurVariables> parse_our_variables(std::string_view json) {
  OurVariables variables;
  auto done = read_list(json, [&](const nlohmann::json& element) {
    std::string key = text_in(element, "key");
    if (!key.starts_with(kOurVariables) || variables.size() >= kMostTexts) return;
    variables.insert_or_assign(std::move(key), text_in(element, "value"));
  });
  if (!done) return fail(std::move(done.error()));
  return variables;
}

}  // namespace runneriq::gitlab
