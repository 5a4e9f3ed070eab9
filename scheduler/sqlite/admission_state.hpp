// The service's queue on SQLite: what a restart must not lose. Stands in a file of its own beside the
// fleet's state, since it is written thousands of times a second and worth nothing after a day.
#pragma once

#include "platform/state_file.hpp"
#include "scheduler/admission_book.hpp"

#include <span>
#include <string>
#include <vector>

namespace runneriq::scheduler {

struct AdmissionStateSettings {
  std::string path = "/var/lib/runneriq/admissions.db";
  Duration patience = std::chrono::seconds{1};  // longest wait of a call for other processes
};

// For one thread at a time. Errors: see StateFile.
class AdmissionState {
 public:
  static Result<AdmissionState> open(AdmissionStateSettings settings);

  [[nodiscard]] Result<std::vector<Booking>> load();
  // All of them or none, with one durable commit. What ends as it began is not written.
  [[nodiscard]] Result<void> commit(std::span<const BookChange> changes);

  // What was done to the file so that it can be used, as sentences for the log.
  [[nodiscard]] const std::vector<std::string>& notices() const { return file_.notices(); }

 private:
  explicit AdmissionState(platform::StateFile file) : file_(std::move(file)) {}

  platform::StateFile file_;
};

}  // namespace runneriq::scheduler
