#include "nano/base/recycled.h"

#include <memory>
#include <thread>

#include <gtest/gtest.h>

namespace nano {
namespace {

struct Thing final : Recycled<Thing> {
  explicit Thing(int its_number) : number(its_number) {}
  int number;
};

TEST(Recycled, ObjectsAreMadeAnew) {
  auto first = std::make_unique<Thing>(1);
  auto second = std::make_unique<Thing>(2);
  first.reset();
  auto third = std::make_unique<Thing>(3);
  EXPECT_EQ(second->number, 2);
  EXPECT_EQ(third->number, 3);
  EXPECT_NE(second, third);
  second.reset();
  third.reset();
  Thing::keep_no_memory();
}

TEST(Recycled, ObjectsMayEndOnAnotherThread) {
  for (int i = 0; i < 3; ++i) {
    auto thing = std::make_unique<Thing>(i);
    std::thread{[thing = std::move(thing)]() mutable {
      thing.reset();
      Thing::keep_no_memory();
    }}.join();
  }
}

}  // namespace
}  // namespace nano
