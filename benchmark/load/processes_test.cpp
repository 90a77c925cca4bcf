#include "benchmark/load/processes.h"

#include <chrono>
#include <stdexcept>
#include <unistd.h>

#include <gtest/gtest.h>

#include "benchmark/load/busy_child.h"

namespace nano::benchmark {
namespace {

using testing::BusyChild;

/// Asks until `condition()`, but not for ever.
template <class Condition>
bool eventually(Condition&& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
  }
  return true;
}

TEST(ProcessWatch, CountsTheTimeFromItsStart) {
  const BusyChild child;
  ProcessWatch watch{{{"busy", child.pid()}}};
  ASSERT_TRUE(eventually([&] { return watch.figures()[0].cpu_s > 0.02; }));
  child.rest();
  // The system may still charge it with a moment of its work.
  EXPECT_TRUE(eventually([&] {
    watch.start();
    return watch.figures()[0].cpu_s == 0;
  }));
  EXPECT_EQ(watch.figures()[0].name, "busy");
}

TEST(ProcessWatch, CountsTheChildrenOfAProcess) {
  const BusyChild child;
  const ProcessWatch watch{{{"parent", getpid()}}};
  const double before_s = own_cpu_s();
  EXPECT_TRUE(eventually([&] { return watch.figures()[0].cpu_s > own_cpu_s() - before_s + 0.02; }));
}

TEST(ProcessWatch, KnowsTheMemory) {
  const BusyChild child;
  child.rest();
  const ProcessWatch watch{{{"one", child.pid()}, {"again", child.pid()}}};
  const auto figures = watch.figures();
  ASSERT_EQ(figures.size(), 2u);
  EXPECT_GT(figures[0].anonymous_kib, 0);
  EXPECT_GE(figures[0].rss_kib, figures[0].anonymous_kib);
  EXPECT_EQ(watch.anonymous_kib(), 2 * figures[0].anonymous_kib);
}

TEST(ProcessWatch, RefusesAProcessThatIsNotThere) {
  BusyChild child;
  const pid_t pid = child.pid();
  const ProcessWatch watch{{{"gone", pid}}};
  child.end();
  EXPECT_THROW(watch.figures(), std::runtime_error);
  EXPECT_THROW((ProcessWatch{{{"gone", pid}}}), std::runtime_error);
}

}  // namespace
}  // namespace nano::benchmark
