#include "benchmark/load/results.h"

#include <gtest/gtest.h>

namespace nano::benchmark {
namespace {

TEST(Results, AreOneJsonObject) {
  LoadOptions options;
  options.in_flight = 8;
  Results results;
  results.seconds = 0.5;
  results.messages = 2;
  results.lost = 1;
  results.own_cpu_s = 0.25;
  results.latency.record(100);
  results.latency.record(200);
  results.processes = {{.name = "a \"b\"", .cpu_s = 0.5, .rss_kib = 10, .anonymous_kib = 4},
                       {.name = "c", .cpu_s = 0.25, .rss_kib = 1, .anonymous_kib = 1}};
  EXPECT_EQ(to_json(options, results),
            R"({"scenario":"request","dialect":"nano","transport":"tcp","connections":100,"in_flight":8,)"
            R"("seconds":0.5,"messages":2,"messages_per_s":4,"failed":0,"lost":1,)"
            R"("latency_us":{"mean":0.15,"p50":0.10,"p90":0.20,"p99":0.20,"p99_9":0.20,"p99_99":0.20,)"
            R"("max":0.20},"processes":{"a \"b\"":{"cpu_s":0.5,"cpu_s_per_million":2.5e+05,"rss_kib":10,)"
            R"("anonymous_kib":4},"c":{"cpu_s":0.25,"cpu_s_per_million":1.25e+05,"rss_kib":1,)"
            R"("anonymous_kib":1}},"cpu_s_per_million":3.75e+05,"own_cpu_s_per_million":1.25e+05})");
}

TEST(Results, WithoutMessagesHaveNoFiguresPerMessage) {
  LoadOptions options;
  options.scenario = Scenario::open;
  options.rate = 1000;
  EXPECT_EQ(to_json(options, {}),
            R"({"scenario":"open","dialect":"nano","transport":"tcp","connections":100,"rate":1000,)"
            R"("seconds":0,"messages":0,"messages_per_s":0,"failed":0,"lost":0})");
}

TEST(Results, OfFixedTimesSayHowLateThisProgramWas) {
  LoadOptions options;
  Results results;
  results.lateness.record(150);
  EXPECT_NE(to_json(options, results).find(R"("sent_late_us":{"mean":0.15,"p50":0.15,)"), std::string::npos);
}

TEST(Results, OfIdleConnectionsAreBytes) {
  LoadOptions options;
  options.scenario = Scenario::idle;
  Results results;
  results.seconds = 1;
  results.bytes_per_connection = 1737.4;
  EXPECT_EQ(to_json(options, results),
            R"({"scenario":"idle","dialect":"nano","transport":"tcp","connections":100,"seconds":1,)"
            R"("failed":0,"lost":0,"bytes_per_connection":1737.4})");
  EXPECT_NE(to_text(options, results).find("1737 bytes of memory per connection\n"), std::string::npos);
}

TEST(Results, AreLinesForPeople) {
  LoadOptions options;
  Results results;
  results.seconds = 2;
  results.messages = 1'000'000;
  results.failed = 3;
  results.own_cpu_s = 0.5;
  for (int i = 0; i < 10; ++i) results.latency.record(150);
  results.processes = {{.name = "server", .cpu_s = 1.5, .rss_kib = 10, .anonymous_kib = 4}};
  EXPECT_EQ(to_text(options, results),
            "request: nano over tcp, 100 connections, 1 in flight each\n"
            "1000000 messages in 2.00 s, 500000 a second\n"
            "latency us: mean 0.1 p50 0.1 p90 0.1 p99 0.1 p99.9 0.1 p99.99 0.1 max 0.1\n"
            "CPU s per million: this program 0.500, server 1.500\n"
            "server: 1.500 s of CPU, 10 KiB of memory, 4 KiB of that its own\n"
            "3 failed, 0 lost\n");
}

}  // namespace
}  // namespace nano::benchmark
