// Public header. World: an application and its clients in memory and in virtual time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nano/application/application.h"
#include "nano/base/clock.h"
#include "nano/base/worker_pool.h"
#include "nano/scheduler/driver.h"
#include "nano/testing/client.h"
#include "nano/testing/http_call.h"
#include "nano/testing/log_capture.h"

namespace nano::testing {

/// Runs one application with any number of clients on the calling thread, without sockets and without
/// waiting: time moves when the test moves it. What clients send is split into chunks at places drawn from
/// the seed, so that tests meet the splits that networks make; the same seed gives the same run. Logic and
/// codecs are the real ones; only sockets, threads and clock are replaced.
///
///     nano::testing::World world;
///     world.app().add<Room>();
///     world.start();
///     auto alice = world.connect();
///     auto joined = alice->request<JoinReply>("Room.Join", JoinRequest{"alice"});
class World {
 public:
  explicit World(std::uint64_t seed = 1, Options options = {});
  /// One of several worlds with a common clock, which must outlive it; whoever moves the clock on runs all of
  /// them.
  World(std::uint64_t seed, Options options, ManualClock& clock);
  /// Stops the application, if the test has not. One of several worlds does not wait for what takes time.
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Application& app() { return *app_; }
  std::uint64_t seed() const { return seed_; }

  /// Starts the application; what its init() throws passes through.
  void start();
  /// Stops it as SIGTERM would, and runs until it has, moving time on where something takes time. (One of
  /// several worlds does not move the common time: it has stopped when app().stopped().)
  void stop();

  /// A client with its handshake done, unless the server refused it. `user_json` is the handshake's user.
  std::shared_ptr<Client> connect(std::string_view user_json = "null");
  /// A client that has not sent anything yet.
  std::shared_ptr<Client> connect_silently();

  /// What a client of HTTP asks for, and the handler that Application::handle_http() was given answers:
  /// `world.http("GET", "/health")->response()`. Files are not served in memory.
  std::shared_ptr<HttpCall> http(std::string_view method, std::string_view target, std::string_view body = "",
                                 const std::vector<HttpHeader>& headers = {});

  /// Moves time on by `duration`, stopping at each timer on the way, and runs everything that becomes due.
  void advance(Duration duration);
  /// Runs everything that is due now, and lets the clients see what was sent to them.
  void settle();
  /// One round of settle(). Whether there was anything to do.
  bool run_ready();

  /// The lines the application logged.
  const LogCapture& log() const { return log_; }
  ManualClock& clock() { return clock_; }

  /// For clients: cuts bytes into chunks at random places.
  std::vector<protocol::ByteView> split(protocol::ByteView bytes);

 private:
  std::uint64_t seed_;
  std::mt19937_64 random_;
  ManualClock own_clock_;
  ManualClock& clock_;
  ManualDriver driver_;
  InlineWorkers workers_;
  LogCapture log_;
  std::unique_ptr<Application> app_;
  std::shared_ptr<SendTotal> send_total_;
  std::vector<std::weak_ptr<Client>> clients_;
  int clients_made_ = 0;
};

}  // namespace nano::testing
