// Laws of leases on random walks: whatever is wanted, written late, lost, forgotten by a restart or changed
// by people, users' tags stay and everything of ours goes back. The seed is fixed and printed with every
// counter-example.
#include "scheduler/leases.hpp"
#include "tests/support/leased_runner.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using Tags = std::vector<std::string>;

constexpr std::uint64_t kSeed = 4711;
constexpr int kWalks = 150;
constexpr int kSteps = 80;

const std::array<std::string, 9> kOurs{
    "runneriq:critical", "runneriq:high",          "runneriq:short",
    "runneriq:medium",   "runneriq:long",          "runneriq:preferred-a",
    "runneriq:other",    std::string{kSteeredTag}, std::string{kManagedTag}};

enum class Persons { users_tags_only, any_tags };

// One runner, what is on record of it, and writes that have not arrived yet.
class Walk : public LeasedRunner {
 public:
  Walk(std::uint64_t seed, Persons persons) : random_(seed), persons_(persons) {
    const auto others = rarely() ? between(40, 44) : between(0, 3);
    for (std::int64_t i = 0; i < others; ++i) tags.tags.push_back("user-" + std::to_string(i));
    tags.tags = tags_of({tags.tags.begin(), tags.tags.end()});
    tags.run_untagged = often();
  }

  void step() {
    switch (between(0, 11)) {
      case 0:
      case 1:
        return advance();
      case 2:
      case 3:
      case 4:
        return wish();
      case 5:
      case 6:
        return settle_some_way();
      case 7:
        return arrive_late();
      case 8:
        return change_users_tags();
      case 9:
        return persons_ == Persons::any_tags ? change_our_tags() : wish();
      case 10:
        return rarely() ? forget_all_but_the_record() : advance();
      default:
        return rarely() ? jump() : settle_some_way();
    }
  }

  // The laws that hold after every step.
  void check() {
    const auto write = book.target(kRunner, tags, now);
    if (write) {
      EXPECT_EQ(users_of(write->tags), users_of(tags.tags));
      EXPECT_LE(write->tags.size(), gitlab::kMostTags);
      EXPECT_EQ(std::ranges::count(write->tags, kManagedTag), std::ranges::count(tags.tags, kManagedTag));
      EXPECT_FALSE(write->tags.empty() && !tags.run_untagged);
      EXPECT_EQ(tags_of({write->tags.begin(), write->tags.end()}), write->tags) << "sorted, each once";
      EXPECT_NE(write->tags, tags.tags);
      if (book.live(now).empty()) {
        EXPECT_TRUE(book.is_revert(kRunner, tags, *write));
        EXPECT_EQ(std::ranges::count(write->tags, kSteeredTag), 0);
      }
      EXPECT_EQ(std::ranges::count(write->tags, kSteeredTag) == 1, differs_from_rest(write->tags));
    }
    for (const Lease& lease : book.live(now)) {
      EXPECT_FALSE(ended_.contains(lease.id)) << "lease " << lease.id << " came back";
      EXPECT_TRUE(lease.tag != kManagedTag && lease.tag != kSteeredTag && is_ours(lease.tag));
    }
  }

  // Writing what is wanted is enough, and nothing is written twice.
  void check_settled() {
    observe();
    if (!write()) return;
    const Seen seen = look_closely();
    record(changes);
    EXPECT_TRUE(seen.kind == Seen::Kind::as_expected || seen.kind == Seen::Kind::released);
    EXPECT_FALSE(target());
  }

  // All leases end; afterwards the runner is as at rest.
  void check_end() {
    record(book.end_all("the end"));
    observe();
    if (!book.why_no_target(kRunner, tags, now).empty()) return;
    write();
    observe();
    EXPECT_TRUE(book.live(now).empty());
    EXPECT_FALSE(target());
    if (std::ranges::count(tags.tags, kManagedTag) == 0) return;
    EXPECT_FALSE(is_steered());
    EXPECT_EQ(ours_of(tags.tags), book.at_rest(kRunner)->ours);
    if (persons_ == Persons::users_tags_only) {
      EXPECT_EQ(ours_of(tags.tags), managed_tags());
    }
  }

 private:
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>{low, high}(random_);
  }
  bool often() { return between(0, 1) == 1; }
  bool rarely() { return between(0, 4) == 0; }
  const std::string& any_of_ours() {
    return kOurs[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(kOurs.size()) - 1))];
  }

  static Tags users_of(Tags tags) {
    std::erase_if(tags, is_ours);
    return tags;
  }
  static Tags ours_of(Tags tags) {
    std::erase_if(tags, [](const std::string& tag) { return !is_ours(tag); });
    return tags;
  }
  bool differs_from_rest(const Tags& written) const {
    Tags ours = without_tags(ours_of(written), {std::string{kSteeredTag}, std::string{kManagedTag}});
    return ours != without_tags(book.at_rest(kRunner)->ours, {std::string{kManagedTag}});
  }

  void advance() {
    const std::array<Duration, 5> times{1s, 30s, 2min, 5min, 20min};
    pass(times[static_cast<std::size_t>(between(0, 4))]);
    record(book.pass_time(now));
  }
  void jump() {
    now.wall += Duration{between(-600'000, 600'000)};
    record(book.pass_time(now));
  }

  void wish() {
    std::vector<Wanted> wanted;
    for (auto i = between(0, 2); i > 0; --i) {
      Wanted one = wants({}, {}, often() ? kDeploy : kHotfix);
      for (auto j = between(0, 3); j > 0; --j) one.withhold.push_back(any_of_ours());
      if (rarely()) one.grant.push_back(any_of_ours());
      wanted.push_back(one);
    }
    const LeaseChanges made = book.want(wanted, now);
    if (rarely()) {
      book.take_back(made);
    } else {
      record(made);
    }
  }

  void observe() {
    look();
    record(changes);
  }

  // A write is applied, lost, or arrives later.
  void settle_some_way() {
    observe();
    const auto write = book.target(kRunner, tags, now);
    if (!write) return;
    const auto fate = between(0, 3);
    if (fate <= 1) tags.tags = write->tags;
    if (fate == 2) underway_.push_back(write->tags);
    book.has_written(kRunner, now);
    if (often()) observe();
  }
  void arrive_late() {
    if (underway_.empty()) return;
    const auto which = static_cast<std::size_t>(between(0, static_cast<std::int64_t>(underway_.size()) - 1));
    tags.tags = underway_[which];
    underway_.erase(underway_.begin() + static_cast<std::ptrdiff_t>(which));
  }

  void change_users_tags() {
    const std::string tag = "user-" + std::to_string(between(0, 60));
    if (often()) tags.tags = without_tags(tags.tags, {tag});
    if (often() && tags.tags.size() < gitlab::kMostTags) tags.tags = with_tags(tags.tags, {tag});
  }
  void change_our_tags() {
    const std::string tag = any_of_ours();
    tags.tags = without_tags(tags.tags, {tag});
    if (often() && tags.tags.size() < gitlab::kMostTags) tags.tags = with_tags(tags.tags, {tag});
  }

  void record(const LeaseChanges& written) {
    for (const Lease& lease : written.made) leases_[lease.id] = lease;
    for (const Lease& lease : written.renewed) leases_[lease.id] = lease;
    for (const Lease& lease : written.ended) leases_.erase(lease.id);
    for (const Lease& lease : written.ended) ended_.insert(lease.id);
    for (const RestState& rest : written.at_rest) rest_ = rest;
    if (!written.forgotten.empty()) rest_.reset();
  }
  void forget_all_but_the_record() {
    std::vector<Lease> leases;
    for (const auto& [id, lease] : leases_) leases.push_back(lease);
    book = LeaseBook{Lanes{}, LeaseTerms{}, leases, rest_ ? std::vector{*rest_} : std::vector<RestState>{},
                     book.last_id()};
    record(book.pass_time(now));
  }

  std::mt19937_64 random_;
  Persons persons_;
  std::vector<Tags> underway_;
  std::map<std::int64_t, Lease> leases_;  // on record
  std::set<std::int64_t> ended_;
  std::optional<RestState> rest_;
};

void walk(Persons persons) {
  for (std::uint64_t round = 0; round < kWalks; ++round) {
    SCOPED_TRACE("seed " + std::to_string(kSeed + round));
    Walk one{kSeed + round, persons};
    for (int i = 0; i < kSteps && !testing::Test::HasFailure(); ++i) {
      one.step();
      one.check();
      if (i % 8 == 7) one.check_settled();
    }
    one.check_end();
    if (testing::Test::HasFailure()) return;
  }
}

TEST(LeaseLaws, HoldWhateverHappensAndPeopleChangeNoneOfOurTags) {
  walk(Persons::users_tags_only);
}

TEST(LeaseLaws, HoldWhateverPeopleChange) {
  walk(Persons::any_tags);
}

}  // namespace
}  // namespace runneriq::scheduler
