// What the names that people give to jobs and stages say of their purpose, word by word. Pure.
#pragma once

#include <string_view>

namespace runneriq::alerting {

struct Purpose {
  bool deployment = false;  // deploys, releases, publishes, rolls out or promotes
  bool elsewhere = false;   // for another environment than production, or takes a deployment back
};

// Words are runs of letters, in any case. A job is a deployment when its name says "deploy", "release",
// "publish", "rollout" or "promote", also as "deployment", "releasing", …, never as a part of a word; or when
// its stage does and its name does not say "build" or "lint". It is for elsewhere when its name says
// "staging", "stage", "stg", "dev", "development", "test", "testing", "qa", "uat", "review", "preview",
// "sandbox", "integration", "demo" or "nightly" and not "production", "prod" or "prd"; when it says none of
// either, its stage counts, but with "test" only as of a deployment ("deploy-test"): jobs are in "test"
// unless told. "undeploy…" takes one back.
Purpose purpose_of(std::string_view name, std::string_view stage);

}  // namespace runneriq::alerting
