#include "benchmark/load/options.h"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace nano::benchmark {
namespace {

LoadOptions parse(std::string_view scenario, std::vector<std::string> flags) {
  flags.insert(flags.begin(), {std::string{scenario}, "--address", "127.0.0.1:3250"});
  return LoadOptions::parse(flags);
}

/// The sentence that says what to change.
std::string mistake(const std::vector<std::string>& arguments) {
  try {
    LoadOptions::parse(arguments);
  } catch (const std::invalid_argument& failure) {
    return failure.what();
  }
  return "none";
}

std::string mistake(std::string_view scenario, std::vector<std::string> flags) {
  flags.insert(flags.begin(), {std::string{scenario}, "--address", "127.0.0.1:3250"});
  return mistake(flags);
}

TEST(LoadOptions, HaveDefaultsByScenario) {
  const LoadOptions request = parse("request", {});
  EXPECT_EQ(request.scenario, Scenario::request);
  EXPECT_EQ(request.route, "Bench.Echo");
  EXPECT_EQ(request.payload, PayloadKind::raw);
  EXPECT_EQ(request.payload_bytes, 64u);
  EXPECT_EQ(request.connections, 100u);
  EXPECT_EQ(request.in_flight, 1u);
  EXPECT_EQ(request.dialect.transport, Transport::tcp);
  EXPECT_EQ(request.dialect.path, "/nano");

  const LoadOptions notify = parse("notify", {});
  EXPECT_EQ(notify.route, "Bench.Ping");
  EXPECT_EQ(notify.push, "pong");
  EXPECT_EQ(notify.payload, PayloadKind::ping);

  const LoadOptions paced = parse("paced", {});
  EXPECT_EQ(paced.payload_bytes, 0u);
  EXPECT_EQ(parse("broadcast", {}).push, "onSay");
}

TEST(LoadOptions, AreWhatTheFlagsSay) {
  const LoadOptions options = LoadOptions::parse(
      {"--address", "127.0.0.1:3250",  "notify",     "--address",     "10.0.0.2:80", "--pid",
       "gate=12",   "--pid",           "back=13",    "--transport",   "websocket",   "--path",
       "/ws",       "--route",         "Bench.Echo", "--push",        "onEcho",      "--payload",
       "raw",       "--payload-bytes", "8",          "--connections", "7",           "--in-flight",
       "3",         "--warm-up-s",     "0",          "--seconds",     "0.25",        "--json"});
  EXPECT_EQ(options.scenario, Scenario::notify);
  EXPECT_EQ(options.address_of(0).text, "127.0.0.1:3250");
  EXPECT_EQ(options.address_of(3).text, "10.0.0.2:80");
  ASSERT_EQ(options.processes.size(), 2u);
  EXPECT_EQ(options.processes[1].name, "back");
  EXPECT_EQ(options.processes[1].pid, 13);
  EXPECT_EQ(options.dialect.transport, Transport::websocket);
  EXPECT_EQ(options.dialect.path, "/ws");
  EXPECT_EQ(options.route, "Bench.Echo");
  EXPECT_EQ(options.push, "onEcho");
  EXPECT_EQ(options.payload, PayloadKind::raw);
  EXPECT_EQ(options.payload_bytes, 8u);
  EXPECT_EQ(options.connections, 7u);
  EXPECT_EQ(options.in_flight, 3u);
  EXPECT_EQ(options.warm_up_s, 0);
  EXPECT_EQ(options.seconds, 0.25);
  EXPECT_TRUE(options.json);
}

TEST(LoadOptions, OfHttpSayWhatEachAnswerBrings) {
  const LoadOptions options = parse("request", {"--dialect", "http", "--path", "/a", "--body-bytes", "1024"});
  EXPECT_EQ(options.dialect.path, "/a");
  EXPECT_EQ(options.dialect.body_bytes, 1024u);
  EXPECT_EQ(options.payload_bytes, 0u);
  EXPECT_EQ(mistake("request", {"--dialect", "http"}),
            "the dialect http needs --body-bytes, the size of what each answer brings");
  EXPECT_EQ(mistake("request", {"--dialect", "http", "--body-bytes", "1", "--payload-bytes", "8"}),
            "the requests of the dialect http have no payload; leave --payload out");
  EXPECT_EQ(mistake("request", {"--body-bytes", "1"}),
            "--body-bytes is for the dialect http; what others answer is what was sent");
}

TEST(LoadOptions, ExplainThemselves) {
  const std::string help = LoadOptions::parse({"--help"}).help;
  for (const char* word : {"SCENARIO", "--address", "--in-flight", "--rate", "--dialect", "nano"}) {
    EXPECT_NE(help.find(word), std::string::npos) << word;
  }
}

TEST(LoadOptions, RefuseWrongFlagsWithASentence) {
  EXPECT_EQ(mistake("requests", {}),
            "the first argument is a scenario (request, notify, open, broadcast, idle, churn, paced), not "
            "\"requests\"");
  EXPECT_EQ(mistake({"request"}), "--address is required (--help lists all flags)");
  EXPECT_EQ(mistake({"request", "--address", "localhost:80"}),
            "--address takes an IPv4 address and a port like 127.0.0.1:3250, not \"localhost:80\"");
  for (const char* address : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:80x"}) {
    EXPECT_NE(mistake({"request", "--address", address}), "none") << address;
  }
  EXPECT_EQ(mistake("request", {"--transport", "udp"}), "--transport is tcp or websocket, not \"udp\"");
  EXPECT_EQ(mistake("request", {"--payload", "xml"}), "--payload is raw, ping or json, not \"xml\"");
  EXPECT_EQ(mistake("request", {"--pid", "12"}), "--pid takes NAME=PID, not \"12\"");
  EXPECT_EQ(mistake("request", {"--dialect", "smtp"}), "there is no dialect \"smtp\"");
  EXPECT_EQ(mistake("request", {"--dialect", "ws"}), "the dialect ws needs --transport websocket");
  EXPECT_EQ(mistake("request", {"--connections", "0"}),
            "--connections takes a number from 1 to 28000, not \"0\"");
  EXPECT_EQ(mistake("request", {"--seconds", "nan"}),
            "--seconds takes a number from 0.01 to 600, not \"nan\"");
  EXPECT_NE(mistake("request", {"--in-flight", "1.5"}), "none");
  EXPECT_NE(mistake("request", {"--nonsense", "1"}), "none");
  EXPECT_NE(mistake("request", {"--route", std::string(256, 'a')}), "none");
}

TEST(LoadOptions, RefuseScenariosThatCannotRun) {
  EXPECT_EQ(mistake("open", {}),
            "the scenario open needs --rate, the requests per second of all connections");
  EXPECT_EQ(mistake("open", {"--rate", "1", "--seconds", "0.5"}),
            "not one message falls into --seconds; raise that or --rate");
  EXPECT_EQ(mistake("open", {"--rate", "9000000", "--seconds", "600"}),
            "that would be over a thousand million messages; lower --rate or --seconds");
  EXPECT_EQ(mistake("idle", {}), "the scenario idle needs --pid, the process whose memory is measured");
  EXPECT_EQ(mistake("broadcast", {"--payload-bytes", "7"}),
            "raw payloads that come back as pushes are numbered: --payload-bytes takes at least 8");
}

}  // namespace
}  // namespace nano::benchmark
