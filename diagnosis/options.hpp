// What can be said of diagnosis in the configuration.
#pragma once

#include "core/option.hpp"

#include <string>
#include <vector>

namespace runneriq::diagnosis {

struct DiagnosisOptions {
  bool model = false;  // excerpts of logs may go to a model
  // What the daemon writes by itself.
  enum class Post { off, notes } post = Post::off;
  enum class Issues { off, default_branch, gaps } issues = Issues::off;
  std::vector<std::string> issue_labels = {"runneriq::failure"};
  std::string opt_out_label = "runneriq::no-diagnosis";
  int jobs = 5;            // of a pipeline, whose logs are read
  double ask_below = 0.5;  // confidence 0..1
};

// diagnosis.*; `options` must outlive the rows.
Options option_rows(DiagnosisOptions& options);

}  // namespace runneriq::diagnosis
