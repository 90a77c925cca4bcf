#include "nano/testing/world.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "nano/session/group.h"

namespace nano::testing {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A dice table: everybody sees what is thrown.
class Table final : public Component {
 public:
  explicit Table(Application& app) : app_(app) {}
  static void routes(Routes<Table>& on) {
    on.add<&Table::sit>("Sit").add<&Table::roll>("Roll").add<&Table::load>("Load");
  }
  void sit(Session& session) { seats_.add(session); }
  std::string roll() {
    std::string rolled = std::to_string(app_.random()() % 6 + 1);
    log().info("rolled", {{"number", rolled}});
    seats_.broadcast("onRoll", rolled);
    return rolled;
  }
  Task<std::string> load(std::string name) {
    auto reading = offload([] { return 42; });
    const int level = co_await reading;
    co_return name + " " + std::to_string(level);
  }

 private:
  Application& app_;
  Group seats_;
};

std::unique_ptr<World> table(std::uint64_t seed, Options options = {}) {
  auto world = std::make_unique<World>(seed, std::move(options));
  world->app().add<Table>(world->app());
  world->start();
  return world;
}

/// All that the clients and the log saw of a game with this seed.
Texts play(std::uint64_t seed) {
  auto world = table(seed);
  auto ann = world->connect();
  auto bob = world->connect();
  Texts seen;
  for (auto& player : {ann, bob}) player->notify("Table.Sit", "");
  for (int round = 0; round < 20; ++round) {
    const auto rolled = (round % 3 == 0 ? bob : ann)->request<std::string>("Table.Roll", "");
    seen.push_back("answer " + rolled.value());
    world->advance(milliseconds{700});
    while (auto push = ann->next_push()) seen.push_back(push->route + " " + push->payload);
  }
  bob->send_packet(protocol::PacketType::handshake_ack);
  bob->vanish();
  for (const std::string& line : world->log().lines()) seen.push_back(line);
  return seen;
}

TEST(WorldTest, TheSameSeedGivesTheSameRun) {
  for (const std::uint64_t seed : {1, 2, 3}) EXPECT_EQ(play(seed), play(seed)) << seed;
  EXPECT_NE(play(1), play(2));
}

TEST(WorldTest, BytesAreSplitAsTheSeedSays) {
  const auto splits = [](std::uint64_t seed) {
    const auto world = table(seed);
    const protocol::Bytes bytes(100);
    std::vector<std::size_t> sizes;
    for (int i = 0; i < 20; ++i) {
      std::size_t total = 0;
      for (const protocol::ByteView chunk : world->split(bytes)) {
        EXPECT_FALSE(chunk.empty());
        sizes.push_back(chunk.size());
        total += chunk.size();
      }
      EXPECT_EQ(total, bytes.size());
    }
    return sizes;
  };
  EXPECT_EQ(splits(1), splits(1));
  EXPECT_NE(splits(1), splits(2));
  EXPECT_GT(splits(1).size(), 20u) << "some are torn";
}

TEST(WorldTest, TimeStandsStillUntilItIsMoved) {
  auto world = table(1);
  Texts fired;
  const TimePoint start = world->clock().now();
  const auto note = [&](std::string name) {
    fired.push_back(name + " " + std::to_string((world->clock().now() - start) / seconds{1}));
  };
  const Timer late = world->app().scheduler().after(seconds{5}, [&] { note("late"); });
  const Timer early = world->app().scheduler().after(seconds{2}, [&] { note("early"); });
  const Timer never = world->app().scheduler().after(seconds{8}, [&] { note("never"); });
  world->settle();
  EXPECT_TRUE(fired.empty());
  world->advance(seconds{7});
  EXPECT_EQ(fired, (Texts{"early 2", "late 5"})) << "each at its own time";
  EXPECT_EQ(world->clock().now() - start, seconds{7});
}

TEST(WorldTest, BlockingCallsAreMadeInPlace) {
  auto world = table(1);
  auto client = world->connect();
  EXPECT_EQ(client->request<std::string>("Table.Load", "ann").value(), "ann 42");
}

TEST(WorldTest, ClientsHaveAddressesOfTheirOwn) {
  auto world = table(1);
  Texts addresses;
  const auto opened = [&](Session& session) { addresses.push_back(session.remote_address()); };
  world->app().on_session_opened(opened).detach();
  std::vector<std::shared_ptr<Client>> clients;
  for (int i = 0; i < 300; ++i) clients.push_back(world->connect());
  EXPECT_EQ(addresses[0], "192.0.2.0:1024");
  EXPECT_EQ(addresses[299], "192.0.2.43:1025");
}

TEST(ClientTest, ThatIsLetGoVanishes) {
  Texts closed;  // outlives the world, whose end closes a session
  auto world = table(1);
  const auto note = [&](Session& session) { closed.push_back(session.close_reason()); };
  world->app().on_session_closed(note).detach();
  {
    auto client = world->connect();
    client->notify("Table.Sit", "");
  }
  world->settle();
  EXPECT_EQ(closed, Texts{"connection_lost"});
  auto other = world->connect();
  EXPECT_TRUE(other->request<std::string>("Table.Roll", "").ok()) << "the seat is empty";
}

TEST(ClientTest, SaysWhatIsMissing) {
  auto world = table(1);
  auto client = world->connect();
  EXPECT_THROW(client->expect_push<std::string>("onRoll"), std::runtime_error);
  EXPECT_TRUE(client->request<std::string>("Table.Fold", "").error().is(Errc::unknown_route));
  EXPECT_TRUE(client->take_reply<std::string>(99).error().is(Errc::timeout));
  client->notify("Table.Sit", "");
  client->request<std::string>("Table.Roll", "").value();
  EXPECT_THROW(client->expect_push<int>("onRoll2"), std::runtime_error) << "and drops the others";
  EXPECT_FALSE(client->next_push());
}

TEST(ClientTest, ThatStopsReadingSeesNothingMoreAndStays) {
  Options options;
  options.send_queue_bytes_max = 1024;
  auto world = table(1, options);
  auto client = world->connect();
  client->notify("Table.Sit", "");
  client->stop_reading();
  client->send_request("Table.Roll", "");
  world->settle();
  EXPECT_FALSE(client->next_push());
  EXPECT_TRUE(client->connected());
  auto other = world->connect();
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(other->request<std::string>("Table.Roll", "").ok());
  world->advance(limits::send_stall_timeout);
  EXPECT_EQ(client->close_reason(), "backpressure");
  EXPECT_TRUE(other->connected());
}

TEST(ClientTest, PacketsOverTheServersLimitCloseTheConnection) {
  Options options;
  options.packet_bytes_max = 1000;
  auto world = table(1, options);
  auto client = world->connect();
  EXPECT_TRUE(client->request<std::string>("Table.Load", std::string(900, 'x')).ok());
  client->send_request("Table.Load", std::string(1000, 'x'));
  EXPECT_EQ(client->close_reason(), "protocol_error");
}

TEST(LogCaptureTest, KeepsLinesOfAllLevelsAndSharesThemWithItsLogs) {
  const LogCapture capture;
  capture.log().debug("first", {{"n", 1}});
  const Log copy = capture.log();
  copy.error("second");
  EXPECT_EQ(capture.lines(), (Texts{"debug first n=1", "error second"}));
  EXPECT_TRUE(capture.contains("first n=1"));
  EXPECT_FALSE(capture.contains("third"));
}

TEST(LogCaptureTest, LogMayOutliveIt) {
  const Log log = LogCapture{}.log();
  log.info("nobody reads this");
}

}  // namespace
}  // namespace nano::testing
