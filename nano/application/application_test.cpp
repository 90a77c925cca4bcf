#include "nano/application/application.h"

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "nano/testing/log_capture.h"

namespace nano {
namespace {

using Texts = std::vector<std::string>;

/// Starts an application on real sockets of the loopback, stops it at once. The listeners it had, without
/// ports: "ws 127.0.0.1 /nano".
Texts listeners(Options options, void (*configure)(Application&)) {
  const testing::LogCapture log;
  options.log = log.log();
  Application app{options};
  configure(app);
  Texts found;
  app.on_started([&] {
    for (const ListeningAddress& listener : app.addresses()) {
      const auto port = listener.address.rfind(':');
      EXPECT_NE(listener.address.substr(port + 1), "0") << "the port the system chose";
      found.push_back(listener.scheme + " " + listener.address.substr(0, port) + " " + listener.path);
    }
    app.stop();
  });
  EXPECT_EQ(app.run(), 0);
  EXPECT_TRUE(app.stopped());
  return found;
}

void two_listeners(Application& app) {
  app.listen_tcp("127.0.0.1:0");
  app.listen_websocket("127.0.0.1:0", {.path = "/game"});
}

TEST(ApplicationTest, ListensOnWhatTheCodeNames) {
  EXPECT_EQ(listeners({}, two_listeners), (Texts{"tcp 127.0.0.1 ", "ws 127.0.0.1 /game"}));
  EXPECT_EQ(listeners({}, [](Application&) {}), Texts{});
}

TEST(ApplicationTest, OperatorsAddressesReplaceThoseOfTheirKindAndKeepTheirSettings) {
  Options tcp;
  tcp.listen_tcp = {"127.0.0.1:0", "127.0.0.2:0"};
  EXPECT_EQ(listeners(tcp, two_listeners), (Texts{"ws 127.0.0.1 /game", "tcp 127.0.0.1 ", "tcp 127.0.0.2 "}));
  Options websocket;
  websocket.listen_websocket = {"127.0.0.3:0"};
  EXPECT_EQ(listeners(websocket, two_listeners), (Texts{"tcp 127.0.0.1 ", "ws 127.0.0.3 /game"}));
}

TEST(ApplicationTest, OperatorsMayAddAListenerThatTheCodeDoesNotName) {
  Options options;
  options.listen_websocket = {"127.0.0.1:0"};
  EXPECT_EQ(listeners(options, [](Application& app) { app.listen_tcp("127.0.0.1:0"); }),
            (Texts{"tcp 127.0.0.1 ", "ws 127.0.0.1 /nano"}));
}

TEST(ApplicationTest, ListensWithThreadsForItsSockets) {
  Options options;
  options.io_threads = 2;
  EXPECT_EQ(listeners(options, two_listeners).size(), 2u);
}

TEST(ApplicationTest, AddressThatIsNotPossibleStopsTheStartWithASentence) {
  for (const std::string address : {"nonsense", "127.0.0.1:99999", "256.0.0.1:1"}) {
    const testing::LogCapture log;
    Options options;
    options.log = log.log();
    Application app{options};
    app.listen_tcp(address);
    EXPECT_EQ(app.run(), 1) << address;
    EXPECT_TRUE(log.contains("error cannot start error=")) << address;
    EXPECT_TRUE(log.contains(address)) << address;
  }
}

TEST(ListeningAddressTest, SaysInAUrlWhereThisMachineReachesIt) {
  const auto url = [](std::string scheme, std::string address) {
    return ListeningAddress{std::move(scheme), std::move(address), "/nano"}.url();
  };
  EXPECT_EQ(url("ws", "0.0.0.0:3250"), "http://localhost:3250/");
  EXPECT_EQ(url("wss", "[::]:3250"), "https://localhost:3250/");
  EXPECT_EQ(url("tcp", "127.0.0.1:3251"), "tcp://127.0.0.1:3251");
  EXPECT_EQ(url("tls", "[::1]:3251"), "tls://[::1]:3251");
}

TEST(ApplicationTest, SeedDecidesItsRandomness) {
  const auto first_number = [](std::uint64_t seed) {
    Options options;
    options.seed = seed;
    options.log = testing::LogCapture{}.log();
    return Application{options}.random()();
  };
  EXPECT_EQ(first_number(5), first_number(5));
  EXPECT_NE(first_number(5), first_number(6));
  EXPECT_NE(first_number(0), first_number(0)) << "without a seed each run differs";
}

/// Has a call on a worker that uses it for as long as it may.
class Busy final : public Component {
 public:
  explicit Busy(bool& destroyed_in_use) : destroyed_in_use_(destroyed_in_use) {}
  static void routes(Routes<Busy>&) {}
  ~Busy() override { destroyed_in_use_ = in_use_; }
  void init() override { scheduler().spawn(work()); }
  void wait_until_in_use() { begun_.get_future().wait(); }

 private:
  struct Release {
    std::promise<void>& released;
    ~Release() { released.set_value(); }
  };
  Task<void> work() {
    const Release at_cancellation{released_};
    auto call = offload([this] {
      in_use_ = true;
      begun_.set_value();
      released_.get_future().wait();
      for (int i = 0; i < 1000; ++i) std::this_thread::yield();
      in_use_ = false;
    });
    co_await call;
  }

  bool& destroyed_in_use_;
  std::atomic<bool> in_use_ = false;
  std::promise<void> begun_;
  std::promise<void> released_;
};

TEST(ApplicationTest, DestroyedWithoutARunItWaitsForCallsOnWorkersBeforeItsComponentsGo) {
  bool destroyed_in_use = true;
  {
    const testing::LogCapture log;
    Options options;
    options.log = log.log();
    Application app{options};
    Busy& busy = app.add<Busy>(destroyed_in_use);
    app.start();
    busy.wait_until_in_use();
  }
  EXPECT_FALSE(destroyed_in_use);
}

}  // namespace
}  // namespace nano
