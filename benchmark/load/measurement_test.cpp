#include "benchmark/load/measurement.h"

#include <gtest/gtest.h>

#include "benchmark/load/busy_child.h"

namespace nano::benchmark {
namespace {

using namespace std::chrono_literals;

TEST(Measurement, CountsBetweenItsStartAndItsStop) {
  Failures failures;
  Measurement measurement{{}, failures};
  const auto start = LoadClock::now();
  measurement.record(1us);
  measurement.start(start);
  measurement.record(2us);
  measurement.record(3us);
  measurement.stop(start + 2s);
  measurement.record(4us);
  const Results results = measurement.results(5);
  EXPECT_EQ(results.messages, 2u);
  EXPECT_EQ(results.latency.max(), 3000u);
  EXPECT_EQ(results.seconds, 2);
  EXPECT_EQ(results.failed, 0u);
  EXPECT_EQ(results.lost, 5u);
}

TEST(Measurement, GoesOnUntilAMessageHasLeftAndBeenAnsweredInIt) {
  LoadOptions options;
  options.connections = 1;
  options.warm_up_s = 0;
  options.seconds = 0.01;
  Failures failures;
  Measurement measurement{options, failures};
  Loop loop;
  int answers = 0;
  loop.set_timer(loop.now(), [&](LoadClock::time_point now) {
    measurement.record(1us);
    answers += 1;
    return answers < 2 ? now + 100ms : LoadClock::time_point::max();
  });
  measurement.run(loop, [] { return false; });
  const Results results = measurement.results(0);
  EXPECT_EQ(results.messages, 2u);
  EXPECT_GE(results.seconds, 0.1);
}

TEST(Measurement, EndsEarlyWhenItIsOver) {
  LoadOptions options;
  options.warm_up_s = options.seconds = 600;
  Failures failures;
  Measurement measurement{options, failures};
  Loop loop;
  measurement.run(loop, [] { return true; });
  EXPECT_EQ(measurement.results(0).messages, 0u);
}

TEST(Measurement, KeepsWhatItHasWhenAProcessEnds) {
  testing::BusyChild child;
  LoadOptions options;
  options.processes = {{"child", child.pid()}};
  Failures failures;
  Measurement measurement{options, failures};
  measurement.start(LoadClock::now());
  measurement.record(1us);
  child.end();
  measurement.stop(LoadClock::now());
  const Results results = measurement.results(0);
  EXPECT_EQ(results.messages, 1u);
  EXPECT_EQ(results.failed, 1u);
  EXPECT_TRUE(results.processes.empty());
  ASSERT_EQ(failures.sentences().size(), 1u);
  EXPECT_TRUE(failures.sentences()[0].starts_with("there is no process ")) << failures.sentences()[0];
}

}  // namespace
}  // namespace nano::benchmark
