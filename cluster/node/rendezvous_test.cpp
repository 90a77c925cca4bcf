#include "cluster/node/rendezvous.h"

#include <map>

#include <gtest/gtest.h>

namespace nano::cluster {
namespace {

using Candidates = std::vector<const Member*>;

const Member a{.address = "a:1", .label = "one"};
const Member b{.address = "b:1", .label = "two"};
const Member c{.address = "c:1", .label = "three"};
const Member another_a{.address = "z:9", .label = "one"};

constexpr int keys = 300;

std::string key(int i) { return "room " + std::to_string(i); }

TEST(Rendezvous, AllWhoKnowTheSameMembersFindTheSameOneInWhateverOrder) {
  std::map<const Member*, int> found;
  for (int i = 0; i < keys; ++i) {
    const Member* const member = rendezvous(key(i), {&a, &b, &c});
    EXPECT_EQ(rendezvous(key(i), {&c, &a, &b}), member);
    ++found[member];
  }
  for (const Member* member : {&a, &b, &c}) EXPECT_GT(found[member], keys / 6) << member->address;
}

TEST(Rendezvous, AMemberThatGoesMovesOnlyItsOwnKeys) {
  for (int i = 0; i < keys; ++i) {
    const Member* const before = rendezvous(key(i), {&a, &b, &c});
    const Member* const after = rendezvous(key(i), {&a, &c});
    if (before == &b) continue;
    EXPECT_EQ(after, before);
  }
}

TEST(Rendezvous, MembersMayCountByTheirLabelsAndThenTheAddressBreaksTies) {
  for (int i = 0; i < keys; ++i) {
    const Member* const of_three = rendezvous(key(i), {&a, &b, &c}, &Member::label);
    const Member* const moved = rendezvous(key(i), {&another_a, &b, &c}, &Member::label);
    EXPECT_EQ(moved, of_three == &a ? &another_a : of_three);
    EXPECT_EQ(rendezvous(key(i), {&another_a, &a}, &Member::label), &a);
  }
}

TEST(Rendezvous, WithoutCandidatesNobodyIsFound) { EXPECT_EQ(rendezvous("room", {}), nullptr); }

TEST(Rendezvous, HashesAreTheSameOnEveryMachine) {
  EXPECT_EQ(stable_hash(""), 0xfdbdf6ac4fc52e7fu);
  EXPECT_EQ(stable_hash("nano"), 0xe9b4af5975dbb896u);
}

}  // namespace
}  // namespace nano::cluster
