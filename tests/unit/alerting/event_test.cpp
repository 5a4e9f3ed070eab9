#include "alerting/event.hpp"

#include <gtest/gtest.h>

#include <array>

namespace runneriq::alerting {
namespace {

TEST(EventKind, IsReadFromItsWords) {
  struct Row {
    std::string_view word;
    EventKind kind;
    std::string_view written;
  };
  constexpr std::array kRows{Row{"job", EventKind::job, "job"},
                             Row{"build", EventKind::job, "job"},
                             Row{"", EventKind::job, "job"},
                             Row{"pipeline", EventKind::pipeline, "pipeline"},
                             Row{"runner_offline", EventKind::runner, "runner_offline"},
                             Row{"runner_online", EventKind::runner, "runner_offline"},
                             Row{"runner", EventKind::runner, "runner_offline"},
                             Row{"job_stuck", EventKind::stuck, "job_stuck"},
                             Row{"lease_expired", EventKind::lease, "lease_expired"},
                             Row{"audit_broken", EventKind::audit, "audit_broken"},
                             Row{"budget_exceeded", EventKind::budget, "budget_exceeded"},
                             Row{"stuck", EventKind::stuck, "job_stuck"},
                             Row{"lease", EventKind::lease, "lease_expired"},
                             Row{"audit", EventKind::audit, "audit_broken"},
                             Row{"budget", EventKind::budget, "budget_exceeded"},
                             Row{"Job", EventKind::other, "other"},
                             Row{"disk_full", EventKind::other, "other"}};
  for (const Row& row : kRows) {
    EXPECT_EQ(event_kind(row.word), row.kind) << row.word;
    EXPECT_EQ(to_text(row.kind), row.written) << row.word;
  }
}

TEST(EventOutcome, GoesByStatusThenByKind) {
  struct Row {
    std::string_view kind, status, reason;
    Outcome outcome;
  };
  const std::array rows{Row{"job", "success", "", Outcome::passed},
                        Row{"job", "PASSED", "", Outcome::passed},
                        Row{"job", "fixed", "", Outcome::passed},
                        Row{"job", "ok", "", Outcome::passed},
                        Row{"job", "failed", "", Outcome::failed},
                        Row{"job", "Failure", "", Outcome::failed},
                        Row{"job", "error", "", Outcome::failed},
                        Row{"job", "canceled", "", Outcome::neither},
                        Row{"job", "skipped", "", Outcome::neither},
                        Row{"job", "running", "", Outcome::neither},
                        Row{"job", "manual", "", Outcome::neither},
                        Row{"job", "canceled", "script_failure", Outcome::neither},
                        Row{"job", "a word of tomorrow", "", Outcome::neither},
                        Row{"job", "", "", Outcome::neither},
                        Row{"job", "", "script_failure", Outcome::failed},
                        Row{"pipeline", "", "", Outcome::neither},
                        Row{"runner_offline", "", "", Outcome::failed},
                        Row{"runner_online", "", "", Outcome::passed},
                        Row{"runner_offline", "resolved", "", Outcome::passed},
                        Row{"runner", "online", "", Outcome::passed},
                        Row{"runner", "offline", "", Outcome::failed},
                        Row{"job_stuck", "", "", Outcome::failed},
                        Row{"budget_exceeded", "firing", "", Outcome::failed},
                        Row{"audit_broken", "resolved", "", Outcome::passed},
                        Row{"disk_full", "", "", Outcome::failed}};
  for (const Row& row : rows) {
    Event event;
    event.kind_word = row.kind;
    event.kind = event_kind(row.kind);
    event.status = row.status;
    event.failure_reason = row.reason;
    EXPECT_EQ(outcome_of(event), row.outcome) << row.kind << " " << row.status;
  }
}

TEST(EventMergeRequest, IsToldBySourceOrRef) {
  const auto of = [](std::string_view source, std::string_view ref) {
    Event event;
    event.source = source;
    event.ref = ref;
    return is_of_merge_request(event);
  };
  EXPECT_TRUE(of("merge_request_event", "feature/x"));
  EXPECT_TRUE(of("", "refs/merge-requests/12/head"));
  EXPECT_TRUE(of("push", "refs/merge-requests/12/merge"));
  EXPECT_FALSE(of("push", "main"));
  EXPECT_FALSE(of("", "refs/merge-requests/12"));
  EXPECT_FALSE(of("", ""));
}

}  // namespace
}  // namespace runneriq::alerting
