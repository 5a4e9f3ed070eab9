// One project of the fleet as a reader remembers it.
#pragma once

#include "gitlab/rest/project_jobs.hpp"
#include "gitlab/rest/refusal.hpp"
#include "gitlab/rest/resource_groups.hpp"
#include "gitlab/rest/surroundings.hpp"

#include <string>

namespace runneriq::gitlab {

struct KnownProject {
  KnownProject(ProjectId project, Standing standing, Refusal& manual_refused, Refusal& holders_untold)
      : jobs(project, standing), surroundings(project, manual_refused), groups(project, holders_untold) {}
  void attend(Time now) {
    surroundings.attend(jobs.pending(), jobs.waiting(), path, now);
    groups.attend(jobs, now);
  }
  ProjectJobs jobs;
  Surroundings surroundings;
  ResourceGroups groups;
  std::string path;   // "" = not known
  std::string title;  // for people
};

}  // namespace runneriq::gitlab
