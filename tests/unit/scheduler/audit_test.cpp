#include "scheduler/audit.hpp"

#include "platform/digest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace runneriq::scheduler {
namespace {

using Kind = AuditVerdict::Kind;
using Trail = std::vector<AuditRecord>;

constexpr std::uint64_t kSeed = 20250301;

std::string sha256(std::string_view text) {
  return platform::sha256_hex(text);
}

AuditEntry entry(int number) {
  return {.at = Time{Duration{1'700'000'000'000 + number}},
          .actor = "daemon",
          .trust = "advisory",
          .event = "recommendation",
          .document = R"({"job":)" + std::to_string(number) + "}"};
}

Trail trail_of(int records) {
  Trail trail;
  for (int i = 1; i <= records; ++i) {
    trail.push_back(chained(entry(i), trail.empty() ? nullptr : &trail.back(), sha256));
  }
  return trail;
}

Checkpoint checkpoint_at(const Trail& trail, std::size_t seq) {
  return {static_cast<std::int64_t>(seq), trail[seq - 1].digest};
}

AuditVerdict check(const Trail& trail, std::optional<Checkpoint> checkpoint = std::nullopt) {
  AuditCheck check{sha256, std::move(checkpoint)};
  for (const AuditRecord& record : trail) {
    if (!check.next(record)) break;
  }
  return check.verdict();
}

void expect(const AuditVerdict& verdict, Kind kind, std::int64_t seq) {
  EXPECT_EQ(static_cast<int>(verdict.kind), static_cast<int>(kind)) << verdict.words;
  EXPECT_EQ(verdict.seq, seq) << verdict.words;
  EXPECT_FALSE(verdict.words.empty());
}

TEST(AuditChain, FieldsStandWithTheirLengthsSoThatNoTwoRecordsReadTheSame) {
  EXPECT_EQ(chained_text(7, {Time{Duration{5}}, "a", "b", "", "{}"}, "00"), "1:71:51:a1:b0:2:{}2:00");
  const AuditEntry one{Time{}, "ab", "c", "e", "{}"}, other{Time{}, "a", "bc", "e", "{}"};
  EXPECT_NE(chained_text(1, one, ""), chained_text(1, other, ""));
}

TEST(AuditChain, TheFirstRecordFollowsZerosAndEachOtherTheOneBefore) {
  const Trail trail = trail_of(2);
  EXPECT_EQ(trail[0].seq, 1);
  EXPECT_EQ(trail[0].previous, std::string(64, '0'));
  EXPECT_EQ(trail[1].seq, 2);
  EXPECT_EQ(trail[1].previous, trail[0].digest);
  EXPECT_EQ(trail[1].digest, sha256(chained_text(2, entry(2), trail[0].digest)));
}

TEST(AuditCheck, ASoundTrailIsFine) {
  expect(check({}), Kind::fine, 0);
  const Trail trail = trail_of(5);
  expect(check(trail), Kind::fine, 5);
  for (std::size_t seq = 1; seq <= 5; ++seq) expect(check(trail, checkpoint_at(trail, seq)), Kind::fine, 5);
}

TEST(AuditCheck, ATrailThatEndsBeforeItsCheckpointIsTruncated) {
  const Trail trail = trail_of(5);
  for (std::size_t kept = 0; kept < 5; ++kept) {
    const Trail cut{trail.begin(), trail.begin() + static_cast<std::ptrdiff_t>(kept)};
    expect(check(cut, checkpoint_at(trail, 5)), Kind::truncated, static_cast<std::int64_t>(kept));
    expect(check(cut), Kind::fine, static_cast<std::int64_t>(kept));
  }
}

TEST(AuditCheck, AHalfWrittenLastRecordIsATornTailUnlessACheckpointCoversIt) {
  Trail trail = trail_of(5);
  const Checkpoint at_end = checkpoint_at(trail, 5), before = checkpoint_at(trail, 4);
  trail[4].entry.document = "{\"jo";
  expect(check(trail), Kind::torn_tail, 4);
  expect(check(trail, before), Kind::torn_tail, 4);
  expect(check(trail, at_end), Kind::broken, 5);
}

TEST(AuditCheck, AnotherTrailThatIsSoundInItselfDoesNotPassForTheOneOfTheCheckpoint) {
  const Trail trail = trail_of(5);
  Trail forged;
  for (int i = 1; i <= 5; ++i) {
    forged.push_back(chained(entry(i == 3 ? 99 : i), forged.empty() ? nullptr : &forged.back(), sha256));
  }
  expect(check(forged), Kind::fine, 5);
  expect(check(forged, checkpoint_at(trail, 4)), Kind::broken, 4);
}

TEST(AuditCheck, AForgedRecordWithADigestOfItsOwnBreaksTheChainBehindIt) {
  Trail trail = trail_of(5);
  trail[2] = chained(entry(99), &trail[1], sha256);
  expect(check(trail), Kind::broken, 4);
  trail = trail_of(5);
  trail[3] = chained(entry(99), &trail[2], sha256);
  expect(check(trail), Kind::broken, 5);
}

TEST(AuditCheck, NothingMoreIsTakenOnceItIsBroken) {
  Trail trail = trail_of(3);
  AuditCheck check{sha256, std::nullopt};
  EXPECT_FALSE(check.next(trail[1]));
  EXPECT_FALSE(check.next(trail[0]));
  expect(check.verdict(), Kind::broken, 1);
}

// ---- laws ---------------------------------------------------------------------------------

class Vandal {
 public:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_);
  }

  // Changes one bit of one byte of one field.
  void flip(AuditRecord& record) {
    std::string* const fields[] = {&record.entry.actor,    &record.entry.trust, &record.entry.event,
                                   &record.entry.document, &record.previous,    &record.digest};
    const std::size_t field = below(8);
    const auto bit = std::int64_t{1} << below(40);
    if (field == 6) {
      record.seq ^= bit;
    } else if (field == 7) {
      record.entry.at += Duration{bit};
    } else {
      char& byte = (*fields[field])[below(fields[field]->size())];
      byte = static_cast<char>(byte ^ (1 << below(8)));
    }
  }

 private:
  std::mt19937_64 random_{kSeed};
};

// Found, and located at the record itself: as broken, or as a torn tail when it is the last one.
void expect_located(const Trail& trail, std::size_t place, std::optional<Checkpoint> checkpoint) {
  const AuditVerdict verdict = check(trail, std::move(checkpoint));
  const auto seq = static_cast<std::int64_t>(place) + 1;
  if (verdict.kind == Kind::torn_tail) {
    EXPECT_EQ(place + 1, trail.size()) << verdict.words;
    EXPECT_EQ(verdict.seq, seq - 1) << verdict.words;
  } else {
    expect(verdict, Kind::broken, seq);
  }
}

TEST(AuditLaws, AnyChangedBitIsFoundAndLocated) {
  Vandal vandal;
  for (int round = 0; round < 3000; ++round) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
    Trail trail = trail_of(static_cast<int>(1 + vandal.below(8)));
    const auto end = checkpoint_at(trail, trail.size());
    const std::size_t place = vandal.below(trail.size());
    vandal.flip(trail[place]);
    expect_located(trail, place, std::nullopt);
    expect(check(trail, end), Kind::broken, static_cast<std::int64_t>(place) + 1);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(AuditLaws, AnyRemovedRecordIsFoundAndLocated) {
  for (std::size_t size = 1; size <= 8; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      Trail trail = trail_of(static_cast<int>(size));
      const auto end = checkpoint_at(trail, size);
      trail.erase(trail.begin() + static_cast<std::ptrdiff_t>(place));
      const bool was_last = place + 1 == size;
      expect(check(trail, end), was_last ? Kind::truncated : Kind::broken,
             static_cast<std::int64_t>(was_last ? place : place + 1));
      if (!was_last) expect(check(trail), Kind::broken, static_cast<std::int64_t>(place) + 1);
    }
  }
}

TEST(AuditLaws, AnyTwoExchangedRecordsAreFoundAndLocated) {
  for (std::size_t a = 0; a < 6; ++a) {
    for (std::size_t b = a + 1; b < 6; ++b) {
      Trail trail = trail_of(6);
      std::swap(trail[a], trail[b]);
      expect(check(trail), Kind::broken, static_cast<std::int64_t>(a) + 1);
      std::swap(trail[a].seq, trail[b].seq);  // the contents alone are exchanged
      expect(check(trail), Kind::broken, static_cast<std::int64_t>(a) + 1);
    }
  }
}

TEST(AuditLaws, AnyAddedRecordIsFoundAndLocated) {
  for (std::size_t place = 0; place <= 6; ++place) {
    const Trail good = trail_of(6);
    for (std::size_t copied = 0; copied < 6; ++copied) {
      Trail trail = good;
      trail.insert(trail.begin() + static_cast<std::ptrdiff_t>(place), good[copied]);
      const std::size_t first_bad = copied == place ? place + 1 : place;
      expect(check(trail), Kind::broken, static_cast<std::int64_t>(first_bad) + 1);
    }
  }
}

}  // namespace
}  // namespace runneriq::scheduler
