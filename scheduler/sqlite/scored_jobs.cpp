#include "scheduler/sqlite/scored_jobs.hpp"

#include "platform/sqlite_columns.hpp"
#include "platform/sqlite_rows.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace runneriq::scheduler {
namespace {

using platform::Database;
using platform::Statement;

struct ScoreCount {
  double score = 0;
  int jobs = 0;
};

struct ProjectScores {
  int jobs = 0;
  int critical = 0;
  std::vector<ScoreCount> ascending;
};

// Of many scores those in the middle of each of kScoresPerProject equal parts.
ScoreHistory history_of(const ProjectScores& project) {
  const int kept = std::min(project.jobs, kScoresPerProject);
  ScoreHistory history{.jobs = project.jobs, .critical = project.critical, .scores = {}};
  history.scores.reserve(static_cast<std::size_t>(kept));
  std::int64_t passed = 0;
  for (const ScoreCount& count : project.ascending) {
    passed += count.jobs;
    const auto rank = [&] {
      return (2 * static_cast<std::int64_t>(history.scores.size()) + 1) * project.jobs / (2 * kept);
    };
    while (static_cast<int>(history.scores.size()) < kept && rank() < passed)
      history.scores.push_back(count.score);
  }
  return history;
}

}  // namespace

Result<void> remember_scored(Database& database, GitLabNumbers& gitlabs, std::span<const ScoredJob> jobs,
                             Time now) {
  for (const ScoredJob& job : jobs) {
    const auto gitlab = gitlabs.number_for(database, job.key.gitlab);
    if (!gitlab) return fail(gitlab.error());
    auto put = database.execute("INSERT OR IGNORE INTO scored_jobs VALUES (?, ?, ?, ?, ?, ?)", *gitlab,
                                job.key.job.value(), job.project.value(), job.score, job.critical,
                                platform::column_of(now));
    if (!put) return put;
  }
  return {};
}

Result<void> forget_old_scored(Database& database, Time now, int most) {
  return database.execute(
      "DELETE FROM scored_jobs WHERE (job, gitlab) IN (SELECT job, gitlab FROM scored_jobs"
      " INDEXED BY scores_by_time WHERE scored < ? ORDER BY scored LIMIT ?)",
      platform::column_of(now - kScoreKept), most);
}

Result<std::map<ProjectKey, ScoreHistory>> score_histories(Database& database, const GitLabNumbers& gitlabs,
                                                           Time now) {
  std::map<std::pair<std::int64_t, std::int64_t>, ProjectScores> projects;
  auto read = platform::each_row(
      database.query("SELECT gitlab, project, score, count(*), sum(critical) FROM scored_jobs"
                     " INDEXED BY scores_of_project WHERE scored >= ?"
                     " GROUP BY gitlab, project, score ORDER BY gitlab, project, score",
                     platform::column_of(now - kScoreKept)),
      [&](const Statement& row) {
        ProjectScores& project = projects[{row.integer(0), row.integer(1)}];
        const int jobs = static_cast<int>(row.integer(3));
        project.jobs += jobs;
        project.critical += static_cast<int>(row.integer(4));
        project.ascending.push_back({row.real(2), jobs});
      });
  if (!read) return fail(std::move(read.error()));
  std::map<ProjectKey, ScoreHistory> histories;
  for (const auto& [key, scores] : projects) {
    histories[{gitlabs.url_of(key.first), ProjectId{key.second}}] = history_of(scores);
  }
  return histories;
}

}  // namespace runneriq::scheduler
