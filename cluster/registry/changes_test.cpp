#include "cluster/registry/changes.h"

#include <gtest/gtest.h>

namespace nano::cluster {
namespace {

std::shared_ptr<const Member> member(const std::string& address) {
  return std::make_shared<const Member>(Member{.address = address});
}

TEST(Changes, KeepsTheLastOfEachAddressOnly) {
  Changes changes;
  for (int i = 0; i < 100; ++i) {
    changes.add("one:1", i > 0, member("one:1"));
    changes.add("one:1", true, nullptr);
  }
  changes.add("two:1", false, member("two:1"));
  EXPECT_EQ(changes.size(), 2u);
  const auto first = changes.after(0);
  EXPECT_EQ(first->second.address, "one:1");
  EXPECT_EQ(first->second.came, nullptr);
  const auto second = changes.after(first->first);
  EXPECT_EQ(second->second.address, "two:1");
  EXPECT_EQ(second->first, changes.revision());
  EXPECT_TRUE(changes.after(second->first) == changes.end());
}

TEST(Changes, SaysThatAMemberReplacesOneOfWhichSomeMayHaveHeard) {
  Changes changes;
  changes.add("one:1", false, member("one:1"));
  EXPECT_FALSE(changes.after(0)->second.replaces);
  changes.add("one:1", true, nullptr);
  changes.add("one:1", false, member("one:1"));
  EXPECT_TRUE(changes.after(0)->second.replaces);
}

TEST(Changes, ForgetsThoseWhoWentWhenAllAreTold) {
  Changes changes;
  changes.add("one:1", false, member("one:1"));
  changes.add("two:1", true, nullptr);
  const std::uint64_t told = changes.revision();
  changes.add("three:1", true, nullptr);
  changes.forget_departures(told);
  EXPECT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes.after(0)->second.address, "one:1");
  EXPECT_EQ(changes.after(told)->second.address, "three:1");
  changes.add("two:1", false, member("two:1"));
  EXPECT_FALSE(changes.after(changes.revision() - 1)->second.replaces);
}

}  // namespace
}  // namespace nano::cluster
