// Fits the weights of diagnosis/ranking_weights.cpp on the tuning part of LogChunks and prints them as that
// table has them, and then what they reach: on projects that the fit did not see (7 folds); the same as if
// nobody had known the tools that only those projects use; on the whole tuning part; on the check part, which
// no fit ever sees. Weights on history stay as they are in the table: LogChunks has none.
//   fit_ranking [penalty] [file to list the tuning part's logs in, with what is shown of them]
#include "diagnosis/block_selection.hpp"
#include "diagnosis/candidates.hpp"
#include "diagnosis/decoys.hpp"
#include "diagnosis/ranking.hpp"
#include "platform/digest.hpp"
#include "tests/evaluation/chunk_scores.hpp"
#include "tests/evaluation/log_chunks.hpp"
#include "tests/evaluation/logistic.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <set>
#include <string_view>
#include <utility>

namespace runneriq::evaluation {
namespace {

using diagnosis::Block;
using Weights = std::vector<double>;
using Kinds = std::set<std::string_view>;

constexpr std::size_t kFolds = 7;
constexpr double kPenalty = 3;

struct Case {
  LabelledLog label;
  diagnosis::ReadLog log;
  diagnosis::FailingSpan span;
  std::vector<Block> blocks;
  std::vector<Sample> samples;
  std::size_t fold = 0;
};

// What a block is worth: nothing when it misses the label; the more of the label its first lines show, and
// the less else, the more.
double worth(const Case& c, const Block& block) {
  constexpr std::size_t kShown = 20;
  const std::size_t last = std::min(block.last, block.first + kShown - 1);
  const auto common = static_cast<double>(common_lines(c.log, block.first, last, c.label));
  if (common == 0) return 0;
  const auto labelled = std::min(c.label.last - c.label.first + 1, std::int64_t{kShown});
  const double f1 =
      2 * common / static_cast<double>(last - block.first + 1 + static_cast<std::size_t>(labelled));
  return std::min(1.0, 0.5 + 0.5 * f1);
}

std::vector<Sample> samples_of(const Case& c, const std::vector<Block>& blocks) {
  std::vector<Sample> samples;
  const auto features = diagnosis::features_of(c.log, c.span, blocks, nullptr);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    samples.push_back({.x = {features[i].begin(), features[i].end()},
                       .y = worth(c, blocks[i]),
                       .weight = 1 / std::sqrt(static_cast<double>(blocks.size()))});
  }
  return samples;
}

std::deque<Case> cases() {
  diagnosis::RuleBook rules;
  std::deque<Case> all;
  for (LabelledLog& label : log_chunks()) {
    Case& c = all.emplace_back();
    c.label = std::move(label);
    c.log = diagnosis::read_log(c.label.raw, rules);
    c.label.raw.clear();
    c.span = diagnosis::failing_span(c.log);
    c.blocks = diagnosis::candidates_of(c.log, c.span, {}, nullptr);
    c.samples = samples_of(c, c.blocks);
    c.fold = std::stoul(platform::sha256_hex("fold " + c.label.project).substr(0, 8), nullptr, 16) % kFolds;
  }
  return all;
}

// Without the fold `left_out`.
Weights fit(const std::deque<Case>& all, double penalty, std::size_t left_out) {
  std::vector<const Sample*> samples;
  for (const Case& c : all) {
    if (c.label.part != Part::tuning || c.fold == left_out) continue;
    for (const Sample& s : c.samples) samples.push_back(&s);
  }
  return fitted(samples, penalty);
}

// What blocks that told why are called, outside of a fold.
Kinds kinds_without(const std::deque<Case>& all, std::size_t left_out) {
  Kinds kinds;
  for (const Case& c : all) {
    if (c.label.part != Part::tuning || c.fold == left_out) continue;
    for (const Block& b : c.blocks) {
      if (b.extractor == diagnosis::Extractor::generic || meets(c.log, b.first, b.last, c.label))
        kinds.insert(b.kind);
    }
  }
  return kinds;
}

std::vector<diagnosis::ShownBlock> shown(const Case& c, const std::vector<Block>& blocks,
                                         const std::vector<Sample>& samples, const Weights& weights) {
  std::vector<double> scores;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    scores.push_back(diagnosis::after_decoys(logistic(weights, samples[i].x), c.log, c.span, blocks[i]));
  }
  return diagnosis::selected(c.log, blocks, scores, diagnosis::kMostShownLines);
}

std::vector<diagnosis::ShownBlock> shown(const Case& c, const Weights& weights) {
  return shown(c, c.blocks, c.samples, weights);
}

std::vector<diagnosis::ShownBlock> shown_of_kinds(const Case& c, const Weights& weights, const Kinds& kinds) {
  std::vector<Block> blocks = c.blocks;
  std::erase_if(blocks, [&](const Block& b) { return !kinds.contains(b.kind); });
  return shown(c, blocks, samples_of(c, blocks), weights);
}

void list(const Case& c, const std::vector<diagnosis::ShownBlock>& blocks, std::ostream& out) {
  ChunkScores one;
  one.add(c.log, blocks, c.label);
  const bool reached =
      std::ranges::any_of(c.blocks, [&](const Block& b) { return meets(c.log, b.first, b.last, c.label); });
  out << "##### " << c.label.name << " label " << c.label.first << '-' << c.label.last << " recall "
      << one.recall << " precision " << one.precision << " hit1 " << one.hit_1 << " hit3 " << one.hit_3
      << " candidates " << c.blocks.size() << (reached ? "" : " NOT FOUND") << '\n';
  for (const auto& b : blocks) {
    out << "  -- " << b.score << ' ' << to_text(b.extractor) << ' ' << b.kind << " lines "
        << c.log.lines[b.first].number << '-' << c.log.lines[b.last].number << '\n';
    for (std::size_t i = b.first; i <= b.last && i < b.first + 6; ++i) {
      out << "     " << c.log.lines[i].text.substr(0, 140) << '\n';
    }
  }
}

void print_table(const std::deque<Case>& all, const Weights& weights) {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const bool seen = std::ranges::any_of(all, [&](const Case& c) {
      return std::ranges::any_of(c.samples, [&](const Sample& s) { return s.x[i] != 0; });
    });
    const diagnosis::FeatureWeight& row = diagnosis::ranking_weights().at(i);
    std::printf("    FeatureWeight{\"%s\", %.2f},\n", std::string{row.name}.c_str(),
                seen ? weights[i] : row.weight);
  }
}

void print(const char* what, const ChunkScores& scores) {
  std::printf("%-18s%s\n", what, to_text(scores.averages()).c_str());
}

int run(double penalty, const char* listing) {
  const std::deque<Case> all = cases();
  std::vector<Weights> weights;
  std::vector<Kinds> kinds;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    weights.push_back(fit(all, penalty, fold));
    kinds.push_back(kinds_without(all, fold));
  }
  const Weights whole = fit(all, penalty, kFolds);
  ChunkScores projects, tools, tuning, check;
  std::ofstream out;
  if (listing != nullptr) out.open(listing);
  for (const Case& c : all) {
    (c.label.part == Part::check ? check : tuning).add(c.log, shown(c, whole), c.label);
    if (c.label.part == Part::check) continue;
    const auto blocks = shown(c, weights[c.fold]);
    projects.add(c.log, blocks, c.label);
    tools.add(c.log, shown_of_kinds(c, weights[c.fold], kinds[c.fold]), c.label);
    if (out) list(c, blocks, out);
  }
  print_table(all, whole);
  print("projects left out", projects);
  print("tools left out", tools);
  print("tuning part", tuning);
  print("check part", check);
  return 0;
}

}  // namespace
}  // namespace runneriq::evaluation

int main(int argc, char** argv) {
  const double penalty = argc > 1 ? std::atof(argv[1]) : runneriq::evaluation::kPenalty;
  return runneriq::evaluation::run(penalty, argc > 2 ? argv[2] : nullptr);
}
