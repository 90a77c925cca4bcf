#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/load/answers.h"
#include "benchmark/load/client.h"
#include "benchmark/load/crowd.h"
#include "benchmark/load/measurement.h"
#include "benchmark/load/scenarios.h"
#include "benchmark/load/schedule.h"

namespace nano::benchmark {
namespace {

// Go Nano takes no request without a payload.
constexpr std::string_view join_payload = "{}";

/// Stands beside the route of the broadcasts: Bench.Join for Bench.Say.
std::string join_route_of(std::string_view say_route) {
  return std::string{say_route.substr(0, say_route.rfind('.') + 1)} + "Join";
}

class Room;

/// Is in the room: every broadcast arrives here, in the order in which they were made.
class Listener final : public Client {
 public:
  Listener(Loop& loop, Failures& all_failures, const Address& address, Room& room);
  bool has_joined() const { return has_joined_; }

 protected:
  void opened() override;
  void on_answer(std::uint64_t id, bool ok, protocol::ByteView payload) override;
  void on_push(std::string_view route, protocol::ByteView payload) override;
  void after_read() override;

 private:
  Room& room_;
  bool has_joined_ = false;
  std::uint64_t last_ = 0;  // number of the last broadcast
};

/// Is not in the room, and broadcasts to it.
class Talker final : public Client {
 public:
  using Client::Client;
  void say(std::string_view route, protocol::ByteView payload) {
    if (state() != State::open) return;
    write_notify(route, payload);
    flush();
  }
};

/// The broadcasts are numbered from 1 on.
class Room {
 public:
  Room(const LoadOptions& options, Failures& failures)
      : options_(options),
        failures_(failures),
        measurement_(options, failures),
        talker_(loop_, failures, options.address_of(0), options.dialect) {
    for (std::size_t i = 0; i < options.connections; ++i) {
      listeners_.push_back(std::make_unique<Listener>(loop_, failures, options.address_of(i), *this));
    }
  }

  Results run() {
    connect_all(loop_, failures_, listeners_);
    connect_all(loop_, failures_, {&talker_});
    await_joins();
    if (options_.rate > 0) {
      run_at_rate();
    } else {
      run_one_by_one();
    }
    loop_.run_until(LoadClock::now() + seconds_of(drain_s_max),
                    [this] { return all_arrived() || is_broken(); });
    measurement_.stop(std::max(said_at_, arrived_at_));
    return measurement_.results(said_ * listeners_.size() - arrived_);
  }

  const LoadOptions& options() const { return options_; }
  const Payload& payload() const { return payload_; }
  /// Of what has been said until now.
  std::uint64_t said() const { return said_; }

  void on_arrival(std::uint64_t number, LoadClock::time_point now) {
    arrived_ += 1;
    arrived_at_ = now;
    if (number > said_before_) measurement_.record(now - (schedule_ ? schedule_->at(number - 1) : said_at_));
  }

  /// One by one: when the last listener has it, the next follows.
  void after_read() {
    if (talks_on_ && all_arrived()) say_next();
  }

 private:
  void await_joins() {
    const auto joined = [this] {
      for (const auto& listener : listeners_) {
        if (!listener->has_joined()) return is_broken();
      }
      return true;
    };
    if (!loop_.run_until(LoadClock::now() + seconds_of(join_s_max), joined)) {
      throw std::runtime_error("the server does not answer " + join_route_of(options_.route));
    }
  }

  void run_one_by_one() {
    talks_on_ = true;
    say_next();
    measurement_.run(loop_, [this] { return is_broken(); });
    talks_on_ = false;
  }

  void run_at_rate() {
    const auto start = LoadClock::now() + std::chrono::milliseconds{1};
    schedule_ = Schedule::at_rate(start, options_.rate, 1);
    const double all_s = options_.warm_up_s + options_.seconds;
    said_before_ = schedule_->count_before(options_.warm_up_s);
    const std::uint64_t end = schedule_->count_before(all_s);
    loop_.set_timer(start, [this, end](LoadClock::time_point now) {
      for (; said_ < end && schedule_->at(said_) <= now; say_next()) {
        if (said_ == said_before_) measurement_.start(now);
        if (said_ >= said_before_) measurement_.record_lateness(now - schedule_->at(said_));
      }
      return said_ < end ? schedule_->at(said_) : LoadClock::time_point::max();
    });
    loop_.run_until(LoadClock::time_point::max(), [this, end] { return said_ == end || is_broken(); });
    loop_.stop_timer();
  }

  void say_next() {
    said_at_ = loop_.now();
    said_ += 1;
    talker_.say(options_.route, payload_.with(said_));
  }

  bool all_arrived() const { return arrived_ == said_ * listeners_.size(); }
  /// Without one of them the figures mean nothing.
  bool is_broken() const { return failures_.count() > 0; }

  static constexpr double join_s_max = 30;

  const LoadOptions& options_;
  Failures& failures_;
  Payload payload_{options_.payload, options_.payload_bytes};
  Measurement measurement_;
  Loop loop_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  Talker talker_;
  std::optional<Schedule> schedule_;  // with a rate
  LoadClock::time_point said_at_;     // the last one
  LoadClock::time_point arrived_at_;  // the last one, at any listener
  bool talks_on_ = false;
  std::uint64_t said_ = 0;
  std::uint64_t said_before_ = 0;  // at a rate: in the warm-up
  std::uint64_t arrived_ = 0;      // at all listeners together
};

Listener::Listener(Loop& loop, Failures& all_failures, const Address& address, Room& room)
    : Client(loop, all_failures, address, room.options().dialect), room_(room) {}

void Listener::opened() {
  write_request(join_route_of(room_.options().route), 1, protocol::as_bytes(join_payload));
}

void Listener::on_answer(std::uint64_t, bool ok, protocol::ByteView payload) {
  if (!ok) {
    throw DialectError("the server does not let clients join the room: " +
                       std::string{protocol::as_text(payload)});
  }
  has_joined_ = true;
}

void Listener::on_push(std::string_view route, protocol::ByteView payload) {
  const std::uint64_t number = notify_of_push(room_.payload(), room_.options().push, route, payload);
  if (number <= last_ || number > room_.said()) [[unlikely]] {
    throw DialectError("broadcast " + std::to_string(number) + " arrived after " + std::to_string(last_));
  }
  last_ = number;
  room_.on_arrival(number, loop().now());
}

void Listener::after_read() { room_.after_read(); }

}  // namespace

Results run_broadcast(const LoadOptions& options, Failures& failures) {
  allow_sockets(options.connections + 1);
  return Room{options, failures}.run();
}

}  // namespace nano::benchmark
