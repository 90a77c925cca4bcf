#include "benchmark/load/failures.h"

#include <gtest/gtest.h>

namespace nano::benchmark {
namespace {

TEST(Failures, KeepTheFirstFewDifferentSentences) {
  Failures failures;
  for (const char* sentence : {"a", "b", "a", "c", "b", "d"}) failures.add(sentence);
  EXPECT_EQ(failures.count(), 6u);
  EXPECT_EQ(failures.sentences(), (std::vector<std::string>{"a", "b", "c"}));
}

}  // namespace
}  // namespace nano::benchmark
